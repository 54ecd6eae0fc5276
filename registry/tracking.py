"""Following a petition by its number and its code, and adding to it.

Both travel in the body of a POST only. Whatever is wrong (no such number, another code, nothing that could be either)
costs the same work and gets the same answer. What opens shows what happened, never what was written or by whom.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from cms.client_address import client_address
from registry import form_files, intake, lifecycle, posted, registration, term_services
from registry.deadlines import registration_day
from registry.enums import COURT_FAMILIES
from registry.files import vault
from registry.files.responses import AttachmentLost, attachment_response
from registry.form_files import FormFiles
from registry.form_tokens import FormToken, new_token, read_token, submission_key
from registry.models.entries import Attachment, RegistryEntry
from registry.numbers import NumberQuery, parse_number
from registry.personal_numbers import find_cnps, mask_cnps
from registry.petition_form import TEXT_LENGTH, LengthLimit
from registry.posted import Posted
from registry.private_pages import private_page
from registry.receipts import due_view, term_views
from registry.signed_answers import signed_answer
from registry.term_text import days_left_text
from registry.timeline import timeline
from registry.tracking_codes import normalise_code, same_code

if TYPE_CHECKING:
    from registry.models.pages import TrackingPage

TEMPLATE: Final = "registry/tracking_page.html"
RESULT_TEMPLATE: Final = "registry/tracking_result.html"
TRIED: Final = "track"
FIELDS: Final = {"number": False, "code": False, "text": True}
RETRY_AFTER: Final = 3600
_LONGEST_INPUT: Final = 100
# Numbers begin anew each year and in each register; more of the same number are not looked through.
_CANDIDATES: Final = 12
_LONGEST_BAR: Final = 60

log = logging.getLogger("agora.registry.tracking")


@dataclass(slots=True)
class Completing:
    """The form below the timeline: its token, what was typed, its files, and what is wrong with them."""

    token: FormToken
    text: str = ""
    files: FormFiles | None = None
    errors: list[dict[str, str]] | None = None
    problem: str = ""
    has_personal_number: bool = False
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the term's bar: `x` in thousandths of its width; `kind`: over, now or to come."""

    x: int
    kind: str


@dataclass(frozen=True, slots=True)
class TermBar:
    """How far a term has come: day `day` of `days`, a cell for each; `width` of a cell in thousandths."""

    day: int
    days: int
    width: int
    cells: list[Cell]


@sensitive_variables()
def respond(page: TrackingPage, request: HttpRequest) -> HttpResponseBase:
    """Answer a GET with the form, and a POST with what number and code open: the page, or the signed answer."""
    if request.method != "POST":
        return private_page(page, request, TEMPLATE, {"typed_number": ""}, indexed=True)
    now = timezone.now()
    came = posted.read_post(request)
    typed = came.texts(FIELDS)
    number, code = typed["number"][:_LONGEST_INPUT], typed["code"][:_LONGEST_INPUT]
    if came.unreadable is not None:
        text = _("What you sent could not be read. Go back and send it again, with fewer files.")
        return _form(page, request, number, 400, text)
    address = client_address(request)
    if intake.is_over_limit(TRIED, address, intake.TRIES_AN_HOUR, now):
        response = _form(
            page,
            request,
            number,
            429,
            _(
                "There were too many attempts from your network. Try again in an hour, or call us with the "
                "registration number."
            ),
        )
        response.headers["Retry-After"] = str(RETRY_AFTER)
        return response
    entry = find_entry(parse_number(number), code)
    if entry is None:
        _note(address, now)
        return _form(
            page,
            request,
            number,
            422,
            _(
                "No petition has this number together with this code. Compare both with your receipt: small letters "
                "and dashes do not matter, every letter and figure does."
            ),
        )
    completing = Completing(new_token(now))
    status = 200
    signed = signed_answer(entry)
    if came.fields.get("action") == "signed" and signed is not None:
        try:
            return attachment_response(
                stored=signed.stored_name,
                name=signed.name,
                media_type=signed.media_type,
                size=signed.size,
                sha256=signed.sha256,
            )
        except AttachmentLost:
            completing.problem = _(
                "The signed file cannot be opened now. The answer stands below; call us with the registration number, "
                "and you get the file."
            )
            status = 503
    if came.fields.get("action") == "complete":
        completing, status = _complete(entry, came, typed["text"], address, now)
        if completing.is_done:
            entry.refresh_from_db()
    return _result(page, request, entry, code, completing, status, signed)


def _form(
    page: TrackingPage, request: HttpRequest, number: str, status: int, problem: str
) -> HttpResponse:
    # The code is not given back: it would stand in the page of whoever looks over a shoulder.
    context = {"typed_number": number, "problem": problem}
    return private_page(page, request, TEMPLATE, context, status=status)


def _note(address: str, now: datetime) -> None:
    """Count a wrong pair. Where the database is too busy to count, the answer is no other."""
    if intake.limits_are_off():
        return
    try:
        intake.note_attempt(TRIED, address, now)
    except Error:
        log.exception("attempt not counted")


def find_entry(query: NumberQuery | None, code: str) -> RegistryEntry | None:
    """The entry that this number and this code open together, or None.

    One query and the same number of comparisons, whatever is given: also without a number, and for a code that is none.
    """
    wanted = query or NumberQuery(0)
    entries = RegistryEntry.objects.filter(number=wanted.number)
    if wanted.year is not None:
        entries = entries.filter(year=wanted.year)
    rows = list(entries.order_by("-pk").values_list("pk", "tracking_hash")[:_CANDIDATES])
    rows += [(0, "")] * (_CANDIDATES - len(rows))
    opened = 0
    for pk, stored in rows:
        # Each is compared, also after one was found.
        if same_code(code, stored, settings.SECRET_KEY):
            opened = pk
    if not opened:
        return None
    return RegistryEntry.objects.select_related("kind", "joined_to", "institution").get(pk=opened)


# -- what number and code open -----------------------------------------------------------------------------------------


def _result(
    page: TrackingPage,
    request: HttpRequest,
    entry: RegistryEntry,
    code: str,
    completing: Completing,
    status: int,
    signed: Attachment | None,
) -> HttpResponse:
    today = registration_day(timezone.now())
    calendar = term_services.working_calendar()
    context: dict[str, Any] = {
        "entry": entry,
        # Who goes to court against whom is nobody's to read here (registry.court_mail).
        "subject": "" if entry.kind.family in COURT_FAMILIES else entry.subject,
        # One answer is for all that were joined (OG 27/2002, art. 10).
        "answer": mask_cnps(entry.answer or (entry.joined_to.answer if entry.joined_to else "")),
        "signed": signed,
        "code": normalise_code(code) or "",
        "stops": timeline(entry),
        "due": due_view(entry, calendar),
        "terms": term_views(entry, calendar),
        "days_left": days_left_text(entry.due, today) if entry.due and entry.is_open else "",
        "bar": term_bar(entry.registered_on, entry.due, today) if entry.is_open else None,
        "completing": completing,
        "errors": completing.errors,
    }
    return private_page(page, request, RESULT_TEMPLATE, context, status=status)


def term_bar(first: date, due: date | None, today: date) -> TermBar | None:
    """The days of a term from the one after `first` (local dates); None where they are none or too many to draw."""
    days = (due - first).days if due else 0
    if not 0 < days <= _LONGEST_BAR:
        return None
    day = min(max((today - first).days, 0), days)
    step = 1000 / days
    cells = [
        Cell(
            round((number - 1) * step),
            "now" if number == day else "over" if number < day else "to-come",
        )
        for number in range(1, days + 1)
    ]
    return TermBar(day, days, round(step * 0.75), cells)


# -- adding to it ------------------------------------------------------------------------------------------------------


def _complete(
    entry: RegistryEntry, came: Posted, text: str, address: str, now: datetime
) -> tuple[Completing, int]:
    """Add what was sent, once for each form; what to show below the timeline, and the status.

    The answer is the page itself and not a redirect: its address could not hold number and code, which are secrets.
    Sending the page again adds nothing, by the token.
    """
    given = read_token(came.fields.get("token") or "")
    files = form_files.gather(came, address, now)
    completing = Completing(given or new_token(now), text, files, [])
    completing.has_personal_number = len(text) <= TEXT_LENGTH and bool(find_cnps(text))
    # Its own for each entry: a token that was used below another petition is not "sent already" here.
    key = submission_key(f"{entry.pk}-{completing.token.nonce}")
    known = entry.completions.filter(submission_key=key).exists()
    if not known:
        files.drop_lost()
        completing.errors = _problems(text, files)
        if completing.errors:
            return completing, 422
        if given is None:
            completing.problem = _("This form was not complete: please send it once more.")
            return completing, 422
    try:
        if not known:
            lifecycle.complete(entry, text, files.kept, submission_key=key)
    except lifecycle.NotPossible as error:
        completing.problem = str(error)
        return completing, 409
    except (
        vault.UploadGone,
        vault.VaultFull,
        registration.RegistrationRefused,
        Error,
        OSError,
    ):
        log.exception("completion not kept")
        completing.problem = _(
            "The register is busy, and nothing was added. What you wrote is still here: please send it again in a "
            "minute."
        )
        return completing, 503
    return Completing(new_token(now), is_done=True), 200


def _problems(text: str, files: FormFiles) -> list[dict[str, str]]:
    problems = []
    if not text and not files.kept and not files.problems:
        problems.append(
            {"id": "id_text", "text": _("Write what you want to add, or attach a file")}
        )
    try:
        LengthLimit(TEXT_LENGTH)(text)
    except ValidationError as error:
        problems += [{"id": "id_text", "text": message} for message in error.messages]
    return problems + [{"id": "id_files", "text": problem} for problem in files.problems]
