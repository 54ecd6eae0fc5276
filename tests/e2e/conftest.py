"""A real server and a real browser.

The server is what `make serve` starts (production settings, granian, demonstration content), with its own port and
data folder, once a session. The browser is the machine's Chromium.
"""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Route,
    sync_playwright,
)

from scripts import tested_site
from scripts.system_packages import find_chromium

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 240
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="module", autouse=True)
def suite_day() -> None:
    """The real date: the server is another process and lives by it."""


@dataclass(frozen=True)
class LiveSite:
    """A running server: its address, its data folder, its log, the demonstration accounts' password."""

    url: str
    data_dir: Path
    log: Path
    password: str

    def address(self, path: str) -> str:
        return f"{self.url}{path}"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@pytest.fixture(scope="session")
def live_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """What `make serve` serves, in a data folder of its own; stopped at the end of the session."""
    data_dir, port = tested_site.prepared() or (
        tmp_path_factory.mktemp("served"),
        tested_site.free_port(),
    )
    log = data_dir / "server.log"
    site = LiveSite(f"http://127.0.0.1:{port}", data_dir, log, tested_site.PASSWORD)
    with log.open("wb") as output:
        server = subprocess.Popen(
            tested_site.command(),
            cwd=REPOSITORY,
            env=tested_site.environment(data_dir, port),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(site.address("/health/ready")):
            if server.poll() is not None or time.monotonic() > deadline:
                tail = log.read_text(errors="replace")[-4000:]
                pytest.fail(f"The server did not come up:\n{tail}", pytrace=False)
            time.sleep(0.3)
        yield site
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, one process for the whole session."""
    executable = find_chromium()
    if executable is None:
        pytest.skip("Chromium is not installed (as root on Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Visitor:
    """Opens pages and remembers what a visitor must never cause: console errors, requests to other hosts.

    `problems` is checked after the test; a test that provokes one on purpose takes it off the list.
    """

    browser: Browser
    site: LiveSite
    problems: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def page(self, width: int = 1280, color_scheme: Any = "light", **context: Any) -> Page:
        """A page in a fresh browser profile, `width` CSS pixels wide; `context` goes to Playwright's new_context."""
        options: dict[str, Any] = {
            "viewport": {"width": width, "height": 800},
            "color_scheme": color_scheme,
            "reduced_motion": "reduce",
            "base_url": self.site.url,
            "locale": "ro-RO",
            "timezone_id": "Europe/Bucharest",
            **context,
        }
        profile = self.browser.new_context(**options)
        self.contexts.append(profile)
        profile.route("**/*", self._only_this_host)
        page = profile.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("requestfailed", self._request_failed)
        return page

    def log_in(self, page: Page, account: str = "admin") -> None:
        """Log in to the administration as one of the demonstration accounts."""
        page.goto("/admin/login/")
        page.fill("input[name=username]", account)
        page.fill("input[name=password]", self.site.password)
        page.click("button[type=submit]")
        page.wait_for_url("**/admin/")

    def _only_this_host(self, route: Route) -> None:
        parts = urlsplit(route.request.url)
        if parts.scheme in {"http", "https"} and parts.netloc != urlsplit(self.site.url).netloc:
            self.problems.append(f"request to another host: {route.request.url}")
            route.abort()
        else:
            route.fallback()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        # The page that was asked for may be a 404: its status is the test's to judge, not the console's.
        own_status = "Failed to load resource" in message.text and message.location.get(
            "url"
        ) == getattr(message.page, "url", None)
        if not own_status:
            where = message.location.get("url", "")
            self.problems.append(f"console {message.type}: {message.text} ({where})")

    def _request_failed(self, request: Request) -> None:
        # A navigation that turns into a download, or is left for the next one, is aborted by the browser itself.
        if not request.is_navigation_request() and request.failure != "net::ERR_ABORTED":
            self.problems.append(f"request failed: {request.url} ({request.failure})")


@pytest.fixture
def visitor(browser: Browser, live_site: LiveSite) -> Iterator[Visitor]:
    """Someone who reads the site; the test fails afterwards on any console error or request to another host."""
    someone = Visitor(browser, live_site)
    yield someone
    for profile in someone.contexts:
        profile.close()
    assert not someone.problems, "\n".join(someone.problems)


VIEWS = [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")]


@pytest.fixture(params=VIEWS, ids=[f"{width}px-{scheme}" for width, scheme in VIEWS])
def view(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Telephone and desk, light and dark: the arguments of `visitor.page(**view)`."""
    width, scheme = request.param
    return {"width": width, "color_scheme": scheme}


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """A page at 1280 px in light colours."""
    return visitor.page()


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """`axe(page)`: the accessibility violations of the page as it is now, one line each."""
    from tests.e2e.accessibility import axe_violations

    return axe_violations
