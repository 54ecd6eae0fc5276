"""The public page of answer times: in three languages, for few queries, without small counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from home.demo.reports import load_reports
from registry.answer_times import ADDRESSES, answer_times
from registry.models import Report
from registry.report_services import publish
from registry.small_counts import is_small
from registry.writing import writing
from tests.registry.made_reports import report_of
from tests.registry.petition_site import FORMS, main_text, soup_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def times(demo: None) -> dict[str, str]:
    """The addresses of the page in the demonstration, whose report is put aside."""
    with writing():
        Report.objects.update(is_public=False)
    return {code: f"{FORMS[code]}{below}" for code, below in ADDRESSES.items()}


def test_page_says_so_while_nothing_is_published(times: dict[str, str], client: Client) -> None:
    for code, address in times.items():
        response = client.get(address)
        assert response.status_code == 200
        assert 'content="noindex"' in response.text
        assert "<table" not in response.text
        assert address not in client.get(FORMS[code]).text


def test_page_is_there_in_three_languages_and_linked_from_the_form(
    times: dict[str, str], client: Client
) -> None:
    report_of([(50, 6, 4), (30, 0, 0)])
    for code, address in times.items():
        response = client.get(address)
        assert response.status_code == 200
        assert "public" in response["Cache-Control"]
        assert not response.cookies
        soup = soup_of(response)
        assert soup.html["lang"] == code
        switch = {link["hreflang"]: link["href"] for link in soup.select(".langs a")}
        assert switch == times
        assert soup.select_one("link[rel=canonical]")["href"].endswith(address)
        assert address in client.get(FORMS[code]).text
        again = client.get(address, headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304
    other = f"{FORMS['en']}{ADDRESSES['ro']}"
    assert client.get(other).status_code == 404
    assert client.post(times["ro"]).status_code == 405


def test_newest_public_report_is_the_one_that_is_shown(
    times: dict[str, str], client: Client
) -> None:
    report_of([(40, 0, 0)])
    report_of([(99, 0, 0)], is_public=False)
    assert "40" in main_text(client.get(times["ro"]))
    assert "99" not in main_text(client.get(times["ro"]))
    newer = report_of([(77, 0, 0)])
    assert "77" in main_text(client.get(times["ro"]))
    publish(newer, False, actor=None)
    assert "77" not in main_text(client.get(times["ro"]))


def test_page_costs_the_same_few_queries_for_any_number_of_departments(
    times: dict[str, str], client: Client
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(times["ro"])
        return len(captured)

    report_of([(5, 0, 0)])
    cost()
    few = cost()
    report_of([(n + 3, n, 4) for n in range(200)])
    assert (cost(), few <= 15) == (few, True), few


def test_small_counts_are_hidden_and_nothing_tells_them(
    times: dict[str, str], client: Client
) -> None:
    report = report_of([(20, 1, 0), (2, 0, 0), (50, 4, 4), (60, 7, 0)])
    shown = answer_times(report)
    first = shown.rows[0]
    assert (first.past.number, first.past.is_small, first.share) == (None, True, None)
    assert shown.rows[1].due.is_small
    # Two answers: whose they are would be known from their median.
    assert shown.rows[1].median is None
    assert first.median == 12
    for row in shown.rows:
        for cell in (row.in_term, row.past, row.due):
            assert cell.number is None or not is_small(cell.number)
        if row.share is not None:
            assert row.in_term.number is not None
            assert row.due.number is not None
    table = soup_of(client.get(times["ro"])).select_one("table")
    cells = [cell.get_text(strip=True) for cell in table.select("tbody td")]
    assert not {"1", "2"} & set(cells)
    assert "<\xa03" in cells


def test_bands_are_not_shown_where_they_would_tell_what_is_hidden() -> None:
    shown = answer_times(report_of([(20, 1, 0)]))
    assert shown.total is not None
    assert shown.total.in_term.number is None
    assert shown.bands == []
    assert shown.positions == 21


def test_demonstration_has_a_report_once(demo: None, settings: Any, client: Client) -> None:
    settings.AGORA_DEMO = True
    for _again in range(2):
        load_reports(date(2026, 11, 23))
    report = Report.objects.get()
    assert report.is_public
    assert (report.first_day, report.last_day) == (date(2026, 5, 1), date(2026, 10, 31))
    text = client.get(f"{FORMS['en']}{ADDRESSES['en']}").text
    for row in answer_times(report).rows:
        assert not row.name or row.name["en"] in text
