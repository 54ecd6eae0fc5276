"""`make test`: the database tests on PostgreSQL and, beside them, the whole suite (browser included) on SQLite.

Arguments go to pytest in both. The output is that of one after the other, so that the last line is pytest's own
summary of the whole suite; a failure on PostgreSQL is repeated after it and fails the run.
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
                command([]),
                env=variables,
                cwd=REPOSITORY,
                stdout=target,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        problem = ""
        try:
            # The whole suite ends with the browser, after PostgreSQL has ended: what it visits is prepared here.
            if not sys.argv[1:]:
                tested_site.prepare(site)
            if url := variables.get("AGORA_TEST_POSTGRES_URL"):
                print("=== PostgreSQL: the tests that use a database", flush=True)
                status = pytest(["-m", "not e2e", "-q"], {**variables, "DATABASE_URL": url})
                if status not in (0, NOTHING_COLLECTED):
                    problem = f"PostgreSQL failed (status {status}): see above."
            else:
                notice = "PostgreSQL is not installed: NO test ran on PostgreSQL."
                print(f"!!! {notice}", file=sys.stderr, flush=True)
                problem = notice if in_ci else ""
            print("=== SQLite: every test", flush=True)
            sqlite_status = follow(sqlite, output)
        finally:
            if sqlite.poll() is None:
                sqlite.terminate()
                sqlite.wait()
    if problem:
        print(f"!!! {problem}", file=sys.stderr, flush=True)
        return 1
    return sqlite_status


if __name__ == "__main__":
    sys.exit(main())
