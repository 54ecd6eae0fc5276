"""The report “Who uses this contact or place”: everything with its number of users, and the users of one."""

from __future__ import annotations

from typing import Any, Final

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import NumberColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permissions import policy_registry

from cms.folding import fold
from cms.page_reports import (
    MINOR,
    TITLE,
    EmptyMarkColumn,
    MaybeTagColumn,
    SafeExport,
    edits_pages,
)
from contacts.models import Department
from contacts.usage import KINDS, Reference, Used, references_to, usage

NAME: Final = "contact_usage"
USERS: Final = "contact_users"


def may_see(user: Any) -> bool:
    """For those who edit pages, and for those who keep departments, places or organisations."""
    return edits_pages(user) or any(
        policy_registry.get_by_type(model).user_has_any_permission(user, {"change"})
        for model in KINDS.values()
    )


class UsageFilterSet(WagtailFilterSet):
    """What the list can be narrowed to. The rows are no rows of a table: the report itself filters."""

    kind = django_filters.ChoiceFilter(
        label=pgettext_lazy("of a contact or place", "Kind"),
        choices=[
            (kind, capfirst(str(model._meta.verbose_name_plural))) for kind, model in KINDS.items()
        ],
        empty_label=pgettext_lazy("filter of kinds", "All"),
        widget=forms.RadioSelect,
    )
    used = django_filters.ChoiceFilter(
        label=_("Used"),
        choices=[("yes", _("Used")), ("no", _("Used by nothing"))],
        empty_label=pgettext_lazy("filter of kinds", "All"),
        widget=forms.RadioSelect,
    )
    q = django_filters.CharFilter(label=_("Name"))

    class Meta:
        model = Department
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        """The rows that were asked for."""
        chosen = self.form.cleaned_data
        kind, used, words = chosen.get("kind"), chosen.get("used"), fold(chosen.get("q") or "")
        return [
            row
            for row in queryset
            if (not kind or row.kind == kind)
            and (not used or row.is_used == (used == "yes"))
            and (not words or words in fold(f"{row.name} {row.key}"))
        ]


@method_decorator(never_cache, name="dispatch")
class _Report(SafeExport, ReportView):
    """A report whose rows are read at once, not from one table."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Closed to those who have nothing to do with contacts, places and pages."""
        if not may_see(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def rows(self) -> list[Any]:
        """All of them, in the order in which they are shown."""
        raise NotImplementedError

    def get_queryset(self) -> Any:
        """Filtered by `get_filtered_queryset`."""
        return self.rows()


def _users_url(row: Used) -> str:
    return reverse(USERS, args=[row.kind, row.pk])


def _elsewhere(row: Used) -> str:
    if row.elsewhere:
        return gettext("yes")
    return "" if row.is_used else gettext("used by nothing")


def _is_unused(row: Used) -> bool:
    return not row.is_used


class UsageReport(_Report):
    """Departments, places, organisations and posts, each with its number of users."""

    page_title = _("Who uses this contact or place")
    header_icon = "group"
    index_url_name = NAME
    index_results_url_name = f"{NAME}_results"
    filterset_class = UsageFilterSet
    export_filename = "contact-usage"
    columns = [
        TitleColumn("name", label=_("Name"), get_url=_users_url, classname=TITLE),
        EmptyMarkColumn("kind_name", label=pgettext_lazy("of a contact or place", "Kind")),
        NumberColumn("pages", label=_("Published pages")),
        NumberColumn("others", label=_("Other content"), classname=MINOR),
        MaybeTagColumn("elsewhere", label=_("Elsewhere"), accessor=_elsewhere, primary=_is_unused),
    ]
    list_export = ["name", "key", "kind_name", "pages", "others", "elsewhere"]
    export_headings = {
        "name": _("Name"),
        "key": _("Key"),
        "kind_name": pgettext_lazy("of a contact or place", "Kind"),
        "pages": _("Published pages"),
        "others": _("Other content"),
        "elsewhere": _("Used elsewhere"),
    }

    def rows(self) -> list[Used]:
        """By kind and name."""
        order = list(KINDS)
        return sorted(usage(), key=lambda row: (order.index(row.kind), fold(row.name), row.pk))


class UsersReport(_Report):
    """What refers to one object."""

    header_icon = "group"
    export_filename = "contact-users"
    columns = [
        TitleColumn(
            "title",
            label=_("Title"),
            get_url=lambda row: row.url or None,
            id_accessor="title",
            classname=TITLE,
        ),
        EmptyMarkColumn("kind", label=_("Type")),
        EmptyMarkColumn("language", label=_("Language")),
        EmptyMarkColumn("state", label=_("State")),
    ]
    list_export = ["title", "kind", "language", "state"]
    export_headings = {
        "title": _("Title"),
        "kind": _("Type"),
        "language": _("Language"),
        "state": _("State"),
    }

    @cached_property
    def target(self) -> Any:
        """The object that the address names; Http404 without one."""
        model = KINDS.get(self.kwargs["kind"])
        found = model and model._default_manager.filter(pk=self.kwargs["pk"]).first()
        if not found:
            raise Http404
        return found

    @cached_property
    def found(self) -> tuple[list[Reference], int]:
        """What may be named, and how many may not."""
        return references_to(self.target, self.request.user)

    def rows(self) -> list[Reference]:
        """Pages first, as the index has them."""
        return self.found[0]

    def get_page_title(self) -> str:
        """Whose users these are."""
        return gettext("Who uses “%(name)s”") % {"name": self.target}

    def get_page_subtitle(self) -> str:
        """How many are left out of the list."""
        hidden = self.found[1]
        if not hidden:
            return ""
        return ngettext(
            "and %(count)d other that you cannot open",
            "and %(count)d others that you cannot open",
            hidden,
        ) % {"count": hidden}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Back to the list of all."""
        back = {"url": reverse(NAME), "label": UsageReport.page_title}
        items: list[dict[str, Any]] = super().get_breadcrumbs_items()
        return [*items[:-1], back, items[-1]]

    def get_index_url(self) -> str:
        """For the links of the pages."""
        return reverse(USERS, kwargs=self.kwargs)

    def get_index_results_url(self) -> str:
        """The same without the frame."""
        return reverse(f"{USERS}_results", kwargs=self.kwargs)


def report_addresses() -> list[URLPattern]:
    """For the hook `register_admin_urls`."""
    one = "reports/usage/<slug:kind>/<int:pk>/"
    return [
        path("reports/usage/", UsageReport.as_view(), name=NAME),
        path(
            "reports/usage/results/", UsageReport.as_view(results_only=True), name=f"{NAME}_results"
        ),
        path(one, UsersReport.as_view(), name=USERS),
        path(f"{one}results/", UsersReport.as_view(results_only=True), name=f"{USERS}_results"),
    ]


class UsageItem(MenuItem):
    """Shown to those who may see the report."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_see(request.user)


def menu_item() -> MenuItem:
    """For the hook `register_reports_menu_item`."""
    return UsageItem(
        _("Who uses this contact or place"), reverse(NAME), icon_name="group", order=250
    )
