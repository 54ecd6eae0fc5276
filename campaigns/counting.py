"""How often short links are followed: a number for each link and local day, and nothing about who followed it.

No cookie, no address, no browser is stored; a request's headers only tell people from programs that look ahead.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from django.db import connection
from django.db.models import Sum
from django.http import HttpRequest

from campaigns.models import ChannelCount

WEEKS: Final = 12
_PROGRAMS: Final = re.compile(
    r"bot(?:[/;)]|$)|\bbot\b|crawl|spider|preview|facebookexternalhit|whatsapp", re.IGNORECASE
)


def is_visit(request: HttpRequest) -> bool:
    """Whether somebody follows the link: no HEAD, no browser that looks ahead, no program that says it is one."""
    if request.method != "GET":
        return False
    purpose = " ".join(
        request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
    ).lower()
    if "prefetch" in purpose or "preview" in purpose or "prerender" in purpose:
        return False
    return _PROGRAMS.search(request.headers.get("User-Agent", "")) is None


def count(code: str, day: date) -> None:
    """Count a visit on `day` (local): one statement, which no other visit can come between."""
    table = connection.ops.quote_name(ChannelCount._meta.db_table)
    number = connection.ops.quote_name("count")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (code, day, {number}) VALUES (%s, %s, 1) "  # noqa: S608  names of ours
            f"ON CONFLICT (code, day) DO UPDATE SET {number} = {table}.{number} + 1",
            [code, day],
        )


@dataclass(slots=True)
class Counts:
    """Visits by code. `weeks`: the Mondays from the first visit on, the newest first; `totals`: of all time."""

    weeks: list[date]
    by_week: dict[str, dict[date, int]] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)


def counts(codes: Iterable[str], today: date, weeks: int = WEEKS) -> Counts:
    """The visits of `codes` in the last `weeks` weeks (Monday to Sunday, this one included): two queries."""
    wanted = [code for code in codes if code]
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - timedelta(weeks=n) for n in range(weeks)]
    rows = ChannelCount.objects.filter(code__in=wanted)
    by_week: dict[str, dict[date, int]] = {code: defaultdict(int) for code in wanted}
    for code, day, number in rows.filter(day__gte=mondays[-1]).values_list("code", "day", "count"):
        by_week[code][day - timedelta(days=day.weekday())] += number
    totals = dict(rows.values_list("code").annotate(total=Sum("count")))
    first = min((week for found in by_week.values() for week in found), default=monday)
    mondays = [week for week in mondays if week >= first]
    return Counts(mondays, by_week, {code: totals.get(code, 0) for code in wanted})
