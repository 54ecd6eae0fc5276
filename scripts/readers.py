"""Installs ical.js, with which the tests read the calendar feeds; says what is missing where it cannot.

Usage: python -m scripts.readers
Does nothing when the versions of package-lock.json are there. libical, the other reader outside Python, is a Debian
package (`scripts.system_packages libical`). Exit status 1 when a reader is missing and CI=true, where nothing may be
skipped.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.system_packages import SYSTEM_PYTHON, has_libical, say

__all__ = ["FOLDER", "SYSTEM_PYTHON", "install_ical_js", "missing_ical_js", "missing_libical"]

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "events" / "readers"
MODULES = FOLDER / "node_modules"
STAMP = MODULES / ".installed"


def locked() -> str:
    """Names the versions that the lock asks for."""
    return hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()


def missing_ical_js() -> str:
    """Why ical.js cannot read feeds here; "" when it can."""
    if not shutil.which("node"):
        return "node is not installed"
    if not STAMP.exists() or STAMP.read_text() != locked():
        return "ical.js is not installed: python -m scripts.readers"
    return ""


def missing_libical() -> str:
    """Why libical cannot read feeds here; "" when it can."""
    return "" if has_libical() else "libical is not installed: apt-get install gir1.2-ical-3.0"


def install_ical_js() -> None:
    """Install what the lock names, checked against its hashes; raises RuntimeError with npm's words."""
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("npm is not installed.")
    say("Installing ical.js with npm …")
    result = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=FOLDER,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if result.returncode != 0:
        raise RuntimeError(f"npm ci failed:\n{result.stdout}{result.stderr}")
    STAMP.write_text(locked())


def main() -> int:
    if missing_ical_js():
        try:
            install_ical_js()
        except RuntimeError as error:
            say(f"!!! {error}")
    reasons = [reason for reason in (missing_ical_js(), missing_libical()) if reason]
    for reason in reasons:
        say(f"!!! {reason}, so it does not read the calendar feeds: those tests are skipped.")
    if reasons and os.environ.get("CI") == "true":
        say("!!! With CI=true nothing may be missing.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
