"""Extracts the English msgids of code and templates into locale/{ro,hu}/LC_MESSAGES/django.po (GNU gettext needed)."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
LANGUAGES = ("ro", "hu")
# Build output, tests and tools hold no text that a visitor or an editor reads.
IGNORED = ("var/*", ".venv/*", ".tools/*", "tests/*", "scripts/*", "bench/*", "docs/*")


def extract(root: Path) -> None:
    """Update the catalogues under `root`/locale from the sources under `root`.

    Line numbers are left out, so that moving code changes no catalogue. Raises CommandError without GNU gettext.
    """
    from django.core.management import call_command

    here = Path.cwd()
    os.chdir(root)
    try:
        (root / "locale").mkdir(exist_ok=True)
        call_command(
            "makemessages",
            locale=list(LANGUAGES),
            extensions=["html", "txt", "xml", "py"],
            ignore_patterns=list(IGNORED),
            add_location="file",
            no_obsolete=True,
            no_wrap=False,
            verbosity=0,
        )
    finally:
        os.chdir(here)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    extract(REPOSITORY)


if __name__ == "__main__":
    main()
