"""Pages that appear and go at a set time: by the regular work, each by itself."""

from __future__ import annotations

import ast
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry

from cms.models import StandardPage
from cms.scheduled import tick
from home.roles import sync_roles
from tests.admin_forms import AdminForm
from tests.conftest import BUCHAREST, REPOSITORY
from tests.factories import StandardPageFactory, make_home, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_tree", "clock")]
TEN = datetime(2026, 11, 23, 10, tzinfo=BUCHAREST)


@pytest.fixture
def home() -> Any:
    return make_home()


def scheduled(home: Any, slug: str, **values: Any) -> Any:
    page = StandardPageFactory(parent=home, slug=slug, live=False, **values)
    page.go_live_at = TEN + timedelta(hours=1)
    page.save_revision().publish()
    return StandardPage.objects.get(pk=page.pk)


def test_before_its_time_nothing_happens(home: Any) -> None:
    page = scheduled(home, "devreme")
    page.expire_at = TEN + timedelta(hours=2)
    assert str(tick(TEN + timedelta(minutes=59))) == "0 published, 0 expired, 0 failed"
    assert Client().get("/ro/devreme/").status_code == 404


def test_a_page_appears_and_goes_at_the_hours_that_were_set(home: Any, clock: Any) -> None:
    sync_roles()
    page = StandardPageFactory(parent=home, slug="program", live=False, title="Program")
    page.save_revision()
    client = Client()
    client.force_login(make_user("moderator", "Moderator"))
    form = AdminForm(client, reverse("wagtailadmin_pages:edit", args=[page.pk]))
    form.save(
        **{"body-count": "0", "action-publish": "1"},
        go_live_at="2026-11-23 11:00",
        expire_at="2026-11-23 12:00",
    )
    assert Client().get("/ro/program/").status_code == 404
    clock.move_to(TEN + timedelta(hours=1, minutes=1))
    call_command("pages_tick", verbosity=0)
    assert Client().get("/ro/program/").status_code == 200
    clock.move_to(TEN + timedelta(hours=2, minutes=1))
    call_command("pages_tick", verbosity=0)
    assert Client().get("/ro/program/").status_code == 410
    found = Page.objects.get(pk=page.pk)
    assert found.expired
    actions = set(PageLogEntry.objects.filter(page=page.pk).values_list("action", flat=True))
    assert {"wagtail.publish.scheduled", "wagtail.unpublish.scheduled"} <= actions


def test_a_live_page_keeps_its_text_until_the_draft_is_due(home: Any, clock: Any) -> None:
    page = StandardPageFactory(parent=home, slug="orar", title="Vechi")
    page.save_revision().publish()
    page = StandardPage.objects.get(pk=page.pk)
    page.title, page.go_live_at = "Nou", TEN + timedelta(hours=1)
    page.save_revision().publish()
    assert "Vechi" in Client().get("/ro/orar/").content.decode()
    clock.move_to(TEN + timedelta(hours=2))
    assert tick(timezone.now()).published == 1
    assert "Nou" in Client().get("/ro/orar/").content.decode()


def test_one_page_that_fails_does_not_hold_up_the_others(
    home: Any, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    broken, good = scheduled(home, "stricata", title="Stricată"), scheduled(home, "buna")
    clock.move_to(TEN + timedelta(hours=2))
    usual = StandardPage.save

    def save(self: Any, *args: Any, **kwargs: Any) -> None:
        if self.pk == broken.pk:
            raise RuntimeError("nu se poate")
        usual(self, *args, **kwargs)

    monkeypatch.setattr(StandardPage, "save", save)
    report = tick(timezone.now())
    assert (report.published, report.failed) == (1, 1)
    assert Page.objects.get(pk=good.pk).live
    monkeypatch.undo()
    # The next round does it.
    assert tick(timezone.now()).published == 1
    assert Page.objects.get(pk=broken.pk).live
    assert str(tick(timezone.now())) == "0 published, 0 expired, 0 failed"


def test_an_approved_page_waits_for_its_hour(home: Any, clock: Any) -> None:
    page = StandardPageFactory(parent=home, slug="aprobata", live=False)
    page.go_live_at = TEN + timedelta(hours=1)
    page.save_revision()
    sync_roles()
    author, moderator = make_user("autor", "Marketing"), make_user("moderator", "Moderator")
    found = Page.objects.get(pk=page.pk)
    found.get_workflow().start(found, author)
    state = Page.objects.get(pk=page.pk).current_workflow_task_state
    state.task.specific.on_action(state, moderator, "approve")
    assert not Page.objects.get(pk=page.pk).live
    clock.move_to(TEN + timedelta(hours=1, seconds=1))
    tick(timezone.now())
    assert Page.objects.get(pk=page.pk).live


def test_the_site_that_is_started_does_it_by_itself() -> None:
    """`make serve` starts the regular work beside the server."""
    source = ast.parse((REPOSITORY / "scripts/serve.py").read_text(encoding="utf-8"))
    started = {
        call.args[0].value
        for call in ast.walk(source)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") == "start_beside"
        and isinstance(call.args[0], ast.Constant)
    }
    assert {"deliver_outbox", "registry_tick", "pages_tick"} <= started
