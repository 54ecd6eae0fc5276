"""How a benchmark is declared and measured.

A benchmark is a function that prepares something and returns the call to be measured; one that must clean up
afterwards is a generator that yields the call. It is measured in turns with a
Django hello-world view, in the same process and minute, so that its ratio says the same on a slow and on a fast
machine, on a quiet and on a busy one.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

Call = Callable[[], object]
"""What is measured. One with `limit_mb` returns how many megabytes of memory it has used."""
Prepare = Callable[[], Call] | Callable[[], Iterator[Call]]


@dataclass(frozen=True)
class Benchmark:
    """A named thing to measure, with the limits that it must keep (None: only told)."""

    name: str
    prepare: Prepare
    rounds: int
    limit_ms: float | Mapping[str, float] | None
    limit_ratio: float | None
    limit_cpu_ms: float | None
    limit_times: tuple[float, str] | None
    limit_queries: int | None
    limit_mb: float | None
    stage: int


@dataclass(frozen=True)
class Result:
    """Medians over the rounds. `milliseconds` are of wall time; `ratio` compares CPU with the hello-world view's.

    CPU time is this process's: a database server's is part of the wall time only.
    """

    name: str
    engine: str
    milliseconds: float
    cpu_milliseconds: float
    ratio: float
    queries: int
    rounds: int
    limit_ms: float | None
    limit_ratio: float | None
    limit_cpu_ms: float | None
    limit_queries: int | None = None
    megabytes: float | None = None
    limit_mb: float | None = None

    def is_within_limits(self) -> bool:
        measured = (
            (self.milliseconds, self.limit_ms),
            (self.ratio, self.limit_ratio),
            (self.cpu_milliseconds, self.limit_cpu_ms),
            (self.queries, self.limit_queries),
            (self.megabytes or 0, self.limit_mb),
        )
        return all(limit is None or value <= limit for value, limit in measured)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "within_limits": self.is_within_limits()}


REGISTRY: dict[str, Benchmark] = {}


def benchmark(
    name: str,
    *,
    rounds: int = 40,
    limit_ms: float | Mapping[str, float] | None = None,
    limit_ratio: float | None = None,
    limit_cpu_ms: float | None = None,
    limit_times: tuple[float, str] | None = None,
    limit_queries: int | None = None,
    limit_mb: float | None = None,
    stage: int = 0,
) -> Callable[[Prepare], Prepare]:
    """Register the decorated function, which returns (or yields) the call to measure, under `name`.

    `limit_ms` is wall time in milliseconds, one for all engines or one for each by its name; `limit_cpu_ms` CPU time,
    `limit_ratio` CPU time in hello-worlds, `limit_times` (factor, name) CPU time in that of another benchmark measured
    before; all hold for the median. `limit_queries` is of the database's, `limit_mb` of what the call returns.
    Those of a later `stage` are measured after all of an earlier one, and may leave content behind.
    Raises ValueError when the name is taken.
    """

    def register(prepare: Prepare) -> Prepare:
        if name in REGISTRY:
            raise ValueError(f"There are two benchmarks named {name}.")
        REGISTRY[name] = Benchmark(
            name,
            prepare,
            rounds,
            limit_ms,
            limit_ratio,
            limit_cpu_ms,
            limit_times,
            limit_queries,
            limit_mb,
            stage,
        )
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


def measure(what: Benchmark, hello: Call, engine: str, before: Iterable[Result] = ()) -> Result:
    """Measure one benchmark in turns with `hello`; `engine` names the database, `before` what was measured with it."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    walls, cpus, hellos = [], [], []
    megabytes = None
    with prepared(what) as call:
        call()  # warms templates and caches
        with CaptureQueriesContext(connection) as captured:
            used = call()
        if what.limit_mb is not None and isinstance(used, float):
            megabytes = round(used, 1)
        queries = len(captured)
        connection.queries_log.clear()
        _timed(hello, repeat=50)
        for _ in range(what.rounds):
            # One hello is shorter than the clock is fine: twenty are not.
            hellos.append(_timed(hello, repeat=20)[1])
            wall, cpu = _timed(call)
            walls.append(wall)
            cpus.append(cpu)
    limit_cpu_ms = what.limit_cpu_ms
    if what.limit_times:
        factor, name = what.limit_times
        other = next((result for result in before if result.name == name), None)
        limit_cpu_ms = round(other.cpu_milliseconds * factor, 2) if other else limit_cpu_ms
    return Result(
        name=what.name,
        engine=engine,
        milliseconds=round(statistics.median(walls) * 1000, 2),
        cpu_milliseconds=round(statistics.median(cpus) * 1000, 2),
        ratio=round(statistics.median(cpus) / statistics.median(hellos), 1),
        queries=queries,
        rounds=what.rounds,
        limit_ms=what.limit_ms.get(engine) if isinstance(what.limit_ms, Mapping) else what.limit_ms,
        limit_ratio=what.limit_ratio,
        limit_cpu_ms=limit_cpu_ms,
        limit_queries=what.limit_queries,
        megabytes=megabytes,
        limit_mb=what.limit_mb,
    )
