"""The editors' rows of the working calendar; the rules over them are in `cms.working_calendar`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel

from cms.forms import CalendarDayForm
from cms.multilingual import LocalizedCharField
from cms.romanian import CommaBelowMixin
from cms.working_calendar import DayKind, DayRow, Scope, WorkingCalendar

WEEKDAY_CHOICES = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]


class CalendarDayQuerySet(models.QuerySet["CalendarDay"]):
    def working_calendar(self) -> WorkingCalendar:
        """The working calendar made of these rows: one query whatever their number."""
        return WorkingCalendar(day_rows(self.with_place_keys()))

    def with_place_keys(self) -> CalendarDayQuerySet:
        """With `place_key`, for `day_rows`: a day that names several places comes once for each."""
        return self.annotate(place_key=models.F("scoped_places__place__key"))


def day_rows(days: Iterable[Any]) -> list[DayRow]:
    """`days`, read with their place keys, as the calendar's rules read them."""
    places: dict[int, set[str]] = {}
    distinct = {}
    for day in days:
        distinct[day.pk] = day
        places.setdefault(day.pk, set())
        if day.place_key:
            places[day.pk].add(day.place_key)
    return [day.as_row(places[day.pk]) for day in distinct.values()]


class CalendarDay(CommaBelowMixin, ClusterableModel):
    """A bridging day, recovery Saturday, closure or additional holiday: one or more days in a row."""

    class Kind(models.TextChoices):
        HOLIDAY = DayKind.HOLIDAY, _("additional public holiday")
        BRIDGING = DayKind.BRIDGING, _("bridging day (not worked)")
        RECOVERY = DayKind.RECOVERY, _("recovery day (a Saturday that is worked)")
        CLOSURE = DayKind.CLOSURE, _("local closure")

    class ScopeChoice(models.TextChoices):
        ALL = Scope.ALL, _("all places")
        ONLY = Scope.ONLY, _("only the places chosen below")
        EXCEPT = Scope.EXCEPT, _("all places but those chosen below")

    name = LocalizedCharField(
        _("name"),
        help_text=_(
            "What citizens read, e.g. “bridging day after the National Day”. Romanian is required."
        ),
    )
    kind = models.CharField(
        _("kind"),
        max_length=16,
        choices=Kind.choices,
        default=Kind.BRIDGING,
        help_text=_(
            "The Government's bridging and recovery days are for all; a closure concerns some places."
        ),
    )
    first_day = models.DateField(_("first day"), help_text=_("The first day it applies to."))
    last_day = models.DateField(
        _("last day"), help_text=_("The last day it applies to; the same day for a single one.")
    )
    works_as = models.PositiveSmallIntegerField(
        _("works by the hours of"),
        null=True,
        blank=True,
        choices=WEEKDAY_CHOICES,
        help_text=_("For a recovery day: the weekday whose hours are kept, as the decision says."),
    )
    scope = models.CharField(
        pgettext_lazy("of a calendar day", "applies to"),
        max_length=8,
        choices=ScopeChoice.choices,
        default=ScopeChoice.ALL,
        help_text=_("Legal terms are counted only with days that apply to all places."),
    )

    updated_at = models.DateTimeField(auto_now=True)

    objects = CalendarDayQuerySet.as_manager()

    base_form_class = CalendarDayForm

    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("works_as")]),
        FieldRowPanel([FieldPanel("first_day"), FieldPanel("last_day")]),
        MultiFieldPanel(
            [FieldPanel("scope"), InlinePanel("scoped_places", heading=_("Places"))],
            heading=_("Applies to"),
        ),
    ]

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("working calendar")
        ordering = ["-first_day"]

    def __str__(self) -> str:
        return f"{self.first_day:%d.%m.%Y} – {self.name}"

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
        if self.works_as is not None and self.kind != self.Kind.RECOVERY:
            raise ValidationError(
                {"works_as": _("Only a recovery day borrows the hours of another weekday.")}
            )

    def as_row(self, places: Iterable[str] = ()) -> DayRow:
        """This row as the calendar's rules read it; `places`: the keys of the places chosen in it."""
        return DayRow(
            first_day=self.first_day,
            last_day=self.last_day,
            kind=DayKind(self.kind),
            names=dict(self.name),
            scope=Scope(self.scope),
            places=frozenset(places),
            works_as=self.works_as,
        )


class CalendarYear(models.Model):
    """The record that somebody looked at a year's bridging days, so that none is missed in silence."""

    year = models.PositiveSmallIntegerField(
        _("year"),
        unique=True,
        validators=[MinValueValidator(2000), MaxValueValidator(2199)],
        help_text=_("The calendar year that was checked."),
    )
    bridging_days_reviewed = models.BooleanField(
        _("bridging days reviewed"),
        default=False,
        help_text=_(
            "Tick once the Government's decision for this year was read and its days were added."
        ),
    )
    note = models.CharField(
        _("note"),
        max_length=255,
        blank=True,
        help_text=_("For colleagues: the number of the decision, or that there is none yet."),
    )

    panels = [FieldPanel("year"), FieldPanel("bridging_days_reviewed"), FieldPanel("note")]

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")
        ordering = ["-year"]

    def __str__(self) -> str:
        return str(self.year)

    @classmethod
    def unreviewed(cls, today: date) -> int | None:
        """The year whose bridging days should have been looked at by `today` and were not, else None.

        From 1 December on that is next year; before, this year.
        """
        due = today.year + 1 if today.month == 12 else today.year
        if cls.objects.filter(year=due, bridging_days_reviewed=True).exists():
            return None
        return due
