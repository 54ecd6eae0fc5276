"""Pages in three languages: the switch, honest notices, and drafts that are blank."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import Locale, Page
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from campaigns.models import PlanRow
from cms.models import Alert, Menu, SearchPage, SiteIdentity, StandardPage
from cms.translation_status import TranslationState
from contacts.models import ContactIndexPage, Department, DepartmentPage, DirectoryPage
from home.models import HomePage
from locations.models import Location, LocationIndexPage, LocationPage, OpeningHours
from tests.admin_forms import parse
from tests.factories import make_user, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

CODES = ("ro", "en", "hu")
VERSIONS = [
    ("/ro/", "/en/", "/hu/"),
    ("/ro/despre/", "/en/about/", "/hu/rolunk/"),
    ("/ro/contact/directia/", "/en/contact/directorate/", "/hu/kapcsolat/igazgatosag/"),
    ("/ro/contact/telefoane/", "/en/contact/phones/", "/hu/kapcsolat/telefonok/"),
    ("/ro/locatii/manastur/", "/en/places/manastur/", "/hu/helyszinek/manastur/"),
    ("/ro/cautare/", "/en/search/", "/hu/kereses/"),
]


def soup_of(client: Client, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, address
    return parse(response.content)


def at(path: str) -> Any:
    return Page.objects.get(url_path=path).specific


# -- languages ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("addresses", VERSIONS)
def test_switch_keeps_the_page(client: Client, addresses: tuple[str, ...]) -> None:
    for code, address in zip(CODES, addresses, strict=True):
        soup = soup_of(client, address)
        links = soup.select("nav.langs a")
        assert [a["href"] for a in links] == list(addresses)
        assert [a["lang"] for a in links] == list(CODES)
        assert [a["hreflang"] for a in links if a.get("aria-current")] == [code]
        assert soup.html["lang"] == code
        assert client.get(address)["Content-Language"] == code


@pytest.mark.parametrize("addresses", VERSIONS)
def test_alternates_are_named_with_full_addresses(
    client: Client, addresses: tuple[str, ...], settings: Any
) -> None:
    for address in addresses:
        soup = soup_of(client, address)
        found = {a["hreflang"]: a["href"] for a in soup.select('link[rel="alternate"][hreflang]')}
        for code, other in zip(CODES, addresses, strict=True):
            assert found[code] == f"{settings.AGORA_BASE_URL}{other}"
        canonical = soup.select_one('link[rel="canonical"]')["href"]
        assert canonical == f"{settings.AGORA_BASE_URL}{address}"


def test_switch_leads_home_where_there_is_no_version(client: Client) -> None:
    at("/home/about/").unpublish()
    soup = soup_of(client, "/ro/despre/")
    links = {a["hreflang"]: a["href"] for a in soup.select("nav.langs a")}
    assert links == {"ro": "/ro/despre/", "en": "/en/", "hu": "/hu/rolunk/"}
    assert {a["hreflang"] for a in soup.select('link[rel="alternate"][hreflang]')} == {"ro", "hu"}


def test_menu_and_trail_are_in_the_reader_s_language(client: Client) -> None:
    soup = soup_of(client, "/hu/helyszinek/manastur/")
    assert all(a["href"].startswith("/hu/") for a in soup.select("#menu a"))
    trail = [a["href"] for a in soup.select("nav a") if a["href"] in {"/hu/", "/hu/helyszinek/"}]
    assert trail
    current = [a["href"] for a in soup.select("#menu a[aria-current]")]
    assert current == ["/hu/helyszinek/"]


def test_plain_page_has_one_main_heading_and_one_main(client: Client) -> None:
    for addresses in VERSIONS:
        for address in addresses:
            soup = soup_of(client, address)
            assert len(soup.find_all("h1")) == 1, address
            assert len(soup.find_all("main")) == 1, address
            ids = [tag["id"] for tag in soup.find_all(id=True)]
            assert len(ids) == len(set(ids)), address
            assert soup.title.get_text(strip=True)


# -- honest about translations -----------------------------------------------------------------------------------


@pytest.fixture
def untranslated(db: None) -> Any:
    """A Romanian page whose English version is an alias, as wagtail-localize makes it."""
    page = StandardPage(
        title="Pagină nouă",
        slug="pagina-noua",
        summary="Numai în română.",
        locale=Locale.objects.get(language_code="ro"),
        body=[{"type": "paragraph", "value": "<p>Text românesc.</p>"}],
    )
    at("/acasa/").add_child(instance=page)
    page.save_revision().publish()
    page.copy_for_translation(Locale.objects.get(language_code="en"), alias=True)
    return page


def test_untranslated_page_says_so_and_carries_its_language(
    client: Client, untranslated: Any
) -> None:
    soup = soup_of(client, "/en/pagina-noua/")
    assert soup.html["lang"] == "en"
    assert soup.main["lang"] == "ro"
    note = soup.select_one("aside.tongue")
    assert note is not None
    assert note.find("a", href="/ro/pagina-noua/", hreflang="ro")
    assert soup_of(client, "/ro/pagina-noua/").select_one("aside.tongue") is None
    alias = Page.objects.get(slug="pagina-noua", locale__language_code="en").specific
    assert alias.translation_notice.kind == TranslationState.UNTRANSLATED


def test_facts_on_an_untranslated_page_are_in_the_reader_s_language(client: Client) -> None:
    page = DepartmentPage.objects.get(department__key="cabinet", locale__language_code="en")
    Translation.objects.filter(source__object_id=page.translation_key).delete()
    parent, source = page.get_parent(), at("/acasa/contact/cabinetul-primarului/")
    page.delete()
    source.copy_for_translation(parent.locale, alias=True)
    soup = soup_of(client, "/en/contact/cabinetul-primarului/")
    assert soup.main["lang"] == "ro"
    inside = soup.main.select('[lang="en"]')
    assert inside, "labels of the page are English"


def translate(page: Any, code: str, share: float = 1.0) -> Any:
    """Translate the first `share` of a page's texts and publish."""
    source, _ = TranslationSource.update_or_create_from_instance(page)
    locale = Locale.objects.get(language_code=code)
    translation, _ = Translation.objects.get_or_create(source=source, target_locale=locale)
    po = translation.export_po()
    entries = [entry for entry in po if entry.msgid]
    for entry in entries[: round(len(entries) * share)]:
        entry.msgstr = "translated" if entry.msgctxt == "slug" else f"[{code}] {entry.msgid}"
    translation.import_po(po)
    translation.save_target(publish=False)
    target = translation.get_target_instance()
    target.get_latest_revision().publish()
    return translation.get_target_instance().specific


def test_partial_translation_is_told(client: Client, untranslated: Any) -> None:
    Page.objects.get(slug="pagina-noua", locale__language_code="en").delete()
    page = translate(untranslated, "en", share=0.5)
    assert page.translation_notice.kind == TranslationState.PARTIAL
    assert soup_of(client, page.get_url()).select_one("aside.tongue") is not None


def test_complete_translation_has_no_notice(client: Client, untranslated: Any) -> None:
    Page.objects.get(slug="pagina-noua", locale__language_code="en").delete()
    page = translate(untranslated, "en")
    assert page.translation_notice is None
    soup = soup_of(client, page.get_url())
    assert soup.select_one("aside.tongue") is None
    assert not soup.main.has_attr("lang")


def test_translation_older_than_its_source_is_told(client: Client) -> None:
    for path in ("/home/about/", "/kezdolap/rolunk/"):
        assert at(path).translation_notice is None
    source = at("/acasa/despre/")
    source.summary = "Rezumat schimbat."
    source.save_revision().publish()
    notice = at("/home/about/").translation_notice
    assert notice.kind == TranslationState.STALE
    assert notice.source_date is not None
    soup = soup_of(client, "/en/about/")
    assert soup.select_one("aside.tongue") is not None
    # The text is English all the same.
    assert not soup.main.has_attr("lang")


def test_translation_brought_up_to_date_has_no_notice(client: Client) -> None:
    source = at("/acasa/despre/")
    source.summary = "Rezumat schimbat."
    source.save_revision().publish()
    assert at("/home/about/").translation_notice is not None
    page = translate(source, "en")
    assert page.translation_notice is None
    assert soup_of(client, page.get_url()).select_one("aside.tongue") is None


def test_facts_changed_do_not_make_translations_stale() -> None:
    place = Location.objects.get(key="manastur")
    place.address = "str. Nouă nr. 1"
    place.save()
    assert at("/home/places/manastur/").translation_notice is None


def test_translation_with_an_error_is_not_complete(untranslated: Any) -> None:
    Page.objects.get(slug="pagina-noua", locale__language_code="en").delete()
    page = translate(untranslated, "en")
    StringTranslation.objects.filter(locale=page.locale).update(has_error=False)
    one = StringTranslation.objects.filter(
        locale=page.locale, context__object_id=page.translation_key
    ).first()
    assert one is not None
    one.delete()
    page = Page.objects.get(pk=page.pk).specific
    assert page.translation_notice.kind == TranslationState.PARTIAL


def test_draft_of_the_source_does_not_make_translations_stale() -> None:
    source = at("/acasa/despre/")
    source.summary = "Doar o schiță."
    source.save_revision()
    assert at("/home/about/").translation_notice is None


# -- blank drafts ------------------------------------------------------------------------------------------------

TYPES: list[tuple[type[Page], str]] = [
    (StandardPage, "/acasa/"),
    (SearchPage, "/acasa/"),
    (ContactIndexPage, "/acasa/"),
    (DepartmentPage, "/acasa/contact/"),
    (DirectoryPage, "/acasa/contact/"),
    (LocationIndexPage, "/acasa/"),
    (LocationPage, "/acasa/locatii/"),
    (HomePage, "/"),
]


@pytest.mark.parametrize(("model", "parent"), TYPES, ids=[m.__name__ for m, _ in TYPES])
def test_blank_page_renders_live_and_in_preview(
    client: Client, model: type[Page], parent: str
) -> None:
    home = Page.objects.get(url_path=parent)
    facts: dict[str, Any] = {}
    if model is DepartmentPage:
        facts["department"] = Department.objects.get(key="cabinet")
    elif model is LocationPage:
        facts["location"] = Location.objects.get(key="manastur")
    locale = Locale.objects.get(language_code="ro")
    page = model(title="x", slug="gol", locale=locale, **facts)
    # Before it was ever saved, as in the add view.
    assert model(title="", locale=locale).make_preview_request().status_code == 200
    home.add_child(instance=page)
    type(page).objects.filter(pk=page.pk).update(title="", summary="", **dict.fromkeys(facts))
    page = type(page).objects.get(pk=page.pk)
    assert page.make_preview_request().status_code == 200
    if parent != "/":
        assert client.get(page.get_url()).status_code == 200


@pytest.mark.parametrize("kind", ["location", "hours", "department"])
def test_blank_facts_render_everywhere(client: Client, kind: str) -> None:
    if kind == "location":
        Location.objects.filter(key="manastur").update(
            address="", name=text(""), city="", latitude=None, longitude=None
        )
    elif kind == "hours":
        hours = OpeningHours.objects.get(key="directorate-public")
        hours.weeks.all().delete()
        hours.refresh_schedule()
        OpeningHours.objects.filter(pk=hours.pk).update(name=text(""))
    else:
        Department.objects.filter(key="directorate").update(name=text(""), hours=None)
        Department.objects.get(key="directorate").contact_points.all().delete()
        Department.objects.get(key="directorate").places.all().delete()
    for address in [
        *(a for group in VERSIONS for a in group),
        "/ro/contact/",
        "/ro/locatii/",
        "/ro/locatii/city-hall-motilor-3/",
        "/ro/contact/telefoane/?q=a",
        "/ro/cautare/?q=primaria",
        "/contacts/all.vcf",
        "/contacts/all.csv",
        "/contacts/directorate.vcf",
        "/calendar/ro/hours/manastur.ics",
        "/calendar/ro/hours/city-hall-motilor-3.ics",
    ]:
        response = client.get(address)
        assert response.status_code == 200, address
        assert "None" not in re.sub("<[^>]+>", "", response.content.decode()), address


def test_empty_schedule_data_is_unknown(client: Client) -> None:
    OpeningHours.objects.update(schedule_data={})
    for address in ("/ro/", "/ro/contact/directia/", "/en/places/city-hall-motilor-3/"):
        html = client.get(address).content.decode()
        assert not re.search('data-open-state="(open|closed)"', html)


def test_site_without_any_content_answers(client: Client) -> None:
    """Every row but the home page is gone, and the ways in still work."""
    Page.objects.filter(depth=3).delete()
    DepartmentPage.objects.all().delete()
    Department.objects.update(parent=None)
    PlanRow.objects.all().delete()
    models: list[Any] = [Department, OpeningHours, Location, Menu, Alert, SiteIdentity]
    for model in models:
        model.objects.all().delete()
    for address in ("/ro/", "/en/", "/hu/"):
        assert client.get(address).status_code == 200
    assert client.get("/ro/x/").status_code == 404
    assert client.get("/contacts/all.vcf").status_code == 200
    assert client.get("/contacts/all.csv").status_code == 200
    assert client.get("/sitemap.xml").status_code == 200


BLANK_BLOCKS: list[dict[str, Any]] = [
    {"type": "heading", "value": ""},
    {"type": "paragraph", "value": ""},
    {"type": "ticks", "value": []},
    {"type": "ticks", "value": [""]},
    {"type": "facts", "value": [{"term": "", "text": ""}]},
    {"type": "steps", "value": [{"title": "", "text": ""}]},
    {"type": "notice", "value": {"level": "info", "text": ""}},
    {"type": "notice", "value": {"level": "", "text": ""}},
    {"type": "accordion", "value": [{"title": "", "text": ""}]},
    {"type": "links", "value": [{"page": None, "url": "", "title": "", "text": ""}]},
    {"type": "links", "value": [{"page": 999999, "url": "", "title": "x", "text": ""}]},
    {"type": "figure", "value": {"image": None, "caption": "", "credit": ""}},
    {"type": "quote", "value": {"text": "", "source": ""}},
    {"type": "contact", "value": {"department": None, "title": ""}},
    {"type": "contact", "value": {"department": 999999, "title": ""}},
    {"type": "documents", "value": []},
    {"type": "documents", "value": [None]},
    {"type": "table", "value": None},
    {"type": "table", "value": {"data": [[None, ""]], "first_row_is_table_header": True}},
]


@pytest.mark.parametrize("block", BLANK_BLOCKS, ids=lambda b: f"{b['type']}-{str(b['value'])[:30]}")
def test_blank_block_renders(client: Client, block: dict[str, Any]) -> None:
    page = at("/acasa/accesibilitate/")
    page.body = [block]
    page.save()
    assert client.get("/ro/accesibilitate/").status_code == 200
    assert at("/acasa/accesibilitate/").make_preview_request().status_code == 200


def test_blank_task_renders(client: Client) -> None:
    home = at("/acasa/")
    home.tasks = [{"type": "task", "value": {"icon": "", "title": "", "text": "", "page": None}}]
    home.save()
    assert client.get("/ro/").status_code == 200
    home.tasks = [
        {"type": "task", "value": {"icon": "info", "title": "", "text": "", "page": 999999}}
    ]
    home.save()
    assert client.get("/ro/").status_code == 200


def test_scheduled_page_is_not_there_yet(client: Client) -> None:
    page = StandardPage(
        title="Mâine", slug="maine", live=False, go_live_at=timezone.now() + timedelta(1)
    )
    at("/acasa/").add_child(instance=page)
    page.save_revision().publish()
    assert client.get("/ro/maine/").status_code == 404


def test_editors_are_told_of_a_translation_older_than_its_source(client: Client) -> None:
    client.force_login(make_user("administrator", superuser=True))
    page = at("/home/about/")
    address = f"/admin/pages/{page.pk}/edit/"
    warning = "Pagina în română s-a schimbat de la această traducere"
    assert warning not in client.get(address).content.decode()
    source = at("/acasa/despre/")
    source.summary = "Rezumat schimbat."
    source.save_revision().publish()
    assert warning in client.get(address).content.decode()
    # The source itself has nothing to be told.
    assert warning not in client.get(f"/admin/pages/{source.pk}/edit/").content.decode()
