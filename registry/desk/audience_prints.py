"""The sheet of a day to print: who comes when, to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy

from registry import audiences, viewing
from registry.deadlines import CITY_ZONE, registration_day
from registry.desk.audience_forms import DayForm
from registry.desk.audience_views import Row, with_matter
from registry.desk.screens import Screen
from registry.models import Audience, AudienceSlot

MOST_OF_A_DAY: Final = 500


@dataclass(frozen=True, slots=True)
class Place:
    """A place of an hour: its local time, and who has it (None: nobody, or somebody whom the reader may not see)."""

    at: datetime
    row: Row | None


@dataclass(frozen=True, slots=True)
class SheetHour:
    """An hour of the day with its places in their order."""

    slot: AudienceSlot
    places: list[Place]


def day_sheet(user: Any, day: date) -> list[SheetHour]:
    """Who comes when on `day` (local), as far as `user` may see it: hours in their order; two queries."""
    begins = datetime.combine(day, time(), CITY_ZONE)
    ends = datetime.combine(day + timedelta(days=1), time(), CITY_ZONE)
    slots = AudienceSlot.objects.filter(starts_at__gte=begins, starts_at__lt=ends)
    hours = list(slots.select_related("department").order_by("starts_at", "pk")[:MOST_OF_A_DAY])
    coming = with_matter(audiences.visible_audiences(user)).filter(slot__in=hours)
    taken = {
        (audience.slot_id, audience.place): Row(audience, user, day)
        for audience in coming.exclude(state=Audience.State.DECLINED)
    }
    return [
        SheetHour(
            slot,
            [
                Place(slot.time_of(place), taken.get((slot.pk, place)))
                for place in range(1, slot.places + 1)
            ],
        )
        for slot in hours
    ]


class DayScreen(Screen):
    """The day's sheet, laid out for A4."""

    template_name = "wagtailadmin/registry/audience_day.html"
    title = gettext_lazy("Audiences of a day")

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The sheet of the day asked for, today by default; the trail tells who printed it."""
        form = DayForm(request.GET)
        form.is_valid()
        today = registration_day(timezone.now())
        day = form.cleaned_data.get("day") or today
        hours = day_sheet(request.user, day)
        entries = [place.row.audience.entry for hour in hours for place in hour.places if place.row]
        if entries:
            viewing.note_printed(request.user, "audiences", entries, day=day.isoformat())
        # A refused day stays where it was typed.
        return self.shown(
            form=form if form.data else DayForm({"day": day}),
            day=day,
            hours=hours,
            printed_at=timezone.now(),
        )
