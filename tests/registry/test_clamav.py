"""The scanner's client against a daemon that answers, finds, fails, hangs, babbles or hangs up."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings import environment
from registry.files import clamav
from registry.files.refusals import FileRefused, Reason

Answer = Callable[[socket.socket], None]


def read_exactly(connection: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        piece = connection.recv(size - len(received))
        if not piece:
            raise EOFError
        received += piece
    return received


class FakeClamd:
    """A clamd of one thread: takes a stream as clamd(8) says, then answers as it is told."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.received: list[bytes] = []
        self.answer: Answer = lambda connection: connection.sendall(b"stream: OK\0")
        self.takes_stream = True
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                try:
                    if self.takes_stream:
                        self.received.append(self.stream(connection))
                    self.answer(connection)
                except (OSError, EOFError):
                    continue

    @staticmethod
    def stream(connection: socket.socket) -> bytes:
        assert read_exactly(connection, 10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!I", read_exactly(connection, 4))[0]:
            content += read_exactly(connection, size)
        return content

    def says(self, reply: bytes) -> None:
        self.answer = lambda connection: connection.sendall(reply)

    def close(self) -> None:
        self.done.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)


@pytest.fixture
def clamd(settings) -> Iterator[FakeClamd]:
    listener = socket.create_server(("127.0.0.1", 0))
    settings.CLAMAV_URL = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    daemon = FakeClamd(listener)
    yield daemon
    daemon.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"content " * 40_000)
    return path


def test_a_clean_file_passes_and_was_seen_whole(clamd: FakeClamd, file: Path) -> None:
    clamav.scan(file)
    assert clamd.received == [file.read_bytes()]


def test_the_daemon_may_listen_on_a_socket_of_the_file_system(
    file: Path, tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("clamd.ctl")
    listener.listen()
    settings.CLAMAV_URL = f"unix://{tmp_path}/clamd.ctl"
    daemon = FakeClamd(listener)
    try:
        clamav.scan(file)
        assert daemon.received == [file.read_bytes()]
    finally:
        daemon.close()


def test_a_virus_is_a_refusal_under_the_files_name(clamd: FakeClamd, file: Path) -> None:
    clamd.says(b"stream: Win.Test.EICAR_HDB-1 FOUND\0")
    with pytest.raises(FileRefused) as caught:
        clamav.scan(file, "cerere.pdf")
    assert (caught.value.reason, caught.value.name) == (Reason.INFECTED, "cerere.pdf")
    assert "EICAR" in caught.value.detail


@pytest.mark.parametrize(
    "reply",
    [
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: Can't allocate memory ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"stream: OK",  # closed before it was finished
        b"stream: OK, perhaps\0",
        b"OK\0",
        b"\0",
        b"",
        b"\xff\xfe\x00",
        b"x" * 100_000,
    ],
)
def test_whatever_is_no_clear_answer_fails_closed(
    clamd: FakeClamd, file: Path, reply: bytes
) -> None:
    clamd.says(reply)
    with pytest.raises(clamav.ScannerUnavailable):
        clamav.scan(file)


def test_an_answer_before_the_end_of_the_stream_is_heard(clamd: FakeClamd, tmp_path: Path) -> None:
    """clamd says that its limit is exceeded and hangs up while we are still sending."""
    path = tmp_path / "large"
    path.write_bytes(bytes(8 * 1024 * 1024))
    clamd.takes_stream = False
    clamd.says(b"INSTREAM size limit exceeded. ERROR\0")
    with pytest.raises(clamav.ScannerUnavailable):
        clamav.scan(path)


def test_a_daemon_that_hangs_is_left(
    clamd: FakeClamd, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clamav, "READ_TIMEOUT", 0.2)

    def hang(connection: socket.socket) -> None:
        clamd.done.wait(10)

    clamd.answer = hang
    with pytest.raises(clamav.ScannerUnavailable, match="Timeout"):
        clamav.scan(file)
    clamd.done.set()


def test_a_daemon_that_drips_is_left(
    clamd: FakeClamd, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes in time; the answer does not."""
    monkeypatch.setattr(clamav, "READ_TIMEOUT", 0.3)

    def drip(connection: socket.socket) -> None:
        while not clamd.done.wait(0.05):
            connection.sendall(b"s")

    clamd.answer = drip
    with pytest.raises(clamav.ScannerUnavailable, match="Timeout"):
        clamav.scan(file)
    clamd.done.set()


def test_a_daemon_that_is_not_there_fails_closed(file: Path, tmp_path: Path, settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for url in (f"tcp://127.0.0.1:{port}", f"unix://{tmp_path}/none.ctl"):
        settings.CLAMAV_URL = url
        with pytest.raises(clamav.ScannerUnavailable):
            clamav.scan(file)


def test_without_a_daemon_nothing_is_scanned(file: Path, settings) -> None:
    settings.CLAMAV_URL = ""
    clamav.scan(file)


@pytest.mark.parametrize(
    "url", ["", "tcp://localhost:3310", "tcp://[::1]:3310", "unix:///run/c.ctl"]
)
def test_addresses_that_can_be_used(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAMAV_URL", url)
    assert environment.clamav_url() == url


@pytest.mark.parametrize(
    "url", ["localhost:3310", "tcp://localhost", "tcp://h:port", "http://h:1", "unix://run/c.ctl", "tcp://["]
)  # fmt: skip
def test_an_address_that_cannot_be_used_stops_the_start(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAMAV_URL", url)
    with pytest.raises(ImproperlyConfigured, match="CLAMAV_URL"):
        environment.clamav_url()
