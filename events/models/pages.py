"""The pages of the calendar. Facts are edited on the Romanian page and published to one row (`Event`)."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.fields import StreamField
from wagtail.models import Orderable
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from cms.blocks import BodyBlock
from cms.models import BasePage
from cms.multilingual import SOURCE_LANGUAGE, LocalizedCharField
from cms.romanian import CommaBelowMixin
from cms.working_calendar import WorkingCalendar
from contacts.models import Organisation
from events import detail, listing, publication
from events.enums import ChangeKind
from events.fields import RuleField, rule_in
from events.forms import EventPageForm
from events.holidays import without_holidays
from events.models.event import Event
from events.models.facts import EventFacts
from events.models.taxonomy import Audience, Category, SpokenLanguage
from events.panels import ScheduleSummaryPanel, SharedInlinePanel
from events.schedule import DateChange, Schedule
from locations.models import Location


class EventIndexPage(BasePage):
    """The calendar: list, month and week, filtered; the feeds of what is filtered."""

    body = StreamField(
        BodyBlock(), verbose_name=_("body"), blank=True, help_text=_("Below the list; optional.")
    )

    template = "events/event_index_page.html"
    page_description = _("The calendar: list, month and week of all events.")
    subpage_types: ClassVar[list[str]] = ["events.EventPage", "events.AgendaPage"]
    max_count_per_parent = 1
    content_panels = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context.update(listing.index_context(self, request))
        return context


_FACTS = [
    "event",
    *(field.name for field in EventFacts._meta.local_fields),
    "start_date",
    "start_time",
    "end_date",
    "end_time",
    "recurrence",
    "skip_public_holidays",
    "left_out",
    "categories",
    "audiences",
    "languages",
    "date_changes",
    "partner_links",
    "document_links",
]


class EventPage(EventFacts, BasePage):
    """One event, or a series. Its dates, place and state hold in every language."""

    event = models.ForeignKey(
        Event,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="pages",
    )
    start_date = models.DateField(
        _("first day"), null=True, help_text=_("For a series, the first of its dates.")
    )
    start_time = models.TimeField(
        _("from"), null=True, blank=True, help_text=_("Empty: all day. E.g. 18:00.")
    )
    end_date = models.DateField(
        _("last day"),
        null=True,
        blank=True,
        help_text=_("Of one date that lasts longer than a day; not the end of a series."),
    )
    end_time = models.TimeField(
        _("to"), null=True, blank=True, help_text=_("E.g. 20:00; 02:00 ends on the next day.")
    )
    recurrence = RuleField(
        verbose_name=_("repeats"), blank=True, help_text=_("Leave it at “once” for a single event.")
    )
    skip_public_holidays = models.BooleanField(
        _("not on public holidays"),
        default=False,
        help_text=_("A series then takes a break on every public holiday."),
    )
    # Dates that an imported series never had (EXDATE), as ISO texts. What was announced is cancelled instead.
    left_out = models.JSONField(default=list, blank=True, editable=False)
    categories = ParentalManyToManyField(
        Category,
        verbose_name=_("categories"),
        blank=True,
        help_text=_("Each has its own calendar."),
    )
    audiences = ParentalManyToManyField(
        Audience, verbose_name=_("audiences"), blank=True, help_text=_("For whom it is.")
    )
    languages = ParentalManyToManyField(
        SpokenLanguage,
        verbose_name=_("languages spoken"),
        blank=True,
        help_text=_("What the visitor hears there, not the language of this page."),
    )
    body = StreamField(
        BodyBlock(), verbose_name=_("body"), blank=True, help_text=_("What happens there.")
    )
    image_alt = models.CharField(
        _("image description"),
        max_length=200,
        blank=True,
        help_text=_("What is to be seen, for those who do not see it."),
    )

    template = "events/event_page.html"
    page_description = _("An event or a series, with its dates, place and calendar.")
    parent_page_types: ClassVar[list[str]] = ["events.EventIndexPage"]
    passes: ClassVar[bool] = True
    subpage_types: ClassVar[list[str]] = []
    base_form_class = EventPageForm
    exclude_fields_in_copy = ["event"]

    prose_panels = [
        *BasePage.content_panels,
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("image"), FieldPanel("image_alt"), FieldPanel("image_credit")],
            heading=_("Image"),
        ),
    ]
    date_panels = [
        ScheduleSummaryPanel(),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("start_date"), FieldPanel("start_time")]),
                FieldRowPanel([FieldPanel("end_date"), FieldPanel("end_time")]),
            ],
            heading=_("When"),
        ),
        MultiFieldPanel(
            [FieldPanel("recurrence"), FieldPanel("skip_public_holidays")],
            heading=_("Series"),
        ),
        SharedInlinePanel(
            "date_changes", heading=_("Changes of single dates"), label=_("change of a date")
        ),
        MultiFieldPanel([FieldPanel("state"), FieldPanel("state_reason")], heading=_("State")),
    ]
    fact_panels = [
        MultiFieldPanel(
            [FieldPanel("place"), FieldPanel("place_text"), FieldPanel("online_url")],
            heading=_("Where"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("categories", widget=forms.CheckboxSelectMultiple),
                FieldPanel("audiences", widget=forms.CheckboxSelectMultiple),
                FieldPanel("languages", widget=forms.CheckboxSelectMultiple),
            ],
            heading=_("For whom"),
        ),
        MultiFieldPanel(
            [FieldPanel("is_free"), FieldPanel("price"), FieldPanel("booking_url")],
            heading=_("Price"),
        ),
        MultiFieldPanel(
            [FieldPanel("accessible"), FieldPanel("access_note")], heading=_("Accessibility")
        ),
        MultiFieldPanel(
            [FieldPanel("organiser_department"), FieldPanel("organiser_organisation")],
            heading=_("Organiser"),
        ),
        SharedInlinePanel("partner_links", heading=_("Partners"), label=_("partner")),
        SharedInlinePanel("document_links", heading=_("Documents"), label=_("document")),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(prose_panels, heading=_("Text")),
            ObjectList(date_panels, heading=_("Dates")),
            ObjectList(fact_panels, heading=_("Place and people")),
            ObjectList(BasePage.promote_panels, heading=_("Promote")),
            ObjectList(BasePage.settings_panels, heading=_("Settings")),
        ]
    )
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("body"),
        index.FilterField("start_date"),
        index.FilterField("state"),
        index.FilterField("place"),
    ]
    override_translatable_fields: ClassVar[list[Any]] = [
        SynchronizedField(name, overridable=False) for name in _FACTS
    ]

    class Meta:
        verbose_name = pgettext_lazy("public event", "event")
        verbose_name_plural = pgettext_lazy("public event", "events")

    @cached_property
    def public_event(self) -> Event | None:
        """The published facts with what they refer to, while everybody may read about the event; None else."""
        if self.event_id is None:
            return None
        found = Event.objects.public().filter(pk=self.event_id)
        return found.select_related(
            "place", "organiser_department", "organiser_organisation", "image"
        ).first()

    @property
    def is_source(self) -> bool:
        """Whether this page holds the facts: the Romanian one does, its translations repeat them."""
        return bool(self.locale.language_code == SOURCE_LANGUAGE)

    @property
    def skipped_days(self) -> tuple[date, ...]:
        """The dates that an imported series never had."""
        return tuple(date.fromisoformat(text) for text in self.left_out)

    def schedule(
        self, calendar: WorkingCalendar | None = None, until: date | None = None
    ) -> Schedule | None:
        """The schedule as this page (perhaps a draft) has it; None while it has no first day.

        `calendar` gives the public holidays that a series leaves out, up to `until` (a local date).
        Raises `RuleError` for a stored rule outside the safe subset.
        """
        if self.start_date is None:
            return None
        schedule = Schedule(
            start_day=self.start_date,
            start_time=self.start_time,
            end_day=self.end_date,
            end_time=self.end_time,
            rule=rule_in(self.recurrence),
            skipped=self.skipped_days,
            changes=tuple(change.as_date_change() for change in self.date_changes.all()),
        )
        if self.skip_public_holidays and calendar is not None and until is not None:
            return without_holidays(schedule, calendar, until)
        return schedule

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and publish what all languages read in the same transaction."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            # Saving a draft of a live page names the few columns it touches; nothing is published by it.
            if kwargs.get("update_fields") is None:
                publication.publish(self)

    def clean(self) -> None:
        super().clean()
        if self.organiser_department_id and self.organiser_organisation_id:
            raise ValidationError(
                {
                    "organiser_organisation": _(
                        "Choose a department or a partner as the organiser, not both. "
                        "Partners that help are listed under “Partners”."
                    )
                }
            )

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context.update(detail.event_context(self, request))
        return context

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """A translation is nobody's while its source is not for everybody; raises Http404 then."""
        is_preview = getattr(request, "is_preview", False)
        if not (is_preview or self.is_source or self.event_id is None or self.public_event):
            raise Http404
        return super().serve(request, *args, **kwargs)


class EventDateChange(CommaBelowMixin, Orderable):
    """One date that is cancelled, moved, changed or added."""

    page = ParentalKey(EventPage, on_delete=models.CASCADE, related_name="date_changes")
    kind = models.CharField(
        _("change"),
        max_length=12,
        choices=ChangeKind.choices,
        default=ChangeKind.CANCELLED,
        help_text=_("What happens to this date."),
    )
    day = models.DateField(
        _("date"), help_text=_("The date as the schedule has it; for an added date, the new one.")
    )
    new_day = models.DateField(
        _("moved to"), null=True, blank=True, help_text=_("Only for a moved date.")
    )
    start_time = models.TimeField(
        _("from"), null=True, blank=True, help_text=_("Empty: at the usual hour.")
    )
    end_day = models.DateField(
        _("last day"), null=True, blank=True, help_text=_("Only if it ends on a later day.")
    )
    end_time = models.TimeField(
        _("to"), null=True, blank=True, help_text=_("Empty: it lasts as long as usual.")
    )
    reason = LocalizedCharField(
        _("reason or note"),
        blank=True,
        max_length=300,
        help_text=_(
            "Stands first in people's calendars. Write it whenever a date does not happen."
        ),
    )
    title = LocalizedCharField(
        _("other title"), blank=True, max_length=200, help_text=_("Only if this date has its own.")
    )
    place = models.ForeignKey(
        Location,
        verbose_name=_("other place"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Only if this date is elsewhere."),
    )
    place_text = models.CharField(
        _("other address"), max_length=200, blank=True, help_text=_("A place that is not listed.")
    )

    panels = [
        FieldRowPanel([FieldPanel("kind"), FieldPanel("day"), FieldPanel("new_day")]),
        FieldRowPanel([FieldPanel("start_time"), FieldPanel("end_time"), FieldPanel("end_day")]),
        FieldPanel("reason"),
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("place"), FieldPanel("place_text")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("change of a date")
        verbose_name_plural = _("changes of dates")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.day}"

    def as_date_change(self) -> DateChange:
        """The change as the rules read it."""
        return DateChange(
            kind=ChangeKind(self.kind),
            day=self.day or timezone.localdate(),
            new_day=self.new_day,
            start_time=self.start_time,
            end_day=self.end_day,
            end_time=self.end_time,
            reason=dict(self.reason or {}),
            title=dict(self.title or {}),
            place=self.place_text,
            place_id=self.place_id,
        )


class EventPartner(Orderable):
    """An organisation that takes part in an event."""

    page = ParentalKey(EventPage, on_delete=models.CASCADE, related_name="partner_links")
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Who helps."),
    )

    panels = [FieldPanel("organisation")]

    class Meta(Orderable.Meta):
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self) -> str:
        return str(self.organisation)


class EventDocument(Orderable):
    """A file to take away: programme, rules, form."""

    page = ParentalKey(EventPage, on_delete=models.CASCADE, related_name="document_links")
    document = models.ForeignKey(
        "wagtaildocs.Document",
        verbose_name=_("document"),
        on_delete=models.CASCADE,
        related_name="+",
        help_text=_("Programme, rules, form."),
    )

    panels = [FieldPanel("document")]

    class Meta(Orderable.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return str(self.document)
