"""A calendar is fetched from where it was checked to be, in time and within its size, or not at all."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from events.importing.fetch import MAX_BYTES, Fetched, fetch
from events.importing.problems import ImportProblem

PUBLIC = "93.184.215.14"
OTHER = "93.184.215.15"
CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"


class Handler(BaseHTTPRequestHandler):
    """Answers by path with what the test laid there."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        partner: Partner = vars(self.server)["partner"]
        partner.requests.append((self.path, dict(self.headers.items())))
        partner.answers[self.path.split("?")[0]](self)
        self.close_connection = True

    def log_message(self, *args: Any) -> None:
        """Tests are silent."""


class Partner:
    """A server on this machine that stands for one on the internet, with the names and connections that lead there."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[Handler], None]] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.names = {"example.org": [PUBLIC]}
        self.connected: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        vars(self.server)["partner"] = self
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def resolve(self, host: str, port: int) -> list[str]:
        if host not in self.names:
            raise socket.gaierror(f"no {host}")
        return self.names[host]

    def connect(self, address: Any, port: int, seconds: float) -> socket.socket:
        self.connected.append(str(address))
        return socket.create_connection(("127.0.0.1", self.server.server_port), timeout=seconds)

    def fetch(self, url: str = "http://example.org/a.ics", **options: Any) -> Fetched:
        return fetch(url, **{"resolver": self.resolve, "connector": self.connect, **options})

    def problem(self, url: str = "http://example.org/a.ics", **options: Any) -> str:
        with pytest.raises(ImportProblem) as caught:
            self.fetch(url, **options)
        assert str(caught.value)
        return caught.value.code

    def lay(
        self, path: str = "/a.ics", body: bytes = CALENDAR, status: int = 200, **headers: str
    ) -> None:
        def answer(handler: Handler) -> None:
            handler.send_response(status)
            for name, value in {"Content_Length": str(len(body)), **headers}.items():
                if value:
                    handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(body)

        self.answers[path] = answer

    def redirect(self, path: str, to: str, status: int = 302) -> None:
        self.lay(path, b"", status, Location=to)


@pytest.fixture
def partner() -> Iterator[Partner]:
    partner = Partner()
    partner.lay()
    yield partner
    partner.server.shutdown()
    partner.server.server_close()


def test_a_calendar_is_fetched(partner):
    partner.lay(ETag='"one"')
    assert partner.fetch() == Fetched(
        CALENDAR, '"one"', unchanged=False, url="http://example.org/a.ics"
    )
    assert partner.connected == [PUBLIC]
    path, headers = partner.requests[0]
    assert path == "/a.ics"
    assert headers["Host"] == "example.org"
    assert headers["Accept-Encoding"] == "identity"
    assert not {"Cookie", "Authorization"} & set(headers)


def test_an_unchanged_calendar_is_not_sent_again(partner):
    partner.lay(body=b"", status=304)
    assert partner.fetch(etag='W/"one"').unchanged
    assert partner.requests[0][1]["If-None-Match"] == 'W/"one"'
    # Nobody asked whether it changed.
    assert partner.problem() == "http_status"


def test_an_etag_is_no_way_into_the_request(partner):
    partner.fetch(etag='"a"\r\nX-Evil: 1')
    assert "If-None-Match" not in partner.requests[0][1]


# -- where to ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "found",
    [
        ["10.1.2.3"],
        ["127.0.0.1"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:10.0.0.1"],
        [PUBLIC, "192.168.1.1"],
        [PUBLIC, "fd00::1"],
    ],
)
def test_a_name_that_leads_to_a_private_address(partner, found):
    partner.names["example.org"] = found
    assert partner.problem() == "not_public"
    assert partner.connected == []


def test_a_name_that_changes_its_mind_is_asked_once(partner):
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    asked = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    partner.fetch(resolver=rebinding)
    assert asked == ["example.org"]
    assert partner.connected == [PUBLIC]


def test_the_system_resolver_is_not_believed_either(partner):
    # "localhost" is refused by name, this one by what it leads to.
    def resolver(host: str, port: int) -> list[str]:
        return [str(found[4][0]) for found in socket.getaddrinfo("127.0.0.1", port)]

    assert partner.problem(resolver=resolver) == "not_public"


def test_addresses_are_tried_in_turn(partner):
    partner.names["example.org"] = [OTHER, PUBLIC]

    def connect(address: Any, port: int, seconds: float) -> socket.socket:
        if str(address) == OTHER:
            raise ConnectionRefusedError
        return partner.connect(address, port, seconds)

    assert partner.fetch(connector=connect).data == CALENDAR


def test_what_is_not_there(partner):
    assert partner.problem("http://unknown.example.org/") == "unknown_host"
    partner.names["example.org"] = []
    assert partner.problem() == "unknown_host"
    partner.names["example.org"] = [PUBLIC]

    def refused(*args: Any) -> socket.socket:
        raise ConnectionRefusedError

    assert partner.problem(connector=refused) == "no_connection"


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://127.0.0.1/", "http://localhost./", "http://2130706433/"]
)
def test_what_is_refused_before_anything_is_asked(partner, url):
    partner.problem(url)
    assert partner.connected == partner.requests == []


# -- redirects ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(partner, status):
    partner.redirect("/old.ics", "/a.ics?x=1", status)
    fetched = partner.fetch("http://example.org/old.ics")
    assert (fetched.data, fetched.url) == (CALENDAR, "http://example.org/a.ics?x=1")


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("http://127.0.0.1/", "not_public"),
        ("http://169.254.169.254/latest/meta-data/", "not_public"),
        ("//[::1]/", "not_public"),
        ("http://0x7f000001/", "numeric_host"),
        ("http://inside.example.org/", "not_public"),
        ("file:///etc/passwd", "scheme"),
        ("javascript:alert(1)", "no_address"),
        ("http://example.org:22/", "port"),
        ("http://u:p@example.org/", "userinfo"),
        ("http://[", "bad_address"),
        ("", "redirect_nowhere"),
    ],
)
def test_a_redirect_is_checked_like_the_first_address(partner, to, expected):
    partner.names["inside.example.org"] = ["10.0.0.1"]
    partner.redirect("/a.ics", to)
    assert partner.problem() == expected
    assert partner.connected == [PUBLIC]


def test_redirects_end(partner):
    partner.redirect("/1", "/2")
    partner.redirect("/2", "/3")
    partner.redirect("/3", "/a.ics")
    assert partner.fetch("http://example.org/1").data == CALENDAR
    partner.redirect("/0", "/1")
    assert partner.problem("http://example.org/0") == "redirects"
    partner.redirect("/round", "/round")
    assert partner.problem("http://example.org/round") == "redirects"


# -- secure connections ------------------------------------------------------------------------------------------------


class Tls:
    """Stands for the system's certificates: notes the name that it is asked for."""

    def __init__(self, error: Exception | None = None) -> None:
        self.names: list[str] = []
        self.error = error

    def wrap_socket(self, sock: socket.socket, *, server_hostname: str) -> socket.socket:
        self.names.append(server_hostname)
        if self.error:
            raise self.error
        return sock


def test_the_certificate_is_that_of_the_name(partner):
    tls = Tls()
    assert partner.fetch("webcal://example.org/a.ics", tls=tls).data == CALENDAR
    assert tls.names == ["example.org"]
    assert partner.requests[0][1]["Host"] == "example.org"


def test_a_bad_certificate_ends_it(partner):
    assert partner.problem(
        "https://example.org/a.ics", tls=Tls(ssl.SSLCertVerificationError())
    ) == ("certificate")
    assert partner.problem("https://example.org/a.ics", tls=Tls(ssl.SSLError())) == "no_connection"
    # The real thing: this server speaks no TLS at all.
    assert partner.problem("https://example.org/a.ics", max_seconds=1) in (
        "no_connection",
        "too_slow",
    )
    assert partner.requests == []


def test_a_secure_address_does_not_lead_to_an_insecure_one(partner):
    partner.redirect("/a.ics", "http://example.org/b.ics")
    assert partner.problem("https://example.org/a.ics", tls=Tls()) == "downgrade"


# -- how much and how long ---------------------------------------------------------------------------------------------


def test_the_limit_of_size_is_exact(partner):
    partner.lay(body=b"x" * MAX_BYTES)
    assert len(partner.fetch().data) == MAX_BYTES
    partner.lay(body=b"x" * (MAX_BYTES + 1))
    assert partner.problem() == "too_large"


def test_two_megabytes_are_not_read(partner):
    sent = []

    def flood(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _chunk in range(2000):
                handler.wfile.write(b"x" * 10_000)
                sent.append(10_000)
        except OSError:
            pass

    partner.answers["/a.ics"] = flood
    assert partner.problem() == "too_large"
    # What lies in the buffers of the two sockets comes on top.
    assert sum(sent) < 15_000_000


def test_a_size_that_is_announced_is_believed(partner):
    def announce(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "2000000")
        handler.end_headers()
        time.sleep(1)

    partner.answers["/a.ics"] = announce
    started = time.monotonic()
    assert partner.problem() == "too_large"
    assert time.monotonic() - started < 0.9


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_compression_that_nobody_asked_for(partner, pack):
    encoding = "gzip" if pack is gzip.compress else "deflate"
    partner.lay(body=pack(CALENDAR), Content_Encoding=encoding)
    assert partner.fetch().data == CALENDAR
    bomb = pack(b"\0" * 100_000_000)
    assert len(bomb) < MAX_BYTES
    partner.lay(body=bomb, Content_Encoding=encoding)
    started = time.process_time()
    assert partner.problem() == "too_large"
    assert time.process_time() - started < 0.5
    partner.lay(body=pack(CALENDAR)[:-4], Content_Encoding=encoding)
    assert partner.problem() == "cut_short"
    partner.lay(body=CALENDAR, Content_Encoding=encoding)
    assert partner.problem() == "compression"


def test_a_compression_that_is_not_known(partner):
    partner.lay(Content_Encoding="br")
    assert partner.problem() == "compression"


def test_half_a_file_is_none(partner):
    partner.lay(Content_Length=str(len(CALENDAR) + 10))
    assert partner.problem() == "cut_short"

    def chunked(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"11\r\nBEGIN:VCALENDAR\r\n\r\n20\r\nhalf")

    partner.answers["/a.ics"] = chunked
    assert partner.problem() == "cut_short"


def drip(handler: Handler, data: bytes) -> None:
    for index in range(len(data)):
        try:
            handler.wfile.write(data[index : index + 1])
        except OSError:
            return
        time.sleep(0.02)


def test_a_server_that_drips_is_left(partner):
    # Each byte comes in time for itself; only a limit of the whole ends it.
    def dripping_body(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        drip(handler, b"x" * 500)

    def dripping_head(handler: Handler) -> None:
        drip(handler, b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 500)

    for answer in (dripping_body, dripping_head):
        partner.answers["/a.ics"] = answer
        started = time.monotonic()
        assert partner.problem(max_seconds=0.3) == "too_slow"
        assert time.monotonic() - started < 1.5


def test_a_name_server_that_says_nothing(partner):
    def silent(host: str, port: int) -> list[str]:
        time.sleep(1)
        return [PUBLIC]

    started = time.monotonic()
    assert partner.problem(resolver=silent, max_seconds=0.2) == "too_slow"
    assert time.monotonic() - started < 0.9


def test_the_time_limit_is_one_for_all_redirects(partner):
    def slow_redirect(handler: Handler) -> None:
        time.sleep(0.15)
        handler.send_response(302)
        handler.send_header("Location", "/a.ics")
        handler.end_headers()

    partner.answers["/a.ics"] = slow_redirect
    assert partner.problem(max_seconds=0.3) == "too_slow"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, "needs_login"),
        (403, "needs_login"),
        (404, "not_there"),
        (410, "not_there"),
        (500, "http_status"),
        (204, "http_status"),
        (206, "http_status"),
    ],
)
def test_errors_of_the_server(partner, status, expected):
    partner.lay(body=b"", status=status)
    assert partner.problem() == expected


def test_what_is_no_http(partner):
    partner.answers["/a.ics"] = lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n")
    assert partner.problem() == "bad_answer"
    partner.answers["/a.ics"] = lambda handler: handler.wfile.write(
        b"HTTP/1.1 200 OK\r\n"
        + b"".join(b"X-%d: x\r\n" % number for number in range(200))
        + b"\r\n"
    )
    assert partner.problem() == "bad_answer"
    partner.answers["/a.ics"] = lambda handler: handler.wfile.write(b"")
    assert partner.problem() == "bad_answer"
