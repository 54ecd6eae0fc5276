"""Whether a page is there is asked for as carefully as a calendar is fetched, and no body is read."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from events.importing.fetch import MAX_PROBE_REDIRECTS, probe
from events.importing.problems import ImportProblem
from tests.events.importing.test_fetch import Handler, Partner

PAGE = "http://example.org/pagina"
AGENT = "Agora link check (+https://primarie.example/)"


class Asked(Partner):
    """A server that keeps the methods, too."""

    def __init__(self) -> None:
        super().__init__()
        self.methods: list[str] = []

    def probe(self, url: str = PAGE, **options: Any) -> int:
        network = {"resolver": self.resolve, "connector": self.connect}
        return probe(url, agent=AGENT, **{**network, **options})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    get = Handler.do_GET

    def noted(handler: Handler) -> None:
        vars(handler.server)["partner"].methods.append(handler.command)
        get(handler)

    monkeypatch.setattr(Handler, "do_GET", noted)
    monkeypatch.setattr(Handler, "do_HEAD", noted, raising=False)
    server = Asked()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.mark.parametrize("status", [200, 204, 404, 410, 403, 429, 503])
def test_the_status_is_told(server: Asked, status: int) -> None:
    server.lay("/pagina", b"", status)
    assert server.probe() == status


def test_a_page_that_is_there_is_asked_for_once_and_by_name(server: Asked) -> None:
    server.lay("/pagina", b"")
    assert server.probe() == 200
    assert server.methods == ["HEAD"]
    headers = server.requests[0][1]
    assert headers["User-Agent"] == AGENT
    assert not {"Cookie", "Authorization"} & set(headers)


def test_who_refuses_head_is_asked_again(server: Asked) -> None:
    def answer(handler: Any) -> None:
        handler.send_response(405 if handler.command == "HEAD" else 200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.answers["/pagina"] = answer
    assert server.probe() == 200
    assert server.methods == ["HEAD", "GET"]


@pytest.mark.parametrize("status", [429, 503])
def test_who_is_busy_is_not_asked_twice(server: Asked, status: int) -> None:
    server.lay("/pagina", b"", status)
    server.probe()
    assert server.methods == ["HEAD"]


def test_no_byte_of_an_endless_page_is_waited_for(server: Asked) -> None:
    def answer(handler: Any) -> None:
        handler.send_response(404 if handler.command == "HEAD" else 200)
        handler.send_header("Content-Length", "2000000000")
        handler.end_headers()

    server.answers["/pagina"] = answer
    assert server.probe(max_seconds=2.0) == 200


def test_redirects_are_followed_and_counted(server: Asked) -> None:
    server.redirect("/pagina", "/noua")
    server.lay("/noua", b"")
    assert server.probe() == 200
    server.redirect("/noua", "/pagina")
    with pytest.raises(ImportProblem) as caught:
        server.probe()
    assert caught.value.code == "redirects"
    assert caught.value.params == {"limit": MAX_PROBE_REDIRECTS}


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("http://127.0.0.1/", "not_public"),
        ("http://inside.example/", "not_public"),
        ("ftp://a.b/", "scheme"),
    ],
)
def test_no_redirect_leads_inside(server: Asked, to: str, code: str) -> None:
    server.names["inside.example"] = ["10.0.0.1"]
    server.redirect("/pagina", to)
    with pytest.raises(ImportProblem) as caught:
        server.probe()
    assert caught.value.code == code
    assert len(server.connected) == 1


def test_a_name_service_that_is_away_says_nothing_of_a_name(server: Asked) -> None:
    def away(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "away")

    for resolver, code in ((away, "no_names"), (server.resolve, "unknown_host")):
        with pytest.raises(ImportProblem) as caught:
            server.probe("http://nimeni.example/", resolver=resolver)
        assert caught.value.code == code
