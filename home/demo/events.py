"""Loads the demo's events and agenda. Creates what is missing and changes nothing that is there.

An event's translation key is made of its key in the content file: it is the mark by which a second run finds it, and
keeps the UID of its calendar entry when the demo is loaded into an empty database again. What editors deleted stays
deleted, for its published row remains.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from cms.models import CalendarDay
from cms.multilingual import LocalizedText
from contacts.models import Organisation
from events.enums import State
from events.fields import stored
from events.models import (
    AgendaItem,
    Audience,
    Category,
    Event,
    EventDateChange,
    EventIndexPage,
    EventPage,
    EventPartner,
    SpokenLanguage,
)
from events.schedule import Schedule
from home.demo.days import day_of, schedule_of, times_in
from home.demo.indexes import indexed_once
from home.demo.pages import DemoTree
from home.demo.translations import catalogue, translate_page

Data = dict[str, Any]


def demo_key(kind: str, key: str) -> UUID:
    """The identity of a demo event or agenda item, the same on every machine."""
    return uuid5(NAMESPACE_URL, f"https://example.org/agora-demo/{kind}/{key}")


@dataclass(frozen=True)
class EventTerms:
    """What events refer to, by slug or key."""

    categories: dict[str, Category]
    audiences: dict[str, Audience]
    languages: dict[str, SpokenLanguage]
    organisations: dict[str, Organisation]


def load_event_snippets(content: Data) -> EventTerms:
    """The categories, audiences, languages and organisations of the events' content file."""
    organisations = {}
    for item in content["organisations"]:
        organisations[item["key"]], _ = Organisation.objects.get_or_create(
            key=item["key"],
            defaults={
                "name": LocalizedText(item["name"]),
                "url": item["url"],
                "email": item["email"],
            },
        )
    return EventTerms(
        categories=_terms(Category, content["categories"]),
        audiences=_terms(Audience, content["audiences"]),
        languages=_terms(SpokenLanguage, content["languages"]),
        organisations=organisations,
    )


def _terms(model: Any, items: list[Data]) -> dict[str, Any]:
    found = {}
    for order, item in enumerate(items, start=1):
        defaults = {"name": LocalizedText(item["name"]), "sort_order": order * 10}
        if "colour" in item:
            defaults["colour"] = item["colour"]
        found[item["slug"]], _ = model.objects.get_or_create(slug=item["slug"], defaults=defaults)
    return found


def load_events(tree: DemoTree, content: Data, terms: EventTerms, today: date) -> None:
    """The events below the calendar of `tree`, dated from `today` (a local date), in every language."""
    known = {
        *Event.objects.values_list("key", flat=True),
        *EventPage.objects.values_list("translation_key", flat=True),
    }
    missing = [item for item in content["events"] if demo_key("events", item["key"]) not in known]
    index = EventIndexPage.objects.get(pk=tree.page("events").pk)
    calendar = CalendarDay.objects.working_calendar()
    place_ids = {key: place.pk for key, place in tree.places.items()}
    with indexed_once():
        for item in missing:
            schedules = {
                start: schedule_of(
                    item, today, calendar, place_ids=place_ids, spots=content["spots"], start=start
                )
                for start in ("before", "start")
                if start in item
            }
            page = _page(tree, item, content, terms)
            index.add_child(instance=page)
            _relate(page, item, terms)
            _publish(page, item, schedules)
            translate_page(page, catalogue(item), item["slug"], tree.targets)


def _page(tree: DemoTree, item: Data, content: Data, terms: EventTerms) -> EventPage:
    """The Romanian page, unsaved and not public yet, without dates."""
    access = item.get("access", {})
    organiser = item["organiser"]
    by_department = organiser in tree.departments
    return EventPage(
        translation_key=demo_key("events", item["key"]),
        locale=tree.source,
        live=False,
        has_unpublished_changes=True,
        title=item["title"]["ro"],
        slug=item["slug"]["ro"],
        summary=item["summary"]["ro"],
        search_description=item["summary"]["ro"],
        body=tree.blocks(item["body"]),
        skip_public_holidays=item.get("skip_holidays", False),
        place=tree.places[item["place"]] if "place" in item else None,
        place_text=LocalizedText(
            content["spots"][item["spot"]] if "spot" in item else item.get("place_text", {})
        ),
        online_url=item.get("online", ""),
        organiser_department=tree.departments[organiser] if by_department else None,
        organiser_organisation=None if by_department else terms.organisations[organiser],
        is_free="price" not in item,
        price=LocalizedText(item.get("price", {})),
        booking_url=item.get("booking", ""),
        accessible=item.get("accessible", False),
        access_note=LocalizedText(content["access"][access] if isinstance(access, str) else access),
    )


def _relate(page: Any, item: Data, terms: EventTerms) -> None:
    page.categories = [terms.categories[slug] for slug in item["categories"]]
    page.audiences = [terms.audiences[slug] for slug in item["audiences"]]
    page.languages = [terms.languages[slug] for slug in item["languages"]]
    page.partner_links = [
        EventPartner(sort_order=order, organisation=terms.organisations[key])
        for order, key in enumerate(item.get("partners", ()))
    ]


def _publish(page: EventPage, item: Data, schedules: dict[str, Schedule]) -> None:
    """Publish the page; one that was rescheduled first on the day that it was told for."""
    if before := schedules.get("before"):
        _set_schedule(page, before)
        page.save_revision().publish()
    page.state = State(item.get("state", State.SCHEDULED))
    page.state_reason = LocalizedText(item.get("reason", {}))
    _set_schedule(page, schedules["start"])
    page.save_revision().publish()
    page.refresh_from_db()


def _set_schedule(page: Any, schedule: Schedule) -> None:
    page.start_date, page.start_time = schedule.start_day, schedule.start_time
    page.end_date, page.end_time = schedule.end_day, schedule.end_time
    page.recurrence = stored(schedule.rule)
    page.date_changes = [
        EventDateChange(
            sort_order=order,
            kind=change.kind,
            day=change.day,
            new_day=change.new_day,
            start_time=change.start_time,
            end_time=change.end_time,
            reason=LocalizedText(change.reason),
            title=LocalizedText(change.title),
            place_text=change.place,
            place_id=change.place_id,
        )
        for order, change in enumerate(schedule.changes)
    ]


def load_agenda(content: Data, today: date) -> None:
    """The items of the Mayor's agenda, dated from `today` (a local date)."""
    calendar = CalendarDay.objects.working_calendar()
    for item in content["agenda"]:
        start_time, end_time = times_in(item.get("time"))
        AgendaItem.objects.get_or_create(
            uid=demo_key("agenda", item["key"]),
            defaults={
                "title": LocalizedText(item["title"]),
                "visibility": item["visibility"],
                "start_date": day_of(item["day"], today, calendar),
                "start_time": start_time,
                "end_time": end_time,
                "place": LocalizedText(item.get("place", {})),
            },
        )
