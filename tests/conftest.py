"""What every test may use, and the suite's own rules.

Databases: SQLite by default, in a file migrated once for each set of migrations and copied for each run, so that
the tests see the real migrations without paying for them; DATABASE_URL names another engine (`make test` runs the
database tests on PostgreSQL too). Skips are told at the end, and with CI=true they fail the run.
"""

from __future__ import annotations

import gc
import gettext
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import hypothesis
import pytest
import time_machine

if TYPE_CHECKING:
    from wagtail.models import Locale, Page, Site

REPOSITORY = Path(__file__).resolve().parents[1]
BUCHAREST = ZoneInfo("Europe/Bucharest")
IN_CI = os.environ.get("CI") == "true"
SUITE_BEGINS = datetime(2026, 11, 23, 9, tzinfo=BUCHAREST)
"""A Monday. Its demonstration content is an hour old, and the stopped `clock` shows an hour later."""

# Enough to find what is likely, in every run; `make test ARGS=--hypothesis-profile=thorough` looks for the rest.
hypothesis.settings.register_profile("suite", deadline=None, max_examples=50)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2000)
hypothesis.settings.load_profile("suite")


# -- the suite's rules -----------------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Compile the catalogues first: a fresh clone has no .mo files, and tests read Romanian and Hungarian."""
    from django.utils.translation import trans_real as catalogues

    from scripts.compile_messages import compile_messages

    if compile_messages():
        # pytest-django has set Django up already, perhaps with the catalogues that were missing.
        # Python's gettext keeps its own.
        vars(gettext)["_translations"].clear()
        vars(catalogues)["_translations"].clear()
        vars(catalogues)["_default"] = None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the data folder that the test settings made for this run."""
    from django.conf import settings

    folder = Path(settings.DATA_DIR)
    if folder.name.startswith("agora-test-"):
        shutil.rmtree(folder, ignore_errors=True)


def touches_database(item: pytest.Item) -> bool:
    """Whether a test uses the database, so that running it on a second engine can say something new."""
    fixtures = getattr(item, "fixturenames", ())
    return (
        item.get_closest_marker("django_db") is not None
        or bool({"db", "transactional_db", "live_server"} & set(fixtures))
        or hasattr(getattr(item, "cls", None), "databases")
    )


# What these ask of a database is plain and asked elsewhere, too: they are about pages, forms and who may open them, and
# saying it a second time on PostgreSQL would take as long as everything else there.
ONE_ENGINE = (
    "tests/cms/test_admin",
    "tests/cms/test_alerts",
    "tests/cms/test_blocks",
    "tests/cms/test_http",
    "tests/cms/test_navigation",
    "tests/cms/test_pages",
    "tests/cms/test_preflight",
    "tests/cms/test_preview_links",
    "tests/cms/test_workflow_mail",
    "tests/campaigns/test_admin",
    "tests/campaigns/test_calendar",
    "tests/campaigns/test_forms",
    "tests/campaigns/test_news",
    "tests/campaigns/test_pages",
    "tests/campaigns/test_preflight",
    "tests/campaigns/test_sheets",
    "tests/campaigns/test_visibility",
    "tests/contacts/test_sheets",
    "tests/contacts/test_models",
    "tests/contacts/test_views",
    "tests/events/test_admin",
    "tests/events/test_forms",
    "tests/events/test_calendar_pages",
    "tests/events/test_event_pages",
    "tests/events/test_panels",
    "tests/home/test_demo_",
    "tests/home/test_editors_desk",
    "tests/home/test_load_demo",
    "tests/home/test_sheets",
    "tests/locations/test_forms",
    "tests/locations/test_views",
    "tests/partnerships/test_partner_rights",
    "tests/partnerships/test_partnership_pages",
    "tests/partnerships/test_plan",
    "tests/partnerships/test_sheets",
    "tests/partnerships/test_strategy",
    "tests/registry/test_desk_counter",
    "tests/registry/test_desk_attachments",
    "tests/registry/test_file_responses",
    "tests/registry/test_life_cycle_matrix",
    "tests/registry/test_mail_intake",
    "tests/registry/test_permission_matrix",
    "tests/registry/test_petition_form",
    "tests/registry/test_petition_pages",
    "tests/registry/test_uploads",
    "tests/test_page_roles",
)


def says_more_on(vendor: str, item: pytest.Item) -> bool:
    """Whether running `item` on the engine `vendor` beside SQLite can tell anything new."""
    if vendor == "sqlite" or item.get_closest_marker("engines"):
        return True
    return not item.path.relative_to(REPOSITORY).as_posix().startswith(ONE_ENGINE)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what belongs to this engine; browser tests last, because Playwright's loop locks out Django's ORM."""
    from django.db import connection

    if connection.vendor == "postgresql":
        keep = [
            item
            for item in items
            if touches_database(item)
            and item.get_closest_marker("sqlite") is None
            and says_more_on(connection.vendor, item)
        ]
    else:
        keep = [item for item in items if item.get_closest_marker("postgres") is None]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(keep)])
    items[:] = sorted(keep, key=lambda item: item.get_closest_marker("e2e") is not None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Spare the garbage collector the walk over Django and all tests, which outlive the run: a tenth of its time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _skips(config: pytest.Config) -> list[Any]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return reporter.stats.get("skipped", []) if reporter else []


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if IN_CI and exitstatus == pytest.ExitCode.OK and _skips(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say loudly what was not tested."""
    if skipped := _skips(config):
        terminalreporter.section("NOT TESTED", sep="!", red=True, bold=True)
        for report in skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
            terminalreporter.line(f"{report.nodeid}: {reason}", red=True)
        if IN_CI:
            terminalreporter.line("With CI=true nothing may be skipped: the run fails.", red=True)


# -- database --------------------------------------------------------------------------------------------------------


def _migrations_digest() -> str:
    """Names the state that all migrations lead to: ours by content, the libraries' by the lock."""
    digest = hashlib.sha256((REPOSITORY / "requirements.txt").read_bytes())
    for path in sorted(REPOSITORY.glob("*/migrations/*.py")):
        digest.update(path.relative_to(REPOSITORY).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture(scope="session")
def migrated_template(request: pytest.FixtureRequest) -> Path | None:
    """Where the migrated SQLite database is kept between runs; None on other engines and with --no-migrations."""
    from django.db import connection

    if connection.vendor != "sqlite" or request.config.getoption("nomigrations"):
        return None
    folder = Path(request.config.cache.mkdir("agora-migrated"))
    for stale in folder.iterdir():
        if stale.stem != _migrations_digest():
            stale.unlink(missing_ok=True)
    return folder / f"{_migrations_digest()}.sqlite3"


@pytest.fixture(scope="session")
def django_db_keepdb(migrated_template: Path | None, request: pytest.FixtureRequest) -> bool:
    """The copy is kept by Django (it then migrates only what is missing) and removed with pytest's folder."""
    return migrated_template is not None or bool(request.config.getoption("reuse_db"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None,
    migrated_template: Path | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Test on a copy of the migrated database, when there is one."""
    from django.db import connection

    if migrated_template is None:
        return
    copy = tmp_path_factory.mktemp("database") / "test.sqlite3"
    if migrated_template.exists():
        copy.write_bytes(migrated_template.read_bytes())
    connection.settings_dict["TEST"]["NAME"] = str(copy)
    # Thrown away after the run, so no write waits for the disk.
    options = connection.settings_dict["OPTIONS"]
    options["init_command"] = options.get("init_command", "") + "PRAGMA synchronous=OFF;"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, migrated_template: Path | None) -> None:
    """Keep the freshly migrated database for the next run."""
    from django.db import connection

    if migrated_template is None or migrated_template.exists():
        return
    # Past Django's brake: a connection of our own, and one file whatever the write-ahead log still holds.
    source = sqlite3.connect(connection.settings_dict["TEST"]["NAME"])
    partial = migrated_template.with_suffix(f".{os.getpid()}")
    target = sqlite3.connect(partial)
    with target:
        source.backup(target)
    target.close()
    source.close()
    partial.replace(migrated_template)


@dataclass(frozen=True)
class SiteTree:
    """The ground that pages stand on: the tree's root, the default site, a locale for each language."""

    root: Page
    site: Site
    locales: dict[str, Locale]


@pytest.fixture
def site_tree(db: None) -> SiteTree:
    """Root page, default Site and the Locales ro, en, hu; laid where a transactional test has flushed them."""
    from django.conf import settings
    from wagtail.models import Collection, Locale, Page, Site

    # The same keys in every test: PostgreSQL's sequences do not go back with the transaction, and rows that were
    # remembered point to them.
    locales = {
        code: Locale.objects.get_or_create(language_code=code, defaults={"pk": 1001 + number})[0]
        for number, (code, _name) in enumerate(settings.LANGUAGES)
    }
    root = Page.get_first_root_node()
    if root is None:
        root = Page.add_root(instance=Page(title="Root", slug="root", locale=locales["ro"]))
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        site = Site.objects.create(hostname="localhost", root_page=root, is_default_site=True)
    return SiteTree(root=root, site=site, locales=locales)


@pytest.fixture(autouse=True)
def empty_cache(request: pytest.FixtureRequest) -> None:
    """No test sees what another one left in the cache, such as the paths of site roots."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(scope="session")
def demo_rows(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The rows that `load_demo` leaves in an empty site, an hour before the tests begin."""
    from django.db import transaction

    from tests import demo_rows

    loading = time_machine.travel(SUITE_BEGINS - timedelta(hours=1))
    with django_db_blocker.unblock(), loading, transaction.atomic():
        demo_rows.load_demo()
        rows = demo_rows.read_rows()
        transaction.set_rollback(True)
    return rows


@pytest.fixture(scope="module")
def demo(suite_day: None, demo_rows: Any, django_db_blocker: Any) -> Iterator[None]:
    """The demonstration content, for all tests of a module; they need `db` as well, and undo what they change."""
    from tests.demo_rows import module_transaction, write_rows

    with django_db_blocker.unblock(), module_transaction():
        write_rows(demo_rows)
        yield


# -- time ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", autouse=True)
def suite_day() -> Iterator[None]:
    """In every module it is 9:00 on the suite's own day and time goes on, whatever day it is outside.

    A test that passes today then passes on the last day of the year. Where the real date is wanted (the browser's
    tests talk to a real server), a folder's conftest.py overrides this.
    """
    with time_machine.travel(SUITE_BEGINS, tick=True):
        yield


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock stopped at 10:00 of the suite's day; `clock.move_to(…)` sets another time."""
    with time_machine.travel(SUITE_BEGINS.replace(hour=10), tick=False) as coordinates:
        yield coordinates
