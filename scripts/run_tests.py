"""`make test`: all tests but the browser's on SQLite and, beside them, those of the database on PostgreSQL, then the
browser's.

Arguments go to pytest in both; SQLite's run has the browser's tests too, then. The output is that of one after the
other, so that the last line is pytest's own summary; a failure of PostgreSQL or the browser is repeated after it and
fails the run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scripts import tested_site
from scripts.compile_messages import compile_messages
from scripts.services import environment

REPOSITORY = Path(__file__).resolve().parents[1]


NOTHING_COLLECTED = 5


def command(arguments: list[str]) -> list[str]:
    """The command line of a pytest run."""
    return [sys.executable, "-m", "pytest", *arguments, *sys.argv[1:]]


def pytest(arguments: list[str], variables: dict[str, str]) -> int:
    """Run pytest in the repository; return its exit status."""
    return subprocess.run(command(arguments), env=variables, cwd=REPOSITORY).returncode


def follow(process: subprocess.Popen[bytes], output: Path) -> int:
    """Print what `process` has written to `output` and goes on to write; return its exit status."""
    with output.open("rb") as written:
        while True:
            status = process.poll()
            if text := written.read():
                sys.stdout.buffer.write(text)
                sys.stdout.flush()
            elif status is not None:
                return status
            else:
                time.sleep(0.2)


def main() -> int:
    in_ci = os.environ.get("CI") == "true"
    # Who asks for some tests gets them by whatever marker they have: in one run on SQLite.
    some = bool(sys.argv[1:])
    # Before Django is set up in any process: it reads each catalogue once.
    compile_messages()
    with environment() as variables, tempfile.TemporaryDirectory() as folder:
        # The suite has its own settings, whatever this shell is set up for.
        for name in ("DATABASE_URL", "REDIS_URL", "AGORA_DATA_DIR", "AGORA_BASE_URL", "EMAIL_URL"):
            variables.pop(name, None)
        output = Path(folder) / "sqlite.txt"
        site = Path(folder) / "site"
        variables[tested_site.PREPARED] = str(site)
        with output.open("wb") as target:
            sqlite = subprocess.Popen(
                command([] if some else ["-m", "not e2e"]),
                env=variables,
                cwd=REPOSITORY,
                stdout=target,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        problems = []
        try:
            if url := variables.get("AGORA_TEST_POSTGRES_URL"):
                print("=== PostgreSQL: the tests that use a database", flush=True)
                status = pytest(["-m", "not e2e", "-q"], {**variables, "DATABASE_URL": url})
                if status not in (0, NOTHING_COLLECTED):
                    problems.append(f"PostgreSQL failed (status {status}): see above.")
            else:
                notice = "PostgreSQL is not installed: NO test ran on PostgreSQL."
                print(f"!!! {notice}", file=sys.stderr, flush=True)
                if in_ci:
                    problems.append(notice)
            if not some:
                print("=== The browser", flush=True)
                tested_site.prepare(site)
                if status := pytest(["-m", "e2e", "-q"], variables):
                    problems.append(f"The browser's tests failed (status {status}): see above.")
            print(f"=== SQLite: {'what was asked for' if some else 'every other test'}", flush=True)
            sqlite_status = follow(sqlite, output)
        finally:
            if sqlite.poll() is None:
                sqlite.terminate()
                sqlite.wait()
    for problem in problems:
        print(f"!!! {problem}", file=sys.stderr, flush=True)
    return sqlite_status or bool(problems)


if __name__ == "__main__":
    sys.exit(main())
