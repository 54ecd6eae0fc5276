"""What every response carries and what none does: codes, headers, cookies, hostile input, health."""

from __future__ import annotations

import logging
import re
from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError
from django.test import Client, override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Page, PageViewRestriction

from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

PUBLIC = [
    "/",
    "/ro/",
    "/en/",
    "/hu/",
    "/ro/contact/",
    "/ro/contact/directia/",
    "/ro/contact/telefoane/",
    "/ro/contact/telefoane/?q=5001",
    "/ro/locatii/",
    "/ro/locatii/manastur/",
    "/ro/cautare/?q=motilor",
    "/ro/accesibilitate/",
    "/ro/nu-exista/",
    "/robots.txt",
    "/sitemap.xml",
    "/contacts/all.csv",
    "/contacts/all.vcf",
    "/contacts/directorate.vcf",
    "/calendar/ro/hours/city-hall-motilor-3.ics",
    "/health/live",
    "/health/ready",
]
PAGES = ["/ro/", "/en/contact/", "/hu/kapcsolat/telefonok/", "/ro/locatii/manastur/"]
# Percent-encoded, as they come over the wire.
HOSTILE = [
    "%00",
    "a%00b",
    "%22",
    "%27%20OR%201=1--",
    "%25%5F%2A",
    "%ED%A0%80",
    "%FF%FE",
    "%F0%9F%98%80",
    "%E2%80%AE",
    "(",
    "*",
    "-",
    "[a-",
    "%5C",
    "{{7*7}}",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "a" * 10_000,
    "%20" * 500,
    "1" * 300,
    "%CC%81" * 200,
    "a.b." * 500,
]
QUERIES = [
    "/ro/contact/telefoane/?q=",
    "/ro/cautare/?q=",
    "/en/search/?q=",
    "/ro/locatii/?kind=",
    "/contacts/all.csv?lang=",
    "/contacts/all.vcf?version=",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_reader_gets_no_cookie_and_shared_answers(client: Client, address: str) -> None:
    response = client.get(address)
    assert not response.cookies
    assert not response.has_header("Set-Cookie")
    assert "cookie" not in response.get("Vary", "").lower()


@pytest.mark.parametrize("address", PUBLIC)
def test_security_headers_are_on_every_answer(client: Client, address: str) -> None:
    response = client.get(address)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in response["Permissions-Policy"]
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "frame-ancestors 'self'" in policy
    assert "form-action 'self'" in policy


def test_admin_has_a_policy_of_its_own(client: Client) -> None:
    response = client.get("/admin/login/")
    assert response.status_code == 200
    assert "'unsafe-inline'" in response["Content-Security-Policy"]
    assert "object-src 'none'" in response["Content-Security-Policy"]
    assert "public" not in response.get("Cache-Control", "")


@pytest.mark.parametrize("address", ["/administrare/", "/ro/admin/", "/adminx/"])
def test_policy_of_the_admin_is_not_borrowed(client: Client, address: str) -> None:
    assert "unsafe" not in client.get(address)["Content-Security-Policy"]


@pytest.mark.parametrize("address", [a for a in PUBLIC if a.startswith(("/ro", "/en", "/hu"))])
def test_public_html_has_nothing_inline_and_nothing_from_elsewhere(
    client: Client, address: str
) -> None:
    html = client.get(address).content.decode()
    assert not re.search(r"\sstyle\s*=", html)
    assert not re.search(r"<style", html)
    assert not re.search(r"\son[a-z]+\s*=", html)
    for script in re.findall(r"<script[^>]*>", html):
        assert "src=" in script or 'type="application/ld+json"' in script, script
    for tag in re.findall(r"<(?:link|script|img|iframe|source|video|audio)[^>]*>", html):
        if 'rel="canonical"' in tag or 'rel="alternate"' in tag:
            continue
        assert not re.search(r'(?:src|href|srcset)="(?:https?:)?//', tag), tag


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_revalidated_by_etag(client: Client, address: str) -> None:
    first = client.get(address)
    assert first["ETag"].startswith('"')
    assert "public" in first["Cache-Control"]
    assert "must-revalidate" in first["Cache-Control"] or "no-cache" in first["Cache-Control"]
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == first["ETag"]
    assert again["Content-Security-Policy"]
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_etag_moves_with_the_content(client: Client) -> None:
    before = client.get("/ro/")["ETag"]
    page = Page.objects.get(url_path="/acasa/").specific
    page.title = "Titlu schimbat"
    page.save_revision().publish()
    after = client.get("/ro/", headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after["ETag"] != before
    assert "Titlu schimbat" in after.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_logged_in_editor_reads_the_same_page(client: Client, address: str) -> None:
    anonymous = client.get(address)
    client.force_login(make_user("redactor", superuser=True))
    editor = client.get(address)
    assert editor.content == anonymous.content
    assert editor["ETag"] == anonymous["ETag"]


@pytest.mark.parametrize("address", PAGES)
def test_head_is_get_without_a_body(client: Client, address: str) -> None:
    get, head = client.get(address), client.head(address)
    assert head.status_code == 200
    assert head.content == b""
    assert head["ETag"] == get["ETag"]
    assert head["Content-Type"] == get["Content-Type"]


@pytest.mark.parametrize("address", PAGES)
def test_options_names_the_methods(client: Client, address: str) -> None:
    response = client.options(address)
    assert response.status_code == 200
    assert "GET" in response["Allow"]
    assert "POST" not in response["Allow"]
    assert not response.cookies


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "XYZ"]
)
@pytest.mark.parametrize(
    "address",
    ["/", "/ro/", "/ro/contact/telefoane/", "/robots.txt", "/health/live", "/contacts/all.vcf"],
)
def test_other_methods_are_refused(method: str, address: str) -> None:
    response = Client().generic(method, address)
    assert response.status_code == 405
    assert "GET" in response["Allow"]
    assert not response.cookies
    assert Client(enforce_csrf_checks=True).generic(method, address).status_code in {403, 405}


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("address", QUERIES)
def test_hostile_query_never_breaks_a_page(client: Client, address: str, value: str) -> None:
    response = client.get(f"{address}{value}")
    assert response.status_code in {200, 400, 404}
    if "html" in response["Content-Type"]:
        assert "<script>alert(1)" not in response.content.decode()
        assert "\x00" not in response.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/%00",
        "/ro/%00/",
        "/ro/contact%00/",
        "/contacts/%00.vcf",
        "/calendar/ro/hours/%00.ics",
        "/calendar/%00/hours/manastur.ics",
        "/ro/%ED%A0%80/",
        "/%ED%A0%80/",
        "/ro/%FF/",
        "/ro/" + "a" * 5000 + "/",
        "/ro/" + "a/" * 400,
        "/ro//contact//",
        "/ro/../admin/",
        "/ro/%2e%2e/",
        "/ro/'\"/",
        "/RO/",
        "/ro-RO/",
        "/fr/",
        "/static/%00",
        "/documents/1/%00",
        "/admin/%00",
    ],
)
def test_hostile_path_never_breaks_the_site(client: Client, address: str) -> None:
    response = client.get(address, follow=False)
    assert response.status_code in {301, 302, 404, 400}
    if response.status_code in {301, 302}:
        assert not re.match(r"(https?:)?//(?!testserver)", response["Location"])


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(query=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_can_be_searched(client: Client, query: str) -> None:
    for address in ("/ro/contact/telefoane/", "/ro/cautare/"):
        assert client.get(address, {"q": query}).status_code == 200


@pytest.mark.parametrize("names", ["q=a&q=b", "q", "q=&kind=", "=x", "page=999&q=a", "q[]=x"])
def test_odd_query_strings_are_survived(client: Client, names: str) -> None:
    for address in ("/ro/contact/telefoane/", "/ro/cautare/", "/ro/locatii/"):
        assert client.get(f"{address}?{names}").status_code == 200


@pytest.mark.parametrize(
    ("header", "home"),
    [
        ("", "/ro/"),
        ("hu", "/hu/"),
        ("hu-HU,hu;q=0.9,en;q=0.8", "/hu/"),
        ("en-GB", "/en/"),
        ("de,en;q=0.5", "/en/"),
        ("de", "/ro/"),
        ("ro-RO", "/ro/"),
        ("en;q=0.2,hu;q=0.8", "/hu/"),
        ("*", "/ro/"),
        ("not a header;;q=x", "/ro/"),
        ("en" * 3000, "/ro/"),
    ],
)
def test_way_in_leads_to_the_best_language(client: Client, header: str, home: str) -> None:
    response = client.get("/", headers={"Accept-Language": header} if header else {})
    assert response.status_code == 302
    assert response["Location"] == home
    assert "Accept-Language" in response["Vary"]
    assert not response.cookies


def test_host_is_validated(client: Client) -> None:
    assert client.get("/ro/", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_addresses_in_the_page_do_not_follow_the_host_header(client: Client) -> None:
    """Canonical address, alternates, JSON-LD and the sitemap name the site's own address."""
    with override_settings(AGORA_BASE_URL="http://localhost", ALLOWED_HOSTS=["*"]):
        html = client.get(
            "/ro/contact/directia/", headers={"Host": "other.example"}
        ).content.decode()
    assert "other.example" not in html


def test_live_touches_nothing(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = client.get("/health/live")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert client.head("/health/live").status_code == 200


def test_ready_when_all_is_well(client: Client) -> None:
    response = client.get("/health/ready")
    assert response.status_code == 200
    assert response.json()["status"] == "ok"
    assert set(response.json()["checks"].values()) == {True}


def test_not_ready_without_the_database(client: Client) -> None:
    with mock.patch("cms.views.MigrationExecutor", side_effect=OperationalError("gone")):
        response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["checks"]["database"] is False
    assert "gone" not in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_not_ready_with_a_migration_to_apply(client: Client) -> None:
    with mock.patch("cms.views.MigrationExecutor") as executor:
        executor.return_value.migration_plan.return_value = [("cms", False)]
        response = client.get("/health/ready")
    assert response.status_code == 503


def test_not_ready_without_the_cache(client: Client) -> None:
    """redis-py's ConnectionError is no OSError."""
    from redis.exceptions import ConnectionError as RedisConnectionError

    with mock.patch("cms.views.cache") as cache:
        cache.set.side_effect = RedisConnectionError("no cache")
        response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["checks"]["cache"] is False


def test_request_log_says_no_query(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/ro/contact/telefoane/?q=numele-meu-secret")
        client.get("/ro/nu-exista/?q=numele-meu-secret")
    lines: list[Any] = [record for record in caplog.records if record.name == "agora.request"]
    assert len(lines) == 2
    assert lines[0].method == "GET"
    assert lines[0].path == "/ro/contact/telefoane/"
    assert lines[0].status == 200
    assert lines[0].milliseconds >= 0
    assert lines[0].request_id
    for record in caplog.records:
        assert "secret" not in str(record.__dict__)


def test_request_id_is_in_the_answer(client: Client) -> None:
    assert re.fullmatch("[0-9a-f]{32}", client.get("/ro/")["X-Request-ID"])


def test_error_page_stands_alone(client: Client) -> None:
    client.raise_request_exception = False
    with mock.patch("home.models.HomePage.get_context", side_effect=RuntimeError("private detail")):
        response = client.get("/ro/")
    assert response.status_code == 500
    html = response.content.decode()
    assert "private detail" not in html
    assert "Ceva nu a mers" in html
    assert response["Content-Security-Policy"]
    assert "public" not in response.get("Cache-Control", "")


def test_page_that_never_was_is_not_found(client: Client) -> None:
    response = client.get("/hu/nincs-ilyen/")
    assert response.status_code == 404
    assert '<html lang="hu"' in response.content.decode()
    assert 'content="noindex"' in response.content.decode()


def test_page_that_was_taken_down_is_gone(client: Client) -> None:
    page = Page.objects.get(url_path="/home/about/").specific
    page.unpublish()
    assert client.get("/en/about/").status_code == 410
    assert client.get("/en/about").status_code in {301, 302, 410}
    assert client.head("/en/about/").status_code == 410
    assert client.get("/ro/despre/").status_code == 200


def test_page_that_was_only_a_draft_is_not_found(client: Client) -> None:
    from cms.models import StandardPage

    home = Page.objects.get(url_path="/acasa/")
    home.add_child(instance=StandardPage(title="Schiță", slug="schita", live=False))
    assert client.get("/ro/schita/").status_code == 404


def test_page_below_one_that_was_taken_down(client: Client) -> None:
    """Wagtail serves no page below one that is not live."""
    Page.objects.get(url_path="/acasa/locatii/").specific.unpublish()
    assert client.get("/ro/locatii/").status_code == 410
    assert client.get("/ro/locatii/manastur/").status_code in {200, 404, 410}


def restrict(path: str) -> Page:
    page = Page.objects.get(url_path=path)
    PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.PASSWORD, password="parolă"
    )
    return page


def test_private_page_is_not_served(client: Client) -> None:
    restrict("/acasa/despre/")
    response = client.get("/ro/despre/")
    html = response.content.decode()
    assert "Strategia de dezvoltare" not in html
    assert "public" not in response.get("Cache-Control", "")


def test_page_below_a_private_one_is_not_served(client: Client) -> None:
    restrict("/acasa/locatii/")
    response = client.get("/ro/locatii/manastur/")
    assert "public" not in response.get("Cache-Control", "")
    assert "str. Ion Meșter" not in response.content.decode()


def test_page_for_logged_in_readers_leads_to_the_login(client: Client) -> None:
    page = Page.objects.get(url_path="/acasa/despre/")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    response = client.get("/ro/despre/")
    assert response.status_code == 302
    assert "login" in response["Location"]
    assert "public" not in response.get("Cache-Control", "")


def test_private_page_is_not_found_by_search_or_sitemap(client: Client) -> None:
    page = restrict("/acasa/despre/")
    results = client.get("/ro/cautare/", {"q": page.title}).content.decode()
    main = results[results.index("<main") : results.index("</main>")]
    assert "/ro/despre/" not in main
    assert "/despre/" not in client.get("/sitemap.xml").content.decode()


def test_private_page_is_not_in_the_menus(client: Client) -> None:
    assert "/ro/despre/" in client.get("/ro/accesibilitate/").content.decode()
    restrict("/acasa/despre/")
    assert "/ro/despre/" not in client.get("/ro/accesibilitate/").content.decode()


def test_private_place_page_is_not_linked(client: Client) -> None:
    restrict("/acasa/locatii/manastur/")
    for address in ("/ro/", "/ro/locatii/", "/ro/locatii/iris/"):
        assert "/ro/locatii/manastur/" not in client.get(address).content.decode(), address


def test_sitemap_lists_every_language(client: Client) -> None:
    text = client.get("/sitemap.xml").content.decode()
    for path in (
        "/ro/",
        "/en/",
        "/hu/",
        "/ro/locatii/manastur/",
        "/en/places/manastur/",
        "/hu/helyszinek/manastur/",
    ):
        assert f"{path}</loc>" in text, path


def test_robots_may_read_and_find_the_sitemap(client: Client) -> None:
    response = client.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    assert "Disallow: /admin/" in response.content.decode()
    assert "/sitemap.xml" in response.content.decode()


def test_plain_admin_of_django_is_not_there(client: Client) -> None:
    assert client.get("/django-admin/").status_code in {302, 404}
    assert client.get("/django-admin/", follow=True).status_code == 404


def test_refused_form_post_speaks_in_the_site_s_own_words() -> None:
    response = Client(enforce_csrf_checks=True).post("/ro/_util/authenticate_with_password/1/1/")
    # The address that takes the password of a private page: Wagtail's, not a page's.
    assert response.status_code == 403
    assert "style=" not in response.content.decode()
    assert '<html lang="ro"' in response.content.decode()


def test_page_that_takes_no_form_refuses_a_post_whoever_sends_it() -> None:
    assert Client(enforce_csrf_checks=True).post("/ro/").status_code == 405
