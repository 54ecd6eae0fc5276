"""Mail to the departments that pages belong to: once a week at most, and of each thing once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from cms.mail_address import validate_mail_address
from cms.multilingual import SOURCE_LANGUAGE
from cms.outbox import enqueue
from cms.translation_gaps import NAMES
from contacts.models import ContactPoint
from home.upkeep.findings import Finding, Kind, findings
from home.upkeep.models import UpkeepNotice
from home.upkeep.turns import take_turn

PURPOSE: Final = "pages.upkeep"
WEEK: Final = timedelta(days=7)
LINES: Final = 20
"""Of each kind in a mail; the rest is in the report."""
KEPT: Final = timedelta(days=3 * 365)
"""After that it is forgotten that a department was told of something."""

_REPORTS: Final = {
    Kind.REVIEW: "stale_content",
    Kind.LINK: "broken_links",
    Kind.TRANSLATION: "translation_gaps",
}


def tell_departments(now: datetime) -> int:
    """Write the mails that are due at `now` (aware); how many. Twice at once, the second writes none."""
    with take_turn("mail", seconds=600) as mine:
        if not mine:
            return 0
        return _tell(now)


def _tell(now: datetime) -> int:
    today = timezone.localdate(now)
    UpkeepNotice.objects.filter(told_at__lt=now - KEPT).delete()
    last = dict(
        UpkeepNotice.objects.order_by()
        .values("department")
        .annotate(at=Max("told_at"))
        .values_list("department", "at")
    )
    # A mail of the morning does not push next week's into the afternoon.
    waiting = {pk for pk, at in last.items() if at > now - WEEK + timedelta(hours=2)}
    with override(SOURCE_LANGUAGE):
        found = {pk: rows for pk, rows in findings(now, today).items() if pk not in waiting}
        addresses = _addresses(found)
        written = 0
        for department, rows in found.items():
            to = addresses.get(department)
            if to and (new := _untold(department, rows)):
                with transaction.atomic():
                    written += _write(department, new, to, now)
    return written


def _untold(department: int, rows: Sequence[Finding]) -> list[Finding]:
    told = set(UpkeepNotice.objects.filter(department=department).values_list("subject", flat=True))
    return [row for row in rows if row.subject not in told]


def _addresses(departments: Iterable[int]) -> dict[int, list[str]]:
    """Those of the departments' contact points, internal ones included: colleagues are written to."""
    found: dict[int, list[str]] = {}
    points = ContactPoint.objects.filter(department__in=list(departments)).exclude(email="")
    for pk, address in points.order_by("sort_order", "pk").values_list("department", "email"):
        known = found.setdefault(pk, [])
        if address not in known and _is_address(address):
            known.append(address)
    return found


def _is_address(text: str) -> bool:
    try:
        validate_mail_address(text)
    except ValidationError:
        return False
    return True


def _write(department: int, rows: Sequence[Finding], to: Sequence[str], now: datetime) -> int:
    """The mail to each address, and what it tells of; in the caller's transaction and language."""
    subject = ngettext(
        "%(count)d thing to see to on your pages",
        "%(count)d things to see to on your pages",
        len(rows),
    ) % {"count": len(rows)}
    body = _body(rows)
    for address in to:
        mark = blake2b(address.lower().encode(), digest_size=12).hexdigest()
        enqueue(
            to=address,
            subject=subject,
            body=body,
            purpose=PURPOSE,
            key=f"{PURPOSE}:{department}:{timezone.localdate(now)}:{mark}",
            language=SOURCE_LANGUAGE,
        )
    UpkeepNotice.objects.bulk_create(
        [UpkeepNotice(department_id=department, subject=row.subject, told_at=now) for row in rows],
        ignore_conflicts=True,
    )
    return len(to)


def _body(rows: Sequence[Finding]) -> str:
    base = settings.AGORA_BASE_URL.rstrip("/")
    heads = {
        Kind.REVIEW: _("Pages to review: read them, put right what has changed, note the review."),
        Kind.LINK: _("Links that lead nowhere any more: correct or remove them."),
        Kind.TRANSLATION: _(
            "Translations that are older than the Romanian page: sync and translate."
        ),
    }
    parts = [_("These pages of the site belong to your department.")]
    for kind in Kind:
        mine = [row for row in rows if row.kind is kind]
        if not mine:
            continue
        lines = [heads[kind], *(_line(row, base) for row in mine[:LINES])]
        if len(mine) > LINES:
            more = len(mine) - LINES
            rest = ngettext("and %(count)d more: ", "and %(count)d more: ", more) % {"count": more}
            lines.append(f"- {rest}{base}{reverse(_REPORTS[kind])}")
        parts.append("\n".join(lines))
    parts.append(_("You get this mail once a week at most, and of each thing once."))
    return "\n\n".join(parts) + "\n"


def _line(row: Finding, base: str) -> str:
    title = " ".join(row.title.split())
    if row.kind is Kind.REVIEW:
        said = (
            _("never reviewed, published long ago")
            if row.day is None
            else _("due on %(day)s") % {"day": date_format(row.day, "DATE_FORMAT")}
        )
    elif row.kind is Kind.LINK:
        said = f"{row.detail} – {row.words}" if row.detail else row.words
    else:
        said = str(NAMES[row.detail])
    return f"- {title}: {said}\n  {base}{row.path}"
