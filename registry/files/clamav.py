"""Asks ClamAV's daemon about a file, by its INSTREAM command (clamd(8)), where CLAMAV_URL names one.

It fails closed: an answer that is not a clear yes or no is ScannerUnavailable.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from registry.files.refusals import FileRefused, Reason

CONNECT_TIMEOUT: Final = 3.0
"""Seconds."""
READ_TIMEOUT: Final = 30.0
"""Seconds for the file to be taken, and again for the answer."""
_CHUNK: Final = 64 * 1024
_MAX_REPLY: Final = 4096
_DEFAULT_PORT: Final = 3310


class ScannerUnavailable(Exception):
    """The daemon cannot be reached, does not answer in time, or does not say clearly whether the file is clean."""


def scan(path: Path, name: str = "") -> None:
    """Return when the file is clean or when no scanner is configured.

    `name` is how the file is shown. Raises FileRefused(INFECTED), ScannerUnavailable; OSError when the file itself
    cannot be read.
    """
    url: str = settings.CLAMAV_URL
    if not url:
        return
    with path.open("rb") as file:
        reply = _ask(url, iter(lambda: file.read(_CHUNK), b""))
    if reply == "stream: OK":
        return
    if reply.startswith("stream: ") and reply.endswith(" FOUND"):
        raise FileRefused(Reason.INFECTED, name, reply.removeprefix("stream: "))
    # Among others "INSTREAM size limit exceeded. ERROR": clamd's StreamMaxLength is below what we accept.
    raise ScannerUnavailable(f"clamd said {reply[:200]!r}")


def _ask(url: str, chunks: Iterator[bytes]) -> str:
    try:
        with _connect(url) as connection:
            # It may answer and close before it has everything; what it said is worth more than the broken pipe.
            with suppress(BrokenPipeError, ConnectionResetError):
                _send(connection, chunks)
            return _reply(connection)
    except OSError as error:
        raise ScannerUnavailable(f"clamd: {type(error).__name__}") from error


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(CONNECT_TIMEOUT)
            connection.connect(parts.path)
        except OSError:
            connection.close()
            raise
        return connection
    return socket.create_connection(
        (parts.hostname or "localhost", parts.port or _DEFAULT_PORT), CONNECT_TIMEOUT
    )


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _send(connection: socket.socket, chunks: Iterator[bytes]) -> None:
    deadline = time.monotonic() + READ_TIMEOUT
    connection.settimeout(_left(deadline))
    connection.sendall(b"zINSTREAM\0")
    for chunk in chunks:
        connection.settimeout(_left(deadline))
        connection.sendall(struct.pack("!I", len(chunk)) + chunk)
    connection.sendall(struct.pack("!I", 0))


def _reply(connection: socket.socket) -> str:
    """What is said up to the first NUL; a connection that is closed before it said nothing that counts."""
    deadline = time.monotonic() + READ_TIMEOUT
    received = b""
    while b"\0" not in received:
        connection.settimeout(_left(deadline))
        piece = connection.recv(_MAX_REPLY)
        if not piece or len(received) > _MAX_REPLY:
            raise ScannerUnavailable("clamd broke off")
        received += piece
    return received.partition(b"\0")[0].decode("utf-8", "replace").strip()
