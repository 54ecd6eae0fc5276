"""Moving a campaign on: who may, what readers have of it, what is refused, what the history tells."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.translation import override
from wagtail.models import GroupApprovalTask, PageLogEntry, Workflow, WorkflowTask

from campaigns.enums import Stage
from campaigns.models import CampaignPage
from campaigns.services import LOG_ACTION, MoveRefused, move, newest
from home.roles import sync_roles
from tests.campaigns.campaign_site import CampaignSite, address
from tests.factories import make_user
from tests.remembered import remembered_fixture

pytestmark = pytest.mark.django_db


@remembered_fixture
def groups(site: CampaignSite) -> Any:
    return sync_roles()


@pytest.fixture
def officer(groups: Any) -> Any:
    return make_user("officer", "Marketing")


@pytest.fixture
def moderator(groups: Any) -> Any:
    return make_user("moderator", "Moderator")


def stages(page: CampaignPage) -> tuple[str, str]:
    """(what readers have, what the draft has)."""
    return CampaignPage.objects.get(pk=page.pk).stage, newest(page).stage


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(MoveRefused) as error:
        yield
    assert error.value.code == code
    assert str(error.value)


# -- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["", "Registry clerk", "Auditor", "Mayor's Cabinet"])
def test_others_may_not(site: CampaignSite, groups: Any, role: str) -> None:
    page = site.campaign(languages="")
    stranger = make_user("stranger", *([role] if role else []))
    with pytest.raises(PermissionDenied):
        move(page, Stage.CLOSED, stranger)
    assert stages(page) == ("live", "live")


def test_an_officer_moves_the_draft_and_nothing_else(
    site: CampaignSite, officer: Any, client: Any
) -> None:
    page = site.campaign(languages="")
    done = move(page, Stage.CLOSED, officer)
    assert (done.published, done.waits) == (False, True)
    assert stages(page) == ("live", "closed")
    assert client.get(address(page)).context["campaign"].phase == "current"


def test_a_moderator_moves_what_readers_have(
    site: CampaignSite, moderator: Any, client: Any
) -> None:
    page = site.campaign(languages="en")
    assert client.get(address(page, "en")).context["campaign"].phase == "current"
    done = move(page, Stage.CLOSED, moderator)
    assert (done.published, done.waits) == (True, False)
    assert stages(page) == ("closed", "closed")
    assert client.get(address(page)).context["campaign"].phase == "past"
    # Facts are those of the Romanian page: nothing has to be synced.
    assert client.get(address(page, "en")).context["campaign"].phase == "past"


def test_a_draft_that_was_never_published_is_moved_as_a_draft(
    site: CampaignSite, moderator: Any, client: Any
) -> None:
    page = site.campaign(languages="", live=False, stage=Stage.BRIEF)
    page.unpublish()
    page = CampaignPage.objects.get(pk=page.pk)
    done = move(page, Stage.TEASER, moderator)
    assert not done.published
    assert stages(page)[1] == "teaser"
    assert client.get("/ro/campanii/lumina/").status_code in (404, 410)


# -- drafts that wait ------------------------------------------------------------------------------------------------


def test_a_waiting_draft_is_moved_too_and_not_published_by_it(
    site: CampaignSite, moderator: Any
) -> None:
    page = site.campaign(languages="")
    draft = newest(page)
    draft.title = "Alt titlu"
    draft.save_revision()
    done = move(page, Stage.CLOSED, moderator)
    assert (done.published, done.waits) == (True, True)
    page = CampaignPage.objects.get(pk=page.pk)
    assert (page.title, page.stage, page.has_unpublished_changes) == ("Lumina", "closed", True)
    assert (newest(page).title, newest(page).stage) == ("Alt titlu", "closed")


def test_a_draft_in_another_stage_is_published_first(
    site: CampaignSite, officer: Any, moderator: Any
) -> None:
    page = site.campaign(languages="", evaluation="A adus mult.")
    move(page, Stage.CLOSED, officer)
    with refused("draft"):
        move(page, Stage.ARCHIVED, moderator)
    assert stages(page) == ("live", "closed")


# -- what is refused -------------------------------------------------------------------------------------------------


def test_the_archive_asks_for_the_evaluation(site: CampaignSite, moderator: Any) -> None:
    page = site.campaign(languages="", stage=Stage.CLOSED, evaluation=" ")
    with refused("evaluation"):
        move(page, Stage.ARCHIVED, moderator)
    assert stages(page) == ("closed", "closed")


def test_with_its_evaluation_it_is_archived(site: CampaignSite, moderator: Any) -> None:
    page = site.campaign(languages="", stage=Stage.CLOSED, evaluation="A adus mult.")
    move(page, Stage.ARCHIVED, moderator)
    assert stages(page) == ("archived", "archived")


@pytest.mark.parametrize("target", [Stage.LIVE, Stage.ARCHIVED, Stage.TEASER])
def test_stages_are_not_skipped(site: CampaignSite, moderator: Any, target: Stage) -> None:
    page = site.campaign(languages="", evaluation="A adus mult.")
    with refused("no_step"):
        move(page, target, moderator)


def test_a_translation_is_not_moved(site: CampaignSite, moderator: Any) -> None:
    page = site.campaign(languages="en")
    version = page.get_translations().first()
    with refused("translation"):
        move(version, Stage.CLOSED, moderator)


def test_what_waits_for_moderation_is_not_moved(
    site: CampaignSite, officer: Any, groups: Any
) -> None:
    page = site.campaign(languages="")
    workflow = Workflow.objects.create(name="Verificare")
    task = GroupApprovalTask.objects.create(name="Moderare")
    task.groups.add(groups["Moderator"])
    WorkflowTask.objects.create(workflow=workflow, task=task)
    newest(page).save_revision(user=officer)
    workflow.start(CampaignPage.objects.get(pk=page.pk), officer)
    # Nor by those whom it waits for: publishing past it would take it out of their queue.
    for user in (officer, make_user("moderator", "Moderator"), make_user("sef", superuser=True)):
        with refused("locked"):
            move(page, Stage.CLOSED, user)
    assert stages(page) == ("live", "live")
    assert CampaignPage.objects.get(pk=page.pk).workflow_in_progress


def test_what_cannot_be_published_is_told(site: CampaignSite, moderator: Any) -> None:
    page = site.campaign(languages="")
    CampaignPage.objects.filter(pk=page.pk).update(ends_on="2026-11-01")
    with refused("invalid"):
        move(page, Stage.CLOSED, moderator)
    assert CampaignPage.objects.get(pk=page.pk).stage == "live"


# -- what the history tells ------------------------------------------------------------------------------------------


def test_every_move_is_in_the_history(site: CampaignSite, officer: Any, moderator: Any) -> None:
    page = site.campaign(languages="", stage=Stage.BRIEF)
    move(page, Stage.TEASER, officer)
    newest(page).get_latest_revision().publish(user=moderator)
    move(page, Stage.LIVE, moderator)
    entries = PageLogEntry.objects.filter(page=page.pk, action=LOG_ACTION).order_by("pk")
    told = [
        (entry.user, entry.data["from"], entry.data["to"], entry.data["published"])
        for entry in entries
    ]
    assert told == [(officer, "brief", "teaser", False), (moderator, "teaser", "live", True)]
    with override("en"):
        assert "“teaser”" in str(entries[0].message)
        assert "for readers too" in str(entries[1].message)
