"""The Mayor's agenda over HTTP: first every place where a private title could come to light, then what is shown."""

from __future__ import annotations

import logging
import re
from datetime import date, time, timedelta
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.debug import ExceptionReporter
from icalendar import Calendar
from wagtail.log_actions import log, registry
from wagtail.models import ModelLogEntry

from cms.middleware import RequestLogMiddleware
from cms.models import SiteIdentity
from events.agenda import Scope, Visibility
from events.models import AgendaItem, AgendaToken
from home.roles import sync_roles
from tests.admin_forms import AdminForm, codes, parse
from tests.events.agenda_items import (
    ASKED,
    SECRET_TITLE,
    SECRETS,
    agenda_item,
    holds_secret,
    make_agenda,
    secret_item,
)
from tests.events.ical_lint import lint
from tests.factories import make_user, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FEEDS = [f"/calendar/{code}/mayor.ics" for code in ("ro", "en", "hu")]
PAGES = {
    "ro": "/ro/evenimente/agenda/",
    "en": "/en/events/agenda/",
    "hu": "/hu/events/agenda/",
}
NUMBERS = ("add", "change", "delete", "view")
ITEMS = [f"{verb}_agendaitem" for verb in NUMBERS]
KEYS = [f"{verb}_agendatoken" for verb in NUMBERS]


def login(name: str, *codenames: str, superuser: bool = False) -> Client:
    """A browser of a user who may enter the admin and has these permissions."""
    user = make_user(name, superuser=superuser)
    wanted = Permission.objects.filter(codename__in=["access_admin", *codenames])
    assert wanted.count() == len(codenames) + 1
    user.user_permissions.set(wanted)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def cabinet() -> Client:
    """Somebody of the Mayor's Cabinet."""
    return login("cabinetul", "view_private_agenda", *ITEMS, *KEYS)


@pytest.fixture
def others() -> dict[str, Client]:
    """People of the city hall who must not read the agenda, some with rights that look as if they could."""
    groups = {}
    sync_roles()
    for name in ("Marketing", "Moderator"):
        client = Client()
        client.force_login(make_user(name.lower(), name))
        groups[name] = client
    return {
        **groups,
        "all but the gate": login("aproape", *ITEMS, *KEYS),
        "views only": login("cititoarea", "view_agendaitem", "view_agendatoken"),
        "editor": login("redactorul"),
    }


def token_address(scope: str = Scope.PRIVATE) -> str:
    _token, plain = AgendaToken.issue("Telefon", scope, None)
    return f"/calendar/agenda/{plain}.ics"


def titles(response: Any) -> set[str]:
    assert response.status_code == 200, response.status_code
    return {
        str(part["SUMMARY"])
        for part in Calendar.from_ical(response.content).walk()
        if part.name == "VEVENT"
    }


def admin_addresses(item: AgendaItem) -> list[str]:
    one = [
        reverse(f"agenda:{view}", args=[item.pk])
        for view in ("edit", "copy", "delete", "history", "history_results", "usage")
    ]
    return [*one, *(reverse(f"agenda:{view}") for view in ("index", "index_results", "add"))]


# -- what must not come to light ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.INTERNAL])
def test_nothing_public_tells_of_an_item_that_is_not(client: Client, visibility: str) -> None:
    make_agenda()
    item = secret_item(visibility)
    addresses = [
        *FEEDS,
        *PAGES.values(),
        "/ro/",
        "/ro/evenimente/",
        "/ro/evenimente/?view=month",
        "/calendar/ro/events.ics",
        "/calendar/ro/events.rss",
        "/calendar/ro/events.json",
        "/sitemap.xml",
        "/contacts/all.csv",
        *(f"/{code}/cautare/?q={ASKED}" for code in PAGES),
        f"/ro/evenimente/?q={ASKED}",
    ]
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        assert not holds_secret(response.content), address
        assert str(item.uid) not in response.content.decode(), address


def test_search_finds_only_the_page(client: Client) -> None:
    make_agenda()
    secret_item()
    for word in (ASKED, *SECRETS):
        assert client.get("/ro/cautare/", {"q": word}).context["hits"] == []


def test_public_feed_has_the_same_bytes_whatever_is_not_public(client: Client, clock: Any) -> None:
    make_agenda()
    agenda_item()
    first = {address: client.get(address) for address in [*FEEDS, *PAGES.values()]}
    clock.shift(timedelta(hours=3))
    for visibility in (Visibility.PRIVATE, Visibility.INTERNAL):
        secret_item(visibility)
    for address, before in first.items():
        after = client.get(address)
        assert after.content == before.content
        assert after["ETag"] == before["ETag"]
        assert after.get("Last-Modified") == before.get("Last-Modified")


def test_item_that_stops_being_public_leaves_the_feed(client: Client) -> None:
    item = agenda_item()
    assert titles(client.get(FEEDS[0])) == {"Deschiderea sesiunii"}
    item.visibility = Visibility.PRIVATE
    item.save()
    assert titles(client.get(FEEDS[0])) == set()


def test_internal_key_reads_nothing_private(client: Client) -> None:
    secret_item()
    agenda_item("Ședința", visibility=Visibility.INTERNAL)
    response = client.get(token_address(Scope.INTERNAL))
    assert titles(response) == {"Ședința"}
    assert not holds_secret(response.content)


@pytest.mark.parametrize("superuser", [False, True])
def test_logs_and_site_history_know_numbers_only(
    cabinet: Client, caplog: pytest.LogCaptureFixture, superuser: bool
) -> None:
    """Wagtail writes `str()` of what was edited into its log, where other roles read it, also after deletion."""
    caplog.set_level(logging.DEBUG)
    agenda_form = AdminForm(cabinet, reverse("agenda:add"))
    agenda_form.save(
        title_ro=SECRETS[0], visibility="private", start_date="2026-11-30", place_ro=SECRETS[1]
    )
    item = AgendaItem.objects.get()
    AdminForm(cabinet, reverse("agenda:edit", args=[item.pk])).save(note_ro=SECRETS[2])
    assert cabinet.post(reverse("agenda:delete", args=[item.pk])).status_code == 302
    assert caplog.records
    for record in caplog.records:
        # Query logging, which exists with DEBUG only, is not what production writes.
        if record.name != "django.db.backends":
            assert not holds_secret(vars(record))
    entries = ModelLogEntry.objects.all()
    assert {entry.action for entry in entries} == {
        "wagtail.create",
        "wagtail.edit",
        "wagtail.delete",
    }
    for entry in entries:
        assert not holds_secret(vars(entry))
    reader = login("cititorul", *([] if superuser else ["view_agendaitem"]), superuser=superuser)
    for address in (
        reverse("wagtailadmin_reports:site_history"),
        f"{reverse('wagtailadmin_reports:site_history')}?export=csv",
        reverse("wagtailadmin_home"),
    ):
        response = reader.get(address)
        assert response.status_code == 200
        assert not holds_secret(response.getvalue())


def test_messages_to_the_cabinet_know_numbers_only(cabinet: Client) -> None:
    """They are kept in the session until they are shown."""
    item = secret_item()
    AdminForm(cabinet, reverse("agenda:edit", args=[item.pk])).save(end_time="12:00")
    cabinet.get(reverse("agenda:history", args=[item.pk]))
    assert not holds_secret(dict(cabinet.session))


def test_admin_is_closed_without_the_permission(others: dict[str, Client]) -> None:
    item = secret_item()
    token, _plain = AgendaToken.issue(SECRETS[0], Scope.PRIVATE, None)
    addresses = [
        *admin_addresses(item),
        reverse("agenda_keys:index"),
        reverse("agenda_keys:add"),
        reverse("agenda_keys:revoke", args=[token.pk]),
    ]
    for name, client in others.items():
        for address in addresses:
            for response in (client.get(address), client.post(address, {"title_ro": "x"})):
                assert response.status_code in {302, 403, 405}, (name, address)
                assert not holds_secret(response.content), (name, address)
    token.refresh_from_db()
    assert token.revoked_at is None
    assert AgendaItem.objects.get().title["ro"] == SECRET_TITLE
    assert AgendaToken.objects.count() == 1


def test_nothing_else_in_the_admin_names_an_item(others: dict[str, Client]) -> None:
    secret_item()
    make_agenda()
    for name, client in others.items():
        for address in (
            reverse("wagtailadmin_home"),
            reverse("wagtailadmin_reports:site_history"),
            f"/admin/pages/search/?q={ASKED}",
            "/admin/snippets/",
        ):
            response = client.get(address)
            if response.status_code == 200:
                html = response.content.decode().replace(
                    SECRETS[0], "", 6 if "?q=" in address else 0
                )
                assert not holds_secret(html), (name, address)


def test_menu_has_the_agenda_for_those_who_may_read_it(
    cabinet: Client, others: dict[str, Client]
) -> None:
    home = reverse("wagtailadmin_home")
    entries = [reverse("agenda:index"), reverse("agenda_keys:index")]
    shown = cabinet.get(home).content.decode()
    assert all(f'"{entry}"' in shown for entry in entries)
    for name, client in others.items():
        html = client.get(home).content.decode()
        assert not any(f'"{entry}"' in html for entry in entries), name


def test_there_is_no_chooser_and_no_bulk_action(cabinet: Client) -> None:
    for address in (
        "/admin/snippets/choose/events/agendaitem/",
        "/admin/snippets/events/agendaitem/",
        "/admin/bulk/events/agendaitem/delete/?id=1",
    ):
        assert cabinet.get(address, follow=True).status_code == 404


# -- the key in the address --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head", "post", "put"])
@pytest.mark.parametrize(
    "form", ["{}", "{}/", "/ro{}", "/ro/{}", "{}?x=1", "{}%00", "{}.gz", "no extension"]
)
def test_key_is_in_no_log(
    client: Client, caplog: pytest.LogCaptureFixture, method: str, form: str
) -> None:
    """Right and mistyped addresses, right and wrong methods; every logger at its most talkative."""
    address = token_address()
    plain = address.removeprefix("/calendar/agenda/").removesuffix(".ics")
    asked = address.removesuffix(".ics") if form == "no extension" else form.format(address)
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="django.request"):
        response = getattr(client, method)(asked)
    assert caplog.records
    for record in caplog.records:
        assert plain not in record.getMessage()
        assert plain not in str(vars(record))
    assert plain not in str(response.headers)
    assert plain.encode() not in response.content
    lines: list[Any] = [record for record in caplog.records if record.name == "agora.request"]
    assert lines[-1].path.endswith("/calendar/agenda/*")


def test_key_is_in_no_error_report(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    address = token_address()
    plain = address.removeprefix("/calendar/agenda/").removesuffix(".ics")
    client.raise_request_exception = False
    with (
        caplog.at_level(logging.DEBUG),
        mock.patch("events.agenda_views.agenda_calendar", side_effect=RuntimeError("broken")),
    ):
        response = client.get(address)
    assert response.status_code == 500
    assert plain.encode() not in response.content
    failed: list[Any] = [record for record in caplog.records if record.exc_info]
    assert failed
    for record in failed:
        report = ExceptionReporter(record.request, *record.exc_info)
        assert plain not in report.get_traceback_text()
        assert plain not in logging.Formatter().format(record)


def test_other_addresses_are_logged_as_they_are() -> None:
    for address in ("/calendar/ro/mayor.ics", "/calendar/agenda/", "/ro/agenda/x/"):
        request = RequestFactory().get(address)
        RequestLogMiddleware(lambda request: mock.MagicMock(status_code=200))(request)
        assert request.path == address


@pytest.mark.parametrize("method", ["get", "head"])
def test_unknown_revoked_and_broken_addresses_are_answered_alike(
    client: Client, method: str
) -> None:
    agenda_item()
    address = token_address()
    token = AgendaToken.objects.get()
    token.revoke()
    asked = [
        address,
        "/calendar/agenda/" + "A" * 43 + ".ics",
        f"/calendar/agenda/{token.digest}.ics",
        address.removesuffix(".ics"),
        address + "/",
        "/calendar/agenda/x.ics",
        "/calendar/agenda/a/b/c.ics",
        "/calendar/agenda/%00.ics",
        "/calendar/agenda/" + "A" * 5000 + ".ics",
    ]
    answers = [getattr(client, method)(one) for one in asked]
    for one, answer in zip(asked, answers, strict=True):
        assert answer.status_code == 404, one
    shown = {
        (
            answer.content,
            *(value for name, value in sorted(answer.items()) if name != "X-Request-ID"),
        )
        for answer in answers
    }
    assert len(shown) == 1
    assert answers[0]["Cache-Control"] == "private, no-store"
    token.refresh_from_db()
    assert token.last_used_on is None


def test_unknown_and_revoked_keys_cost_the_same_queries(
    client: Client, django_assert_num_queries: Any
) -> None:
    address = token_address()
    AgendaToken.objects.get().revoke()
    for one in (address, "/calendar/agenda/" + "A" * 43 + ".ics"):
        # The key; Wagtail's redirects look for an address that they do not know.
        with django_assert_num_queries(3):
            client.get(one)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_other_methods_are_refused(method: str) -> None:
    client = Client(enforce_csrf_checks=True)
    for address in (token_address(), "/calendar/agenda/" + "A" * 43 + ".ics", FEEDS[0]):
        assert getattr(client, method)(address).status_code == 405


def test_calendar_of_a_key_is_kept_by_nobody(client: Client) -> None:
    secret_item()
    agenda_item()
    agenda_item("Ședința", visibility=Visibility.INTERNAL)
    address = token_address()
    response = client.get(address)
    assert titles(response) == {SECRET_TITLE, "Ședința", "Deschiderea sesiunii"}
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert "ETag" not in response
    assert "Access-Control-Allow-Origin" not in response
    assert not response.cookies
    assert address.encode() not in response.content
    assert b"SOURCE" not in response.content
    # Nor by the server.
    assert not holds_secret(getattr(cache, "_cache", {}))
    head = client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert {**head.headers, "X-Request-ID": ""} == {**response.headers, "X-Request-ID": ""}


def test_only_the_day_of_the_last_use_is_kept(client: Client, clock: Any) -> None:
    address = token_address()
    client.get(address)
    token = AgendaToken.objects.get()
    assert token.last_used_on == date(2026, 11, 23)
    assert not isinstance(token.last_used_on, type(token.created_at))
    clock.shift(timedelta(days=1))
    client.head(address)
    token.refresh_from_db()
    assert token.last_used_on == date(2026, 11, 24)


def test_second_use_on_a_day_writes_nothing(client: Client, django_assert_num_queries: Any) -> None:
    address = token_address()
    client.get(address)
    # Key, last change, page, identity, items.
    with django_assert_num_queries(5):
        client.get(address)


# -- keys in the admin -------------------------------------------------------------------------------------------------


def make_key(client: Client, **values: str) -> Any:
    return client.post(
        reverse("agenda_keys:add"), {"label": "Telefonul", "scope": "private", **values}
    )


def test_key_is_shown_once_and_works(cabinet: Client, client: Client) -> None:
    secret_item()
    response = make_key(cabinet)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    address = parse(response.content).find(id="agenda-address")["value"]
    plain = re.search(r"agenda/([A-Za-z0-9_-]{43})\.ics$", address)
    assert plain
    assert titles(client.get(address.removeprefix("http://testserver"))) == {SECRET_TITLE}
    for again in ("agenda_keys:index", "agenda_keys:add", "wagtailadmin_home"):
        assert plain[1] not in cabinet.get(reverse(again)).content.decode()
    assert plain[1] not in str(dict(cabinet.session))
    assert plain[1] not in str(list(ModelLogEntry.objects.values()))
    token = AgendaToken.objects.get()
    assert token.created_by is not None
    assert token.created_by.username == "cabinetul"
    assert token.scope == Scope.PRIVATE


def test_making_and_revoking_is_logged_without_the_label(cabinet: Client) -> None:
    make_key(cabinet, label=SECRETS[0])
    token = AgendaToken.objects.get()
    cabinet.post(reverse("agenda_keys:revoke", args=[token.pk]))
    cabinet.post(reverse("agenda_keys:revoke", args=[token.pk]))
    entries = ModelLogEntry.objects.order_by("pk")
    assert [entry.action for entry in entries] == ["wagtail.create", "events.revoke_agenda_token"]
    assert not holds_secret(list(entries.values()))
    assert registry.action_exists("events.revoke_agenda_token")


def test_revoked_key_reads_nothing_from_the_next_request_on(
    cabinet: Client, client: Client
) -> None:
    address = token_address()
    assert client.get(address).status_code == 200
    token = AgendaToken.objects.get()
    assert cabinet.get(reverse("agenda_keys:revoke", args=[token.pk])).status_code == 405
    assert client.get(address).status_code == 200
    assert cabinet.post(reverse("agenda_keys:revoke", args=[token.pk])).status_code == 302
    assert client.get(address).status_code == 404
    missing = reverse("agenda_keys:revoke", args=[token.pk + 1])
    assert cabinet.post(missing, follow=True).status_code == 404


@pytest.mark.parametrize("values", [{"label": ""}, {"scope": "everything"}, {"scope": ""}])
def test_key_without_label_or_scope_is_not_made(cabinet: Client, values: dict[str, str]) -> None:
    response = make_key(cabinet, **values)
    assert response.status_code == 200
    assert not AgendaToken.objects.exists()


def test_list_of_keys_shows_whose_they_are(cabinet: Client) -> None:
    AgendaToken.issue("Telefonul consilierei", Scope.INTERNAL, None)
    AgendaToken.issue("Vechi", Scope.PRIVATE, None)[0].revoke()
    html = cabinet.get(reverse("agenda_keys:index")).content.decode()
    assert "Telefonul consilierei" in html
    assert "Vechi" in html
    assert html.count('action="/admin/agenda-keys/') == 1
    for token in AgendaToken.objects.all():
        assert token.digest not in html


def test_keys_are_seen_but_not_made_without_the_right(client: Client) -> None:
    reader = login("cititorul", "view_private_agenda", "view_agendatoken")
    assert reader.get(reverse("agenda_keys:index")).status_code == 200
    assert reader.get(reverse("agenda_keys:add")).status_code in {302, 403}
    make_key(reader)
    assert not AgendaToken.objects.exists()


# -- items in the admin ------------------------------------------------------------------------------------------------


def test_cabinet_keeps_the_agenda(cabinet: Client) -> None:
    form = AdminForm(cabinet, reverse("agenda:add"))
    assert form.data["visibility"] == "internal"
    form.save(title_ro="Audiențe", start_date="2026-11-30", start_time="10:00")
    item = AgendaItem.objects.get()
    assert (item.title["ro"], item.visibility) == ("Audiențe", Visibility.INTERNAL)
    listing = cabinet.get(reverse("agenda:index")).content.decode()
    assert "Audiențe" in listing
    for address in admin_addresses(item):
        assert cabinet.get(address).status_code == 200, address
    assert "Audiențe" in cabinet.get(reverse("agenda:edit", args=[item.pk])).content.decode()


def test_cabinet_filters_by_who_may_read_it_and_by_day(cabinet: Client) -> None:
    agenda_item("Recepția", visibility=Visibility.PRIVATE)
    agenda_item("A doua", start_date=date(2026, 12, 24))
    index = reverse("agenda:index")
    shown = cabinet.get(index, {"visibility": "private"}).content.decode()
    assert "Recepția" in shown
    assert "A doua" not in shown
    shown = cabinet.get(index, {"start_date_from": "2026-12-01"}).content.decode()
    assert "A doua" in shown
    assert "Recepția" not in shown


def test_impossible_dates_are_refused_in_the_form(cabinet: Client) -> None:
    form = AdminForm(cabinet, reverse("agenda:add"))
    refused = form.send(title_ro="Audiențe", start_date="2026-11-30", end_date="2026-11-29")
    assert refused.status_code == 200
    assert "end_date" in codes(refused)
    assert not AgendaItem.objects.exists()


# -- the public feed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", FEEDS)
def test_public_feed_is_as_promised(client: Client, address: str) -> None:
    SiteIdentity.objects.create(name=text("Primăria"), institution=text("Primăria municipiului"))
    make_agenda()
    agenda_item(place=text("Sala mare"), note=text("Cu presa."))
    response = client.get(address)
    assert lint(response.content) == []
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'inline; filename="mayor.ics"'
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["X-Robots-Tag"] == "noindex"
    assert {part.strip() for part in response["Cache-Control"].split(",")} == {
        "public",
        "max-age=900",
        "stale-while-revalidate=86400",
        "stale-if-error=604800",
    }
    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()
    code = address.split("/")[2]
    assert f"http://testserver{PAGES[code]}".encode() in response.content.replace(b"\r\n ", b"")
    head = client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == response["ETag"]


@pytest.mark.parametrize("address", FEEDS)
def test_public_feed_is_revalidated_by_tag_and_by_date(
    client: Client, clock: Any, address: str
) -> None:
    item = agenda_item()
    first = client.get(address)
    by_tag = {"If-None-Match": first["ETag"]}
    by_date = {"If-Modified-Since": first["Last-Modified"]}
    clock.shift(timedelta(hours=1))
    for headers in (by_tag, by_date):
        again = client.get(address, headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        assert again["Cache-Control"] == first["Cache-Control"]
    item.delete()
    for headers in (by_tag, by_date):
        assert client.get(address, headers=headers).status_code == 200


def test_public_feed_is_valid_before_anything_is_on_the_agenda(client: Client) -> None:
    response = client.get(FEEDS[0])
    assert lint(response.content) == []
    assert titles(response) == set()


def test_public_feed_holds_twelve_months_back(client: Client) -> None:
    agenda_item("Recent", start_date=date(2025, 12, 1))
    agenda_item("Demult", start_date=date(2025, 10, 1))
    assert titles(client.get(FEEDS[0])) == {"Recent"}


@pytest.mark.parametrize("address", ["/calendar/de/mayor.ics", "/calendar/mayor.ics"])
def test_other_languages_have_no_feed(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_number_of_queries_does_not_grow(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    make_agenda()
    for number in range(30):
        agenda_item(f"Punctul {number}", start_time=time(number % 20))
    with django_assert_max_num_queries(6):
        client.get(FEEDS[0])


# -- the public page ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", PAGES)
def test_page_lists_the_coming_public_items_by_day(client: Client, code: str) -> None:
    make_agenda()
    agenda_item(place=text("Sala <mare>"))
    agenda_item("Trecut", start_date=date(2026, 11, 20))
    agenda_item("Vizită", start_date=date(2026, 11, 20), end_date=date(2026, 11, 24), end_time=None)
    response = client.get(PAGES[code])
    html = parse(response.content)
    shown = [entry["data-occurrence"] for entry in html.select("[data-occurrence]")]
    assert shown == ["2026-11-20T10:00:00+02:00", "2026-11-26T10:00:00+02:00"]
    assert [day["id"] for day in html.select(".day")] == ["d-2026-11-23", "d-2026-11-26"]
    assert "Trecut" not in html.text
    assert "Sala <mare>" in html.text
    links = [a["href"] for a in html.select("#subscribe a[href]")]
    assert f"webcal://testserver/calendar/{code}/mayor.ics" in links
    field = html.find(id="subscribe-address")
    assert client.get(field["value"].removeprefix("http://testserver")).status_code == 200


def test_page_says_so_when_nothing_is_on_the_agenda(client: Client) -> None:
    make_agenda()
    secret_item()
    html = parse(client.get(PAGES["en"]).content)
    assert not html.select(".day")
    assert "Nothing public is on the agenda" in html.text


def test_page_marks_texts_in_another_language(client: Client) -> None:
    make_agenda()
    agenda_item(place=text("Sala mare"))
    html = parse(client.get(PAGES["hu"]).content)
    assert html.select_one(".ev h3 [lang=ro]").text == "Deschiderea sesiunii"
    assert html.select_one(".ev p [lang=ro]").text == "Sala mare"


def test_page_stands_below_the_calendar_only() -> None:
    pages = make_agenda()
    assert [model.__name__ for model in type(pages["ro"]).allowed_parent_page_models()] == [
        "EventIndexPage"
    ]


def test_role_of_the_cabinet_opens_the_agenda() -> None:
    sync_roles()
    group = Group.objects.get(name="Mayor's Cabinet")
    held = set(group.permissions.values_list("codename", flat=True))
    assert {"view_private_agenda", *ITEMS, *KEYS} <= held
    for other in Group.objects.exclude(pk=group.pk):
        names = set(other.permissions.values_list("codename", flat=True))
        assert not names & {"view_private_agenda", *ITEMS, *KEYS}, other


def test_log_of_an_item_is_told_to_nobody_by_name() -> None:
    item = secret_item()
    log(instance=item, action="wagtail.edit")
    assert ModelLogEntry.objects.get().label == str(item)
