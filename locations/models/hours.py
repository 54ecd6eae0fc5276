"""Opening hours as editors keep them; what they mean is in `locations.schedules` and `locations.hours`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, RevisionMixin

from cms.multilingual import LocalizedCharField, LocalizedText
from cms.romanian import CommaBelowMixin
from locations.fields import IntervalsField, stored_intervals
from locations.forms import OpeningHoursForm
from locations.hours import (
    ExceptionDays,
    HolidayBehaviour,
    Schedule,
    Season,
    Week,
    format_intervals,
)
from locations.models.place import Location, validate_key
from locations.schedule_data import from_data, to_data

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class OpeningHours(CommaBelowMixin, RevisionMixin, ClusterableModel):
    """The hours of one channel: a counter of a place, a telephone line. Departments refer to them."""

    class Channel(models.TextChoices):
        COUNTER = "counter", _("counter")
        PHONE = "phone", _("telephone")
        ONLINE = "online", _("online")

    class Holidays(models.TextChoices):
        CLOSED = HolidayBehaviour.CLOSED, _("closed")
        AS_USUAL = HolidayBehaviour.AS_USUAL, _("open as usual")
        SPECIAL = HolidayBehaviour.SPECIAL, _("open at the hours given below")
        UNKNOWN = HolidayBehaviour.UNKNOWN, _("not known")

    key = models.CharField(
        _("key"),
        max_length=60,
        unique=True,
        validators=[validate_key],
        error_messages={"unique": _("Other hours already have this key: choose a different one.")},
        help_text=_("A short name for addresses and imports: never change it."),
    )
    name = LocalizedCharField(
        _("name"), help_text=_("What readers see above the table, e.g. “Program cu publicul”.")
    )
    location = models.ForeignKey(
        Location,
        verbose_name=_("place"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="opening_hours",
        help_text=_("Empty for hours that belong to no place, such as a telephone line's."),
    )
    channel = models.CharField(
        _("channel"),
        max_length=8,
        choices=Channel.choices,
        default=Channel.COUNTER,
        help_text=_("How people reach you within these hours."),
    )
    published = models.BooleanField(
        _("complete and confirmed"),
        default=False,
        help_text=_(
            "Untick while anything is unsure: readers then see “not published yet” instead of a wrong “closed”."
        ),
    )
    holidays = models.CharField(
        _("on public holidays"),
        max_length=8,
        choices=Holidays.choices,
        default=Holidays.CLOSED,
        help_text=_("Also on bridging days. The days themselves are in the working calendar."),
    )
    holiday_hours = IntervalsField(
        _("hours on public holidays"), help_text=_("E.g. 10:00-14:00; only if open at own hours.")
    )
    verified_on = models.DateField(
        _("verified on"), null=True, blank=True, help_text=_("When somebody last checked them.")
    )
    sort_order = models.PositiveSmallIntegerField(
        _("order"), default=100, help_text=_("The first counter gives a place its open state.")
    )

    # All of the above and the rows below, as the rules read them: one row is enough for any page.
    schedule_data = models.JSONField(default=dict, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    base_form_class = OpeningHoursForm

    panels = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("key"), FieldPanel("channel")]),
                FieldPanel("name"),
                FieldPanel("location"),
                FieldPanel("published"),
            ],
            heading=_("Hours"),
        ),
        InlinePanel(
            "weeks",
            heading=_("Weeks"),
            label=_("week"),
            help_text=_(
                "One row for the usual week. Add rows for seasons, and for hours by appointment."
            ),
        ),
        InlinePanel(
            "exceptions",
            heading=_("Exceptions"),
            label=_("exception"),
            help_text=_("Single days or ranges with other hours, or closed. Empty hours: closed."),
        ),
        MultiFieldPanel(
            [FieldPanel("holidays"), FieldPanel("holiday_hours")], heading=_("Public holidays")
        ),
        FieldPanel("osm_text"),
        FieldRowPanel([FieldPanel("verified_on"), FieldPanel("sort_order")]),
    ]

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["sort_order", "key"]

    def __str__(self) -> str:
        return f"{self.name} ({self.key})"

    @property
    def schedule(self) -> Schedule:
        """These hours as the rules read them, from this row alone."""
        return from_data(self.schedule_data)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self.refresh_schedule()

    def refresh_schedule(self) -> None:
        """Write `schedule_data` anew from the saved rows; every save of a row ends with this."""
        built = self.build_schedule(
            WeekSchedule.objects.filter(hours=self), HoursException.objects.filter(hours=self)
        )
        self.schedule_data = to_data(built)
        type(self).objects.filter(pk=self.pk).update(
            schedule_data=self.schedule_data, updated_at=timezone.now()
        )

    def take_schedule(self, schedule: Schedule) -> None:
        """Replace weeks, exceptions and holiday behaviour by those of `schedule`; saved with the next save."""
        weeks = [row for season in schedule.seasons for row in WeekSchedule.rows_of(season)]
        self.weeks.set(weeks)
        exceptions = [HoursException.of(item) for item in schedule.exceptions]
        self.exceptions.set(exceptions)
        self.holidays = schedule.holiday_behaviour.value
        self.holiday_hours = format_intervals(schedule.holiday_intervals)

    def build_schedule(self, weeks: Any, exceptions: Any) -> Schedule:
        """The schedule of these rows with the given weeks and exceptions (saved or not)."""
        return Schedule(
            seasons=tuple(week.as_season() for week in weeks),
            exceptions=tuple(item.as_days() for item in exceptions if item.first_day),
            holiday_behaviour=HolidayBehaviour(self.holidays),
            holiday_intervals=stored_intervals(self.holiday_hours),
            published=self.published,
            place=self.location.key if self.location else None,
        )


def _day_field(label: Any) -> IntervalsField:
    return IntervalsField(label, help_text=_("E.g. 08:00-12:00, 13:00-16:00. Empty: closed."))


class HoursRow(CommaBelowMixin, Orderable):
    """A row of opening hours: whatever changes it brings the hours' `schedule_data` up to date."""

    class Meta(Orderable.Meta):
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self.hours.refresh_schedule()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        deleted = super().delete(*args, **kwargs)
        self.hours.refresh_schedule()
        return deleted


class WeekSchedule(HoursRow):
    """A week of hours, always or in a season, for everybody or by appointment."""

    hours = ParentalKey(OpeningHours, on_delete=models.CASCADE, related_name="weeks")
    name = LocalizedCharField(
        _("name of the season"),
        blank=True,
        help_text=_("E.g. “Summer hours”; empty for the usual."),
    )
    first_day = models.DateField(
        _("from"), null=True, blank=True, help_text=_("First day, included. Empty: the usual week.")
    )
    last_day = models.DateField(
        _("until"), null=True, blank=True, help_text=_("Last day, included.")
    )
    yearly = models.BooleanField(
        _("every year"), default=False, help_text=_("The same days each year; the year is ignored.")
    )
    by_appointment = models.BooleanField(
        _("by appointment"),
        default=False,
        help_text=_("People are seen in these hours if they booked."),
    )
    mon = _day_field(_("Monday"))
    tue = _day_field(_("Tuesday"))
    wed = _day_field(_("Wednesday"))
    thu = _day_field(_("Thursday"))
    fri = _day_field(_("Friday"))
    sat = _day_field(_("Saturday"))
    sun = _day_field(_("Sunday"))

    panels = [
        FieldRowPanel([FieldPanel(day) for day in DAYS[:4]]),
        FieldRowPanel([FieldPanel(day) for day in DAYS[4:]]),
        FieldRowPanel([FieldPanel("by_appointment"), FieldPanel("yearly")]),
        FieldRowPanel([FieldPanel("first_day"), FieldPanel("last_day")]),
        FieldPanel("name"),
    ]

    class Meta(HoursRow.Meta):
        verbose_name = _("week")
        verbose_name_plural = _("weeks")

    def __str__(self) -> str:
        return str(self.name) or str(_("usual week"))

    def clean(self) -> None:
        super().clean()
        if self.first_day and self.last_day and self.last_day < self.first_day and not self.yearly:
            raise ValidationError(
                {"last_day": _("The season ends before it begins: choose a later day.")}
            )
        if self.yearly and not (self.first_day and self.last_day):
            raise ValidationError(
                {"first_day": _("A season that returns every year needs its first and last day.")}
            )

    @classmethod
    def rows_of(cls, season: Season) -> list[WeekSchedule]:
        """The rows, one for everybody and one by appointment, that make up `season`."""
        rows: list[WeekSchedule] = []
        for booked in (False, True):
            days = {
                name: format_intervals(i for i in season.week.days[n] if i.by_appointment == booked)
                for n, name in enumerate(DAYS)
            }
            if any(days.values()) or (not booked and not any(season.week.days)):
                rows.append(
                    cls(
                        name=LocalizedText(season.names),
                        first_day=season.first_day,
                        last_day=season.last_day,
                        yearly=season.yearly,
                        by_appointment=booked,
                        sort_order=len(rows),
                        **days,
                    )
                )
        return rows

    def as_season(self) -> Season:
        """This row as the rules read it."""
        return Season(
            week=Week(
                tuple(
                    stored_intervals(getattr(self, day), by_appointment=self.by_appointment)
                    for day in DAYS
                )
            ),
            first_day=self.first_day,
            last_day=self.last_day,
            yearly=self.yearly,
            names=dict(self.name),
        )


class HoursException(HoursRow):
    """Other hours, or none, on given days; it never touches the usual week."""

    hours = ParentalKey(OpeningHours, on_delete=models.CASCADE, related_name="exceptions")
    first_day = models.DateField(_("first day"), help_text=_("Included."))
    last_day = models.DateField(
        _("last day"), null=True, blank=True, help_text=_("Included; empty: one day.")
    )
    intervals = IntervalsField(_("hours"), help_text=_("E.g. 10:00-14:00. Empty: closed."))
    reason = LocalizedCharField(
        _("reason"), blank=True, help_text=_("What readers are told, e.g. “inventory”.")
    )

    panels = [
        FieldRowPanel([FieldPanel("first_day"), FieldPanel("last_day"), FieldPanel("intervals")]),
        FieldPanel("reason"),
    ]

    class Meta(HoursRow.Meta):
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")

    def __str__(self) -> str:
        return f"{self.first_day} {self.intervals or _('closed')}"

    def clean(self) -> None:
        super().clean()
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError(
                {
                    "last_day": _(
                        "The last day is before the first: choose the same day or a later one."
                    )
                }
            )

    @classmethod
    def of(cls, days: ExceptionDays) -> HoursException:
        """The row for `days`."""
        return cls(
            first_day=days.first_day,
            last_day=days.last_day,
            intervals=format_intervals(days.intervals or ()),
            reason=LocalizedText(days.names),
        )

    def as_days(self) -> ExceptionDays:
        """This row as the rules read it."""
        return ExceptionDays(
            first_day=self.first_day,
            last_day=self.last_day or self.first_day,
            intervals=stored_intervals(self.intervals),
            names=dict(self.reason),
        )
