"""A place: one row for all languages, which every page, card and feed reads."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, RevisionMixin

from cms.models import CalendarDay
from cms.multilingual import LocalizedCharField, LocalizedTextField
from cms.querysets import open_pages, own_page_in
from cms.romanian import CommaBelowMixin

validate_key = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*$",
    _("Use small letters without accents, digits and single hyphens, e.g. “piata-unirii”."),
)


def split_rooms(text: str) -> list[str]:
    """The single room names of "46, 49; 50", in the order they were written."""
    return [room for room in re.split(r"[,;\s]+", text) if room]


def place_page_in(language: str) -> Subquery:
    """For annotations of rows with a `place`: the path of its live page in `language` (a code)."""
    pages = open_pages().filter(
        locationpage__location=OuterRef("place_id"), locale__language_code=language
    )
    return Subquery(pages.order_by("pk").values("url_path")[:1])


class LocationQuerySet(models.QuerySet["Location"]):
    def valid_on(self, day: date) -> LocationQuerySet:
        """Places in use on `day`."""
        return self.exclude(valid_from__gt=day).exclude(valid_to__lt=day)

    def with_page(self, language: str) -> LocationQuerySet:
        """With `page_path`: the path of the place's live page in `language` (a code), or None."""
        return self.annotate(page_path=own_page_in(language, "locationpage__location"))


class Location(CommaBelowMixin, RevisionMixin, ClusterableModel):
    """Where the city hall works: a building, a counter, a neighbourhood hall, a sports base."""

    class Kind(models.TextChoices):
        CITY_HALL = "city_hall", _("city hall")
        INFORMATION_CENTRE = "information_centre", _("information centre")
        REGISTRY_COUNTER = "registry_counter", _("registry counter")
        SPORTS_BASE = "sports_base", _("sports base")
        NEIGHBOURHOOD_HALL = "neighbourhood_hall", _("neighbourhood hall")
        VENUE = "venue", _("venue")
        OTHER = "other", _("other place")

    key = models.CharField(
        _("key"),
        max_length=60,
        unique=True,
        validators=[validate_key],
        error_messages={"unique": _("Another place already has this key: choose a different one.")},
        help_text=_("Part of addresses and calendars that people keep: never change it."),
    )
    name = LocalizedCharField(_("name"), help_text=_("The name on the door. Romanian is required."))
    kind = models.CharField(
        _("kind"),
        max_length=24,
        choices=Kind.choices,
        default=Kind.OTHER,
        help_text=_("Readers filter places by it."),
    )
    address = models.CharField(
        _("address"), max_length=160, help_text=_("Street and number, e.g. “str. Moților nr. 3”.")
    )
    city = models.CharField(
        _("city"), max_length=80, default="Cluj-Napoca", help_text=_("For envelopes and cards.")
    )
    postal_code = models.CharField(
        _("postal code"), max_length=12, blank=True, help_text=_("Only if it is known.")
    )
    rooms = models.CharField(
        _("rooms"),
        max_length=120,
        blank=True,
        help_text=_("Room numbers, separated by commas: 46, 49, 50."),
    )
    note = LocalizedTextField(
        _("note"),
        blank=True,
        help_text=_("What helps to find it, e.g. “in the school's building”."),
    )
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=8,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text=_("In degrees (WGS 84), e.g. 46.769100. Leave empty when not known."),
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
        help_text=_("In degrees (WGS 84), e.g. 23.585600."),
    )
    approximate = models.BooleanField(
        _("position is approximate"),
        default=True,
        help_text=_("Untick once the point was checked at the door."),
    )
    valid_from = models.DateField(
        _("in use from"), null=True, blank=True, help_text=_("Empty: it always was.")
    )
    valid_to = models.DateField(
        _("in use until"),
        null=True,
        blank=True,
        help_text=_("The last day; empty: no end is known."),
    )
    verified_on = models.DateField(
        _("verified on"),
        null=True,
        blank=True,
        help_text=_("When somebody last checked these facts."),
    )
    sort_order = models.PositiveSmallIntegerField(
        _("order"), default=100, help_text=_("Smaller stands first; also the number on the map.")
    )

    updated_at = models.DateTimeField(auto_now=True)

    objects = LocationQuerySet.as_manager()

    panels = [
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("key"), FieldPanel("kind")]), FieldPanel("name")],
            heading=_("Place"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("address"),
                FieldRowPanel([FieldPanel("city"), FieldPanel("postal_code"), FieldPanel("rooms")]),
                FieldPanel("note"),
            ],
            heading=_("Address"),
        ),
        InlinePanel("access_facts", heading=_("Access"), label=_("access fact")),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")]),
                FieldPanel("approximate"),
            ],
            heading=_("Position"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
                FieldRowPanel([FieldPanel("verified_on"), FieldPanel("sort_order")]),
            ],
            heading=_("Validity"),
        ),
    ]

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["sort_order", "key"]

    def __str__(self) -> str:
        return str(self.name) or self.key

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        # Closures are looked up by the key that the stored schedules hold.
        for hours in self.opening_hours.all():
            if hours.schedule.place != self.key:
                hours.refresh_schedule()

    def clean(self) -> None:
        super().clean()
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError(
                {"valid_to": _("It ends before it begins: choose a later day or leave it empty.")}
            )
        if (self.latitude is None) != (self.longitude is None):
            raise ValidationError(
                {"longitude": _("Give both latitude and longitude, or neither of them.")}
            )

    @property
    def kind_label(self) -> str:
        """The kind in the reader's language."""
        return str(self.get_kind_display())

    @property
    def room_list(self) -> list[str]:
        """The single room names, in the order they were written."""
        return split_rooms(self.rooms)


class AccessFact(CommaBelowMixin, Orderable):
    """What a person needs to know before coming: steps, door, parking, languages."""

    class Kind(models.TextChoices):
        ENTRANCE = "entrance", _("entrance")
        STEP_FREE = "step_free", _("step-free access")
        LIFT = "lift", _("lift")
        TOILET = "toilet", _("accessible toilet")
        PARKING = "parking", _("parking")
        HEARING = "hearing", _("hearing loop")
        LANGUAGES = "languages", _("languages at the counter")
        TRANSPORT = "transport", _("public transport")
        OTHER = "other", _("other")

    location = ParentalKey(Location, on_delete=models.CASCADE, related_name="access_facts")
    kind = models.CharField(
        _("about"), max_length=16, choices=Kind.choices, help_text=_("One fact for each row.")
    )
    text = LocalizedCharField(
        _("fact"), help_text=_("A checked fact, or that it was not checked yet. Never a guess.")
    )

    panels = [FieldPanel("kind"), FieldPanel("text")]

    class Meta(Orderable.Meta):
        verbose_name = _("access fact")
        verbose_name_plural = _("access facts")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"


class CalendarDayPlace(Orderable):
    """A place that a day of the working calendar names (only these, or all but these)."""

    day = ParentalKey(CalendarDay, on_delete=models.CASCADE, related_name="scoped_places")
    place = models.ForeignKey(
        Location,
        verbose_name=_("place"),
        on_delete=models.CASCADE,
        related_name="+",
        help_text=_("Choose a place."),
    )

    panels = [FieldPanel("place")]

    class Meta(Orderable.Meta):
        verbose_name = _("place")
        verbose_name_plural = _("places")

    def __str__(self) -> str:
        return str(self.place)
