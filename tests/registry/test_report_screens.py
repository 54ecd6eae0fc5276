"""The screens of reports: asked for, followed, read, taken away, published."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry import report_counts, report_services
from registry.models import Report
from registry.periods import half_year
from registry.report_services import ask, count_waiting
from registry.report_tables import tables
from tests.registry.made_reports import SPRING, report_of
from tests.registry.people import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(people: Any, general: Any) -> Client:
    return client_of(people["chief"])


def test_report_is_asked_for_followed_and_read(
    chief: Client, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    started: list[int] = []
    monkeypatch.setattr(report_services, "start_counting", lambda: started.append(1))
    response = chief.post(reverse("registry_reports:index"), {"wanted": "petitions:2026-1"})
    report = Report.objects.get()
    address = reverse("registry_reports:report", args=[report.pk])
    assert (response["Location"], started) == (address, [1])
    page = chief.get(address)
    assert BeautifulSoup(page.content, "html.parser").select_one("progress[data-progress-url]")
    progress = reverse("registry_reports:progress", args=[report.pk])
    assert chief.get(progress).json() == {"percent": 0, "done": False}
    assert chief.get(reverse("registry_reports:csv", args=[report.pk])).status_code == 404
    assert chief.get(reverse("registry_reports:print", args=[report.pk])).status_code == 404
    count_waiting()
    assert chief.get(progress).json() == {"percent": 100, "done": True}
    report.refresh_from_db()
    for shown in (address, reverse("registry_reports:print", args=[report.pk])):
        text = chief.get(shown).text
        assert report.digest in text
        soup = BeautifulSoup(text, "html.parser")
        assert len(soup.select("table")) == len(list(tables(report.data)))
        assert all(head.get("scope") for head in soup.select("table th"))


@pytest.mark.parametrize(
    "wanted", ["", "petitions:2026-2", "petitions:1990-1", "foi:2026", "nimic", "petitions"]
)
def test_report_that_can_not_be_made_is_explained(chief: Client, wanted: str, clock: Any) -> None:
    response = chief.post(reverse("registry_reports:index"), {"wanted": wanted})
    assert response.status_code == 422
    assert "error-message" in response.text
    assert not Report.objects.exists()


def test_auditor_reads_reports_and_makes_none(people: Any, general: Any) -> None:
    report = report_of([(5, 0, 0)])
    auditor = client_of(people["auditor"])
    page = auditor.get(reverse("registry_reports:report", args=[report.pk]))
    assert page.status_code == 200
    assert reverse("registry_reports:publish", args=[report.pk]) not in page.text
    assert 'name="wanted"' not in auditor.get(reverse("registry_reports:index")).text


def test_csv_holds_every_table_and_no_formula(chief: Client) -> None:
    report = report_of([(5, 4, 3), (10, 0, 0)])
    response = chief.get(reverse("registry_reports:csv", args=[report.pk]))
    text = response.content.decode("utf-8-sig")
    assert "attachment" in response["Content-Disposition"]
    for table in tables(report.data):
        assert table.title in text
    assert "'=Serviciul 0,12,5,4,0,3" in text
    assert not re.search(r"(^|,)\"?[=+@]", text, re.MULTILINE)


def test_report_is_shown_to_the_public_and_taken_off(chief: Client) -> None:
    report = report_of([(5, 0, 0)], is_public=False)
    address = reverse("registry_reports:publish", args=[report.pk])
    for data, expected in (({"public": "on"}, True), ({}, False)):
        assert chief.post(address, data).status_code == 302
        report.refresh_from_db()
        assert report.is_public is expected
    assert chief.get(address).status_code == 405
    foi = ask("foi", half_year(2025, 1), actor=None)
    response = chief.post(reverse("registry_reports:publish", args=[foi.pk]), {"public": "on"})
    assert response.status_code == 409


def test_failed_report_says_so_and_can_be_counted_again(
    chief: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = ask("petitions", SPRING, actor=None)
    with monkeypatch.context() as broken:
        broken.setattr(report_counts, "count", lambda *args: 1 / 0)
        count_waiting()
    monkeypatch.setattr(report_services, "start_counting", lambda: None)
    again = reverse("registry_reports:again", args=[report.pk])
    page = chief.get(reverse("registry_reports:report", args=[report.pk]))
    assert "ZeroDivisionError" in page.text
    assert again in page.text
    assert chief.post(again).status_code == 302
    assert Report.objects.get().state == Report.State.WAITING


def test_screens_cost_the_same_few_queries_however_much_was_counted(chief: Client) -> None:
    def cost(report: Report) -> list[int]:
        found = []
        for name in ("index", "report", "csv", "print"):
            args = [] if name == "index" else [report.pk]
            with CaptureQueriesContext(connection) as captured:
                assert chief.get(reverse(f"registry_reports:{name}", args=args)).status_code == 200
            found.append(len(captured))
        return found

    small = report_of([(5, 0, 0)])
    cost(small)
    few = cost(small)
    many = cost(report_of([(n, n, n) for n in range(60)]))
    assert few == many
    assert max(many) <= 25
