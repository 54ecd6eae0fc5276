"""A draft at a secret address: who may make it, what it shows, when it closes, and that nothing else is told."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale, Page, PageLogEntry

from cms.models import PreviewLink, StandardPage
from cms.models.preview import digest_of
from home.roles import sync_roles
from tests.admin_forms import parse
from tests.conftest import BUCHAREST
from tests.factories import (
    LocationFactory,
    LocationIndexPageFactory,
    StandardPageFactory,
    make_home,
    make_user,
)
from tests.remembered import remembered_fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_tree", "clock")]
DRAFT = "Ce se pregătește"


@remembered_fixture
def home() -> Any:
    return make_home()


@remembered_fixture
def page(home: Any) -> Any:
    """A published page with a draft of another title."""
    made = StandardPageFactory(parent=home, title="Publicat", slug="pagina")
    made.save_revision().publish()
    found = StandardPage.objects.get(pk=made.pk)
    found.title = DRAFT
    found.save_revision()
    return StandardPage.objects.get(pk=made.pk)


@remembered_fixture
def author(home: Any) -> Any:
    sync_roles()
    return make_user("autor", "Marketing")


def issue(page: Any, author: Any, days: int = 7) -> str:
    _link, token = PreviewLink.issue(page, author, days)
    return reverse("draft_by_token", args=[token])


def login(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role.lower().replace(" ", "-"), role))
    return client


# -- who may make one --------------------------------------------------------------------------------------------------


def test_nobody_shares_what_they_may_not_edit(page: Any, author: Any) -> None:
    address = reverse("page_draft_links", args=[page.pk])
    link, _token = PreviewLink.issue(page, author, 7)
    closing = reverse("page_draft_link_revoke", args=[page.pk, link.pk])
    clients = [Client(), *(login(role) for role in ("Partnership editor", "Registry clerk"))]
    for client in clients:
        for response in (
            client.get(address),
            client.post(address, {"days": 7}),
            client.post(closing),
        ):
            assert response.status_code in {302, 403}
            assert DRAFT not in response.content.decode()
    link.refresh_from_db()
    assert link.revoked_at is None
    assert PreviewLink.objects.count() == 1


def test_links_of_another_page_are_not_reached_through_ones_own(
    page: Any, home: Any, author: Any
) -> None:
    other = StandardPageFactory(parent=home, slug="alta")
    link, _token = PreviewLink.issue(page, author, 7)
    client = Client()
    client.force_login(author)
    response = client.post(reverse("page_draft_link_revoke", args=[other.pk, link.pk]))
    assert response.status_code == 404
    assert client.get(reverse("page_draft_link_revoke", args=[page.pk, link.pk])).status_code == 405


@pytest.mark.parametrize("days", ["0", "31", "-1", "x", "", "1e9", "99999999999999999999"])
def test_a_term_out_of_bounds_is_refused_with_words(page: Any, author: Any, days: str) -> None:
    client = Client()
    client.force_login(author)
    response = client.post(reverse("page_draft_links", args=[page.pk]), {"days": days})
    assert response.status_code == 200
    assert parse(response.content).select(".w-field__errors, .error-message")
    assert not PreviewLink.objects.exists()
    with pytest.raises(ValueError, match="30"):
        PreviewLink.issue(page, author, 31)


def test_the_address_is_shown_once_and_kept_by_nobody(page: Any, author: Any) -> None:
    client = Client()
    client.force_login(author)
    overview = reverse("page_draft_links", args=[page.pk])
    assert (
        overview in client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    )
    response = client.post(overview, {"days": 3})
    address = parse(response.content).select_one("#draft-address")["value"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    token = address.rstrip("/").rpartition("/")[2]
    link = PreviewLink.objects.get()
    assert link.digest == digest_of(token)
    assert token not in str(vars(link))
    assert link.expires_at - link.created_at == timedelta(days=3)
    assert token not in client.get(overview).content.decode()
    assert PageLogEntry.objects.filter(page=page.pk, action="cms.share_draft").exists()
    assert DRAFT in Client().get(f"/preview/{token}/").content.decode()
    client.post(reverse("page_draft_link_revoke", args=[page.pk, link.pk]))
    assert Client().get(f"/preview/{token}/").status_code == 404
    assert PageLogEntry.objects.filter(page=page.pk, action="cms.revoke_draft_link").exists()


# -- what leads nowhere ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "token", ["x", "a" * 43, "a" * 500, "..", "%00", "%F0%9F%98%80", "a/b", "'; --"]
)
def test_other_addresses_are_a_plain_404(page: Any, token: str) -> None:
    for address in (f"/preview/{token}/", f"/preview/{token}"):
        response = Client().get(address)
        assert response.status_code == 404, address
        assert "Location" not in response


def test_what_is_over_is_over(page: Any, author: Any, clock: Any) -> None:
    address = issue(page, author, days=2)
    clock.move_to(datetime(2026, 11, 25, 9, 59, tzinfo=BUCHAREST))
    assert Client().get(address).status_code == 200
    clock.move_to(datetime(2026, 11, 25, 10, 0, tzinfo=BUCHAREST))
    assert Client().get(address).status_code == 404


def test_it_closes_with_the_account_and_the_rights_of_who_made_it(page: Any, author: Any) -> None:
    address = issue(page, author)
    author.is_active = False
    author.save()
    assert Client().get(address).status_code == 404
    author.is_active = True
    author.save()
    assert Client().get(address).status_code == 200
    author.groups.clear()
    assert Client().get(address).status_code == 404
    author.delete()
    assert Client().get(address).status_code == 404


def test_it_closes_with_its_page(page: Any, author: Any) -> None:
    address = issue(page, author)
    Page.objects.get(pk=page.pk).delete()
    assert Client().get(address).status_code == 404
    assert not PreviewLink.objects.exists()


@pytest.mark.parametrize(
    ("asked", "language"), [("hu", "hu"), ("en-GB,en", "en"), ("", "ro"), ("fr", "ro")]
)
def test_a_404_is_in_the_readers_language(page: Any, asked: str, language: str) -> None:
    response = Client().get("/preview/nimic/", headers={"accept-language": asked})
    assert parse(response.content).html["lang"] == language
    assert response["Cache-Control"] == "private, no-store"


# -- what it shows -----------------------------------------------------------------------------------------------------


def test_the_newest_draft_with_a_banner_and_nothing_kept(page: Any, author: Any) -> None:
    response = Client().get(issue(page, author))
    html = response.content.decode()
    soup = parse(html)
    assert DRAFT in soup.h1.text
    banner = soup.select_one(".draftbar").text
    assert "30" in banner
    assert "10:00" in banner
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]
    assert "ETag" not in response
    assert not response.cookies
    assert "<script>" not in html
    assert "wagtail-userbar" not in html
    # Later drafts are shown, too.
    page.title = "Încă o dată"
    page.save_revision()
    assert "Publicat" in Client().get("/ro/pagina/").content.decode()


def test_the_banner_tells_how_the_draft_stands(page: Any, author: Any) -> None:
    address = issue(page, author)

    def banner() -> str:
        return str(parse(Client().get(address).content).select_one(".draftbar p").text)

    changed = banner()
    page.save_revision().publish()
    same = banner()
    Page.objects.get(pk=page.pk).unpublish()
    assert len({changed, same, banner()}) == 3


def test_who_is_logged_in_sees_the_same_and_gets_no_cookie(page: Any, author: Any) -> None:
    address = issue(page, author)
    client = Client()
    client.force_login(author)
    response = client.get(address)
    assert "wagtail-userbar" not in response.content.decode()
    assert response.content == Client().get(address).content


@pytest.mark.parametrize("language", ["en", "hu"])
def test_a_translation_is_shown_in_its_language(page: Any, author: Any, language: str) -> None:
    locale = Locale.objects.get(language_code=language)
    copy = page.copy_for_translation(locale, copy_parents=True)
    response = Client().get(issue(copy, author), headers={"accept-language": "ro"})
    soup = parse(response.content)
    assert soup.html["lang"] == language
    assert response["Content-Language"] == language
    expected = {"en": "Draft, not published.", "hu": soup.select_one(".draftbar strong").text}
    assert soup.select_one(".draftbar strong").text == expected[language]


def test_drafts_of_other_pages_do_not_come_with_it(home: Any, author: Any) -> None:
    index = LocationIndexPageFactory(parent=home, slug="locatii", live=False, title="Locuri")
    LocationFactory()
    StandardPageFactory(parent=home, slug="secreta", title="Zgrunțuros", live=False)
    neighbour = StandardPageFactory(parent=home, slug="vecina", title="Vecina")
    neighbour.title = "Zgrunțuros ciornă"
    neighbour.save_revision()
    html = Client().get(issue(index, author)).content.decode()
    assert "Zgrunțuros" not in html


def test_methods(page: Any, author: Any) -> None:
    address = issue(page, author)
    client = Client(enforce_csrf_checks=True)
    assert client.head(address).status_code == 200
    for method in ("post", "put", "delete"):
        assert getattr(client, method)(address).status_code == 405


def test_queries_of_a_shared_draft(page: Any, author: Any) -> None:
    address = issue(page, author)
    Client().get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        Client().get(address)
    assert len(queries) <= 30


@pytest.mark.parametrize("prefix", ["", "/hu"])
def test_logs_tell_no_token(page: Any, author: Any, caplog: Any, prefix: str) -> None:
    caplog.set_level(logging.DEBUG)
    address = issue(page, author)
    token = address.rstrip("/").rpartition("/")[2]
    for asked in (f"{prefix}{address}", f"{prefix}{address.rstrip('/')}"):
        Client().get(asked)
    seen = [str(vars(record)) for record in caplog.records if record.name != "django.db.backends"]
    assert any("/preview/*" in text for text in seen)
    assert not any(token in text for text in seen)


def test_the_admins_own_previews_keep_their_addresses(page: Any, author: Any) -> None:
    """Their path has “preview” in it, and what follows is no secret: the log-in leads back there."""
    address = reverse("wagtailadmin_pages:workflow_preview", args=[page.pk, 1])
    response = Client().get(address)
    assert response.status_code == 302
    assert str(page.pk) in response["Location"]
