"""The strategy: its editions and objectives, what was done for one, and events tagged with them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.enums import Stage
from campaigns.models import EventObjective, Objective, PlanRow, PlanYear, StrategyEdition
from campaigns.objective_tags import How, may_tag, tag
from events.enums import State
from events.models import EventPage
from home.roles import sync_roles
from tests.admin_forms import AdminForm, add
from tests.factories import (
    EventPageFactory,
    OrganisationFactory,
    SearchPageFactory,
    StandardPageFactory,
    make_user,
    text,
)
from tests.partnerships.partnership_site import (
    PartnershipSite,
    add_campaign,
    add_objective,
    add_partnership,
    soup_of,
    version,
    words_of,
)

pytestmark = pytest.mark.django_db
PAGE = "/ro/strategie/"
OBJECTIVE = "/ro/strategie/2026-2035/1-1/"


def event(site: PartnershipSite, title: str, day: date, **values: Any) -> Any:
    page = EventPageFactory(parent=site.calendar, title=title, start_date=day, **values)
    return EventPage.objects.get(pk=page.pk)


def signed_in(role: str) -> Client:
    sync_roles()
    client = Client()
    client.force_login(make_user(role.lower().replace(" ", "-"), role))
    return client


# -- lists -------------------------------------------------------------------------------------------------------------


def test_editions_stand_side_by_side_the_newest_first(
    client: Client, site: PartnershipSite
) -> None:
    add_objective("2014-2020", "3")
    add_objective("2026-2035", "1-2", sort_order=20)
    add_objective("2026-2035", "1-1", sort_order=10)
    soup = soup_of(client, PAGE)
    headings = [tag.get_text(strip=True) for tag in soup.select("main h2")]
    assert headings == ["Strategia 2026-2035", "Strategia 2014-2020"]
    links = [tag["href"] for tag in soup.select(".aim h3 a")]
    assert links == [f"{PAGE}2026-2035/1-1/", f"{PAGE}2026-2035/1-2/", f"{PAGE}2014-2020/3/"]
    soup = soup_of(client, "/hu/strategia/2014-2020/")
    assert soup.h1.get_text(strip=True) == "Stratégia 2014-2020"
    assert [tag["href"] for tag in soup.select(".aim h3 a")] == ["/hu/strategia/2014-2020/3/"]


def test_counts_of_the_list(client: Client, site: PartnershipSite) -> None:
    objective = add_objective()
    first = event(site, "Unu", date(2026, 11, 2))
    second = event(site, "Doi", date(2026, 11, 3))
    hidden = event(site, "Ascuns", date(2026, 11, 4))
    for page in (first, hidden):
        EventObjective.objects.create(event=page.event, objective=objective)
    hidden.unpublish()
    # The first is tagged itself and stands in the campaign: it counts once.
    add_campaign(site, "C", events=[first, second], objectives=[objective])
    add_campaign(site, "În pregătire", objectives=[objective], stage=Stage.BRIEF)
    add_partnership(site, "P", objectives=[objective])
    plan = PlanYear.objects.create(year=2026, is_public=True)
    PlanRow.objects.create(plan=plan, title=text("Rând"), objective=objective)
    add_campaign(site, "Anunțată", events=[first], objectives=[objective], stage=Stage.TEASER)
    # As on the objective's own page: what does not happen, or did before the edition, is no result of it.
    cancelled = event(site, "Anulat", date(2026, 11, 5), state=State.CANCELLED)
    before = event(site, "Înainte", date(2025, 11, 5))
    for page in (cancelled, before):
        EventObjective.objects.create(event=page.event, objective=objective)
    secret = PlanYear.objects.create(year=2027)
    PlanRow.objects.create(plan=secret, title=text("Nepublic"), objective=objective)
    soup = soup_of(client, "/en/strategy/")
    counts = [tag.get_text(strip=True) for tag in soup.select(".aim__counts span")]
    assert counts == ["2 events", "1 campaign", "1 partnership", "1 row of the plan"]


@pytest.mark.parametrize(
    "below", ["2014-2021/", "2026-2035/9-9/", "2026-2035/1-1/x/", "x/y/z/", "2026-2035/1-1'/"]
)
def test_what_is_no_objective_is_not_found(
    client: Client, site: PartnershipSite, below: str
) -> None:
    add_objective()
    assert client.get(f"{PAGE}{below}").status_code == 404


# -- one objective -----------------------------------------------------------------------------------------------------


def test_what_was_done_is_counted_by_year(client: Client, site: PartnershipSite) -> None:
    objective = add_objective("2024-2030", "1-1")
    tagged = [
        event(site, "Vechi", date(2025, 5, 4)),
        event(site, "Trecut", date(2026, 5, 4)),
        event(site, "Serie", date(2026, 12, 21), rule="FREQ=WEEKLY;BYDAY=MO;COUNT=4"),
        event(site, "Anulat", date(2026, 6, 4), state=State.CANCELLED),
        event(site, "Înainte de ediție", date(2023, 6, 4)),
    ]
    tag(tagged, [objective], How.ADD, None)
    through = event(site, "Prin campanie", date(2026, 7, 4))
    add_campaign(
        site,
        "Campanie",
        events=[through],
        objectives=[objective],
        starts_on=date(2025, 12, 1),
        ends_on=date(2026, 1, 31),
    )
    add_partnership(site, "Veche", objectives=[objective], starts_on=date(2019, 1, 1))
    add_partnership(
        site,
        "Lungă",
        objectives=[objective],
        starts_on=date(2026, 1, 1),
        ends_on=date(2040, 1, 1),
    )
    plan = PlanYear.objects.create(year=2027, is_public=True)
    PlanRow.objects.create(plan=plan, title=text("Rând"), objective=objective)
    soup = soup_of(client, f"{PAGE}2024-2030/1-1/")
    rows = [
        [int(cell.get_text(strip=True)) for cell in row.select("th, td")]
        for row in soup.select(".table--sums tbody tr")
    ]
    # Year, events, dates, campaigns, partnerships in force, rows of the plan.
    assert rows == [
        [2027, 1, 2, 0, 1, 1],
        [2026, 3, 4, 1, 2, 0],
        [2025, 1, 1, 1, 1, 0],
        [2024, 0, 0, 0, 1, 0],
    ]
    held = [tag.get_text(strip=True) for tag in soup.select("[aria-labelledby=held] .done a")]
    assert held == ["Prin campanie", "Trecut", "Vechi"]
    coming = [tag.get_text(strip=True) for tag in soup.select("[aria-labelledby=coming] .ev a")]
    assert coming == ["Serie"]
    assert soup.select_one("[aria-labelledby=planned] a")["href"] == "/ro/plan/2027/"


def test_page_of_an_objective_has_its_own_address_in_every_language(
    client: Client, site: PartnershipSite
) -> None:
    add_objective()
    soup = soup_of(client, "/en/strategy/2026-2035/1-1/")
    assert soup.h1.get_text(strip=True) == "Objective 1-1"
    assert soup.select_one("link[rel=canonical]")["href"].endswith("/en/strategy/2026-2035/1-1/")
    switch = [tag["href"] for tag in soup.select(".langs a")]
    assert switch == [OBJECTIVE, "/en/strategy/2026-2035/1-1/", "/hu/strategia/2026-2035/1-1/"]
    crumbs = [tag["href"] for tag in soup.select(".crumbs a")]
    assert crumbs == ["/en/", "/en/strategy/"]
    sitemap = client.get("/sitemap.xml").content.decode()
    for address in switch:
        assert f"{address}</loc>" in sitemap


def test_objective_without_anything_says_so(client: Client, site: PartnershipSite) -> None:
    add_objective()
    assert soup_of(client, OBJECTIVE).select(".notice--unknown")


@pytest.mark.engines
def test_pages_cost_the_same_few_queries_whatever_there_is(
    client: Client, site: PartnershipSite
) -> None:
    objective = add_objective()
    PlanYear.objects.create(year=2026, is_public=True)

    def grow(number: int, name: str) -> None:
        for n in range(number):
            page = event(site, f"{name} {n}", date(2026, 10, 1) + timedelta(days=9 * n))
            EventObjective.objects.create(event=page.event, objective=objective)
            add_campaign(site, f"{name} {n}", events=[page], objectives=[objective])
            add_partnership(site, f"{name} {n}", objectives=[objective])
            PlanRow.objects.create(
                plan=PlanYear.objects.get(), title=text(name), objective=objective
            )
            add_objective("2026-2035", f"9-{name}-{n}")

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    addresses = [PAGE, f"{PAGE}2026-2035/", OBJECTIVE, "/en/strategy/2026-2035/1-1/"]
    grow(2, "mic")
    [client.get(address) for address in addresses]
    few = [cost(address) for address in addresses]
    grow(6, "mare")
    cache.clear()
    cold = [cost(address) for address in addresses]
    assert [cost(address) for address in addresses] == few
    assert max(cold) <= 15


def test_editions_and_objectives_that_cannot_be_are_refused(site: PartnershipSite) -> None:
    with pytest.raises(ValidationError):
        StrategyEdition(key="x", name=text("X"), first_year=2020, last_year=2014).full_clean()
    with pytest.raises(ValidationError, match="20214|2200"):
        StrategyEdition(key="x", name=text("X"), first_year=20214, last_year=20220).full_clean()
    objective = add_objective()
    twin = Objective(edition=objective.edition, code=objective.code, title=text("Dublu"))
    with pytest.raises(ValidationError):
        twin.full_clean()


def test_search_finds_objectives_and_partnerships(client: Client, site: PartnershipSite) -> None:
    SearchPageFactory(parent=site.home, slug="cautare")
    add_objective(title=text("Un râu curat", "A clean river", "Tiszta folyó"))
    add_partnership(site, "Malul", OrganisationFactory(name=text("Fundația Salcia")))
    found = [tag["href"] for tag in soup_of(client, "/ro/cautare/?q=riu+curat").select(".hits a")]
    assert OBJECTIVE in found or OBJECTIVE in [
        tag["href"] for tag in soup_of(client, "/ro/cautare/?q=rau+curat").select(".hits a")
    ]
    found = [tag["href"] for tag in soup_of(client, "/ro/cautare/?q=salcia").select(".hits a")]
    assert found == ["/ro/parteneriate/malul/"]


# -- tagging -----------------------------------------------------------------------------------------------------------


def tags(page: EventPage) -> set[str]:
    return set(
        EventObjective.objects.filter(event=page.event).values_list("objective__code", flat=True)
    )


def test_one_event_is_tagged_on_its_own_page(site: PartnershipSite) -> None:
    client = signed_in("Marketing")
    first, second = add_objective(), add_objective(code="1-2")
    page = event(site, "Concert", date(2026, 12, 4))
    EventObjective.objects.create(event=page.event, objective=first)
    address = reverse("event_objectives", args=[page.pk])
    form = AdminForm(client, address)
    assert form.data["objectives"] == str(first.pk)
    assert client.post(address, {"objectives": [second.pk]}).status_code == 302
    assert tags(page) == {"1-2"}
    english = version(page, "en", slug="concert-en")
    assert client.post(reverse("event_objectives", args=[english.pk]), {}).status_code == 302
    assert tags(page) == set()
    assert client.post(address, {"objectives": ["999999"]}).status_code == 200


def test_event_that_was_never_published_is_published_first(site: PartnershipSite) -> None:
    client = signed_in("Marketing")
    objective = add_objective()
    page = event(site, "Ciornă", date(2026, 12, 4), live=False)
    address = reverse("event_objectives", args=[page.pk])
    assert b"<form class" not in client.get(address).content
    client.post(address, {"objectives": [objective.pk]})
    assert not EventObjective.objects.exists()


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("Marketing", True),
        ("Moderator", True),
        ("Partnership editor", False),
        ("Registry clerk", False),
        ("Auditor", False),
    ],
)
def test_tagging_is_for_those_who_edit_events(site: PartnershipSite, role: str, may: bool) -> None:
    client = signed_in(role)
    page = event(site, "Concert", date(2026, 12, 4))
    objective = add_objective()
    address = reverse("event_objectives", args=[page.pk])
    assert (client.get(address).status_code == 200) is may
    client.post(address, {"objectives": [objective.pk]})
    assert bool(tags(page)) is may
    EventObjective.objects.all().delete()
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "tag_events"])
    client.post(f"{bulk}?id={page.pk}", {"how": "add", "objectives": [objective.pk]})
    assert bool(tags(page)) is may
    assert Client().get(address).status_code == 302
    user = make_user("alt", role)
    assert may_tag(user, page) is may


@pytest.mark.parametrize(
    ("how", "first_after", "second_after"),
    [
        ("add", {"1-1", "1-2"}, {"1-2"}),
        ("remove", {"1-1"}, set()),
        ("replace", {"1-2"}, {"1-2"}),
    ],
)
def test_many_events_are_tagged_at_once(
    site: PartnershipSite, how: str, first_after: set[str], second_after: set[str]
) -> None:
    client = signed_in("Moderator")
    one, two = add_objective(), add_objective(code="1-2")
    first = event(site, "Primul", date(2026, 12, 4))
    second = event(site, "Al doilea", date(2026, 12, 5))
    draft = event(site, "Ciornă", date(2026, 12, 6), live=False)
    other = StandardPageFactory(parent=site.home, title="Altă pagină")
    tag([first], [one, two] if how == "remove" else [one], How.ADD, None)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "tag_events"])
    query = "&".join(f"id={page.pk}" for page in (first, second, draft, other))
    page = client.get(f"{address}?{query}&id=x&id=99999999999999999999")
    assert page.status_code == 200
    for title in ("Primul", "Al doilea", "Ciornă", "Altă pagină"):
        assert title in page.content.decode()
    response = client.post(f"{address}?{query}", {"how": how, "objectives": [two.pk]})
    assert response.status_code == 302
    assert (tags(first), tags(second)) == (first_after, second_after)
    assert EventObjective.objects.filter(event__isnull=True).count() == 0


def test_confirmation_costs_the_same_for_many_events(site: PartnershipSite) -> None:
    client = signed_in("Moderator")
    objectives = [add_objective(), add_objective(code="1-2")]
    pages = [event(site, f"Seara {day}", date(2026, 12, day)) for day in range(4, 9)]
    tag(pages, objectives, How.ADD, None)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "tag_events"])
    counts = []
    for chosen in (pages[:1], pages[:1], pages):
        with CaptureQueriesContext(connection) as captured:
            shown = client.get(f"{address}?{'&'.join(f'id={page.pk}' for page in chosen)}")
        counts.append(len(captured))
        html = shown.content.decode()
        for page in chosen:
            assert f"{page.title}</a> – 1-1, 1-2</li>" in html
    assert counts[1] == counts[2]


def test_bulk_action_asks_for_an_objective(site: PartnershipSite) -> None:
    client = signed_in("Moderator")
    objective = add_objective()
    page = event(site, "Concert", date(2026, 12, 4))
    tag([page], [objective], How.ADD, None)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "tag_events"])
    for how in ("add", "remove", "x"):
        assert client.post(f"{address}?id={page.pk}", {"how": how}).status_code == 200
        assert tags(page) == {"1-1"}
    client.post(f"{address}?id={page.pk}", {"how": "replace"})
    assert tags(page) == set()


def test_bulk_action_takes_all_of_no_listing(site: PartnershipSite) -> None:
    client = signed_in("Moderator")
    objective = add_objective()
    page = event(site, "Concert", date(2026, 12, 4))
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "tag_events"])
    client.post(f"{address}?id=all", {"how": "add", "objectives": [objective.pk]})
    assert tags(page) == set()
    client.post(
        f"{address}?id=all&childOf={site.calendar.pk}", {"how": "add", "objectives": [objective.pk]}
    )
    assert tags(page) == {"1-1"}


def test_tagging_shows_at_once(client: Client, site: PartnershipSite) -> None:
    objective = add_objective()
    page = event(site, "Concert", date(2026, 12, 4))
    assert "Concert" not in words_of(client, OBJECTIVE)
    tag([page], [objective], How.ADD, None)
    assert "Concert" in words_of(client, OBJECTIVE)
    assert soup_of(client, "/en/strategy/").select_one(".aim__counts").get_text(strip=True)


def test_button_stands_where_events_are_listed_and_edited(site: PartnershipSite) -> None:
    page = event(site, "Concert", date(2026, 12, 4))
    link = f'"{reverse("event_objectives", args=[page.pk])}"'
    client = signed_in("Marketing")
    assert link in client.get(reverse("event_listing:index")).content.decode()
    assert link in client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()


# -- snippets ----------------------------------------------------------------------------------------------------------


def test_moderator_keeps_editions_and_objectives(site: PartnershipSite) -> None:
    client = signed_in("Moderator")
    add(client, StrategyEdition).save(
        key="2030-2035", name_ro="Strategia", first_year="2030", last_year="2035"
    )
    edition = StrategyEdition.objects.get()
    add(client, Objective).save(edition=str(edition.pk), code="1", title_ro="Un obiectiv")
    assert Objective.objects.get().title["ro"] == "Un obiectiv"


@pytest.mark.parametrize("role", ["Marketing", "Partnership editor", "Registry clerk"])
def test_others_do_not_change_the_strategy(site: PartnershipSite, role: str) -> None:
    client = signed_in(role)
    objective = add_objective()
    for name, pk in (("strategyedition", objective.edition_id), ("objective", objective.pk)):
        base = f"wagtailsnippets_campaigns_{name}"
        for address in (
            reverse(f"{base}:add"),
            reverse(f"{base}:edit", args=[pk]),
            reverse(f"{base}:delete", args=[pk]),
        ):
            for response in (client.get(address), client.post(address)):
                assert response.status_code == 302
                assert response["Location"] == reverse("wagtailadmin_home")
    assert Objective.objects.count() == 1
