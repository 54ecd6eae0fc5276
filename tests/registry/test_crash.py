"""The real server under load: 80 at once get 80 numbers; killed four times, it keeps what it acknowledged.

A server takes seconds to start, so one goes through all of it, and on PostgreSQL it is killed once;
AGORA_TEST_KILLS=4 kills it as often as was asked for there, too (docs/register.md).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from cms.models import OutboxMail
from registry import audit, high_water
from registry.files import vault
from registry.models import (
    Attachment,
    PetitionPage,
    Register,
    RegisterYear,
    RegistryEntry,
)
from registry.registration import mark_name
from tests.conftest import SiteTree
from tests.factories import make_home
from tests.registry.live_server import LiveServer, Sending

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = int(os.environ.get("AGORA_TEST_KILLS", "4" if connection.vendor == "sqlite" else "1"))
CLIENTS = 6
BEFORE_A_KILL = 12
"""Acknowledged ones, so that the kill falls into the midst of others on every machine."""
AT_ONCE = 80


@pytest.fixture
def server(
    committed_register: Register, site_tree: SiteTree, data_folder: Path
) -> Iterator[LiveServer]:
    """A running server whose site has the form, and no more."""
    page = PetitionPage(title="Petiții", slug="petitii", register=committed_register)
    make_home().add_child(instance=page)
    page.save_revision().publish()
    running = LiveServer(data_folder)
    # Without Redis, too: the first one is asked the most.
    running.start(REDIS_URL="redis://127.0.0.1:1/0")
    yield running
    running.kill()


def numbers_are_whole(register: Register) -> None:
    """Without a gap from 1 on, in the order of time, each once; the trail and the notes outside agree."""
    rows = list(RegistryEntry.objects.filter(register=register).order_by("pk"))
    for year in RegisterYear.objects.filter(register=register):
        of_year = [row for row in rows if row.year == year.year]
        assert [row.number for row in of_year] == list(range(1, len(of_year) + 1))
        moments = [row.registered_at for row in of_year]
        assert moments == sorted(moments)
        noted = high_water.read(mark_name(register, year.year))
        assert noted is not None
        assert noted.number <= year.last_number == len(of_year)
    assert list(audit.verify()) == []


def eighty_at_once_get_eighty_numbers(server: LiveServer, register: Register) -> None:
    sendings = [Sending(f"Proba {n}") for n in range(AT_ONCE)]
    ready = threading.Barrier(AT_ONCE)

    def send(sending: Sending) -> None:
        ready.wait(60)
        sending.send(server)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(send, sendings))
    numbers = [sending.read_number(server) for sending in sendings]
    entries = RegistryEntry.objects.order_by("pk")
    assert sorted(numbers) == sorted(entry.number_text for entry in entries)
    assert len(set(numbers)) == AT_ONCE == entries.count()
    numbers_are_whole(register)


def same_form_sent_six_times_has_one_receipt(server: LiveServer, register: Register) -> None:
    sending = Sending("Deodată", b"Anexa")
    copies = [Sending("Deodată", b"Anexa", sending.token) for _ in range(6)]
    ready = threading.Barrier(6)

    def send(copy: Sending) -> str:
        ready.wait(60)
        copy.send(server)
        return copy.read_number(server)

    with ThreadPoolExecutor(6) as pool:
        numbers = set(pool.map(send, copies))
    assert len(numbers) == 1
    assert len({copy.receipt for copy in copies}) == 1
    assert RegistryEntry.objects.get(subject="Deodată").attachments.count() == 1
    numbers_are_whole(register)


def what_was_acknowledged_survives_kills(server: LiveServer, register: Register) -> None:
    sendings: list[Sending] = []
    for round_ in range(KILLS):
        acknowledged = threading.Semaphore(0)
        over = threading.Event()

        def client(name: str, acknowledged: threading.Semaphore, over: threading.Event) -> None:
            while not over.is_set():
                number = len(sendings)
                file = f"Anexa {name} {number}".encode() if number % 4 == 0 else b""
                sending = Sending(f"Ucis {name} {number}", file)
                sendings.append(sending)
                try:
                    sending.send(server)
                    sending.number = sending.read_number(server)
                except OSError:
                    return
                acknowledged.release()

        with ThreadPoolExecutor(CLIENTS) as pool:
            names = [f"{round_}-{n}" for n in range(CLIENTS)]
            clients = [pool.submit(client, name, acknowledged, over) for name in names]
            for _ in range(BEFORE_A_KILL):
                assert acknowledged.acquire(timeout=600)
            server.kill()
            over.set()
            for done in clients:
                done.result(timeout=600)
        server.start()

    told = {sending.token.submission_key: sending for sending in sendings if sending.receipt}
    assert len(told) >= KILLS * BEFORE_A_KILL
    kept = {entry.submission_key: entry for entry in RegistryEntry.objects.all()}
    assert set(told) <= set(kept)
    for key, sending in told.items():
        assert sending.number in {"", kept[key].number_text}
    numbers_are_whole(register)

    # Who got no answer sends the same form again, and is the one it was.
    for sending in sendings:
        if not sending.receipt:
            sending.send(server)
        assert sending.read_number(server)
    entries = RegistryEntry.objects.filter(subject__startswith="Ucis")
    assert sorted(entry.subject for entry in entries) == sorted(s.subject for s in sendings)
    numbers_are_whole(register)
    files = {
        attachment.entry.subject: attachment.stored_name
        for attachment in Attachment.objects.filter(entry__in=entries).select_related("entry")
    }
    assert set(files) == {sending.subject for sending in sendings if sending.file}
    for sending in sendings:
        if sending.file:
            with vault.open_attachment(files[sending.subject]) as file:
                assert file.read() == sending.file
    assert OutboxMail.objects.count() == RegistryEntry.objects.count()


def test_real_server_at_once_and_killed(server: LiveServer, committed_register: Register) -> None:
    eighty_at_once_get_eighty_numbers(server, committed_register)
    same_form_sent_six_times_has_one_receipt(server, committed_register)
    what_was_acknowledged_survives_kills(server, committed_register)
