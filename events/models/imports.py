"""Partners' calendars, the events that came from them or from files, and imports that wait to be confirmed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from cms.romanian import CommaBelowMixin
from contacts.models import Organisation
from events.enums import State
from events.importing.addresses import parse_target
from events.importing.forms import TRUST_PERMISSION, PartnerCalendarForm
from events.importing.panels import ImportHealthPanel
from events.importing.problems import ImportProblem, message
from events.models.taxonomy import Category


class PartnerCalendar(CommaBelowMixin, models.Model):
    """A calendar on the internet whose events are shown here as well, and how its last import went."""

    # Events are what pages show, not where they came from.
    changes_pages = False

    class Status(models.TextChoices):
        NEVER = "", pgettext_lazy("of a partner's calendar", "not read yet")
        WORKS = "works", pgettext_lazy("of a partner's calendar", "works")
        FAILS = "fails", pgettext_lazy("of a partner's calendar", "fails")

    name = models.CharField(
        _("name"), max_length=120, help_text=_("For editors, e.g. “National Theatre”.")
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("partner organisation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Is shown as the organiser of the events."),
    )
    url = models.CharField(
        _("address"),
        max_length=500,
        unique=True,
        error_messages={"unique": _("This calendar is in the list already.")},
        help_text=_("Of the iCalendar file, with https:// or webcal://; often ends in .ics."),
    )
    category = models.ForeignKey(
        Category,
        verbose_name=_("category"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Of events whose own categories are not known here."),
    )
    trusted = models.BooleanField(
        _("trusted"),
        default=False,
        help_text=_(
            "Its events are published, changed and taken down without anybody looking at them. "
            "Otherwise they arrive as drafts."
        ),
    )
    enabled = models.BooleanField(
        _("read every night"), default=True, help_text=_("Otherwise only when somebody imports it.")
    )
    last_run_at = models.DateTimeField(_("last read"), null=True, editable=False)
    last_success_at = models.DateTimeField(_("last success"), null=True, editable=False)
    last_status = models.CharField(
        _("state"),
        max_length=8,
        blank=True,
        choices=Status.choices,
        default=Status.NEVER,
        editable=False,
    )
    # A code with its parameters (`events.importing.problems`), told in the reader's language.
    last_message = models.JSONField(default=dict, editable=False)
    last_counts = models.JSONField(default=dict, editable=False)
    last_remarks = models.JSONField(default=list, editable=False)
    etag = models.CharField(max_length=200, blank=True, editable=False)

    base_form_class = PartnerCalendarForm
    panels = [
        ImportHealthPanel(),
        MultiFieldPanel(
            [FieldPanel("name"), FieldPanel("url"), FieldPanel("enabled")], heading=_("Calendar")
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("organisation"), FieldPanel("category")]),
                FieldPanel("trusted", permission=TRUST_PERMISSION),
            ],
            heading=_("Its events"),
        ),
    ]

    class Meta:
        verbose_name = _("partner's calendar")
        verbose_name_plural = _("partners' calendars")
        ordering = ["name", "pk"]
        permissions = [
            ("trust_partnercalendar", _("Can let a partner's events be published unseen"))
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.url = (self.url or "").strip()
        try:
            parse_target(self.url)
        except ImportProblem as problem:
            raise ValidationError({"url": str(problem)}, code=problem.code) from problem

    @property
    def message(self) -> str:
        """What went wrong in the last import, in the active language; "" when nothing did."""
        code = self.last_message.get("code", "")
        return message(code, self.last_message.get("params", {})) if code else ""

    def health(self) -> str:
        """How the last import went, in a sentence."""
        if self.last_run_at is None:
            return str(self.get_last_status_display())
        when = date_format(timezone.localtime(self.last_run_at), "SHORT_DATETIME_FORMAT")
        parts = [f"{self.get_last_status_display()}, {when}", self.message]
        if refused := self.last_counts.get("refused"):
            parts.append(str(_("refused events: %(number)s")) % {"number": refused})
        return ". ".join(part.rstrip(".") for part in parts if part)

    health.short_description = _("Last import")  # type: ignore[attr-defined]


class ImportedEvent(models.Model):
    """An event that came from outside, by its identifier there, so that the next import finds it again.

    The row stays when an editor deletes the page: what was thrown away is not imported again.
    """

    changes_pages = False

    # None: from a file that belongs to no partner's calendar.
    calendar = models.ForeignKey(
        PartnerCalendar, null=True, on_delete=models.CASCADE, related_name="imported"
    )
    uid = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    page = models.ForeignKey(
        "events.EventPage", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # What the last import wrote; where the partner did not change it, the editors' choice stays.
    location = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.SCHEDULED)
    last_day = models.DateField(null=True)
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    # By an import, when it was gone; an editor who takes a page down wants it to stay so.
    taken_down = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "uid"], name="one_event_a_calendar_uid"),
            models.UniqueConstraint(
                fields=["uid"], condition=Q(calendar=None), name="one_event_a_file_uid"
            ),
        ]

    def __str__(self) -> str:
        return self.uid


class PendingImport(models.Model):
    """The bytes that somebody looked at in a dry run: exactly these are imported when it is confirmed."""

    changes_pages = False

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    calendar = models.ForeignKey(PartnerCalendar, null=True, on_delete=models.CASCADE)
    name = models.CharField(max_length=200)
    data = models.BinaryField()
    # Whether the bytes come from the calendar's own address; "" where it gave no ETag.
    fetched = models.BooleanField(default=False)
    etag = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


def remark_data(remark: Any) -> dict[str, Any]:
    """A remark of an import as JSON: its parameters become texts."""
    return {
        "code": remark.code,
        "params": {name: str(value) for name, value in remark.params.items()},
        "title": remark.title,
        "uid": remark.uid,
    }
