"""Which objectives an event serves: read and written. The rows stand here, the events know nothing of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from campaigns.models import EventObjective, Objective
from events.models import EventPage

TAG = "campaigns.tag_event"
PERMISSION = "campaigns.change_eventobjective"


class How(StrEnum):
    """What becomes of the objectives that an event has already."""

    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"


def may_tag(user: Any, page: EventPage) -> bool:
    """Whether `user` may say which objectives the event of `page` serves: the right itself, and the page's."""
    return bool(user.has_perm(PERMISSION) and page.permissions_for_user(user).can_edit())


def objectives_of(page: EventPage) -> list[Objective]:
    """The objectives of the event, by edition and order."""
    return objectives_by_event([page]).get(page.event_id, [])


def objectives_by_event(pages: Iterable[EventPage]) -> dict[Any, list[Objective]]:
    """The same for many: by the key of the event, in one query whatever their number."""
    events = {page.event_id for page in pages if page.event_id is not None}
    found: dict[Any, list[Objective]] = {event: [] for event in events}
    links = EventObjective.objects.filter(event__in=events).select_related("objective__edition")
    for link in links.order_by(
        "-objective__edition__first_year", "objective__sort_order", "objective__code"
    ):
        found[link.event_id].append(link.objective)
    return found


@transaction.atomic
def tag(pages: Sequence[EventPage], objectives: Iterable[Objective], how: How, user: Any) -> int:
    """Change the objectives of the published events of `pages`; how many events differ afterwards.

    The caller has asked `may_tag`. Pages without an event (never published) are left alone.
    """
    wanted = {objective.pk for objective in objectives}
    events = {page.event_id: page for page in pages if page.event_id is not None}
    links = EventObjective.objects.filter(event__in=events)
    have: dict[Any, set[int]] = {event: set() for event in events}
    for event, objective in links.values_list("event", "objective"):
        have[event].add(objective)
    changed = 0
    for event, before in have.items():
        after = {
            How.ADD: before | wanted,
            How.REMOVE: before - wanted,
            How.REPLACE: wanted,
        }[how]
        if after == before:
            continue
        changed += 1
        # One by one: what pages show is counted by the rows' signals.
        for objective in after - before:
            EventObjective.objects.get_or_create(event_id=event, objective_id=objective)
        for link in links.filter(event=event, objective__in=before - after):
            link.delete()
        log(instance=events[event], action=TAG, user=user)
    return changed


def register_tag_log_actions(actions: Any) -> None:
    """For the hook `register_log_actions`."""
    actions.register_action(TAG, _("Change objectives"), _("Objectives changed"))
