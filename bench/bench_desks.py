"""The register's desks among many entries: each screen as its user gets it, the regular work, a report, a print.

With AGORA_BENCH_LARGE=1 among 1,000,000 entries, else among 20,000, as in bench_register. A screen has 150 ms and 25
queries, whatever the size; a half-year's report 5 s; a year of 100,000 positions is printed in 200 MB.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Final

from django.utils import timezone

from bench.admin_calls import screen_call
from bench.bench_register import SIZE, grow
from bench.measure import Call, benchmark

LIMIT_MS: Final = 150
LIMIT_QUERIES: Final = 25
LIMIT_REPORT_MS: Final = 5000
LIMIT_PRINT_MB: Final = 200
PRINTED: Final = 100_000

# What, whose, where below /admin/registru/.
SCREENS: Final = (
    ("inbox", "clerk", "inbox/"),
    ("distribution board", "clerk", "board/"),
    ("my department's work", "dept-events", "work/"),
    ("approvals of a department", "head-events", "approvals/"),
    ("approvals of the registry", "chief", "approvals/"),
    ("dispatch book", "clerk", "dispatch/"),
    ("dispatch book, sent", "clerk", "dispatch/sent/"),
    ("court mail", "clerk", "court/"),
    ("entries, late", "clerk", "entries/?show=late"),
    ("entries, late", "dept-events", "entries/?show=late"),
    ("entries, due in a week", "clerk", "entries/?show=week"),
    ("entries, in progress", "clerk", "entries/?state=in_progress"),
    ("entries, archived", "dept-events", "entries/?state=archived"),
    ("entries, returned", "clerk", "entries/?state=returned"),
    ("Cabinet's board", "cabinet", "cabinet/"),
    ("audiences", "cabinet", "audiences/"),
    ("reports", "chief", "reports/"),
    ("retention", "chief", "retention/"),
)


def _screen(what: str, account: str, path: str) -> None:
    @benchmark(
        f"desk of {SIZE:,}, {account}: {what}",
        rounds=20,
        limit_ms=LIMIT_MS,
        limit_queries=LIMIT_QUERIES,
        stage=10,
    )
    def screen() -> Call:
        grow()
        return screen_call(account, f"/admin/registru/{path}")


for _what, _account, _path in SCREENS:
    _screen(_what, _account, _path)


@benchmark(f"desk of {SIZE:,}: report of a half-year", rounds=3, limit_ms=LIMIT_REPORT_MS, stage=11)
def report() -> Call:
    """Asked for, counted and frozen as the background task does it."""
    from registry import periods, report_services
    from registry.models import Report

    grow()

    def call() -> None:
        now = timezone.now()
        last = periods.ended_half_years(timezone.localdate())[0]
        report_services.ask(Report.Kind.PETITIONS, last, actor=None, now=now)
        if report_services.count_waiting(now) != 1:
            raise RuntimeError("The report was not counted.")

    return call


@benchmark(f"desk of {SIZE:,}: registry_tick", rounds=5, stage=12)
def tick() -> Call:
    """The regular work, with everything told that is to be told (the first run, which warms up, tells it)."""
    from registry import housekeeping

    grow()
    now = timezone.now()
    return lambda: housekeeping.tick(now, any_hour=True)


def _print(form: str) -> None:
    @benchmark(
        f"desk of {SIZE:,}: up to {PRINTED:,} positions of a year as {form}",
        rounds=1,
        limit_mb=LIMIT_PRINT_MB,
        stage=13,
    )
    def printed() -> Call:
        grow()

        def call() -> float:
            command = [sys.executable, "-m", "bench.print_memory", form, str(PRINTED)]
            run = subprocess.run(command, check=True, stdout=subprocess.PIPE)
            found = json.loads(run.stdout.splitlines()[-1])
            print(f"    {found}", file=sys.stderr)
            return float(found["peak_mb"])

        return call


for _form in ("pages", "pdf"):
    _print(_form)
