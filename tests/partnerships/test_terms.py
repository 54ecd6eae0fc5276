"""Where an agreement stands: the rule, and what the database is asked for the same."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from campaigns.enums import Standing
from campaigns.models import PartnershipPage
from campaigns.querysets import standing_condition
from campaigns.terms import WARNED_BEFORE, standing_on, standing_words
from tests.partnerships.partnership_site import PartnershipSite, add_partnership

TODAY = date(2026, 11, 23)
DAYS = st.none() | st.dates(TODAY - timedelta(days=90), TODAY + timedelta(days=90))


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "expected"),
    [
        (None, None, Standing.UPCOMING),
        (None, TODAY - timedelta(days=1), Standing.ENDED),
        (TODAY, None, Standing.IN_FORCE),
        (TODAY + timedelta(days=1), None, Standing.UPCOMING),
        (date(2020, 1, 1), TODAY, Standing.EXPIRING),
        (date(2020, 1, 1), TODAY + WARNED_BEFORE, Standing.EXPIRING),
        (date(2020, 1, 1), TODAY + WARNED_BEFORE + timedelta(days=1), Standing.IN_FORCE),
        (date(2020, 1, 1), TODAY - timedelta(days=1), Standing.ENDED),
    ],
)
def test_standing_on_the_days_that_matter(
    starts_on: date | None, ends_on: date | None, expected: Standing
) -> None:
    assert standing_on(starts_on, ends_on, TODAY) is expected


def test_warning_is_sixty_days_ahead() -> None:
    assert timedelta(days=60) == WARNED_BEFORE


@given(DAYS, DAYS, st.dates(TODAY - timedelta(days=100), TODAY + timedelta(days=100)))
def test_words_name_the_day_that_counts(
    starts_on: date | None, ends_on: date | None, today: date
) -> None:
    with override("en"):
        words = standing_words(starts_on, ends_on, today)
    standing = standing_on(starts_on, ends_on, today)
    day = {Standing.UPCOMING: starts_on}.get(standing, ends_on)
    assert words
    if day is not None:
        assert f"{day.day} " in words
        assert str(day.year) in words


@pytest.mark.django_db
def test_database_and_rule_agree(site: PartnershipSite) -> None:
    near = [None, *(TODAY + timedelta(days=days) for days in (-61, -1, 0, 1, 59, 60, 61))]
    pages = [
        add_partnership(site, f"P {n}", starts_on=first, ends_on=last)
        for n, (first, last) in enumerate((a, b) for a in near for b in near)
        if first is None or last is None or first <= last
    ]
    for standing in Standing:
        found = PartnershipPage.objects.filter(standing_condition(standing, TODAY))
        expected = {page.pk for page in pages if page.standing(TODAY) is standing}
        assert set(found.values_list("pk", flat=True)) == expected
        asked: Any = PartnershipPage.objects.all()
        assert set(asked.standing(standing, today=TODAY).values_list("pk", flat=True)) == expected
