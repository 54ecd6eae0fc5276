"""The rules of terms read once say for every day what a query for that day says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.enums import Family
from registry.models import DeadlineRule, Register
from registry.term_services import RuleBook, rules_for


@pytest.mark.django_db
def test_book_says_what_queries_say_and_asks_once(general: Register) -> None:
    new_law = date(2026, 7, 1)
    old = DeadlineRule.objects.get(family=Family.PETITION, key="due")
    old.valid_to = new_law - timedelta(days=1)
    old.save()
    DeadlineRule.objects.create(
        family=Family.PETITION,
        key="due",
        name={"ro": "Răspuns"},
        days=20,
        counting=old.counting,
        roll=old.roll,
        sort_order=old.sort_order,
        valid_from=new_law,
    )
    days = [new_law - timedelta(days=1), new_law, date(2001, 1, 1), date(2030, 1, 1)]
    with CaptureQueriesContext(connection) as captured:
        book = RuleBook()
        found = {(family, day): book.rules_for(family, day) for family in Family for day in days}
    assert len(captured) == 1
    assert found == {(family, day): rules_for(family, day) for family in Family for day in days}
    assert {found[Family.PETITION, day][0].days for day in days[:2]} == {30, 20}
