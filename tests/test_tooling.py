"""The scripts behind the Makefile that decide something: catalogues, translations, hygiene, what need not be redone."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

import polib
import pytest

from scripts import tested_site
from scripts.check_hygiene import line_problems
from scripts.check_translations import entry_problems, plural_count
from scripts.compile_messages import compile_messages
from scripts.serve import Stamp, fingerprint

CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : (n==0 || (n%100>0 && n%100<20)) ? 1 : 2);\\n"

msgid "Open"
msgstr "Deschis"

#, fuzzy
msgid "Closed"
msgstr "Închis?"

msgid "%(n)d place"
msgid_plural "%(n)d places"
msgstr[0] "un loc"
msgstr[1] "%(n)d locuri"
msgstr[2] "%(n)d de locuri"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "locale" / "ro" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(CATALOGUE, encoding="utf-8")
    return path


def test_compiled_catalogue_is_read_by_gettext_with_three_plural_forms(
    catalogue: Path, tmp_path: Path
) -> None:
    assert compile_messages(tmp_path) == [catalogue.with_suffix(".mo")]
    with catalogue.with_suffix(".mo").open("rb") as file:
        texts = gettext.GNUTranslations(file)
    assert texts.gettext("Open") == "Deschis"
    assert texts.gettext("Closed") == "Closed"  # fuzzy: a guess is not a translation
    forms = [texts.ngettext("%(n)d place", "%(n)d places", n) for n in (1, 2, 20, 101)]
    assert forms == ["un loc", "%(n)d locuri", "%(n)d de locuri", "%(n)d locuri"]


def test_catalogue_is_compiled_again_only_when_it_changed(catalogue: Path, tmp_path: Path) -> None:
    compile_messages(tmp_path)
    assert compile_messages(tmp_path) == []
    later = catalogue.with_suffix(".mo").stat().st_mtime + 2
    os.utime(catalogue, (later, later))
    assert len(compile_messages(tmp_path)) == 1


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        (polib.POEntry(msgid="Open", msgstr="Deschis"), ""),
        (polib.POEntry(msgid="Open", msgstr=""), "not translated"),
        (polib.POEntry(msgid="Open", msgstr="Deschis", flags=["fuzzy"]), "fuzzy"),
        (polib.POEntry(msgid="Closed", msgstr="\u015eters"), "cedilla"),
        (polib.POEntry(msgid="Until %(hour)s", msgstr="Până la %(ora)s"), "placeholders"),
        (polib.POEntry(msgid="Until %(hour)s", msgstr="Până la"), "placeholders"),
        (
            polib.POEntry(
                msgid="%(n)d place",
                msgid_plural="%(n)d places",
                msgstr_plural={0: "un loc", 1: "%(n)d locuri", 2: "%(n)d de locuri"},
            ),
            "",
        ),
        (
            polib.POEntry(
                msgid="%(n)d place",
                msgid_plural="%(n)d places",
                msgstr_plural={0: "un loc", 1: "%(n)d locuri"},
            ),
            "2 plural forms instead of 3",
        ),
    ],
)
def test_what_is_wrong_with_a_translation_is_found(entry: polib.POEntry, found: str) -> None:
    said = "; ".join(entry_problems(entry, forms=3))
    assert found in said
    assert bool(found) == bool(said)


def test_plural_forms_header_is_read() -> None:
    assert plural_count("nplurals=3; plural=(n==1 ? 0 : 1);") == 3
    assert plural_count("") == 0


@pytest.mark.parametrize(
    ("name", "line", "found"),
    [
        ("cms/models.py", 'PATH = "/' + 'tmp/x"', "path of one machine"),
        ("docs/run.md", f"see {Path.cwd()}/docs", "path of one machine"),
        ("cms/models.py", "url_path = '/home/contact/'", ""),
        ("docs/run.md", "see https://example.org/ro/work/", ""),
        ("cms/models.py", "Primăria Cluj-Napoca, Căutați și găsiți", ""),
        ("cms/models.py", "C\u0103uta\u0163i", "cedilla"),
        ("tests/cms/test_x.py", "C\u0103uta\u0163i", ""),
        ("cms/models.py", "# TO" + "DO later", "left for later"),
        ("docs/run.md", "pip install -i https://pypi" + ".org/simple", "registry"),
    ],
)
def test_what_must_not_be_committed_is_found(name: str, line: str, found: str) -> None:
    said = "; ".join(line_problems(name, line))
    assert found in said
    assert bool(found) == bool(said)


def test_a_step_is_done_again_only_when_its_sources_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.serve.REPOSITORY", tmp_path)
    source = tmp_path / "static"
    source.mkdir()
    (source / "a.css").write_text("a")
    stamp = Stamp(tmp_path, "static", [source])
    assert not stamp.is_current()
    stamp.write()
    assert Stamp(tmp_path, "static", [source]).is_current()
    before = fingerprint([source])
    (source / "a.pyc").write_text("compiled")
    assert fingerprint([source]) == before
    (source / "b.css").write_text("b")
    assert not Stamp(tmp_path, "static", [source]).is_current()


def test_prepared_site_is_taken_only_when_it_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "site"
    monkeypatch.delenv(tested_site.PREPARED, raising=False)
    assert tested_site.prepared() is None
    monkeypatch.setenv(tested_site.PREPARED, str(folder))
    assert tested_site.prepared() is None
    for succeeds in (False, True):
        monkeypatch.setattr(tested_site, "command", lambda *_, word=str(succeeds): [word.lower()])
        tested_site.prepare(folder)
        assert (tested_site.prepared() is not None) == succeeds
    site = tested_site.prepared()
    assert site is not None
    assert site[0] == folder
    assert site[1] > 1024


def test_environment_of_the_tested_site_is_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGORA_BASE_URL", "https://example.org")
    monkeypatch.setenv("DATABASE_URL", "postgresql://example.org/other")
    variables = tested_site.environment(tmp_path, 8123)
    assert not {"AGORA_BASE_URL", "DATABASE_URL"} & set(variables)
    assert variables["AGORA_DATA_DIR"] == str(tmp_path)
    assert variables["PORT"] == "8123"
