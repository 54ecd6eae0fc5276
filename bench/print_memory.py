"""Prints a year of the synthetic register and tells how much memory the process ever held for it.

Usage: python -m bench.print_memory pages|pdf POSITIONS    (JSON in the last line)

In a process of its own, because the peak of a process never falls. It reads as a browser does, portion by portion, and
ends the year after so many positions.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def peak_mb() -> float:
    """The most memory that this process has held so far.

    From Linux's own account of the address space: `ru_maxrss` survives exec and would tell of whoever started this.
    """
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return round(int(line.split()[1]) / 1024, 1)


def main(form: str, most: int) -> None:
    importlib.import_module("config.wsgi")  # sets Django up
    logging.disable(logging.INFO)
    from bench.admin_calls import streamed
    from registry.desk import print_views
    from registry.models import RegisterYear

    year = RegisterYear.objects.filter(register__key="synthetic").order_by("-last_number")[0]
    everything, positions = print_views.portions, 0

    def some(*args: Any) -> Iterator[Any]:
        nonlocal positions
        for portion in everything(*args):
            if positions >= most:
                return
            positions += len(portion)
            yield portion

    print_views.portions = some  # type: ignore[assignment]
    address = f"/admin/registru/print/synthetic/{year.year}/{'pdf/' if form == 'pdf' else ''}"
    before, started, size = peak_mb(), time.perf_counter(), 0
    for part in streamed("chief", address):
        size += len(part)
    found = {
        "form": form,
        "positions": positions,
        "seconds": round(time.perf_counter() - started, 1),
        "printed_mb": round(size / 2**20, 1),
        "peak_before_mb": before,
        "peak_mb": peak_mb(),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
