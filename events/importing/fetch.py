"""Fetching a partner's calendar, and asking whether a page is there: from the public internet only, bounded.

The name is resolved here, every address that it leads to is checked, and the connection goes to one of the addresses
that were checked, so that a name that changes its mind between check and use (DNS rebinding) changes nothing. Each
redirect goes through the same. Proxies of the environment are not used, cookies and credentials never sent. Of a page
that is only asked for, no byte of the body is read.
"""

from __future__ import annotations

import http.client
import io
import queue
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Protocol, cast
from urllib.parse import urljoin

from events.importing.addresses import Address, Target, checked_addresses, parse_target
from events.importing.problems import ImportProblem

MAX_BYTES: Final = 500_000
"""Of a file, also after decompression."""
MAX_SECONDS: Final = 10.0
"""For everything: names, connections, redirects and the transfer."""
MAX_REDIRECTS: Final = 3

MAX_PROBE_REDIRECTS: Final = 5
"""Of a page that readers are led to; a browser follows twenty."""

_CHUNK: Final = 16 * 1024
_CALENDAR: Final = {
    "User-Agent": "Agora calendar import",
    "Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1",
}
# After these to ask by GET as well would only be asking twice: too many questions, or no answer for anybody.
_SAID_ENOUGH: Final = (429, 502, 503, 504)
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_MAX_TRIES: Final = 3

Resolver = Callable[[str, int], Sequence[str]]
"""(name, port) → textual addresses; raises OSError when there is none."""
Connector = Callable[[Address, int, float], socket.socket]
"""(checked address, port, seconds) → a connected TCP socket; raises OSError."""
Clock = Callable[[], float]
"""Seconds that only grow."""


class TlsContext(Protocol):
    """What is used of ``ssl.SSLContext``."""

    def wrap_socket(self, sock: socket.socket, *, server_hostname: str) -> socket.socket: ...


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: ``data`` is b"" when ``unchanged``, that is when the server says that ``etag`` still holds."""

    data: bytes
    etag: str
    unchanged: bool
    url: str


def system_resolver(host: str, port: int) -> list[str]:
    """Return the addresses that the system's resolver gives for a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(address[0]) for *_rest, address in found]


def system_connector(address: Address, port: int, seconds: float) -> socket.socket:
    """Connect to an address, never to a name."""
    return socket.create_connection((str(address), port), timeout=seconds)


def fetch(
    url: str,
    *,
    etag: str = "",
    resolver: Resolver = system_resolver,
    connector: Connector = system_connector,
    tls: TlsContext | None = None,
    clock: Clock = time.monotonic,
    max_bytes: int = MAX_BYTES,
    max_seconds: float = MAX_SECONDS,
) -> Fetched:
    """Return what stands at ``url``, following at most MAX_REDIRECTS redirects.

    Args:
        url: http, https or webcal (read as https); see ``addresses.parse_target`` for what is refused.
        etag: The ETag of the last answer, as the server wrote it; "" asks for the whole file.
        resolver: How names are looked up.
        connector: How connections are made.
        tls: Checks certificates; by default those of the system, with the name of the host.
        clock: Measures the time limit.
        max_bytes: Limit of the file, also after decompression.
        max_seconds: Limit of everything together.

    Raises:
        ImportProblem: With what went wrong. Nothing of what the server wrote stands in its message.
    """
    deadline = _Deadline(clock, max_seconds)
    ask = _Ask("GET", _CALENDAR | _if_changed(etag))
    try:
        with _answered(url, ask, MAX_REDIRECTS, _Network(resolver, connector, tls, deadline)) as (
            answer,
            target,
        ):
            return _read(answer, target, etag, max_bytes)
    except TimeoutError:
        raise ImportProblem("too_slow", limit=round(max_seconds)) from None


def probe(
    url: str,
    *,
    agent: str,
    resolver: Resolver = system_resolver,
    connector: Connector = system_connector,
    tls: TlsContext | None = None,
    clock: Clock = time.monotonic,
    max_seconds: float = MAX_SECONDS,
) -> int:
    """Return the status with which the server answers for ``url``, after at most MAX_PROBE_REDIRECTS redirects.

    Asks by HEAD, and once more by GET where a server refuses that: some answer HEAD with errors that no reader gets.
    Nothing of the body is read.

    Args:
        url: As of ``fetch``.
        agent: The User-Agent: who asks, and why.
        resolver: How names are looked up.
        connector: How connections are made.
        tls: Checks certificates; by default those of the system, with the name of the host.
        clock: Measures the time limit.
        max_seconds: Limit of everything together, both questions included.

    Raises:
        ImportProblem: With what went wrong before there was a status.
    """
    network = _Network(resolver, connector, tls, _Deadline(clock, max_seconds))
    headers = {"User-Agent": agent, "Accept": "text/html, */*;q=0.5"}
    status = 0
    try:
        for method in ("HEAD", "GET"):
            with _answered(url, _Ask(method, headers), MAX_PROBE_REDIRECTS, network) as found:
                status = found[0].status
            if status < http.HTTPStatus.BAD_REQUEST or status in _SAID_ENOUGH:
                break
    except TimeoutError:
        raise ImportProblem("too_slow", limit=round(max_seconds)) from None
    return status


@dataclass(frozen=True, slots=True)
class _Ask:
    """What is sent to each server on the way."""

    method: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Network:
    """How servers are found and reached, and until when."""

    resolver: Resolver
    connector: Connector
    tls: TlsContext | None
    deadline: _Deadline


@contextmanager
def _answered(
    url: str, ask: _Ask, redirects: int, network: _Network
) -> Iterator[tuple[http.client.HTTPResponse, Target]]:
    """The first answer that is no redirect, and where it came from; its connection is open within the block."""
    target = parse_target(url)
    for _redirect in range(redirects + 1):
        sock = _connect(target, network)
        try:
            answer = _exchange(sock, target, ask, network.deadline)
            if answer.status not in _REDIRECTS:
                yield answer, target
                return
            target = _next_target(target, answer)
        finally:
            sock.close()
    raise ImportProblem("redirects", limit=redirects)


class _Deadline:
    """The moment by which everything must be over."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def remaining(self) -> float:
        """Seconds left, more than 0; raises TimeoutError when there are none."""
        left = self._end - self._clock()
        if left <= 0:
            raise TimeoutError
        return left


class _Incoming(io.RawIOBase):
    """Reads a socket under a deadline: a timeout of the socket alone begins anew with every byte."""

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        self._sock.settimeout(self._deadline.remaining())
        return self._sock.recv_into(cast(memoryview, buffer))


class _BoundedSocket:
    """What ``http.client`` needs of a socket."""

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self._sock, self._deadline), _CHUNK)

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._deadline.remaining())
        self._sock.sendall(data)

    def close(self) -> None:
        """The socket is closed by who opened it."""


def _resolve(target: Target, resolver: Resolver, deadline: _Deadline) -> list[Address]:
    """The public addresses of a host. The system's resolver has no time limit: it gets a thread of its own."""
    if (literal := target.literal) is not None:
        return [literal]
    answers: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(resolver(target.host, target.port))
        except Exception as error:
            answers.put(error)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        found = answers.get(timeout=deadline.remaining())
    except queue.Empty:
        raise TimeoutError from None
    # The name service itself is away: nothing is known of the name.
    if isinstance(found, socket.gaierror) and found.errno == socket.EAI_AGAIN:
        raise ImportProblem("no_names", host=target.host)
    # A name that cannot be encoded raises UnicodeError, a ValueError.
    if isinstance(found, OSError | ValueError) or not found:
        raise ImportProblem("unknown_host", host=target.host)
    if isinstance(found, Exception):
        raise found
    return checked_addresses(found)


def _connect(target: Target, network: _Network) -> socket.socket:
    deadline = network.deadline
    addresses = _resolve(target, network.resolver, deadline)[:_MAX_TRIES]
    for index, address in enumerate(addresses):
        try:
            # The last one may use all the time that is left, the others their share of it.
            share = deadline.remaining() / (len(addresses) - index)
            sock = network.connector(address, target.port, share)
            break
        except OSError:
            deadline.remaining()
    else:
        raise ImportProblem("no_connection", host=target.host)
    if target.scheme == "http":
        return sock
    try:
        sock.settimeout(deadline.remaining())
        context = network.tls or cast(TlsContext, ssl.create_default_context())
        return context.wrap_socket(sock, server_hostname=target.host)
    except ssl.SSLCertVerificationError:
        sock.close()
        raise ImportProblem("certificate", host=target.host) from None
    except TimeoutError:
        sock.close()
        raise
    except OSError:
        sock.close()
        raise ImportProblem("no_connection", host=target.host) from None


def _if_changed(etag: str) -> dict[str, str]:
    return {"If-None-Match": etag} if etag and etag.isascii() and etag.isprintable() else {}


def _exchange(
    sock: socket.socket, target: Target, ask: _Ask, deadline: _Deadline
) -> http.client.HTTPResponse:
    """Send the request and read the head of the answer."""
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = cast(socket.socket, _BoundedSocket(sock, deadline))
    headers = {
        "Host": target.host_header,
        "Accept-Encoding": "identity",
        "Connection": "close",
        **ask.headers,
    }
    try:
        connection.request(ask.method, target.path, headers=headers)
        return connection.getresponse()
    except TimeoutError:
        raise
    except (OSError, http.client.HTTPException, ValueError):
        raise ImportProblem("bad_answer", host=target.host) from None


def _next_target(target: Target, answer: http.client.HTTPResponse) -> Target:
    location = answer.getheader("Location", "").strip()
    if not location:
        raise ImportProblem("redirect_nowhere")
    try:
        following = parse_target(urljoin(target.url, location))
    except ValueError as error:
        raise error if isinstance(error, ImportProblem) else ImportProblem("bad_address") from None
    if (target.scheme, following.scheme) == ("https", "http"):
        raise ImportProblem("downgrade")
    return following


def _read(answer: http.client.HTTPResponse, target: Target, etag: str, max_bytes: int) -> Fetched:
    status = answer.status
    if status == http.HTTPStatus.NOT_MODIFIED and etag:
        return Fetched(b"", etag, unchanged=True, url=target.url)
    if status in (401, 403, 407):
        raise ImportProblem("needs_login", status=status)
    if status in (404, 410):
        raise ImportProblem("not_there", status=status)
    if status != http.HTTPStatus.OK:
        raise ImportProblem("http_status", host=target.host, status=status)
    # Says a good server before it sends; one that says less, or nothing, is stopped while it sends.
    if answer.length is not None and answer.length > max_bytes:
        raise ImportProblem("too_large", limit=max_bytes // 1000)
    body = _Body(answer.getheader("Content-Encoding", "identity"), max_bytes)
    try:
        while chunk := answer.read(_CHUNK):
            body.add(chunk)
    except TimeoutError:
        raise
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, ImportProblem):
            raise
        raise ImportProblem("cut_short") from None
    if answer.length:
        raise ImportProblem("cut_short")
    received = answer.getheader("ETag", "").strip()
    return Fetched(
        body.finished(),
        received if len(received) <= 200 and received.isascii() and received.isprintable() else "",
        unchanged=False,
        url=target.url,
    )


class _Body:
    """Collects the file and undoes a compression that was not asked for, never beyond the limit."""

    def __init__(self, encoding: str, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._data = bytearray()
        encoding = encoding.strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise ImportProblem("compression")
        # 32: whichever of the gzip and zlib headers stands there.
        self._decompressor = (
            None if encoding in ("", "identity") else zlib.decompressobj(wbits=32 + zlib.MAX_WBITS)
        )

    def add(self, chunk: bytes) -> None:
        if self._decompressor is not None:
            room = self._max_bytes + 1 - len(self._data)
            try:
                # What is left over (unconsumed_tail) means that the room was not enough.
                chunk = self._decompressor.decompress(chunk, room)
            except zlib.error:
                raise ImportProblem("compression") from None
        self._data += chunk
        if len(self._data) > self._max_bytes:
            raise ImportProblem("too_large", limit=self._max_bytes // 1000)

    def finished(self) -> bytes:
        if self._decompressor is not None and not self._decompressor.eof:
            raise ImportProblem("cut_short")
        return bytes(self._data)
