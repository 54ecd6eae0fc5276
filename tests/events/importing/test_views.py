"""“Import events” in the admin: nothing happens before it was looked at, and only to those who may."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.users.models import UserProfile

from events.importing.fetch import Fetched
from events.importing.problems import ImportProblem
from events.models import EventPage
from events.models.imports import PartnerCalendar, PendingImport
from home.roles import sync_roles
from tests.admin_forms import AdminForm, parse
from tests.events.importing.test_reader import calendar as ics
from tests.events.importing.test_reader import event
from tests.factories import make_calendar, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

URL = "https://example.org/calendar.ics"


@pytest.fixture
def index(site_tree: Any) -> Any:
    sync_roles()
    return make_calendar()


@pytest.fixture
def editor(index: Any) -> Client:
    return signed_in("redactor", "Marketing")


def signed_in(name: str, *groups: str, **kwargs: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    user = make_user(name, *groups, **kwargs)
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": "en"})
    client.force_login(user)
    return client


def upload(client: Client, data: bytes, name: str = "events.ics", **fields: Any) -> Any:
    return client.post(reverse("import_events"), {"file": SimpleUploadedFile(name, data), **fields})


def words(response: Any) -> str:
    return " ".join(parse(response.content).get_text(" ").split())


def test_from_a_file_to_a_draft(editor):
    data = ics(event(), event("RRULE:FREQ=SECONDLY", uid="bad@example.org"))
    response = upload(editor, data)
    assert response.status_code == 302
    review = response["Location"]
    page = editor.get(review)
    assert page["Cache-Control"].startswith("max-age=0")
    text = words(page)
    assert "1 new event" in text
    assert "1 event refused" in text
    assert "An event cannot repeat “SECONDLY”" in text
    assert "3 December 2026" in text
    assert not EventPage.objects.exists()
    fingerprint = parse(page.content).find("input", {"name": "fingerprint"})["value"]
    done = editor.post(review, {"fingerprint": fingerprint}, follow=True)
    assert "1 event was imported as a draft." in words(done)
    assert EventPage.objects.get().live is False
    assert not PendingImport.objects.exists()
    # The way back leads nowhere twice.
    again = editor.post(review, {"fingerprint": fingerprint}, follow=True)
    assert "no longer waiting" in words(again)
    assert EventPage.objects.count() == 1


def test_what_has_changed_meanwhile_is_looked_at_again(editor):
    review = upload(editor, ics(event()))["Location"]
    response = editor.post(review, {"fingerprint": "old"}, follow=True)
    assert "Something has changed since you looked" in words(response)
    assert "1 new event" in words(response)
    assert not EventPage.objects.exists()


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.ics", b"x" * 2_000_000, "larger than 500 kB"),
        ("a.ics", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "damaged or incomplete"),
        ("a.ics", b"\x00", "NUL characters"),
        ("a.ics", b"", "The file is empty."),
        ("a.csv", b"title,start date\n" + b"a,b\n" * 50_000, "more than 1000 rows"),
        ("a.exe", b"MZ", "choose a .ics, .csv or .xlsx file"),
        ("a\x00<script>.csv", b"nonsense", "The first row must hold the names of the columns"),
    ],
)
def test_a_file_that_is_refused(editor, name, data, expected):
    response = upload(editor, data, name)
    assert response.status_code == 200
    assert expected in words(response)
    assert not PendingImport.objects.exists()


def test_nothing_chosen(editor):
    response = editor.post(reverse("import_events"), {"calendar": "99999"})
    assert response.status_code == 200
    response = editor.post(reverse("import_events"), {})
    assert "Choose a file or a partner" in words(response)
    assert editor.get(reverse("import_events") + "?calendar=x%00'").status_code == 200


def test_titles_from_outside_are_only_text(editor):
    data = ics(event(uid="<script>alert(1)</script>").replace("Concert", "A & <x onclick=y> B"))
    page = editor.get(upload(editor, data)["Location"])
    assert b"<x onclick" not in page.content
    assert b"A &amp; &lt;x onclick=y&gt; B" in page.content


def test_a_partners_calendar(editor, monkeypatch):
    calendar = PartnerCalendar.objects.create(name="Teatru", url=URL, trusted=True)
    answers: list[Any] = [ImportProblem("not_there", status=404), ics(event())]

    def fetch(url: str, *, etag: str = "") -> Fetched:
        answer = answers.pop(0)
        if isinstance(answer, ImportProblem):
            raise answer
        return Fetched(answer, '"1"', unchanged=False, url=url)

    monkeypatch.setattr("events.importing.services.fetch", fetch)
    failed = editor.post(reverse("import_events"), {"calendar": calendar.pk})
    assert "There is no calendar at this address any more (404)." in words(failed)
    calendar.refresh_from_db()
    assert calendar.last_status == PartnerCalendar.Status.FAILS
    review = editor.post(reverse("import_events"), {"calendar": calendar.pk})["Location"]
    page = editor.get(review)
    assert "The calendar is trusted" in words(page)
    fingerprint = parse(page.content).find("input", {"name": "fingerprint"})["value"]
    # Confirmed without asking the partner again: what was looked at is what is imported.
    done = editor.post(review, {"fingerprint": fingerprint}, follow=True)
    assert "1 event was imported and published." in words(done)
    calendar.refresh_from_db()
    assert (calendar.last_status, calendar.etag) == ("works", '"1"')


def test_the_empty_table(editor):
    response = editor.get(reverse("import_events_template"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert "1 new event" in words(editor.get(upload(editor, response.content, "a.csv")["Location"]))


# -- rights ------------------------------------------------------------------------------------------------------------


def test_only_who_may_add_events(index):
    pending = PendingImport.objects.create(
        user=make_user("altul", "Marketing"), name="a.ics", data=ics(event())
    )
    addresses = [
        reverse("import_events"),
        reverse("import_events_review", args=[pending.pk]),
        reverse("import_events_template"),
    ]
    stranger, cabinet = Client(), signed_in("cabinet", "Mayor's Cabinet")
    for address in addresses:
        assert stranger.get(address).status_code == 302
        assert stranger.get(address)["Location"].startswith(reverse("wagtailadmin_login"))
        refused = cabinet.get(address)
        assert refused.status_code in (302, 403)
        assert "/import" not in refused.get("Location", "")
        assert cabinet.post(address).status_code in (302, 403, 405)
    assert not EventPage.objects.exists()


def test_nobody_confirms_what_somebody_else_looked_at(index, editor):
    other = make_user("altul", "Marketing")
    pending = PendingImport.objects.create(user=other, name="a.ics", data=ics(event()))
    response = editor.get(reverse("import_events_review", args=[pending.pk]))
    assert response.status_code == 302
    editor.post(reverse("import_events_review", args=[pending.pk]), {"fingerprint": ""})
    assert not EventPage.objects.exists()
    assert PendingImport.objects.filter(pk=pending.pk).exists()


def test_the_form_needs_its_token(index):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("redactor", "Marketing"))
    assert upload(client, ics(event())).status_code == 403


# -- partners' calendars -----------------------------------------------------------------------------------------------


def snippet(name: str, *args: Any) -> str:
    return reverse(f"wagtailsnippets_events_partnercalendar:{name}", args=args)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("file:///etc/passwd", "Only addresses that begin with https://"),
        ("http://127.0.0.1/a.ics", "private network"),
        ("http://2130706433/", "unusual way"),
        ("javascript:alert(1)", "whole address"),
        ("https://u:p@example.org/", "user name or a password"),
    ],
)
def test_an_address_that_cannot_be_read_is_not_saved(index, url, expected):
    admin = signed_in("administrator", superuser=True)
    form = AdminForm(admin, snippet("add"))
    form.data |= {"name": "Teatru", "url": url}
    response = admin.post(form.address, form.data)
    assert response.status_code == 200
    assert expected in words(response)
    assert not PartnerCalendar.objects.exists()


def test_a_calendar_and_its_health(index):
    admin = signed_in("administrator", superuser=True)
    form = AdminForm(admin, snippet("add"))
    form.data |= {"name": "Teatru", "url": "webcal://example.org/a.ics", "trusted": "on"}
    assert admin.post(form.address, form.data).status_code == 302
    calendar = PartnerCalendar.objects.get()
    assert calendar.trusted
    PartnerCalendar.objects.update(
        last_status="fails",
        last_run_at="2026-11-22T01:00:00Z",
        last_message={"code": "not_there", "params": {"status": "404"}},
        last_remarks=[{"code": "private", "params": {}, "title": "Repetiție", "uid": "x"}],
    )
    listing = words(admin.get(snippet("list")))
    assert "fails, 22/11/2026" in listing or "fails" in listing
    assert "no calendar at this address" in listing
    edit = words(admin.get(snippet("edit", calendar.pk)))
    assert "no calendar at this address" in edit
    assert "Repetiție It is marked as private." in edit


def test_trust_is_given_by_those_who_may_and_does_not_move(index):
    client = signed_in("redactor", "Marketing")
    user = get_user_model().objects.get(username="redactor")
    user.user_permissions.add(
        *Permission.objects.filter(codename__in=["view_partnercalendar", "change_partnercalendar"])
    )
    calendar = PartnerCalendar.objects.create(name="Teatru", url=URL, trusted=False, etag='"1"')
    form = AdminForm(client, snippet("edit", calendar.pk))
    assert "trusted" not in form.names()
    form.data["trusted"] = "on"
    assert client.post(form.address, form.data).status_code == 302
    calendar.refresh_from_db()
    assert not calendar.trusted
    assert calendar.etag == '"1"'
    PartnerCalendar.objects.update(trusted=True)
    form = AdminForm(client, snippet("edit", calendar.pk))
    form.data["name"] = "Teatrul"
    client.post(form.address, form.data)
    calendar.refresh_from_db()
    assert (calendar.name, calendar.trusted) == ("Teatrul", True)
    # Somebody else's address does not inherit it.
    form = AdminForm(client, snippet("edit", calendar.pk))
    form.data["url"] = "https://other.example.org/"
    client.post(form.address, form.data)
    calendar.refresh_from_db()
    assert (calendar.url, calendar.trusted, calendar.etag) == (
        "https://other.example.org/",
        False,
        "",
    )
