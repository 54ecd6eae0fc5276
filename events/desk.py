"""What of the calendar waits for an editor: lists for the admin's home, each for those it concerns."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Page
from wagtail.permissions import policy_registry

from cms.desk import MOST, DeskItem, DeskList
from cms.desk_pages import page_item
from cms.service_calendar import moment
from events.models.imports import ImportedEvent, PartnerCalendar

_NAME = "wagtailsnippets_events_partnercalendar"


def failing_calendars(request: HttpRequest) -> DeskList | None:
    """Partners' calendars whose last reading failed, for those who may change them: one query."""
    policy = policy_registry.get_by_type(PartnerCalendar)
    if not policy.user_has_permission(request.user, "change"):
        return None
    rows = PartnerCalendar.objects.filter(enabled=True, last_status=PartnerCalendar.Status.FAILS)
    rows = rows.order_by("last_success_at", "name", "pk")
    found = list(rows[: MOST + 1])
    return DeskList(
        key="failing-calendars",
        title=_("Partners' calendars that cannot be read"),
        items=[
            DeskItem(row.name, reverse(f"{_NAME}:edit", args=[row.pk]), row.health())
            for row in found[:MOST]
        ],
        total=len(found) if len(found) <= MOST else -1,
        more_url=f"{reverse(f'{_NAME}:list')}?last_status={PartnerCalendar.Status.FAILS}",
        urgent=True,
        advice=_(
            "Their events grow old on the site. Look at the address, or ask the partner; "
            "switch off what is not kept any more."
        ),
    )


def imported_drafts(request: HttpRequest) -> DeskList | None:
    """Events that came from partners' calendars as drafts and are still to come, for those who may publish them.

    The first to take place first; two queries at most.
    """
    policy = policy_registry.get_by_type(Page)
    mine = policy.instances_user_has_permission_for(request.user, "publish")
    today = moment(request).date()
    waiting = ImportedEvent.objects.filter(
        Q(last_day__isnull=True) | Q(last_day__gte=today),
        calendar__isnull=False,
        gone_at=None,
        page__live=False,
        page__first_published_at=None,
    )
    rows = (
        mine.filter(pk__in=waiting.values("page_id"))
        .select_related("locale")
        .order_by("latest_revision_created_at", "pk")
    )
    found = list(rows[: MOST + 1])
    return DeskList(
        key="imported-drafts",
        title=_("Events from partners' calendars"),
        items=[page_item(page) for page in found[:MOST]],
        total=len(found) if len(found) <= MOST else rows.count(),
        more_url=f"{reverse('event_listing:index')}?status=draft&when=none",
        advice=_("They came as drafts. Publish them, or delete those that do not belong here."),
    )
