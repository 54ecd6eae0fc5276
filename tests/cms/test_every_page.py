"""What every page needs is read together, kept while the content stays, and never stale."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from wagtail.models import Site

from cms import every_page
from cms.alerts import current_alerts
from cms.every_page import Part, parts
from cms.identity import site_identity
from cms.models import Alert, ContentVersion, SiteIdentity
from cms.multilingual import LANGUAGES
from cms.page_urls import site_roots
from cms.service_calendar import moment, working_calendar
from contacts.book import contact_book

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def a_request() -> Any:
    return RequestFactory().get("/ro/")


@pytest.fixture
def late_part() -> Iterator[Part[int]]:
    """A part of an app that comes after something was kept."""
    made = count(1)
    part = Part("late", lambda language: Alert.objects.all(), lambda rows: next(made))
    yield part
    del every_page._parts["late"]


def test_one_query_reads_all_of_it() -> None:
    request = a_request()
    with CaptureQueriesContext(connection) as queries:
        site_identity(request)
        site_roots(request)
        current_alerts(request, moment(request))
        working_calendar(request)
        assert contact_book(request).main() is not None
    assert len(queries) == 2, "the version of the content, and all the parts"


def test_another_request_reads_only_the_version() -> None:
    for part in parts():
        part.read(a_request())
    request = a_request()
    with CaptureQueriesContext(connection) as queries:
        for part in parts():
            part.read(request)
    assert len(queries) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_kept_is_what_each_part_reads_by_itself(language: str) -> None:
    with override(language):
        for part in parts():
            alone = part.read(None)
            assert [part.read(a_request()) for _time in range(2)] == [alone, alone], part.name


def test_each_language_has_its_own() -> None:
    with override("ro"):
        ro = contact_book(a_request()).main()
    with override("hu"):
        hu = contact_book(a_request()).main()
    assert ro is not None
    assert hu is not None
    assert ro.url.startswith("/ro/")
    assert hu.url.startswith("/hu/")


def test_a_change_is_seen_at_once() -> None:
    before = site_identity(a_request())
    assert before is not None
    identity = SiteIdentity.objects.get()
    identity.city = "Florești"
    identity.save()
    after = site_identity(a_request())
    assert after is not None
    assert (before.city, after.city) == ("Cluj-Napoca", "Florești")


def test_another_home_page_is_seen_at_once() -> None:
    roots = {code: path for path, code in site_roots(a_request())}
    home = Site.objects.get().root_page.specific
    home.slug = "acasa-noua"
    home.save_revision().publish()
    assert {code: path for path, code in site_roots(a_request())} == {
        **roots,
        "ro": "/acasa-noua/",
    }


def test_a_part_that_comes_late_is_not_missed(late_part: Part[int]) -> None:
    del every_page._parts["late"]
    assert site_identity(a_request())
    every_page._parts["late"] = late_part
    assert late_part.read(a_request()) == 1
    assert late_part.read(a_request()) == 1
    ContentVersion.bump()
    assert late_part.read(a_request()) == 2


def test_without_a_request_nothing_is_kept(late_part: Part[int]) -> None:
    assert [late_part.read(None) for _ in range(2)] == [1, 2]


def test_an_empty_site_has_all_its_parts() -> None:
    SiteIdentity.objects.all().delete()
    Alert.objects.all().delete()
    request = a_request()
    assert site_identity(request) is None
    assert current_alerts(request, moment(request)) == []
