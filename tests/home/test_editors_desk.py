"""The editors' home: each is told what waits for him or her, nothing else, in as many queries whatever there is."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale, WorkflowState

from campaigns.enums import Stage
from cms.bulk_pages import insert_pages
from cms.desk import MOST
from cms.models import StandardPage
from events.models.imports import ImportedEvent, PartnerCalendar
from home.roles import ROLES, sync_roles
from tests.admin_forms import parse
from tests.campaigns.campaign_site import CampaignSite, standing_campaign_site
from tests.factories import EventPageFactory, StandardPageFactory, make_user
from tests.partnerships.partnership_site import PartnershipIndexPage, add_partnership
from tests.remembered import remembered_fixture

pytestmark = pytest.mark.django_db
SECRET = "Zgrunțuros"
MOST_QUERIES = 40


@remembered_fixture
def site(site_tree: Any, clock: Any) -> CampaignSite:
    found = standing_campaign_site()
    sync_roles()
    return found


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def home_of(user: Any) -> Any:
    """The elements of the admin's home, as `user` gets it."""
    response = browser(user).get("/admin/", headers={"Accept-Language": "en"})
    assert response.status_code == 200
    return parse(response.content)


def lists_of(user: Any) -> dict[str, list[str]]:
    """What the home names to `user`: the titles of each list, by its key, in the order of the page."""
    return {
        part["data-desk-list"]: [link.text for link in part.select(".desk-list__items a")]
        for part in home_of(user).select("[data-desk-list]")
    }


def words_in(user: Any, key: str) -> str:
    part = home_of(user).select_one(f"[data-desk-list={key}]")
    return " ".join(part.get_text(" ").split())


def draft_of(site: CampaignSite, user: Any, title: str = "Ciornă", **values: Any) -> Any:
    page = StandardPageFactory(
        parent=site.calendar.get_parent(), title=title, live=False, owner=user, **values
    )
    page.save_revision(user=user)
    return StandardPage.objects.get(pk=page.pk)


def submitted(page: Any, user: Any, clock: Any = None) -> WorkflowState:
    state: WorkflowState = page.get_workflow().start(page, user)
    return state


# -- not theirs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role", [role.name for role in ROLES if role.name not in {"Marketing", "Moderator"}]
)
def test_nothing_of_others_is_named(site: CampaignSite, role: str) -> None:
    author = make_user("autor", "Marketing")
    draft_of(site, author, f"{SECRET} ciornă")
    submitted(draft_of(site, author, f"{SECRET} trimisă"), author)
    page = draft_of(site, author, f"{SECRET} programată")
    page.save_revision(approved_go_live_at=timezone.now() + timedelta(days=3))
    StandardPageFactory(
        parent=site.calendar.get_parent(),
        title=f"{SECRET} expiră",
        expire_at=timezone.now() + timedelta(days=3),
    )
    site.campaign(languages="", slug="inchisa", title=f"{SECRET} campanie", stage=Stage.CLOSED)
    PartnerCalendar.objects.create(
        name=f"{SECRET} calendar", url="https://example.org/a.ics", last_status="fails"
    )
    assert SECRET not in home_of(make_user("altcineva", role)).get_text()


def test_drafts_and_returned_pages_are_told_to_their_author_alone(site: CampaignSite) -> None:
    author, other = make_user("autor", "Marketing"), make_user("coleg", "Marketing")
    draft_of(site, author, f"{SECRET} ciornă")
    state = submitted(draft_of(site, author, f"{SECRET} trimisă"), author)
    state.current_task_state.reject(user=make_user("m", "Moderator"), comment="Nu așa.")
    assert SECRET not in home_of(other).get_text()
    assert lists_of(author) == {
        "sent-back": [f"{SECRET} trimisă"],
        "my-drafts": [f"{SECRET} ciornă"],
    }


def test_what_one_may_edit_no_more_is_not_told(site: CampaignSite) -> None:
    author = make_user("autor", "Marketing")
    draft_of(site, author, f"{SECRET} ciornă")
    author.groups.clear()
    author.groups.add(Group.objects.get(name="Auditor"))
    assert "my-drafts" not in lists_of(author)


# -- workflow ------------------------------------------------------------------------------------------------------


def test_moderators_review_the_longest_waiting_first(site: CampaignSite, clock: Any) -> None:
    author = make_user("autor", "Marketing")
    author.first_name, author.last_name = "Mara", "Exemplu"
    author.save()
    submitted(draft_of(site, author, "Prima"), author)
    clock.shift(timedelta(hours=2))
    submitted(draft_of(site, author, "A doua"), author)
    moderator = make_user("m", "Moderator")
    assert lists_of(moderator)["to-review"] == ["Prima", "A doua"]
    assert "Mara Exemplu" in words_in(moderator, "to-review")
    assert lists_of(author) == {"submitted": ["Prima", "A doua"]}
    assert not home_of(moderator).select("#desk-to-review.desk-list--urgent")
    clock.shift(timedelta(days=4))
    assert home_of(moderator).select("#desk-to-review.desk-list--urgent")


def test_who_submitted_it_reads_why_it_came_back(site: CampaignSite) -> None:
    author = make_user("autor", "Marketing")
    page = draft_of(site, author, "Trimisă")
    state = submitted(page, author)
    state.current_task_state.reject(user=make_user("m", "Moderator"), comment="Lipsește\nora.")
    assert "“Lipsește ora.”" in words_in(author, "sent-back")
    state.refresh_from_db()
    state.resume(user=author)
    assert lists_of(author) == {"submitted": ["Trimisă"]}


def test_pages_in_a_list_lead_to_their_editor_and_only_some_are_shown(site: CampaignSite) -> None:
    author = make_user("autor", "Marketing")
    for n in range(11):
        draft_of(site, author, f"Ciorna {n}")
    part = home_of(author).select_one("#desk-my-drafts")
    links = part.select(".desk-list__items a")
    assert len(links) == 8
    assert part.select_one(".desk-list__count").text == "11"
    assert browser(author).get(links[0]["href"]).status_code == 200


def test_wagtails_panels_do_not_say_it_again(site: CampaignSite) -> None:
    author, moderator = make_user("autor", "Marketing"), make_user("m", "Moderator")
    page = draft_of(site, author, "Trimisă")
    browser(author).get(f"/admin/pages/{page.pk}/edit/")
    submitted(page, author)
    for user in (author, moderator):
        assert home_of(user).select_one("main").get_text().count("Trimisă") == 1
    page.locked, page.locked_by, page.locked_at = True, moderator, timezone.now()
    page.save()
    assert home_of(moderator).select("#locked-pages-section")


# -- by date -------------------------------------------------------------------------------------------------------


def test_what_comes_and_goes_is_told_by_its_date(site: CampaignSite, clock: Any) -> None:
    author, moderator = make_user("autor", "Marketing"), make_user("m", "Moderator")
    home = site.calendar.get_parent()
    for title, days in (("Expiră", 9), ("Expiră târziu", 20)):
        StandardPageFactory(
            parent=home, title=title, expire_at=timezone.now() + timedelta(days=days)
        )
    draft_of(site, author, "Vine").save_revision(
        user=author, approved_go_live_at=timezone.now() + timedelta(days=2)
    )
    assert lists_of(moderator)["comes-and-goes"] == ["Vine", "Expiră"]
    assert "my-drafts" not in lists_of(author)
    assert not home_of(moderator).select("#desk-comes-and-goes.desk-list--urgent")
    clock.shift(timedelta(days=3))
    # Nobody ran pages_tick.
    assert home_of(moderator).select("#desk-comes-and-goes.desk-list--urgent")


# -- of the apps ---------------------------------------------------------------------------------------------------


def test_calendars_that_fail_and_their_drafts_are_the_moderators(site: CampaignSite) -> None:
    calendar = PartnerCalendar.objects.create(
        name="Teatrul",
        url="https://example.org/a.ics",
        last_status="fails",
        last_run_at=timezone.now(),
        last_message={"code": "bad_answer", "params": {"host": "example.org"}},
    )
    PartnerCalendar.objects.create(
        name="Oprit", url="https://example.org/b.ics", last_status="fails", enabled=False
    )
    PartnerCalendar.objects.create(
        name="Merge", url="https://example.org/c.ics", last_status="works"
    )
    for title, last_day in (("Premiera", date(2026, 12, 1)), ("Trecută", date(2026, 11, 1))):
        page = EventPageFactory(parent=site.calendar, title=title, live=False)
        ImportedEvent.objects.create(
            calendar=calendar,
            uid=title,
            digest="x",
            page=page,
            last_day=last_day,
            seen_at=timezone.now(),
        )
    found = lists_of(make_user("m", "Moderator"))
    assert found["failing-calendars"] == ["Teatrul"]
    assert found["imported-drafts"] == ["Premiera"]
    # What is urgent stands first.
    assert list(found)[:2] == ["calendar-year", "failing-calendars"]
    assert not {"failing-calendars", "imported-drafts"} & set(lists_of(make_user("a", "Marketing")))


def test_campaigns_ask_for_what_is_missing(site: CampaignSite) -> None:
    site.campaign(languages="", slug="trecuta", ends_on=date(2026, 11, 20))
    site.campaign(languages="", slug="anuntata", stage=Stage.TEASER)
    found = lists_of(make_user("a", "Marketing"))
    assert found == {"late-teasers": ["Anuntata"], "campaigns-to-evaluate": ["Trecuta"]}


def test_partnerships_that_end_are_told_with_their_day(site: CampaignSite) -> None:
    index = PartnershipIndexPage(title="Parteneriate", slug="parteneriate")
    site.calendar.get_parent().add_child(instance=index)
    sync_roles()
    ends: Any = SimpleNamespace(partnerships=index)
    add_partnership(ends, "Acordul", ends_on=date(2026, 12, 24))
    editor = make_user("p", "Partnership editor")
    assert lists_of(editor) == {"ending-partnerships": ["Acordul"]}
    assert "24" in words_in(editor, "ending-partnerships")


# -- nothing waits -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "begins"),
    [
        ("Marketing", ["event", "campaign", "news"]),
        ("Auditor", []),
    ],
)
def test_an_empty_desk_says_so_and_what_to_begin(
    site: CampaignSite, role: str, begins: list[str]
) -> None:
    user = make_user("x", role)
    html = home_of(user)
    assert not html.select("[data-desk-list]")
    assert bool(html.select(".desk__nothing")) is (role == "Marketing")
    links = [link["href"] for link in html.select(".desk__actions a")]
    assert all(browser(user).get(link).status_code == 200 for link in links)
    assert [word for word in begins if any(word in link for link in links)] == begins


@pytest.mark.parametrize("role", [role.name for role in ROLES])
def test_what_may_be_begun_opens(site: CampaignSite, role: str) -> None:
    user = make_user("x", role)
    links = home_of(user).select(".desk__actions a")
    assert len(links) <= 4
    for link in links:
        assert browser(user).get(link["href"]).status_code == 200, link.text


# -- queries -------------------------------------------------------------------------------------------------------


def grow(
    site: CampaignSite, number: int, author: Any, moderator: Any, *, works: int = MOST + 2
) -> None:
    """`number` pages, some of which expire, and `works` of each: drafts, submitted, sent back, scheduled, the rest."""
    home: Any = site.calendar.get_parent().specific
    start = StandardPage.objects.count()
    locale = Locale.objects.get(language_code="ro")
    insert_pages(
        home,
        [
            StandardPage(
                locale=locale,
                title=f"Pagina {n}",
                slug=f"pagina-{n}",
                expire_at=timezone.now() + timedelta(days=n % 30) if n % 5 == 0 else None,
            )
            for n in range(start, start + number)
        ],
    )
    for n in range(works):
        draft_of(site, author, f"Ciorna {start}-{n}")
        state = submitted(draft_of(site, author, f"Trimisa {start}-{n}"), author)
        if n % 2:
            state.current_task_state.reject(user=moderator, comment="Nu.")
        draft_of(site, author, f"Programata {start}-{n}").save_revision(
            user=author, approved_go_live_at=timezone.now() + timedelta(days=2)
        )
        site.campaign(languages="", slug=f"peste-{start}-{n}", ends_on=date(2026, 11, 20))
        site.campaign(languages="", slug=f"teaser-{start}-{n}", stage=Stage.TEASER)
        PartnerCalendar.objects.create(
            name=f"Calendar {start}-{n}",
            url=f"https://example.org/{start}-{n}.ics",
            last_status="fails",
        )


def cost(user: Any) -> int:
    client = browser(user)
    client.get("/admin/")
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/admin/").status_code == 200
    return len(captured)


@pytest.mark.engines
def test_it_takes_as_many_queries_whatever_there_is(
    site: CampaignSite, demo_roles: dict[str, Any]
) -> None:
    author, moderator = demo_roles["Marketing"], demo_roles["Moderator"]
    # More than a list shows: what is counted besides is counted here as well.
    grow(site, 400, author, moderator)
    few = {role: cost(user) for role, user in demo_roles.items()}
    grow(site, 400, author, moderator, works=4)
    cache.clear()
    many = {role: cost(user) for role, user in demo_roles.items()}
    assert many == few
    assert max(many.values()) <= MOST_QUERIES, many


@pytest.fixture
def demo_roles(site: CampaignSite) -> dict[str, Any]:
    """Somebody of each role, and an administrator."""
    return {
        **{role.name: make_user(f"om-{n}", role.name) for n, role in enumerate(ROLES)},
        "admin": make_user("sef", superuser=True),
    }
