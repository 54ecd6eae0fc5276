"""Mail about agreements that end soon: once for each agreement and last day, to those who can renew it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from wagtail.models import GroupPagePermission

from campaigns.enums import Standing
from campaigns.models import PartnershipPage
from cms.mail_address import validate_mail_address
from cms.models import OutboxMail
from cms.multilingual import SOURCE_LANGUAGE
from cms.outbox import enqueue
from contacts.models import ContactPoint
from events.presenters import day_words
from locations.hours import BUCHAREST

PURPOSE: Final = "partnership.expiry"


def expiring(now: datetime) -> Any:
    """The published agreements that end within the warned time, the first to end first. `now` is aware."""
    today = now.astimezone(BUCHAREST).date()
    return (
        PartnershipPage.objects.source()
        .filter(live=True)
        .standing(Standing.EXPIRING, today=today)
        .order_by("ends_on", "title")
        .defer_streamfields()
    )


def remind(now: datetime) -> int:
    """Write the mails that are due at `now` (aware) and were not written before; how many.

    Idempotent, whoever runs it at the same time: the outbox takes each key once. An agreement that was given another
    last day is told of again before that.
    """
    today = now.astimezone(BUCHAREST).date()
    written = 0
    for page in expiring(now):
        keys = {_key(page, address): address for address in _addresses(page)}
        known = set(OutboxMail.objects.filter(key__in=keys).values_list("key", flat=True))
        for key, address in keys.items():
            if key not in known:
                _write(page, page.ends_on, (page.ends_on - today).days, address, key)
                written += 1
    return written


def _key(page: PartnershipPage, address: str) -> str:
    to = blake2b(address.lower().encode(), digest_size=12).hexdigest()
    return f"{PURPOSE}:{page.translation_key}:{page.ends_on:%Y-%m-%d}:{to}"


def _addresses(page: PartnershipPage) -> Sequence[str]:
    """Of the department in charge; where it has none, of the people who may edit the page."""
    points = ContactPoint.objects.filter(
        department=page.department_id, department__isnull=False
    ).order_by("sort_order", "pk")
    return _valid(points.values_list("email", flat=True)) or _valid(_editors(page))


def _valid(addresses: Iterable[str]) -> list[str]:
    return [address for address in dict.fromkeys(addresses) if address and _is_address(address)]


def _editors(page: PartnershipPage) -> list[str]:
    """The addresses of the active users whose groups edit this part of the tree, and not the whole of it."""
    above = [page.path[:end] for end in range(2 * page.steplen, len(page.path) + 1, page.steplen)]
    groups = GroupPagePermission.objects.filter(
        page__path__in=above, permission__codename="change_page"
    ).values("group")
    users: Any = get_user_model()._default_manager
    found = users.filter(groups__in=groups, is_active=True).exclude(email="").order_by("pk")
    return list(found.distinct().values_list("email", flat=True))


def _is_address(text: str) -> bool:
    try:
        validate_mail_address(text)
    except ValidationError:
        return False
    return True


def _write(page: PartnershipPage, ends_on: date, days: int, address: str, key: str) -> None:
    base = settings.AGORA_BASE_URL.rstrip("/")
    with override(SOURCE_LANGUAGE), transaction.atomic():
        when = day_words(ends_on, weekday=False)
        left = ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
        lines = [
            _("The partnership “%(title)s” ends on %(day)s, %(left)s.")
            % {"title": page.title, "day": when, "left": left},
            _(
                "If it goes on, write its new last day on its page; if not, nothing needs to be done."
            ),
            f"{base}{reverse('wagtailadmin_pages:edit', args=[page.pk])}",
        ]
        # One line without control characters, as a mail's header must be.
        printable = "".join(c if c.isprintable() else " " for c in page.title)
        title = " ".join(printable.split())
        subject = _("Partnership ends on %(day)s: %(title)s") % {"day": when, "title": title}
        enqueue(
            to=address,
            subject=subject[:250].rstrip(),
            body="\n\n".join(lines) + "\n",
            purpose=PURPOSE,
            key=key,
            language=SOURCE_LANGUAGE,
        )
