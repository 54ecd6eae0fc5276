"""“Before publishing” in the admin: everything that was found in a page's newest drafts, by language and level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from cms.models import BasePage
from cms.preflight import LEVELS, Finding, Level, VersionReport, examine_family, in_numbers
from cms.publishing import PREFLIGHT_URL


@dataclass(frozen=True, slots=True)
class Line:
    """A finding with the address where it is mended."""

    finding: Finding
    url: str
    action: str


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one level in one language."""

    level: Level
    label: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Section:
    """One language's draft. `numbers`: the findings by level in words, "" where nothing was found."""

    language: str
    lang: str
    title: str
    status: str
    edit_url: str
    numbers: str
    groups: list[Group]


def _section(report: VersionReport) -> Section:
    page = report.page
    edit_url = reverse("wagtailadmin_pages:edit", args=[page.pk])

    def line(finding: Finding) -> Line:
        # What Wagtail's editor goes to: as its reports of usage do.
        way = f"{edit_url}#:w:contentpath={finding.field}" if finding.field else edit_url
        return Line(finding, finding.url or way, finding.action or _("Go there"))

    groups = [
        Group(level, str(LEVELS[level]), [line(finding) for finding in found])
        for level in Level
        if (found := report.of(level))
    ]
    return Section(
        language=capfirst(get_language_info(report.language)["name_translated"]),
        lang=report.language,
        title=page.get_admin_display_title(),
        status=str(page.status_string),
        edit_url=edit_url,
        numbers=in_numbers(report.findings),
        groups=groups,
    )


class PreflightView(WagtailAdminTemplateMixin, View):
    """The list of a page, for whoever may edit it or is to approve it."""

    http_method_names = ["get", "head", "options"]
    template_name = "wagtailadmin/cms/preflight.html"
    header_icon = "tasks"
    page: Page

    def get_page_title(self) -> str:
        return _("Before publishing")

    def get_page_subtitle(self) -> str:
        return str(self.page.get_admin_display_title())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """From Wagtail's home over the page's editor to this list."""
        return [
            *self.breadcrumbs_items,
            {
                "url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]),
                "label": self.page.get_admin_display_title(),
            },
            {"url": "", "label": self.get_page_title()},
        ]

    def get(self, request: HttpRequest, page_id: int) -> HttpResponse:
        """The list; PermissionDenied for others."""
        self.page = editable_page(request, page_id)
        sections = [_section(report) for report in examine_family(self.page, request.user, request)]
        return TemplateResponse(
            request, self.template_name, self.get_context_data(sections=sections)
        )


def editable_page(request: HttpRequest, page_id: int) -> Page:
    """The page; Http404 where there is none of ours, PermissionDenied for who may neither edit nor approve it."""
    page: Page = get_object_or_404(Page, pk=page_id)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    if not issubclass(page.specific_class or Page, BasePage):
        raise PermissionDenied
    return page


def admin_urls() -> list[URLPattern]:
    """For the hook `register_admin_urls`."""
    return [path("pages/<int:page_id>/preflight/", PreflightView.as_view(), name=PREFLIGHT_URL)]


def header_buttons(
    page: Page, user: Any, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    """For the hook `register_page_header_buttons`."""
    if isinstance(page, BasePage) and page.permissions_for_user(user).can_edit():
        yield Button(
            _("Before publishing"),
            reverse(PREFLIGHT_URL, args=[page.pk]),
            icon_name="tasks",
            priority=12,
        )
