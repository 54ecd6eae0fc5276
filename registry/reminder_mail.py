"""The mails to colleagues about terms: one that sums up the day, and one for what came up later in the day.

They say number, kind, term and where to look. What a petition is about and who wrote it stay in the register.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cms import outbox
from cms.models.outbox import OutboxMail
from cms.multilingual import LocalizedText
from events.subscriptions import base_url
from registry.ladder import Stage
from registry.running_terms import Matter
from registry.staff import Person
from registry.term_text import days_left_text

DIGEST: Final = "registry.digest"
REMINDER: Final = "registry.reminder"
SHOWN: Final = 10
"""Numbers in a mail; the others are counted and stand in the list of the desk."""


@dataclass(frozen=True, slots=True)
class Line:
    """A term in a mail: the matter, its stage, the colleague who is away, and whether the reader may open it."""

    matter: Matter
    stage: Stage
    instead_of: Person | None
    is_link: bool


@dataclass(slots=True)
class Summary:
    """What the day's mail says to one person: counts, and the first lines by term."""

    late: int = 0
    today: int = 0
    soon: int = 0
    lines: list[Line] = field(default_factory=list)

    def add(self, line: Line, today: date) -> None:
        """Count `line`; the first ones are kept. They come the longest overdue first."""
        due = line.matter.term.due
        if due < today:
            self.late += 1
        elif due == today:
            self.today += 1
        else:
            self.soon += 1
        if len(self.lines) < SHOWN or due < self.lines[-1].matter.term.due:
            self.lines.append(line)
            self.lines.sort(key=lambda kept: (kept.matter.term.due, kept.matter.entry))
            del self.lines[SHOWN:]

    @property
    def number(self) -> int:
        """How many terms it counts."""
        return self.late + self.today + self.soon


def _key(pk: int, today: date) -> str:
    return f"digest-{pk}-{today.isoformat()}"


def summed_up(people: Iterable[int], today: date) -> set[int]:
    """Those of `people` (ids) whose mail of the local day is written already: one query."""
    keys = {_key(pk, today): pk for pk in people}
    # Of this day alone, however many people there are.
    written = OutboxMail.objects.filter(key__startswith="digest-", key__endswith=today.isoformat())
    return {keys[key] for key in written.values_list("key", flat=True) if key in keys}


def digest(
    person: Person, summary: Summary, today: date, kinds: Mapping[int, LocalizedText]
) -> bool:
    """Put the day's mail to `person` into the outbox, in the caller's transaction; a second one the same day is none.

    False where the one that is there says something else: another run wrote it.
    """
    with translation.override(person.language):
        subject, body = digest_text(summary, today, kinds)
        mail = outbox.enqueue(
            to=person.email,
            subject=subject,
            body=body,
            purpose=DIGEST,
            key=_key(person.pk, today),
            language=person.language,
        )
    return mail.body == body


def digest_text(
    summary: Summary, today: date, kinds: Mapping[int, LocalizedText]
) -> tuple[str, str]:
    """Subject and text of the day's mail, in the active language."""
    subject = _("Terms on %(day)s: %(late)d late, %(today)d due today, %(soon)d coming") % {
        "day": _day(today),
        "late": summary.late,
        "today": summary.today,
        "soon": summary.soon,
    }
    lines = [
        _("Late: %(number)d") % {"number": summary.late},
        _("Last day today: %(number)d") % {"number": summary.today},
        _("In the next working days: %(number)d") % {"number": summary.soon},
        "",
        *_lines(summary.lines, summary.number, today, kinds),
        *_ending(),
    ]
    return subject, "\n".join(lines) + "\n"


def reminder(
    person: Person, told: Sequence[Line], today: date, kinds: Mapping[int, LocalizedText]
) -> None:
    """Put a mail to `person` about what came up since the day's mail into the outbox, in the caller's transaction."""
    first = told[0]
    with translation.override(person.language):
        subject, body = reminder_text(told, today, kinds)
        outbox.enqueue(
            to=person.email,
            subject=subject,
            body=body,
            purpose=REMINDER,
            key=f"remind-{person.pk}-{first.matter.entry}-{first.matter.note(first.stage)}-{first.matter.term.due}",
            language=person.language,
        )


def reminder_text(
    told: Sequence[Line], today: date, kinds: Mapping[int, LocalizedText]
) -> tuple[str, str]:
    """Subject and text of a reminder, in the active language."""
    ordered = sorted(told, key=lambda line: (line.matter.term.due, line.matter.entry))
    if len(ordered) == 1:
        subject = _("Term of %(number)s: %(left)s") % {
            "number": ordered[0].matter.number,
            "left": days_left_text(ordered[0].matter.term.due, today),
        }
    else:
        subject = ngettext(
            "%(number)d term needs you", "%(number)d terms need you", len(ordered)
        ) % {"number": len(ordered)}
    lines = [*_lines(ordered[:SHOWN], len(ordered), today, kinds), *_ending()]
    return subject, "\n".join(lines) + "\n"


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def _lines(
    shown: Sequence[Line], number: int, today: date, kinds: Mapping[int, LocalizedText]
) -> list[str]:
    found = []
    for line in shown:
        matter = line.matter
        parts = [matter.number]
        # That there is a report of this kind is told to nobody by mail, not even to who may read it.
        if not matter.concern.is_confidential:
            parts.append(str(kinds.get(matter.kind, "")))
        if matter.contribution is not None:
            parts.append(_("contribution of your department"))
        parts.append(
            pgettext("in a mail about terms", "%(left)s (%(day)s)")
            % {"left": days_left_text(matter.term.due, today), "day": _day(matter.term.due)}
        )
        if line.instead_of is not None:
            parts.append(_("for %(name)s, who is away") % {"name": line.instead_of.name})
        found.append(" · ".join(filter(None, parts)))
        found.append(f"  {line.stage.name}")
        if line.is_link:
            found.append(f"  {base_url()}{reverse('registry_entries:entry', args=[matter.entry])}")
        found.append("")
    if more := number - len(shown):
        words = ngettext("and %(number)d more:", "and %(number)d more:", more)
        found += [words % {"number": more}, f"  {base_url()}{reverse('registry_entries:list')}", ""]
    return found


def _ending() -> list[str]:
    return [
        _("What these are about is only said in the register. You need not answer this message.")
    ]
