"""What a citizen who asked to be received is told, by mail and in the language of the request."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms import outbox
from registry.models.cabinet import Audience, AudienceSlot

APPOINTMENT = "audience.appointment"
DECLINED = "audience.declined"


def day_text(day: Any) -> str:
    """The day (a date or an aware local moment) as a sentence has it."""
    return date_format(day, pgettext("date with weekday and year", "l, j F Y"))


def receiver_text(audience: Audience) -> str:
    """Who receives: the level, with its department where it has one; in the active language."""
    who = str(audience.get_level_display())
    department = audience.slot.department if audience.slot else audience.entry.department
    if audience.level == AudienceSlot.Level.DEPARTMENT and department is not None:
        return f"{who}, {department}"
    return who


def confirm_appointment(audience: Audience) -> None:
    """Write the confirmation into the outbox, in the caller's transaction; nothing without an address."""
    entry, at = audience.entry, audience.appointment
    if not entry.petitioner_email or at is None or audience.slot is None:
        return
    with translation.override(entry.language):
        lines = [
            _("You asked to be received: %(number)s.") % {"number": entry.number_text},
            "",
            _("When: %(day)s, at %(time)s") % {"day": day_text(at), "time": f"{at:%H:%M}"},
            _("Who receives you: %(who)s") % {"who": receiver_text(audience)},
        ]
        if audience.slot.room:
            lines.append(_("Where: %(room)s") % {"room": audience.slot.room})
        lines += [
            "",
            _(
                "Please come a few minutes earlier, with this number and an identity document. If you can't come, tell "
                "us at any hall."
            ),
        ]
        outbox.enqueue(
            to=entry.petitioner_email,
            subject=pgettext("subject of a mail", "Your audience on %(day)s, at %(time)s")
            % {"day": date_format(at, "SHORT_DATE_FORMAT"), "time": f"{at:%H:%M}"},
            body="\n".join(lines) + "\n",
            purpose=APPOINTMENT,
            key=f"audience-{audience.pk}-{audience.version}",
            language=entry.language,
        )


def tell_declined(audience: Audience) -> None:
    """Write into the outbox that the citizen is not received and why; nothing without an address."""
    entry = audience.entry
    if not entry.petitioner_email:
        return
    with translation.override(entry.language):
        lines = [
            _("You asked to be received: %(number)s.") % {"number": entry.number_text},
            "",
            _("You can't be received by: %(who)s") % {"who": receiver_text(audience)},
            _("Reason: %(reason)s") % {"reason": audience.result},
        ]
        outbox.enqueue(
            to=entry.petitioner_email,
            subject=pgettext("subject of a mail", "About your audience: %(number)s")
            % {"number": entry.number_text},
            body="\n".join(lines) + "\n",
            purpose=DECLINED,
            key=f"audience-{audience.pk}-{audience.version}",
            language=entry.language,
        )


def written_answer(audience: Audience) -> str:
    """The text of the written answer after an audience that was held, in the citizen's language."""
    entry, at = audience.entry, audience.appointment
    with translation.override(entry.language):
        opening = (
            _("You were received on %(day)s by: %(who)s")
            % {"day": day_text(at), "who": receiver_text(audience)}
            if at
            else _("You were received by: %(who)s") % {"who": receiver_text(audience)}
        )
        return "\n".join(
            [
                opening,
                _("Your request: %(number)s, “%(subject)s”")
                % {"number": entry.number_text, "subject": entry.subject},
                "",
                audience.result,
            ]
        )
