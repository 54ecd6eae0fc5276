"""The promotion plans in the admin: edit, export, copy to the next year, and the staff's calendar of them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log
from wagtail.permissions import policy_registry
from wagtail.snippets.views.snippets import EditView, IndexView, SnippetViewSet

from campaigns.models import PlanToken, PlanYear
from campaigns.plan_panels import PUBLISH_PERMISSION
from campaigns.plan_services import PlanExists, copy_to_next_year, workbook
from events.subscriptions import qr_code, webcal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REVOKE = "campaigns.revoke_plan_token"


def _require(request: HttpRequest, *actions: str) -> None:
    """Raises PermissionDenied for a user who may do none of `actions` with plans."""
    policy = policy_registry.get_by_type(PlanYear)
    if not policy.user_has_any_permission(request.user, actions):
        raise PermissionDenied


# -- export and copy ---------------------------------------------------------------------------------------------------


@login_required(login_url="wagtailadmin_login")
@never_cache
@require_safe
def export(request: HttpRequest, pk: str) -> HttpResponse:
    """The plan of a year as an .xlsx file."""
    _require(request, "view", "change")
    plan = get_object_or_404(PlanYear, pk=pk)
    return HttpResponse(
        workbook(plan),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="plan-{plan.year}.xlsx"'},
    )


@login_required(login_url="wagtailadmin_login")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def copy_plan(request: HttpRequest, pk: str) -> HttpResponse:
    """Asks, then copies the rows to the next year and opens it there. Refused when that year has rows."""
    _require(request, "add")
    plan = get_object_or_404(PlanYear, pk=pk)
    if request.method != "POST":
        following = PlanYear.objects.filter(year=plan.year + 1).annotate(n=Count("rows")).first()
        return render(
            request,
            "wagtailadmin/campaigns/plan_copy.html",
            {
                "plan": plan,
                "number": plan.rows.count(),
                "next_year": plan.year + 1,
                "taken": following if following is not None and following.n else None,
                "page_title": _("Copy to the next year"),
            },
        )
    try:
        with transaction.atomic():
            new = copy_to_next_year(plan)
            log(instance=new, action="wagtail.create", user=request.user)
    except PlanExists as exists:
        messages.error(
            request,
            gettext(
                "The plan of %(year)s has rows already: nothing was copied. Delete them first, or go on with it."
            )
            % {"year": exists.plan.year},
        )
        return redirect(_edit_address(exists.plan))
    messages.success(
        request,
        gettext("The plan of %(year)s is made, without campaigns and events. It is not public.")
        % {"year": new.year},
    )
    return redirect(_edit_address(new))


def _edit_address(plan: PlanYear) -> str:
    return reverse("wagtailsnippets_campaigns_planyear:edit", args=[plan.pk])


# -- calendar ----------------------------------------------------------------------------------------------------------


@login_required(login_url="wagtailadmin_login")
@never_cache
@require_safe
def calendar_addresses(request: HttpRequest) -> HttpResponse:
    """The user's own calendar addresses, those in use first; never a value."""
    _require(request, "view", "change", "add")
    tokens = list(PlanToken.objects.filter(user=request.user.pk).order_by("-pk")[:50])
    return render(
        request,
        "wagtailadmin/campaigns/plan_calendar.html",
        {
            "page_title": _("Calendar of the plan"),
            "valid": [token for token in tokens if token.revoked_at is None],
            "revoked": [token for token in tokens if token.revoked_at is not None],
        },
    )


@login_required(login_url="wagtailadmin_login")
@never_cache
@require_POST
@sensitive_variables("plain", "address")
def new_calendar_address(request: HttpRequest) -> HttpResponse:
    """Make an address. The answer shows it: the only time, kept by nobody, not even the session."""
    _require(request, "view", "change", "add")
    with transaction.atomic():
        token, plain = PlanToken.issue(request.user)
        log(instance=token, action="wagtail.create", user=request.user)
    address = settings.AGORA_BASE_URL.rstrip("/") + reverse("plan:calendar", args=[f"{plain}.ics"])
    response = render(
        request,
        "wagtailadmin/campaigns/plan_calendar_made.html",
        {
            "page_title": _("Calendar of the plan"),
            "address": address,
            "webcal_url": webcal(address),
            "qr": qr_code(webcal(address)),
        },
    )
    response["Referrer-Policy"] = "no-referrer"
    return response


@login_required(login_url="wagtailadmin_login")
@never_cache
@require_POST
def revoke_calendar_address(request: HttpRequest, pk: int) -> HttpResponse:
    """Close one of the user's own calendars for good; 404 for anybody else's."""
    with transaction.atomic():
        own = PlanToken.objects.select_for_update().filter(user=request.user.pk)
        token = get_object_or_404(own, pk=pk)
        if token.revoked_at is None:
            token.revoke()
            log(instance=token, action=REVOKE, user=request.user)
    messages.success(
        request, gettext("The address is revoked: the calendar can not be read any more.")
    )
    return redirect("plan_calendar")


def register_plan_log_actions(actions: Any) -> None:
    """For the hook `register_log_actions`."""
    actions.register_action(REVOKE, _("Revoke calendar address"), _("Calendar address revoked"))


def plan_urls() -> list[URLPattern]:
    """For the hook `register_admin_urls`."""
    return [
        path("plan/calendar/", calendar_addresses, name="plan_calendar"),
        path("plan/calendar/new/", new_calendar_address, name="plan_calendar_new"),
        path(
            "plan/calendar/<int:pk>/revoke/", revoke_calendar_address, name="plan_calendar_revoke"
        ),
    ]


def plan_permissions() -> QuerySet[Permission]:
    """Whether a plan may be shown on the site, so that groups can be given it."""
    return Permission.objects.filter(
        content_type__app_label="campaigns", codename=PUBLISH_PERMISSION.partition(".")[2]
    )


# -- snippet -----------------------------------------------------------------------------------------------------------


def _buttons(user: Any, plan: PlanYear, name: str) -> list[Button]:
    found = [
        Button(
            _("Export to XLSX"),
            reverse(f"{name}:export", args=[plan.pk]),
            icon_name="download",
            priority=60,
        )
    ]
    if policy_registry.get_by_type(PlanYear).user_has_permission(user, "add"):
        found.append(
            Button(
                _("Copy to the next year"),
                reverse(f"{name}:to_next_year", args=[plan.pk]),
                icon_name="copy",
                priority=61,
            )
        )
    return found


class PlanIndexView(IndexView):
    """All plans, the newest first."""

    @property
    def header_more_buttons(self) -> list[Any]:
        """The staff's calendar besides."""
        return [
            *super().header_more_buttons,
            Button(
                _("Calendar of the plan"),
                reverse("plan_calendar"),
                icon_name="calendar-alt",
                priority=90,
            ),
        ]

    def get_list_more_buttons(self, instance: PlanYear) -> list[Any]:
        """Export and copy besides."""
        found: list[Any] = super().get_list_more_buttons(instance)
        return [
            *found,
            *_buttons(self.request.user, instance, "wagtailsnippets_campaigns_planyear"),
        ]

    def get_base_queryset(self) -> Any:
        """With how many rows each has."""
        return super().get_base_queryset().annotate(number=Count("rows"))


class PlanEditView(EditView):
    @property
    def header_more_buttons(self) -> list[Any]:
        """Export and copy besides."""
        return [
            *super().header_more_buttons,
            *_buttons(self.request.user, self.object, "wagtailsnippets_campaigns_planyear"),
        ]


class PlanYearViewSet(SnippetViewSet):
    model = PlanYear
    icon = "table"
    menu_label = _("Promotion plans")
    list_display = (
        "year",
        Column("number", label=_("Rows"), accessor="number"),
        "is_public",
    )
    copy_view_enabled = False
    index_view_class = PlanIndexView
    edit_view_class = PlanEditView

    def get_urlpatterns(self) -> list[URLPattern]:
        """Export and copy besides."""
        return [
            *super().get_urlpatterns(),
            path("export/<int:pk>/", export, name="export"),
            path("next-year/<int:pk>/", copy_plan, name="to_next_year"),
        ]
