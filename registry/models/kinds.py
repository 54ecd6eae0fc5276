"""Kinds of documents and the terms that the law gives each: data that a lawyer can correct in the admin."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from cms.multilingual import LocalizedCharField, LocalizedTextField
from cms.romanian import CommaBelowMixin
from locations.models.place import validate_key
from registry.deadlines import Counting, Roll, TermRule
from registry.enums import Family

COUNTING_CHOICES = [
    (Counting.CALENDAR.value, _("calendar days")),
    (Counting.FREE_DAYS.value, _("calendar days, the first and the last not counted")),
    (Counting.WORKING.value, _("working days")),
]
ROLL_CHOICES = [
    (Roll.NONE.value, _("stays")),
    (Roll.BACK.value, _("becomes the working day before")),
    (Roll.FORWARD.value, _("becomes the working day after")),
]


class EntryKindQuerySet(models.QuerySet["EntryKind"]):
    def offered(self) -> EntryKindQuerySet:
        """Those that citizens can choose in the form, in their order."""
        return self.filter(is_public=True, is_confidential=False)

    def confidential(self) -> models.QuerySet[EntryKind, int]:
        """The ids of the confidential ones."""
        return self.filter(is_confidential=True).values_list("pk", flat=True)


class EntryKind(CommaBelowMixin, models.Model):
    """What a document is: complaint, request for information, court mail …"""

    key = models.CharField(
        _("key"),
        max_length=40,
        unique=True,
        validators=[validate_key],
        help_text=_("Names the kind to the system: never change it."),
    )
    name = LocalizedCharField(_("name"), max_length=80, help_text=_("Romanian is required."))
    description = LocalizedTextField(
        _("in one sentence"),
        blank=True,
        max_length=200,
        help_text=_("Beside the choice in the form: “Something was not done as it should be”."),
    )
    family = models.CharField(
        _("follows"),
        max_length=12,
        choices=Family.choices,
        default=Family.PETITION,
        help_text=_("The law that gives its terms."),
    )
    is_public = models.BooleanField(
        _("offered in the form"), default=False, help_text=_("Citizens can choose it on the site.")
    )
    is_confidential = models.BooleanField(
        _("confidential"),
        default=False,
        help_text=_("Closed to all but those who may see confidential entries."),
    )
    sort_order = models.PositiveSmallIntegerField(
        _("order"), default=100, help_text=_("Smaller stands first.")
    )

    changes_pages = False
    """The form is never cached, and no other page shows kinds."""

    objects = EntryKindQuerySet.as_manager()

    panels = [
        FieldRowPanel([FieldPanel("key"), FieldPanel("family")]),
        FieldPanel("name"),
        FieldPanel("description"),
        FieldRowPanel(
            [FieldPanel("is_public"), FieldPanel("is_confidential"), FieldPanel("sort_order")]
        ),
    ]

    class Meta:
        verbose_name = _("kind of document")
        verbose_name_plural = _("kinds of documents")
        ordering = ["sort_order", "key"]

    def __str__(self) -> str:
        return str(self.name) or self.key


class DeadlineRuleQuerySet(models.QuerySet["DeadlineRule"]):
    def in_force(self, family: str, day: date) -> DeadlineRuleQuerySet:
        """The rules of a family (a value of `Family`) that hold for what is registered on `day` (local)."""
        return self.filter(
            Q(valid_to=None) | Q(valid_to__gte=day), family=family, valid_from__lte=day
        ).order_by("sort_order", "pk")

    def as_rules(self) -> list[TermRule]:
        """These rows as the pure rules read them: one query."""
        return [row.as_rule() for row in self]


class DeadlineRule(CommaBelowMixin, models.Model):
    """One term of a family of documents, as the law has it for a time."""

    family = models.CharField(_("for"), max_length=12, choices=Family.choices)
    key = models.CharField(
        _("term"),
        max_length=30,
        help_text=_(
            "due, internal_due, dispatch_target, legal_limit, redirect_by, redirect_limit …"
        ),
    )
    name = LocalizedCharField(_("name"), help_text=_("As pages and letters call it."))
    days = models.SmallIntegerField(
        _("days"),
        validators=[MinValueValidator(-365), MaxValueValidator(3650)],
        help_text=_("Negative: before."),
    )
    counting = models.CharField(_("counted in"), max_length=12, choices=COUNTING_CHOICES)
    roll = models.CharField(
        _("a non-working last day"),
        max_length=8,
        choices=ROLL_CHOICES,
        default=Roll.NONE.value,
    )
    after = models.CharField(
        _("counted from"),
        max_length=30,
        blank=True,
        help_text=_("The key of another term; empty: from the registration."),
    )
    legal_basis = models.CharField(
        _("legal basis"), max_length=200, help_text=_("Act and article.")
    )
    valid_from = models.DateField(_("valid from"), default=date(2002, 1, 1))
    valid_to = models.DateField(
        _("valid to"), null=True, blank=True, help_text=_("Empty: still in force.")
    )
    sort_order = models.PositiveSmallIntegerField(_("order"), default=100)

    changes_pages = False
    objects = DeadlineRuleQuerySet.as_manager()

    panels = [
        FieldRowPanel([FieldPanel("family"), FieldPanel("key")]),
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("days"), FieldPanel("counting"), FieldPanel("roll")]),
        FieldRowPanel([FieldPanel("after"), FieldPanel("sort_order")]),
        MultiFieldPanel(
            [
                FieldPanel("legal_basis"),
                FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
            ],
            heading=_("Source"),
        ),
    ]

    class Meta:
        verbose_name = _("rule of a term")
        verbose_name_plural = _("rules of terms")
        ordering = ["family", "sort_order", "pk"]

    def __str__(self) -> str:
        return f"{self.get_family_display()}: {self.name}"

    def as_rule(self) -> TermRule:
        """This row as the pure rules read it."""
        return TermRule(
            key=self.key,
            days=self.days,
            counting=Counting(self.counting),
            roll=Roll(self.roll),
            after=self.after,
            legal_basis=self.legal_basis,
        )

    def clean(self) -> None:
        super().clean()
        if self.valid_to and self.valid_from and self.valid_to < self.valid_from:
            raise ValidationError(
                {"valid_to": _("It ends before it begins: choose the same day or a later one.")}
            )
        if self.after and self.after == self.key:
            raise ValidationError(
                {"after": _("A term can't be counted from itself: choose another one.")}
            )
