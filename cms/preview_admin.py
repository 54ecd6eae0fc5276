"""“Share preview” in the admin: the links to a page's draft, made, listed and revoked by whoever may edit the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log
from wagtail.models import Page

from cms.models import BasePage, PreviewLink
from cms.models.preview import MOST_DAYS
from cms.preflight_admin import editable_page

LINKS_URL: Final = "page_draft_links"
REVOKE_URL: Final = "page_draft_link_revoke"
USUAL_DAYS: Final = 7
MOST_LISTED: Final = 50


class PreviewLinkForm(forms.Form):
    """For how long."""

    days = forms.IntegerField(
        label=gettext_lazy("Valid for (days)"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=USUAL_DAYS,
        help_text=gettext_lazy("1 to 30. Afterwards the address leads nowhere."),
    )


@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_variables("token", "address")
def links(request: HttpRequest, page_id: int) -> HttpResponse:
    """The page's links; a POST makes one. Its answer shows the address: the only time, kept by nobody."""
    page = editable_page(request, page_id)
    form = PreviewLinkForm(request.POST or None)
    context: dict[str, Any] = {"page": page, "page_title": _("Share preview")}
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            link, token = PreviewLink.issue(page, request.user, form.cleaned_data["days"])
            log(instance=page, action="cms.share_draft", user=request.user)
        base = settings.AGORA_BASE_URL.rstrip("/")
        context["address"] = f"{base}{reverse('draft_by_token', args=[token])}"
        context["link"] = link
        response = render(request, "wagtailadmin/cms/draft_link_made.html", context)
        response["Referrer-Policy"] = "no-referrer"
        return response
    now = timezone.now()
    found = PreviewLink.objects.filter(page=page).select_related("created_by")
    in_use = list(found.in_use(now)[:MOST_LISTED])
    over = found.exclude(pk__in=PreviewLink.objects.in_use(now).values("pk"))
    context |= {"form": form, "in_use": in_use, "over": list(over[:MOST_LISTED])}
    return render(request, "wagtailadmin/cms/draft_links.html", context)


@require_POST
def revoke(request: HttpRequest, page_id: int, pk: int) -> HttpResponse:
    """Close one link for good; a second time changes nothing."""
    page = editable_page(request, page_id)
    with transaction.atomic():
        link = get_object_or_404(PreviewLink.objects.select_for_update(), pk=pk, page=page)
        if link.revoked_at is None:
            link.revoked_at = timezone.now()
            link.save(update_fields=["revoked_at"])
            log(instance=page, action="cms.revoke_draft_link", user=request.user)
    messages.success(request, _("The link is revoked: it leads nowhere any more."))
    return redirect(LINKS_URL, page.pk)


def admin_urls() -> list[URLPattern]:
    """For the hook `register_admin_urls`."""
    return [
        path("pages/<int:page_id>/draft-links/", links, name=LINKS_URL),
        path("pages/<int:page_id>/draft-links/<int:pk>/revoke/", revoke, name=REVOKE_URL),
    ]


def header_buttons(
    page: Page, user: Any, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    """For the hook `register_page_header_buttons`."""
    if isinstance(page, BasePage) and page.permissions_for_user(user).can_edit():
        yield Button(
            _("Share preview"), reverse(LINKS_URL, args=[page.pk]), icon_name="link", priority=13
        )


def register_log_actions(actions: Any) -> None:
    """For the hook `register_log_actions`."""
    actions.register_action(
        "cms.share_draft", gettext_lazy("Share preview"), gettext_lazy("Link to the draft made")
    )
    actions.register_action(
        "cms.revoke_draft_link",
        gettext_lazy("Revoke a link to the draft"),
        gettext_lazy("Link to the draft revoked"),
    )
