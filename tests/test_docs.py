"""What the documents say exists: commands, files, settings. Documents that cannot rot."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[1]
DOCUMENTS = [
    *sorted(REPOSITORY.glob("*.md")),
    *sorted((REPOSITORY / "docs").rglob("*.md")),
    REPOSITORY / "Makefile",
    REPOSITORY / ".ci" / "run",
]
PROSE = [path for path in DOCUMENTS if path.suffix == ".md"]


def name_of(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def make_targets() -> set[str]:
    text = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", text, flags=re.MULTILINE))


def committed_files() -> list[str]:
    return subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip


def test_the_promised_commands_exist() -> None:
    promised = {"serve", "dev", "test", "check", "bench", "messages", "compilemessages", "lock"}
    assert promised <= make_targets()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_make_target_that_a_document_names_exists(path: Path) -> None:
    named = set(re.findall(r"`make ([a-z][a-z-]*)", path.read_text(encoding="utf-8")))
    named |= set(re.findall(r"^\s*make ([a-z][a-z-]*)", path.read_text(encoding="utf-8"), re.M))
    assert named <= make_targets()


def test_make_help_describes_every_target() -> None:
    help_text = subprocess.run(
        ["make", "help"], cwd=REPOSITORY, check=True, capture_output=True, text=True
    ).stdout
    described = set(re.findall(r"^  ([a-z-]+)  ", help_text, flags=re.MULTILINE))
    assert make_targets() - described == {"runtime", "dev-packages"}


def test_readme_gives_the_two_commands() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert "make serve" in readme
    assert "make test" in readme


@pytest.mark.parametrize("path", PROSE, ids=name_of)
def test_relative_links_and_pictures_of_a_document_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    missing = [
        target
        for target in targets
        if not re.match(r"[a-z]+:|#", target) and not (path.parent / target.split("#")[0]).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("path", PROSE, ids=name_of)
def test_files_that_a_document_names_exist(path: Path) -> None:
    """A name in backquotes with a folder and a suffix of ours is the path of a file, from the repository's root."""
    text = path.read_text(encoding="utf-8")
    named = re.findall(
        r"`([\w.-]+(?:/[\w.-]+)+\.(?:py|html|css|js|md|yml|yaml|toml|sh|txt))`", text
    )
    missing = [name for name in named if not (REPOSITORY / name).exists()]
    assert missing == []


def test_readme_map_names_every_top_level_folder() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    folders = {name.split("/")[0] for name in committed_files() if "/" in name}
    unnamed = {
        folder for folder in folders if not folder.startswith(".") and f"{folder}/" not in readme
    }
    assert unnamed == set()


def test_readme_names_every_setting_that_the_environment_gives() -> None:
    """Settings read from the environment are told in the README or in docs/."""
    told = "".join(path.read_text(encoding="utf-8") for path in PROSE)
    source = "".join(
        path.read_text(encoding="utf-8") for path in (REPOSITORY / "site" / "config").rglob("*.py")
    )
    names = set(re.findall(r"\b(?:env\.\w+|_email_url)\(\s*\"([A-Z][A-Z_]+)\"", source))
    assert {"AGORA_DATA_DIR", "DATABASE_URL"} <= names
    assert {name for name in names if name not in told} == set()


def test_nothing_is_a_package_that_must_not_be() -> None:
    """The standard library owns `site`; catalogues are not code."""
    assert not (REPOSITORY / "site" / "__init__.py").exists()
    assert not (REPOSITORY / "locale" / "__init__.py").exists()
    assert (REPOSITORY / "tests" / "__init__.py").exists()


def test_locks_name_no_registry_and_hash_every_package() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-uv.txt"):
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        assert "://" not in text
        requirements = re.split(r"\n(?=[a-zA-Z])", text)[1:]
        assert requirements
        assert [line.split()[0] for line in requirements if "--hash=sha256:" not in line] == []


def test_dev_lock_holds_the_runtime_lock() -> None:
    """One version of each package, whichever lock installed it."""

    def pins(name: str) -> set[str]:
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        return set(re.findall(r"^[a-zA-Z][^\s;\\]*==[^\s;\\]+", text, flags=re.MULTILINE))

    assert pins("requirements.txt") - pins("requirements-dev.txt") == set()


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in sorted((REPOSITORY / "docs/decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_publiccode_holds_what_the_standard_requires() -> None:
    """publiccode.yml 0.4: mandatory keys, their lengths and vocabularies."""
    data = yaml.safe_load((REPOSITORY / "publiccode.yml").read_text(encoding="utf-8"))
    assert {
        "publiccodeYmlVersion", "name", "url", "platforms", "categories", "developmentStatus",
        "softwareType", "description", "legal", "maintenance", "localisation",
    } <= data.keys()  # fmt: skip
    assert data["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}
    assert data["softwareType"] == "standalone/web"
    assert data["legal"]["license"] == "BSD-3-Clause"
    assert data["maintenance"]["type"] in {"internal", "community"}
    assert data["maintenance"]["contacts"]
    assert isinstance(data["localisation"]["localisationReady"], bool)
    assert set(data["localisation"]["availableLanguages"]) == {"ro", "en", "hu"}
    for texts in data["description"].values():
        assert len(texts["shortDescription"]) <= 150
        assert 150 <= len(texts["longDescription"]) <= 10_000
        assert texts["features"]
    pictures = [
        name for texts in data["description"].values() for name in texts.get("screenshots", [])
    ]
    assert [name for name in pictures if not (REPOSITORY / name).exists()] == []
