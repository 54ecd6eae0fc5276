"""The report “Missing translations”, and what of it stands on the editors' home."""

from __future__ import annotations

from typing import Any, Final

import django_filters
from django import forms
from django.db.models import CharField, Value
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import ContentTypeFilter, WagtailFilterSet
from wagtail.admin.ui.tables import DateColumn
from wagtail.models import Page, get_page_content_types

from cms.desk import MOST, DeskItem, DeskList
from cms.page_reports import (
    MINOR,
    EditColumn,
    EditorsItem,
    EmptyMarkColumn,
    MaybeTagColumn,
    OwnPagesReport,
    editable_pages,
    edits_pages,
    report_urls,
)
from cms.translation_gaps import (
    NAMES,
    TARGETS,
    Gap,
    behind,
    gap_field,
    gap_words,
    source_pages,
    with_any_gap,
    with_gaps,
)

NAME: Final = "translation_gaps"


class GapFilterSet(WagtailFilterSet):
    """By language and state together: “English” and “missing” is what English readers have no page of."""

    language = django_filters.ChoiceFilter(
        label=_("Language"),
        choices=[(code, NAMES[code]) for code in TARGETS],
        empty_label=pgettext_lazy("filter of languages", "Any"),
        method="leave",
        widget=forms.RadioSelect,
    )
    state = django_filters.MultipleChoiceFilter(
        label=_("State"),
        choices=[(gap.value, gap.words) for gap in Gap],
        method="leave",
        widget=forms.CheckboxSelectMultiple,
    )
    content_type = ContentTypeFilter(
        label=_("Type"),
        queryset=lambda request: get_page_content_types(include_base_page_type=False),
    )

    class Meta:
        model = Page
        fields = ["content_type"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Every row is a Romanian page.
        self.filters.pop("locale", None)

    def leave(self, pages: Any, name: str, value: Any) -> Any:
        """Decided for both at once, below."""
        return pages

    def filter_queryset(self, queryset: Any) -> Any:
        """The pages with a gap as it was asked for, any gap without a word."""
        chosen = self.form.cleaned_data
        languages = (chosen["language"],) if chosen.get("language") else TARGETS
        return with_any_gap(
            super().filter_queryset(queryset), tuple(chosen.get("state") or ()), languages
        )


class TranslationGapsReport(OwnPagesReport):
    """One row for each published Romanian page that some language has not, or has otherwise than it is now."""

    page_title = _("Missing translations")
    header_icon = "wagtail-localize-language"
    index_url_name = NAME
    index_results_url_name = f"{NAME}_results"
    filterset_class = GapFilterSet
    export_filename = "translations"
    nothing = _("Every published page is there in every language, and up to date.")
    default_ordering = "path"
    columns = [
        EditColumn("title", label=_("Page"), accessor="draft_title", sort_key="draft_title"),
        EmptyMarkColumn("type", label=_("Type"), accessor="content_type.name", classname=MINOR),
        *(
            MaybeTagColumn(
                gap_field(code),
                label=NAMES[code],
                accessor=lambda page, code=code: gap_words(getattr(page, gap_field(code))),
                primary=lambda page, code=code: getattr(page, gap_field(code)) == Gap.MISSING,
            )
            for code in TARGETS
        ),
        DateColumn(
            "last_published_at",
            label=_("Romanian page published"),
            sort_key="last_published_at",
            classname=MINOR,
        ),
    ]
    list_export = [
        "draft_title",
        "url_path",
        "content_type.name",
        *(gap_field(code) for code in TARGETS),
        "last_published_at",
    ]
    export_headings = {
        "draft_title": _("Page"),
        "url_path": _("Address"),
        "content_type.name": _("Type"),
        **{gap_field(code): NAMES[code] for code in TARGETS},
        "last_published_at": _("Romanian page published"),
    }

    def get_base_queryset(self) -> Any:
        """All that the reader may edit; what is complete is left out by the filters."""
        return with_gaps(source_pages(self.own_pages())).select_related("content_type")

    def filter_queryset(self, queryset: Any) -> Any:
        """Complete pages are no matter of this report, even where a filter's value is none."""
        if self.filters and self.filters.is_valid():
            return self.filters.filter_queryset(queryset)
        return with_any_gap(queryset)

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        """States in words."""
        if field in {gap_field(code) for code in TARGETS}:
            value = gap_words(value)
        return super().preprocess_field_value(field, value, export_format)


def report_addresses() -> list[URLPattern]:
    """For the hook `register_admin_urls`."""
    return report_urls("reports/translations/", TranslationGapsReport, NAME)


def menu_item() -> EditorsItem:
    """For the hook `register_reports_menu_item`."""
    return EditorsItem(
        _("Missing translations"), reverse(NAME), icon_name="wagtail-localize-language", order=230
    )


# -- on the editors' home ----------------------------------------------------------------------------------------------


def translations_behind(request: HttpRequest) -> DeskList | None:
    """Translations that are older than the Romanian page and that the user may edit: one query."""
    if not edits_pages(request.user):
        return None
    own = source_pages(editable_pages(request.user)).order_by()
    rows = None
    for code in TARGETS:
        found = (
            behind(own, code)
            .annotate(language=Value(code, output_field=CharField()))
            .values_list("target", "draft_title", "language", "last_published_at")
        )
        rows = found if rows is None else rows.union(found, all=True)
    assert rows is not None  # noqa: S101  there are languages
    items = [
        DeskItem(
            title,
            reverse("wagtailadmin_pages:edit", args=[target]),
            gettext("%(language)s; the Romanian page changed on %(day)s")
            % {
                "language": NAMES[language],
                "day": date_format(timezone.localtime(changed), "SHORT_DATE_FORMAT"),
            },
        )
        for target, title, language, changed in rows.order_by("last_published_at")[: MOST + 1]
    ]
    if not items:
        return None
    return DeskList(
        key="translations-behind",
        title=gettext("Translations behind their source"),
        items=items[:MOST],
        total=len(items) if len(items) <= MOST else -1,
        more_url=f"{reverse(NAME)}?state={Gap.STALE.value}",
        advice=gettext("Sync the translation with the Romanian page and translate what is new."),
    )
