"""The promotion plan: its public pages, the staff's calendar, export, copy, what it forgot, and who may do what."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import icalendar
import openpyxl
import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.enums import BudgetBand, Stage
from campaigns.expiring import unplanned_campaigns
from campaigns.models import PlanRow, PlanToken, PlanYear
from campaigns.plan_gaps import campaigns_without_row, gaps_for
from campaigns.plan_services import PlanExists, copy_to_next_year, workbook
from campaigns.plan_views import chosen_year
from cms.service_calendar import moment
from home.roles import sync_roles
from tests.admin_forms import add, edit, errors
from tests.events.ical_lint import lint
from tests.factories import DepartmentFactory, EventPageFactory, make_user, text
from tests.partnerships.partnership_site import (
    PartnershipSite,
    add_campaign,
    add_objective,
    soup_of,
    version,
    words_of,
)

pytestmark = pytest.mark.django_db
PAGE = "/ro/plan/"


def make_plan(year: int = 2026, *rows: dict[str, Any], is_public: bool = True) -> PlanYear:
    plan = PlanYear.objects.create(year=year, is_public=is_public)
    for order, row in enumerate(rows):
        values = {"title": text(f"Rândul {order}"), **row}
        PlanRow.objects.create(plan=plan, sort_order=order, **values)
    return plan


def signed_in(role: str) -> Client:
    sync_roles()
    client = Client()
    client.force_login(make_user(role.lower().replace(" ", "-"), role))
    return client


def titles(soup: Any) -> list[str]:
    return [tag.get_text(strip=True) for tag in soup.select(".months tbody th")]


# -- public pages ------------------------------------------------------------------------------------------------------


def test_year_is_a_table_whose_months_are_said(client: Client, site: PartnershipSite) -> None:
    make_plan(
        2026,
        {"title": text("Vara", "Summer", "Nyár"), "first_month": 6, "last_month": 8},
        {"title": text("Tot anul"), "first_month": 1, "last_month": 12},
    )
    soup = soup_of(client, PAGE)
    assert titles(soup) == ["Tot anul", "Vara"]
    heads = [tag.select_one(".vh").get_text() for tag in soup.select(".months thead th")[1:]]
    assert heads[:2] == ["ianuarie", "februarie"]
    assert len(heads) == 12
    cells = soup.select(".months tbody tr")[1].select("td")
    filled = [n for n, cell in enumerate(cells, start=1) if cell.get_text(strip=True)]
    assert filled == [6, 7, 8]
    assert ["on" in cell.get("class", ()) for cell in cells].count(True) == 3
    row = soup.select(".plan tbody tr")[1]
    assert row["id"] == soup.select(".months tbody th a")[1]["href"].removeprefix("#")
    assert "iunie–august" in row.get_text()
    assert titles(soup_of(client, "/hu/terv/2026/")) == ["Tot anul", "Nyár"]


def test_facts_and_links_of_a_row(client: Client, site: PartnershipSite) -> None:
    event = EventPageFactory(parent=site.calendar, title="Concertul", slug="concertul")
    version(event, "en", title="The concert", slug="the-concert")
    shown = add_campaign(site, "Văzută")
    brief = add_campaign(site, "În pregătire", stage=Stage.BRIEF)
    # Its stage stands on the Romanian page alone.
    both = add_campaign(site, "Două limbi", slug="doua-limbi")
    translated = version(both, "en", title="Two languages", slug="two-languages")
    type(translated).objects.filter(pk=translated.pk).update(stage=Stage.BRIEF)
    make_plan(
        2026,
        {
            "objective": add_objective(),
            "department": DepartmentFactory(name=text("Serviciul X")),
            "budget": BudgetBand.MEDIUM,
            "channels": "Afișe, radio",
            "campaign": shown,
            "event_page": event,
        },
        {"campaign": brief},
        {"title": text("Tradusă"), "campaign": translated},
    )
    soup = soup_of(client, PAGE)
    assert soup.find("a", string="Două limbi")["href"] == "/ro/campanii/doua-limbi/"
    first = soup.select_one(".plan tbody tr")
    for words in ("Serviciul X", "Afișe, radio", "Văzută", "Concertul"):
        assert words in first.get_text()
    assert "În pregătire" not in soup.get_text()
    links = [tag["href"] for tag in first.select("a")]
    assert "/ro/strategie/2026-2035/1-1/" in links
    assert "/ro/evenimente/concertul/" in links
    links = [tag["href"] for tag in soup_of(client, "/en/plan-en/").select(".plan a")]
    assert "/en/events/the-concert/" in links
    # The first campaign has no English page.
    assert [link for link in links if "campa" in link] == ["/en/campanii/two-languages/"]


def test_only_public_plans_are_shown(client: Client, site: PartnershipSite) -> None:
    assert "2026" not in words_of(client, PAGE)
    make_plan(2026, {}, is_public=False)
    assert client.get(f"{PAGE}2026/").status_code == 404
    make_plan(2025, {"title": text("Anul trecut")})
    make_plan(2027, {"title": text("Anul viitor")})
    assert titles(soup_of(client, PAGE)) == ["Anul trecut"]
    years = [tag["href"] for tag in soup_of(client, PAGE).select(".chips a")]
    assert years == [f"{PAGE}2025/", f"{PAGE}2027/"]
    for below in ("2024/", "0/", "99999999999999999999/", "-1/", "x/", "2027/x/"):
        assert client.get(f"{PAGE}{below}").status_code == 404
    sitemap = client.get("/sitemap.xml").content.decode()
    assert f"{PAGE}2025/</loc>" in sitemap
    assert f"{PAGE}2026/</loc>" not in sitemap


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ([], None),
        ([2026], 2026),
        ([2024, 2025], 2025),
        ([2027, 2028], 2027),
        ([2020, 2026, 2027], 2026),
    ],
)
def test_year_shown_where_none_is_asked_for(years: list[int], expected: int | None) -> None:
    assert chosen_year(years, 2026) == expected


def test_rows_are_filtered_and_unknown_values_ignored(
    client: Client, site: PartnershipSite
) -> None:
    one, two = add_objective(), add_objective(code="1-2")
    first, second = DepartmentFactory(key="unu"), DepartmentFactory(key="doi")
    make_plan(
        2026,
        {"title": text("A"), "objective": one, "department": first},
        {"title": text("B"), "objective": two, "department": first},
        {"title": text("C"), "objective": one, "department": second},
        {"title": text("D")},
    )
    for query, expected, notices in (
        ("", ["A", "B", "C", "D"], 0),
        ("?objective=2026-2035/1-1", ["A", "C"], 0),
        ("?department=unu", ["A", "B"], 0),
        ("?objective=2026-2035/1-2&department=unu", ["B"], 0),
        ("?objective=2026-2035/1-2&department=doi", [], 0),
        ("?department=trei&objective=x", ["A", "B", "C", "D"], 2),
    ):
        soup = soup_of(client, f"{PAGE}{query}")
        assert titles(soup) == expected, query
        assert len(soup.select("main .notice")) == notices, query


@pytest.mark.engines
def test_pages_cost_the_same_few_queries_whatever_there_is(
    client: Client, site: PartnershipSite
) -> None:
    def grow(plan: PlanYear, number: int) -> None:
        for n in range(number):
            PlanRow.objects.create(
                plan=plan,
                title=text(f"Rând {n}"),
                objective=add_objective(code=f"{plan.year}-{n}-{number}"),
                department=DepartmentFactory(),
                event_page=EventPageFactory(parent=site.calendar),
            )

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    plan = make_plan(2026)
    addresses = [PAGE, f"{PAGE}2026/", "/hu/terv/2026/"]
    grow(plan, 2)
    [client.get(address) for address in addresses]
    few = [cost(address) for address in addresses]
    grow(plan, 8)
    cache.clear()
    cold = [cost(address) for address in addresses]
    assert [cost(address) for address in addresses] == few
    assert max(cold) <= 15


# -- calendar for staff ------------------------------------------------------------------------------------------------


def address_of(plain: str) -> str:
    return reverse("plan:calendar", args=[f"{plain}.ics"])


def test_calendar_holds_every_row_of_every_plan_to_come(
    client: Client, site: PartnershipSite
) -> None:
    sync_roles()
    objective = add_objective()
    department = DepartmentFactory(name=text("Serviciul X"))
    make_plan(2024, {"title": text("Demult")})
    make_plan(
        2026,
        {
            "title": text("Vara; cu, semne\nBEGIN:VALARM"),
            "first_month": 2,
            "last_month": 2,
            "objective": objective,
            "department": department,
            "channels": "Afișe",
        },
    )
    make_plan(2027, {"title": text("Nepublic"), "first_month": 11}, is_public=False)
    _token, plain = PlanToken.issue(make_user("marketing", "Marketing"))
    response = client.get(address_of(plain))
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Type"].startswith("text/calendar")
    assert plain not in response.content.decode()
    # Not public, and without the address that would open it.
    assert {problem.partition(": ")[2] for problem in lint(response.content)} == {
        "no SOURCE",
        "CLASS: CONFIDENTIAL",
    }
    events = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
    assert len(events) == 2
    february, whole = events
    assert february.decoded("DTSTART") == date(2026, 2, 1)
    assert february.decoded("DTEND") == date(2026, 3, 1)
    assert str(february["SUMMARY"]).startswith("Vara; cu, semne")
    assert february["CLASS"] == "CONFIDENTIAL"
    for words in ("Obiectivul 1-1", "Afișe"):
        assert words in str(february["DESCRIPTION"])
    assert whole.decoded("DTEND") == date(2028, 1, 1)
    assert not icalendar.Calendar.from_ical(response.content).walk("VALARM")
    # The same rows give the same bytes.
    assert client.get(address_of(plain)).content == response.content


def test_change_of_the_plan_moves_its_entries_on(
    client: Client, site: PartnershipSite, clock: Any
) -> None:
    sync_roles()
    plan = make_plan(2026, {})
    _token, plain = PlanToken.issue(make_user("marketing", "Marketing"))

    def entry() -> Any:
        content = client.get(address_of(plain)).content
        return icalendar.Calendar.from_ical(content).walk("VEVENT")[0]

    before = entry()
    clock.shift(3600)
    plan.save()
    after = entry()
    assert after["UID"] == before["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert after.decoded("LAST-MODIFIED") > before.decoded("LAST-MODIFIED")


def test_calendar_without_a_right_is_not_found(client: Client, site: PartnershipSite) -> None:
    sync_roles()
    make_plan(2026, {})
    user = make_user("marketing", "Marketing")
    token, plain = PlanToken.issue(user)
    wrong = plain[:-1] + ("A" if plain[-1] != "A" else "B")
    for address in (
        address_of(wrong),
        f"/campaigns/plan/{plain}",
        f"/campaigns/plan/{plain}.ICS",
        f"/campaigns/plan/x/{plain}.ics",
        "/campaigns/plan/.ics",
    ):
        response = client.get(address)
        assert (response.status_code, response.content) == (404, b""), address
        assert "no-store" in response["Cache-Control"]
    assert client.post(address_of(plain)).status_code == 405
    assert client.get(address_of(plain)).status_code == 200
    user.is_active = False
    user.save()
    assert client.get(address_of(plain)).status_code == 404
    user.is_active = True
    user.save()
    user.groups.clear()
    assert client.get(address_of(plain)).status_code == 404
    user = make_user("altcineva", "Moderator")
    token, plain = PlanToken.issue(user)
    token.revoke()
    assert client.get(address_of(plain)).status_code == 404


def test_secret_is_kept_out_of_the_log(
    client: Client, site: PartnershipSite, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        client.get("/campaigns/plan/secretul-meu-foarte-lung-1234567890.ics")
        client.get("/campaigns/plan/secretul-meu/mai/departe")
    assert "secretul-meu" not in " ".join(
        f"{record.getMessage()} {record.__dict__}" for record in caplog.records
    )


def test_addresses_are_made_shown_once_and_revoked_by_their_owner(site: PartnershipSite) -> None:
    client, other = signed_in("Marketing"), signed_in("Moderator")
    made = client.post(reverse("plan_calendar_new"))
    assert "no-store" in made["Cache-Control"]
    assert made["Referrer-Policy"] == "no-referrer"
    (plain,) = set(re.findall(r"/campaigns/plan/([\w-]{43})\.ics", made.content.decode()))
    token = PlanToken.objects.get()
    assert plain not in (token.digest, str(token))
    listed = client.get(reverse("plan_calendar")).content.decode()
    assert plain not in listed
    assert reverse("plan_calendar_revoke", args=[token.pk]) in listed
    assert (
        reverse("plan_calendar_revoke", args=[token.pk])
        not in other.get(reverse("plan_calendar")).content.decode()
    )
    assert other.post(reverse("plan_calendar_revoke", args=[token.pk])).status_code == 404
    assert Client().get(address_of(plain)).status_code == 200
    assert client.get(reverse("plan_calendar_revoke", args=[token.pk])).status_code == 405
    assert client.post(reverse("plan_calendar_revoke", args=[token.pk])).status_code == 302
    assert Client().get(address_of(plain)).status_code == 404


# -- copy --------------------------------------------------------------------------------------------------------------


def test_copy_takes_the_rows_without_what_came_of_them(site: PartnershipSite) -> None:
    client = signed_in("Marketing")
    plan = make_plan(
        2026,
        {
            "title": text("Vara", "Summer"),
            "first_month": 6,
            "last_month": 8,
            "objective": add_objective(),
            "department": DepartmentFactory(),
            "budget": BudgetBand.LARGE,
            "channels": "Afișe",
            "campaign": add_campaign(site, "Vara"),
            "event_page": EventPageFactory(parent=site.calendar),
        },
        {},
    )
    address = reverse("wagtailsnippets_campaigns_planyear:to_next_year", args=[plan.pk])
    assert client.get(address).status_code == 200
    assert not PlanYear.objects.filter(year=2027).exists()
    response = client.post(address)
    new = PlanYear.objects.get(year=2027)
    assert response["Location"].endswith(f"/edit/{new.pk}/")
    assert not new.is_public
    first, second = new.rows.all()
    assert (first.campaign, first.event_page) == (None, None)
    original = plan.rows.first()
    for name in ("title", "objective", "department", "budget", "channels", "last_month"):
        assert getattr(first, name) == getattr(original, name), name
    assert plan.rows.count() == new.rows.count() == 2
    assert str(second) == "Rândul 1"


def test_copy_is_refused_when_the_next_year_has_rows(site: PartnershipSite) -> None:
    client = signed_in("Marketing")
    plan = make_plan(2026, {}, {})
    taken = make_plan(2027, {"title": text("Al meu")})
    address = reverse("wagtailsnippets_campaigns_planyear:to_next_year", args=[plan.pk])
    assert (
        reverse("wagtailsnippets_campaigns_planyear:edit", args=[taken.pk])
        in client.get(address).content.decode()
    )
    response = client.post(address, follow=True)
    assert "2027" in response.content.decode()
    assert [str(row) for row in taken.rows.all()] == ["Al meu"]
    with pytest.raises(PlanExists):
        copy_to_next_year(plan)


def test_copy_fills_a_next_year_that_has_no_row(site: PartnershipSite) -> None:
    plan = make_plan(2026, {}, {})
    empty = make_plan(2027)
    assert copy_to_next_year(plan) == empty
    assert empty.rows.count() == 2
    # Whoever made the empty one public did not see these rows.
    assert not PlanYear.objects.get(year=2027).is_public


# -- export ------------------------------------------------------------------------------------------------------------


def cells(data: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_workbook_holds_no_formula_whatever_was_typed(site: PartnershipSite) -> None:
    client = signed_in("Marketing")
    plan = make_plan(
        2026,
        {
            "title": text('=HYPERLINK("http://evil.example","x")', "+1+1", "@SUM(A1)"),
            # And what XML cannot hold.
            "channels": "\t=cmd|' /C calc'!A0\x0b",
            "first_month": 3,
            "last_month": 4,
        },
    )
    address = reverse("wagtailsnippets_campaigns_planyear:export", args=[plan.pk])
    response = client.get(address)
    assert response["Content-Disposition"] == 'attachment; filename="plan-2026.xlsx"'
    head, row = cells(response.content)
    assert len(head) == 22
    for value in row[:3]:
        assert value.startswith("'")
    assert row[20 - 1].startswith("'")
    assert [number for number, value in enumerate(row[4:16], start=1) if value] == [3, 4]
    assert cells(workbook(make_plan(2030)))[0] == head


# -- what the plan forgot ----------------------------------------------------------------------------------------------


def test_campaigns_of_the_year_without_a_row(site: PartnershipSite) -> None:
    planned = add_campaign(site, "Planificată")
    translated = add_campaign(site, "Aleasă în engleză")
    english = version(translated, "en", slug="chosen")
    days = {
        "Toată": (date(2026, 2, 1), date(2026, 3, 1)),
        "Din trecut": (date(2025, 11, 1), date(2026, 1, 15)),
        "În viitor": (date(2026, 12, 31), date(2027, 2, 1)),
        "Fără sfârșit": (date(2026, 5, 1), None),
        "Alt an": (date(2025, 5, 1), date(2025, 6, 1)),
        "Veche fără sfârșit": (date(2024, 5, 1), None),
        "Fără zile": (None, None),
    }
    for title, (first, last) in days.items():
        add_campaign(site, title, starts_on=first, ends_on=last)
    add_campaign(site, "Ciornă", starts_on=date(2026, 9, 1), live=False)
    plan = make_plan(2026, {"campaign": planned}, {"campaign": english})
    make_plan(2027, {"campaign": planned})
    found = [page.title for page in campaigns_without_row(2026)]
    assert found == ["Din trecut", "Toată", "Fără sfârșit", "Ciornă", "În viitor"]

    client = signed_in("Marketing")
    html = edit(client, plan).html
    for title in found:
        assert title in html
    assert "Alt an" not in html
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "Fără sfârșit" in home
    assert reverse("wagtailsnippets_campaigns_planyear:edit", args=[plan.pk]) in home


def test_many_drafts_cost_no_more_queries(site: PartnershipSite) -> None:
    sync_roles()
    days = {"starts_on": date(2026, 2, 1), "ends_on": date(2026, 3, 1)}
    add_campaign(site, "Ciornă", **days, live=False)
    counts = []
    for role in ("Marketing", "Auditor"):
        make_user(role, role)
    for _round in range(2):
        for role in ("Marketing", "Auditor"):
            user = get_user_model().objects.get(username=role)
            with CaptureQueriesContext(connection) as captured:
                shown, hidden = gaps_for(user, 2026)
            assert bool(shown) is (role == "Marketing")
            assert bool(hidden) is (role == "Auditor")
            counts.append(len(captured))
        for number in range(4):
            add_campaign(site, f"Ciornă {number}", **days, live=False)
    assert counts[:2] == counts[2:]


def test_home_says_nothing_of_gaps_without_a_plan_or_a_right(site: PartnershipSite) -> None:
    sync_roles()
    add_campaign(site, "Fără rând")
    marketing = make_user("m", "Marketing")
    assert unplanned_campaigns(marketing, moment()) == []
    plan = make_plan(2026)
    assert [item.title for item in unplanned_campaigns(marketing, moment())] == ["Fără rând"]
    # Drafts have titles that are not everybody's.
    add_campaign(site, "Ciornă", live=False)
    group = Group.objects.create(name="Planul")
    for codename in ("view_planyear", "change_planyear"):
        group.permissions.add(Permission.objects.get(codename=codename))
    planner = make_user("p", "Planul")
    assert [item.title for item in unplanned_campaigns(planner, moment())] == ["Fără rând"]
    # A form that is shown again has the year that was typed.
    form = edit(signed_in("Moderator"), plan)
    assert form.send(year="20266").status_code == 200
    for role in ("Partnership editor", "Registry clerk"):
        assert unplanned_campaigns(make_user(role, role), moment()) == []


# -- editing -----------------------------------------------------------------------------------------------------------


def test_rows_are_filled_in_together(site: PartnershipSite) -> None:
    client = signed_in("Moderator")
    objective = add_objective()
    form = add(client, PlanYear)
    for n in range(2):
        form.add_row(
            "rows",
            title_ro=f"Rândul {n}",
            title_en="",
            title_hu="",
            first_month="3",
            last_month="5",
            budget="none",
            objective=str(objective.pk),
            department="",
            channels="Afişe",
            campaign="",
            event_page="",
        )
    form.save(year="2026", is_public="on")
    plan = PlanYear.objects.get()
    assert plan.is_public
    assert [str(row) for row in plan.rows.all()] == ["Rândul 0", "Rândul 1"]
    # Written with comma below.
    assert plan.rows.all()[0].channels == "Afișe"


def test_row_that_ends_before_it_begins_is_refused_with_its_place(site: PartnershipSite) -> None:
    client = signed_in("Moderator")
    make_plan(2026)
    form = add(client, PlanYear)
    row = {"title_ro": "X", "title_en": "", "title_hu": "", "budget": "none", "channels": ""}
    form.add_row("rows", **row, first_month="5", last_month="3", objective="", department="")
    response = form.send(year="2026")
    assert set(errors(response)) >= {"year", "rows-0-last_month"}
    assert PlanYear.objects.count() == 1
    with pytest.raises(ValidationError):
        PlanRow(plan=PlanYear.objects.get(), title=text("X"), first_month=13).full_clean()


def test_showing_a_plan_is_the_moderators(site: PartnershipSite) -> None:
    plan = make_plan(2026, {}, is_public=False)
    form = edit(signed_in("Marketing"), plan)
    assert "is_public" not in form.names()
    form.save(note_ro="Aprobat", is_public="on")
    plan.refresh_from_db()
    assert (plan.is_public, plan.note["ro"]) == (False, "Aprobat")
    edit(signed_in("Moderator"), plan).save(is_public="on")
    plan.refresh_from_db()
    assert plan.is_public
    # Marketing goes on writing results into it.
    edit(signed_in_again("Marketing"), plan).save(note_ro="Altfel")
    plan.refresh_from_db()
    assert (plan.is_public, plan.note["ro"]) == (True, "Altfel")


def signed_in_again(role: str) -> Client:
    client = Client()
    client.force_login(make_user(f"{role}-2", role))
    return client


ROLES = ["Partnership editor", "Registry clerk", "Department officer", "Mayor's Cabinet", "Auditor"]


@pytest.mark.parametrize("role", ROLES)
def test_plans_are_closed_to_others(site: PartnershipSite, role: str) -> None:
    client = signed_in(role)
    plan = make_plan(2026, {"title": text("Secretul planului")}, is_public=False)
    base = "wagtailsnippets_campaigns_planyear"
    home = reverse("wagtailadmin_home")
    addresses = [
        reverse(f"{base}:list"),
        reverse(f"{base}:add"),
        *(
            reverse(f"{base}:{view}", args=[plan.pk])
            for view in ("edit", "delete", "history", "usage", "export", "to_next_year")
        ),
        reverse("plan_calendar"),
    ]
    for address in addresses:
        for response in (client.get(address), client.post(address)):
            assert response.status_code in {302, 403, 405}, address
            if response.status_code == 302:
                assert response["Location"] == home
            assert b"Secretul" not in response.content
        assert Client().get(address).status_code == 302
    response = client.post(reverse("plan_calendar_new"))
    assert response.status_code in {302, 403}
    assert not PlanToken.objects.exists()
    assert PlanYear.objects.count() == 1


def test_marketing_does_not_delete_plans(site: PartnershipSite) -> None:
    plan = make_plan(2026)
    client = signed_in("Marketing")
    client.post(reverse("wagtailsnippets_campaigns_planyear:delete", args=[plan.pk]))
    assert PlanYear.objects.exists()
    client = signed_in("Moderator")
    client.post(reverse("wagtailsnippets_campaigns_planyear:delete", args=[plan.pk]))
    assert not PlanYear.objects.exists()
