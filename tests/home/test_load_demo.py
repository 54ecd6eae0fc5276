"""Every fact of the facts file is on the site after `load_demo`, and a second run changes nothing."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.core import serializers
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext
from wagtail.models import Page, Revision

from campaigns.models import StrategyPage
from cms.models import Menu, MenuItem, SiteIdentity, StandardPage
from contacts.models import ContactPoint, Department, DepartmentPage, Person, Post
from contacts.phones import parse_phone
from home.models import HomePage
from locations.models import Location, LocationPage, OpeningHours
from tests.demo_rows import load_demo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

TESTS = Path(__file__).resolve().parents[1]
FACTS: dict[str, Any] = yaml.safe_load((TESTS / "data" / "facts.yaml").read_text(encoding="utf-8"))
LANGUAGES = ("ro", "en", "hu")
ADDRESSES = {
    "home": ("/ro/", "/en/", "/hu/"),
    "contact": ("/ro/contact/", "/en/contact/", "/hu/kapcsolat/"),
    "directory": ("/ro/contact/telefoane/", "/en/contact/phones/", "/hu/kapcsolat/telefonok/"),
    "places": ("/ro/locatii/", "/en/places/", "/hu/helyszinek/"),
    "search": ("/ro/cautare/", "/en/search/", "/hu/kereses/"),
    "accessibility": ("/ro/accesibilitate/", "/en/accessibility/", "/hu/akadalymentesseg/"),
    "privacy": ("/ro/confidentialitate/", "/en/privacy/", "/hu/adatvedelem/"),
}
DEPARTMENT_KEYS = {
    "directorate",
    "public-events",
    "citizen-information-centre",
    "marketing-strategies",
    "gheorgheni-sports-base",
    "cabinet",
}


def shown(client: Client, address: str) -> str:
    """The text of a page's main part, entities resolved, in one line."""
    response = client.get(address)
    assert response.status_code == 200, address
    html = response.content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).replace("&#x27;", "'")


@pytest.mark.parametrize("address", [a for addresses in ADDRESSES.values() for a in addresses])
def test_page_of_the_interface_answers(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


def test_versions_of_a_page_are_translations_of_each_other() -> None:
    for addresses in ADDRESSES.values():
        keys = set()
        for address in addresses:
            code, _, rest = address.strip("/").partition("/")
            home = Page.objects.get(depth=2, locale__language_code=code)
            keys.add(
                Page.objects.get(
                    url_path=f"{home.url_path}{rest}/".replace("//", "/")
                ).translation_key
            )
        assert len(keys) == 1, addresses


def test_institution_and_switchboard() -> None:
    identity = SiteIdentity.objects.get()
    institution = FACTS["institution"]
    assert {code: identity.institution[code] for code in LANGUAGES} == {
        code: institution[code] for code in LANGUAGES
    }
    switchboard = parse_phone(institution["switchboard"]).e164
    assert ContactPoint.objects.filter(phone__startswith=switchboard).exists()


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        ("directorate", FACTS["directorate"]),
        ("cabinet", FACTS["cabinet"]),
        *((service["key"], service) for service in FACTS["directorate"]["services"]),
    ],
)
def test_department_has_its_name(client: Client, key: str, facts: dict[str, Any]) -> None:
    department = Department.objects.get(key=key)
    for code in LANGUAGES:
        assert department.name.get(code), code
        if code in facts:
            assert department.name[code] == facts[code]
    page = DepartmentPage.objects.get(department=department, locale__language_code="ro")
    assert facts["ro"] in shown(client, page.get_url())
    assert DepartmentPage.objects.filter(department=department, live=True).count() == 3


def test_there_is_no_department_beside_the_facts() -> None:
    assert set(Department.objects.values_list("key", flat=True)) == DEPARTMENT_KEYS
    directorate = Department.objects.get(key="directorate")
    below = {d.key for d in directorate.children.all()}
    assert below == {service["key"] for service in FACTS["directorate"]["services"]}


@pytest.mark.parametrize(
    ("key", "duties"),
    [
        ("directorate", FACTS["directorate"]["duties"]),
        ("cabinet", FACTS["cabinet"]["does"]),
        *((service["key"], service["does"]) for service in FACTS["directorate"]["services"]),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_department_page_lists_every_duty(key: str, duties: list[str], language: str) -> None:
    page = DepartmentPage.objects.get(department__key=key, locale__language_code=language)
    ticks = next(block.value for block in page.body if block.block_type == "ticks")
    assert len([point for point in ticks if point.strip()]) >= len(duties)


def test_directorate_can_be_reached_as_the_facts_say() -> None:
    directorate = Department.objects.get(key="directorate")
    facts = FACTS["directorate"]["contact_points"]
    points = list(directorate.contact_points.order_by("sort_order"))
    assert len(points) == len(facts)
    for point, fact in zip(points, facts, strict=True):
        (phone,) = fact["phones"]
        assert point.phone == parse_phone(phone["number"]).__class__(
            parse_phone(phone["number"]).e164, tuple(phone.get("extensions", ()))
        )
        assert point.email == fact.get("email", "")
        assert point.phone_kind != ContactPoint.PhoneKind.FAX
        assert point.phone_public
        assert point.email_public
    (placed,) = directorate.places.all()
    assert placed.place.address == facts[0]["address"]["street"]
    assert placed.rooms == ", ".join(facts[0]["address"]["rooms"])


@pytest.mark.parametrize(
    "address", ["/ro/contact/directia/", "/en/contact/directorate/", "/hu/kapcsolat/igazgatosag/"]
)
def test_contact_of_the_directorate_is_shown(client: Client, address: str) -> None:
    html = client.get(address).content.decode()
    assert 'href="tel:+40264596030' in html
    assert "tel:+40264596030,5001" in html
    assert "tel:+40264596030,5000" in html
    assert 'href="tel:+40264430011"' in html
    assert "mailto:imaginatiecivica@primariaclujnapoca.ro" in html
    text = shown(client, address)
    for fact in ("0264 596 030", "5001", "5000", "0264 430 011", "str. Moților nr. 3", "49", "50"):
        assert fact in text, fact
    assert "fax" not in text.lower()


def test_public_hours_are_those_of_the_facts() -> None:
    hours = OpeningHours.objects.get()
    (week,) = hours.weeks.all()
    for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"):
        assert getattr(week, day) == ", ".join(FACTS["directorate"]["public_hours"].get(day, []))
    assert hours.published
    assert set(hours.departments.values_list("key", flat=True)) == {"directorate"}


def test_hours_are_written_in_the_city_s_own_style(client: Client) -> None:
    """“Lu-Mi” of the source is Monday to Wednesday."""
    text = shown(client, "/ro/contact/directia/").replace("-", "–")
    assert re.search(r"Lu–Mi\W+08:00–16:00\W+Jo\W+08:00–17:30\W+Vi\W+08:00–14:30", text)


@pytest.mark.parametrize("fact", FACTS["places"], ids=lambda fact: fact["key"])
def test_place_of_the_facts_is_there(client: Client, fact: dict[str, Any]) -> None:
    place = Location.objects.get(key=fact["key"])
    assert place.kind == fact["kind"]
    assert place.name["ro"] == fact["ro"]
    assert set(place.name) == set(LANGUAGES)
    assert place.address == fact["address"]
    assert set(place.room_list) == set(fact.get("rooms", []))
    assert bool(place.note) or "note" not in fact
    assert place.approximate
    address = f"/ro/locatii/{fact['key']}/"
    text = shown(client, address)
    for expected in (fact["address"], fact["ro"], *fact.get("rooms", [])):
        assert expected in text, expected
    assert LocationPage.objects.filter(location=place, live=True).count() == 3


def test_there_is_no_place_and_no_person_beside_the_facts() -> None:
    assert set(Location.objects.values_list("key", flat=True)) == {
        p["key"] for p in FACTS["places"]
    }
    assert not Person.objects.exists()
    assert not Post.objects.exists()


@pytest.mark.parametrize("fact", FACTS["places"][1:], ids=lambda fact: fact["key"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_hours_that_nobody_knows_are_said_to_be_unpublished(
    client: Client, language: str, fact: dict[str, Any]
) -> None:
    """Never "closed": a wrong word is worse than none."""
    page = LocationPage.objects.get(location__key=fact["key"], locale__language_code=language)
    html = client.get(page.get_url()).content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    assert 'data-open-state="unknown"' in main
    assert not re.search('data-open-state="(open|closed)"', main)
    with translation.override(language):
        assert gettext("Hours not published yet") in main


def test_strategy_of_the_facts_is_named(client: Client) -> None:
    pages = [
        shown(client, p.get_url())
        for model in (HomePage, DepartmentPage, StandardPage, StrategyPage)
        for p in model.objects.filter(locale__language_code="ro", live=True)
    ]
    strategy = FACTS["directorate"]["strategy"]
    assert any(strategy["ro"] in text for text in pages)
    assert any(strategy["period"].replace("-", "–") in text.replace("-", "–") for text in pages)


def test_menus_lead_somewhere_in_every_language(client: Client) -> None:
    assert Menu.objects.count() == 2
    assert MenuItem.objects.count() >= 8
    for code in LANGUAGES:
        html = client.get(f"/{code}/").content.decode()
        nav = html[html.index('id="menu"') : html.index("</nav>", html.index('id="menu"'))]
        links = re.findall(r'href="(/[^"#]*)"', nav)
        assert len(links) >= 5
        for link in links:
            assert link.startswith(f"/{code}/")
            assert client.get(link).status_code == 200, link


def test_tree_of_pages_is_sound(client: Client) -> None:
    """Else editors could not add a page below the English and Hungarian ones."""
    assert not any(Page.find_problems())
    for path in ("/acasa/", "/home/", "/home/places/", "/kezdolap/", "/kezdolap/kapcsolat/"):
        page = Page.objects.get(url_path=path)
        assert (
            page.get_children_count() == page.get_children().count() == len(page.get_children()) > 0
        )
        page.add_child(instance=StandardPage(title="Nouă", locale=page.locale))


def test_every_page_is_live_and_has_a_published_revision() -> None:
    for page in Page.objects.filter(depth__gt=1):
        assert page.live, page.url_path
        assert not page.has_unpublished_changes, page.url_path
        assert page.live_revision_id == page.latest_revision_id, page.url_path
        assert page.first_published_at, page.url_path


def test_no_template_comment_is_shown(client: Client) -> None:
    # Two of each type and language stand for the others: they share a template.
    shown_of: Counter[Any] = Counter()
    for page in Page.objects.filter(depth__gt=1, live=True).order_by("-path"):
        kind = page.locale_id, page.content_type_id
        shown_of[kind] += 1
        if shown_of[kind] > 2 and page.specific_class is not StandardPage:
            continue
        html = client.get(page.get_url()).content.decode()
        # Structured data is JSON, whose braces do meet.
        html = re.sub(r"<script[^>]+ld\+json.+?</script>", "", html, flags=re.DOTALL)
        assert not re.search(r"\{[#%{]|[#%}]\}", html), page.url_path


def _state() -> dict[str, str]:
    """Everything that the demo may have written, as text."""
    skipped = {"auth", "admin", "contenttypes", "sessions"}
    return {
        model._meta.label: serializers.serialize("json", model._default_manager.order_by("pk"))
        for model in apps.get_models()
        if model._meta.managed
        and model._meta.app_label not in skipped
        and not model._meta.db_table.endswith("_fts")
    }


def test_second_run_changes_nothing() -> None:
    before = _state()
    load_demo()
    after = _state()
    assert {label for label in before if before[label] != after[label]} == set()


def test_second_run_keeps_what_editors_changed() -> None:
    point = ContactPoint.objects.get(phone__startswith="+40264596030")
    point.phone = parse_phone("0264 596 030 / 7777")
    point.save()
    page = Page.objects.get(url_path="/acasa/contact/directia/").specific
    page.summary = "Scris de un redactor."
    page.save_revision().publish()
    place = Location.objects.get(key="manastur")
    place.address = "str. Nouă nr. 1"
    place.save()
    MenuItem.objects.order_by("pk")[0].delete()
    revisions, items = Revision.objects.count(), MenuItem.objects.count()
    load_demo()
    point.refresh_from_db()
    page.refresh_from_db()
    place.refresh_from_db()
    assert point.phone.extensions == ("7777",)
    assert page.summary == "Scris de un redactor."
    assert place.address == "str. Nouă nr. 1"
    assert Revision.objects.count() == revisions
    assert MenuItem.objects.count() == items


@pytest.mark.parametrize(
    "path",
    ["/acasa/contact/", "/acasa/locatii/manastur/", "/acasa/contact/directia/", "/acasa/cautare/"],
)
def test_second_run_does_not_copy_a_page_with_a_new_address(path: str) -> None:
    page = Page.objects.get(url_path=path).specific
    page.slug = "alta-adresa"
    page.save_revision().publish()
    pages = Page.objects.count()
    load_demo()
    assert Page.objects.count() == pages


def test_second_run_does_not_bring_back_a_deleted_contact() -> None:
    ContactPoint.objects.filter(phone="+40264430011").delete()
    load_demo()
    assert ContactPoint.objects.count() == 1


def test_nothing_holds_a_cedilla() -> None:
    for label, text in _state().items():
        decoded = text.encode().decode("unicode_escape", errors="ignore")
        assert not set("ŞşŢţ") & set(text), label
        assert not re.search(r"\\u01(5e|5f|62|63)", text, re.IGNORECASE), label
        assert decoded is not None


def test_no_text_of_a_page_is_left_in_another_language(client: Client) -> None:
    """Romanian diacritics stand in English pages in names only; whole Romanian sentences never."""
    for page in Page.objects.filter(locale__language_code="en", live=True, depth__gt=1).specific():
        assert not page.alias_of_id
        assert page.translation_notice is None, page.url_path
        source = Page.objects.get(translation_key=page.translation_key, locale__language_code="ro")
        assert page.specific.summary != source.specific.summary
    for page in Page.objects.filter(locale__language_code="hu", live=True, depth__gt=1).specific():
        assert page.translation_notice is None, page.url_path
