"""The filters of lists and feeds: parsed once, with the same names everywhere.

`category=a,b` `place=` `audience=` `language=` `organiser=` `partner=` (slugs or keys; several are alternatives),
`free=1` `accessible=1` `q=` and the dates `when=today|weekend|week|month`, `from=`, `to=` (YYYY-MM-DD).
Unknown values are reported: pages show them as a notice, feeds answer 404, the API 422.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import CharField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.folding import fold
from contacts.models import Department, Organisation
from events.models.event import Event
from events.models.taxonomy import Audience, Category, SpokenLanguage
from locations.models import Location

QUERY_LENGTH: Final = 100
MOST_VALUES: Final = 20
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2200
VIEWS: Final = ("list", "month", "week")
WHENS: Final = ("today", "weekend", "week", "month")
FLAGS: Final = {"free": "is_free", "accessible": "accessible"}


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to filter events by something that has a slug.

    `condition` gives the `Q` over `Event` for slugs, which may find an event several times; `rows` the things
    themselves, see `slug_rows`.
    """

    name: str
    label: str | Promise
    condition: Callable[[list[str]], Q]
    rows: Callable[[], list[QuerySet[Any, Any]]]
    in_form: bool = True


Options = dict[str, list[tuple[str, Mapping[str, str]]]]
_dimensions: dict[str, Dimension] = {}


def register_dimension(dimension: Dimension) -> Dimension:
    """Add a filter to lists, feeds and forms; apps above this one add theirs (campaigns, say)."""
    _dimensions[dimension.name] = dimension
    return dimension


def dimensions() -> list[Dimension]:
    """All of them, in the order they were registered."""
    return list(_dimensions.values())


def dimension(name: str) -> Dimension | None:
    """The one with this name, None when there is none."""
    return _dimensions.get(name)


def slug_rows(found: QuerySet[Any], slug: str = "key", order: str = "") -> QuerySet[Any, Any]:
    """`found` as rows of (slug, names in a `LocalizedCharField` called name, order), for a `Dimension`."""
    place = F(order) if order else Value(0)
    return (
        found.order_by()
        .annotate(place_in_list=Cast(place, IntegerField()), slug_of=F(slug))
        .values_list("slug_of", "name", "place_in_list")
    )


def options(names: Iterable[str] | None = None) -> Options:
    """All values of the dimensions called `names`, by default of all: (slug, names by language). One query."""
    wanted = [item for name, item in _dimensions.items() if names is None or name in names]
    parts = [
        rows.annotate(dimension=Value(item.name, output_field=CharField())).values_list(
            "slug_of", "name", "place_in_list", "dimension"
        )
        for item in wanted
        for rows in item.rows()
    ]
    found: Options = {item.name: [] for item in wanted}
    if parts:
        rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
        for slug, texts, _place, name in sorted(rows, key=lambda row: (row[2], row[0])):
            found[name].append((slug, dict(texts)))
    return found


register_dimension(
    Dimension(
        "category",
        _("Category"),
        lambda slugs: Q(categories__slug__in=slugs),
        lambda: [slug_rows(Category.objects.all(), "slug", "sort_order")],
    )
)
register_dimension(
    Dimension(
        "audience",
        _("For whom"),
        lambda slugs: Q(audiences__slug__in=slugs),
        lambda: [slug_rows(Audience.objects.all(), "slug", "sort_order")],
    )
)
register_dimension(
    Dimension(
        "language",
        pgettext_lazy("spoken at an event", "Language"),
        lambda slugs: Q(languages__slug__in=slugs),
        lambda: [slug_rows(SpokenLanguage.objects.all(), "slug", "sort_order")],
    )
)
register_dimension(
    Dimension(
        "place",
        _("Place"),
        lambda keys: Q(place__key__in=keys),
        lambda: [slug_rows(Location.objects.all(), "key", "sort_order")],
    )
)


register_dimension(
    Dimension(
        "organiser",
        _("Organiser"),
        lambda keys: (
            Q(organiser_organisation__key__in=keys)
            | Q(organiser_department__key__in=keys, organiser_organisation__isnull=True)
        ),
        # They share their keys' space: both may organise.
        lambda: [
            slug_rows(Department.objects.all(), "key", "sort_order"),
            slug_rows(Organisation.objects.all()),
        ],
        in_form=False,
    )
)
register_dimension(
    Dimension(
        "partner",
        _("Partner"),
        lambda keys: Q(partners__key__in=keys),
        lambda: [slug_rows(Organisation.objects.all())],
        in_form=False,
    )
)


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_day(text: str) -> date | None:
    """The local date that `text` (YYYY-MM-DD) names, None when it names none that a calendar shows."""
    if not _DAY.fullmatch(text) or not text.isascii():
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


@dataclass(frozen=True, slots=True)
class EventFilters:
    """What a reader asked for. `chosen`: slugs by dimension; days are local dates, both included."""

    view: str = "list"
    when: str = ""
    first: date | None = None
    last: date | None = None
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    query: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything but dates is filtered."""
        return bool(self.chosen or self.flags or self.query)

    def narrow(self, events: QuerySet[Event]) -> QuerySet[Event]:
        """Those of `events` that fulfil everything but the dates, found together: for when any of them may."""
        return events.filter(pk__in=self._fulfilling().values("pk")) if self.narrows else events

    def holds_for(self, event: str) -> Exists:
        """Whether the event in the column `event` fulfils everything but the dates, asked for each row.

        For a few days out of years: cheaper there than finding all events that do.
        """
        return Exists(self._fulfilling().filter(pk=OuterRef(event)))

    def _fulfilling(self) -> QuerySet[Event]:
        """The events themselves, for subqueries: one with two of the categories is found twice."""
        events = Event.objects.order_by()
        for name, slugs in self.chosen.items():
            events = events.filter(_dimensions[name].condition(list(slugs)))
        for flag in self.flags:
            events = events.filter(**{FLAGS[flag]: True})
        if parts := [part for word in self.query.split() for part in fold(word).split()]:
            # At once, so all in one text: a join for each word would multiply the rows with every word.
            events = events.filter(*(Q(texts__folded__contains=part) for part in parts))
        return events

    def pairs(self, **changes: str | None) -> list[tuple[str, str]]:
        """The query's parameters in their canonical order, with `changes` (None takes one away)."""
        values: dict[str, str] = {}
        if self.view != "list":
            values["view"] = self.view
        if self.when:
            values["when"] = self.when
        if self.first and not self.when:
            values["from"] = self.first.isoformat()
        if self.last and not self.when:
            values["to"] = self.last.isoformat()
        for name in _dimensions:
            if self.chosen.get(name):
                values[name] = ",".join(self.chosen[name])
        for flag in FLAGS:
            if flag in self.flags:
                values[flag] = "1"
        if self.query:
            values["q"] = self.query
        for name, value in changes.items():
            name = name.rstrip("_")
            if value is None:
                values.pop(name, None)
            else:
                values[name] = value
        return list(values.items())

    def query_string(self, **changes: str | None) -> str:
        """ "?…" with the canonical parameters, "" for none. Commas stay readable."""
        pairs = self.pairs(**changes)
        return f"?{urlencode(pairs, safe=',')}" if pairs else ""

    def feed_pairs(self) -> list[tuple[str, str]]:
        """The parameters that a subscription keeps: what it is about, not which days were on the screen."""
        dropped = {"view", "when", "from", "to"}
        return [(name, value) for name, value in self.pairs() if name not in dropped]

    def days(self, today: date) -> tuple[date | None, date | None]:
        """The days asked for, first and last; None where it is open. Weeks begin on Monday."""
        if self.when == "today":
            return today, today
        if self.when == "weekend":
            saturday = today + timedelta(days=max(5 - today.weekday(), 0))
            if today.weekday() == 6:
                return today, today
            return saturday, saturday + timedelta(days=6 - saturday.weekday())
        if self.when == "week":
            return today, today + timedelta(days=6)
        if self.when == "month":
            following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
            return today, following - timedelta(days=1)
        return self.first, self.last


@dataclass(frozen=True, slots=True)
class Unknown:
    """A parameter that was not understood."""

    name: str
    value: str


def clean_query(text: str) -> str:
    """What was searched for, without control characters, in one line, of a bearable length."""
    text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())[:QUERY_LENGTH].rstrip()


def parse(
    parameters: QueryDict | Mapping[str, str],
    known: Mapping[str, Iterable[tuple[str, object]]],
) -> tuple[EventFilters, list[Unknown]]:
    """The filters in `parameters`, and what of them is unknown. `known`: see `options`.

    Repeated parameters (a form's checkboxes) and comma-separated values mean the same.
    """
    unknown: list[Unknown] = []

    def single(name: str) -> str:
        return (parameters.get(name) or "").strip()

    def several(name: str) -> list[str]:
        getlist = getattr(parameters, "getlist", None)
        texts = getlist(name) if getlist else [parameters.get(name) or ""]
        values = [part.strip() for text in texts for part in text.split(",")]
        return list(dict.fromkeys(value for value in values if value))

    def one_of(name: str, allowed: Iterable[str]) -> str:
        value = single(name)
        if value and value not in allowed:
            unknown.append(Unknown(name, clean_query(value)))
            return ""
        return value

    def day(name: str) -> date | None:
        value = single(name)
        found = parse_day(value)
        if value and found is None:
            unknown.append(Unknown(name, clean_query(value)))
        return found

    chosen = {}
    for name in _dimensions:
        slugs = {slug for slug, _names in known.get(name, ())}
        values = several(name)
        bad = [value for value in values if value not in slugs]
        unknown += [Unknown(name, clean_query(value)) for value in bad[:MOST_VALUES]]
        if good := [value for value in values if value in slugs][:MOST_VALUES]:
            chosen[name] = tuple(sorted(good))
    flags = []
    for flag in FLAGS:
        value = single(flag)
        if value in ("1", "true", "on"):
            flags.append(flag)
        elif value not in ("", "0", "false"):
            unknown.append(Unknown(flag, clean_query(value)))
    first, last = day("from"), day("to")
    if first and last and last < first:
        unknown.append(Unknown("to", last.isoformat()))
        last = None
    return (
        EventFilters(
            view=one_of("view", VIEWS) or "list",
            when=one_of("when", WHENS),
            first=first,
            last=last,
            chosen=chosen,
            flags=tuple(flags),
            query=clean_query(parameters.get("q") or ""),
        ),
        unknown,
    )
