"""The mail that a petitioner gets when a petition has its number. It never repeats what was written in it."""

from __future__ import annotations

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms import outbox
from registry.deadlines import CITY_ZONE
from registry.enums import ReplyBy
from registry.models.entries import RegistryEntry

PURPOSE = "petition.receipt"


def enqueue_receipt(entry: RegistryEntry, tracking_url: str, code: str = "") -> None:
    """Write the receipt of `entry` into the outbox, in the caller's transaction and the petitioner's language.

    Nothing where the answer goes by post. `tracking_url` is the whole address of the tracking page, "" where there is
    none; `code` the tracking code, "" where it is not known any more: a petition that waited for a clerk got its code
    when it was sent.
    """
    if entry.reply_by != ReplyBy.EMAIL or not entry.petitioner_email:
        return
    with translation.override(entry.language):
        subject = _("Registered: petition %(number)s") % {"number": entry.number_text}
        outbox.enqueue(
            to=entry.petitioner_email,
            subject=subject,
            body="\n".join(_lines(entry, tracking_url, code)) + "\n",
            purpose=PURPOSE,
            key=f"receipt-{entry.pk}",
            language=entry.language,
        )


def _lines(entry: RegistryEntry, tracking_url: str, code: str) -> list[str]:
    at = entry.registered_at.astimezone(CITY_ZONE)
    day_format = pgettext("date with weekday and year", "l, j F Y")
    lines = [
        _("Your petition was registered."),
        "",
        _("Number: %(number)s") % {"number": entry.number_text},
        _("Registered: %(date)s, at %(time)s")
        % {"date": date_format(at, day_format), "time": f"{at:%H:%M}"},
    ]
    if entry.due:
        lines.append(
            _("Answer at the latest: %(date)s") % {"date": date_format(entry.due, day_format)}
        )
    lines.append("")
    if code:
        lines += [
            _("Tracking code: %(code)s") % {"code": code},
            _("Keep it to yourself: number and code together show where your petition is."),
        ]
    else:
        lines.append(_("The tracking code is the one that you saw when you sent the petition."))
    if tracking_url:
        lines.append(_("Follow your petition: %(address)s") % {"address": tracking_url})
    lines += [
        "",
        _("You need not answer this message. Nobody will ask you for the code."),
    ]
    return lines
