"""Cancelling many events at once: who may, what is left alone, and what readers get to know."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from events.actions import latest
from events.bulk_actions import CancelEvents
from events.enums import State
from events.models import EventPage, EventText, Occurrence
from home.roles import sync_roles
from tests.admin_forms import parse
from tests.factories import (
    EventPageFactory,
    StandardPageFactory,
    make_calendar,
    make_home,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

REASON = {
    "reason_ro": "Cod roșu de vânt",
    "reason_en": "Red wind alert",
    "reason_hu": "Piros szélriasztás",
}


@pytest.fixture
def calendar(site_tree: Any) -> Any:
    sync_roles()
    return make_calendar()


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role.lower(), role))
    return client


def address(*pages: Any, **query: Any) -> str:
    path = reverse("wagtail_bulk_action", args=["wagtailcore", "page", CancelEvents.action_type])
    ids = [("id", getattr(page, "pk", page)) for page in pages]
    return f"{path}?{urlencode([*ids, *query.items()])}"


def states(*pages: Any) -> list[str]:
    return [EventPage.objects.get(pk=page.pk).state for page in pages]


# -- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["Marketing", "Mayor's Cabinet"])
def test_role_that_may_not_publish_cancels_nothing(calendar: Any, role: str) -> None:
    page = EventPageFactory(parent=calendar)
    client = signed_in(role)
    response = client.get(address(page))
    if response.status_code == 200:
        assert not parse(response.content).select("form input[name=reason_ro]")
    client.post(address(page), REASON)
    assert states(page) == [State.SCHEDULED]
    assert not Occurrence.objects.filter(status=State.CANCELLED).exists()


def test_nobody_without_a_role_gets_in(calendar: Any) -> None:
    page = EventPageFactory(parent=calendar)
    for client in (Client(), signed_in("oaspete")):
        assert client.post(address(page), REASON).status_code in {302, 403}
    assert states(page) == [State.SCHEDULED]


@pytest.mark.parametrize(
    "data", [{}, {**REASON, "reason_ro": "  "}, {**REASON, "reason_en": "x" * 301}]
)
def test_reason_is_asked_for(calendar: Any, data: dict[str, str]) -> None:
    page = EventPageFactory(parent=calendar)
    response = signed_in("Moderator").post(address(page), data)
    assert response.status_code == 200
    assert response.context["form"].errors["reason"]
    assert states(page) == [State.SCHEDULED]


def test_asking_changes_nothing(calendar: Any) -> None:
    page = EventPageFactory(parent=calendar)
    response = signed_in("Moderator").get(address(page))
    assert response.status_code == 200
    assert len(parse(response.content).select("form [name^=reason_]")) == 3
    assert states(page) == [State.SCHEDULED]


@pytest.mark.parametrize("pk", ["x", "-1", "9" * 40, "1.5", "²", ""])
def test_strange_ids_name_no_page(calendar: Any, pk: str) -> None:
    client = signed_in("Moderator")
    assert client.get(address(pk)).status_code == 200
    assert client.post(address(pk), REASON).status_code == 302


@pytest.mark.parametrize("query", [{}, {"childOf": "x"}, {"childOf": ""}])
def test_all_without_a_parent_is_nothing(calendar: Any, query: dict[str, str]) -> None:
    """“All” of a listing across the tree would be every page of the site."""
    page = EventPageFactory(parent=calendar)
    signed_in("Moderator").post(address("all", **query), REASON)
    assert states(page) == [State.SCHEDULED]


def test_other_pages_and_translations_are_left_with_a_word(site_tree: Any, calendar: Any) -> None:
    make_home("en")
    page = EventPageFactory(parent=calendar)
    other = StandardPageFactory(parent=calendar.get_parent())
    english = page.copy_for_translation(site_tree.locales["en"], copy_parents=True)
    client = signed_in("Moderator")
    response = client.get(address(other, english))
    assert not parse(response.content).select("form [name=reason_ro]")
    assert other.title in response.content.decode()
    response = client.post(address(page, other, english), REASON)
    assert states(page) == [State.CANCELLED]
    assert any("2" in str(message) for message in get_messages(response.wsgi_request))
    assert other.get_latest_revision() is None


def test_locked_event_is_left_and_named(calendar: Any) -> None:
    page, locked = EventPageFactory(parent=calendar), EventPageFactory(parent=calendar)
    EventPage.objects.filter(pk=locked.pk).update(locked=True, locked_by=make_user("altul"))
    client = signed_in("Moderator")
    assert locked.title in client.get(address(page, locked)).content.decode()
    client.post(address(page, locked), REASON)
    assert states(page, locked) == [State.CANCELLED, State.SCHEDULED]


def test_failure_in_the_midst_leaves_all_as_they_were(
    calendar: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [EventPageFactory(parent=calendar) for _ in range(3)]
    save = EventPage.save_revision
    calls = []

    def failing(page: EventPage, **kwargs: Any) -> Any:
        calls.append(page.pk)
        if len(calls) == 3:
            raise RuntimeError
        return save(page, **kwargs)

    monkeypatch.setattr(EventPage, "save_revision", failing)
    with pytest.raises(RuntimeError):
        signed_in("Moderator").post(address(*pages), REASON)
    assert states(*pages) == [State.SCHEDULED] * 3
    assert not Occurrence.objects.filter(status=State.CANCELLED).exists()


# -- what it does ----------------------------------------------------------------------------------------------------


def test_events_are_cancelled_in_every_calendar(calendar: Any) -> None:
    pages = [
        EventPageFactory(parent=calendar, rule="FREQ=DAILY;COUNT=3"),
        EventPageFactory(parent=calendar),
    ]
    bystander = EventPageFactory(parent=calendar)
    response = signed_in("Moderator").post(
        address(*pages, next=reverse("wagtailadmin_home")), REASON
    )
    assert response.status_code == 302
    assert response["Location"] == reverse("wagtailadmin_home")
    assert any("2" in str(message) for message in get_messages(response.wsgi_request))
    for page in pages:
        found = EventPage.objects.get(pk=page.pk)
        assert (found.live, found.state) == (True, State.CANCELLED)
        assert found.get_latest_revision().user.username == "moderator"
        for language, words in zip(("ro", "en", "hu"), REASON.values(), strict=True):
            ical = EventText.objects.get(
                event__key=page.translation_key, language=language
            ).ical.replace("\r\n ", "")
            assert "STATUS:CANCELLED" in ical
            assert words in ical
    cancelled = Occurrence.objects.filter(status=State.CANCELLED)
    assert cancelled.count() == 4
    assert states(bystander) == [State.SCHEDULED]


def test_draft_is_cancelled_and_stays_a_draft(calendar: Any) -> None:
    draft = EventPageFactory(parent=calendar, live=False)
    signed_in("Moderator").post(address(draft), REASON)
    assert not EventPage.objects.get(pk=draft.pk).live
    assert latest(draft).state == State.CANCELLED
    assert latest(draft).state_reason["hu"] == "Piros szélriasztás"


def test_all_children_of_a_calendar_can_be_chosen(calendar: Any) -> None:
    pages = [EventPageFactory(parent=calendar) for _ in range(2)]
    signed_in("Moderator").post(address("all", childOf=calendar.pk), REASON)
    assert states(*pages) == [State.CANCELLED] * 2


def test_action_is_offered_under_the_listing(calendar: Any) -> None:
    EventPageFactory(parent=calendar)
    html = signed_in("Moderator").get(reverse("event_listing:index")).content
    links = [link["href"] for link in parse(html).select("[data-bulk-action-button]")]
    assert any(CancelEvents.action_type in link for link in links)
