"""The pages that the role matrix asks about: a part of the tree that is the partnership editor's, and one that is not.

It stands on the demonstration content, so that every page type is there, and is made once for the module.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import (
    Page,
    PageViewRestriction,
    Revision,
    TaskState,
    WorkflowState,
    get_page_models,
)
from wagtail_localize.models import Translation, TranslationSource

from campaigns.models import CampaignPage, NewsPage, PartnershipPage
from events.models import EventPage
from tests.admin_forms import AdminForm
from tests.factories import make_user
from tests.page_roles import ROLES

LATER = timedelta(days=30)


class Browser(Client):
    """Forgets the messages that nobody shows: thousands of refusals would be sent to and fro."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        self.cookies.pop("messages", None)
        return response


@dataclass
class Part:
    """Pages of one type, below one section. Each is for one kind of question; none is the asker's own."""

    section: Page
    live: Any
    draft: Any
    submitted: Any
    scheduled: Any
    locked: Any
    alias: Any
    revision: Revision
    """Of `live`, older than its newest."""
    task_state: TaskState
    translation: Translation
    """Of `live`, into English: published."""
    forms: dict[int, dict[str, Any]] = field(default_factory=dict)
    """What a browser sends for the editor of a page, by its key."""

    @property
    def model(self) -> Any:
        """The type of its pages."""
        return type(self.live)

    def target(self) -> Any:
        """The English version of `live`."""
        return self.translation.get_target_instance()


@dataclass
class World:
    """Who asks, and what about: `site` is not the partnership editor's, `hers` is."""

    users: dict[str, Any]
    site: Part
    hers: Part
    types: dict[str, Any]
    """A Romanian page of each type, by the name of its model."""
    event: Any
    campaign: Any

    def part_of(self, role: str) -> Part:
        """Where `role` works."""
        return self.hers if role == "partnerships" else self.site

    def client(self, role: str) -> Client:
        """A browser in which somebody of `role` is logged in."""
        client = Browser()
        client.force_login(self.users[role])
        return client


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is taken back."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def fingerprint() -> list[Any]:
    """All that a refused request must not change."""
    return [
        list(
            Page.objects.order_by("pk").values_list(
                "pk", "path", "live", "latest_revision", "locked", "alias_of", "draft_title"
            )
        ),
        list(WorkflowState.objects.order_by("pk").values_list("pk", "status")),
        list(TaskState.objects.order_by("pk").values_list("pk", "status")),
        list(PageViewRestriction.objects.values_list("pk", flat=True)),
        list(Revision.objects.exclude(approved_go_live_at=None).values_list("pk", flat=True)),
        Translation.objects.count(),
    ]


def _first(model: Any, **values: Any) -> Any:
    pages = model.objects.filter(locale__language_code="ro", live=True, numchild=0, **values)
    found = pages.order_by("path").first()
    assert found is not None, model
    return found


def _draft(section: Page, model: Any, slug: str, user: Any, **values: Any) -> Any:
    page = model(title=f"Ciorna {slug}", slug=slug, live=False, **values)
    Page.objects.get(pk=section.pk).add_child(instance=page)
    page.save_revision(user=user)
    return model.objects.get(pk=page.pk)


def _part(live: Any, users: dict[str, Any], **values: Any) -> Part:
    model, author = type(live), users["colleague"]
    section = live.get_parent()
    first = live.save_revision(user=author)
    live.save_revision(user=author).publish()
    made = {
        name: _draft(section, model, f"{name}-{section.pk}", author, **values)
        for name in ("draft", "submitted", "scheduled", "locked")
    }
    workflow = made["submitted"].get_workflow()
    state = workflow.start(made["submitted"], author)
    made["scheduled"].go_live_at = timezone.now() + LATER
    made["scheduled"].save_revision(user=author, approved_go_live_at=made["scheduled"].go_live_at)
    made["locked"].locked, made["locked"].locked_by = True, author
    made["locked"].save()
    source, _new = TranslationSource.update_or_create_from_instance(live)
    translation = Translation.objects.filter(source=source, target_locale__language_code="en").get()
    return Part(
        section=section,
        live=model.objects.get(pk=live.pk),
        alias=live.create_alias(parent=section, update_slug=f"alias-{section.pk}"),
        revision=first,
        task_state=state.current_task_state,
        translation=translation,
        **made,
    )


def make_world() -> World:
    """What the tables are asked about, in the open transaction."""
    users = {
        role: make_user(f"matrix-{role}", *filter(None, [group]), superuser=not group)
        for role, group in ROLES.items()
    }
    # Who made what is asked about: nobody of those who ask.
    users["colleague"] = make_user("matrix-coleg", superuser=True)
    types = {}
    for model in get_page_models():
        if model is not Page:
            found = model.objects.filter(locale__language_code="ro", live=True).order_by("numchild")
            types[model._meta.model_name] = found.first()
    world = World(
        users=users,
        site=_part(_first(NewsPage), users, published_on=date(2026, 9, 1)),
        hers=_part(_first(PartnershipPage), users, starts_on=date(2026, 9, 1)),
        types=types,
        event=_first(EventPage, recurrence=""),
        campaign=_first(CampaignPage, stage="live", channels__gt=0),
    )
    browser = world.client("admin")
    for part in (world.site, world.hers):
        for page in (part.live, part.draft, part.submitted):
            part.forms[page.pk] = form_data(browser, page)
    return world


def form_data(browser: Client, page: Any) -> dict[str, Any]:
    """What a browser sends when the editor of `page` is saved unchanged, but for the StreamFields: emptied."""
    form = AdminForm(browser, reverse("wagtailadmin_pages:edit", args=[page.pk]))
    streams = {
        f"{name}-count": "0"
        for name in (f.name for f in page._meta.get_fields())
        if hasattr(page._meta.get_field(name), "stream_block")
    }
    return {**form.data, **streams}
