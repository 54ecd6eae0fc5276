"""Fails on what must not stand in a committed file: machine paths, registries, cedillas, work left for later."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

REPOSITORY = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Rule:
    """A pattern that no line may match, outside the folders named in `except_in`."""

    says: str
    pattern: re.Pattern[str]
    suffixes: frozenset[str] | None = None
    except_in: tuple[str, ...] = ("tests/vendor",)


# Folders of one machine, and where this very tree and its owner live. `home` in general is left out: it is also how
# the addresses of Wagtail's page tree begin.
MACHINE_FOLDERS = "|".join(
    (
        *("work", "root", "tmp", "Users/[A-Za-z]+"),
        *(re.escape(str(path).strip("/")) for path in (REPOSITORY, Path.home())),
    )
)
REGISTRIES = "|".join(
    re.escape(host)
    for host in (
        "pypi" + ".org",
        "pythonhosted" + ".org",
        "registry.npmjs" + ".org",
        "deb.debian" + ".org",
    )
)
RULES = (
    Rule("path of one machine", re.compile(rf"(?:^|[^\w.~/-])/(?:{MACHINE_FOLDERS})/")),
    Rule("host of a package registry", re.compile(REGISTRIES)),
    Rule(
        "cedilla letter; Romanian is written with comma below (as data: \\u015f)",
        re.compile("[\u015e\u015f\u0162\u0163]"),
        except_in=("tests",),
    ),
    Rule(
        "work left for later",
        re.compile(
            r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b"
        ),
        frozenset({".py", ".html", ".js", ".css", ".sh"}),
    ),
)
FORBIDDEN_NAMES = {
    "site/__init__.py": "the standard library owns the name `site`",
    "locale/__init__.py": "locale/ holds catalogues, not code",
}
DRAWERS = {"utils.py", "helpers.py", "misc.py"}


def committed_files() -> list[str]:
    """Every file that is committed or would be: what git tracks or does not ignore."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return [
        name for name in sorted(set(listing.split("\0"))) if name and (REPOSITORY / name).is_file()
    ]


def line_problems(name: str, text: str) -> Iterator[str]:
    path = PurePosixPath(name)
    for rule in RULES:
        if rule.suffixes is not None and path.suffix not in rule.suffixes:
            continue
        if any(path.is_relative_to(folder) for folder in rule.except_in):
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            if match := rule.pattern.search(line):
                yield f"{name}:{number}: {rule.says}: {match.group(0).strip()}"


def problems(names: list[str]) -> Iterator[str]:
    """Every problem in the named files, one line each."""
    for name in names:
        if reason := FORBIDDEN_NAMES.get(name):
            yield f"{name}: must not exist: {reason}"
        if PurePosixPath(name).name in DRAWERS:
            yield f"{name}: name the module after what it does"
        try:
            text = (REPOSITORY / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures and fonts
        yield from line_problems(name, text)


def main() -> int:
    found = list(problems(committed_files()))
    print("\n".join(found))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
