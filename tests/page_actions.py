"""What is done with pages in the admin, each with how one sees afterwards that it was done.

An action gets a browser and a part of the tree (tests/page_world.py), tries, and says whether it came about: by what
the database holds, not by what the answer says.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone
from wagtail.models import (
    Comment,
    Locale,
    Page,
    PageLogEntry,
    PageViewRestriction,
    Revision,
    WorkflowState,
)

from campaigns.models import EventObjective, Objective
from cms.models import PreviewLink
from contacts.models import PageCare
from tests.page_world import Part, World

Action = Callable[[Client, Part], bool]
ACTIONS: dict[str, Action] = {}


def action(name: str) -> Callable[[Action], Action]:
    """Register an action under the name it has in the tables."""

    def register(function: Action) -> Action:
        ACTIONS[name] = function
        return function

    return register


def url(name: str, *args: Any) -> str:
    return reverse(f"wagtailadmin_pages:{name}", args=args)


def fresh(page: Any) -> Page:
    """The page as it is now."""
    return Page.objects.get(pk=page.pk)


def is_gone(page: Any) -> bool:
    return not Page.objects.filter(pk=page.pk).exists()


def save(client: Client, part: Part, page: Any, **changes: Any) -> Any:
    """Send the editor's form."""
    return client.post(url("edit", page.pk), {**part.forms[page.pk], **changes})


# -- drafting ----------------------------------------------------------------------------------------------------------


def _create(client: Client, part: Part, **changes: Any) -> Page | None:
    meta = part.model._meta
    form = {**part.forms[part.draft.pk], "title": "Nouă", "slug": "pagina-noua", **changes}
    # Rows of inline panels belong to another page.
    form = {k: "0" if k.endswith("-INITIAL_FORMS") else v for k, v in form.items()}
    client.post(url("add", meta.app_label, meta.model_name, part.section.pk), form)
    return Page.objects.filter(slug="pagina-noua").first()


@action("create")
def create(client: Client, part: Part) -> bool:
    return _create(client, part) is not None


@action("create and publish")
def create_and_publish(client: Client, part: Part) -> bool:
    page = _create(client, part, **{"action-publish": "1"})
    return page is not None and page.live


@action("save draft")
def save_draft(client: Client, part: Part) -> bool:
    save(client, part, part.live, title="Schimbată")
    page = fresh(part.live)
    return page.draft_title == "Schimbată" and page.title != "Schimbată"


@action("comment")
def comment(client: Client, part: Part) -> bool:
    save(
        client,
        part,
        part.draft,
        **{
            "comments-TOTAL_FORMS": "1",
            "comments-INITIAL_FORMS": "0",
            "comments-0-text": "De lămurit",
            "comments-0-contentpath": "title",
            "comments-0-position": "",
            "comments-0-id": "",
            "comments-0-DELETE": "",
            "comments-0-resolved": "",
            "comments-0-replies-TOTAL_FORMS": "0",
            "comments-0-replies-INITIAL_FORMS": "0",
        },
    )
    return Comment.objects.filter(page=part.draft.pk, text="De lămurit").exists()


@action("submit")
def submit(client: Client, part: Part) -> bool:
    save(client, part, part.draft, **{"action-submit": "1"})
    return fresh(part.draft).workflow_in_progress


@action("copy")
def copy(client: Client, part: Part) -> bool:
    return _copy(client, part) is not None


def _copy(client: Client, part: Part, **changes: Any) -> Page | None:
    client.post(
        url("copy", part.live.pk),
        {
            "new_title": "Copie",
            "new_slug": "copie-noua",
            "new_parent_page": part.section.pk,
            **changes,
        },
    )
    return Page.objects.filter(slug="copie-noua").first()


@action("copy and publish")
def copy_and_publish(client: Client, part: Part) -> bool:
    page = _copy(client, part, publish_copies="on")
    return page is not None and page.live


@action("copy as an alias")
def copy_as_alias(client: Client, part: Part) -> bool:
    page = _copy(client, part, alias="on")
    return page is not None and page.alias_of_id is not None


@action("revert to an older draft")
def revert(client: Client, part: Part) -> bool:
    before = fresh(part.live).latest_revision_id
    save(client, part, part.live, revision=part.revision.pk)
    page = fresh(part.live)
    return page.latest_revision_id != before and page.live_revision_id == before


@action("convert an alias to a page")
def convert_alias(client: Client, part: Part) -> bool:
    client.post(url("convert_alias", part.alias.pk))
    return fresh(part.alias).alias_of_id is None


@action("move a draft")
def move_draft(client: Client, part: Part) -> bool:
    """Where a type has one section only, moving it within that one is all there is."""
    before = fresh(part.draft).path
    client.post(f"{url('move_confirm', part.draft.pk, part.section.pk)}")
    return fresh(part.draft).path != before or _was_moved(part.draft)


@action("move")
def move(client: Client, part: Part) -> bool:
    before = fresh(part.live).path
    client.post(url("move_confirm", part.live.pk, part.section.pk))
    return fresh(part.live).path != before or _was_moved(part.live)


def _was_moved(page: Any) -> bool:
    return PageLogEntry.objects.filter(
        page=page.pk, action__in=("wagtail.move", "wagtail.reorder")
    ).exists()


@action("delete a draft")
def delete_draft(client: Client, part: Part) -> bool:
    client.post(url("delete", part.draft.pk))
    return is_gone(part.draft)


@action("delete")
def delete(client: Client, part: Part) -> bool:
    client.post(url("delete", part.live.pk))
    return is_gone(part.live)


@action("delete a section")
def delete_section(client: Client, part: Part) -> bool:
    client.post(url("delete", part.section.pk), {"confirm_site_name": "Agora"})
    return is_gone(part.section)


@action("share a draft by link")
def share(client: Client, part: Part) -> bool:
    client.post(reverse("page_draft_links", args=[part.draft.pk]), {"days": "3"})
    return PreviewLink.objects.filter(page=part.draft.pk).exists()


@action("close another's link to a draft")
def close_link(client: Client, part: Part) -> bool:
    maker = part.draft.latest_revision.user
    link, _token = PreviewLink.issue(part.draft, maker, 3)
    client.post(reverse("page_draft_link_revoke", args=[part.draft.pk, link.pk]))
    link.refresh_from_db()
    return link.revoked_at is not None


def _is_reviewed_on(page: Any, day: date) -> bool:
    return PageCare.objects.filter(translation_key=page.translation_key, review_on=day).exists()


@action("set owner and review")
def care(client: Client, part: Part) -> bool:
    day = timezone.localdate() + timedelta(days=40)
    client.post(reverse("page_care", args=[part.live.pk]), {"review_on": day.isoformat()})
    return _is_reviewed_on(part.live, day)


# -- what readers have -------------------------------------------------------------------------------------------------


@action("publish")
def publish(client: Client, part: Part) -> bool:
    save(client, part, part.live, title="Publicată", **{"action-publish": "1"})
    return fresh(part.live).title == "Publicată"


@action("publish a draft")
def publish_draft(client: Client, part: Part) -> bool:
    save(client, part, part.draft, **{"action-publish": "1"})
    return fresh(part.draft).live


@action("schedule")
def schedule(client: Client, part: Part) -> bool:
    later = timezone.localtime() + timedelta(days=9)
    save(
        client,
        part,
        part.draft,
        go_live_at=later.strftime("%Y-%m-%d %H:%M"),
        **{"action-publish": "1"},
    )
    return Revision.page_revisions.filter(
        object_id=str(part.draft.pk), approved_go_live_at__isnull=False
    ).exists()


@action("unschedule")
def unschedule(client: Client, part: Part) -> bool:
    revision = fresh(part.scheduled).latest_revision_id
    client.post(url("revisions_unschedule", part.scheduled.pk, revision))
    return Revision.objects.get(pk=revision).approved_go_live_at is None


@action("unpublish")
def unpublish(client: Client, part: Part) -> bool:
    client.post(url("unpublish", part.live.pk))
    return not fresh(part.live).live


@action("set privacy")
def set_privacy(client: Client, part: Part) -> bool:
    client.post(url("set_privacy", part.live.pk), {"restriction_type": "login"})
    return PageViewRestriction.objects.filter(page=part.live.pk).exists()


@action("reorder")
def reorder(client: Client, part: Part) -> bool:
    order = list(fresh(part.section).get_children().values_list("pk", flat=True))
    client.post(f"{url('set_page_position', part.draft.pk)}?position=0")
    return list(fresh(part.section).get_children().values_list("pk", flat=True)) != order


# -- translations ------------------------------------------------------------------------------------------------------


@action("translate")
def translate(client: Client, part: Part) -> bool:
    """A page without versions gets a draft in English; nothing is published by that."""
    english = Locale.objects.get(language_code="en")
    client.post(
        reverse("wagtail_localize:submit_page_translation", args=[part.draft.pk]),
        {"locales": [english.pk]},
    )
    version = Page.objects.filter(
        translation_key=part.draft.translation_key, locale=english
    ).first()
    assert version is None or not version.live
    return version is not None


def _update(client: Client, part: Part, **changes: Any) -> bool:
    """Whether the texts of the source were read anew."""
    before = part.translation.source.last_updated_at
    client.post(
        reverse("wagtail_localize:update_translations", args=[part.translation.source_id]), changes
    )
    source = type(part.translation.source).objects.get(pk=part.translation.source_id)
    return source.last_updated_at != before


@action("update translations")
def update_translations(client: Client, part: Part) -> bool:
    before = fresh(part.target()).live_revision_id
    done = _update(client, part)
    assert fresh(part.target()).live_revision_id == before
    return done


@action("update and publish translations")
def update_and_publish(client: Client, part: Part) -> bool:
    before = fresh(part.target()).live_revision_id
    # wagtail-localize publishes once the transaction is over.
    with TestCase.captureOnCommitCallbacks(execute=True):
        _update(client, part, publish_translations="on")
    return fresh(part.target()).live_revision_id != before


@action("publish a translation")
def publish_translation(client: Client, part: Part) -> bool:
    before = fresh(part.target()).live_revision_id
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(url("edit", part.target().pk), {"action": "publish"})
    return fresh(part.target()).live_revision_id != before


@action("replace a translation by an alias")
def replace_by_alias(client: Client, part: Part) -> bool:
    target = part.target()
    client.post(reverse("wagtail_localize:convert_to_alias", args=[target.pk]))
    return fresh(target).alias_of_id is not None


# -- review ------------------------------------------------------------------------------------------------------------


def _review(client: Client, part: Part, name: str) -> str:
    client.post(
        url("workflow_action", part.submitted.pk, name, part.task_state.pk),
        {"comment": "Văzut"},
    )
    return str(type(part.task_state).objects.get(pk=part.task_state.pk).status)


@action("approve")
def approve(client: Client, part: Part) -> bool:
    return _review(client, part, "approve") == "approved" and fresh(part.submitted).live


@action("send back")
def send_back(client: Client, part: Part) -> bool:
    return _review(client, part, "reject") == "rejected"


@action("cancel another's submission")
def cancel_submission(client: Client, part: Part) -> bool:
    save(client, part, part.submitted, **{"action-cancel-workflow": "1"})
    return not fresh(part.submitted).workflow_in_progress


@action("take back one's own submission")
def take_back(client: Client, part: Part) -> bool:
    save(client, part, part.draft, **{"action-submit": "1"})
    if not fresh(part.draft).workflow_in_progress:
        return False
    save(client, part, part.draft, **{"action-cancel-workflow": "1"})
    return WorkflowState.objects.filter(
        object_id=str(part.draft.pk), status=WorkflowState.STATUS_CANCELLED
    ).exists()


@action("lock")
def lock(client: Client, part: Part) -> bool:
    client.post(url("lock", part.draft.pk))
    return fresh(part.draft).locked


@action("unlock what another locked")
def unlock(client: Client, part: Part) -> bool:
    client.post(url("unlock", part.locked.pk))
    return not fresh(part.locked).locked


@action("edit what another locked")
def edit_locked(client: Client, part: Part) -> bool:
    before = fresh(part.locked).latest_revision_id
    form = {**part.forms[part.draft.pk], "slug": part.locked.slug, "title": "Altfel"}
    client.post(url("edit", part.locked.pk), form)
    return fresh(part.locked).latest_revision_id != before


# -- bulk actions ------------------------------------------------------------------------------------------------------


def bulk(client: Client, name: str, page: Any, **data: Any) -> Any:
    """Do a bulk action with one page."""
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", name])
    return client.post(f"{address}?id={page.pk}&next=/admin/pages/", data)


@action("bulk publish")
def bulk_publish(client: Client, part: Part) -> bool:
    bulk(client, "publish", part.draft)
    return fresh(part.draft).live


@action("bulk unpublish")
def bulk_unpublish(client: Client, part: Part) -> bool:
    bulk(client, "unpublish", part.live)
    return not fresh(part.live).live


@action("bulk delete")
def bulk_delete(client: Client, part: Part) -> bool:
    bulk(client, "delete", part.live)
    return is_gone(part.live)


@action("bulk delete drafts")
def bulk_delete_drafts(client: Client, part: Part) -> bool:
    bulk(client, "delete", part.draft)
    return is_gone(part.draft)


@action("bulk move")
def bulk_move(client: Client, part: Part) -> bool:
    bulk(client, "move", part.live, chooser=part.section.pk, move_applicable="on")
    return _was_moved(part.live)


@action("bulk set owner and review")
def bulk_care(client: Client, part: Part) -> bool:
    day = timezone.localdate() + timedelta(days=50)
    bulk(client, "care_for_pages", part.live, review_on=day.isoformat())
    return _is_reviewed_on(part.live, day)


# -- events ------------------------------------------------------------------------------------------------------------

EventAction = Callable[[Client, World], bool]


def cancel_events(client: Client, world: World) -> bool:
    bulk(client, "cancel_events", world.event, reason_0="Plouă", reason_ro="Plouă")
    event: Any = type(world.event).objects.get(pk=world.event.pk)
    return event.state == "cancelled"


def tag_events(client: Client, world: World) -> bool:
    wanted = Objective.objects.exclude(event_links__event=world.event.event_id).first()
    assert wanted is not None
    bulk(client, "tag_events", world.event, how="add", objectives=[wanted.pk])
    return EventObjective.objects.filter(event=world.event.event_id, objective=wanted).exists()


def tag_event(client: Client, world: World) -> bool:
    wanted = Objective.objects.exclude(event_links__event=world.event.event_id).first()
    assert wanted is not None
    client.post(reverse("event_objectives", args=[world.event.pk]), {"objectives": [wanted.pk]})
    return EventObjective.objects.filter(event=world.event.event_id, objective=wanted).exists()


def _more_events(name: str, **data: Any) -> EventAction:
    def act(client: Client, world: World) -> bool:
        model = type(world.event)
        before = model.objects.count()
        client.post(reverse(name, args=[world.event.pk]), data)
        return model.objects.count() > before

    return act


EVENT_ACTIONS: dict[str, EventAction] = {
    "bulk cancel": cancel_events,
    "bulk tag": tag_events,
    "tag": tag_event,
    "duplicate": _more_events("events_duplicate"),
    "next edition": _more_events("events_next_edition", shift="weeks"),
}
