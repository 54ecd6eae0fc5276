"""Mail about comments on a page's draft: collected, so that a conversation is one mail and not twenty.

Wagtail saves while somebody types and would write each time. Here the first change writes a mail that waits for
`COLLECTED`; what comes meanwhile is put into it, and what was deleted meanwhile is not told at all.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.models import Comment, CommentReply, Page, PageSubscription

from cms.models import OutboxMail
from cms.outbox import enqueue, rewrite, withdraw
from cms.plain_language import shortened
from cms.workflow_mail import address_of, name_of, readers, render_mail

log = logging.getLogger("agora.workflow.mail")

PURPOSE: Final = "page.comments"
COLLECTED: Final = timedelta(minutes=15)
# A comment is saved a moment before its mail is written.
_SAVING: Final = timedelta(minutes=1)
MOST: Final = 30
"""Comments that one mail quotes; the rest is on the page."""


def tell_of(page: Page, changes: dict[str, list[Any]], user: Any) -> None:
    """Write to those who follow `page` or a thread about what `user` changed. Never raises: the draft is saved already.

    Only to those who may edit the page: nobody else sees its comments. `changes` as Wagtail's editor finds them.
    """
    if not any(
        changes[kind]
        for kind in (
            "new_comments",
            "deleted_comments",
            "resolved_comments",
            "new_replies",
            "deleted_replies",
        )
    ):
        return
    try:
        with transaction.atomic():
            _write_all(page, changes, user)
    except Exception:
        log.exception("mail not written", extra={"about": "comments"})


def _write_all(page: Page, changes: dict[str, list[Any]], user: Any) -> None:
    threads = {comment.pk for comment in changes["resolved_comments"] if comment.pk}
    threads |= {comment.pk for comment, _replies in changes["new_replies"] if comment.pk}
    subscribers = set(
        PageSubscription.objects.filter(page=page, comment_notifications=True).values_list(
            "user_id", flat=True
        )
    )
    now = timezone.now()
    # What is deleted is taken out of every mail that waits, whoever gets it: also theirs who deleted it.
    deletes = changes["deleted_comments"] or changes["deleted_replies"]
    waiting = _waiting(page, now) if deletes else {}
    people: Any = get_user_model()._default_manager
    followers = people.filter(
        Q(pk__in=subscribers)
        | Q(comment_replies__comment__in=threads)
        | Q(wagtail_admin_comments__in=threads)
        | Q(pk__in=list(waiting))
    )
    for reader, language in readers(
        followers.distinct().order_by("pk"),
        "updated_comments_notifications",
        but=() if user.pk in waiting else (user,),
    ):
        if not page.permissions_for_user(reader).can_edit():
            # Comments are the editors': who once wrote one or followed may have another task by now.
            continue
        _collect(page, reader, language, reader.pk in subscribers, now)
        waiting.pop(reader.pk, None)
    for mail in waiting.values():
        # Nobody to be told any more.
        withdraw(mail, now)


def _waiting(page: Page, now: datetime) -> dict[int, OutboxMail]:
    """The mails about `page` that wait for their time, by their reader's key."""
    mails = OutboxMail.objects.filter(
        key__startswith=f"{PURPOSE}:{page.pk}:", not_before__gt=now
    ).order_by("pk")
    return {int(str(mail.key).split(":")[2]): mail for mail in mails}


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody else did: `kind` is "new", "reply" or "resolved"; `thread`: the comment that it belongs to."""

    kind: str
    who: str
    text: str
    thread: str = ""


def _collect(page: Page, reader: Any, language: str, whole_page: bool, now: datetime) -> None:
    """Write the reader's mail, or anew the one that waits; take it back where nothing is left to tell."""
    prefix = f"{PURPOSE}:{page.pk}:{reader.pk}:"
    waiting = (
        OutboxMail.objects.filter(key__startswith=prefix, not_before__gt=now)
        .order_by("-pk")
        .first()
    )
    since = (waiting.created_at if waiting is not None else now) - _SAVING
    entries = _entries(page, reader, whole_page, since)
    if not entries:
        if waiting is not None:
            withdraw(waiting, now)
        return
    subject, body = render_mail(
        "page_comments",
        language,
        {
            "title": page.get_admin_display_title(),
            "entries": entries[:MOST],
            "more": max(0, len(entries) - MOST),
            "address": address_of("wagtailadmin_pages:edit", page.pk),
        },
    )
    if waiting is not None and rewrite(waiting, body=body, now=now):
        return
    enqueue(
        to=reader.email,
        subject=subject,
        body=body,
        purpose=PURPOSE,
        key=f"{prefix}{now:%Y%m%d%H%M%S%f}",
        language=language,
        not_before=now + COLLECTED,
    )


def _entries(page: Page, reader: Any, whole_page: bool, since: datetime) -> list[Entry]:
    """What others wrote or resolved on `page` since then, in its order; of threads of the reader only, or of all."""
    comments = Comment.objects.filter(page=page)
    if not whole_page:
        own = Comment.objects.filter(Q(user=reader) | Q(replies__user=reader))
        comments = comments.filter(pk__in=own.values("pk"))
    found: list[tuple[datetime, Entry]] = []
    for comment in (
        comments.filter(created_at__gte=since).exclude(user=reader).select_related("user")
    ):
        found.append((comment.created_at, Entry("new", name_of(comment.user), comment.text)))
    replies = CommentReply.objects.filter(comment__in=comments.values("pk"), created_at__gte=since)
    for reply in replies.exclude(user=reader).select_related("user", "comment"):
        entry = Entry("reply", name_of(reply.user), reply.text, shortened(reply.comment.text))
        found.append((reply.created_at, entry))
    resolved = comments.filter(resolved_at__gte=since).exclude(resolved_by=reader)
    for comment in resolved.select_related("resolved_by"):
        entry = Entry("resolved", name_of(comment.resolved_by), shortened(comment.text))
        found.append((comment.resolved_at, entry))
    return [entry for _moment, entry in sorted(found, key=lambda item: item[0])]
