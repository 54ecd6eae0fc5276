"""`make check`: runs every check, all of them even when one fails, and ends with a list of what failed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "site/manage.py"]


@dataclass(frozen=True)
class Check:
    """A command that must succeed, with what its environment adds."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def python_packages() -> list[str]:
    """The folders and files that mypy reads: everything of ours that holds Python."""
    names = [path.parent.name for path in sorted(REPOSITORY.glob("*/__init__.py"))]
    return [*names, "site/config", "site/manage.py", "scripts", "bench"]


def checks(scratch: str) -> list[Check]:
    """All checks; `scratch` is a folder for the data that settings ask for."""
    templates = [path for path in ("templates", *python_packages()) if (REPOSITORY / path).is_dir()]
    test_settings = {"DJANGO_SETTINGS_MODULE": "config.settings.test", "AGORA_DATA_DIR": scratch}
    # The values of a real deployment, so that --deploy judges what a city would run.
    production = {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "AGORA_DATA_DIR": scratch,
        "AGORA_BASE_URL": "https://agora.example.org",
        "AGORA_ALLOWED_HOSTS": "agora.example.org",
        "SECRET_KEY": "check-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
        "AGORA_DEMO": "0",
    }
    ruff = str(BIN / "ruff")
    return [  # the longest first: two run at a time
        Check("ruff check", [ruff, "check", "--quiet", "."]),
        Check(
            "ruff format", [ruff, "format", "--quiet", "--check", "--output-format", "concise", "."]
        ),
        Check("mypy", [str(BIN / "mypy"), "--no-error-summary", *python_packages()], test_settings),
        Check("import contract", [str(BIN / "lint-imports"), "--no-cache", "--no-logo"]),
        Check("djlint", [str(BIN / "djlint"), "--lint", "--quiet", *templates]),
        Check("hygiene", [sys.executable, "-m", "scripts.check_hygiene"]),
        Check("translations", [sys.executable, "-m", "scripts.check_translations"], test_settings),
        Check("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], test_settings),
        Check("deployment", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], production),
    ]


@dataclass(frozen=True)
class Outcome:
    """What came of a check: whether it passed, how many seconds it took, what it printed."""

    name: str
    passed: bool
    seconds: float
    output: str


def run(check: Check) -> Outcome:
    """Run one check in the repository and keep what it prints."""
    started = time.monotonic()
    result = subprocess.run(
        check.command,
        cwd=REPOSITORY,
        env={**os.environ, **check.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Outcome(
        check.name, result.returncode == 0, time.monotonic() - started, result.stdout.rstrip()
    )


def main() -> int:
    wanted = set(sys.argv[1:])
    failed = []
    with (
        tempfile.TemporaryDirectory(prefix="agora-check-") as scratch,
        ThreadPoolExecutor(2) as pool,
    ):
        chosen = [check for check in checks(scratch) if not wanted or check.name in wanted]
        for outcome in pool.map(run, chosen):
            verdict = "ok" if outcome.passed else "FAILED"
            print(f"{outcome.name:18} {verdict:7} {outcome.seconds:5.1f} s", flush=True)
            # A check that passed may still have something to say loudly.
            if outcome.output and (not outcome.passed or "!!!" in outcome.output):
                print(outcome.output, flush=True)
            if not outcome.passed:
                failed.append(outcome.name)
    print(f"make check: {'FAILED: ' + ', '.join(failed) if failed else 'all passed'}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
