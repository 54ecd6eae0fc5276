"""The report “Broken links”, and what of it stands on the editors' home."""

from __future__ import annotations

from typing import Any, Final

import django_filters
from django import forms
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import DateColumn, StatusTagColumn

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
from home.links.models import CheckedLink, LinkUse
from home.links.reasons import reason
from home.links.verdicts import State
from home.upkeep.models import UpkeepTurn

NAME: Final = "broken_links"


class LinkFilterSet(WagtailFilterSet):
    """Broken ones, unless another state is asked for."""

    state = django_filters.ChoiceFilter(
        field_name="link__state",
        label=_("State"),
        choices=CheckedLink.STATES,
        empty_label=pgettext_lazy("filter of links", "Broken"),
        widget=forms.RadioSelect,
    )
    kind = django_filters.ChoiceFilter(
        field_name="link__kind",
        label=_("Leads to"),
        choices=CheckedLink.Kind.choices,
        empty_label=pgettext_lazy("filter of links", "Anything"),
        widget=forms.RadioSelect,
    )
    url = django_filters.CharFilter(
        field_name="link__url", lookup_expr="icontains", label=_("Part of the address")
    )

    class Meta:
        model = LinkUse
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        state: Any = self.filters["state"]
        state.extra["choices"] = [
            (value, words) for value, words in CheckedLink.STATES if value != State.BROKEN.value
        ]


def leads_to(use: LinkUse) -> str:
    """What stands there for readers, and the address where it is one."""
    return " · ".join(part for part in (use.words, use.link.url) if part)


class BrokenLinksReport(OwnPagesReport):
    """One row for each page and link; the title of what a link inside the site leads to is told to nobody here."""

    page_title = _("Broken links")
    header_icon = "link"
    index_url_name = NAME
    index_results_url_name = f"{NAME}_results"
    filterset_class = LinkFilterSet
    export_filename = "broken-links"
    nothing = _("No broken links are known.")
    columns = [
        EditColumn("title", page_id="page_id", label=_("Page"), accessor="page.draft_title"),
        EmptyMarkColumn("locale", label=_("Language"), accessor="page.locale", classname=MINOR),
        EmptyMarkColumn("link", label=_("Link"), accessor=leads_to, classname="report-link"),
        StatusTagColumn(
            "state",
            label=_("State"),
            accessor="link.get_state_display",
            primary=lambda use: use.link.state == State.BROKEN.value,
        ),
        EmptyMarkColumn("reason", label=_("Reason"), accessor=lambda use: reason(use.link)),
        DateColumn("since", label=_("Since"), accessor="link.failing_since", classname=MINOR),
        DateColumn(
            "checked_at", label=_("Last checked"), accessor="link.checked_at", classname=MINOR
        ),
    ]
    list_export = [
        "page.draft_title",
        "page.url_path",
        "page.locale",
        "words",
        "link.url",
        "link.get_state_display",
        "reason",
        "link.failing_since",
        "link.checked_at",
    ]
    export_headings = {
        "page.draft_title": _("Page"),
        "page.url_path": _("Address of the page"),
        "page.locale": _("Language"),
        "words": _("Link text"),
        "link.url": _("Address"),
        "link.get_state_display": _("State"),
        "reason": _("Reason"),
        "link.failing_since": _("Since"),
        "link.checked_at": _("Last checked"),
    }

    def get_base_queryset(self) -> Any:
        """The links of the reader's pages, in the state that was asked for."""
        mine = self.own_pages().values("pk")
        found = LinkUse.objects.filter(page__live=True, page__in=mine)
        if not self.request.GET.get("state"):
            found = found.filter(link__state=State.BROKEN.value)
        return found.select_related("link", "page", "page__locale").order_by(
            "link__failing_since", "page__path", "pk"
        )

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        """The reason, for files."""
        for use in object_list:
            use.reason = reason(use.link)
        return object_list

    def get_page_subtitle(self) -> str:
        """When the links were last looked at."""
        turn = UpkeepTurn.objects.filter(name="links", finished_at__isnull=False).first()
        return "" if turn else gettext("not checked yet")


def report_addresses() -> list[URLPattern]:
    """For the hook `register_admin_urls`."""
    return report_urls("reports/links/", BrokenLinksReport, NAME)


def menu_item() -> EditorsItem:
    """For the hook `register_reports_menu_item`."""
    return EditorsItem(_("Broken links"), reverse(NAME), icon_name="link", order=240)


def broken_links(request: HttpRequest) -> DeskList | None:
    """Broken links on published pages that the user may edit, the longest broken first: one query."""
    if not edits_pages(request.user):
        return None
    mine = editable_pages(request.user).order_by().values("pk")
    found = (
        LinkUse.objects.filter(link__state=State.BROKEN.value, page__live=True, page__in=mine)
        .select_related("link", "page")
        .order_by("link__failing_since", "pk")[: MOST + 1]
    )
    items = [
        DeskItem(
            use.page.draft_title,
            reverse("wagtailadmin_pages:edit", args=[use.page_id]),
            f"{use.words or use.link.url}: {reason(use.link)}",
        )
        for use in found
    ]
    if not items:
        return None
    return DeskList(
        key="broken-links",
        title=gettext("Broken links"),
        items=items[:MOST],
        total=len(items) if len(items) <= MOST else -1,
        more_url=reverse(NAME),
        urgent=True,
        advice=gettext("Correct the link or remove it, then publish the page."),
    )
