"""What a POST to the petition form means: look again, check the answers, or send.

Each step gives back everything that was typed and every file that was kept; nothing is remembered between them
(docs/decisions/0007). No cookie and nobody's authority is used, so there is nothing that another site could forge.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from cms.client_address import client_address
from cms.multilingual import content_language
from registry import form_files, intake, posted, registration
from registry.answered_already import answered_already
from registry.enums import ReplyBy
from registry.files import vault
from registry.form_files import FormFiles
from registry.form_tokens import FormToken, new_token, read_token, receipt_token
from registry.models.entries import RegistryEntry
from registry.models.intake import QueuedSubmission
from registry.personal_numbers import find_cnps
from registry.petition_form import FIELDS, TYPED, PetitionForm, digest_of
from registry.petition_mail import enqueue_receipt
from registry.posted import Unreadable
from registry.private_pages import private_page
from registry.registration import Filing, Sender
from registry.tracking_codes import derive_code, hash_code

if TYPE_CHECKING:
    from registry.models.pages import PetitionPage

FORM_TEMPLATE: Final = "registry/petition_page.html"
CHECK_TEMPLATE: Final = "registry/petition_check.html"
TRAP: Final = "website"
"""A field that people do not see."""
SENT: Final = "sent"
RETRY_SECONDS: Final = 30

log = logging.getLogger("agora.registry.form")


class _AlreadyQueued(Exception):
    """The same form waits for a clerk already."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A form on its way: its token, its judged answers, its files, and what the hidden field holds."""

    token: FormToken
    form: PetitionForm
    files: FormFiles
    trap: str = ""

    @property
    def digest(self) -> str:
        """Of valid answers and their files."""
        return digest_of(self.form.cleaned_data, self.files.hashes)


@sensitive_variables()
def respond(page: PetitionPage, request: HttpRequest) -> HttpResponse:
    """Answer a GET with the empty form, and a POST with what its button asks for."""
    now = timezone.now()
    if request.method != "POST":
        draft = Draft(new_token(now), _form(page, {"reply_by": ReplyBy.EMAIL.value}), FormFiles())
        return _form_page(page, request, draft, indexed=True)
    came = posted.read_post(request)
    if came.unreadable is not None:
        return _unreadable(page, request, came.unreadable, now)
    given = read_token(came.fields.get("token") or "")
    draft = Draft(
        given or new_token(now),
        _form(page, came.texts(FIELDS)),
        form_files.gather(came, client_address(request), now),
        came.texts({TRAP: False})[TRAP][:200],
    )
    action = came.fields.get("action")
    if action == "edit":
        draft.files.drop_lost()
        return _form_page(page, request, draft)
    if action == "send" and given is not None and draft.form.is_valid():
        return _send(page, request, draft, now)
    draft.files.drop_lost()
    if not draft.form.is_valid() or draft.files.problems:
        return _errors(page, request, draft)
    # Sent without a token of ours: shown once more, with one.
    return _check_page(page, request, draft)


def _form(page: PetitionPage, answers: dict[str, str]) -> PetitionForm:
    return PetitionForm(page.choices, answers)


# -- pages -------------------------------------------------------------------------------------------------------------


def _form_page(
    page: PetitionPage, request: HttpRequest, draft: Draft, status: int = 200, **more: Any
) -> HttpResponse:
    indexed = more.pop("indexed", False)
    context = {"draft": draft, "form": draft.form, "trap_name": TRAP, **more}
    return private_page(page, request, FORM_TEMPLATE, context, status=status, indexed=indexed)


def _errors(page: PetitionPage, request: HttpRequest, draft: Draft) -> HttpResponse:
    """The form with its error summary, as 422 (RFC 9110, 15.5.21): what came was understood and can't be taken so."""
    errors = [
        {"id": f"id_{name}", "text": text}
        for name in FIELDS
        for text in draft.form.errors.get(name, [])
    ]
    errors += [{"id": "id_files", "text": text} for text in draft.files.problems]
    return _form_page(page, request, draft, 422, errors=errors)


def _unreadable(
    page: PetitionPage, request: HttpRequest, why: Unreadable, now: datetime
) -> HttpResponse:
    """The empty form with what went wrong: nothing of what came could be read."""
    texts = {
        Unreadable.TOO_LARGE: _(
            "What you sent is too long to be read at once. Go back to see what you typed, shorten it, or attach it as "
            "a file."
        ),
        Unreadable.TOO_MANY: _(
            "What you sent has too many fields or files to be read. Go back to see what you typed, attach at most 5 "
            "files, and send it again."
        ),
        Unreadable.BROKEN: _(
            "What you sent did not arrive whole. Go back to see what you typed, and send it again."
        ),
    }
    draft = Draft(new_token(now), _form(page, {"reply_by": ReplyBy.EMAIL.value}), FormFiles())
    status = 413 if why is Unreadable.TOO_LARGE else 400
    return _form_page(page, request, draft, status, errors=[{"id": "", "text": texts[why]}])


def _check_page(
    page: PetitionPage, request: HttpRequest, draft: Draft, status: int = 200, **more: Any
) -> HttpResponse:
    cleaned = draft.form.cleaned_data
    context = {
        "draft": draft,
        "answers": draft.form.data,
        "cleaned": cleaned,
        "kind": page.choices.kind(cleaned["kind"]),
        "department": page.choices.department(cleaned["department"]),
        "by_post": cleaned["reply_by"] == ReplyBy.POST,
        "trap_name": TRAP,
        "personal_numbers": [
            label for name, label in TYPED.items() if find_cnps(cleaned.get(name) or "")
        ],
        "hits": [] if more else answered_already(request, cleaned["subject"]),
        **more,
    }
    return private_page(page, request, CHECK_TEMPLATE, context, status=status)


def _not_now(page: PetitionPage, request: HttpRequest, draft: Draft, text: str) -> HttpResponse:
    """Nothing was registered, everything is still here: the same token makes trying again safe."""
    response = _check_page(page, request, draft, 503, problem=text)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _sent_before(
    page: PetitionPage, request: HttpRequest, draft: Draft, entry: RegistryEntry | None
) -> HttpResponse:
    """Another content under a token that was used: a petition of its own, if the sender says so."""
    draft.files.drop_lost()
    fresh = Draft(new_token(timezone.now()), draft.form, draft.files, draft.trap)
    return _check_page(
        page, request, fresh, 409, sent_before=True, sent_number=entry.number_text if entry else ""
    )


# -- sending -----------------------------------------------------------------------------------------------------------


def _send(page: PetitionPage, request: HttpRequest, draft: Draft, now: datetime) -> HttpResponse:
    """Register a valid form, or have it wait for a clerk; once, however often it comes."""
    try:
        if done := _done(page, request, draft):
            return done
        draft.files.drop_lost()
        if draft.files.problems:
            return _errors(page, request, draft)
        _file(page, draft, client_address(request), now)
    except (_AlreadyQueued, intake.AlreadyRegistered):
        pass
    except registration.SentDifferently as error:
        return _sent_before(page, request, draft, error.entry)
    except registration.NumbersUsed as error:
        log.critical("%s", error)
        return _not_now(
            page,
            request,
            draft,
            _(
                "Petitions can't be registered at this moment. We were told of it. What you wrote is still here: "
                "please send it again later."
            ),
        )
    except vault.UploadGone:
        # The same form was sent at the same time, and took the files along.
        if done := _done(page, request, draft):
            return done
        draft.files.drop_lost()
        return _errors(page, request, draft)
    except vault.VaultFull:
        log.exception("no room for attachments")
        return _not_now(
            page,
            request,
            draft,
            _(
                "There is no room for your files at this moment. What you wrote is still here: please send it again "
                "later, or without the files."
            ),
        )
    except (registration.RegistrationRefused, Error, OSError):
        log.exception("petition not registered")
        return _not_now(
            page,
            request,
            draft,
            _(
                "The register is busy, and your petition was not registered. What you wrote is still here: please "
                "send it again in a minute."
            ),
        )
    return _to_receipt(page, request, draft)


def _to_receipt(page: PetitionPage, request: HttpRequest, draft: Draft) -> HttpResponse:
    address = f"{page.get_url(request)}receipt/{receipt_token(draft.token.nonce)}/"
    return HttpResponseRedirect(address, status=303, headers={"Cache-Control": "no-store, private"})


def _done(page: PetitionPage, request: HttpRequest, draft: Draft) -> HttpResponse | None:
    """The answer to a form that was sent before; None for one that was not."""
    key = draft.token.submission_key
    entry = registration.existing(key)
    queued = None if entry else QueuedSubmission.objects.filter(submission_key=key).first()
    found: Any = entry or queued
    if found is None:
        return None
    if found.submission_digest != draft.digest:
        return _sent_before(page, request, draft, entry)
    draft.files.discard_fresh()
    return _to_receipt(page, request, draft)


def _reason_to_wait(draft: Draft, address: str, now: datetime) -> QueuedSubmission.Reason | None:
    """Why a form is looked at by a clerk before it gets its number; None for most."""
    if draft.trap:
        return QueuedSubmission.Reason.HONEYPOT
    if draft.token.is_too_fast(now) and not intake.limits_are_off():
        return QueuedSubmission.Reason.TOO_FAST
    if intake.is_over_limit(SENT, address, intake.SENT_AN_HOUR, now):
        return QueuedSubmission.Reason.RATE
    return None


def _file(page: PetitionPage, draft: Draft, address: str, now: datetime) -> None:
    """Register or enqueue; raises what those raise."""
    filing = _filing(page, draft)
    key = filing.submission_key

    def and_then(entry: RegistryEntry) -> None:
        if QueuedSubmission.objects.filter(submission_key=key).exists():
            raise _AlreadyQueued
        _note(address, now)
        enqueue_receipt(
            entry, page.tracking_address, derive_code(settings.SECRET_KEY, draft.token.nonce)
        )

    reason = _reason_to_wait(draft, address, now)
    if reason is None:
        registration.register(filing, register=page.numbering_register, and_then=and_then)
        return
    queued = intake.enqueue(filing, reason)
    if queued.submission_digest != filing.submission_digest:
        raise _AlreadyQueued
    _note(address, now)


def _note(address: str, now: datetime) -> None:
    if not intake.limits_are_off():
        intake.note_attempt(SENT, address, now)


def _filing(page: PetitionPage, draft: Draft) -> Filing:
    cleaned = draft.form.cleaned_data
    return Filing(
        kind=page.choices.kind(cleaned["kind"]),
        subject=cleaned["subject"],
        body=cleaned["text"],
        language=content_language(),
        sender=Sender(
            name=cleaned["name"],
            email=cleaned["email"],
            address=cleaned["address"],
            phone=cleaned["phone"],
        ),
        reply_by=ReplyBy(cleaned["reply_by"]),
        requested_department=page.choices.department(cleaned["department"]),
        uploads=draft.files.kept,
        tracking_hash=hash_code(
            derive_code(settings.SECRET_KEY, draft.token.nonce), settings.SECRET_KEY
        ),
        submission_key=draft.token.submission_key,
        submission_digest=draft.digest,
    )
