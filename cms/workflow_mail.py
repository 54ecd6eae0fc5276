"""Mail about a page's way to publishing: few, useful, and through the outbox (docs/publishing.md).

Submitted: to those who may approve it. Approved or sent back: to who submitted it. Nobody is written to about what they
did themselves, and Wagtail's own mails, which would be sent within the request, are not sent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import AbstractGroupApprovalTask, Page, TaskState, WorkflowState
from wagtail.signals import (
    task_submitted,
    workflow_approved,
    workflow_rejected,
    workflow_submitted,
)
from wagtail.users.models import UserProfile

from cms.mail_address import validate_mail_address
from cms.models import OutboxMail
from cms.multilingual import SOURCE_LANGUAGE
from cms.outbox import enqueue
from cms.preflight import LEVELS, Level, examine, in_numbers, newest, sentence
from cms.publishing import PREFLIGHT_URL

log = logging.getLogger("agora.workflow.mail")

SUBMITTED: Final = "workflow.submitted"
ANSWERED: Final = "workflow.answered"
QUIET: Final = timedelta(minutes=15)
"""A page that is withdrawn and submitted again within this time is not told of again, unless somebody answered."""

MOST_FINDINGS: Final = 10


# -- what every mail to editors keeps to -----------------------------------------------------------------------------


def readers(
    users: Iterable[Any], preference: str, but: Iterable[Any] = ()
) -> list[tuple[Any, str]]:
    """Those of `users` who can and want to be written to, each once, with the code of the language they read.

    Left out: `but` (None among them is nobody), inactive users, those without an address, and those who switched
    `preference` (a field of Wagtail's profile) off. One query for the profiles.
    """
    left_out = {user.pk for user in but if user is not None}
    wanted = {
        user.pk: user
        for user in users
        if user.is_active and user.pk not in left_out and _is_address(user.email)
    }
    profiles = {
        profile.user_id: profile for profile in UserProfile.objects.filter(user__in=list(wanted))
    }
    found = []
    for pk, user in wanted.items():
        profile = profiles.get(pk)
        if profile is None or getattr(profile, preference):
            language = profile.preferred_language if profile else ""
            found.append(
                (user, language if language in dict(settings.LANGUAGES) else SOURCE_LANGUAGE)
            )
    return found


def _is_address(text: str) -> bool:
    try:
        validate_mail_address(text)
    except ValidationError:
        return False
    return True


def one_line(text: str, most: int = 250) -> str:
    """`text` as a mail's subject may hold it."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:most].rstrip()


def render_mail(name: str, language: str, context: dict[str, Any]) -> tuple[str, str]:
    """Subject and body of the mail `name` in a language: templates/wagtailadmin/notifications/<name>(_subject).txt."""
    folder = "wagtailadmin/notifications"
    with override(language):
        subject = render_to_string(f"{folder}/{name}_subject.txt", context)
        body = render_to_string(f"{folder}/{name}.txt", context)
    lines = [line.rstrip() for line in body.strip().splitlines()]
    # Conditions in a template leave empty lines behind.
    kept = [line for n, line in enumerate(lines) if line or (n and lines[n - 1])]
    return one_line(subject), "\n".join(kept) + "\n"


def address_of(name: str, *args: Any) -> str:
    """The full address of a page of the admin."""
    return f"{settings.AGORA_BASE_URL.rstrip('/')}{reverse(name, args=args)}"


def name_of(user: Any) -> str:
    """How a user is called in mails; "" for nobody."""
    return str(user.get_full_name() or user.get_username()) if user is not None else ""


def harmless(write: Callable[..., None]) -> Callable[..., None]:
    """A receiver of signals that never breaks what it tells of: its error is logged and its own writes are undone."""

    def receive(sender: Any = None, instance: Any = None, user: Any = None, **kwargs: Any) -> None:
        try:
            with transaction.atomic():
                write(instance, user)
        except Exception:
            log.exception("mail not written", extra={"about": write.__name__})

    return receive


# -- submitted -------------------------------------------------------------------------------------------------------


def _tell_approvers(state: TaskState, user: Any) -> None:
    task = state.task.specific
    page = state.workflow_state.content_object
    if not isinstance(task, AbstractGroupApprovalTask) or not isinstance(page, Page):
        return
    author = state.workflow_state.requested_by
    users: Any = get_user_model()._default_manager
    group = users.filter(groups__in=task.groups.all()).distinct().order_by("pk")
    recipients = readers(group, "submitted_notifications", but=(user, author))
    quiet = _already_told(page) if recipients else set()
    draft = newest(page)
    # To look for what may be wrong takes many queries: once for a language, not for a reader.
    mails: dict[str, tuple[str, str]] = {}
    for reader, language in recipients:
        prefix = f"{SUBMITTED}:{page.pk}:{reader.pk}:"
        if prefix in quiet:
            continue
        if language not in mails:
            mails[language] = _submitted(draft, page, author, language)
        subject, body = mails[language]
        enqueue(
            to=reader.email,
            subject=subject,
            body=body,
            purpose=SUBMITTED,
            key=f"{prefix}{state.pk}",
            language=language,
        )


def _submitted(draft: Any, page: Page, author: Any, language: str) -> tuple[str, str]:
    """Subject and body, the same for all who read `language`. `draft`: what was submitted of `page`."""
    with override(language):
        found = examine(draft)
        levels = [
            (str(LEVELS[level]), [sentence(item) for item in found if item.level is level])
            for level in (Level.BLOCK, Level.WARNING)
        ]
        context = {
            "title": draft.get_admin_display_title(),
            "kind": str(draft.specific_class.get_verbose_name()),
            "author": name_of(author),
            "numbers": in_numbers(found),
            "levels": [(label, lines[:MOST_FINDINGS]) for label, lines in levels if lines],
            "go_live_at": draft.go_live_at,
            "address": address_of(PREFLIGHT_URL, page.pk)
            if found
            else address_of("wagtailadmin_pages:edit", page.pk),
        }
    return render_mail("page_submitted", language, context)


def _already_told(page: Page) -> set[str]:
    """The keys' beginnings of the mails about `page` of the last minutes that nobody has answered since."""
    since = timezone.now() - QUIET
    answered = (
        TaskState.objects.for_instance(page)
        .filter(status__in=[TaskState.STATUS_APPROVED, TaskState.STATUS_REJECTED])
        .order_by("-finished_at")
        .values_list("finished_at", flat=True)
        .first()
    )
    if answered is not None:
        since = max(since, answered)
    keys = OutboxMail.objects.filter(
        key__startswith=f"{SUBMITTED}:{page.pk}:", created_at__gt=since
    ).values_list("key", flat=True)
    return {f"{key.rpartition(':')[0]}:" for key in keys if key}


# -- answered --------------------------------------------------------------------------------------------------------


def _tell_author(state: WorkflowState, user: Any, *, approved: bool) -> None:
    page = state.content_object
    if not isinstance(page, Page) or state.requested_by is None:
        return
    preference = "approved_notifications" if approved else "rejected_notifications"
    task_state = state.current_task_state
    for reader, language in readers([state.requested_by], preference, but=(user,)):
        page = page.specific
        context = {
            "title": page.get_admin_display_title(),
            "reviewer": name_of(user),
            "comment": (task_state.specific.get_comment() if task_state else "").strip(),
            "approved": approved,
            "go_live_at": None if page.live else page.go_live_at,
            "address": (approved and page.live and page.full_url)
            or address_of("wagtailadmin_pages:edit", page.pk),
        }
        name = "page_approved" if approved else "page_sent_back"
        subject, body = render_mail(name, language, context)
        enqueue(
            to=reader.email,
            subject=subject,
            body=body,
            purpose=ANSWERED,
            key=f"{ANSWERED}:{state.pk}:{task_state.pk if task_state else 0}",
            language=language,
        )


def _tell_approved(state: WorkflowState, user: Any) -> None:
    # The row that Wagtail holds is of before it was published.
    state = WorkflowState.objects.get(pk=state.pk)
    _tell_author(state, user, approved=True)


def _tell_sent_back(state: WorkflowState, user: Any) -> None:
    _tell_author(state, user, approved=False)


def _tell_nobody(state: WorkflowState, user: Any) -> None:
    """Wagtail tells superusers of every page that is submitted; here who approves it is told."""


def connect() -> None:
    """Take the places of Wagtail's receivers, whichever app is ready first: a place is taken by its name once."""
    for signal, sender, place, receiver in (
        (task_submitted, TaskState, "group_approval_task_submitted", _tell_approvers),
        (workflow_submitted, WorkflowState, "workflow_state_submitted", _tell_nobody),
        (workflow_rejected, WorkflowState, "workflow_state_rejected", _tell_sent_back),
        (workflow_approved, WorkflowState, "workflow_state_approved", _tell_approved),
    ):
        name = f"{place}_email_notification"
        signal.disconnect(sender=sender, dispatch_uid=name)
        signal.connect(harmless(receiver), sender=sender, dispatch_uid=name, weak=False)
