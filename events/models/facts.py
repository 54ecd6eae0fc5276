"""The facts of an event that all languages share. The source page edits them, the published row repeats them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.multilingual import LocalizedCharField
from contacts.models import Department, Organisation
from events.enums import State
from locations.models import Location


class EventFacts(models.Model):
    """State, place, organiser, price: what a reader must know beside the dates."""

    state = models.CharField(
        _("state"),
        max_length=16,
        choices=State.choices,
        default=State.SCHEDULED,
        help_text=_(
            "Of the whole event. Single dates are changed under “Changes of single dates”."
        ),
    )
    state_reason = LocalizedCharField(
        _("reason"),
        blank=True,
        max_length=300,
        help_text=_("Why it is cancelled, postponed or moved; calendars show it first."),
    )
    place = models.ForeignKey(
        Location,
        verbose_name=_("place"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("One of the city hall's places; else write an address below."),
    )
    place_text = LocalizedCharField(
        pgettext_lazy("of an event", "other place"),
        blank=True,
        max_length=200,
        help_text=_("Name and address of a place that is not in the list, e.g. “Parcul Central”."),
    )
    online_url = models.URLField(
        _("online at"), blank=True, help_text=_("Where to follow it online, with https://.")
    )
    organiser_department = models.ForeignKey(
        Department,
        verbose_name=_("organising department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Who answers questions. A department or a partner organisation."),
    )
    organiser_organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organising partner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("When a partner organises it."),
    )
    is_free = models.BooleanField(
        _("free of charge"), default=True, help_text=_("Readers filter by it.")
    )
    price = LocalizedCharField(
        _("price"), blank=True, max_length=160, help_text=_("E.g. “20 lei, students 10 lei”.")
    )
    booking_url = models.URLField(
        _("booking"), blank=True, help_text=_("Where to book or register, with https://.")
    )
    accessible = models.BooleanField(
        _("step-free access"),
        default=False,
        help_text=_("Tick only what was checked. Readers filter by it."),
    )
    access_note = LocalizedCharField(
        _("accessibility"),
        blank=True,
        max_length=300,
        help_text=_("Checked facts: entrance, seats, hearing loop, sign language."),
    )
    image = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("image"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Landscape, at least 1,200 pixels wide. Describe it below."),
    )
    image_credit = models.CharField(
        _("image credit"), max_length=120, blank=True, help_text=_("Who made it, and its licence.")
    )

    class Meta:
        abstract = True

    @property
    def organiser(self) -> Department | Organisation | None:
        """Who organises it: a partner before a department, should both be set."""
        return self.organiser_organisation or self.organiser_department
