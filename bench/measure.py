"""How a benchmark is declared and measured.

A benchmark is a function that prepares something and returns the call to be measured; one that must clean up
afterwards is a generator that yields the call. It is measured in turns with a
Django hello-world view, in the same process and minute, so that its ratio says the same on a slow and on a fast
machine, on a quiet and on a busy one.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

Call = Callable[[], object]
Prepare = Callable[[], Call] | Callable[[], Iterator[Call]]


@dataclass(frozen=True)
class Benchmark:
    """A named thing to measure, with the limits that it must keep (None: only told)."""

    name: str
    prepare: Prepare
    rounds: int
    limit_ms: float | None
    limit_ratio: float | None


@dataclass(frozen=True)
class Result:
    """Medians over the rounds. `ratio` compares CPU seconds with the hello-world view's."""

    name: str
    engine: str
    milliseconds: float
    ratio: float
    queries: int
    rounds: int
    limit_ms: float | None
    limit_ratio: float | None

    def is_within_limits(self) -> bool:
        return (self.limit_ms is None or self.milliseconds <= self.limit_ms) and (
            self.limit_ratio is None or self.ratio <= self.limit_ratio
        )

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "within_limits": self.is_within_limits()}


REGISTRY: dict[str, Benchmark] = {}


def benchmark(
    name: str,
    *,
    rounds: int = 40,
    limit_ms: float | None = None,
    limit_ratio: float | None = None,
) -> Callable[[Prepare], Prepare]:
    """Register the decorated function, which returns (or yields) the call to measure, under `name`.

    `limit_ms` is wall time in milliseconds, `limit_ratio` CPU time in hello-worlds; both hold for the median.
    Raises ValueError when the name is taken.
    """

    def register(prepare: Prepare) -> Prepare:
        if name in REGISTRY:
            raise ValueError(f"There are two benchmarks named {name}.")
        REGISTRY[name] = Benchmark(name, prepare, rounds, limit_ms, limit_ratio)
        return prepare

    return register


def _timed(call: Call, repeat: int = 1) -> tuple[float, float]:
    """Wall and CPU seconds of one call, as the mean of `repeat`."""
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(repeat):
        call()
    return (time.perf_counter() - wall) / repeat, (time.process_time() - cpu) / repeat


@contextmanager
def prepared(what: Benchmark) -> Iterator[Call]:
    """The call to measure, prepared; cleaned up at the end of the block."""
    made = what.prepare()
    if not isinstance(made, Iterator):
        yield made
        return
    yield next(made)
    for _ in made:
        raise RuntimeError(f"{what.name} yields more than one call.")


def measure(what: Benchmark, hello: Call, engine: str) -> Result:
    """Measure one benchmark in turns with `hello`; `engine` names the database in the result."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    walls, cpus, hellos = [], [], []
    with prepared(what) as call:
        call()  # warms templates and caches
        with CaptureQueriesContext(connection) as captured:
            call()
        queries = len(captured)
        connection.queries_log.clear()
        _timed(hello, repeat=50)
        for _ in range(what.rounds):
            # One hello is shorter than the clock is fine: twenty are not.
            hellos.append(_timed(hello, repeat=20)[1])
            wall, cpu = _timed(call)
            walls.append(wall)
            cpus.append(cpu)
    return Result(
        name=what.name,
        engine=engine,
        milliseconds=round(statistics.median(walls) * 1000, 2),
        ratio=round(statistics.median(cpus) / statistics.median(hellos), 1),
        queries=queries,
        rounds=what.rounds,
        limit_ms=what.limit_ms,
        limit_ratio=what.limit_ratio,
    )
