"""Fails when a string of the interface lacks its Romanian or Hungarian, or has it wrong.

Looked for in locale/{ro,hu}/LC_MESSAGES/django.po: strings of the code that are not there (needs GNU gettext; said
loudly where that is missing, an error with CI=true), blanks, fuzzy entries, wrong plural forms, placeholders that
differ from the msgid's, cedilla letters, obsolete entries.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

from scripts.make_messages import LANGUAGES, extract

REPOSITORY = Path(__file__).resolve().parents[1]

# Romanian: one / few (0, 2-19, 101-119 …) / other. Hungarian: one form after any number, two in gettext's rule.
PLURALS = {
    "ro": (3, "nplurals=3; plural=(n==1 ? 0 : (n==0 || (n%100>0 && n%100<20)) ? 1 : 2);"),
    "hu": (2, "nplurals=2; plural=(n != 1);"),
}
SHOWN = 40
CEDILLAS = re.compile("[\u015e\u015f\u0162\u0163]")
PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]?[\d.]*[a-zA-Z]|%[sdif]|\{\w*(?:[.!:][^{}]*)?\}")


def catalogue_path(root: Path, language: str) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def plural_count(rule: str) -> int:
    """The number of forms that a Plural-Forms header announces, 0 if it does not say."""
    match = re.search(r"nplurals\s*=\s*(\d+)", rule)
    return int(match.group(1)) if match else 0


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def entry_problems(entry: polib.POEntry, forms: int) -> Iterator[str]:
    """What is wrong with one entry, given the language's number of plural forms."""
    if entry.fuzzy:
        yield "fuzzy"
    translations = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if entry.msgid_plural and len(translations) != forms:
        yield f"{len(translations)} plural forms instead of {forms}"
    if not all(text.strip() for text in translations):
        yield "not translated"
        return
    wanted = placeholders(entry.msgid) | placeholders(entry.msgid_plural or "")
    for index, text in enumerate(translations):
        if CEDILLAS.search(text):
            yield "cedilla letters; Romanian is written with comma below"
        found = placeholders(text)
        # The form for exactly one may say it in words and drop the number.
        may_drop = bool(entry.msgid_plural) and (index == 0 or forms == 2)
        if found - wanted or (wanted - found and not may_drop):
            yield f"placeholders {sorted(found)} instead of {sorted(wanted)}"
        if entry.msgid.startswith("\n") != text.startswith("\n") or (
            entry.msgid.endswith("\n") != text.endswith("\n")
        ):
            yield "line breaks at the ends differ from the msgid's"


def catalogue_problems(language: str) -> Iterator[str]:
    """What is wrong inside the committed catalogue of `language`."""
    path = catalogue_path(REPOSITORY, language)
    if not path.exists():
        yield f"{path.relative_to(REPOSITORY)} does not exist"
        return
    catalogue = polib.pofile(str(path), encoding="utf-8")
    forms, rule = PLURALS[language]
    if plural_count(catalogue.metadata.get("Plural-Forms", "")) != forms:
        yield f"{language}: Plural-Forms must be “{rule}”"
    for entry in catalogue:
        if entry.obsolete:
            yield f"{language}: “{entry.msgid}”: obsolete entry (make messages removes it)"
            continue
        for problem in entry_problems(entry, forms):
            yield f"{language}: “{entry.msgid}”: {problem}"


def missing_strings() -> Iterator[str]:
    """Strings of the code that the committed catalogues do not have, and the reverse (needs GNU gettext)."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="agora-messages-") as name:
        copy = Path(name)
        for file in filter(None, listing.split("\0")):
            source = REPOSITORY / file
            if source.suffix in {".py", ".html", ".txt", ".xml", ".po"} and source.exists():
                (copy / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, copy / file)
        extract(copy)
        for language in LANGUAGES:
            committed_path = catalogue_path(REPOSITORY, language)
            if not committed_path.exists():
                continue
            committed = {
                (entry.msgctxt, entry.msgid, entry.msgid_plural)
                for entry in polib.pofile(str(committed_path), encoding="utf-8")
                if not entry.obsolete
            }
            in_code = {
                (entry.msgctxt, entry.msgid, entry.msgid_plural): entry
                for entry in polib.pofile(str(catalogue_path(copy, language)), encoding="utf-8")
                if not entry.obsolete
            }
            for key, entry in in_code.items():
                if key not in committed:
                    places = ", ".join(file for file, _ in entry.occurrences[:2])
                    yield f"{language}: “{entry.msgid}” ({places}) is not in the catalogue"
            for _, msgid, _ in sorted(committed - in_code.keys(), key=lambda key: key[1]):
                yield f"{language}: “{msgid}” is in the catalogue but no longer in the code"


def main() -> int:
    problems = [problem for language in LANGUAGES for problem in catalogue_problems(language)]
    if shutil.which("xgettext"):
        problems += missing_strings()
    else:
        print("!!! GNU gettext is not installed: strings without an entry were NOT looked for.")
        if os.environ.get("CI") == "true":
            problems.append("GNU gettext is not installed")
    for problem in problems:
        print(problem)
    if problems:
        print(
            f"{len(problems)} problems in the translations. `make messages` collects new strings."
        )
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
