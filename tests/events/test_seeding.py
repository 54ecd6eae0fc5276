"""Synthetic events in bulk: the same as published one by one, and the same at each run."""

from __future__ import annotations

from collections import Counter
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from cms.bulk_pages import insert_pages
from cms.models import CalendarDay, ContentVersion, StandardPage
from events.models import (
    CalendarState,
    Category,
    Event,
    EventDateChange,
    EventIndexPage,
    EventPage,
    EventText,
    Occurrence,
)
from events.publication import publish_new
from events.seeding import seed_events
from locations.models import Location
from tests.events.calendar_site import soup_of
from tests.factories import (
    CalendarDayFactory,
    DepartmentFactory,
    EventPageFactory,
    OrganisationFactory,
    make_calendar,
    make_home,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

RELATED = ("categories", "audiences", "languages", "partners", "documents")


def seed(number: int, *, seed: int = 1, index: EventIndexPage | None = None) -> int:
    return seed_events(index or EventIndexPage.objects.get(), number, seed, timezone.localdate())


def columns(row: Any, *without: str) -> dict[str, Any]:
    names = [field.attname for field in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in names if name not in {"id", *without}}


def published() -> dict[Any, Any]:
    """All that is published of each event, by its key, without the ids of rows."""
    found = {}
    for event in Event.objects.all():
        occurrences = Occurrence.objects.filter(event=event).order_by("original_start")
        found[event.key] = (
            columns(event),
            {name: sorted(o.pk for o in getattr(event, name).all()) for name in RELATED},
            {text.language: columns(text, "event_id") for text in event.texts.all()},
            [columns(row, "event_id") for row in occurrences],
        )
    return found


def with_surroundings() -> EventIndexPage:
    """A calendar, with whoever may organise and a holiday that is no computed one."""
    index = make_calendar()
    DepartmentFactory()
    OrganisationFactory.create_batch(3)
    CalendarDayFactory(kind=CalendarDay.Kind.HOLIDAY, first_day="2027-02-02", last_day="2027-02-04")
    return index


# -- equal to what publishing writes -----------------------------------------------------------------------------------


def test_seeded_events_equal_those_that_were_published_one_by_one() -> None:
    with_surroundings()
    seed(60)
    bulk = published()
    assert len(bulk) == 60
    assert sum(bool(facts["skip_public_holidays"]) for facts, *_rest in bulk.values())
    assert sum(len(related["partners"]) for _facts, related, *_rest in bulk.values())

    Event.objects.all().delete()
    assert not Occurrence.objects.exists()
    for page in EventPage.objects.order_by("?"):
        page.save()
    assert published() == bulk


def test_editing_a_seeded_event_changes_only_that() -> None:
    with_surroundings()
    seed(12)
    before = published()
    page = EventPage.objects.first()
    assert page is not None
    page.title = "Alt titlu"
    page.save_revision().publish()
    after = published()
    assert [key for key in after if after[key] != before[key]] == [page.translation_key]
    assert after[page.translation_key][0]["sequence"] == 1


def test_pages_in_bulk_stand_in_the_tree_like_any_other(client: Client) -> None:
    index = make_calendar()
    EventPageFactory(parent=index, title="Cel dinainte")
    seed(30)
    added = EventPageFactory(parent=EventIndexPage.objects.get(), title="Cel de după")
    assert not any(Page.find_problems())
    index.refresh_from_db()
    assert index.numchild == 32
    assert [page.pk for page in index.get_children()][-1] == added.pk

    page = EventPage.objects.get(slug="sintetic-1-4")
    same = ("depth", "numchild", "content_type_id", "locale_id", "live", "has_unpublished_changes")
    assert [getattr(page, name) for name in same] == [getattr(added, name) for name in same]
    assert page.draft_title == page.title
    assert page.url_path == f"{index.url_path}{page.slug}/"
    assert page.title in soup_of(client, "/ro/evenimente/sintetic-1-4/").h1.text


def test_restricted_calendar_publishes_nothing_in_bulk() -> None:
    index = make_calendar()
    PageViewRestriction.objects.create(page=index, restriction_type="login")
    seed(6)
    assert Event.objects.count() == 6
    assert not Event.objects.public().exists()
    assert not EventText.objects.exists()
    assert not Occurrence.objects.exists()


def test_bulk_of_pages_without_a_date_publishes_nothing() -> None:
    index = make_calendar()
    page = EventPage(title="Fără zi", slug="fara-zi", locale=index.locale)
    insert_pages(index, [page])
    publish_new([page])
    assert not Event.objects.exists()


def test_bulk_takes_less_than_a_statement_for_each_event() -> None:
    index = with_surroundings()
    seed(3)

    def queries(number: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            seed(number, seed=number, index=index)
        return len(captured)

    queries(2)
    # Not the same number: one statement takes so many values at most.
    assert queries(60) <= queries(20) + 30


# -- what is made ------------------------------------------------------------------------------------------------------


def test_one_in_three_is_a_weekly_series_some_with_a_change() -> None:
    with_surroundings()
    assert seed(150) == 150
    series = EventPage.objects.exclude(recurrence="")
    weekly = [page for page in EventPage.objects.all() if (s := page.schedule()) and s.rule]
    assert len(weekly) == 50
    assert series.count() >= 50
    assert {change.kind for change in EventDateChange.objects.all()} == {"cancelled", "moved"}
    assert Occurrence.objects.filter(multi_day=True).count() > 10
    assert Event.objects.filter(state="cancelled").exists()


def test_events_lie_between_half_a_year_ago_and_a_year_ahead() -> None:
    make_calendar()
    seed(150)
    today = timezone.localdate()
    starts = [page.start_date for page in EventPage.objects.all() if page.start_date]
    assert -182 <= (min(starts) - today).days < -100
    assert 300 < (max(starts) - today).days <= 365


def test_titles_and_texts_say_that_they_are_synthetic() -> None:
    make_calendar()
    seed(20)
    for page in EventPage.objects.all():
        assert "sintetic" in page.title
        assert "Nu este un eveniment real" in page.summary
    assert len(set(EventPage.objects.values_list("title", flat=True))) == 20


def test_same_seed_gives_the_same_events_and_another_gives_others() -> None:
    index = make_calendar()
    seed(20)
    first = published()
    titles = Counter(EventPage.objects.values_list("title", "start_date"))
    assert seed(20, seed=2) == 20
    assert Counter(EventPage.objects.values_list("title", "start_date")) != titles + titles

    for page in EventPage.objects.all():
        page.delete()
    index.refresh_from_db()
    assert seed(20) == 0, "what was deleted stays deleted"
    Event.objects.all().delete()
    seed(20)
    again = published()
    assert set(again) == set(first)
    for key, (_facts, _related, texts, occurrences) in again.items():
        _old, _rel, old_texts, old_occurrences = first[key]
        assert texts["ro"]["ical"] == old_texts["ro"]["ical"]
        assert occurrences == old_occurrences


def test_second_run_adds_only_what_is_missing() -> None:
    make_calendar()
    assert seed(10) == 10
    before = published()
    assert seed(10) == 0
    assert seed(25) == 15
    after = published()
    assert len(after) == 25
    assert {key: after[key] for key in before} == before


def test_existing_terms_and_places_are_used_and_missing_ones_are_made() -> None:
    make_calendar()
    assert not Category.objects.exists()
    seed(6)
    made = set(Category.objects.values_list("slug", flat=True))
    assert made
    assert all("sintetic" in slug for slug in made)
    places = Location.objects.count()
    seed(12)
    assert set(Category.objects.values_list("slug", flat=True)) == made
    assert Location.objects.count() == places


# -- the command -------------------------------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("seed_scale", *arguments, stdout=output)
    return output.getvalue()


def test_command_makes_events_and_pages_and_counts_the_change(client: Client) -> None:
    home = make_home()
    calendar, content = CalendarState.current().version, ContentVersion.current()
    assert run("--events", "9", "--pages", "4").startswith("Made 9 events and 4 pages in ")
    assert Event.objects.public().count() == 9
    assert CalendarState.current().version > calendar
    assert ContentVersion.current() > content
    assert EventIndexPage.objects.get().get_parent().pk == home.pk
    page = StandardPage.objects.child_of(home).first()
    assert page is not None
    assert "Pagină de probă" in soup_of(client, f"/ro/{page.slug}/").main.text
    assert run("--events", "9", "--pages", "4").startswith("Made 0 events and 0 pages in ")


def test_pages_alone_count_as_a_change_of_the_content() -> None:
    make_home()
    content = ContentVersion.current()
    run("--pages", "1")
    assert ContentVersion.current() > content


def test_site_without_a_home_page_is_told_what_to_do() -> None:
    with pytest.raises(CommandError, match="load_demo"):
        run("--events", "1")


@pytest.mark.parametrize("number", ["-1", "many", "1000001"])
def test_numbers_out_of_bounds_are_refused(number: str) -> None:
    with pytest.raises(CommandError, match="number from 0 to"):
        run(f"--events={number}")
