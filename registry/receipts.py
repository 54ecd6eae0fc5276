"""The receipt of a petition, for a day at an address that only its sender knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from cms.multilingual import content_language
from cms.working_calendar import WorkingCalendar, name_in
from events.subscriptions import qr_code
from registry import registration, term_services
from registry.deadlines import CITY_ZONE, TermKey
from registry.enums import ReplyBy
from registry.form_tokens import read_receipt_token, submission_key
from registry.models.entries import RegistryEntry
from registry.models.intake import QueuedSubmission
from registry.models.kinds import DeadlineRule
from registry.private_pages import private_page
from registry.term_text import explain
from registry.tracking_codes import derive_code

if TYPE_CHECKING:
    from registry.models.pages import PetitionPage

LIFE: Final = timedelta(hours=24)
"""How long a receipt can be read at its address."""
TEMPLATE: Final = "registry/receipt.html"
EXPIRED_TEMPLATE: Final = "registry/receipt_expired.html"
# How the office plans its work is nobody's term.
_OF_THE_HOUSE: Final = {TermKey.INTERNAL_DUE, TermKey.DISPATCH_TARGET}


@dataclass(frozen=True, slots=True)
class TermView:
    """A term for the reader: its name, its day, the law, and the calculation sentence by sentence."""

    key: str
    title: str
    day: date
    legal_basis: str
    steps: list[str]


@dataclass(frozen=True, slots=True)
class DueView:
    """The promised day. Where nobody works on it: `reason` (perhaps "") and `target`, the working day before."""

    day: date
    reason: str = ""
    target: date | None = None


@sensitive_variables()
def respond(page: PetitionPage, request: HttpRequest, token: str) -> HttpResponse:
    """The receipt whose address ends in `token`; 410 when its day is over. Raises Http404 for any other address."""
    # The middleware has cut the token off `path`; error reports print this, too.
    request.path_info = request.path
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    nonce = read_receipt_token(token)
    if nonce is None:
        raise Http404
    key = submission_key(nonce)
    entry = registration.existing(key)
    queued = None if entry else QueuedSubmission.objects.filter(submission_key=key).first()
    if entry is not None:
        since = entry.registered_at
    elif queued is not None:
        since = queued.received_at
    else:
        raise Http404
    context: dict[str, Any] = {"tracking_url": page.tracking_url, "entry": entry}
    if timezone.now() - since > LIFE:
        return private_page(page, request, EXPIRED_TEMPLATE, context, status=410)
    context["code"] = derive_code(settings.SECRET_KEY, nonce)
    context["qr"] = qr_code(page.tracking_address) if page.tracking_address else ""
    if entry is not None:
        context |= _registered(entry)
    elif queued is not None:
        context |= _waiting(queued)
    return private_page(page, request, TEMPLATE, context)


def _registered(entry: RegistryEntry) -> dict[str, Any]:
    calendar = term_services.working_calendar()
    terms = term_views(entry, calendar)
    return {
        "at": entry.registered_at.astimezone(CITY_ZONE),
        "due": due_view(entry, calendar),
        "redirect": next((term for term in terms if term.key == TermKey.REDIRECT_BY), None),
        "terms": terms,
        "basis": next((term.legal_basis for term in terms if term.key == TermKey.DUE), ""),
        "files": list(entry.attachments.filter(completion=None)),
        "mailed_to": entry.petitioner_email if entry.reply_by == ReplyBy.EMAIL else "",
    }


def _waiting(queued: QueuedSubmission) -> dict[str, Any]:
    answers = queued.answers
    by_mail = answers.get("reply_by") == ReplyBy.EMAIL
    return {
        "queued": queued,
        "is_left_out": queued.state == QueuedSubmission.State.DISMISSED,
        "at": queued.received_at.astimezone(CITY_ZONE),
        "subject": answers.get("subject", ""),
        "files": [
            {"name": file["name"], "size": file["size"], "short_hash": file["sha256"][:12]}
            for file in queued.files
        ],
        "mailed_to": answers.get("sender", {}).get("email", "") if by_mail else "",
    }


def term_views(entry: RegistryEntry, calendar: WorkingCalendar) -> list[TermView]:
    """The terms of `entry` that concern its sender, each with its calculation in the active language."""
    rows = list(DeadlineRule.objects.in_force(entry.kind.family, entry.registered_on))
    names = {row.key: str(row.name) for row in rows}
    terms = term_services.terms_of(entry, calendar, [row.as_rule() for row in rows])
    return [
        TermView(key, names[key], term.day, term.legal_basis, explain(term, names[key]))
        for key, term in terms.items()
        if key not in _OF_THE_HOUSE
    ]


def due_view(entry: RegistryEntry, calendar: WorkingCalendar) -> DueView | None:
    """The day promised to the sender of `entry`; None for what has no term."""
    if entry.due is None:
        return None
    target = entry.internal_due
    if target is None or target == entry.due:
        return DueView(entry.due)
    special = calendar.special_day(entry.due)
    names = special.names if special else None
    return DueView(entry.due, name_in(names, content_language()) if names else "", target)
