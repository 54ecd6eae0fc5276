"""Installs the system programs that tests and checks use, where it may (root, with apt); else says what is missing.

Usage: python -m scripts.system_packages chromium postgresql redis fonts gettext node libical
Exit status 1 when something is missing and CI=true, where nothing may be skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


def find_chromium() -> str | None:
    """The path of a Chromium or Chrome on PATH, or None."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if path := shutil.which(name):
            return path
    return None


def find_postgresql() -> Path | None:
    """The folder of PostgreSQL's server programs (initdb, postgres), or None.

    Debian keeps them off PATH, one folder a version; the newest is taken.
    """
    if path := shutil.which("initdb"):
        return Path(path).resolve().parent
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    return versions[-1].parent if versions else None


def has_fonts() -> bool:
    """Whether a font family with full Romanian and Hungarian coverage is installed for the screenshots."""
    if not shutil.which("fc-list"):
        return False
    listing = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True).stdout
    return "Noto Sans" in listing or "Roboto" in listing


# Debian's own Python, for which Debian packages the bindings of libical.
SYSTEM_PYTHON = "/usr/bin/python3"


def has_libical() -> bool:
    """Whether Debian's Python finds libical, with which the tests read the calendar feeds."""
    if not Path(SYSTEM_PYTHON).exists():
        return False
    code = "import gi; gi.require_version('ICalGLib', '3.0'); from gi.repository import ICalGLib"
    return subprocess.run([SYSTEM_PYTHON, "-c", code], capture_output=True).returncode == 0


@dataclass(frozen=True)
class Tool:
    """A thing that tests need: how to tell that it is there, what installs it, what is lost without it."""

    is_there: Callable[[], object]
    packages: tuple[str, ...]
    without_it: str


TOOLS = {
    "chromium": Tool(find_chromium, ("chromium",), "the browser tests are skipped"),
    "postgresql": Tool(find_postgresql, ("postgresql",), "no test runs on PostgreSQL"),
    "redis": Tool(
        lambda: shutil.which("redis-server"), ("redis-server",), "the Redis tests are skipped"
    ),
    "fonts": Tool(
        has_fonts, ("fontconfig", "fonts-noto-core"), "pages are drawn with whatever font there is"
    ),
    "gettext": Tool(
        lambda: shutil.which("xgettext"),
        ("gettext",),
        "new strings that lack a translation are not looked for",
    ),
    "node": Tool(
        lambda: shutil.which("node") and shutil.which("npm"),
        ("nodejs", "npm"),
        "ical.js does not read the calendar feeds and its tests are skipped",
    ),
    "libical": Tool(
        has_libical,
        ("python3-gi", "gir1.2-ical-3.0"),
        "libical does not read the calendar feeds and its tests are skipped",
    ),
}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def install(packages: list[str]) -> None:
    """Install Debian packages; raises RuntimeError with apt's words where it refuses."""
    say(f"Installing {', '.join(packages)} with apt …")
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        result = subprocess.run(
            command,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if result.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} failed:\n{result.stdout}{result.stderr}")


def ensure(names: list[str]) -> list[str]:
    """Install what of `names` is missing, where that is possible; return the names still missing."""
    missing = [name for name in names if not TOOLS[name].is_there()]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        try:
            install([package for name in missing for package in TOOLS[name].packages])
        except RuntimeError as error:
            say(str(error))
    return [name for name in missing if not TOOLS[name].is_there()]


def main() -> int:
    missing = ensure(sys.argv[1:])
    for name in missing:
        tool = TOOLS[name]
        say(f"!!! {name} is not installed, so {tool.without_it}.")
        say(f"!!! As root on Debian: apt-get install {' '.join(tool.packages)}")
    if missing and os.environ.get("CI") == "true":
        say("!!! With CI=true nothing may be missing.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
