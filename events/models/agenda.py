"""The Mayor's agenda: its items, the tokens that open it to calendars, and the public page.

What an item is about must not be known from anything but the item. So `str()` of an item, which Wagtail
writes into logs, messages and reports, is its number; it keeps no revisions; and no index knows it.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from cms.models import BasePage
from cms.multilingual import LocalizedCharField, LocalizedTextField
from cms.romanian import CommaBelowMixin, comma_below
from events import agenda
from events.agenda import Scope, Visibility
from events.schedule_problems import validate

TOKEN_BYTES = 32
"""Random bytes in a token: 256 bits. Nobody finds one by trying."""


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def visible_to(self, scope: str | None) -> AgendaItemQuerySet:
        """Items that the bearer of a token of `scope` may read; with None, everybody."""
        return self.filter(visibility__in=agenda.visible_to(scope))

    def from_day(self, day: date) -> AgendaItemQuerySet:
        """Items that last until `day` (local) or later, in the order of a calendar."""
        return self.filter(last_day__gte=day).order_by("start_date", "start_time", "uid")


class AgendaItem(CommaBelowMixin, models.Model):
    """One entry of the Mayor's agenda. It takes place once, by the wall clock of Bucharest."""

    title = LocalizedCharField(
        _("title"),
        max_length=200,
        help_text=_("What it is, e.g. “Audience”. Romanian is required."),
    )
    visibility = models.CharField(
        _("who may read it"),
        max_length=8,
        choices=Visibility.choices,
        default=Visibility.INTERNAL,
        help_text=_(
            "Public: on the site. Internal: in calendars of the staff. Private: only in calendars "
            "that may hold everything."
        ),
    )
    start_date = models.DateField(_("first day"), help_text=_("The day on which it begins."))
    start_time = models.TimeField(
        _("from"), null=True, blank=True, help_text=_("Empty: all day. E.g. 18:00.")
    )
    end_date = models.DateField(
        _("last day"), null=True, blank=True, help_text=_("Only if it lasts longer than a day.")
    )
    end_time = models.TimeField(
        _("to"), null=True, blank=True, help_text=_("E.g. 20:00; 02:00 ends on the next day.")
    )
    place = LocalizedCharField(
        _("place"), blank=True, max_length=200, help_text=_("Name and address of the place.")
    )
    note = LocalizedTextField(
        _("note"),
        blank=True,
        help_text=_("More about it. Whoever may read the title may read this, too."),
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    content_modified = models.DateTimeField(default=timezone.now, editable=False)
    last_day = models.DateField(editable=False)

    objects = AgendaItemQuerySet.as_manager()

    wagtail_reference_index_ignore = True
    panels: ClassVar[list[Any]] = [
        FieldPanel("title"),
        FieldPanel("visibility"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("start_date"), FieldPanel("start_time")]),
                FieldRowPanel([FieldPanel("end_date"), FieldPanel("end_time")]),
            ],
            heading=_("When"),
        ),
        FieldPanel("place"),
        FieldPanel("note"),
    ]

    # What readers are told; a change of any of it is a change of the calendar entry.
    published_fields: ClassVar[tuple[str, ...]] = (
        "title",
        "visibility",
        "start_date",
        "start_time",
        "end_date",
        "end_time",
        "place",
        "note",
    )

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["start_date", "start_time", "uid"]
        indexes = [models.Index(fields=["visibility", "last_day"], name="agenda_visible_day")]
        permissions = [("view_private_agenda", "Can read and keep the Mayor's whole agenda")]

    def __str__(self) -> str:
        """Its number and nothing else: logs, reports and messages repeat this."""
        return gettext("Agenda item %(number)s") % {"number": self.pk or "–"}

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it."""
        return self.visibility == Visibility.PUBLIC

    def clean(self) -> None:
        """Say what is wrong with the dates, beside the field that is wrong."""
        super().clean()
        if not self.start_date:
            return
        fields = {"start_day": "start_date", "end_day": "end_date"}
        problems = validate(agenda.agenda_schedule(self), self.start_date)
        if problems:
            raise ValidationError(
                {
                    fields.get(problem.field, problem.field): ValidationError(
                        problem.message, code=problem.code
                    )
                    for problem in reversed(problems)
                }
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; what readers are told is counted (SEQUENCE) and dated when it differs from before."""
        self.last_day = agenda.agenda_date(self).last_day
        with transaction.atomic():
            before = type(self).objects.filter(pk=self.pk).first() if self.pk else None
            self.write_comma_below()
            public = self.is_public or (before is not None and before.is_public)
            changed = before is None or any(
                getattr(before, name) != getattr(self, name) for name in self.published_fields
            )
            if changed:
                now = timezone.now()
                if before is not None:
                    self.sequence = before.sequence + 1
                self.content_modified = now
            super().save(*args, **kwargs)
            if changed and public:
                AgendaState.touch(self.content_modified)


class AgendaState(models.Model):
    """One row: when anything that the public reads of the agenda last changed, removals included.

    Changes of internal and private items leave it alone, or the public calendar would tell of them.
    """

    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.changed_at:%Y-%m-%d %H:%M}"

    @classmethod
    def changed(cls) -> datetime | None:
        """The moment of the last public change (aware), None before the first."""
        return cls.objects.filter(pk=1).values_list("changed_at", flat=True).first()

    @classmethod
    def touch(cls, at: datetime) -> None:
        """Note that the public agenda changed at this moment (aware)."""
        cls.objects.update_or_create(pk=1, defaults={"changed_at": at})


@receiver(post_delete, sender=AgendaItem, dispatch_uid="agenda_item_removed")
def _removed(sender: type[AgendaItem], instance: AgendaItem, **kwargs: Any) -> None:
    """A removed public item changes the public calendar; bulk deletion comes through here as well."""
    if instance.is_public:
        AgendaState.touch(timezone.now())


def digest_of(token: str) -> str:
    """What is kept of a token: its SHA-256 in hexadecimal.

    A token is random in all of its bits, so unlike a password it needs neither salt nor slowness.
    """
    return hashlib.sha256(token.encode()).hexdigest()


class AgendaTokenQuerySet(models.QuerySet["AgendaToken"]):
    def valid(self) -> AgendaTokenQuerySet:
        """Tokens that were not revoked."""
        return self.filter(revoked_at=None)

    def bearing(self, token: str) -> AgendaToken | None:
        """The valid token with this plain value; None for unknown and revoked ones alike.

        The database compares digests: how long that takes says nothing about the value asked for.
        """
        return self.valid().filter(digest=digest_of(token)).first()


class AgendaToken(models.Model):
    """The right of one calendar application to read the agenda. Its value is known to its bearer only."""

    label = models.CharField(
        _("whose calendar"),
        max_length=100,
        help_text=_("So that you know later which one to revoke, e.g. “Adviser, phone”."),
    )
    scope = models.CharField(
        _("may read"),
        max_length=8,
        choices=Scope.choices,
        default=Scope.INTERNAL,
        help_text=_("Give only what is needed."),
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    last_used_on = models.DateField(null=True, editable=False)

    objects = AgendaTokenQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("calendar key of the agenda")
        verbose_name_plural = _("calendar keys of the agenda")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        """Its number: whose calendar it is concerns the Cabinet alone."""
        return gettext("Calendar key %(number)s") % {"number": self.pk or "–"}

    @classmethod
    def issue(cls, label: str, scope: str, created_by: Any) -> tuple[AgendaToken, str]:
        """Make a token; returns it and its plain value, which is stored nowhere and shown once."""
        plain = secrets.token_urlsafe(TOKEN_BYTES)
        token = cls.objects.create(
            label=comma_below(label), scope=scope, created_by=created_by, digest=digest_of(plain)
        )
        return token, plain

    def revoke(self) -> None:
        """Close the calendar from the next request on. It is never opened again."""
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])

    def note_use(self, day: date) -> None:
        """Remember the day (local) of the last use, not the moment: when people look is nobody's business."""
        if self.last_used_on != day:
            type(self).objects.filter(pk=self.pk).update(last_used_on=day)


class AgendaPage(BasePage):
    """The public part of the Mayor's agenda, by day."""

    template = "events/agenda_page.html"
    page_description = _("The Mayor's public agenda: coming items by day, and its calendar.")
    parent_page_types: ClassVar[list[str]] = ["events.EventIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("Mayor's agenda page")
        verbose_name_plural = _("Mayor's agenda pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        today = timezone.localdate()
        items = AgendaItem.objects.visible_to(None).from_day(today)
        context["days"] = agenda.agenda_days(items[: agenda.MAX_ITEMS], today)
        context["subscribe"] = agenda.subscription(self.locale.language_code)
        return context
