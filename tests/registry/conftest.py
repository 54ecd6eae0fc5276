"""A register of its own for each test: defaults, a kind, clean notes outside the database, a vault of its own."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registry.models import EntryKind, Register


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, settings: Any) -> Path:
    """A data folder of the test's own: vault and notes."""
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def private(data_folder: Path) -> Path:
    """The folder of the vault; made by its first file."""
    return data_folder / "private"


@pytest.fixture
def general(db: None) -> Register:
    """The general register with the code of the Centre, and the default kinds and rules."""
    install_defaults()
    register = Register.objects.get(key="general")
    register.code = "305"
    register.save()
    return register


@pytest.fixture
def complaint(general: Register) -> EntryKind:
    """A kind of petition."""
    return EntryKind.objects.get(key="sesizare")


def install_defaults() -> None:
    """What migrations installed, where a test that commits has emptied the tables."""
    from registry import defaults
    from registry.models import DeadlineRule

    defaults.install(Register, EntryKind, DeadlineRule)


@pytest.fixture
def committed_register(transactional_db: None) -> Iterator[Register]:
    """A register in a database that commits; its guards are lifted only to empty the tables afterwards."""
    from django.db import connection

    from registry import guards

    if guards.missing(connection):
        guards.remove(connection)
        guards.install(connection)
    install_defaults()
    register = Register.objects.get(key="general")
    register.code = "305"
    register.save()
    yield register
    guards.remove(connection)


@pytest.fixture(scope="module")
def accounts(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """An account for each role, made once for all tests of a module."""
    from tests.demo_rows import module_transaction
    from tests.registry.people import make_people

    with django_db_blocker.unblock(), module_transaction():
        yield make_people()


@pytest.fixture
def people(accounts: dict[str, Any], db: None) -> dict[str, Any]:
    """An account for each role (tests.registry.people), without what an earlier test read through it."""
    return {name: copy.copy(user) for name, user in accounts.items()}
