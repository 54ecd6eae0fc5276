"""The editors' panels of an event: its schedule in words, and rows that only the source page has."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.urls import reverse
from wagtail.admin.panels import InlinePanel, Panel

from cms.multilingual import SOURCE_LANGUAGE
from cms.service_calendar import moment, working_calendar
from events.comparison import register_comparisons
from events.enums import State
from events.recurrence import RuleError
from events.schedule_report import ScheduleReport, report
from events.widgets import schedule_media

PREVIEW_URL: Final = "events_schedule_preview"
PREVIEWED: Final = (
    "start_date",
    "start_time",
    "end_date",
    "end_time",
    "recurrence",
    "skip_public_holidays",
    "date_changes",
    "place",
    "state",
)
"""The fields that the live preview sends, by the beginning of their names."""

register_comparisons()


def page_report(page: Any, request: Any = None) -> ScheduleReport:
    """The report on the schedule of a page, as the draft in memory has it."""
    today = moment(request).date()
    try:
        schedule = page.schedule()
    except RuleError as error:
        return ScheduleReport(errors=(str(error),))
    return report(
        schedule,
        working_calendar(request),
        today,
        skip_holidays=page.skip_public_holidays,
        published=bool(page.pk and page.live),
        place_id=page.place_id,
        happens=State(page.state).happens,
        own=page.translation_key,
    )


def source_of(page: Any) -> Any:
    """The Romanian version of a translated page, its latest draft if it is not live; None if there is none."""
    source = (
        type(page)
        ._default_manager.filter(
            translation_key=page.translation_key, locale__language_code=SOURCE_LANGUAGE
        )
        .first()
    )
    return source if source is None or source.live else source.get_latest_revision_as_object()


class ScheduleSummaryPanel(Panel):
    """The plain sentence, the next dates and the warnings, above the fields that make them.

    Rendered with the page for what is saved; the script asks again while fields change. A translation shows the
    schedule of its source, with the way there.
    """

    class BoundPanel(Panel.BoundPanel):
        template_name = "wagtailadmin/events/schedule_summary_panel.html"

        @property
        def media(self) -> forms.Media:
            return schedule_media()

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            page = self.instance
            if page.locale_id is None or page.is_source:
                context |= {
                    "report": page_report(page, self.request),
                    "preview_url": reverse(PREVIEW_URL),
                    "previewed": " ".join(PREVIEWED),
                    "page_id": page.pk or "",
                }
                return context
            source = source_of(page)
            context["translation"] = True
            if source is not None:
                context |= {
                    "report": page_report(source, self.request),
                    "source_url": reverse("wagtailadmin_pages:edit", args=[source.pk]),
                }
            return context


class SharedInlinePanel(InlinePanel):
    """Rows that all languages share: a translation's form has no such rows, so the panel is not shown there."""

    class BoundPanel(InlinePanel.BoundPanel):
        def __init__(self, **kwargs: Any) -> None:
            form, panel = kwargs.get("form"), kwargs["panel"]
            self.absent = form is not None and panel.relation_name not in form.formsets
            if self.absent:
                Panel.BoundPanel.__init__(self, **kwargs)
            else:
                super().__init__(**kwargs)

        def is_shown(self) -> bool:
            return not self.absent
