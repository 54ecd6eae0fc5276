"""The Mayor's correspondence and audiences, as the Cabinet keeps them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from contacts.models import Department
from registry.models.entries import RegistryEntry
from registry.models.office import Institution
from registry.writing import GuardedModel, GuardedQuerySet

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)
"""Between these days hours of audiences lie; anything else is a slip of the keyboard."""


class CabinetFile(GuardedModel):
    """What the Cabinet keeps beside an entry that is addressed to the Mayor."""

    class Source(models.TextChoices):
        CITIZEN = "citizen", pgettext_lazy("who writes to the Mayor", "citizen")
        PRESIDENCY = "presidency", pgettext_lazy("who writes to the Mayor", "Presidency")
        GOVERNMENT = "government", pgettext_lazy("who writes to the Mayor", "Government")
        INSTITUTION = "institution", pgettext_lazy("who writes to the Mayor", "institution")

    entry = models.OneToOneField(
        RegistryEntry,
        on_delete=models.PROTECT,
        related_name="cabinet_file",
        verbose_name=_("entry"),
    )
    source = models.CharField(
        _("from"), max_length=12, choices=Source.choices, default=Source.CITIZEN
    )
    institution = models.ForeignKey(
        Institution,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("institution"),
    )
    opened_at = models.DateTimeField(_("on the board since"), default=timezone.now)
    resolution = models.TextField(_("resolution of the Mayor"), blank=True)
    resolved_at = models.DateTimeField(_("decided"), null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(_("note"), blank=True)
    next_look_on = models.DateField(_("look at it again on"), null=True, blank=True)
    closed_at = models.DateTimeField(_("off the board"), null=True)
    version = models.PositiveIntegerField(default=1)

    objects = GuardedQuerySet["CabinetFile"].as_manager()

    class Meta:
        verbose_name = _("correspondence of the Mayor")
        verbose_name_plural = _("correspondence of the Mayor")
        ordering = ["-pk"]
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["next_look_on", "id"],
                name="registry_cabinet_board",
                condition=Q(closed_at=None),
            )
        ]

    def __str__(self) -> str:
        return str(self.entry)


class AudienceSlot(models.Model):
    """An hour at which somebody of the city hall receives citizens, each for some minutes, one after the other."""

    class Level(models.TextChoices):
        DEPARTMENT = "department", pgettext_lazy("level of an audience", "head of a department")
        DEPUTY = "deputy", pgettext_lazy("level of an audience", "deputy mayor")
        MAYOR = "mayor", pgettext_lazy("level of an audience", "mayor")

    level = models.CharField(_("with"), max_length=10, choices=Level.choices)
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("department"),
    )
    starts_at = models.DateTimeField(_("begins"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes for each"),
        default=15,
        validators=[MinValueValidator(5), MaxValueValidator(120)],
    )
    places = models.PositiveSmallIntegerField(
        _("places"), default=4, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    room = models.CharField(_("room"), max_length=100, blank=True)

    changes_pages = False

    panels = [
        FieldRowPanel([FieldPanel("level"), FieldPanel("department")]),
        FieldRowPanel([FieldPanel("starts_at"), FieldPanel("room")]),
        FieldRowPanel([FieldPanel("places"), FieldPanel("minutes")]),
    ]

    class Meta:
        verbose_name = _("hour of audiences")
        verbose_name_plural = _("hours of audiences")
        ordering = ["starts_at", "pk"]

    def __str__(self) -> str:
        who = self.department if self.department_id else self.get_level_display()
        return f"{timezone.localtime(self.starts_at):%d.%m.%Y %H:%M} · {who}"

    def time_of(self, place: int) -> datetime:
        """When whoever has this place (1, 2 …) is received: aware, in the city's zone."""
        return timezone.localtime(self.starts_at) + timedelta(minutes=self.minutes * (place - 1))

    def clean(self) -> None:
        super().clean()
        if self.level == self.Level.DEPARTMENT and self.department_id is None:
            raise ValidationError({"department": _("Choose whose head receives.")})
        if self.level and self.level != self.Level.DEPARTMENT and self.department_id is not None:
            raise ValidationError(
                {"department": _("Only an hour with the head of a department has one.")}
            )
        if self.starts_at and not FIRST_DAY <= self.starts_at.date() <= LAST_DAY:
            raise ValidationError({"starts_at": _("Look at the year again.")})
        if self.pk:
            self._clean_taken()

    def _clean_taken(self) -> None:
        """What citizens were told already stays as they were told."""
        taken = self.audiences.aggregate(last=models.Max("place"))["last"]
        if taken is None:
            return
        before = type(self).objects.get(pk=self.pk)
        fixed = ("level", "department_id", "starts_at", "minutes")
        if any(getattr(self, name) != getattr(before, name) for name in fixed):
            raise ValidationError(
                _(
                    "Citizens were told of this hour already: only places and room can change. Give them other hours "
                    "first, or make a new hour."
                )
            )
        if self.places is not None and self.places < taken:
            raise ValidationError(
                {
                    "places": _("Place %(place)s is taken: leave at least so many.")
                    % {"place": taken}
                }
            )


class Audience(GuardedModel):
    """A request to be received, on its way up the ladder: department, deputy mayor, mayor."""

    class State(models.TextChoices):
        REQUESTED = "requested", pgettext_lazy("of an audience", "requested")
        SCHEDULED = "scheduled", pgettext_lazy("of an audience", "scheduled")
        HELD = "held", pgettext_lazy("of an audience", "held")
        DECLINED = "declined", pgettext_lazy("of an audience", "declined")
        MISSED = "missed", pgettext_lazy("of an audience", "not come")

    entry = models.ForeignKey(
        RegistryEntry, on_delete=models.PROTECT, related_name="audiences", verbose_name=_("entry")
    )
    level = models.CharField(_("with"), max_length=10, choices=AudienceSlot.Level.choices)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.REQUESTED
    )
    after = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="followed_by"
    )
    slot = models.ForeignKey(
        AudienceSlot,
        null=True,
        on_delete=models.PROTECT,
        related_name="audiences",
        verbose_name=_("hour"),
    )
    place = models.PositiveSmallIntegerField(_("place"), null=True)
    wants_writing = models.BooleanField(_("wants a written answer"), default=False)
    written_due = models.DateField(_("written answer due"), null=True)
    written_at = models.DateTimeField(_("written answer sent"), null=True)
    held_at = models.DateTimeField(_("held"), null=True)
    result = models.TextField(_("what came of it"), blank=True)
    made_at = models.DateTimeField(_("requested"))
    version = models.PositiveIntegerField(default=1)

    objects = GuardedQuerySet["Audience"].as_manager()

    class Meta:
        verbose_name = pgettext_lazy("to be received", "audience")
        verbose_name_plural = pgettext_lazy("to be received", "audiences")
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["slot", "place"], name="registry_audience_place_once")
        ]
        indexes = [models.Index(fields=["state", "id"], name="registry_audiences_by_state")]

    def __str__(self) -> str:
        return f"{self.entry} · {self.get_level_display()}"

    @property
    def appointment(self) -> datetime | None:
        """When the citizen is received: aware, in the city's zone; None before it was scheduled."""
        if self.slot is None or self.place is None:
            return None
        return self.slot.time_of(self.place)
