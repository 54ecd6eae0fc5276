"""The outbox in the admin: a report of what was sent and what was not, and “send again”. Nothing can be edited."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.admin.views.reports import ReportView
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from cms.models.outbox import MailState, OutboxMail
from cms.outbox import send_again

POLICY = ModelPermissionPolicy(OutboxMail)
register_permission_policy(OutboxMail, POLICY)
SEND_AGAIN = "cms.send_mail_again"


class SendAgainColumn(Column):
    """The button, where it can do something and the reader may."""

    cell_template_name = "wagtailadmin/cms/send_again_cell.html"

    def get_value(self, instance: Any) -> str:
        """What the button is described by."""
        return str(instance)

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> Any:
        """The row, and what a form needs."""
        context = super().get_cell_context_data(instance, parent_context)
        request = parent_context["request"]
        context["csrf_token"] = get_token(request)
        context["may_send"] = MailState(instance.status).needs_a_person and (
            POLICY.user_has_permission(request.user, "change")
        )
        return context


class OutboxFilterSet(WagtailFilterSet):
    class Meta:
        model = OutboxMail
        fields = ["status", "to"]


@method_decorator(never_cache, name="dispatch")
class OutboxReport(ReportView):
    """All mails, newest first: never their bodies."""

    model = OutboxMail
    permission_policy = POLICY
    permission_required = "view"
    page_title = _("Outgoing mail")
    header_icon = "mail"
    index_url_name = "outbox_report"
    index_results_url_name = "outbox_report_results"
    default_ordering = "-pk"
    filterset_class = OutboxFilterSet
    columns = [
        DateColumn("created_at", label=_("Written")),
        Column("purpose", label=_("Purpose")),
        Column("to", label=_("To")),
        Column("subject", label=_("Subject")),
        StatusTagColumn(
            "status",
            label=_("State"),
            accessor="get_status_display",
            primary=lambda mail: MailState(mail.status).needs_a_person,
        ),
        Column("attempts", label=_("Attempts")),
        Column("last_error", label=_("Last error")),
        Column("message_id", label="Message-ID"),
        SendAgainColumn("again", label=_("Send again")),
    ]

    def get_base_queryset(self) -> QuerySet[OutboxMail]:
        """Without the bodies, which the list does not need to read."""
        mails: QuerySet[OutboxMail] = super().get_base_queryset()
        return mails.defer("body")


@login_required(login_url="wagtailadmin_login")
@never_cache
@require_POST
def send_mail_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a mail that failed, or that was perhaps sent, once more."""
    if not POLICY.user_has_permission(request.user, "change"):
        raise PermissionDenied
    mail = get_object_or_404(OutboxMail, pk=pk)
    with transaction.atomic():
        done = send_again(mail)
        if done:
            log(instance=mail, action=SEND_AGAIN, user=request.user)
    if done:
        messages.success(request, gettext("The mail is sent again in the next minutes."))
    else:
        messages.warning(request, gettext("This mail does not wait for a decision any more."))
    return redirect("outbox_report")


def admin_urls() -> list[URLPattern]:
    """For the hook `register_admin_urls`."""
    return [
        path("outbox/", OutboxReport.as_view(), name="outbox_report"),
        path(
            "outbox/results/",
            OutboxReport.as_view(results_only=True),
            name="outbox_report_results",
        ),
        path("outbox/<int:pk>/again/", send_mail_again, name="outbox_send_again"),
    ]


class OutboxMenuItem(MenuItem):
    """Shown to those who may see the mails."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(POLICY.user_has_permission(request.user, "view"))


def menu_item() -> MenuItem:
    """For the hook `register_reports_menu_item`."""
    return OutboxMenuItem(_("Outgoing mail"), reverse("outbox_report"), icon_name="mail", order=110)


def permissions() -> QuerySet[Permission]:
    """View, and change (send again), so that groups can be given them."""
    return Permission.objects.filter(
        content_type__app_label="cms", content_type__model="outboxmail"
    )


def register_outbox_log_actions(actions: Any) -> None:
    """For the hook `register_log_actions`."""
    actions.register_action(SEND_AGAIN, _("Send mail again"), _("Mail sent again"))
