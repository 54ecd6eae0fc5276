"""The court-mail board: what can be collected and until when, and a screen for each document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.db.models import DateField, Exists, OuterRef, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from registry import court_mail, viewing
from registry.court_mail import Standing
from registry.deadlines import TermKey, registration_day
from registry.desk.forms import LONGEST_REASON, CleanLineField, DayInput
from registry.desk.listing import HIDDEN, NOT_LISTED
from registry.desk.paging import Order, slice_of
from registry.desk.screens import Screen, may, visible_entry
from registry.desk.upload_field import ProofForm
from registry.enums import COURT_FAMILIES, State
from registry.lifecycle import NotPossible
from registry.models import Attachment, CourtMail, EntryKind, RegistryEntry
from registry.models.entries import NO_TERM
from registry.permissions import may_see_petitioner
from registry.personal_numbers import mask_cnps
from registry.term_text import days_left_text

SEE: Final = "dispatch_entry"
BOARD: Final = ("registry_court:index", gettext_lazy("Court mail"))
BY_LAST_DAY: Final = Order(("last_day", "pk"))
SOON_DAYS: Final = 2
MOST_UNRECORDED: Final = 30


@dataclass(frozen=True, slots=True)
class StandingShown:
    """Where court mail stands, in words, with "late", "soon" or "" for its colour."""

    words: str
    tone: str = ""


def standing_shown(mail: CourtMail, today: date) -> StandingShown:
    """Say how `mail` stands on `today` (local): days left, collected, counts as served and since when."""
    found = court_mail.standing_of(mail, today)
    match found.standing:
        case Standing.SENT_BACK if mail.returned_at:
            return StandingShown(
                _("sent back to the court on %(day)s")
                % {"day": _day(registration_day(mail.returned_at))}
            )
        case Standing.HANDED_OVER if mail.handed_over_at:
            return StandingShown(
                _("collected on %(day)s") % {"day": _day(registration_day(mail.handed_over_at))}
            )
        case Standing.SERVED if found.last_day:
            return StandingShown(
                _("not collected: counts as served with the end of %(day)s")
                % {"day": _day(found.last_day)},
                "late",
            )
    if found.last_day is None:
        return StandingShown(_("without a term"))
    soon = (found.last_day - today).days <= SOON_DAYS
    return StandingShown(days_left_text(found.last_day, today), "soon" if soon else "")


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"


# -- the board ---------------------------------------------------------------------------------------------------------


def board(user: Any) -> QuerySet[CourtMail]:
    """Court mail that is not back at its court yet, with `last_day`, the last day of collection."""
    seen = RegistryEntry.objects.visible_to(user).filter(pk=OuterRef("entry_id"))
    last = KeyTextTransform(TermKey.COLLECT_BY.value, "entry__other_terms")
    return (
        CourtMail.objects.filter(Exists(seen), returned_at=None)
        .exclude(entry__state=State.CANCELLED)
        .annotate(last_day=Coalesce(Cast(last, DateField()), Value(NO_TERM, DateField())))
        .select_related("entry", "entry__kind")
        .defer(*(f"entry__{name}" for name in NOT_LISTED if name != "other_terms"))
    )


def unrecorded(user: Any) -> list[RegistryEntry]:
    """Open entries of the courts' kinds whose court and case nobody recorded yet, the latest first; some of them."""
    # By the kinds' keys: what is open of all kinds would be read to its end where nothing is missing.
    kinds = list(EntryKind.objects.filter(family__in=COURT_FAMILIES).values_list("pk", flat=True))
    entries = RegistryEntry.objects.visible_to(user).open().filter(kind__in=kinds, court_mail=None)
    return list(entries.select_related("kind").defer(*NOT_LISTED).order_by("-pk")[:MOST_UNRECORDED])


class CourtBoardScreen(Screen):
    """The board, what has to be done first standing first."""

    permission = SEE
    title = BOARD[1]
    header_icon = "calendar-alt"
    parent = None
    template_name = "wagtailadmin/registry/court_board.html"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """A page of it."""
        user, today = request.user, registration_day(timezone.now())
        sees = may_see_petitioner(user)
        page = slice_of(board(user), BY_LAST_DAY, request.GET)
        return self.shown(
            page=page,
            rows=[
                (mail, mask_cnps(mail.addressee) if sees else HIDDEN, standing_shown(mail, today))
                for mail in page.rows
            ],
            unrecorded=unrecorded(user),
        )


# -- a document --------------------------------------------------------------------------------------------------------


class RecordForm(forms.Form):
    """What stands on the envelope of a court."""

    prefix = "record"

    court = CleanLineField(label=gettext_lazy("Court"), max_length=200)
    case_number = CleanLineField(label=gettext_lazy("Case number"), max_length=60)
    document = CleanLineField(
        label=gettext_lazy("Kind of document"),
        max_length=100,
        help_text=gettext_lazy("Summons, decision, notice …"),
    )
    addressee = CleanLineField(
        label=gettext_lazy("Addressee"),
        max_length=150,
        help_text=gettext_lazy("It stands here alone, never on a public page."),
    )
    displayed_on = forms.DateField(
        label=gettext_lazy("Displayed from"),
        widget=DayInput(),
        help_text=gettext_lazy(
            "It can be collected for 7 days from this day on, 3 when it is urgent (CPC, art. 163)."
        ),
    )


class HandOverForm(ProofForm):
    """Who collected it, when, and what proves it."""

    prefix = "hand_over"

    to = CleanLineField(label=gettext_lazy("To whom"), max_length=150)
    on = forms.DateField(label=gettext_lazy("On"), widget=DayInput())
    proof = CleanLineField(
        label=gettext_lazy("Proof"),
        max_length=LONGEST_REASON,
        help_text=gettext_lazy("The form that was signed, the identity card that was shown."),
    )
    field_order = ["to", "on", "proof", "file"]


class TakeDownForm(forms.Form):
    """When the notice was taken down."""

    prefix = "take_down"

    day = forms.DateField(label=gettext_lazy("Displayed until"), widget=DayInput())


class SendBackForm(ProofForm):
    """How it went back to the court."""

    prefix = "send_back"

    proof = CleanLineField(
        label=gettext_lazy("Proof"),
        max_length=LONGEST_REASON,
        help_text=gettext_lazy("Number and day of the letter to the court."),
    )
    field_order = ["proof", "file"]


class CourtScreen(Screen):
    """The court mail of an entry: what was recorded, how it stands, what comes next."""

    permission = SEE
    parent = BOARD
    header_icon = "calendar-alt"
    template_name = "wagtailadmin/registry/court_entry.html"
    entry: RegistryEntry
    mail: CourtMail | None = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if may(request.user, SEE):
            self.entry = visible_entry(request.user, kwargs["pk"])
            if self.entry.kind.family not in COURT_FAMILIES:
                raise Http404
            self.mail = CourtMail.objects.filter(entry=self.entry).first()
            if self.mail is not None:
                self.mail.entry = self.entry

    def get_page_title(self) -> str:
        return f"{BOARD[1]} · {self.entry.number_text}"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The screen; who it is for is personal data, so that it was seen is told in the trail."""
        return self.entry_shown()

    def entry_shown(self, status: int = 200, **typed: forms.Form) -> HttpResponseBase:
        """The screen, with forms as they were `typed` where they were refused."""
        mail, user, today = self.mail, self.request.user, registration_day(timezone.now())
        sees = may_see_petitioner(user)
        if sees:
            viewing.note_entry_opened(self.entry, user)
        is_back = mail is not None and mail.returned_at is not None
        is_out = mail is not None and mail.handed_over_at is not None
        return self.shown(
            status=status,
            entry=self.entry,
            mail=mail,
            subject=mask_cnps(self.entry.subject) if sees else "",
            addressee=mask_cnps(mail.addressee) if mail and sees else HIDDEN,
            handed_to=mask_cnps(mail.handed_to) if mail and sees else HIDDEN,
            proof=mask_cnps(mail.proof) if mail and sees else "",
            standing=standing_shown(mail, today) if mail else None,
            last_day=court_mail.last_day_of(self.entry),
            files=list(Attachment.objects.filter(entry=self.entry)) if sees else [],
            record_form=typed.get("record")
            or (
                RecordForm(initial=self._recorded())
                if sees and not is_back and not is_out
                else None
            ),
            hand_over_form=typed.get("hand_over")
            or (
                HandOverForm(initial={"on": today}) if mail and not is_back and not is_out else None
            ),
            take_down_form=typed.get("take_down")
            or (
                TakeDownForm(initial={"day": today})
                if mail and not is_back and not mail.taken_down_on
                else None
            ),
            send_back_form=typed.get("send_back")
            or (SendBackForm() if mail and not is_back else None),
        )

    def _recorded(self) -> dict[str, Any]:
        if self.mail is None:
            return {"displayed_on": self.entry.counts_from, "addressee": ""}
        names = ("court", "case_number", "document", "addressee", "displayed_on")
        return {name: getattr(self.mail, name) for name in names}


class CourtStepScreen(CourtScreen):
    """Takes a step with court mail."""

    http_method_names = ["post"]
    name = ""
    form_class: type[forms.Form]
    done: Any = ""

    def act(self, data: dict[str, Any]) -> None:
        """Take the step with what was typed."""
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Take it, or say why not; what was typed stays."""
        form = self.form_class(request.POST, request.FILES)
        if not form.is_valid():
            return self.entry_shown(422, **{self.name: form})
        try:
            self.act(form.cleaned_data)
        except NotPossible as problem:
            form.add_error(None, str(problem))
            return self.entry_shown(409, **{self.name: form})
        messages.success(request, self.done)
        return redirect("registry_court:entry", pk=pk)


class RecordScreen(CourtStepScreen):
    """Records it."""

    name = "record"
    form_class = RecordForm
    done = gettext_lazy("The court mail is recorded; its term counts from the day of display.")

    def act(self, data: dict[str, Any]) -> None:
        court_mail.record(self.entry, actor=self.request.user, **data)


class HandOverScreen(CourtStepScreen):
    """Writes down that it was collected."""

    name = "hand_over"
    form_class = HandOverForm
    done = gettext_lazy("It is written down who collected it.")

    def act(self, data: dict[str, Any]) -> None:
        court_mail.hand_over(
            self.entry,
            data["to"],
            data["proof"],
            on=data["on"],
            upload=data["file"],
            actor=self.request.user,
        )


class TakeDownScreen(CourtStepScreen):
    """Writes down that the notice was taken down."""

    name = "take_down"
    form_class = TakeDownForm
    done = gettext_lazy("It is written down that the notice was taken down.")

    def act(self, data: dict[str, Any]) -> None:
        court_mail.take_down(self.entry, data["day"], actor=self.request.user)


class SendBackScreen(CourtStepScreen):
    """Writes down that it went back to the court."""

    name = "send_back"
    form_class = SendBackForm
    done = gettext_lazy("It is written down that it went back to the court; the entry is closed.")

    def act(self, data: dict[str, Any]) -> None:
        court_mail.send_back(
            self.entry, data["proof"], upload=data["file"], actor=self.request.user
        )
