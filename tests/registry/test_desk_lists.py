"""The list of entries: filters, the views that each user names, and what is taken out of the house as a file."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cms.sheets.writing import LONGEST_CELL, stream_workbook
from registry import exports, lifecycle
from registry.desk import saved_views
from registry.desk.filters import EntryFilter, narrowed, query_of
from registry.enums import Direction
from registry.models import AuditEvent, EntryKind, Register, RegistryEntry, SavedView
from registry.registration import Sender
from tests.registry.filings import answered, at, entry_of
from tests.registry.people import client_of, department_of

pytestmark = pytest.mark.django_db

LIST = "/admin/registru/entries/"
VIEWS = f"{LIST}views/"
EXPORT = f"{LIST}export/"
CNP = "1800101221144"


def html(client: Any, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return str(response.content.decode())


def numbers(text: str) -> list[int]:
    return [int(n) for n in re.findall(r'registry-number" href="[^"]+">(\d+)/', text)]


# -- filters -----------------------------------------------------------------------------------------------------------


def test_list_is_narrowed_by_officer_direction_mayor_and_days(
    people: dict[str, Any], general: Register, complaint: EntryKind, clock: Any
) -> None:
    clerk, officer = people["clerk"], people["officer"]
    department = department_of(officer)
    early = entry_of(complaint, general, at(2026, 3, 1, 10))
    closed = answered(entry_of(complaint, general, at(2026, 3, 2, 10)))
    mine = entry_of(complaint, general, at(2026, 3, 5, 10))
    lifecycle.assign(mine, department, officer=officer, actor=clerk)
    outgoing = entry_of(complaint, general, at(2026, 3, 6, 10), direction=Direction.OUTGOING)
    internal = entry_of(complaint, general, at(2026, 3, 6, 11), direction=Direction.INTERNAL)
    mayor = entry_of(complaint, general, at(2026, 3, 7, 10), for_mayor=True)
    client = client_of(clerk)

    def listed(query: str) -> list[int]:
        return numbers(html(client, f"{LIST}?{query}"))

    assert listed(f"officer={officer.pk}") == [mine.number]
    assert listed("direction=outgoing") == [outgoing.number]
    assert listed("direction=internal") == [internal.number]
    assert listed("for_mayor=on") == [mayor.number]
    # What nobody has yet is open; what was answered without an officer is not.
    assert closed.number not in listed("officer=none")
    assert early.number in listed("officer=none")
    assert listed("since=2026-03-05&until=2026-03-06") == [
        outgoing.number,
        internal.number,
        mine.number,
    ]
    assert listed("until=2026-03-01") == [early.number]
    assert listed("show=open&direction=incoming")[0] == early.number
    assert numbers(html(client_of(officer), f"{LIST}?officer=me")) == [mine.number]
    assert listed("officer=me") == []
    for nonsense in ("officer=999999999999999999999", "since=x", "until=0000-00-00", "direction=x"):
        assert len(listed(nonsense)) == 6


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ({"show": "late"}, "registry_open_by_due"),
        ({"show": "week"}, "registry_open_by_due"),
        ({"direction": "outgoing"}, "registry_by_direction"),
        ({"officer": "7"}, "registry_by_officer"),
    ],
)
@pytest.mark.sqlite
def test_filters_are_read_by_an_index(
    people: dict[str, Any], general: Register, query: dict[str, Any], index: str
) -> None:
    rows = narrowed(
        RegistryEntry.objects.visible_to(people["clerk"]), query, people["clerk"], date(2026, 3, 5)
    )
    order = ["open_due", "pk"] if "show" in query else ["-pk"]
    assert index in rows.order_by(*order)[:50].explain()


@pytest.mark.sqlite
def test_board_reads_nothing_but_the_index_of_what_is_open(
    people: dict[str, Any], general: Register
) -> None:
    from registry.desk.board import board

    with CaptureQueriesContext(connection) as asked:
        board(people["clerk"], date(2026, 3, 5))
    (sql,) = [query["sql"] for query in asked if "GROUP BY" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        plan = str(cursor.fetchall())
    assert "COVERING INDEX registry_open_counts" in plan


# -- views that somebody named -----------------------------------------------------------------------------------------


def save(client: Any, name: str, query: str) -> Any:
    return client.post(VIEWS, {"name": name, "query": query})


def test_view_is_kept_listed_and_deleted_by_its_owner_alone(
    people: dict[str, Any], general: Register
) -> None:
    clerk, chief = client_of(people["clerk"]), client_of(people["chief"])
    response = save(clerk, "Întârziate", "show=late&direction=incoming")
    assert response["Location"] == f"{LIST}?show=late&direction=incoming"
    view = SavedView.objects.get()
    assert (view.user, view.name, view.query) == (
        people["clerk"],
        "Întârziate",
        "show=late&direction=incoming",
    )
    text = html(clerk, LIST)
    assert f'href="{LIST}?show=late&amp;direction=incoming"' in text
    assert "Întârziate" in text
    assert "Întârziate" not in html(chief, LIST)
    assert chief.post(f"{VIEWS}{view.pk}/delete/").status_code == 404
    assert client_of(people["admin"]).post(f"{VIEWS}{view.pk}/delete/").status_code == 404
    assert SavedView.objects.filter(pk=view.pk).exists()
    assert clerk.get(f"{VIEWS}{view.pk}/delete/").status_code == 405
    assert clerk.post(f"{VIEWS}{view.pk}/delete/").status_code == 302
    assert not SavedView.objects.exists()


def test_two_users_can_have_a_view_of_the_same_name(
    people: dict[str, Any], general: Register
) -> None:
    save(client_of(people["clerk"]), "Ale mele", "show=late")
    save(client_of(people["chief"]), "Ale mele", "show=week")
    save(client_of(people["clerk"]), "Ale mele", "show=today")
    kept = SavedView.objects.order_by("query").values_list("user__username", "query")
    assert list(kept) == [("clerk", "show=today"), ("chief", "show=week")]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("show=late&evil=1&next=//example.org", "show=late"),
        ("show=late&state=x&kind=1 OR 1=1", "show=late"),
        ("?show=late", None),
        ("https://example.org/?show=late", None),
        ("//example.org", None),
        ("show=late#x", None),
        ("javascript:alert(1)", None),
        ("show=late&q=popescu+maria", "show=late"),
        ("q=popescu", None),
        ("for_mayor=on&since=2026-03-01", "since=2026-03-01&for_mayor=on"),
        ("show=late&" + "x=1&" * 2000, None),
        ("", None),
    ],
)
def test_view_keeps_filters_of_the_list_and_nothing_else(
    people: dict[str, Any], general: Register, query: str, kept: str | None
) -> None:
    response = save(client_of(people["clerk"]), "O vedere", query)
    views = SavedView.objects.values_list("query", flat=True)
    assert list(views) == ([kept] if kept else [])
    assert response.status_code == (302 if kept else 422)
    if kept is None:
        # The name that was typed is still there.
        assert 'value="O vedere"' in response.content.decode()


def test_view_needs_a_name_and_there_are_not_endless_many(
    people: dict[str, Any], general: Register, monkeypatch: Any
) -> None:
    monkeypatch.setattr(saved_views, "MOST_VIEWS", 1)
    client = client_of(people["clerk"])
    assert save(client, " \u202e ", "show=late").status_code == 422
    assert save(client, "Una <script>", "show=late").status_code == 302
    assert save(client, "A doua", "show=week").status_code == 422
    assert save(client, "Una <script>", "show=week").status_code == 302
    assert SavedView.objects.count() == 1
    assert "Una <script>" not in html(client, LIST)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "show": st.sampled_from(["today", "late", "week", "open"]),
            "state": st.sampled_from(["registered", "drafted"]),
            "direction": st.sampled_from(Direction.values),
            "since": st.dates(date(1990, 1, 1), date(2100, 1, 1)),
            "for_mayor": st.booleans(),
        },
    )
)
def test_query_of_filters_says_them_again(wanted: dict[str, Any]) -> None:
    query = query_of(wanted)
    form = EntryFilter.base_fields
    found = {name: form[name].clean(value) for name, value in parse_qsl(query)}
    assert found == {name: value for name, value in wanted.items() if value}


# -- taken out as a file -----------------------------------------------------------------------------------------------


@pytest.fixture
def nasty(general: Register, complaint: EntryKind, clock: Any) -> RegistryEntry:
    """A petition whose name and subject are formulas, with a personal number in the subject."""
    clock.move_to(at(2026, 3, 20, 10)())
    return entry_of(
        complaint,
        general,
        at(2026, 3, 12, 10, 7),
        subject=f"+Iluminat {CNP}",
        sender=Sender(name='=HYPERLINK("http://example.org")', email="ilona@example.org"),
    )


def taken(client: Any, query: str = "", **form: str) -> bytes:
    response = client.post(EXPORT, {"query": query, **form})
    assert response.status_code == 200, response.content.decode()[:500]
    return b"".join(response.streaming_content)


def rows_of_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def told() -> list[dict[str, Any]]:
    return [event.data for event in AuditEvent.objects.filter(action="register.exported")]


def test_csv_holds_the_list_without_formulas_and_personal_numbers(
    people: dict[str, Any], nasty: RegistryEntry
) -> None:
    response: Any = client_of(people["chief"]).post(EXPORT, {"format": "csv"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="registru-2026-03-20.csv"'
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    header, row = rows_of_csv(b"".join(response.streaming_content))
    assert len(header) == len(set(header)) == len(row)
    assert row[0] == "1/305/12.03.2026"
    assert row[1] == "2026-03-12T10:07:00"
    assert '\'=HYPERLINK("http://example.org")' in row
    assert f"'+Iluminat {CNP[0]}{'•' * 12}" in row
    assert CNP not in str(row)
    assert "ilona@example.org" not in str(row)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


def test_workbook_holds_the_same_as_text_and_days_as_days(
    people: dict[str, Any], nasty: RegistryEntry
) -> None:
    content = taken(client_of(people["chief"]), format="xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    header, row = [list(cells) for cells in sheet.iter_rows()]
    values = [cell.value for cell in row]
    assert values[0] == "1/305/12.03.2026"
    assert values[1] == datetime(2026, 3, 12, 10, 7)  # noqa: DTZ001  as the wall's clock shows it
    assert datetime.combine(nasty.due or date.min, datetime.min.time()) in values
    assert '=HYPERLINK("http://example.org")' in values
    assert all(cell.data_type in {"s", "inlineStr", "d", "n"} for cell in [*header, *row])
    assert sheet.freeze_panes == "A2"
    assert CNP not in str(values)


def test_export_is_of_all_that_the_filters_leave_in_the_order_of_the_list(
    people: dict[str, Any], general: Register, complaint: EntryKind, monkeypatch: Any
) -> None:
    monkeypatch.setattr(exports, "_AT_ONCE", 2)
    entries = [entry_of(complaint, general, at(2026, 3, day, 10)) for day in range(1, 6)]
    lifecycle.assign(entries[2], department_of(people["officer"]), actor=people["clerk"])
    secret = entry_of(EntryKind.objects.get(is_confidential=True), general)
    client = client_of(people["chief"])
    text = taken(client)
    assert [row[0].split("/")[0] for row in rows_of_csv(text)[1:]] == ["5", "4", "3", "2", "1"]
    assert secret.number_text not in text.decode()
    rows = rows_of_csv(taken(client, "state=registered&show=open&page=7&after=2"))
    assert [row[0].split("/")[0] for row in rows[1:]] == ["1", "2", "4", "5"]


def test_trail_tells_of_an_export_with_its_filters_never_the_words(
    people: dict[str, Any], nasty: RegistryEntry
) -> None:
    client = client_of(people["chief"])
    taken(client, "q=iluminat&state=registered&since=2026-03-01", format="xlsx")
    assert told() == [
        {
            "rows": 1,
            "format": "xlsx",
            "filters": {"state": "registered", "since": "2026-03-01"},
            "searched": True,
            "names": True,
        }
    ]
    assert "iluminat" not in str(AuditEvent.objects.values_list("data", flat=True)).lower()
    trail = html(client, "/admin/registru/trail/")
    assert "state: registered" in trail


def test_trail_is_told_before_the_first_row_leaves(
    people: dict[str, Any], nasty: RegistryEntry
) -> None:
    response = client_of(people["chief"]).post(EXPORT, {})
    assert len(told()) == 1
    response.close()


def test_who_may_not_see_names_takes_none_out(people: dict[str, Any], nasty: RegistryEntry) -> None:
    auditor = people["auditor"]
    auditor.user_permissions.add(
        *type(auditor)
        .objects.get(username="chief")
        .groups.get()
        .permissions.filter(codename="export_entries")
    )
    client = client_of(auditor)
    content = taken(client).decode()
    assert nasty.number_text in content
    assert "HYPERLINK" not in content
    assert told()[0]["names"] is False
    # Nor finds them out by searching.
    response = client.post(EXPORT, {"query": "q=hyperlink"})
    assert response.status_code == 422


def test_nobody_without_the_permission_takes_anything_out(
    people: dict[str, Any], nasty: RegistryEntry
) -> None:
    for who in ("clerk", "officer", "auditor", "cabinet"):
        assert client_of(people[who]).post(EXPORT, {})["Location"] == "/admin/"
        assert EXPORT not in html(client_of(people[who]), LIST)
        with pytest.raises(exports.NotExported):
            exports.export(
                RegistryEntry.objects.all(),
                user=people[who],
                filters={},
                searched=False,
                made_as=exports.FORMATS["csv"],
            )
    assert client_of(people["chief"]).get(EXPORT).status_code == 405
    assert told() == []


def test_too_much_and_nothing_are_refused_with_what_to_do(
    people: dict[str, Any], general: Register, complaint: EntryKind, monkeypatch: Any
) -> None:
    client = client_of(people["chief"])
    assert client.post(EXPORT, {"query": "show=late"}).status_code == 422
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    for _ in range(3):
        entry_of(complaint, general)
    with CaptureQueriesContext(connection) as asked:
        response = client.post(EXPORT, {"query": "direction=incoming"})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    # Found out without counting, and the filters are still chosen.
    assert not any("COUNT(" in query["sql"] for query in asked)
    assert 'value="incoming" selected' in response.content.decode()
    assert told() == []


def test_file_is_in_the_language_of_who_takes_it_out_even_when_it_is_read_later(
    people: dict[str, Any], nasty: RegistryEntry
) -> None:
    with translation.override("ro"):
        export = exports.export(
            RegistryEntry.objects.all(),
            user=people["chief"],
            filters={},
            searched=False,
            made_as=exports.FORMATS["csv"],
        )
    with translation.override("en"):
        rows = rows_of_csv(b"".join(export.content))
    assert str(nasty.kind) in rows[1]
    assert "înregistrată" in rows[1] or "înregistrat" in str(rows[1])


def test_export_reads_in_batches_whatever_its_size(
    people: dict[str, Any], general: Register, complaint: EntryKind
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            taken(client_of(people["chief"]))
        return len(asked)

    entry_of(complaint, general)
    first = queries()
    for _ in range(10):
        entry_of(complaint, general)
    assert queries() == first


# -- workbooks ---------------------------------------------------------------------------------------------------------


CELLS = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.integers(-(10**9), 10**9),
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=6), st.text(max_size=40))
def test_any_cell_is_read_back_as_what_it_was(rows: list[list[Any]], title: str) -> None:
    content = b"".join(stream_workbook(title, ["Titlu"], [rows]))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert sheet.cell(1, 1).value == "Titlu"
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            assert cell.data_type != "f"
            if isinstance(value, str):
                kept = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", value)
                assert (cell.value or "") == kept.replace("\r\n", "\n").replace("\r", "\n")
            elif isinstance(value, date):
                assert cell.value == datetime.combine(value, datetime.min.time())
            else:
                assert cell.value == value


def test_longest_cell_is_cut_and_pieces_come_one_by_one() -> None:
    pulled: list[int] = []

    def batches() -> Any:
        for n in range(3):
            pulled.append(n)
            yield [["x" * (LONGEST_CELL + 9)]]

    pieces = stream_workbook("a/b", ["T"], batches())
    next(pieces)
    assert pulled == []
    next(pieces)
    assert pulled == [0]
    rest = b"".join(pieces)
    assert pulled == [0, 1, 2]
    assert rest
