"""The Mayor's agenda in the admin: for those who hold `events.view_private_agenda`, and for nobody else.

No snippet, so that no chooser, bulk action or list of snippets exists that could name an item to others.
"""

from __future__ import annotations

from typing import Any

import django_filters
import segno
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import EditView
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from events.agenda import PERMISSION, Scope
from events.models.agenda import AgendaItem, AgendaToken
from events.subscriptions import webcal


class AgendaPolicy(ModelPermissionPolicy):
    """Whatever else a user may do, the agenda is closed without the permission to read all of it.

    One gate for all items: a list with gaps, or a refusal for some, would tell that private items exist.
    """

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Whether `user` may do `action` ("add", "change", "delete", "view")."""
        return bool(user.has_perm(PERMISSION) and super().user_has_permission(user, action))

    def users_with_any_permission(self, actions: Any) -> QuerySet[Any]:
        """The users who may do any of `actions`."""
        gate = self._get_users_with_any_permission_codenames({PERMISSION.partition(".")[2]})
        users: QuerySet[Any] = super().users_with_any_permission(actions)
        return users.filter(pk__in=gate.values("pk"))


class AgendaTokenPolicy(AgendaPolicy):
    """The same gate for the keys; its permission belongs to the items."""

    def users_with_any_permission(self, actions: Any) -> QuerySet[Any]:
        """The users who may do any of `actions`."""
        users: QuerySet[Any] = ModelPermissionPolicy.users_with_any_permission(self, actions)
        gate = ITEM_POLICY.users_with_any_permission(["view", "add", "change", "delete"])
        return users.filter(pk__in=gate.values("pk"))


ITEM_POLICY = AgendaPolicy(AgendaItem)
TOKEN_POLICY = AgendaTokenPolicy(AgendaToken)
register_permission_policy(AgendaItem, ITEM_POLICY)
register_permission_policy(AgendaToken, TOKEN_POLICY)


# -- items -----------------------------------------------------------------------------------------------------------


class AgendaFilterSet(WagtailFilterSet):
    start_date = django_filters.DateFromToRangeFilter(
        label=_("First day"), widget=DateRangePickerWidget
    )

    class Meta:
        model = AgendaItem
        fields = ["visibility", "start_date"]


class AgendaEditView(EditView):
    def get_page_subtitle(self) -> str:
        """The title, for those who got here; `str()` of an item never says it."""
        return str(self.object.title) or str(self.object)


class AgendaItemViewSet(ModelViewSet):
    """List, add, copy, edit, delete and history of the items."""

    model = AgendaItem
    name = "agenda"
    icon = "calendar-alt"
    menu_label = _("Items")
    add_to_reference_index = False
    list_display = ("title", "start_date", "start_time", "visibility")
    ordering = ("-start_date", "-start_time")
    filterset_class = AgendaFilterSet
    edit_view_class = AgendaEditView


# -- keys ------------------------------------------------------------------------------------------------------------


class AgendaTokenForm(forms.ModelForm):
    """What is asked before a key is made."""

    class Meta:
        model = AgendaToken
        fields = ["label", "scope"]


def _qr(text: str) -> SafeString:
    """A QR code in the size in which telephones read it; black on white in the dark theme, too."""
    svg = segno.make(text, error="m", micro=False).svg_inline(scale=4, border=4, light="#fff")
    return mark_safe(svg)  # noqa: S308  made of squares, not of the text


def _require(request: HttpRequest, action: str) -> None:
    if not TOKEN_POLICY.user_has_permission(request.user, action):
        raise PermissionDenied


@login_required(login_url="wagtailadmin_login")
@never_cache
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """All keys, those in use first; never a value."""
    _require(request, "view")
    tokens = AgendaToken.objects.select_related("created_by").order_by(
        "revoked_at", "-created_at", "-pk"
    )
    return render(
        request,
        "wagtailadmin/events/agenda_tokens.html",
        {
            "page_title": _("Calendar keys of the agenda"),
            "valid": [token for token in tokens if token.revoked_at is None],
            "revoked": [token for token in tokens if token.revoked_at is not None],
            "may_add": TOKEN_POLICY.user_has_permission(request.user, "add"),
            "may_revoke": TOKEN_POLICY.user_has_permission(request.user, "change"),
        },
    )


@login_required(login_url="wagtailadmin_login")
@never_cache
@sensitive_variables("plain", "address")
def new_key(request: HttpRequest) -> HttpResponse:
    """Make a key. The answer to the POST shows its address: the only time, kept by nobody, not even the session."""
    _require(request, "add")
    form = AgendaTokenForm(request.POST or None)
    context = {"page_title": _("New calendar key"), "form": form}
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            token, plain = AgendaToken.issue(
                form.cleaned_data["label"], form.cleaned_data["scope"], request.user
            )
            log(instance=token, action="wagtail.create", user=request.user)
        base = settings.AGORA_BASE_URL.rstrip("/")
        address = f"{base}{reverse('events:agenda_by_token', args=[f'{plain}.ics'])}"
        context.update(
            token=token,
            scope=Scope(token.scope).label,
            address=address,
            webcal_url=webcal(address),
            qr=_qr(webcal(address)),
        )
        response = render(request, "wagtailadmin/events/agenda_token_made.html", context)
        response["Referrer-Policy"] = "no-referrer"
        return response
    return render(request, "wagtailadmin/events/agenda_token_new.html", context)


@login_required(login_url="wagtailadmin_login")
@never_cache
@require_POST
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Close one calendar for good."""
    _require(request, "change")
    with transaction.atomic():
        token = get_object_or_404(AgendaToken.objects.select_for_update(), pk=pk)
        if token.revoked_at is None:
            token.revoke()
            log(instance=token, action="events.revoke_agenda_token", user=request.user)
    messages.success(request, gettext("The key is revoked: its calendar can not be read any more."))
    return redirect("agenda_keys:index")


class AgendaKeysMenuItem(MenuItem):
    """Shown to those who may see the keys."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(TOKEN_POLICY.user_has_permission(request.user, "view"))


class AgendaKeysViewSet(ViewSet):
    """The keys: list, make, revoke. They are never edited, and a revoked one stays listed."""

    name = "agenda_keys"
    url_prefix = "agenda-keys"
    icon = "key"
    menu_label = _("Calendar keys")
    menu_item_class = AgendaKeysMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", keys, name="index"),
            path("new/", new_key, name="add"),
            path("<int:pk>/revoke/", revoke_key, name="revoke"),
        ]

    def on_register(self) -> None:
        """Let groups be given the permissions."""
        super().on_register()
        hooks.register("register_permissions", self.permissions)

    @staticmethod
    def permissions() -> QuerySet[Permission]:
        """Add, change (revoke) and view."""
        return Permission.objects.filter(
            content_type__app_label="events", content_type__model="agendatoken"
        ).exclude(codename="delete_agendatoken")


class AgendaGroup(ModelViewSetGroup):
    """The menu “Mayor's agenda”; without the permission there is none."""

    items = (AgendaItemViewSet, AgendaKeysViewSet)
    menu_label = _("Mayor's agenda")
    menu_name = "agenda"
    menu_icon = "calendar-alt"
    menu_order = 210


def register_agenda_log_actions(actions: Any) -> None:
    """For the hook `register_log_actions`."""
    actions.register_action(
        "events.revoke_agenda_token", _("Revoke calendar key"), _("Calendar key revoked")
    )
