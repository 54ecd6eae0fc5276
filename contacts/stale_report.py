"""The report “Stale content”, and what of pages waits on the editors' home: reviews that are due, pages of nobody."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db.models import F
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import DateColumn, TitleColumn
from wagtail.models import Page
from wagtail.permissions import policy_registry

from cms.desk import MOST, DeskItem, DeskList
from cms.page_reports import (
    MINOR,
    EditColumn,
    EditorsItem,
    EmptyMarkColumn,
    OwnPagesReport,
    editable_pages,
    edits_pages,
    report_urls,
)
from contacts.models import Department
from contacts.models.page_care import OWNER
from contacts.page_care import due, one_a_family, with_owner, with_review, without_owner

NAME: Final = "stale_content"


class StaleFilterSet(WagtailFilterSet):
    """By owner, the inherited one included."""

    owner = django_filters.ChoiceFilter(
        label=OWNER,
        empty_label=pgettext_lazy("filter of owners", "Any"),
        null_label=_("Without an owner"),
        null_value="none",
        method="filter_owner",
        widget=forms.Select,
    )
    show = django_filters.ChoiceFilter(
        label=_("Show"),
        choices=[
            ("due", _("Review is due")),
            ("old", _("Never reviewed, published long ago")),
            ("all", _("All published pages")),
        ],
        empty_label=pgettext_lazy("filter of stale pages", "All that is stale"),
        method="leave",
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Page
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters.pop("locale", None)
        self.filters["owner"].extra["choices"] = [
            (str(row.pk), str(row)) for row in Department.objects.all()
        ]

    def filter_owner(self, pages: Any, name: str, value: str) -> Any:
        """Of one department, or of none."""
        return without_owner(pages) if value == "none" else pages.filter(cared_by=value)

    def leave(self, pages: Any, name: str, value: Any) -> Any:
        """Decides what the report begins with."""
        return pages


def why_words(page: Any) -> str:
    """How a page of the report stands to its review."""
    today = timezone.localdate()
    if page.review_on is None:
        return gettext("no day chosen")
    day = date_format(page.review_on, "SHORT_DATE_FORMAT")
    if page.review_on > today:
        return gettext("on %(day)s") % {"day": day}
    return gettext("was due on %(day)s") % {"day": day}


def _found(pages: Any, show: str) -> Any:
    """Of `pages` what the report shows, as it was asked for."""
    if show == "all":
        return with_review(one_a_family(pages).filter(live=True))
    found = with_review(due(pages, timezone.now(), timezone.localdate()))
    if show == "due":
        return found.filter(review_on__isnull=False)
    return found.filter(review_on__isnull=True) if show == "old" else found


_ORDER: Final = (F("review_on").asc(nulls_last=True), "last_published_at", "path")


class StaleReport(OwnPagesReport):
    """One row for each published page that somebody should look at, whatever languages it has."""

    page_title = _("Stale content")
    header_icon = "calendar-check"
    index_url_name = NAME
    index_results_url_name = f"{NAME}_results"
    filterset_class = StaleFilterSet
    export_filename = "stale-content"
    nothing = _("No page waits for a review.")
    columns = [
        EditColumn("title", label=_("Page"), accessor="draft_title", sort_key="draft_title"),
        EmptyMarkColumn("locale", label=_("Language"), classname=MINOR),
        EmptyMarkColumn("owner_name", label=OWNER),
        TitleColumn(
            "review",
            label=_("Review"),
            accessor=why_words,
            get_url=lambda page: (
                f"{reverse('page_care', args=[page.pk])}?{urlencode({'next': reverse(NAME)})}"
            ),
        ),
        DateColumn("reviewed_at", label=_("Last review"), classname=MINOR),
        DateColumn(
            "last_published_at",
            label=_("Last published"),
            sort_key="last_published_at",
            classname=MINOR,
        ),
    ]
    list_export = [
        "draft_title",
        "url_path",
        "locale",
        "owner_name",
        "review_on",
        "reviewed_at",
        "last_published_at",
    ]
    export_headings = {
        "draft_title": _("Page"),
        "url_path": _("Address"),
        "locale": _("Language"),
        "owner_name": OWNER,
        "review_on": _("Next review"),
        "reviewed_at": _("Last review"),
        "last_published_at": _("Last published"),
    }

    def get_base_queryset(self) -> Any:
        """What is stale of the reader's pages, with owner and review."""
        found = _found(self.own_pages(), self.request.GET.get("show", ""))
        return with_owner(found).select_related("locale")

    def order_queryset(self, queryset: Any) -> Any:
        """The longest overdue first, then what was published longest ago."""
        if self.ordering:
            return super().order_queryset(queryset)
        return queryset.order_by(*_ORDER)

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        """The owners' names, in the reader's language: one query for all rows that are shown."""
        names = {row.pk: str(row) for row in Department.objects.only("name", "key")}
        for page in object_list:
            page.owner_name = names.get(page.cared_by, "")
        return object_list


def report_addresses() -> list[URLPattern]:
    """For the hook `register_admin_urls`."""
    return report_urls("reports/stale/", StaleReport, NAME)


def menu_item() -> EditorsItem:
    """For the hook `register_reports_menu_item`."""
    return EditorsItem(_("Stale content"), reverse(NAME), icon_name="calendar-check", order=220)


# -- on the editors' home ----------------------------------------------------------------------------------------------


def pages_to_review(request: HttpRequest) -> DeskList | None:
    """What is stale of the pages that the user may edit, the longest overdue first: one query."""
    if not edits_pages(request.user):
        return None
    rows = (
        _found(editable_pages(request.user), "")
        .order_by(*_ORDER)
        .values_list("pk", "draft_title", "review_on", "last_published_at")[: MOST + 1]
    )
    items = []
    for pk, title, review_on, published_at in rows:
        if review_on is None:
            day = date_format(timezone.localtime(published_at), "SHORT_DATE_FORMAT")
            words = gettext("never reviewed, published on %(day)s") % {"day": day}
        else:
            day = date_format(review_on, "SHORT_DATE_FORMAT")
            words = gettext("the review was due on %(day)s") % {"day": day}
        items.append(DeskItem(title, reverse("page_care", args=[pk]), words, review_on))
    if not items:
        return None
    return DeskList(
        key="pages-to-review",
        title=gettext("Pages to review"),
        items=items[:MOST],
        total=len(items) if len(items) <= MOST else -1,
        more_url=reverse(NAME),
        advice=gettext("Read the page, put right what has changed, then note the review."),
    )


def pages_without_owner(request: HttpRequest) -> DeskList | None:
    """Published pages that no department answers for, those nearest the home page first: one query.

    For those who publish: they see to it that every page is somebody's.
    """
    policy = policy_registry.get_by_type(Page)
    if not policy.user_has_any_permission(request.user, {"publish"}):
        return None
    mine = policy.instances_user_has_permission_for(request.user, "publish").order_by()
    rows = without_owner(one_a_family(mine).filter(live=True))
    items = [
        DeskItem(title, reverse("page_care", args=[pk]))
        for pk, title in rows.order_by("depth", "path").values_list("pk", "draft_title")[: MOST + 1]
    ]
    if not items:
        return None
    return DeskList(
        key="pages-without-owner",
        title=gettext("Pages without an owner"),
        items=items[:MOST],
        total=len(items) if len(items) <= MOST else -1,
        more_url=f"{reverse(NAME)}?owner=none&show=all",
        advice=gettext(
            "Choose the department that answers for it; the pages below get the same one."
        ),
    )
