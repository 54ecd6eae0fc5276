"""The suite's own day: no test may pass today and fail next year."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db.models import Max, Min
from django.utils import timezone
from wagtail.models import Page

from tests.conftest import BUCHAREST


def test_it_is_the_same_day_whenever_the_suite_runs() -> None:
    assert timezone.localdate() == date.today() == date(2026, 11, 23)
    assert timezone.now() < datetime(2026, 11, 23, 10, tzinfo=BUCHAREST)


def test_time_goes_on_unless_the_clock_is_stopped(request: pytest.FixtureRequest) -> None:
    before = timezone.now()
    assert timezone.now() > before
    request.getfixturevalue("clock")
    assert timezone.now() == timezone.now() == datetime(2026, 11, 23, 10, tzinfo=BUCHAREST)


@pytest.mark.django_db
@pytest.mark.usefixtures("demo")
def test_demonstration_content_is_from_before_the_tests() -> None:
    """Else what a test changes under the stopped clock would be older than what was there."""
    published: dict[str, Any] = Page.objects.filter(first_published_at__isnull=False).aggregate(
        first=Min("first_published_at"), last=Max("last_published_at")
    )
    assert published["first"] >= datetime(2026, 11, 23, 8, tzinfo=BUCHAREST)
    assert published["last"] < datetime(2026, 11, 23, 9, tzinfo=BUCHAREST)
