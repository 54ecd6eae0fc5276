"""One's own terms as a calendar, at an address that only its owner knows.

What stands in a calendar leaves the house: number, kind and day, nothing else, and no more than the owner sees in the
register on the day of asking.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, time
from typing import Any, Final

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from contacts.tree import descendants
from events.enums import State
from events.ical import FeedEvent, FeedInfo, calendar, event_block
from events.schedule import Schedule
from events.subscriptions import base_url
from registry.deadlines import CITY_ZONE, registration_day
from registry.models.desk import TermsToken
from registry.models.entries import NO_TERM, RegistryEntry
from registry.models.work import Contribution
from registry.numbers import format_short
from registry.permissions import Reader, may_see_register
from registry.staff import language_of

TOKEN_BYTES: Final = 32
"""Random bytes in a token: 256 bits. Nobody finds one by trying."""

MOST_TERMS: Final = 500
"""In one calendar, the longest overdue first."""

MOST_TOKENS: Final = 20
"""In use, of one colleague: a telephone, a tablet, a computer, and some that were forgotten."""

_TOKEN_FILE: Final = re.compile(r"([A-Za-z0-9_-]{22,128})\.ics")
# RFC 5545, 3.8.1.3: shared calendars show that there is something, not what.
_CLASS: Final = ("\r\nCLASS:PUBLIC\r\n", "\r\nCLASS:CONFIDENTIAL\r\n")


# -- tokens ------------------------------------------------------------------------------------------------------------


def digest_of(token: str) -> str:
    """What is kept of a token: its SHA-256. It is random in all of its bits, so it needs neither salt nor slowness."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue(user: Any, name: str) -> tuple[TermsToken, str]:
    """Make a token for `user`; returns it and its value, which is stored nowhere and shown once."""
    plain = secrets.token_urlsafe(TOKEN_BYTES)
    token = TermsToken.objects.create(
        user=user, name=name, digest=digest_of(plain), created_at=timezone.now()
    )
    return token, plain


def revoke(token: TermsToken) -> bool:
    """Close a calendar for good; False where it was closed before."""
    open_ones = TermsToken.objects.filter(pk=token.pk, revoked_at=None)
    return bool(open_ones.update(revoked_at=timezone.now()))


def address_of(plain: str) -> str:
    """The whole address of a calendar."""
    return f"{base_url()}{reverse('registry:terms', args=[f'{plain}.ics'])}"


def _bearing(file: str) -> TermsToken | None:
    match = _TOKEN_FILE.fullmatch(file)
    if match is None:
        return None
    tokens = TermsToken.objects.select_related("user__wagtail_userprofile")
    return tokens.filter(digest=digest_of(match[1]), revoked_at=None, user__is_active=True).first()


def _note_use(token: TermsToken, now: datetime) -> None:
    """Keep the day of the last use, not the moment: when people look is nobody's business. Written once a day."""
    today = registration_day(now)
    if token.last_used_at is None or registration_day(token.last_used_at) != today:
        midnight = datetime.combine(today, time(), CITY_ZONE)
        TermsToken.objects.filter(pk=token.pk).update(last_used_at=midnight)


# -- what it holds -----------------------------------------------------------------------------------------------------


def own_terms(user: Any) -> list[RegistryEntry]:
    """The open entries with a term that `user` works on: named, or of a department that he leads or works for.

    In a department's work that a colleague is named for, only its heads; the longest overdue first.
    """
    reader = Reader(user)
    if not reader.departments:
        return []
    led = _led_by(reader)
    mine = Q(officer=user) | Q(officer=None) | Q(department__in=led)
    rows = (
        RegistryEntry.objects.visible_to(user)
        .filter(mine, department__in=reader.departments, open_due__lt=NO_TERM)
        .select_related("kind")
        .order_by("open_due", "pk")
        .defer("body", "answer", "search_text")
    )
    return [entry for entry in rows[:MOST_TERMS] if not reader.is_concerned_by(entry)]


def own_contributions(user: Any) -> list[Contribution]:
    """What the departments of `user` were asked to contribute to open entries and have not yet; the first due first."""
    reader = Reader(user)
    if not reader.departments:
        return []
    visible = RegistryEntry.objects.visible_to(user)
    rows = (
        Contribution.objects.filter(
            department__in=reader.departments, given_at=None, entry__open_due__isnull=False
        )
        .filter(entry__in=visible)
        .select_related("entry__kind")
        .order_by("due", "pk")
    )
    return [row for row in rows[:MOST_TERMS] if not reader.is_concerned_by(row.entry)]


def _led_by(reader: Reader) -> set[int]:
    led = set(
        reader.user.desk_memberships.filter(is_head=True).values_list("department_id", flat=True)
    )
    return led.union(*(descendants(reader.parent_of, department) for department in led))


def terms_calendar(user: Any, now: datetime) -> bytes:
    """The calendar of `user` at `now` (aware), in the language of his admin."""
    language = language_of(user)
    with translation.override(language):
        blocks = []
        if may_see_register(user):
            blocks += [_block(entry, entry, now, language) for entry in own_terms(user)]
            blocks += [_block(row.entry, row, now, language) for row in own_contributions(user)]
        info = FeedInfo(
            name=_("Terms of the register"),
            description=_("Your own terms. Do not pass the address of this calendar on."),
            language=language,
            url=f"{base_url()}{reverse('registry_entries:list')}",
            source="",
            colour="",
            apple_colour="",
            last_modified=now,
        )
    return calendar(info, blocks)


def _block(
    entry: RegistryEntry, what: RegistryEntry | Contribution, now: datetime, language: str
) -> str:
    number = format_short(entry.number, entry.year)
    is_contribution = isinstance(what, Contribution)
    words = (
        pgettext("in a calendar of terms", "%(number)s — contribution")
        if is_contribution
        else pgettext("in a calendar of terms", "%(number)s — answer")
    ) % {"number": number}
    if not entry.kind.is_confidential:
        words += f" ({entry.kind})"
    due = what.due
    if due is None:
        return ""
    event = FeedEvent(
        uid=f"registry-contribution-{what.pk}" if is_contribution else f"registry-entry-{entry.pk}",
        uid_domain=settings.AGORA_UID_DOMAIN,
        schedule=Schedule(start_day=due, start_time=None, end_day=None, end_time=None),
        state=State.SCHEDULED,
        reason="",
        language=language,
        title=words,
        text_language=language,
        description="",
        url=f"{base_url()}{reverse('registry_entries:entry', args=[entry.pk])}",
        place=None,
        online_url="",
        categories=(),
        organiser="",
        organiser_uri=base_url(),
        contact="",
        created=entry.registered_at,
        # When a term moved is not kept apart from what else was done with the entry: the version counts it.
        modified=now,
        sequence=entry.version,
    )
    return event_block(event, due).replace(*_CLASS)


# -- the address -------------------------------------------------------------------------------------------------------


@csrf_exempt
@require_safe
@sensitive_variables()
def by_token(request: HttpRequest, token: str) -> HttpResponse:
    """/registru/termene/{token}.ics: the terms of the token's owner. No copy is kept on the way.

    Whatever opens nothing (unknown, revoked, of somebody who left) gets the same empty 404, which repeats nothing of
    the address.
    """
    # The middleware has cut the token off `path`; error reports print this, too.
    request.path_info = request.path
    known = _bearing(token)
    if known is None:
        response = HttpResponse(status=404, content_type="text/plain")
    else:
        now = timezone.now().replace(microsecond=0)
        _note_use(known, now)
        response = HttpResponse(
            terms_calendar(known.user, now),
            content_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": 'inline; filename="terms.ics"'},
        )
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-store"
    return response
