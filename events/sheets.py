"""Events as a table, for import and export: drafts below the Romanian calendar.

`events.importing` reads partners' calendars and tables of new events; here this site's events go out and come back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from dateutil.relativedelta import relativedelta
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.sheets.columns import (
    Choice,
    Clock,
    Code,
    Data,
    Day,
    Flag,
    Image,
    Reference,
    References,
    Shown,
    Text,
    localized,
)
from cms.sheets.context import Context, Lookup
from cms.sheets.kinds import Portion
from cms.sheets.page_sheet import PageSheet, PublishedColumn
from cms.sheets.plan import PlannedRow
from contacts.sheets import DEPARTMENTS, ORGANISATIONS
from events.enums import State
from events.fields import rule_in
from events.models import EventIndexPage, EventPage
from events.recurrence import RuleError
from events.recurrence_text import rule_sentence
from events.schedule import HORIZON_MONTHS
from events.schedule_problems import validate

PLACES: Final = Lookup("locations.Location")
CATEGORIES: Final = Lookup("events.Category", ("slug",))
AUDIENCES: Final = Lookup("events.Audience", ("slug",))
SPOKEN: Final = Lookup("events.SpokenLanguage", ("slug",))

_FIELD_OF: Final = {
    "start_day": "start_date",
    "end_day": "end_date",
    "until": "recurrence",
    "rule": "recurrence",
}


@dataclass(frozen=True, kw_only=True)
class RuleColumn(Shown):
    """How a series repeats, in a sentence."""

    def get(self, data: Data, context: Context) -> str:
        try:
            rule = rule_in(data.get("recurrence"))
        except RuleError:
            return ""
        start = Day(name="start_date", heading="").get(data, context)
        return rule_sentence(rule, start) if rule is not None and start is not None else ""


class EventSheet(PageSheet):
    """The events of this site, found by their address."""

    key = "events"
    title = _("Events")
    intro = _(
        "Romanian texts, dates, places and prices of events; translations follow in their pages. What you import waits "
        "as a draft until somebody publishes it. How a series repeats, and changes of single dates, are edited on the "
        "page. Calendars of partners have an import of their own, under Events."
    )
    icon = "date"
    model = EventPage
    index = EventIndexPage
    key_name = "address"
    # Below the calendar these addresses are something else (events/urls.py).
    taken = frozenset({"programme", "poster"})
    portions = (
        Portion("coming", _("Events that are not over")),
        Portion("", _("All events")),
    )
    columns = (
        Code(
            name="address",
            heading=_("page address"),
            field="slug",
            limit=180,
            pattern=r"[a-z0-9_-]+",
            required=True,
            help=_("The last part of the page's address: finds the event again."),
        ),
        Text(name="title", heading=_("title"), limit=255, required=True),
        Text(name="summary", heading=_("summary"), limit=500, lines=True),
        Day(
            name="start_date",
            heading=_("first day"),
            required=True,
            help=_("Such as 25.11.2026; of a series its first date."),
        ),
        Clock(name="start_time", heading=_("from"), help=_("Such as 18:00; empty: all day.")),
        Day(name="end_date", heading=_("last day"), help=_("Of one date of several days.")),
        Clock(name="end_time", heading=_("to"), help=_("02:00 ends on the next day.")),
        RuleColumn(name="recurrence", heading=_("repeats")),
        Choice(name="state", heading=_("state"), choices=State),
        *localized("state_reason", _("reason"), limit=300, help=_("Of the state.")),
        Reference(name="place", heading=_("place"), lookup=PLACES, help=_("The key of a place.")),
        *localized(
            "place_text",
            pgettext_lazy("of an event", "other place"),
            limit=200,
            help=_("An address that is not in the list of places."),
        ),
        Text(name="online_url", heading=_("online at"), limit=200),
        Reference(
            name="organiser_department",
            heading=_("organising department"),
            lookup=DEPARTMENTS,
            help=_("The department's key; or a partner, not both."),
        ),
        Reference(
            name="organiser_organisation",
            heading=_("organising partner"),
            lookup=ORGANISATIONS,
            help=_("The organisation's key."),
        ),
        References(
            name="partners",
            heading=_("partners"),
            field="partner_links",
            child="organisation",
            lookup=ORGANISATIONS,
            help=_("Keys of organisations, with commas between."),
        ),
        References(
            name="categories",
            heading=_("categories"),
            lookup=CATEGORIES,
            help=_("Slugs, with commas between."),
        ),
        References(
            name="audiences",
            heading=_("audiences"),
            lookup=AUDIENCES,
            help=_("Slugs, with commas between."),
        ),
        References(
            name="languages",
            heading=_("languages spoken"),
            lookup=SPOKEN,
            help=_("Slugs, with commas between."),
        ),
        Flag(name="is_free", heading=_("free of charge"), help=_("Yes or no.")),
        *localized("price", _("price"), limit=160),
        Text(name="booking_url", heading=_("booking"), limit=200),
        Flag(name="accessible", heading=_("step-free access"), help=_("Yes or no.")),
        *localized("access_note", _("accessibility"), limit=300),
        Image(
            name="image",
            heading=_("image"),
            help=_("The number of an image of the library; its title may follow."),
        ),
        Text(name="image_alt", heading=_("image description"), limit=200),
        Text(name="image_credit", heading=_("image credit"), limit=120),
        PublishedColumn(),
    )
    example = {
        "address": "atelier-de-ceramica",
        "title": "Atelier de ceramică",
        "start_date": "26.11.2026",
        "start_time": "18:00",
        "end_time": "20:00",
    }

    def ordered(self, pages: QuerySet[Any], portion: str) -> QuerySet[Any]:
        """By their first day; those not over are told by what is published, and drafts by their own first day."""
        if portion == "coming":
            today = timezone.localdate()
            pages = pages.filter(
                Q(event__public=True, event__last_day__gte=today)
                | Q(event__public=True, event__last_day=None)
                | (
                    (Q(event=None) | Q(event__public=False))
                    & (Q(start_date=None) | Q(start_date__gte=today) | Q(end_date__gte=today))
                )
            )
        return pages.order_by("start_date", "slug", "pk")

    def refusals(self, row: PlannedRow, context: Context) -> Iterator[tuple[str, str]]:
        """The rules of the editor's form besides: a schedule that cannot be is refused for drafts too."""
        yield from super().refusals(row, context)
        page = row.instance
        if row.record is None and page.slug in self.taken:
            yield "slug", str(_("This address is something else below the calendar."))
        horizon = timezone.localdate() + relativedelta(months=HORIZON_MONTHS)
        try:
            schedule = page.schedule()
        except RuleError as error:
            yield "recurrence", str(error)
            return
        for problem in validate(schedule, horizon) if schedule is not None else ():
            if problem.index is not None:
                yield "date_changes", problem.message
            else:
                yield _FIELD_OF.get(problem.field, problem.field), problem.message
