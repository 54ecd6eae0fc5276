"""The register: how many registrations a second with 8 clients, and how fast it is read among many entries.

With AGORA_BENCH_LARGE=1 among 1,000,000 (making them takes minutes on each engine), else among 20,000. Reading is
measured as the desk does it: the newest 50 that a clerk, or an officer of one department, may see. That the database
uses its indexes is asserted by tests/registry/test_scale.py.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from django.db import connection, connections
from django.db.models import QuerySet
from django.utils import timezone

from bench.measure import Call, benchmark

CLIENTS = 8
EACH = 25
SIZE = 1_000_000 if os.environ.get("AGORA_BENCH_LARGE") else 20_000
PAGE = 50
LIMIT_MS = 100
REPORT_LIMIT_MS = 5000
OFFICERS = ("clerk", "dept-events")
NAMES = {
    "frequent name": "popescu",
    "rare name": "zavoianu",
    "beginning of a name": "mur",
    "two words": "maria observatorului",
    "a name that nobody has": "necunoscutul",
}


# -- writing -----------------------------------------------------------------------------------------------------------


def register_some(client: int, round_: int) -> None:
    """What one of the clients does."""
    from registry.models import EntryKind, Register
    from registry.registration import Filing, Sender, register

    general = Register.objects.get(key="general")
    kind = EntryKind.objects.get(key="sesizare")
    for n in range(EACH):
        key = f"bench-{os.getpid()}-{round_}-{client}-{n}"
        register(
            Filing(
                kind=kind,
                subject="Măsurătoare",
                body="Text de probă. " * 30,
                sender=Sender(name="Ilona Probă", email="ilona@example.org"),
                submission_key=key,
                submission_digest=key,
            ),
            register=general,
        )


def _client(start: Any, done: Any, client: int) -> None:
    for round_ in count():
        start.wait()
        register_some(client, round_)
        done.wait()


# 50 a second on SQLite, 100 on PostgreSQL.
@benchmark(
    f"register: {CLIENTS * EACH} petitions by {CLIENTS} clients",
    rounds=5,
    limit_ms={"sqlite": CLIENTS * EACH * 20, "postgresql": CLIENTS * EACH * 10},
)
def registrations() -> Iterator[Call]:
    connections.close_all()
    context = multiprocessing.get_context("fork")
    start, done = context.Barrier(CLIENTS + 1), context.Barrier(CLIENTS + 1)
    clients = [
        context.Process(target=_client, args=(start, done, n), daemon=True) for n in range(CLIENTS)
    ]
    for client in clients:
        client.start()

    def call() -> None:
        start.wait(60)
        done.wait(60)

    yield call
    for client in clients:
        client.kill()
        client.join()


# -- reading -----------------------------------------------------------------------------------------------------------


def grow() -> None:
    """Have SIZE synthetic petitions."""
    from registry.seeding import seed_petitions

    if seed_petitions(SIZE, 1, timezone.localdate()) and connection.vendor == "postgresql":
        # What autovacuum does within minutes.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")


def page_of(account: str, narrowed: Callable[[Any], QuerySet[Any]] = lambda rows: rows) -> Call:
    """The list's first page, as the account sees it; with the account's permissions read anew, as by a request."""
    from django.contrib.auth import get_user_model

    from registry.desk.paging import NEWEST_FIRST, slice_of
    from registry.models import RegistryEntry

    grow()

    def call() -> None:
        user = get_user_model().objects.get(username=account)
        rows: Any = narrowed(RegistryEntry.objects.visible_to(user))
        slice_of(
            rows.select_related("kind", "department").defer("body", "answer", "search_text"),
            NEWEST_FIRST,
            {},
            PAGE,
        )

    return call


def numbers() -> Iterator[str]:
    """A number in each of its forms in turn, each time another one."""
    year = timezone.localdate().year - 1
    for step in count(1):
        number = step * 37 % (SIZE // 4) + 1
        text = f"{number:,}".replace(",", ".")
        yield from (str(number), text, f"{text}/{year}", f"{text}/000/28.02.{year}")


def _register(account: str) -> None:
    name = f"register of {SIZE:,}, {account}"

    @benchmark(f"{name}: newest {PAGE}", rounds=20, limit_ms=LIMIT_MS, stage=9)
    def newest() -> Call:
        return page_of(account)

    @benchmark(f"{name}: number", rounds=20, limit_ms=LIMIT_MS, stage=9)
    def number() -> Call:
        texts = numbers()
        return page_of(account, lambda rows: rows.search(next(texts)))

    for what, words in NAMES.items():

        @benchmark(f"{name}: {what}", rounds=20, limit_ms=LIMIT_MS, stage=9)
        def named(words: str = words) -> Call:
            return page_of(account, lambda rows: rows.search(words))


for _account in OFFICERS:
    _register(_account)


# In the background; see docs/reports.md.
@benchmark(f"register of {SIZE:,}: half-yearly report", rounds=3, limit_ms=REPORT_LIMIT_MS, stage=9)
def half_yearly_report() -> Call:
    from registry import report_counts
    from registry.periods import ended_half_years

    grow()
    today = timezone.localdate()
    period = ended_half_years(today)[0]
    return lambda: report_counts.count("petitions", period, today)
