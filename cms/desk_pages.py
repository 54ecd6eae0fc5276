"""What waits on pages, for the editors' home: to review, sent back, drafts, what comes and goes by its date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.models import (
    Page,
    Revision,
    TaskState,
    WorkflowState,
    get_default_page_content_type,
)
from wagtail.permissions import policy_registry

from cms.desk import MOST, DeskItem, DeskList
from cms.models import CalendarYear
from cms.multilingual import SOURCE_LANGUAGE
from cms.service_calendar import moment

REVIEW_WITHIN: Final = timedelta(days=3)
"""A page that was submitted longer ago is late."""
SOON: Final = timedelta(days=14)
"""How far ahead the home tells what is published or taken down by its date."""
GRACE: Final = timedelta(hours=1)
"""How late scheduled publishing may be before the home says that it does not run."""
MOST_SCHEDULED: Final = 200
"""Scheduled revisions that are looked at, the first to come first."""


# -- words -------------------------------------------------------------------------------------------------------------


def editable(user: Any) -> QuerySet[Page]:
    """The pages that `user` may edit."""
    policy = policy_registry.get_by_type(Page)
    pages: QuerySet[Page] = policy.instances_user_has_permission_for(user, "change")
    return pages


def page_item(page: Page, *said: str, due: date | None = None) -> DeskItem:
    """The line of a page, which leads to its editor; `page` comes with its locale.

    A translation says its language first: its title alone may be that of the source.
    """
    code = page.locale.language_code
    language = "" if code == SOURCE_LANGUAGE else str(page.locale.get_display_name() or code)
    return DeskItem(
        title=page.draft_title or page.title,
        url=reverse("wagtailadmin_pages:edit", args=[page.pk]),
        words=" · ".join(part for part in (language, *said) if part),
        due=due,
    )


def name_of(user: Any) -> str:
    """How a colleague is named; "" for nobody."""
    return str(user.get_full_name() or user.get_username()) if user is not None else ""


def day_text(when: datetime) -> str:
    """The local day of a time, in the active language."""
    return date_format(timezone.localtime(when), pgettext("date", "j F Y"))


def _pages(states: Iterable[WorkflowState]) -> dict[str, Page]:
    """The pages that workflows are about, by their key as workflows keep it: one query."""
    keys = [int(state.object_id) for state in states]
    found = Page.objects.filter(pk__in=keys).select_related("locale")
    return {str(page.pk): page for page in found}


def _total(found: Sequence[Any], rows: QuerySet[Any]) -> int:
    """How many `rows` there are, of which MOST + 1 were read."""
    return len(found) if len(found) <= MOST else rows.count()


# -- workflow ----------------------------------------------------------------------------------------------------------


def to_review(request: HttpRequest) -> DeskList | None:
    """Pages that others submitted and that the user may approve, the longest waiting first."""
    rows = (
        TaskState.objects.reviewable_by(request.user)
        .filter(workflow_state__base_content_type=get_default_page_content_type())
        .select_related("workflow_state__requested_by")
        .order_by("started_at", "pk")
    )
    found = list(rows[: MOST + 1])
    if not found:
        return None
    pages = _pages(state.workflow_state for state in found)
    items = []
    for state in found[:MOST]:
        page = pages.get(state.workflow_state.object_id)
        if page is not None:
            words = _("submitted on %(day)s by %(name)s") % {
                "day": day_text(state.started_at),
                "name": name_of(state.workflow_state.requested_by) or "–",
            }
            items.append(page_item(page, words))
    return DeskList(
        key="to-review",
        title=_("To review"),
        items=items,
        total=_total(found, rows),
        more_url=f"{reverse('wagtailadmin_reports:workflow_tasks')}?reviewable=true",
        urgent=moment(request) - found[0].started_at > REVIEW_WITHIN,
        advice=_("Open the page, look at its preview, then approve it or ask for changes."),
    )


def _my_workflows(request: HttpRequest, status: str) -> QuerySet[WorkflowState]:
    """The workflows in `status` that the user began, on pages."""
    return WorkflowState.objects.filter(
        status=status,
        requested_by=request.user.pk,
        base_content_type=get_default_page_content_type(),
    ).select_related("current_task_state__finished_by")


def sent_back(request: HttpRequest) -> DeskList | None:
    """Pages that the user submitted and a reviewer sent back, with what the reviewer says."""
    rows = _my_workflows(request, WorkflowState.STATUS_NEEDS_CHANGES).order_by(
        "-current_task_state__finished_at", "-pk"
    )
    found = list(rows[: MOST + 1])
    pages = _pages(found) if found else {}
    return DeskList(
        key="sent-back",
        title=_("Sent back to you"),
        items=[
            page_item(pages[state.object_id], _remark(state.current_task_state))
            for state in found[:MOST]
            if state.object_id in pages
        ],
        total=_total(found, rows),
        advice=_("Change what is asked for, then submit the page again."),
    )


def _remark(state: Any) -> str:
    """What a reviewer wrote, in one line."""
    if state is None:
        return ""
    reviewer = name_of(state.finished_by)
    comment = " ".join(state.comment.split())
    if not comment:
        return reviewer
    shortened = comment if len(comment) <= 160 else f"{comment[:159].rstrip()}…"
    return f"{reviewer}: “{shortened}”" if reviewer else f"“{shortened}”"


def submitted(request: HttpRequest) -> DeskList | None:
    """Pages that the user submitted and nobody has looked at yet."""
    rows = _my_workflows(request, WorkflowState.STATUS_IN_PROGRESS).order_by("created_at", "pk")
    found = list(rows[: MOST + 1])
    pages = _pages(found) if found else {}
    return DeskList(
        key="submitted",
        title=_("Submitted by you"),
        items=[
            page_item(
                pages[state.object_id],
                _("waits since %(day)s") % {"day": day_text(state.created_at)},
            )
            for state in found[:MOST]
            if state.object_id in pages
        ],
        total=_total(found, rows),
        advice=_("A moderator publishes them. You can go on changing them meanwhile."),
    )


# -- drafts ------------------------------------------------------------------------------------------------------------


def my_drafts(request: HttpRequest) -> DeskList | None:
    """Pages that the user edited last and that wait unpublished, the newest first.

    Without those that were submitted or are to be published by their date: they stand in other lists.
    """
    submitted_pages = WorkflowState.objects.active().filter(
        base_content_type=get_default_page_content_type(),
        object_id=Cast(OuterRef("pk"), output_field=CharField()),
    )
    rows = (
        editable(request.user)
        .filter(
            ~Exists(submitted_pages),
            has_unpublished_changes=True,
            latest_revision__user=request.user.pk,
            latest_revision__approved_go_live_at=None,
        )
        .select_related("locale")
        .order_by("-latest_revision_created_at", "-pk")
    )
    found = list(rows[: MOST + 1])
    return DeskList(
        key="my-drafts",
        title=_("Your drafts"),
        items=[page_item(page, *_draft_words(page)) for page in found[:MOST]],
        total=_total(found, rows),
        advice=_("Finish them and submit them, or delete what is not needed any more."),
    )


def _draft_words(page: Page) -> Iterable[str]:
    if page.latest_revision_created_at is not None:
        yield _("edited on %(day)s") % {"day": day_text(page.latest_revision_created_at)}
    yield _("published, with changes that wait") if page.live else _("not published")


# -- by date -----------------------------------------------------------------------------------------------------------


def comes_and_goes(request: HttpRequest) -> DeskList | None:
    """What is published, or taken down, by its date within two weeks, of the pages that the user may edit."""
    if not policy_registry.get_by_type(Page).user_has_any_permission(request.user, {"change"}):
        return None
    now = moment(request)
    mine = editable(request.user).select_related("locale")
    revisions = Revision.page_revisions.filter(approved_go_live_at__lte=now + SOON).order_by(
        "approved_go_live_at", "pk"
    )
    scheduled: dict[str, datetime] = {}
    for key, when in revisions.values_list("object_id", "approved_go_live_at")[:MOST_SCHEDULED]:
        scheduled.setdefault(key, when)
    dated = [
        (scheduled[str(page.pk)], page, _("is published on %(when)s"))
        for page in (mine.filter(pk__in=list(map(int, scheduled))) if scheduled else ())
    ]
    going = mine.filter(live=True, expire_at__lte=now + SOON).order_by("expire_at", "pk")
    dated += [
        (page.expire_at, page, _("is taken down on %(when)s"))
        for page in going[: MOST + 1]
        if page.expire_at is not None
    ]
    dated.sort(key=lambda entry: (entry[0], entry[1].pk))
    late = bool(dated) and dated[0][0] < now - GRACE
    return DeskList(
        key="comes-and-goes",
        title=_("Published or taken down soon, by date"),
        items=[
            page_item(page, words % {"when": _when_text(when)}, due=timezone.localdate(when))
            for when, page, words in dated[:MOST]
        ],
        total=len(dated) if len(dated) <= MOST else -1,
        urgent=late,
        advice=_("The first of them is late: tell whoever runs the site that pages_tick must run.")
        if late
        else _("Change the dates in the page's schedule, if they are not right any more."),
    )


def _when_text(when: datetime) -> str:
    return date_format(timezone.localtime(when), "SHORT_DATETIME_FORMAT")


# -- working calendar --------------------------------------------------------------------------------------------------


def unreviewed_year(request: HttpRequest) -> DeskList | None:
    """The year whose bridging days nobody has looked at, for those who may change the calendar."""
    if not request.user.has_perm("cms.change_calendarday"):
        return None
    year = CalendarYear.unreviewed(moment(request).date())
    if year is None:
        return None
    return DeskList(
        key="calendar-year",
        title=_("Working calendar"),
        items=[
            DeskItem(
                _("Open the working calendar"), reverse("wagtailsnippets_cms_calendarday:list")
            )
        ],
        total=1,
        urgent=True,
        advice=_(
            "The bridging days of %(year)s have not been reviewed: opening hours and legal terms may be wrong."
        )
        % {"year": year},
    )
