"""`make test`: the database tests on PostgreSQL, then the whole suite (browser included) on SQLite.

Arguments go to pytest in both halves. The last line is pytest's own summary of the second half; a failure in the
first half is repeated after it and fails the run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from scripts.compile_messages import compile_messages
from scripts.services import environment

REPOSITORY = Path(__file__).resolve().parents[1]


NOTHING_COLLECTED = 5


def pytest(arguments: list[str], variables: dict[str, str]) -> int:
    """Run pytest in the repository; return its exit status."""
    command = [sys.executable, "-m", "pytest", *arguments, *sys.argv[1:]]
    return subprocess.run(command, env=variables, cwd=REPOSITORY).returncode


def main() -> int:
    in_ci = os.environ.get("CI") == "true"
    # Before Django is set up in any process: it reads each catalogue once.
    compile_messages()
    with environment() as variables:
        # The suite has its own settings, whatever this shell is set up for.
        for name in ("DATABASE_URL", "REDIS_URL", "AGORA_DATA_DIR", "AGORA_BASE_URL", "EMAIL_URL"):
            variables.pop(name, None)
        problem = ""
        if url := variables.get("AGORA_TEST_POSTGRES_URL"):
            print("=== PostgreSQL: the tests that use a database", flush=True)
            status = pytest(["-m", "not e2e", "-q"], {**variables, "DATABASE_URL": url})
            if status not in (0, NOTHING_COLLECTED):
                problem = f"The PostgreSQL half failed (status {status}): see above."
        else:
            notice = "PostgreSQL is not installed: NO test ran on PostgreSQL."
            print(f"!!! {notice}", file=sys.stderr, flush=True)
            problem = notice if in_ci else ""
        print("=== SQLite: every test", flush=True)
        status = pytest([], variables)
    if problem:
        print(f"!!! {problem}", file=sys.stderr, flush=True)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
