"""The admin's pages around one campaign: moving it on, its channels with their counts, its QR codes.

Each move asks before it acts (GET) and acts on POST only. The rules and the rights are those of `campaigns.services`.
Whoever may not edit a campaign sees nothing of its channels.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import segno
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, re_path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.http import require_http_methods, require_safe
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogFormatter
from wagtail.models import Page

from campaigns import counting
from campaigns.enums import Stage
from campaigns.models import CampaignPage
from campaigns.panels import MOVE_URL
from campaigns.services import LOG_ACTION, MoveRefused, may_move, move, newest
from campaigns.stages import moves_from
from events.subscriptions import base_url, qr_code

CHANNELS_URL = "campaigns_channels"
SHEET_URL = "campaigns_qr_sheet"
QR_URL = "campaigns_qr"
PRINT_SCALE = 20
"""Pixels of a module of a printed code: 33 modules are 660 pixels, 5.6 cm at 300 dots an inch."""


def _campaign(page_id: int) -> CampaignPage:
    found: CampaignPage = get_object_or_404(
        CampaignPage.objects.select_related("locale"), pk=page_id
    )
    return found


def _for_editors(request: HttpRequest, page_id: int) -> CampaignPage:
    """The campaign, for those who may edit it; PermissionDenied for others, Http404 for a translation."""
    page = _campaign(page_id)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    if not page.is_source:
        raise Http404
    return page


# -- moving on -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def move_view(request: HttpRequest, page_id: int, name: str) -> HttpResponse:
    """Say what a move means for readers, then make it."""
    page = _campaign(page_id)
    if not may_move(page, request.user):
        raise PermissionDenied
    draft = newest(page)
    chosen = next((item for item in moves_from(draft.stage) if item.name == name), None)
    next_url = str(
        get_valid_next_url_from_request(request)
        or reverse("wagtailadmin_pages:edit", args=[page.pk])
    )
    if chosen is None:
        messages.error(
            request,
            _(
                "The campaign is in the stage “%(stage)s” now: this step does not lead on from there."
            )
            % {"stage": draft.get_stage_display()},
        )
        return redirect(next_url)
    if request.method == "POST":
        try:
            done = move(page, chosen.target, request.user)
        except MoveRefused as refused:
            messages.error(request, str(refused))
            return redirect(next_url)
        messages.success(request, _said(done.published, done.waits, chosen.target))
        return redirect(next_url)
    publishes = page.live and page.permissions_for_user(request.user).can_publish()
    return render(
        request,
        "wagtailadmin/campaigns/move.html",
        {
            "page": page,
            "title": draft.title,
            "move": chosen,
            "publishes": publishes,
            "lacks_evaluation": chosen.needs_evaluation and not draft.evaluation.strip(),
            "next": next_url,
        },
    )


def _said(published: bool, waits: bool, stage: Stage) -> str:
    if published and not waits:
        return _("The campaign is in the stage “%(stage)s”: readers have it so now.") % {
            "stage": stage.label
        }
    if published:
        return _(
            "The campaign is in the stage “%(stage)s” for readers; the draft that waits is so, too."
        ) % {"stage": stage.label}
    return _(
        "The draft is in the stage “%(stage)s”. Readers have it once the draft is published: submit it."
    ) % {"stage": stage.label}


# -- channels --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel with its short link and how often that was followed: of all time, and by week."""

    code: str
    kind: str
    name: str
    url: str
    shown_url: str
    total: int
    weeks: list[int]
    share: str
    qr: Any = None


def _short_url(code: str) -> str:
    return f"{base_url()}/s/{code}"


def _channels(page: CampaignPage) -> list[Any]:
    """The channels of the newest draft that have a short link."""
    return [channel for channel in newest(page).channels.all() if channel.code]


def _channel_rows(page: CampaignPage, *, qr: bool = False) -> tuple[list[ChannelRow], Any]:
    channels = _channels(page)
    found = counting.counts([c.code for c in channels], timezone.localdate())
    most = max([*found.totals.values(), 1])
    rows = [
        ChannelRow(
            code=channel.code,
            kind=channel.get_kind_display(),
            name=channel.name,
            url=_short_url(channel.code),
            shown_url=_short_url(channel.code).partition("://")[2],
            total=found.totals.get(channel.code, 0),
            weeks=[found.by_week[channel.code].get(week, 0) for week in found.weeks],
            share=f"{100 * found.totals.get(channel.code, 0) / most:.1f}%",
            qr=qr_code(_short_url(channel.code)) if qr else None,
        )
        for channel in channels
    ]
    return rows, found


class ChannelsView(WagtailAdminTemplateMixin, View):
    """What each channel brought: short links, codes, counts by week, as tables; and the totals as bars."""

    http_method_names = ["get", "head", "options"]
    template_name = "wagtailadmin/campaigns/channels.html"
    header_icon = "megaphone"
    page: CampaignPage

    def get_page_title(self) -> str:
        return _("Channels and counts")

    def get_page_subtitle(self) -> str:
        return str(self.page.get_admin_display_title())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """From Wagtail's home over the campaign's editor to this page."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("campaign_listing:index"), "label": _("Campaigns")},
            {
                "url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]),
                "label": self.page.get_admin_display_title(),
            },
            {"url": "", "label": self.get_page_title()},
        ]

    def get(self, request: HttpRequest, page_id: int) -> HttpResponse:
        """The tables; PermissionDenied for those who may not edit the campaign."""
        page = self.page = _for_editors(request, page_id)
        rows, found = _channel_rows(page)
        weeks = [
            (week, [row.weeks[n] for row in rows], sum(row.weeks[n] for row in rows))
            for n, week in enumerate(found.weeks)
        ]
        context = self.get_context_data(
            page=page,
            rows=rows,
            weeks=weeks,
            total=sum(row.total for row in rows),
            followed=page.live and Stage(page.stage).is_public,
        )
        return TemplateResponse(request, self.template_name, context)


@require_safe
def sheet_view(request: HttpRequest, page_id: int) -> HttpResponse:
    """All codes of the campaign on sheets to print and cut."""
    page = _for_editors(request, page_id)
    rows, _found = _channel_rows(page, qr=True)
    return render(
        request,
        "wagtailadmin/campaigns/qr_sheet.html",
        {"page": page, "title": page.get_admin_display_title(), "rows": rows},
    )


@require_safe
def qr_file(request: HttpRequest, page_id: int, code: str, kind: str) -> HttpResponse:
    """One code as a file for print: SVG, or PNG at 300 dots an inch."""
    page = _for_editors(request, page_id)
    if code not in {channel.code for channel in _channels(page)}:
        raise Http404
    made = segno.make(_short_url(code), error="q", micro=False)
    output = io.BytesIO()
    if kind == "svg":
        made.save(output, kind="svg", scale=10, border=4, title=_short_url(code))
        content_type = "image/svg+xml"
    else:
        made.save(output, kind="png", scale=PRINT_SCALE, border=4, dpi=300)
        content_type = "image/png"
    response = HttpResponse(output.getvalue(), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="qr-{code}.{kind}"'
    response["Cache-Control"] = "private, no-store"
    return response


@hooks.register("register_icons")
def icons(names: list[str]) -> list[str]:
    """The loudhailer, which Wagtail lacks."""
    return [*names, "wagtailadmin/icons/megaphone.svg"]


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """The addresses of the pages above."""
    return [
        path("campanii/<int:page_id>/muta/<slug:name>/", move_view, name=MOVE_URL),
        path("campanii/<int:page_id>/canale/", ChannelsView.as_view(), name=CHANNELS_URL),
        path("campanii/<int:page_id>/coduri-qr/", sheet_view, name=SHEET_URL),
        re_path(
            r"^campanii/(?P<page_id>[0-9]+)/qr/(?P<code>[a-z0-9-]{3,12})\.(?P<kind>svg|png)$",
            qr_file,
            name=QR_URL,
        ),
    ]


# -- links -----------------------------------------------------------------------------------------------------------


def _buttons(page: CampaignPage, user: Any, next_url: str | None) -> Iterator[Button]:
    rights = page.permissions_for_user(user)
    if not page.is_source or not rights.can_edit():
        return
    query = f"?{urlencode({'next': next_url})}" if next_url else ""
    # Whether it is locked is asked when the move is made: here it would cost queries for each row.
    for number, item in enumerate(moves_from(page.stage)):
        yield Button(
            str(item.label),
            reverse(MOVE_URL, args=[page.pk, item.name]) + query,
            icon_name="arrow-left" if item.back else "arrow-right",
            priority=15 + number,
        )
    yield Button(
        _("Channels and counts"),
        reverse(CHANNELS_URL, args=[page.pk]),
        icon_name="order",
        priority=24,
    )
    yield Button(
        _("QR codes to print"), reverse(SHEET_URL, args=[page.pk]), icon_name="image", priority=25
    )


@hooks.register("register_page_listing_more_buttons")
def listing_buttons(page: Page, user: Any, next_url: str | None = None) -> Iterator[Button]:
    """What can be done with a campaign, in every listing of pages."""
    if isinstance(page, CampaignPage):
        yield from _buttons(page, user, next_url)


@hooks.register("register_page_header_buttons")
def header_buttons(
    page: Page, user: Any, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    """The same above its editor, by the stage of the draft that is open there."""
    yield from listing_buttons(page, user, next_url)


class MoveFormatter(LogFormatter):
    """How the history tells of a move."""

    label = gettext_lazy("Move a campaign on")

    def format_message(self, log_entry: Any) -> str:
        data = log_entry.data
        try:
            words = {
                "source": Stage(data["from"]).label,
                "target": Stage(data["to"]).label,
            }
        except (KeyError, ValueError):
            return str(self.label)
        if data.get("published"):
            return _("Moved from “%(source)s” to “%(target)s”, for readers too") % words
        return _("Moved from “%(source)s” to “%(target)s” in the draft") % words


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    """The one action of a campaign's life."""
    actions.register_action(LOG_ACTION)(MoveFormatter)
