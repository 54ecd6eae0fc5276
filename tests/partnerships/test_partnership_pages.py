"""Partnerships as readers meet them: the list with its filters, an agreement with what came of it, the call."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.images.models import Image, Rendition
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale, Page, PageViewRestriction

from campaigns.countries import country_name
from campaigns.enums import Field, Level, Stage
from campaigns.models import PartnershipDocument, PartnershipIndexPage, PartnershipPage
from contacts.models import Organisation
from contacts.models.organisations import LOGO
from events.enums import State
from events.models import PartnerCalendar
from tests.factories import (
    DepartmentFactory,
    EventPageFactory,
    OrganisationFactory,
    StandardPageFactory,
    make_user,
    text,
)
from tests.partnerships.partnership_site import (
    PartnershipSite,
    add_call,
    add_campaign,
    add_objective,
    add_partnership,
    publish,
    soup_of,
    version,
    words_of,
)
from tests.remembered import remembered_fixture

pytestmark = pytest.mark.django_db
LIST = "/ro/parteneriate/"


def titles(client: Client, address: str) -> list[str]:
    return [tag.get_text(strip=True) for tag in soup_of(client, address).select(".deal h3")]


def notices(client: Client, address: str) -> int:
    return len(soup_of(client, address).select("main .notice:not(.notice--info)"))


# -- the list --------------------------------------------------------------------------------------------------------


@remembered_fixture
def four(site: PartnershipSite) -> None:
    """In force, ends soon, not yet, over; local, national, international."""
    hungarian = OrganisationFactory(country="HU")
    local = OrganisationFactory()
    add_partnership(site, "Durabil", local, level=Level.LOCAL, field=Field.CULTURE)
    add_partnership(
        site, "Curând", hungarian, ends_on=date(2026, 12, 24), level=Level.INTERNATIONAL
    )
    add_partnership(site, "Viitor", local, starts_on=date(2027, 1, 1), field=Field.SPORT)
    add_partnership(
        site,
        "Apus",
        hungarian,
        local,
        starts_on=date(2020, 1, 1),
        ends_on=date(2025, 1, 1),
        level=Level.NATIONAL,
    )


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Curând", "Durabil", "Viitor", "Apus"]),
        ("?standing=in_force", ["Curând", "Durabil"]),
        ("?standing=expiring", ["Curând"]),
        ("?standing=upcoming", ["Viitor"]),
        ("?standing=ended", ["Apus"]),
        ("?level=national", ["Apus"]),
        ("?field=sport", ["Viitor"]),
        ("?country=HU", ["Curând", "Apus"]),
        ("?country=HU&standing=ended", ["Apus"]),
        ("?country=RO&level=local&field=culture", ["Durabil"]),
        ("?level=international&standing=ended", []),
    ],
)
def test_list_is_filtered_and_ordered(client: Client, query: str, expected: list[str]) -> None:
    assert titles(client, f"{LIST}{query}") == expected
    assert notices(client, f"{LIST}{query}") == 0


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize(
    "query",
    [
        "?standing=maybe",
        "?level=HU",
        "?country=hu",
        "?country=" + "x" * 5000,
        "?field=%00",
        "?page=0",
        "?page=-1",
        "?page=99999999999999999999",
        "?page=%D9%A3",
        "?page=x",
    ],
)
def test_unknown_values_are_ignored_with_a_notice(client: Client, query: str) -> None:
    assert len(titles(client, f"{LIST}{query}")) == 4
    assert notices(client, f"{LIST}{query}") == (0 if query == "?field=%00" else 1)


@pytest.mark.usefixtures("four")
def test_each_filter_in_force_can_be_taken_away(client: Client) -> None:
    soup = soup_of(client, f"{LIST}?country=HU&standing=ended")
    links = [tag["href"] for tag in soup.select(".active a")]
    assert links == [f"{LIST}?country=HU", f"{LIST}?standing=ended", LIST]
    chosen = {tag.parent["name"]: tag["value"] for tag in soup.select("option[selected]")}
    assert chosen == {"standing": "ended", "country": "HU"}
    assert soup.select_one("meta[name=robots]")["content"] == "noindex"


def test_page_turns_over_a_long_list(client: Client, site: PartnershipSite) -> None:
    for n in range(30):
        add_partnership(site, f"Acord {n:02}")
    first, second = titles(client, LIST), titles(client, f"{LIST}?page=2")
    assert len(first) == 24
    assert first + second == [f"Acord {n:02}" for n in range(30)]
    # Past the end is the last page.
    assert titles(client, f"{LIST}?page=9") == second
    assert soup_of(client, LIST).select_one('a[rel="next"]')["href"] == f"{LIST}?page=2"


def test_list_speaks_the_readers_language(client: Client, site: PartnershipSite) -> None:
    partner = OrganisationFactory(name=text("Râul", "The river", "A folyó"), country="DE")
    add_partnership(site, "Malul", partner, languages=["en"])
    assert titles(client, "/en/partnerships/") == ["Malul (en)"]
    assert titles(client, "/hu/partnersegek/") == []
    words = words_of(client, "/en/partnerships/")
    assert "The river (Germany)" in words
    assert "In force, for an indefinite time" in words


def test_drafts_and_private_pages_are_not_listed(client: Client, site: PartnershipSite) -> None:
    shown = add_partnership(site, "Vizibil")
    closed = add_partnership(site, "Închis")
    PageViewRestriction.objects.create(page=closed, restriction_type="login")
    page = PartnershipPage(title="Ciornă", starts_on=date(2026, 1, 1), live=False)
    Page.objects.get(pk=site.partnerships.pk).add_child(instance=page)
    shown.title = "Alt titlu"
    shown.save_revision()
    assert titles(client, LIST) == ["Vizibil"]


def test_list_leads_to_the_call(client: Client, site: PartnershipSite) -> None:
    assert not soup_of(client, LIST).select("#call")
    add_call(site)
    soup = soup_of(client, LIST)
    assert soup.select_one("[aria-labelledby=call] .btn")["href"] == f"{LIST}apel/"


def test_names_of_countries() -> None:
    assert country_name("hu") in {"Ungaria", "Hungary"}
    assert country_name("XX") == "XX"


# -- one agreement ---------------------------------------------------------------------------------------------------


def test_agreement_is_told_as_facts(client: Client, site: PartnershipSite) -> None:
    department = DepartmentFactory(name=text("Serviciul de probă"))
    objective = add_objective()
    page: Any = add_partnership(
        site,
        "Acord",
        OrganisationFactory(name=text("Fundația"), url="https://www.example.org/f/"),
        decision_number="12/2025",
        decision_date=date(2025, 12, 20),
        ends_on=date(2027, 12, 31),
        department=department,
        objectives=[objective],
        level=Level.NATIONAL,
    )
    document = Document.objects.create(
        title="Acordul semnat", file=ContentFile(b"%PDF-1.4", name="acord.pdf")
    )
    page.document_links = [PartnershipDocument(document=document)]
    page.save_revision().publish()
    words = words_of(client, f"{LIST}acord/")
    for expected in (
        "12/2025",
        "20 decembrie 2025",
        "31 decembrie 2027",
        "1 ianuarie 2026",
        "Acordul semnat",
        "Serviciul de probă",
        "Fundația",
        "România · example.org/f",
        "Obiectivul 1-1",
    ):
        assert expected in words
    soup = soup_of(client, f"{LIST}acord/")
    assert soup.find("a", string="Obiectivul 1-1")["href"] == "/ro/strategie/2026-2035/1-1/"
    assert soup.find("a", string="Fundația")["href"] == "https://www.example.org/f/"


def test_page_of_what_is_not_decided_yet(client: Client, site: PartnershipSite) -> None:
    partner = OrganisationFactory()
    EventPageFactory(parent=site.calendar, start_date=date(2026, 11, 2), partners=[partner])
    add_partnership(site, "Gol", partner, starts_on=None)
    soup = soup_of(client, f"{LIST}gol/")
    assert soup.select_one(".sums") is None


def test_feeds_of_the_partners_are_offered_while_they_may_say_something(
    client: Client, site: PartnershipSite
) -> None:
    partner = OrganisationFactory(key="fundatia")
    add_partnership(site, "Acord", partner, languages=["en"])
    links = [tag["href"] for tag in soup_of(client, "/en/partnerships/acord-en/").select("a")]
    feeds = [link for link in links if "/calendar/" in link]
    assert {link.partition("://")[2].partition("/")[2] for link in feeds} == {
        "calendar/en/partner/fundatia.ics"
    }
    assert client.get("/calendar/en/partner/fundatia.ics").status_code == 200
    add_partnership(site, "Trecut", partner, ends_on=date(2026, 1, 31))
    assert "/calendar/" not in str(soup_of(client, f"{LIST}trecut/").main)


def test_what_came_of_it_is_counted_from_the_calendar(
    client: Client, site: PartnershipSite
) -> None:
    partner, other = OrganisationFactory(), OrganisationFactory()
    add_partnership(site, "Acord", partner, starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 31))

    def event(title: str, day: date, **values: Any) -> Any:
        return EventPageFactory(parent=site.calendar, title=title, start_date=day, **values)

    event("Organizat", date(2026, 11, 2), organiser_organisation=partner)
    event("Ajutat", date(2026, 11, 3), partners=[partner, other])
    # Both organiser and partner: once.
    event("Amândouă", date(2026, 11, 4), organiser_organisation=partner, partners=[partner])
    event("Serie", date(2026, 11, 9), rule="FREQ=WEEKLY;BYDAY=MO;COUNT=6", partners=[partner])
    event("Anulat", date(2026, 11, 5), partners=[partner], state=State.CANCELLED)
    event("Înainte", date(2026, 9, 5), partners=[partner])
    event("După", date(2027, 1, 5), partners=[partner])
    event("Al altcuiva", date(2026, 11, 6), partners=[other])
    event("Ciornă", date(2026, 11, 6), partners=[partner], live=False)
    event("Cândva", date(2026, 12, 5), partners=[partner])
    soup = soup_of(client, f"{LIST}acord/")
    sums = [tag.get_text(strip=True) for tag in soup.select(".sums dd:not(.sums__note)")]
    # Six dates on Mondays from the 9th: two are over, this Monday's at 18:00 and three more are to come.
    assert sums == ["4", "5", "0"]
    assert " 5 " in soup.select_one(".sums__note").get_text(strip=True)
    held = [tag.get_text(strip=True) for tag in soup.select("[aria-labelledby=held] .done a")]
    assert held == ["Serie", "Amândouă", "Ajutat", "Organizat"]
    coming = [tag.get_text(strip=True) for tag in soup.select("[aria-labelledby=coming] .ev a")]
    assert coming == ["Serie", "Cândva"]


def test_campaigns_with_a_partner_are_listed(client: Client, site: PartnershipSite) -> None:
    partner = OrganisationFactory()
    add_partnership(site, "Acord", partner)
    add_campaign(site, "Văzută", partner, ends_on=date(2026, 5, 31))
    add_campaign(site, "În pregătire", partner, stage=Stage.BRIEF)
    # Whom it is with is not told before it is launched.
    add_campaign(site, "Anunțată", partner, stage=Stage.TEASER)
    add_campaign(site, "A altora", OrganisationFactory())
    soup = soup_of(client, f"{LIST}acord/")
    links = soup.select("[aria-labelledby=campaigns] a")
    assert [tag.get_text(strip=True) for tag in links] == ["Văzută"]
    assert "martie 2026 – mai 2026" in words_of(client, f"{LIST}acord/")


def test_imported_calendar_tells_its_health_in_words(client: Client, site: PartnershipSite) -> None:
    partner = OrganisationFactory()
    add_partnership(site, "Acord", partner)
    calendar = PartnerCalendar.objects.create(
        name="Stagiunea", organisation=partner, url="https://example.org/a.ics"
    )
    assert "Stagiunea" in words_of(client, f"{LIST}acord/")
    calendar.last_run_at = timezone.now()
    calendar.last_status = PartnerCalendar.Status.FAILS
    calendar.save()
    cache.clear()
    words = words_of(client, f"{LIST}acord/")
    assert str(calendar.get_last_status_display()) in words
    assert "https://example.org/a.ics" not in words


def test_logo_is_shown_with_its_description_in_the_readers_language(
    client: Client, site: PartnershipSite
) -> None:
    image = Image.objects.create(title="Sigla", file=get_test_image_file(size=(400, 100)))
    partner = OrganisationFactory(logo=image, logo_alt=text("Un val", "A wave", "Egy hullám"))
    add_partnership(site, "Acord", partner, languages=["hu"])
    tag = soup_of(client, "/hu/partnersegek/acord-hu/").select_one(".party__logo img")
    assert tag["alt"] == "Egy hullám"
    assert (tag["width"], tag["height"]) == ("240", "60")
    assert Rendition.objects.filter(image=image, filter_spec=LOGO).count() == 1
    soup_of(client, f"{LIST}acord/")
    assert Rendition.objects.filter(image=image, filter_spec=LOGO).count() == 1


def test_page_survives_a_logo_whose_file_is_gone(client: Client, site: PartnershipSite) -> None:
    image = Image.objects.create(title="Sigla", file=get_test_image_file())
    partner = OrganisationFactory(logo=image, logo_alt=text("Un val"))
    add_partnership(site, "Acord", partner)
    # What was made of it when the organisation was saved, too: as long as that is there, it is shown.
    image.renditions.all().delete()
    image.file.storage.delete(image.file.name)
    assert soup_of(client, f"{LIST}acord/").select(".party__logo img") == []


def test_facts_of_every_language_are_those_published_in_romanian(
    client: Client, site: PartnershipSite
) -> None:
    page = add_partnership(site, "Acord", languages=["en"], ends_on=date(2027, 5, 31))
    address = "/en/partnerships/acord-en/"
    page.ends_on = date(2028, 6, 30)
    page.save_revision()
    assert "31 May 2027" in words_of(client, address)
    publish(page, ends_on=date(2028, 6, 30))
    assert "30 June 2028" in words_of(client, address)
    page.refresh_from_db()
    page.unpublish()
    assert client.get(address).status_code == 404


def test_romanian_titles_are_marked_as_such(client: Client, site: PartnershipSite) -> None:
    partner = OrganisationFactory()
    add_partnership(site, "Acord", partner, languages=["en"])
    campaign = add_campaign(site, "Fără traducere", partner)
    english = Locale.objects.get(language_code="en")
    campaign.copy_for_translation(english, copy_parents=True, alias=True)
    link = soup_of(client, "/en/partnerships/acord-en/").find("a", string="Fără traducere")
    assert link["lang"] == "ro"


def test_translation_has_no_facts_to_fill_in(site: PartnershipSite) -> None:
    page = add_partnership(site, "Acord", languages=["en"])
    client = Client()
    client.force_login(make_user("sef", superuser=True))
    english = page.get_translation(Locale.objects.get(language_code="en"))
    for pk, has_facts in ((page.pk, True), (english.pk, False)):
        html = client.get(reverse("wagtailadmin_pages:edit", args=[pk])).content.decode()
        assert ('name="ends_on"' in html) is has_facts
        assert ('name="parties-TOTAL_FORMS"' in html) is has_facts


def test_structured_data_names_the_members(client: Client, site: PartnershipSite) -> None:
    add_partnership(site, "Acord", OrganisationFactory(name=text("Râul </script>")))
    (tag,) = soup_of(client, f"{LIST}acord/").select('script[type="application/ld+json"]')
    data = json.loads(tag.string)
    assert data["@type"] == "Project"
    assert data["foundingDate"] == "2026-01-01"
    assert data["member"] == [{"@type": "Organization", "name": "Râul </script>"}]


def test_preview_shows_the_draft_in_memory(site: PartnershipSite) -> None:
    page: Any = add_partnership(site, "Acord", OrganisationFactory(name=text("Vechi")))
    page.parties = [type(page.parties.all()[0])(organisation=OrganisationFactory(name=text("Nou")))]
    page.ends_on = date(2029, 1, 31)
    response = page.make_preview_request(RequestFactory().get("/"), page.default_preview_mode)
    html = response.content.decode() if response.is_rendered else response.render().content.decode()
    assert "Nou" in html
    assert "Vechi" not in html
    assert "31 ianuarie 2029" in html


# -- cost ------------------------------------------------------------------------------------------------------------


def cost(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.engines
def test_pages_cost_the_same_few_queries_whatever_there_is(
    client: Client, site: PartnershipSite
) -> None:
    partner = OrganisationFactory()
    department = DepartmentFactory()
    objective = add_objective()
    image = Image.objects.create(title="Sigla", file=get_test_image_file())

    def grow(number: int, name: str) -> None:
        for n in range(number):
            other = OrganisationFactory(logo=image, logo_alt=text("Siglă"))
            add_partnership(
                site, f"{name} {n}", partner, other, languages=["en"], department=department
            )
            add_campaign(site, f"{name} {n}", partner)
            PartnerCalendar.objects.create(
                name=f"{name} {n}", organisation=partner, url=f"https://example.org/{name}-{n}.ics"
            )
            for day in (date(2026, 10, 1), date(2026, 12, 10)):
                EventPageFactory(
                    parent=site.calendar, start_date=day + timedelta(days=n), partners=[partner]
                )

    add_call(site)
    add_partnership(
        site, "Acord", partner, languages=["en"], objectives=[objective], department=department
    )
    addresses = [LIST, "/en/partnerships/", f"{LIST}acord/", "/en/partnerships/acord-en/"]
    grow(2, "mic")
    [client.get(address) for address in addresses]
    few = [cost(client, address) for address in addresses]
    grow(5, "mare")
    cache.clear()
    cold = [cost(client, address) for address in addresses]
    many = [cost(client, address) for address in addresses]
    assert many == few
    assert max(cold) <= 15


# -- call and logo ---------------------------------------------------------------------------------------------------


def test_call_leads_to_the_form_in_the_readers_language(
    client: Client, site: PartnershipSite
) -> None:
    form = StandardPageFactory(parent=site.home, slug="formular")
    call = add_call(site, form_page=form)
    version(call, "en", slug="call")
    assert soup_of(client, f"{LIST}apel/").select_one("main .btn")["href"] == "/ro/formular/"
    # No form in English yet: no link that leads nowhere.
    assert soup_of(client, "/en/partnerships/call/").select("main .btn") == []
    version(form, "en", slug="form")
    cache.clear()
    assert soup_of(client, "/en/partnerships/call/").select_one("main .btn")["href"] == "/en/form/"


@pytest.mark.parametrize(
    ("closes_on", "is_open"),
    [(None, True), (date(2026, 11, 23), True), (date(2026, 11, 22), False)],
)
def test_call_is_open_through_its_last_day(
    client: Client, site: PartnershipSite, closes_on: date | None, is_open: bool
) -> None:
    form = StandardPageFactory(parent=site.home, slug="formular")
    call = add_call(site, form_page=form, closes_on=closes_on)
    version(call, "hu", slug="felhivas")
    for address in (f"{LIST}apel/", "/hu/partnersegek/felhivas/"):
        soup = soup_of(client, address)
        assert bool(soup.select("main .btn")) is (is_open and "ro" in address)
    # What the Romanian page says later holds for the translation, too.
    publish(call, closes_on=date(2026, 11, 1))
    cache.clear()
    assert "2026" in words_of(client, "/hu/partnersegek/felhivas/")


def test_logo_without_a_description_is_refused(site: PartnershipSite) -> None:
    image = Image.objects.create(title="Sigla", file=get_test_image_file())
    partner: Organisation = OrganisationFactory.build(logo=image)
    with pytest.raises(ValidationError) as refused:
        partner.full_clean()
    assert list(refused.value.message_dict) == ["logo_alt"]
    partner.logo_alt = text("Un val")
    partner.full_clean()
    partner.logo = None
    partner.full_clean()


def test_there_is_one_list_below_the_home_page(site: PartnershipSite) -> None:
    assert not PartnershipIndexPage.can_create_at(site.home)
    assert not PartnershipPage.can_create_at(site.home)
