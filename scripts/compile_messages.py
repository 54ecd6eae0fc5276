"""Compiles locale/*/LC_MESSAGES/*.po into .mo files without GNU gettext, which a fresh machine does not have."""

from __future__ import annotations

import sys
from pathlib import Path

import polib

REPOSITORY = Path(__file__).resolve().parents[1]


def compile_messages(repository: Path = REPOSITORY) -> list[Path]:
    """Compile every catalogue whose .mo is missing or older than its .po; return the .mo files written.

    Fuzzy and obsolete entries are left out, as msgfmt does. Raises OSError (with the line) for a broken .po file.
    """
    written = []
    for source in sorted(repository.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        catalogue = polib.pofile(str(source), encoding="utf-8", check_for_duplicates=True)
        # Written beside and moved into place: a server that starts meanwhile never reads half a file.
        partial = target.with_suffix(".mo.partial")
        partial.write_bytes(catalogue.to_binary())
        partial.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    for path in compile_messages():
        print(path.relative_to(REPOSITORY))
    sys.exit(0)
