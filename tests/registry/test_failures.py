"""What fails around a registration: it is acknowledged or clearly refused, never half kept."""

from __future__ import annotations

import errno
import os
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.test import Client

from cms import forgiving_cache, outbox
from registry import audit, high_water, registration
from registry.enums import ReplyBy
from registry.files import vault
from registry.files.uploads import Upload
from registry.models import (
    Attachment,
    AuditEvent,
    EntryKind,
    Register,
    RegisterYear,
    RegistryEntry,
)
from registry.registration import RegisterBusy, RegisterDown, mark_name, register
from tests.registry.filings import filing
from tests.registry.processes import in_processes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kind(committed_register: Register) -> EntryKind:
    return EntryKind.objects.get(key="sesizare")


@pytest.fixture(autouse=True)
def short_wait() -> Iterator[None]:
    """Nobody waits 20 seconds for a lock here."""
    with patch.object(registration, "LOCK_SECONDS", 0.2):
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA busy_timeout=200")
        yield
    # The next test opens one that waits as usual.
    connections.close_all()


def upload() -> Upload:
    stored = vault.store_upload([b"o adeverinta"], 1000)
    return Upload("", stored.name, "adeverință.txt", stored.size, stored.sha256, "text/plain")


def nothing_is_half_kept(register_: Register, entries: int) -> None:
    """So many entries, their events and numbers, and a register that goes on with the next one."""
    connection.close()
    assert RegistryEntry.objects.count() == AuditEvent.objects.count() == entries
    year = RegisterYear.objects.first()
    assert (year.last_number if year else 0) == entries
    assert list(audit.verify()) == []
    kind = EntryKind.objects.get(key="sesizare")
    with patch.object(registration, "LOCK_SECONDS", 20):
        assert register(filing(kind), register=register_).entry.number == entries + 1


# -- the disk ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_full_disk_refuses_attachments_and_registers_nothing(
    committed_register: Register, kind: EntryKind, code: int
) -> None:
    sent = filing(kind, submission_key="k", uploads=[upload()])
    with (
        patch.object(vault.os, "link", side_effect=OSError(code, os.strerror(code))),
        pytest.raises(vault.VaultFull),
    ):
        register(sent, register=committed_register)
    # The same form again, once there is room: its file is still there.
    assert register(sent, register=committed_register).is_new
    assert Attachment.objects.count() == 1
    nothing_is_half_kept(committed_register, 1)


def test_read_only_vault_refuses_clearly(committed_register: Register, kind: EntryKind) -> None:
    sent = filing(kind, uploads=[upload()])
    with (
        patch.object(vault.os, "link", side_effect=OSError(errno.EROFS, "Read-only file system")),
        pytest.raises(RegisterDown, match="Read-only"),
    ):
        register(sent, register=committed_register)
    nothing_is_half_kept(committed_register, 0)


@pytest.mark.parametrize("code", [errno.EROFS, errno.ENOSPC, errno.EACCES])
def test_number_that_could_not_be_noted_is_not_handed_out(
    committed_register: Register, kind: EntryKind, code: int
) -> None:
    with (
        patch.object(high_water, "_open", side_effect=OSError(code, os.strerror(code))),
        pytest.raises(RegisterDown, match="can't be noted"),
    ):
        register(filing(kind), register=committed_register)
    nothing_is_half_kept(committed_register, 0)


def test_full_disk_is_seen_before_the_first_number_of_a_year(
    committed_register: Register, kind: EntryKind, data_folder: Path
) -> None:
    with (
        patch.object(high_water.os, "pwrite", side_effect=OSError(errno.ENOSPC, "full")),
        pytest.raises(RegisterDown),
    ):
        register(filing(kind), register=committed_register)
    nothing_is_half_kept(committed_register, 0)


def test_note_that_fails_after_the_commit_is_told_to_the_operator_only(
    committed_register: Register, kind: EntryKind, caplog: pytest.LogCaptureFixture
) -> None:
    first = register(filing(kind), register=committed_register).entry
    name = mark_name(committed_register, first.year)
    with patch.object(high_water.os, "pwrite", side_effect=OSError(errno.EIO, "broken")):
        second = register(filing(kind, submission_key="k"), register=committed_register)
    assert (second.entry.number, second.is_new) == (2, True)
    assert high_water.read(name) == high_water.Mark(1)
    critical = [record for record in caplog.records if record.levelname == "CRITICAL"]
    assert {record.message for record in critical} == {"high water not noted"}
    nothing_is_half_kept(committed_register, 2)
    assert high_water.read(name) == high_water.Mark(3)


def test_upload_that_can_not_be_removed_is_no_error(
    committed_register: Register, kind: EntryKind
) -> None:
    sent = filing(kind, uploads=[upload()])
    with patch.object(vault, "discard_upload", side_effect=OSError(errno.EROFS, "read-only")):
        assert register(sent, register=committed_register).entry.number == 1


# -- the database ------------------------------------------------------------------------------------------------------


@contextmanager
def locked_by_another(register_: Register) -> Iterator[None]:
    """Another connection holds what a registration needs."""
    if connection.vendor == "sqlite":
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.close()
        return
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Register.objects.select_for_update().get(pk=register_.pk)
            held.set()
            free.wait(30)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(30)
    yield
    free.set()
    thread.join()


def test_lock_that_is_not_free_in_time_refuses_and_says_so(
    committed_register: Register, kind: EntryKind
) -> None:
    with (
        locked_by_another(committed_register),
        pytest.raises(RegisterBusy, match="Nothing was written"),
    ):
        register(filing(kind), register=committed_register)
    nothing_is_half_kept(committed_register, 0)


@pytest.mark.sqlite
def test_database_without_room_refuses_and_keeps_nothing(
    committed_register: Register, kind: EntryKind
) -> None:
    register(filing(kind), register=committed_register)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count={pages}")
        # What other tests left behind is free, too.
        cursor.execute(
            "SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size"
        )
        (free,) = cursor.fetchone()
    with pytest.raises(RegisterDown, match="full"):
        register(filing(kind, body="Lung. " * (50_000 + free)), register=committed_register)
    nothing_is_half_kept(committed_register, 1)


def test_database_that_takes_no_writes_refuses(
    committed_register: Register, kind: EntryKind
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "PRAGMA query_only=ON"
            if connection.vendor == "sqlite"
            else "SET default_transaction_read_only = on"
        )
    with pytest.raises(RegisterDown):
        register(filing(kind), register=committed_register)
    nothing_is_half_kept(committed_register, 0)


@pytest.mark.postgres
def test_connection_that_breaks_refuses_and_keeps_nothing(
    committed_register: Register, kind: EntryKind
) -> None:
    def break_off(entry: RegistryEntry) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(RegisterDown, match="Trying again is safe"):
        register(filing(kind), register=committed_register, and_then=break_off)
    nothing_is_half_kept(committed_register, 0)


def test_own_mistakes_are_not_taken_for_a_busy_register(
    committed_register: Register, kind: EntryKind
) -> None:
    def mistake(entry: RegistryEntry) -> None:
        RegistryEntry.objects.get(pk=-1)

    with pytest.raises(RegistryEntry.DoesNotExist):
        register(filing(kind), register=committed_register, and_then=mistake)
    nothing_is_half_kept(committed_register, 0)


# -- what the register does not need -----------------------------------------------------------------------------------


def test_mail_server_that_hangs_holds_up_nobody(
    committed_register: Register, kind: EntryKind, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 20
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()

        def and_then(entry: RegistryEntry) -> None:
            outbox.enqueue(
                to="ana@example.org", subject="Dovada", body=entry.number_text, purpose="test"
            )

        register(
            filing(kind, reply_by=ReplyBy.EMAIL), register=committed_register, and_then=and_then
        )

        def work(process: int) -> int:
            if process:
                return outbox.deliver_due().sent
            # The sender is connected by now, and hears nothing.
            caller, _address = silent.accept()
            number = register(
                filing(kind), register=committed_register, and_then=and_then
            ).entry.number
            caller.close()
            silent.close()
            return number

        number, sent = in_processes(2, work)
    assert (number, sent) == (2, 0)
    nothing_is_half_kept(committed_register, 2)


def test_site_goes_on_without_redis(
    committed_register: Register, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "cms.forgiving_cache.ForgivingRedisCache",
            # Nobody listens on port 1.
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    with patch.object(forgiving_cache, "PAUSE_SECONDS", 0.0):
        cache.set("a", 1)
        cache.set_many({"b": 2})
        assert cache.get("a", "nothing") == "nothing"
        assert cache.get_many(["a", "b"]) == {}
        assert cache.get_or_set("c", lambda: 3) == 3
        assert not cache.add("a", 1)
        assert not cache.touch("a")
        assert "a" not in cache
        cache.delete("a")
        cache.delete_many(["a"])
        cache.clear()
    assert {record.message for record in caplog.records} == {"cache does not answer"}
    assert Client().get("/health/ready").json()["checks"]["cache"] is False


def test_redis_that_is_away_is_asked_again_after_a_pause(settings: Any) -> None:
    silent = forgiving_cache.ForgivingRedisCache("redis://127.0.0.1:1/0", {})
    with patch.object(silent._cache, "get", side_effect=ConnectionError) as asked:
        for _ in range(3):
            assert silent.get("a") is None
        assert asked.call_count == 1
        silent._silent_until = 0.0
        silent.get("a")
        assert asked.call_count == 2
