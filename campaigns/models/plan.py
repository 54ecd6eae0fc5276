"""The yearly promotion plan: a row for each thing that is promoted, by month, department and budget."""

from __future__ import annotations

import secrets
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, PageChooserPanel
from wagtail.models import Orderable

from campaigns.enums import BudgetBand
from campaigns.models.campaign import CampaignPage
from campaigns.models.strategy import Objective
from campaigns.plan_gaps import FIRST_YEAR, LAST_YEAR
from campaigns.plan_panels import PUBLISH_PERMISSION, PlanGapsPanel, PlanRowsPanel
from cms.multilingual import LocalizedCharField
from cms.romanian import CommaBelowMixin
from contacts.models import Department
from events.models import EventPage
from events.models.agenda import TOKEN_BYTES, digest_of

VIEW_PERMISSION: Final = "campaigns.view_planyear"


class PlanYear(CommaBelowMixin, ClusterableModel):
    """The plan of a year."""

    year = models.PositiveSmallIntegerField(
        _("year"),
        unique=True,
        validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)],
    )
    is_public = models.BooleanField(
        _("public"), default=False, help_text=_("Shown on the site once it is approved.")
    )
    note = LocalizedCharField(
        _("note"),
        blank=True,
        max_length=300,
        help_text=_("E.g. by which decision it was approved."),
    )
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    panels = [
        PlanGapsPanel(),
        FieldRowPanel([FieldPanel("year"), FieldPanel("is_public", permission=PUBLISH_PERMISSION)]),
        FieldPanel("note"),
        PlanRowsPanel("rows", heading=_("Rows"), label=_("row of the plan")),
    ]

    class Meta:
        verbose_name = _("promotion plan")
        verbose_name_plural = _("promotion plans")
        ordering = ["-year"]
        permissions = [("publish_planyear", _("Can show a promotion plan on the site"))]

    def __str__(self) -> str:
        return str(self.year)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and remember when: staff's calendars ask for it."""
        self.changed_at = timezone.now()
        super().save(*args, **kwargs)


class PlanRow(CommaBelowMixin, Orderable):
    """What is promoted, when, by whom, for which objective, through which channels."""

    plan = ParentalKey(PlanYear, on_delete=models.CASCADE, related_name="rows")
    title = LocalizedCharField(_("what"), max_length=200, help_text=_("Romanian is required."))
    objective = models.ForeignKey(
        Objective,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="plan_rows",
        verbose_name=_("objective"),
    )
    first_month = models.PositiveSmallIntegerField(
        _("from month"), default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    last_month = models.PositiveSmallIntegerField(
        _("to month"), default=12, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("department"),
    )
    budget = models.CharField(
        _("budget"), max_length=8, choices=BudgetBand.choices, default=BudgetBand.NONE
    )
    channels = models.CharField(
        _("channels"), max_length=300, blank=True, help_text=_("Posters, radio, halls …")
    )
    campaign = models.ForeignKey(
        CampaignPage,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="plan_rows",
        verbose_name=_("campaign"),
    )
    event_page = models.ForeignKey(
        EventPage,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="plan_rows",
        verbose_name=_("event"),
    )

    panels = [
        FieldPanel("title"),
        FieldRowPanel(
            [
                FieldPanel("first_month", widget=forms.Select(choices=list(MONTHS.items()))),
                FieldPanel("last_month", widget=forms.Select(choices=list(MONTHS.items()))),
                FieldPanel("budget"),
            ]
        ),
        FieldRowPanel([FieldPanel("objective"), FieldPanel("department"), FieldPanel("channels")]),
        FieldRowPanel([PageChooserPanel("campaign"), PageChooserPanel("event_page")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("row of the plan")
        verbose_name_plural = _("rows of the plan")

    def __str__(self) -> str:
        return str(self.title)

    def clean(self) -> None:
        super().clean()
        if self.first_month and self.last_month and self.last_month < self.first_month:
            raise ValidationError(
                {"last_month": _("It ends before it begins: choose the same month or a later one.")}
            )


class PlanTokenQuerySet(models.QuerySet["PlanToken"]):
    def valid(self) -> PlanTokenQuerySet:
        """Tokens that were not revoked."""
        return self.filter(revoked_at=None)

    def bearing(self, token: str) -> PlanToken | None:
        """The valid token with this plain value, while its bearer may see plans; None for all others alike.

        The database compares digests: how long that takes says nothing about the value asked for.
        """
        found = self.valid().filter(digest=digest_of(token)).select_related("user").first()
        if found is None or not found.user.has_perm(VIEW_PERMISSION):
            return None
        return found


class PlanToken(models.Model):
    """The secret address of the plan's calendar, for staff; only its digest is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="plan_tokens"
    )
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("made"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    changes_pages = False
    wagtail_reference_index_ignore = True

    objects = PlanTokenQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.user} #{self.pk}"

    @classmethod
    def issue(cls, user: Any) -> tuple[PlanToken, str]:
        """Make a token; returns it and its plain value, which is stored nowhere and shown once."""
        plain = secrets.token_urlsafe(TOKEN_BYTES)
        token = cls.objects.create(user=user, digest=digest_of(plain), created_at=timezone.now())
        return token, plain

    def revoke(self) -> None:
        """Close the calendar from the next request on. It is never opened again."""
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])
