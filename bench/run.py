"""`make bench`: every benchmark on SQLite and, where it is installed, on PostgreSQL; one table, one JSON file.

Usage: python -m bench.run [WORD …]    (only benchmarks whose name contains one of the words)

Each engine has a process and a data folder of its own with the demonstration content. Modules named bench_*.py are
found by themselves. Exit status 1 when a benchmark is over its limit.
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import logging
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).resolve().parent / "results"


def measure_engine(engine: str, words: list[str]) -> list[dict[str, Any]]:
    """Measure in this process, with the database that the environment names; return the results as JSON data."""
    importlib.import_module("config.wsgi")  # sets Django up, logging included
    for handler in logging.getLogger().handlers:
        # Writing the log belongs to a request's cost; a terminal that scrolls does not.
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(io.StringIO())
    from bench.measure import REGISTRY, Result, measure
    from bench.wsgi_calls import hello_call

    for module in sorted(Path(__file__).parent.glob("bench_*.py")):
        importlib.import_module(f"bench.{module.stem}")
    chosen = [
        entry
        for entry in REGISTRY.values()
        if not words or any(word in entry.name for word in words)
    ]
    hello = hello_call()
    results: list[Result] = []
    for entry in sorted(chosen, key=lambda entry: entry.stage):
        print(f"  {engine}: {entry.name}", file=sys.stderr, flush=True)
        results.append(measure(entry, hello, engine, results))
    return [result.as_json() for result in results]


def run_engine(engine: str, database_url: str, words: list[str]) -> list[dict[str, Any]]:
    """Prepare a data folder with the demonstration content and measure in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="agora-bench-") as name:
        output = Path(name) / "results.json"
        environment = {
            **{key: value for key, value in os.environ.items() if key != "REDIS_URL"},
            "AGORA_DATA_DIR": str(Path(name) / "data"),
            "AGORA_DEMO": "1",
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
        }
        for command in (
            ["scripts.serve", "--prepare-only"],
            ["bench.run", "--engine", engine, "--output", str(output), *words],
        ):
            subprocess.run(
                [sys.executable, "-m", *command],
                cwd=REPOSITORY,
                env=environment,
                check=True,
                stdout=sys.stderr,
            )
        results: list[dict[str, Any]] = json.loads(output.read_text())
        return results


def table(results: list[dict[str, Any]]) -> str:
    """The results as a text table, one line each."""
    width = max(len(row["name"]) for row in results)
    lines = [
        f"{'benchmark':{width}} {'engine':11} {'median':>10} {'CPU':>10} {'ratio':>8} {'queries':>8}  limit"
    ]
    for row in results:
        limits = [f"{row['limit_ms']:g} ms"] if row["limit_ms"] is not None else []
        limits += [f"{row['limit_cpu_ms']:g} ms CPU"] if row["limit_cpu_ms"] is not None else []
        limits += [f"{row['limit_ratio']:g} ×"] if row["limit_ratio"] is not None else []
        if row["limit_queries"] is not None:
            limits.append(f"{row['limit_queries']} queries")
        if row["limit_mb"] is not None:
            limits.append(f"{row['megabytes']} of {row['limit_mb']:g} MB")
        verdict = "" if row["within_limits"] else "  OVER"
        lines.append(
            f"{row['name']:{width}} {row['engine']:11} {row['milliseconds']:7.2f} ms"
            f" {row['cpu_milliseconds']:7.2f} ms {row['ratio']:6.1f} ×"
            f" {row['queries']:8}  {', '.join(limits) or '-'}{verdict}"
        )
    lines.append(
        "median: wall time. CPU: of this process; a database server's is in the median only."
    )
    lines.append("ratio: CPU time in units of a Django hello-world view, measured in turns with it")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser.add_argument("--engine", help=argparse.SUPPRESS)
    parser.add_argument("--output", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.engine:
        options.output.write_text(json.dumps(measure_engine(options.engine, options.words)))
        return 0

    engines = {"sqlite": ""}
    if url := os.environ.get("AGORA_TEST_POSTGRES_URL"):
        engines["postgresql"] = url
    else:
        print("!!! PostgreSQL is not installed: measured on SQLite only.", file=sys.stderr)
    results = [
        row for engine, url in engines.items() for row in run_engine(engine, url, options.words)
    ]
    if not results:
        print("No benchmark has such a name.", file=sys.stderr)
        return 1
    RESULTS.mkdir(exist_ok=True)
    record = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "results": results,
    }
    (RESULTS / "latest.json").write_text(json.dumps(record, indent=2) + "\n")
    print(table(results))
    return 0 if all(row["within_limits"] for row in results) else 1


if __name__ == "__main__":
    sys.exit(main())
