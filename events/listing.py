"""The calendar's pages: which occurrences they show, in a fixed number of queries whatever there is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, IntegerField, QuerySet, Subquery, Value, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cms.content_version import versioned
from cms.identity import site_identity
from cms.multilingual import LocalizedText, content_language
from cms.page_urls import page_url
from cms.service_calendar import moment, working_calendar
from events.filters import (
    FIRST_YEAR,
    FLAGS,
    LAST_YEAR,
    EventFilters,
    Unknown,
    dimension,
    dimensions,
    options,
    parse,
)
from events.models.event import Event, EventText, Occurrence
from events.presenters import (
    DayView,
    OccurrenceView,
    days_between,
    month_words,
    occurrence_view,
    range_words,
    special_view,
)
from events.subscriptions import feed_url, qr_code, subscribe_view
from locations.hours_text import weekday_name, weekday_short
from locations.models import Location

if TYPE_CHECKING:
    from events.models.pages import EventIndexPage

LIST_DAYS = 14
LIST_A_DAY = 20
LEAST_A_DAY = 5
MONTH_A_DAY = 4
WEEK_A_DAY = 40
MOST_ONGOING = 6
MOST_SUGGESTIONS = 5
ARCHIVE_DAYS = 31


# -- reading ---------------------------------------------------------------------------------------------------------


def occurrences(filters: EventFilters) -> QuerySet[Occurrence]:
    """The occurrences of the events that fulfil `filters`; ask for a range of days, or it takes long."""
    found = Occurrence.objects.all()
    return found.filter(filters.holds_for("event")) if filters.narrows else found


def first_lasting(found: QuerySet[Any]) -> QuerySet[Any]:
    """Those of `found` that end first; `of_lasting` is how many there are."""
    counted = found.annotate(of_lasting=Window(Count("pk")))
    return counted.order_by("last_day", "start", "pk")[:MOST_ONGOING]


def first_of_each_day(
    found: QuerySet[Occurrence],
    days: Sequence[date],
    limit: int,
    lasting: QuerySet[Any] | None,
    later: QuerySet[Any] | None = None,
) -> list[Any]:
    """The first `limit` occurrences that begin on each of `days`, the first of `lasting`, and those of `later`.

    One query, which reads no more than them. `of_lasting` is how many last in all, 0 for those that begin on one of
    the days, -1 for those of `later`.
    """
    chosen: list[tuple[Any, QuerySet[Any]]] = [
        (_number(0), found.filter(first_day=day).order_by("start", "pk")[:limit]) for day in days
    ]
    if lasting is not None:
        first = first_lasting(lasting)
        chosen.append((Subquery(first.values("of_lasting")[:1]), first))
    if later is not None:
        chosen.append((_number(-1), later))
    # Wrapped: SQLite takes no LIMIT inside the parts of a compound statement.
    parts = [
        Occurrence.objects.filter(pk__in=part.values("pk")).order_by().annotate(of_lasting=number)
        for number, part in chosen
    ]
    if not parts:
        return []
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return sorted(rows, key=lambda row: (row.first_day, row.start, row.pk))


def _number(value: int) -> Value:
    return Value(value, output_field=IntegerField())


def numbered_by_day(found: QuerySet[Occurrence], first: date, last: date, limit: int) -> list[Any]:
    """The first `limit` occurrences that begin on each day of [first, last]; `of_day` is how many do on that day.

    One query, which reads all of them once: for those with a condition. Asked a day at a time (`first_of_each_day`),
    they would be looked through from the start again for each.
    """
    day = [F("first_day")]
    numbered = found.starting(first, last).annotate(  # type: ignore[attr-defined]
        number=Window(RowNumber(), partition_by=day, order_by=[F("start").asc(), F("pk").asc()]),
        of_day=Window(Count("pk"), partition_by=day),
    )
    return list(numbered.filter(number__lte=limit).order_by("first_day", "start", "pk"))


def counts_by_day(found: QuerySet[Occurrence], first: date, last: date) -> dict[date, int]:
    """How many occurrences begin on each day of [first, last]."""
    counted = found.starting(first, last).order_by().values("first_day").annotate(n=Count("pk"))  # type: ignore[attr-defined]
    return dict(counted.values_list("first_day", "n"))


def views(
    request: HttpRequest,
    groups: Sequence[Sequence[Occurrence]],
    now: datetime,
    *,
    shown_under: date | None = None,
) -> list[list[OccurrenceView]]:
    """The views of each of `groups` in the language being written: one query, one more if dates are elsewhere."""
    rows = [row for group in groups for row in group]
    found = texts(request, {row.event_id for row in rows})
    elsewhere = {row.change_data["place_id"] for row in rows if "place_id" in row.change_data}
    places = Location.objects.in_bulk(elsewhere) if elsewhere else {}
    return [
        [
            occurrence_view(row, text, url, now, shown_under=shown_under, places=places)
            for row in group
            if (entry := found.get(row.event_id))
            for text, url in [entry]
        ]
        for group in groups
    ]


def texts(request: HttpRequest | None, events: Iterable[int]) -> dict[int, tuple[EventText, str]]:
    """(text, address of its page) by event, in the language that is being written: one query."""
    ids = set(events)
    if not ids:
        return {}
    found = (
        EventText.objects.filter(language=content_language(), event__in=ids)
        .annotate(page_path=F("page__url_path"))
        .defer("ical", "folded")
    )
    return {text.event_id: (text, page_url(text.page_path, request)) for text in found}


@dataclass(frozen=True, slots=True)
class EventDates:
    """Dates of some events for another page. `more`: whether there are others to come."""

    days: list[DayView]
    past: list[OccurrenceView]
    more: bool

    def __bool__(self) -> bool:
        return bool(self.days or self.past)


def dates_of(
    request: HttpRequest, events: QuerySet[Event], *, coming: int, past: int
) -> EventDates:
    """The next `coming` dates of `events` by day, and the last `past` ones: two queries, or three."""
    now = moment(request)
    of_events = Occurrence.objects.filter(event__in=events.order_by().values("pk"))
    parts = [
        Occurrence.objects.filter(
            pk__in=of_events.filter(end__gte=now).order_by("start", "pk")[: coming + 1].values("pk")
        ).order_by(),
        Occurrence.objects.filter(
            pk__in=of_events.filter(end__lt=now).order_by("-start", "pk")[:past].values("pk")
        ).order_by(),
    ]
    rows = sorted(parts[0].union(parts[1], all=True), key=lambda row: (row.start, row.pk))
    later = [row for row in rows if row.end >= now]
    ahead, behind = views(
        request, [later[:coming], [row for row in rows if row.end < now][::-1]], now
    )
    calendar = working_calendar(request)
    by_day: dict[date, list[OccurrenceView]] = defaultdict(list)
    for view in ahead:
        by_day[max(view.first_day, now.date())].append(view)
    days = [
        DayView(
            date=day,
            occurrences=found,
            special=special_view(calendar.special_day(day)),
            is_today=day == now.date(),
            count=len(found),
        )
        for day, found in sorted(by_day.items())
    ]
    return EventDates(days, behind, len(later) > coming)


# -- the page of the calendar ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    checked: bool


@dataclass(frozen=True, slots=True)
class DimensionView:
    name: str
    label: str
    kind: str
    options: list[Option]


@dataclass(frozen=True, slots=True)
class FilterView:
    """The filter form: plain GET, everything in the address."""

    dimensions: list[DimensionView]
    flags: list[tuple[str, str, bool]]
    q: str
    hidden: list[tuple[str, str]]
    active: list[tuple[str, str]]
    reset_url: str
    action: str
    words: str = ""
    labels: list[str] = field(default_factory=list)


CHECKBOXES_UP_TO = 12


def flag_labels() -> dict[str, str]:
    """The filters that are either on or off, in the active language."""
    return {"free": _("Free entry"), "accessible": _("Step-free access")}


def filter_view(page_path: str, filters: EventFilters, known: dict[str, Any]) -> FilterView:
    """The form with `filters` filled in; `known`: see `events.filters.options`."""
    groups, active = [], []
    for item in dimensions():
        chosen = filters.chosen.get(item.name, ())
        labels = {slug: str(LocalizedText(names)) or slug for slug, names in known[item.name]}
        for slug in chosen:
            rest = ",".join(other for other in chosen if other != slug)
            url = page_path + filters.query_string(**{item.name: rest or None})
            active.append((labels[slug], url))
        if item.in_form and labels:
            boxes = [Option(slug, label, slug in chosen) for slug, label in labels.items()]
            kind = (
                "select"
                if item.name in ("place", "organiser") or len(boxes) > CHECKBOXES_UP_TO
                else "checkboxes"
            )
            groups.append(DimensionView(item.name, str(item.label), kind, boxes))
    for flag in filters.flags:
        active.append((flag_labels()[flag], page_path + filters.query_string(**{flag: None})))
    if filters.query:
        words = _("“%(words)s”") % {"words": filters.query}
        active.append((words, page_path + filters.query_string(q=None)))
    in_form = {group.name for group in groups} | set(FLAGS) | {"q"}
    labels_only = [label for label, _url in active]
    return FilterView(
        dimensions=groups,
        flags=[(flag, label, flag in filters.flags) for flag, label in flag_labels().items()],
        q=filters.query,
        hidden=[(name, value) for name, value in filters.pairs() if name not in in_form],
        active=active,
        reset_url=page_path
        + EventFilters(filters.view, filters.when, filters.first, filters.last).query_string(),
        action=page_path,
        words=", ".join(labels_only),
        labels=labels_only,
    )


def problem_text(unknown: Unknown) -> str:
    """Tells a reader which part of the address was not understood, and that it was left out."""
    if unknown.name in ("from", "to"):
        return _(
            "“%(value)s” is no date of this calendar (write it as 2026-11-25): it was ignored."
        ) % {"value": unknown.value}
    item = dimension(unknown.name)
    return _("%(filter)s: there is no “%(value)s” here, so it was ignored.") % {
        "filter": item.label if item else unknown.name,
        "value": unknown.value,
    }


def index_context(page: EventIndexPage, request: HttpRequest) -> dict[str, Any]:
    """What the template of the calendar shows, by the parameters of the address."""
    now = moment(request)
    known = versioned(request, "event_options", options)
    filters, unknown = parse(request.GET, known)
    path = page_url(page.url_path, request) or request.path
    composer = _Composer(request, filters, now, path)
    context = {"month": composer.month_view, "week": composer.week_view}.get(
        filters.view, composer.list_view
    )()
    form = filter_view(path, filters, known)
    language = content_language()
    identity = site_identity(request)
    if form.words:
        title = f"{page.title}: {form.words}"
    elif identity and identity.city:
        title = _("All events of %(city)s") % {"city": identity.city}
    else:
        title = _("All events")
    context.update(
        view=filters.view,
        views=[
            (value, label, path + filters.query_string(view=value), filters.view == value)
            for value, label in (
                ("list", pgettext("view of the calendar", "List")),
                ("month", pgettext("view of the calendar", "Month")),
                ("week", pgettext("view of the calendar", "Week")),
            )
        ],
        whens=[
            (
                value,
                label,
                path + filters.query_string(view=None, when=value, from_=None, to=None),
                filters.when == value,
            )
            for value, label in (
                ("today", _("Today")),
                ("weekend", _("Weekend")),
                ("week", _("7 days")),
                ("month", _("This month")),
            )
        ],
        filters=form,
        problems=[problem_text(item) for item in unknown],
        today=now.date(),
        current_url=path,
        archive_url=f"{path}?to={now.date() - timedelta(days=1):%Y-%m-%d}",
        print_url=f"{path}programme/?from={composer.week_start:%Y-%m-%d}",
        subscribe=subscribe_view(language, filters, title, form.words),
        feeds=_feeds(language, known),
    )
    return context


def _feeds(language: str, known: dict[str, Any]) -> list[tuple[str, str]]:
    """A calendar for each category: (label, address)."""
    return [
        (str(LocalizedText(names)) or slug, feed_url(language, path=f"category/{slug}"))
        for slug, names in known["category"]
    ]


class _Composer:
    """Composes one of the three views."""

    def __init__(
        self, request: HttpRequest, filters: EventFilters, now: datetime, path: str
    ) -> None:
        self.request = request
        self.filters = filters
        self.now = now
        self.today = now.date()
        self.path = path
        self.found = occurrences(filters)
        self.calendar = working_calendar(request)
        anchor = self._clamped(filters.days(self.today)[0] or self.today)
        self.anchor = anchor
        self.week_start = anchor - timedelta(days=anchor.weekday())

    @staticmethod
    def _clamped(day: date) -> date:
        return min(max(day, date(FIRST_YEAR, 1, 31)), date(LAST_YEAR, 12, 1))

    def _url(self, **changes: str | None) -> str:
        return self.path + self.filters.query_string(**changes)

    def _day_url(self, day: date) -> str:
        text = day.isoformat()
        return self._url(view=None, when=None, from_=text, to=text)

    def _days(
        self,
        days: Sequence[date],
        limit: int,
        lasting: QuerySet[Any] | None = None,
        later: QuerySet[Any] | None = None,
    ) -> tuple[list[DayView], dict[str, Any]]:
        """`days` with what begins on them, at most `limit` each, and the first of `lasting`: three queries.

        When nothing begins on them, those of `later` are there as suggestions.
        """
        starting, long, suggested, counted = self._rows(days, limit, lasting, later)
        by_day: dict[date, list[OccurrenceView]] = defaultdict(list)
        on_days, going_on, suggestions = views(
            self.request, [starting, long, suggested], self.now, shown_under=days[0]
        )
        for view in on_days:
            by_day[view.first_day].append(view)
        result = [
            DayView(
                date=day,
                occurrences=by_day[day],
                more=max(counted.get(day, 0) - len(by_day[day]), 0),
                more_url=self._day_url(day),
                special=special_view(self.calendar.special_day(day)),
                is_today=day == self.today,
                count=counted.get(day, 0),
                url=self._day_url(day),
            )
            for day in days
        ]
        number = long[0].of_lasting if long else 0
        return result, {
            "ongoing": going_on,
            "ongoing_more": number - len(going_on),
            "suggestions": suggestions,
        }

    def _rows(
        self,
        days: Sequence[date],
        limit: int,
        lasting: QuerySet[Any] | None,
        later: QuerySet[Any] | None,
    ) -> tuple[list[Any], list[Any], list[Any], dict[date, int]]:
        """What begins on `days`, at most `limit` each; the first of `lasting`; if there is nothing on the days, those
        of `later`; how many begin on each: two queries.
        """
        if self.filters.narrows:
            starting = numbered_by_day(self.found, days[0], days[-1], limit)
            counted = {row.first_day: row.of_day for row in starting}
            if starting or later is None:
                long = list(first_lasting(lasting)) if lasting is not None else []
                return starting, long, [], counted
        else:
            counted = counts_by_day(self.found, days[0], days[-1])
        busy = [day for day in days if counted.get(day)]
        rows = first_of_each_day(self.found, busy, limit, lasting, None if busy else later)
        return (
            [row for row in rows if row.of_lasting == 0],
            [row for row in rows if row.of_lasting > 0],
            [row for row in rows if row.of_lasting < 0],
            counted,
        )

    def list_view(self) -> dict[str, Any]:
        """Days with something on them, from a first day on."""
        asked_first, asked_last = self.filters.days(self.today)
        archive = asked_first is None and asked_last is not None and asked_last < self.today
        if archive and asked_last:
            last = self._clamped(asked_last)
            first = last - timedelta(days=ARCHIVE_DAYS - 1)
        else:
            first = self._clamped(asked_first or self.today)
            last = self._clamped(asked_last or first + timedelta(days=LIST_DAYS - 1))
            last = min(max(last, first), first + timedelta(days=61))
        single = first == last
        length = (last - first).days + 1
        # A longer list shows less of each day: no page grows beyond what a fortnight may hold.
        limit = min(LIST_A_DAY, max(LIST_A_DAY * LIST_DAYS // length, LEAST_A_DAY))
        if single:
            limit = 10 * LIST_A_DAY
        days, beside = self._days(
            days_between(first, last),
            limit,
            self.found.ongoing(first),  # type: ignore[attr-defined]
            None if archive else self._coming_after(last),
        )
        shown = [
            day for day in days if day.occurrences or (day.special and not self.filters.narrows)
        ]
        if archive:
            shown.reverse()
        total = sum(day.count for day in days)
        context = {
            "days": shown,
            "archive": archive,
            "result_text": self._result_text(total, first, last, shown),
            "previous": None,
            "next": None,
            "empty": not total and not beside["ongoing"],
            **beside,
        }
        if archive:
            earlier = first - timedelta(days=1)
            context["next"] = (
                _("Earlier"),
                self._url(from_=None, when=None, to=earlier.isoformat()),
            )
        else:
            after = last + timedelta(days=1)
            changes = {"when": None, "from_": after.isoformat(), "to": None}
            if asked_last and length != LIST_DAYS:
                changes["to"] = (after + timedelta(days=length - 1)).isoformat()
            context["next"] = (
                ngettext("The next day", "The next %(days)s days", length) % {"days": length},
                self._url(**changes),
            )
            if first > self.today:
                before = first - timedelta(days=length)
                changes = {"when": None, "from_": before.isoformat(), "to": None}
                if length != LIST_DAYS:
                    changes["to"] = (first - timedelta(days=1)).isoformat()
                context["previous"] = (
                    ngettext("The day before", "The %(days)s days before", length)
                    % {"days": length},
                    self._url(**changes),
                )
        return context

    def _coming_after(self, day: date) -> QuerySet[Occurrence]:
        """The first occurrences after `day`, to suggest."""
        coming = Occurrence.objects.filter(first_day__gt=day)
        if self.filters.narrows:
            # Perhaps years away: first the events, which are few, then their dates.
            events = self.filters.narrow(Event.objects.order_by())
            coming = coming.filter(event__in=events.values("pk"))
        return coming.order_by("first_day", "start", "pk")[:MOST_SUGGESTIONS]

    def _result_text(self, total: int, first: date, last: date, days: list[DayView]) -> str:
        cancelled = sum(item.status == "cancelled" for day in days for item in day.occurrences)
        text = ngettext("%(count)s event, %(days)s.", "%(count)s events, %(days)s.", total) % {
            "count": total,
            "days": range_words(first, last),
        }
        # Where a busy day shows only its first, nobody has counted the others.
        if cancelled and not any(day.more for day in days):
            text += " " + (
                ngettext(
                    "%(count)s of them is cancelled.", "%(count)s of them are cancelled.", cancelled
                )
                % {"count": cancelled}
            )
        return text

    def month_view(self) -> dict[str, Any]:
        """Whole weeks around a month."""
        first = self.anchor.replace(day=1)
        following = (first + timedelta(days=32)).replace(day=1)
        grid_first = first - timedelta(days=first.weekday())
        last = following - timedelta(days=1)
        grid_last = last + timedelta(days=6 - last.weekday())
        days, beside = self._days(
            days_between(grid_first, grid_last),
            MONTH_A_DAY,
            self.found.lasting(first, last),  # type: ignore[attr-defined]
        )
        for day in days:
            day.in_month = day.date.month == first.month
        before = first - timedelta(days=1)
        total = sum(day.count for day in days if day.in_month)
        return {
            "days": days,
            "weeks": [days[n : n + 7] for n in range(0, len(days), 7)],
            "weekdays": [(weekday_short(n), weekday_name(n)) for n in range(7)],
            "month_title": month_words(first),
            "result_text": ngettext(
                "%(count)s event in this month.", "%(count)s events in this month.", total
            )
            % {"count": total},
            "previous": (
                month_words(before),
                self._url(when=None, to=None, from_=before.replace(day=1).isoformat()),
            ),
            "next": (
                month_words(following),
                self._url(when=None, to=None, from_=following.isoformat()),
            ),
            "empty": not total,
            "archive": False,
            **beside,
        }

    def week_view(self) -> dict[str, Any]:
        """Monday to Sunday, in three parts of the day."""
        first, last = self.week_start, self.week_start + timedelta(days=6)
        days, beside = self._days(
            days_between(first, last),
            WEEK_A_DAY,
            self.found.lasting(first, last),  # type: ignore[attr-defined]
        )
        total = sum(day.count for day in days)
        steps = {
            name: (first + timedelta(days=shift)).isoformat()
            for name, shift in (("previous", -7), ("next", 7))
        }
        return {
            "days": days,
            "week_title": range_words(first, last),
            "part_labels": [_("Morning"), _("Afternoon"), _("Evening")],
            "result_text": ngettext(
                "%(count)s event in this week.", "%(count)s events in this week.", total
            )
            % {"count": total},
            "previous": (
                _("The week before"),
                self._url(when=None, to=None, from_=steps["previous"]),
            ),
            "next": (_("The week after"), self._url(when=None, to=None, from_=steps["next"])),
            "empty": not total,
            "archive": False,
            **beside,
        }


def programme_context(page: EventIndexPage, request: HttpRequest) -> dict[str, Any]:
    """The programme of a week on paper; the week of `from`, by default this one."""
    known = versioned(request, "event_options", options)
    filters, _unknown = parse(request.GET, known)
    now = moment(request)
    path = page_url(page.url_path, request)
    composer = _Composer(request, filters, now, path)
    context = composer.week_view()
    url = feed_url(content_language(), pairs=filters.feed_pairs())
    context.update(qr=qr_code(url.replace("https://", "webcal://")), url_text=url, page=page)
    return context


def coming_days(request: HttpRequest, path: str, days: int, limit: int) -> list[DayView]:
    """Today, and which of the next `days` days have something on them, for other pages.

    `path`: of the calendar; at most `limit` dates a day.
    """
    composer = _Composer(request, EventFilters(), moment(request), path)
    today = composer.today
    last = today + timedelta(days=days - 1)
    found, _beside = composer._days(days_between(today, last), limit)
    return [day for day in found if day.occurrences or day.is_today]
