"""The demonstration's desks: takes the steps of a letter by the register's own services, each as somebody who may."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import cycle
from math import ceil
from typing import Any, Final

from django.contrib.auth import get_user_model

from contacts.models import Department
from home.demo.petition_plan import Letter, Step
from locations.models import Location
from registry import lifecycle
from registry.enums import (
    Channel,
    Family,
    LetterKind,
    LetterState,
    Mode,
    ReplyBy,
    State,
)
from registry.models import (
    DeskMember,
    EntryKind,
    FileClass,
    Institution,
    Register,
    RegistryEntry,
)
from registry.models import Letter as SentLetter
from registry.registration import Filing, Sender, register

SIGNS_FOR_CITY: Final = "Maria Exemplu, secretar general"
BASES: Final = {
    Family.FOI: "Legea 544/2001, art. 7",
    Family.PETITION: "OG 27/2002, art. 8",
}
OTHER_BASIS: Final = "Corespondență între instituții"
PROOFS: Final = {
    Mode.POST: "Confirmare de primire nr. {number}",
    Mode.COURIER: "AWB {number}",
    Mode.PICKUP: "Semnat de primire, în registrul ghișeului",
}
ELSEWHERE: Final = {"public-events": "citizen-information-centre"}
"""Whom a letter is given to by mistake; by default to the Public Events service."""


class DemoDesk:
    """Who works at the register of the demonstration, and with what; `content` is that of petitions.yaml."""

    def __init__(self, content: dict[str, Any], general: Register, office: dict[str, Any]) -> None:
        self.content, self.general = content, general
        self.kinds = {kind.key: kind for kind in EntryKind.objects.all()}
        self.departments = {row.key: row for row in Department.objects.all()}
        users = {user.get_username(): user for user in get_user_model().objects.all()}
        self.users: dict[str, Any] = users
        self.clerk, self.chief, self.cabinet = users["clerk"], users["chief"], users["cabinet"]
        members = DeskMember.objects.select_related("user", "department").order_by("pk")
        # By the same objects: each knows its permissions once they were read.
        self.members = [
            (row.department.key, users[row.user.get_username()], row.is_head) for row in members
        ]
        self.institutions = {
            row["key"]: Institution.objects.get(name=row["name"]) for row in office["institutions"]
        }
        self.classes = {row.code: row for row in FileClass.objects.all()}
        self.halls = cycle(Location.objects.filter(kind="neighbourhood_hall").order_by("key"))
        self.reasons = {
            name: cycle(texts)
            for name, texts in content["reasons"].items()
            if isinstance(texts, list)
        }
        self.entries: dict[int, RegistryEntry] = {}
        self.posted = 0

    # -- who -----------------------------------------------------------------------------------------------------------

    def _department(self, letter: Letter) -> Department:
        return self.departments[letter.item["department"]]

    def _officer(self, department: str, but: Any = None) -> Any:
        """Who works on letters of a department; its officers before its head."""
        found = [row for row in self.members if row[0] == department and row[1] != but]
        found.sort(key=lambda row: row[2])
        return found[0][1]

    def _worker(self, letter: Letter) -> Any:
        entry = self.entries[id(letter)]
        if entry.officer_id is not None:
            return next(user for _key, user, _head in self.members if user.pk == entry.officer_id)
        concerned = self.users.get(letter.item.get("concerns", ""))
        return self._officer(entry.department.key if entry.department else "", but=concerned)

    def _approver(self, letter: Letter) -> Any:
        """The head of the department where it has one that did not write the answer; else the head of the registry."""
        author = self.entries[id(letter)].drafts.order_by("-version").first()
        key = letter.item["department"]
        heads = [user for name, user, is_head in self.members if name == key and is_head]
        return next(
            (user for user in heads if author is None or user.pk != author.author_id), self.chief
        )

    # -- registering ---------------------------------------------------------------------------------------------------

    def receive(self, letter: Letter) -> RegistryEntry:
        """Register the letter at its moment: by itself from the site, else by who opened the envelope."""
        item = letter.item
        kind = self.kinds[item["kind"]]
        at_desk = letter.channel in {Channel.COUNTER, Channel.POST, Channel.COURIER}
        name, email = letter.name, letter.email
        institution = self.institutions.get(item.get("institution", ""))
        is_from_institution = letter.group == "mayor" and institution is not None
        if is_from_institution and institution is not None:
            name, email = institution.name, institution.email
        weeks = timedelta(weeks=2)
        filing = Filing(
            kind=kind,
            subject=letter.subject[:250],
            body=letter.text,
            channel=Channel(letter.channel),
            language=letter.language,
            sender=Sender(name=name, email=email, address=letter.address),
            reply_by={"email": ReplyBy.EMAIL, "none": ReplyBy.NONE}.get(letter.mode, ReplyBy.POST),
            sender_number=f"{100 + len(self.entries)}/E" if is_from_institution else "",
            sender_date=letter.came_at.date() - timedelta(days=3) if is_from_institution else None,
            counts_from=letter.came_at.date() + weeks if letter.group == "gathering" else None,
            sheets=1 + len(letter.text) // 300 if at_desk else None,
            annexes=len(self.entries) % 3 if at_desk else None,
            received_at=letter.came_at - timedelta(minutes=3) if at_desk else None,
            requested_department=self.departments.get(item.get("department", ""))
            if letter.channel == Channel.WEB and letter.group == "petition"
            else None,
            for_mayor=letter.group == "mayor",
        )
        actor = None if letter.channel == Channel.WEB else self.clerk
        if letter.group == "mayor":
            actor = self.cabinet
        entry = self._register(letter, filing, actor)
        self.entries[id(letter)] = entry
        return entry

    def _register(self, letter: Letter, filing: Filing, actor: Any) -> RegistryEntry:
        at = letter.came_at
        return register(filing, register=self.general, actor=actor, clock=lambda: at).entry

    def take(self, letter: Letter, step: Step) -> None:
        """Take one step with a letter that was registered."""
        changed = getattr(self, f"_{step.name}")(letter, step)
        if isinstance(changed, RegistryEntry):
            self.entries[id(letter)] = changed

    # -- distributing --------------------------------------------------------------------------------------------------

    def _assign(self, letter: Letter, step: Step) -> RegistryEntry:
        return self._given(letter, self._department(letter), step.at)

    def _given(self, letter: Letter, department: Department, at: datetime) -> RegistryEntry:
        return lifecycle.assign(self.entries[id(letter)], department, actor=self.clerk, at=at)

    def _assign_elsewhere(self, letter: Letter, step: Step) -> RegistryEntry:
        wrong = ELSEWHERE.get(letter.item["department"], "public-events")
        return self._given(letter, self.departments[wrong], step.at)

    def _refuse(self, letter: Letter, step: Step) -> RegistryEntry:
        worker, reason = self._worker(letter), next(self.reasons["refuse"])
        return lifecycle.refuse(self.entries[id(letter)], reason, actor=worker, at=step.at)

    def _concerns(self, letter: Letter, step: Step) -> RegistryEntry:
        colleague = self.users[letter.item["concerns"]]
        entry = self.entries[id(letter)]
        return lifecycle.concerns(entry, colleague, actor=self.clerk, at=step.at)

    def _take(self, letter: Letter, step: Step) -> RegistryEntry:
        return lifecycle.take(self.entries[id(letter)], actor=self._worker(letter), at=step.at)

    def _ask_contributions(self, letter: Letter, step: Step) -> RegistryEntry:
        wanted, entry = letter.item["contribution"], self.entries[id(letter)]
        return lifecycle.ask_contributions(
            entry,
            self.departments[wanted["department"]],
            self._sub_term(entry, step.at),
            question=wanted["question"],
            actor=self.clerk,
            at=step.at,
        )

    @staticmethod
    def _sub_term(entry: RegistryEntry, at: datetime) -> date:
        """A week for a contribution, within the entry's own term."""
        week = at.date() + timedelta(days=7)
        limit = entry.internal_due or entry.due
        return min(week, limit) if limit else week

    def _contribute(self, letter: Letter, step: Step) -> RegistryEntry:
        wanted = letter.item["contribution"]
        return lifecycle.contribute(
            self.entries[id(letter)],
            wanted["text"],
            actor=self._officer(wanted["department"]),
            at=step.at,
        )

    # -- answering -----------------------------------------------------------------------------------------------------

    def _aspects(self, letter: Letter, step: Step) -> RegistryEntry:
        return lifecycle.set_aspects(
            self.entries[id(letter)],
            letter.item["aspects"],
            actor=self._worker(letter),
            at=step.at,
        )

    def _ask(self, letter: Letter, step: Step) -> RegistryEntry:
        return lifecycle.ask(
            self.entries[id(letter)],
            letter.item["question"],
            actor=self._worker(letter),
            at=step.at,
        )

    def _complete(self, letter: Letter, step: Step) -> None:
        entry = self.entries[id(letter)]
        text = letter.item["completion"]
        lifecycle.complete(entry, text, (), submission_key=f"demo-{entry.pk}", at=step.at)

    def _version(self, letter: Letter, step: Step) -> dict[str, Any]:
        """The answer as far as it is written by this step."""
        entry, answer = self.entries[id(letter)], letter.answer
        text = answer["text"]
        if step.share < 1:
            sentences = text.split(". ")
            some = ". ".join(sentences[: ceil(len(sentences) * step.share)]).rstrip(".")
            text = f"{some}. {self.content['reasons']['unfinished'][letter.language]}"
        return {
            "text": text,
            "outcome": answer["outcome"],
            "legal_basis": answer.get("basis") or BASES.get(Family(entry.kind.family), OTHER_BASIS),
            "signatory_head": SIGNS_FOR_CITY,
            "signatory_department": self._signs_for(entry),
            "covered": entry.aspects,
            "actor": self._worker(letter),
            "at": step.at,
        }

    def _signs_for(self, entry: RegistryEntry) -> str:
        key = entry.department.key if entry.department else ""
        head = next((user for name, user, is_head in self.members if name == key and is_head), None)
        return f"{(head or self.chief).get_full_name()}, șef serviciu"

    def _draft(self, letter: Letter, step: Step) -> RegistryEntry:
        version = self._version(letter, step)
        return lifecycle.draft(self.entries[id(letter)], version.pop("text"), **version)

    def _submit(self, letter: Letter, step: Step) -> RegistryEntry:
        version = self._version(letter, step)
        return lifecycle.submit(self.entries[id(letter)], version.pop("text"), **version)

    def _send_back(self, letter: Letter, step: Step) -> RegistryEntry:
        return lifecycle.send_back(
            self.entries[id(letter)],
            letter.item["remark"],
            actor=self._approver(letter),
            at=step.at,
        )

    def _approve(self, letter: Letter, step: Step) -> RegistryEntry:
        return lifecycle.approve(self.entries[id(letter)], actor=self._approver(letter), at=step.at)

    def _extend(self, letter: Letter, step: Step) -> RegistryEntry:
        chosen = letter.item.get("extension") or {
            "days": 15 if step.at.day % 2 else 10,
            "reason": next(self.reasons["extend"]),
        }
        return lifecycle.extend(
            self.entries[id(letter)],
            chosen["days"],
            chosen["reason"],
            actor=self.chief,
            at=step.at,
        )

    # -- sending out ---------------------------------------------------------------------------------------------------

    def _proof(self, mode: str) -> str:
        self.posted += 1
        return PROOFS.get(Mode(mode), "").format(number=f"EX{self.posted:06}")

    def _dispatch(self, letter: Letter, step: Step) -> RegistryEntry:
        entry, mode = self.entries[id(letter)], letter.mode
        if mode == Mode.EMAIL and not entry.petitioner_email:
            mode = Mode.POST
        return lifecycle.dispatch(
            entry,
            mode,
            hall=next(self.halls) if mode == Mode.PICKUP else None,
            proof=self._proof(mode) if mode == Mode.POST else "",
            actor=self.clerk,
            at=step.at,
        )

    def _deliver(self, letter: Letter, step: Step) -> None:
        sent = SentLetter.objects.filter(
            entry=self.entries[id(letter)], kind=LetterKind.ANSWER, state=LetterState.SENT
        )
        for answer in sent:
            proof = f"{self._proof(answer.mode)}, {step.at:%d.%m.%Y}"
            lifecycle.delivered(answer, proof, actor=self.clerk, at=step.at)

    def _returned(self, letter: Letter, step: Step) -> RegistryEntry:
        reason = next(self.reasons["returned"])
        return lifecycle.returned(self.entries[id(letter)], reason, actor=self.clerk, at=step.at)

    def _send_letters(self, letter: Letter, step: Step) -> None:
        waiting = SentLetter.objects.filter(
            entry=self.entries[id(letter)], state=LetterState.PREPARED
        ).exclude(kind=LetterKind.ANSWER)
        for prepared in waiting:
            proof = self._proof(prepared.mode)
            lifecycle.send_letter(
                prepared,
                prepared.mode,
                proof=proof,
                hall=prepared.hall,
                actor=self.clerk,
                at=step.at,
            )

    def list_post(self, at: datetime) -> None:
        """Put on a posting list what was sent by post and is on none yet."""
        waiting = SentLetter.objects.filter(
            state=LetterState.SENT, mode=Mode.POST, posting_list=None, sent_at__lt=at
        )
        if rows := list(waiting):
            lifecycle.make_posting_list(rows, Mode.POST, actor=self.clerk, at=at)

    # -- closing -------------------------------------------------------------------------------------------------------

    def _redirect(self, letter: Letter, step: Step) -> RegistryEntry:
        return lifecycle.redirect(
            self.entries[id(letter)],
            self.institutions[letter.item["institution"]],
            late_reason="Scrisoarea a fost citită după zilele libere.",
            actor=self.clerk,
            at=step.at,
        )

    def _join(self, letter: Letter, step: Step) -> RegistryEntry:
        first = self.entries[id(letter.after)]
        return lifecycle.join(self.entries[id(letter)], first, actor=self.clerk, at=step.at)

    def _repeat(self, letter: Letter, step: Step) -> RegistryEntry:
        answered = self.entries[id(letter.after)]
        return lifecycle.file_repeat(
            self.entries[id(letter)], answered, actor=self.clerk, at=step.at
        )

    def _file_anonymous(self, letter: Letter, step: Step) -> RegistryEntry:
        reason = next(self.reasons["anonymous"])
        return lifecycle.file_anonymous(
            self.entries[id(letter)], reason, actor=self.clerk, at=step.at
        )

    def _close(self, letter: Letter, step: Step) -> RegistryEntry:
        return lifecycle.close(
            self.entries[id(letter)], letter.item["closing"], actor=self.clerk, at=step.at
        )

    def _cancel(self, letter: Letter, step: Step) -> RegistryEntry:
        reason = letter.item.get("cancellation") or next(self.reasons["cancel"])
        return lifecycle.cancel(self.entries[id(letter)], reason, actor=self.chief, at=step.at)

    def _reopen(self, letter: Letter, step: Step) -> RegistryEntry:
        reason = next(self.reasons["reopen"])
        return lifecycle.reopen(self.entries[id(letter)], reason, actor=self.chief, at=step.at)

    def _archive(self, letter: Letter, step: Step) -> RegistryEntry:
        entry = self.entries[id(letter)]
        if entry.kind.family == Family.FOI:
            code = "B.1"
        elif entry.state in {State.REDIRECTED, State.FILED}:
            code = "A.2" if entry.state == State.REDIRECTED else "A.3"
        else:
            code = "D.1" if letter.item["subject"].startswith("Acord") else "A.1"
        return lifecycle.archive(entry, self.classes[code], actor=self.clerk, at=step.at)
