"""Organisations, departments, contact points and posts: taken out, brought in, and by whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, ModelLogEntry

from cms.sheets.held import forget_old
from contacts.models import ContactPoint, Department, HeldSheet, Organisation, Post
from contacts.phones import parse_phone
from home.roles import PARTNERS_FILES, sync_roles
from tests.cms.sheets_admin import Desk, counts, csv_of, words, workbook_of, wrong
from tests.factories import (
    ContactPointFactory,
    DepartmentFactory,
    OpeningHoursFactory,
    OrganisationFactory,
    PostFactory,
    make_home,
    make_user,
    text,
)
from tests.remembered import remembered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture(autouse=True)
def groups(site_tree: Any) -> None:
    remembered(make_home)
    remembered(sync_roles)


@pytest.fixture
def desk() -> Desk:
    """A partnership editor at the organisations."""
    return Desk("organisations", "Partnership editor")


def with_rights(key: str, *names: str) -> Desk:
    """Somebody with single permissions over contacts."""
    desk = Desk(key, name="drepturi")
    wanted = Permission.objects.filter(
        content_type__app_label__in=("contacts", "wagtailadmin"), codename__in=names
    )
    desk.user.user_permissions.add(
        *wanted,
        Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin"),
    )
    return desk


def new(key: str, **values: str) -> dict[str, str]:
    return {"key": key, "name (ro)": f"Asociația {key}", **values}


# -- bad input -------------------------------------------------------------------------------------------------------


def test_a_file_with_one_wrong_row_leaves_everything_as_it_was(desk):
    OrganisationFactory(key="teatru", name=text("Teatrul"))
    shown = desk.dry_run(
        [
            new("teatru", country="RO"),
            new("nou", country="RO"),
            new("gresit", country="România"),
            {"key": "fara-nume", "country": "RO"},
        ]
    )
    assert "1 changed, 1 new, 2 wrong" in words(shown)
    assert [(row, cell) for row, cell, _text in wrong(shown)] == [(4, "C4"), (5, "B5")]
    assert not shown.context["can_be_applied"]
    # Who sends the confirmation all the same gets nothing, either.
    assert desk.confirm(shown).url == desk.review
    assert [str(found) for found in Organisation.objects.all()] == ["Teatrul"]


def test_a_formula_is_named_by_its_cell(desk):
    shown = desk.dry_run(workbook_of(["key", "name_ro"], ["a", "A"], ["b", "=A2"]), "a.xlsx")
    ((row, cell, sentence),) = wrong(shown)
    assert (row, cell) == (3, "B3")
    assert "formula" in sentence


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 nothing", "damaged"),
        (b"key,name_ro\0\na,b", "NUL"),
        ("key,name_ro\nконцерт,b".encode("cp1251"), "CSV UTF-8"),
        (b"first,second\na,b", "names of the columns"),
        (b"name_ro\nA", "missing"),
        (b"key,KEY\na,b", "twice"),
        (b"x" * 5_000_001, "larger"),
        (b"key\n" + b"".join(b"k%d\n" % n for n in range(50_000)), "more than 5000 rows"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_where_it_was_chosen(desk, data, told):
    response = desk.upload(data)
    assert response.status_code == 200
    assert told in words(response)
    assert not HeldSheet.objects.exists()


def test_more_rows_to_write_than_one_request_takes_are_refused(desk, monkeypatch):
    monkeypatch.setattr("contacts.sheets.OrganisationSheet.max_written", 2)
    OrganisationFactory(key="a", name=text("Asociația a"))
    rows = [new("a"), new("b"), new("c")]
    # One of the three is as it was.
    assert counts(desk.dry_run(rows)) == {"same": 1, "new": 2}
    assert "at most 2 can be written" in words(desk.upload([*rows, new("d")]))


def test_forty_megabytes_are_refused_without_being_read(desk):
    assert "larger" in words(desk.upload(b"\0" * 40_000_000))


def test_no_file_at_all(desk):
    response = desk.client.post(desk.page)
    assert response.status_code == 200
    assert "Choose a .csv or .xlsx file" in words(response)


@pytest.mark.parametrize("name", ["a" * 400 + ".csv", "tabel\u202egpj.csv", "ünïcode ț.csv"])
def test_strange_names_of_files(desk, name):
    assert desk.upload([new("a", country="RO")], name).status_code == 302


def test_a_logo_without_a_description_is_refused(desk):
    folder = Collection.objects.get(name=PARTNERS_FILES)
    logo = Image.objects.create(title="Sigla", file=get_test_image_file(), collection=folder)
    other = Image.objects.create(title="Alta", file=get_test_image_file())
    shown = desk.dry_run(
        [
            {"key": "fara", "name_ro": "A", "logo": str(logo.pk), "logo_alt_ro": ""},
            {"key": "strain", "name_ro": "B", "logo": str(other.pk), "logo_alt_ro": "sigla"},
            {"key": "lipsa", "name_ro": "C", "logo": "999999", "logo_alt_ro": "sigla"},
        ]
    )
    told = wrong(shown)
    assert [row for row, _cell, _text in told] == [2, 3, 4]
    assert "Describe the logo" in told[0][2]
    # An image that is not hers to choose is none at all.
    assert told[1][2] == told[2][2].replace("999999", str(other.pk))


def test_a_key_that_a_department_has_is_refused_in_its_column(desk):
    DepartmentFactory(key="cultura")
    ((row, cell, sentence),) = wrong(desk.dry_run([new("cultura")]))
    assert (row, cell) == (2, "A2")
    assert "department" in sentence


def test_nothing_is_imported_when_the_last_row_fails(desk, monkeypatch):
    """A rule that only the saving knows of."""
    whole = Organisation.save

    def save(self: Organisation, *args: Any, **kwargs: Any) -> None:
        from django.core.exceptions import ValidationError

        if self.key == "b":
            raise ValidationError("Taken meanwhile.")
        whole(self, *args, **kwargs)

    shown = desk.dry_run([new("a"), new("b")])
    monkeypatch.setattr(Organisation, "save", save)
    response = desk.confirm(shown)
    assert response.status_code == 302
    assert "row 3: Taken meanwhile." in words(desk.client.get(response.url))
    assert not Organisation.objects.exists()


def test_what_changed_meanwhile_is_shown_again_and_not_overwritten(desk):
    OrganisationFactory(key="teatru", name=text("Teatrul"))
    shown = desk.dry_run([new("teatru")])
    Organisation.objects.update(email="teatru@example.org", name=text("Între timp"))
    response = desk.confirm(shown)
    assert response.url == desk.review
    again = desk.client.get(response.url)
    assert "Something has changed since you looked" in words(again)
    assert "Între timp" in words(again)
    assert str(Organisation.objects.get()) == "Între timp"
    # Now it was seen.
    desk.confirm(again)
    assert str(Organisation.objects.get()) == "Asociația teatru"


# -- a whole import --------------------------------------------------------------------------------------------------


def test_an_import_writes_what_was_shown_and_tells_where_it_came_from(desk):
    OrganisationFactory(key="teatru", name=text("Teatrul", "Theatre"), country="RO")
    shown = desk.dry_run(
        [
            new("teatru", country="hu", telephone="0264-123.456", kind="partner"),
            new(
                "muzeu",
                country="RO",
                telephone="",
                kind="public institution",
                site="https://m.example",
            ),
        ],
        "parteneri.csv",
    )
    page = words(shown)
    assert "1 changed, 1 new, 0 wrong" in page
    for told in ("RO HU", "– 0264 123 456", "Teatrul Asociația teatru"):
        assert told in page
    desk.confirm(shown)
    theatre, museum = (Organisation.objects.get(key=key) for key in ("teatru", "muzeu"))
    # What is in no column stays.
    assert theatre.name == {"ro": "Asociația teatru", "en": "Theatre"}
    assert (theatre.country, theatre.phone) == ("HU", parse_phone("0264123456"))
    assert (museum.kind, museum.country) == ("institution", "RO")
    entries = ModelLogEntry.objects.filter(action="cms.sheet_import").order_by("pk")
    assert all("parteneri.csv" in entry.message for entry in entries)
    assert [entry.message[-1] for entry in entries] == ["2", "3"]
    assert {entry.user for entry in entries} == {desk.user}
    assert not HeldSheet.objects.exists()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_is_taken_out_comes_back_unchanged(desk, ending):
    logo = Image.objects.create(title="Sigla, mică", file=get_test_image_file())
    OrganisationFactory(
        key="teatru",
        name=text("=Teatrul „Ț”;\t+1", "Theatre", "Színház"),
        phone=parse_phone("0264 596 030 / 5001; 5000"),
        logo=logo,
        logo_alt=text("Sigla"),
    )
    OrganisationFactory(key="strain", phone=parse_phone("+36 1 234 5678"), country="HU")
    shown = desk.dry_run(desk.take_out(ending), f"a.{ending}")
    assert counts(shown) == {"same": 2}, wrong(shown)
    assert "there is nothing to import" in words(shown)


def test_the_empty_table_can_be_filled_in_as_it_is(desk):
    for ending in ("csv", "xlsx"):
        response = desk.client.get(reverse("sheets_template", args=[desk.key, ending]))
        data = b"".join(response.streaming_content)
        assert counts(desk.dry_run(data, f"a.{ending}")) == {"new": 1}


# -- departments, their contact points and posts ---------------------------------------------------------------------


def test_departments_come_and_go(db):
    desk = Desk("departments", name="sef", superuser=True)
    top = DepartmentFactory(key="primaria", summary=text("Rând\r\nșir"))
    DepartmentFactory(key="sport", parent=top, hours=OpeningHoursFactory(key="program"))
    rows = desk.rows()
    assert counts(desk.dry_run(rows)) == {"same": 2}
    changed = [{**row, "code": "305"} if row["key"] == "sport" else row for row in rows]
    desk.bring_in([*changed, {**rows[0], "key": "cultura", "part of": "primaria"}])
    assert Department.objects.get(key="sport").code == "305"
    assert Department.objects.get(key="cultura").parent == top


def test_a_department_cannot_lie_below_itself_nor_in_what_is_not_there(db):
    desk = Desk("departments", name="sef", superuser=True)
    top = DepartmentFactory(key="primaria")
    DepartmentFactory(key="sport", parent=top)
    shown = desk.dry_run(
        [{"key": "primaria", "parent": "sport"}, {"key": "sport", "parent": "altul"}]
    )
    told = wrong(shown)
    assert [cell for _row, cell, _text in told] == ["B2", "B3"]
    assert "primaria, sport" in told[1][2]


def test_two_rows_that_only_together_make_a_circle_change_nothing(db):
    desk = Desk("departments", name="sef", superuser=True)
    DepartmentFactory(key="a")
    DepartmentFactory(key="b")
    shown = desk.dry_run([{"key": "a", "parent": "b"}, {"key": "b", "parent": "a"}])
    response = desk.confirm(shown)
    assert "row 3" in words(desk.client.get(response.url))
    assert not Department.objects.exclude(parent=None).exists()


def test_contact_points_are_found_by_their_number_and_added_without_one(db):
    desk = Desk("contact-points", name="sef", superuser=True)
    point = ContactPointFactory(department=DepartmentFactory(key="sport"))
    (row,) = desk.rows()
    assert row["number"] == str(point.pk)
    assert counts(desk.dry_run([row])) == {"same": 1}
    twin = {**row, "number": ""}
    unknown = {**row, "number": "999999"}
    empty = {**row, "number": "", "telephone": ""}
    told = wrong(desk.dry_run([twin, unknown, empty]))
    assert [number for number, _cell, _text in told] == [2, 3, 4]
    assert f"number {point.pk}" in told[0][2]
    fax = {**row, "number": "", "telephone": "0264 596 031", "kind of number": "fax"}
    desk.bring_in([{**row, "rooms": "49, 50"}, fax])
    assert [(p.rooms, p.phone_kind) for p in ContactPoint.objects.order_by("pk")] == [
        ("49, 50", "phone"),
        ("", "fax"),
    ]
    told = ModelLogEntry.objects.filter(action="cms.sheet_import")
    assert {entry.content_type.model for entry in told} == {"department"}


def test_what_is_internal_is_neither_told_nor_changed(db):
    PostFactory(
        department=DepartmentFactory(key="sport"),
        phone=parse_phone("0264 596 999"),
        phone_public=False,
        email="secret@example.org",
        email_public=False,
        rooms="12",
    )
    desk = with_rights("posts", "view_post", "change_post")
    data = desk.take_out().decode()
    assert "596 999" not in data
    assert "secret@" not in data
    assert "public" not in data.splitlines()[0]
    (row,) = desk.rows()
    assert counts(desk.dry_run([row])) == {"same": 1}
    told = wrong(desk.dry_run([{**row, "e-mail": "alt@example.org"}]))
    assert "internal" in told[0][2]
    desk.bring_in([{**row, "rooms": "13"}])
    post = Post.objects.get()
    assert (post.rooms, post.email) == ("13", "secret@example.org")
    # The flags are no columns of hers: what is written there is left out.
    shown = desk.dry_run([{**row, "rooms": "14", "phone_public": "da"}])
    assert [note.code for note in shown.context["notes"]] == ["unknown_column"]
    desk.confirm(shown)
    assert not Post.objects.get().phone_public


@pytest.mark.parametrize("sees", [False, True])
def test_a_twin_does_not_tell_what_is_internal(db, sees):
    sport = DepartmentFactory(key="sport")
    hidden, shown = "0264 596 999", "0264 596 030"
    for number, public in ((hidden, False), (shown, True)):
        ContactPointFactory(
            department=sport, phone=parse_phone(number), phone_public=public, email="", rooms=""
        )
    desk = with_rights("contact-points", "change_department", *(["view_internal"] if sees else []))
    guesses = [{"number": "", "department": "sport", "telephone": n} for n in (hidden, shown)]
    told = wrong(desk.dry_run(guesses))
    assert [row for row, _cell, _text in told] == ([2, 3] if sees else [3])


def test_who_sees_internal_contacts_and_may_turn_them_does(db):
    PostFactory(department=DepartmentFactory(key="sport"), rooms="12", rooms_public=False)
    rights = ("view_post", "change_post", "view_internal", "change_visibility")
    desk = with_rights("posts", *rights)
    (row,) = desk.rows()
    assert (row["rooms"], row["rooms are public"]) == ("12", "no")
    desk.bring_in([{**row, "rooms are public": "igen"}])
    assert Post.objects.get().rooms_public


def test_no_name_of_a_person_leaves_with_the_posts(db):
    from tests.factories import PersonFactory

    PostFactory(person=PersonFactory(family_name="Necunoscut"), person_public=True)
    desk = Desk("posts", name="sef", superuser=True)
    assert b"Necunoscut" not in desk.take_out()


# -- who may ---------------------------------------------------------------------------------------------------------

ALL = {
    "campaigns",
    "events",
    "partnerships",
    "organisations",
    "departments",
    "contact-points",
    "posts",
}
MAY = {
    "Marketing": set(),
    "Moderator": {"organisations"},
    "Partnership editor": {"organisations"},
    "Mayor's Cabinet": {"departments", "contact-points", "posts"},
    "Registry clerk": set(),
    "Head of the registry": set(),
    "Department officer": set(),
    "Auditor": set(),
}


@pytest.mark.parametrize("role", MAY)
def test_a_role_sees_its_own_tables_and_no_others(role):
    OrganisationFactory(key="teatru")
    DepartmentFactory(key="sport")
    for key in ALL - {"campaigns", "events", "partnerships"}:
        desk = Desk(key, role, name=f"{role}-{key}")
        expected = 200 if key in MAY[role] else 302
        for address in (
            desk.page,
            reverse("sheets_export", args=[key, "csv"]),
            reverse("sheets_template", args=[key, "xlsx"]),
        ):
            assert desk.client.get(address).status_code == expected, (role, address)
        upload = {"file": SimpleUploadedFile("a.csv", csv_of([new("a")]))}
        answer = desk.client.post(desk.page, upload)
        if key not in MAY[role]:
            # Wagtail leads who may not back to the admin's home, and tells why.
            assert answer.url == reverse("wagtailadmin_home")
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize("role", MAY)
def test_the_menu_leads_only_those_who_have_a_table(role):
    desk = Desk("organisations", role)
    home = desk.client.get(reverse("wagtailadmin_home")).content.decode()
    assert (reverse("sheets") in home) == bool(MAY[role])
    page = desk.client.get(reverse("sheets"))
    assert page.status_code == (200 if MAY[role] else 302)
    for key in ALL & MAY[role]:
        assert reverse("sheets_kind", args=[key]) in page.content.decode()
    for key in ALL - MAY[role]:
        assert reverse("sheets_kind", args=[key]) not in page.content.decode()


def test_who_may_only_change_adds_nothing(db):
    OrganisationFactory(key="teatru")
    desk = with_rights("organisations", "change_organisation")
    shown = desk.dry_run([new("teatru"), new("nou")])
    assert counts(shown) == {"changed": 1, "wrong": 1}
    assert "you may not add one" in wrong(shown)[0][2]


def test_who_may_only_add_changes_nothing_and_sees_nothing(db):
    OrganisationFactory(key="teatru", email="teatru@example.org")
    desk = with_rights("organisations", "add_organisation")
    shown = desk.dry_run([new("teatru"), new("nou")])
    assert counts(shown) == {"new": 1, "wrong": 1}
    assert "not yours to change" in wrong(shown)[0][2]
    assert "teatru@example.org" not in shown.content.decode()
    assert desk.client.get(reverse("sheets_export", args=[desk.key, "csv"])).status_code == 302


def test_who_may_only_look_takes_out_and_brings_nothing_in(db):
    desk = with_rights("organisations", "view_organisation")
    assert "Bring in" not in words(desk.client.get(desk.page))
    assert desk.upload([new("a")]).url == reverse("wagtailadmin_home")


def test_a_file_is_its_owners_alone(desk):
    desk.dry_run([new("a")])
    other = Desk("organisations", "Partnership editor", name="alta")
    assert other.client.get(desk.review).url == other.page
    assert other.client.post(desk.review, {"fingerprint": "x"}).url == other.page
    assert HeldSheet.objects.count() == 1
    assert not Organisation.objects.exists()


def test_a_file_belongs_to_its_own_table(desk):
    desk.dry_run([new("a")])
    boss = Desk("departments", name="sef", superuser=True)
    HeldSheet.objects.update(user=boss.user)
    pk = HeldSheet.objects.get().pk
    address = reverse("sheets_review", args=["departments", pk])
    assert boss.client.get(address).url == boss.page


def test_a_right_that_was_taken_away_meanwhile_counts(desk):
    shown = desk.dry_run([new("a")])
    desk.user.groups.clear()
    desk.confirm(shown)
    assert not Organisation.objects.exists()


def test_what_nobody_confirms_is_forgotten_after_a_day(desk):
    desk.dry_run([new("a")])
    forget_old(timezone.now() + timedelta(hours=23))
    assert HeldSheet.objects.count() == 1
    forget_old(timezone.now() + timedelta(hours=25))
    assert not HeldSheet.objects.exists()
    response = desk.client.get(desk.review, follow=True)
    assert "no longer waiting" in words(response)


def test_a_file_of_yesterday_is_not_imported_though_nobody_has_thrown_it_away(desk):
    shown = desk.dry_run([new("a")])
    HeldSheet.objects.update(made_at=timezone.now() - timedelta(hours=25))
    assert desk.client.get(desk.review).url == desk.page
    assert desk.confirm(shown).url == desk.page
    assert not Organisation.objects.exists()


def test_nobody_comes_here_without_logging_in(client):
    make_user("cineva")
    for name, args in (("sheets", []), ("sheets_kind", ["organisations"])):
        assert "login" in client.get(reverse(name, args=args)).url


@pytest.mark.parametrize(
    "address",
    ["import-export/nothing/", "import-export/organisations/export.pdf", "import-export/x/1/"],
)
def test_there_is_no_other_table_or_file(desk, address):
    assert desk.client.get(f"{reverse('wagtailadmin_home')}{address}").status_code == 404
    wrong_part = reverse("sheets_export", args=[desk.key, "csv"])
    assert desk.client.get(wrong_part, {"part": "x"}).status_code == 404


# -- how much it costs -----------------------------------------------------------------------------------------------


def queries(work: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        work()
    return len(found)


def test_many_rows_take_as_many_queries_as_few(desk):
    for number in range(3):
        OrganisationFactory(key=f"a-{number}")
    few = queries(desk.take_out), queries(lambda: desk.dry_run(desk.rows()))
    for number in range(12):
        OrganisationFactory(key=f"b-{number}", phone=parse_phone("0264 123 456"))
    many = queries(desk.take_out), queries(lambda: desk.dry_run(desk.rows()))
    assert many == few
