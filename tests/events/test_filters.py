"""Filters: what an address asks for, whatever somebody wrote into it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.http import QueryDict
from hypothesis import example, given
from hypothesis import strategies as st

from events.filters import (
    FIRST_YEAR,
    FLAGS,
    LAST_YEAR,
    MOST_VALUES,
    QUERY_LENGTH,
    VIEWS,
    WHENS,
    EventFilters,
    Unknown,
    dimensions,
    options,
    parse,
    parse_day,
)
from events.models import Event, EventPage
from tests.events.calendar_site import make_calendar_site
from tests.factories import AudienceFactory, CategoryFactory, EventPageFactory, LocationFactory
from tests.remembered import remembered

KNOWN: dict[str, list[tuple[str, dict[str, str]]]] = {
    "category": [("sport", {"ro": "Sport"}), ("muzica", {"ro": "Muzică"}), ("arte", {})],
    "audience": [("copii", {}), ("seniori", {})],
    "language": [("ro", {}), ("hu", {})],
    "place": [("manastur", {}), ("city-hall-motilor-3", {})],
}
TODAY = date(2026, 11, 23)

_slugs = st.sampled_from([slug for rows in KNOWN.values() for slug, _names in rows])
_days = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)).map(date.isoformat)
_junk = st.one_of(
    st.text(max_size=120),
    st.text(alphabet="ab \x00\n,ﷺ½\ud800", max_size=120),
    st.sampled_from(["99999-01-01", "2026-02-30", "٢٠٢٦-١١-٢٥", "-1", "x" * 5000, ",,,", "\x00"]),
)
_values = st.one_of(
    _junk, _days, _slugs, st.lists(_slugs).map(",".join), st.sampled_from([*VIEWS, *WHENS, "1"])
)
_names = st.sampled_from(
    ["view", "when", "from", "to", "q", "page", *FLAGS, *(item.name for item in dimensions())]
)
_addresses = st.lists(st.tuples(_names, _values), max_size=12)


def query_dict(pairs: list[tuple[str, str]]) -> QueryDict:
    """`pairs` as a request has them."""
    query = QueryDict(mutable=True)
    for name, value in pairs:
        query.appendlist(name, value)
    return query


def asked(text: str) -> EventFilters:
    return parse(QueryDict(text), KNOWN)[0]


def unknown_in(text: str) -> list[Unknown]:
    return parse(QueryDict(text), KNOWN)[1]


# -- any address -------------------------------------------------------------------------------------------------


@given(_addresses)
@example([("q", "a" * (QUERY_LENGTH - 1) + " b")])
@example([("when", "today"), ("from", "2026-11-25")])
@example([("category", "sport,arte"), ("category", "muzica,sport,,")])
def test_canonical_address_means_the_same(pairs: list[tuple[str, str]]) -> None:
    filters, _unknown = parse(query_dict(pairs), KNOWN)
    address = filters.query_string()
    again, unknown = parse(QueryDict(address.removeprefix("?")), KNOWN)
    assert not unknown
    assert again.query_string() == address
    assert again.days(TODAY) == filters.days(TODAY)
    assert (again.view, again.chosen, again.flags, again.query) == (
        filters.view,
        filters.chosen,
        filters.flags,
        filters.query,
    )


@given(_addresses)
def test_whatever_is_asked_for_is_shown_or_reported(pairs: list[tuple[str, str]]) -> None:
    filters, unknown = parse(query_dict(pairs), KNOWN)
    assert filters.view in VIEWS
    assert filters.when in ("", *WHENS)
    assert len(filters.query) <= QUERY_LENGTH
    assert filters.query.isprintable()
    for name, slugs in filters.chosen.items():
        assert 0 < len(slugs) <= MOST_VALUES
        assert set(slugs) <= {slug for slug, _texts in KNOWN[name]}
    assert all(len(item.value) <= QUERY_LENGTH for item in unknown)
    first, last = filters.days(TODAY)
    assert first is None or last is None or first <= last


@given(st.binary(max_size=300))
def test_raw_query_strings_are_no_trouble(raw: bytes) -> None:
    filters, _unknown = parse(QueryDict(raw), KNOWN)
    filters.query_string()


def test_order_and_repetition_make_no_difference() -> None:
    assert asked("category=sport,arte").query_string() == "?category=arte,sport"
    assert asked("category=sport&category=arte") == asked("category=arte,sport,arte,")


def test_changes_of_an_address() -> None:
    filters = asked("view=month&from=2026-12-01&category=sport&free=1&q=copii")
    assert filters.query_string() == "?view=month&from=2026-12-01&category=sport&free=1&q=copii"
    assert filters.query_string(view=None, from_=None) == "?category=sport&free=1&q=copii"
    assert filters.query_string(category=None, to="2026-12-24").endswith("to=2026-12-24")


def test_a_subscription_keeps_the_subject_and_not_the_days() -> None:
    filters = asked("view=week&when=month&category=sport&accessible=1&q=cor")
    assert filters.feed_pairs() == [("category", "sport"), ("accessible", "1"), ("q", "cor")]


@pytest.mark.parametrize(
    ("address", "unknown"),
    [
        ("view=x", ("view", "x")),
        ("when=yesterday", ("when", "yesterday")),
        ("from=99999-01-01", ("from", "99999-01-01")),
        ("from=2026-02-30", ("from", "2026-02-30")),
        ("to=2026-11-25&from=2026-11-26", ("to", "2026-11-25")),
        ("category=sport,nu", ("category", "nu")),
        ("free=maybe", ("free", "maybe")),
        ("place=%00", ("place", "")),
    ],
)
def test_what_is_not_understood_is_named(address: str, unknown: tuple[str, str]) -> None:
    assert unknown_in(address) == [Unknown(*unknown)]


@pytest.mark.parametrize("address", ["", "free=0", "free=", "category=", "utm_source=x", "q=%00"])
def test_what_says_nothing_is_no_mistake(address: str) -> None:
    assert unknown_in(address) == []
    assert asked(address) == EventFilters()


# -- days --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-25", date(2026, 11, 25)),
        ("2028-02-29", date(2028, 2, 29)),
        ("2026-02-29", None),
        (f"{FIRST_YEAR}-01-01", date(FIRST_YEAR, 1, 1)),
        (f"{FIRST_YEAR - 1}-12-31", None),
        (f"{LAST_YEAR}-12-31", date(LAST_YEAR, 12, 31)),
        (f"{LAST_YEAR + 1}-01-01", None),
        ("0000-01-01", None),
        ("2026-W48-1", None),
        ("20261125", None),
        ("2026-11-25T10:00", None),
        ("٢٠٢٦-١١-٢٥", None),
        ("2026-11-25\n", None),
    ],
)
def test_days(text: str, day: date | None) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize("shift", range(7))
def test_weekend_on_each_day_of_the_week(shift: int) -> None:
    today = date(2026, 11, 23) + timedelta(days=shift)
    first, last = EventFilters(when="weekend").days(today)
    # On Sunday the weekend is what is left of it.
    assert (first, last) == (max(today, date(2026, 11, 28)), date(2026, 11, 29))


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_periods_begin_today_or_later(today: date) -> None:
    for when in WHENS:
        first, last = EventFilters(when=when).days(today)
        assert first is not None
        assert last is not None
        assert today <= first <= last
    month_end = EventFilters(when="month").days(today)[1]
    assert month_end is not None
    assert month_end.month == today.month
    assert (month_end + timedelta(days=1)).day == 1
    assert EventFilters(when="week").days(today) == (today, today + timedelta(days=6))


# -- events ------------------------------------------------------------------------------------------------------


@pytest.fixture
def three_events(db: None, site_tree: object, clock: object) -> dict[str, str]:
    """Three events that differ in everything, by key."""
    remembered(make_three_events)
    return {str(page.translation_key): page.slug for page in EventPage.objects.all()}


def make_three_events() -> None:
    index = make_calendar_site(("ro",)).index
    sport, music = CategoryFactory(slug="sport"), CategoryFactory(slug="muzica")
    children = AudienceFactory(slug="copii")
    park = LocationFactory(key="parc")
    EventPageFactory(
        parent=index,
        title="Crosul orașului",
        slug="cros",
        categories=[sport],
        place=park,
        accessible=True,
    )
    EventPageFactory(
        parent=index,
        title="Concert în parc",
        slug="concert",
        summary="Muzică bună pentru copii și părinți.",
        categories=[music, sport],
        audiences=[children],
        is_free=False,
    )
    EventPageFactory(parent=index, title="Atelier", audiences=[children], place=park)


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("", {"cros", "concert", "atelier"}),
        ("category=sport", {"cros", "concert"}),
        ("category=sport,muzica", {"cros", "concert"}),
        ("category=muzica", {"concert"}),
        ("category=sport&audience=copii", {"concert"}),
        ("place=parc", {"cros", "atelier"}),
        ("place=parc&free=1&accessible=1", {"cros"}),
        ("free=1", {"cros", "atelier"}),
        ("audience=copii&place=parc", {"atelier"}),
        ("q=muzica%20COPII", {"concert"}),
        ("q=oras", {"cros"}),
        ("q=nimic", set()),
        ("q=cros%20atelier", set()),
        ("category=muzica&place=parc", set()),
    ],
)
def test_filters_combine(three_events: dict[str, str], address: str, names: set[str]) -> None:
    filters, unknown = parse(QueryDict(address), options())
    assert not unknown
    found = filters.narrow(Event.objects.public())
    assert {three_events[str(event.key)] for event in found} == names


def test_many_words_cost_no_more_than_one(three_events: dict[str, str]) -> None:
    """Each word joined on its own would multiply the rows by the languages: 3 to the power of the words."""
    filters, _unknown = parse(query_dict([("q", "a " * 50)]), {})
    # The ligature is one character of the query and four words of what is searched.
    ligatures, _unknown = parse(query_dict([("q", "ﷺ " * 50)]), {})
    assert str(filters.narrow(Event.objects.public()).query).count("JOIN") <= 1
    assert len(filters.narrow(Event.objects.public())) == 3
    assert not ligatures.narrow(Event.objects.public())


def test_all_words_stand_in_one_language(three_events: dict[str, str]) -> None:
    filters, _unknown = parse(QueryDict("q=concert parc"), {})
    assert len(filters.narrow(Event.objects.public())) == 1
