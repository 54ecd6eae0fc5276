"""Links of public pages: found where they stand, asked for politely, called broken only when they surely are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any, cast
from unittest import mock

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.models import Page

from cms.blocks import BodyBlock
from events.importing.problems import ImportProblem
from home.links.checker import Limits, Run, agent, check_links, due_links
from home.links.collect import collect
from home.links.extract import Found, links_in_block, links_in_html
from home.links.inside import check_inside
from home.links.models import CheckedLink, LinkUse, ScannedPage
from home.links.reasons import reason
from home.links.report import broken_links
from home.links.verdicts import (
    Outcome,
    Standing,
    State,
    after,
    is_reserved,
    outcome_of_problem,
    outcome_of_status,
)
from home.roles import sync_roles
from home.upkeep.models import UpkeepTurn
from home.upkeep.turns import take_turn
from tests.factories import EventPageFactory, StandardPageFactory, make_user
from tests.many_pages import add_many
from tests.partnerships.partnership_site import PartnershipSite, add_partnership, partnership_site
from tests.remembered import remembered_fixture

ZONE = timezone.get_default_timezone()
NOW = datetime(2026, 11, 23, 10, tzinfo=ZONE)
TODAY = date(2026, 11, 23)
SECRET = "Zgrunțuros"


# -- where links stand -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="https://a.ro/x#sus">Aici <b>și</b>  acolo</a>', [Found("https://a.ro/x", words="Aici și acolo")]),
        ('<a linktype="page" id="7">pagina</a>', [Found(page=7, words="pagina")]),
        ('<a linktype="document" id="8">fișa</a>', [Found(document=8, words="fișa")]),
        ('<a href="HTTPS://A.ro/?a=1&amp;b=2">x</a>', [Found("HTTPS://A.ro/?a=1&b=2", words="x")]),
        ('<a href="mailto:a@b.ro">x</a><a href="tel:1">y</a><a href="#jos">z</a><a>w</a>', []),
        ('<a linktype="page" id="x">rău</a><a linktype="page">rău</a>', []),
        ('<a href="https://a.ro">neînchis', []),
        ("fără", []),
    ],
)  # fmt: skip
def test_links_of_rich_text(html: str, expected: list[Found]) -> None:
    assert links_in_html(html) == expected


def test_links_of_blocks_by_what_the_blocks_are() -> None:
    def item(value: Any) -> Any:
        return {"type": "item", "id": "1", "value": value}

    body = [
        {"type": "paragraph", "value": '<p><a href="https://a.ro">a</a></p>'},
        {
            "type": "accordion",
            "value": [item({"title": "T", "text": '<a linktype="page" id="3">b</a>'})],
        },
        {
            "type": "links",
            "value": [
                item({"page": 4, "url": "", "title": "Pagina"}),
                item({"page": None, "url": "https://b.ro", "title": "Altundeva"}),
                # As Wagtail wrote lists before 2.16.
                {"page": None, "url": "https://c.ro", "title": ""},
            ],
        },
        {"type": "documents", "value": [item(5)]},
        {"type": "heading", "value": "https://nu.ro"},
        {"type": "necunoscut", "value": "https://nu.ro"},
        {"type": "links", "value": None},
        "stricat",
    ]
    assert list(links_in_block(BodyBlock(), body)) == [
        Found("https://a.ro/", words="a"),
        Found(page=3, words="b"),
        Found(page=4, words="Pagina"),
        Found("https://b.ro/", words="Altundeva"),
        Found("https://c.ro/"),
        Found(document=5),
    ]


# -- what an answer means ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.ANSWERED),
        (304, Outcome.ANSWERED),
        (404, Outcome.GONE),
        (410, Outcome.GONE),
        *((status, Outcome.UNSURE) for status in (400, 401, 403, 429, 500, 503, 999)),
    ],
)
def test_what_a_status_says(status: int, outcome: Outcome) -> None:
    assert outcome_of_status(status) is outcome


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("unknown_host", Outcome.GONE),
        ("too_slow", Outcome.UNSURE),
        ("no_connection", Outcome.UNSURE),
        ("no_names", Outcome.UNSURE),
        ("certificate", Outcome.UNSURE),
        ("not_public", Outcome.LEFT_OUT),
        ("userinfo", Outcome.LEFT_OUT),
        ("something new", Outcome.UNSURE),
    ],
)
def test_what_a_failure_says(code: str, outcome: Outcome) -> None:
    assert outcome_of_problem(code) is outcome


def test_a_link_is_broken_after_failures_on_three_days() -> None:
    standing = Standing()
    for day, times, state in ((0, 5, State.FAILING), (1, 3, State.FAILING), (4, 1, State.BROKEN)):
        for hour in range(times):
            now = NOW + timedelta(days=day, hours=hour)
            standing = after(standing, Outcome.GONE, now, now.date())
            assert standing.state is state
    assert (standing.failing_since, standing.failed_days) == (NOW, 3)
    later = NOW + timedelta(days=9)
    # Busy or slow today: no proof that it is back.
    assert after(standing, Outcome.UNSURE, later, later.date()) is standing
    assert after(standing, Outcome.ANSWERED, later, later.date()) == Standing(State.FINE)
    assert after(standing, Outcome.LEFT_OUT, later, later.date()) == Standing(State.LEFT_OUT)


def test_what_is_only_unsure_is_never_broken() -> None:
    standing = Standing()
    for day in range(30):
        now = NOW + timedelta(days=day)
        standing = after(standing, Outcome.UNSURE, now, now.date())
    assert standing == Standing(State.UNSURE)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/a", True),
        ("https://WWW.Example.COM./", True),
        ("https://primarie.test/", True),
        ("https://examples.org/", False),
        ("https://example.org.ro/", False),
        ("https://[rău/", False),
    ],
)
def test_examples_are_nobodys_pages(url: str, expected: bool) -> None:
    assert is_reserved(url) is expected


# -- collecting --------------------------------------------------------------------------------------------------------


@remembered_fixture
def site(db: None, clock: Any, site_tree: Any) -> PartnershipSite:
    found = partnership_site()
    sync_roles()
    return found


def anchor(url: str, words: str = "aici") -> str:
    return f'<p data-block-key="a1"><a href="{url}">{words}</a></p>'


def a_page(site: PartnershipSite, *urls: str, title: str = "Pagina", **values: Any) -> Any:
    values.setdefault("slug", f"pagina-{Page.objects.count()}")
    page = StandardPageFactory(parent=site.home, title=title, **values)
    page.body = [{"type": "paragraph", "value": anchor(url)} for url in urls]
    page.save_revision().publish()
    return Page.objects.get(pk=page.pk)


def known() -> dict[str, str]:
    """Address → state of the links on the web."""
    return dict(CheckedLink.objects.filter(kind="web").values_list("url", "state"))


def asked(site: PartnershipSite, ask: Callable[[str], int], **limits: Any) -> Run:
    """A run in which nobody waits."""
    return check_links(Limits(**limits), ask=ask, sleep=lambda seconds: None)


def answer(**by_host: Any) -> Callable[[str], int]:
    """Answers by the first label of the host: a status, or the code of a failure; 200 for others."""

    def ask(url: str) -> int:
        said = by_host.get(url.split("//")[1].split(".")[0], 200)
        if isinstance(said, str):
            raise ImportProblem(said, host=url)
        return int(said)

    return ask


def test_only_public_pages_are_read_and_only_once(site: PartnershipSite, clock: Any) -> None:
    page = a_page(site, "https://a.ro", "https://a.ro/#sus", "https://b.ro")
    draft = StandardPageFactory(parent=site.home, live=False)
    draft.body = [{"type": "paragraph", "value": anchor("https://ciorna.ro")}]
    draft.save_revision()
    closed = a_page(site, "https://inchis.ro")
    closed.view_restrictions.create(restriction_type="login")
    EventPageFactory(parent=site.calendar, booking_url="https://bilete.ro/x")
    clock.shift(timedelta(minutes=1))
    assert collect(timezone.now()) > 2
    assert set(known()) == {"https://a.ro/", "https://b.ro/", "https://bilete.ro/x"}
    assert LinkUse.objects.filter(page=page).count() == 2
    clock.shift(timedelta(minutes=1))
    assert collect(timezone.now()) == 0
    # A draft changes nothing; a publication does.
    specific = page.specific
    specific.body = [{"type": "paragraph", "value": anchor("https://c.ro")}]
    revision = specific.save_revision()
    assert collect(timezone.now()) == 0
    revision.publish()
    clock.shift(timedelta(minutes=1))
    assert collect(timezone.now()) == 1
    assert set(known()) == {"https://c.ro/", "https://bilete.ro/x"}


def test_collecting_costs_the_same_for_many_links(site: PartnershipSite) -> None:
    a_page(site, "https://a.ro")

    def counted() -> int:
        ScannedPage.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            collect(timezone.now())
        return len(captured)

    counted()
    few = counted()
    for number in range(3):
        a_page(site, *(f"https://h{number}.ro/{n}" for n in range(20)))
    assert counted() == few
    assert len(known()) == 61


def test_what_cannot_be_an_address_breaks_nothing(site: PartnershipSite) -> None:
    a_page(site, "https://[rău/", f"https://lung.ro/{'x' * 5000}", "http://10.0.0.1/")
    run = check_links(Limits(), sleep=lambda seconds: None)
    assert run.asked == 3
    assert CheckedLink.objects.get(url="http://10.0.0.1/").state == State.LEFT_OUT


# -- asking ------------------------------------------------------------------------------------------------------------


def test_a_link_is_broken_on_the_third_day_and_fine_once_it_answers(
    site: PartnershipSite, clock: Any
) -> None:
    a_page(site, "https://mort.ro/a", "https://viu.ro/")
    first = timezone.now()
    for day, state in ((0, "failing"), (1, "failing"), (2, "broken")):
        clock.move_to(first + timedelta(days=day))
        asked(site, answer(mort=404))
        # At once again, nothing is due.
        assert asked(site, answer(mort=404)).asked == 0
        assert known() == {"https://mort.ro/a": state, "https://viu.ro/": "fine"}
    link = CheckedLink.objects.get(url="https://mort.ro/a")
    assert (link.failing_since, link.status) == (first, 404)
    assert "404" in reason(link)
    clock.move_to(first + timedelta(days=5))
    asked(site, answer(mort="too_slow"))
    link.refresh_from_db()
    assert (link.state, link.status) == ("broken", 404)
    clock.move_to(first + timedelta(days=10))
    asked(site, answer())
    link.refresh_from_db()
    assert (link.state, link.failing_since, link.failed_days) == ("fine", None, 0)


def test_limits_of_a_run(site: PartnershipSite) -> None:
    a_page(site, *(f"https://a.ro/{n}" for n in range(8)), "https://b.ro/", "https://c.ro/")
    collect(timezone.now())
    seen: list[str] = []

    def ask(url: str) -> int:
        seen.append(url)
        return 200

    asked(site, ask, links=6, per_host=3)
    assert sum("//a.ro" in url for url in seen) <= 3
    assert len(seen) <= 5
    # The hosts take turns.
    assert [url.split("/")[2] for url in seen[:3]].count("a.ro") == 1
    seen.clear()
    asked(site, ask, links=2, per_host=3)
    assert len(seen) == 2
    assert not due_links(Limits(links=0), timezone.now())


def test_one_host_is_asked_slowly_and_the_run_ends_in_time(site: PartnershipSite) -> None:
    a_page(site, *(f"https://a.ro/{n}" for n in range(5)))
    seconds = [0.0]
    waits: list[float] = []

    def sleep(time: float) -> None:
        waits.append(time)
        seconds[0] += time

    def ask(url: str) -> int:
        seconds[0] += 1
        return 200

    run = check_links(Limits(pause=2.0, seconds=7), ask=ask, sleep=sleep, clock=lambda: seconds[0])
    assert waits == [2.0, 2.0]
    assert run.asked == 3


def test_without_the_internet_nothing_is_concluded_and_little_is_asked(
    site: PartnershipSite, clock: Any
) -> None:
    a_page(site, *(f"https://h{n}.ro/" for n in range(20)))
    for day in range(5):
        clock.move_to(NOW + timedelta(days=day))
        run = asked(site, answer(**{f"h{n}": "unknown_host" for n in range(20)}))
        assert run.offline
        assert run.asked == 3
    assert set(known().values()) == {"new"}


def test_a_name_that_is_not_found_counts_only_where_others_answer(
    site: PartnershipSite, clock: Any
) -> None:
    a_page(site, "https://mort.ro/")
    for day in range(4):
        clock.move_to(NOW + timedelta(days=day))
        asked(site, answer(mort="unknown_host"))
    assert known()["https://mort.ro/"] == "unsure"
    a_page(site, *(f"https://viu.ro/{n}" for n in range(9)), title="Alta")
    for day in range(4, 7):
        clock.move_to(NOW + timedelta(days=day))
        CheckedLink.objects.update(check_after=timezone.now())
        asked(site, answer(mort="unknown_host"))
    assert known()["https://mort.ro/"] == "broken"
    assert "mort.ro" in reason(CheckedLink.objects.get(url="https://mort.ro/"))


def test_vanished_servers_alone_in_a_run_are_told_from_being_cut_off(
    site: PartnershipSite, clock: Any
) -> None:
    dead = {f"mort{n}": "unknown_host" for n in range(3)}
    a_page(site, "https://viu.ro/")
    asked(site, answer())
    a_page(site, *(f"https://{name}.ro/" for name in dead), title="Alta")
    states = []
    for day in range(1, 4):
        clock.move_to(NOW + timedelta(days=day))
        run = asked(site, answer(**dead))
        # The one that was fine lately is asked as well.
        assert (run.asked, run.offline) == (4, False)
        states.append(known())
    assert [found["https://mort0.ro/"] for found in states] == ["failing", "failing", "broken"]
    assert states[-1]["https://viu.ro/"] == "fine"
    # One alone, and the control is silent: nothing is concluded.
    a_page(site, "https://nou.ro/", title="A treia")
    clock.move_to(NOW + timedelta(days=4))
    asked(site, answer(nou="unknown_host", viu="no_connection"))
    assert (known()["https://nou.ro/"], known()["https://viu.ro/"]) == ("unsure", "fine")


def test_dead_servers_do_not_stand_first_in_every_run(site: PartnershipSite, clock: Any) -> None:
    a_page(site, *(f"https://mort{n}.ro/" for n in range(3)), "https://viu.ro/")
    dead = answer(**{f"mort{n}": "no_connection" for n in range(3)})
    collect(timezone.now())
    early = CheckedLink.objects.exclude(host="viu.ro")
    early.update(check_after=timezone.now() - timedelta(days=1))
    clock.shift(timedelta(minutes=1))
    assert asked(site, dead).offline
    assert asked(site, dead).asked == 1
    assert known()["https://viu.ro/"] == "fine"
    assert not early.filter(check_after__gt=timezone.now() + timedelta(hours=1)).exists()


def test_examples_are_not_asked_for(site: PartnershipSite) -> None:
    a_page(site, "https://example.org/bilete")
    assert asked(site, answer()).asked == 0
    assert known() == {"https://example.org/bilete": "left_out"}


def test_links_of_pages_taken_down_are_left_in_peace(site: PartnershipSite) -> None:
    page = a_page(site, "https://a.ro/")
    collect(timezone.now())
    Page.objects.get(pk=page.pk).specific.unpublish()
    assert asked(site, answer()).asked == 0


def test_two_at_once_are_one(site: PartnershipSite) -> None:
    a_page(site, "https://a.ro/")
    with take_turn("links", 60) as mine:
        assert mine
        run = asked(site, answer())
        assert run.busy
        assert known() == {}
    assert asked(site, answer()).asked == 1


def test_a_turn_of_a_process_that_died_ends(site: PartnershipSite, clock: Any) -> None:
    UpkeepTurn.objects.create(name="links", lease_until=timezone.now() + timedelta(seconds=60))
    assert asked(site, answer()).busy
    clock.shift(timedelta(seconds=61))
    assert not asked(site, answer()).busy


def test_an_error_gives_the_turn_back(site: PartnershipSite) -> None:
    a_page(site, "https://a.ro/")
    with pytest.raises(ZeroDivisionError):
        asked(site, lambda url: 1 // 0)
    assert not asked(site, answer()).busy


def test_the_command_says_what_it_did_and_who_asks(site: PartnershipSite, settings: Any) -> None:
    settings.AGORA_BASE_URL = "https://primarie.ro"
    a_page(site, "https://a.ro/")
    out = StringIO()
    with mock.patch("home.links.checker.probe", return_value=200) as probe:
        call_command("check_links", links=5, stdout=out)
    assert probe.call_args.kwargs["agent"] == agent()
    assert "https://primarie.ro/" in agent()
    assert "1 addresses asked, 0 broken" in out.getvalue()


# -- inside the site ---------------------------------------------------------------------------------------------------


def test_links_to_pages_and_documents_that_are_not_there(site: PartnershipSite) -> None:
    gone = StandardPageFactory(parent=site.home, slug="dusa")
    down = StandardPageFactory(parent=site.home, slug="jos")
    fine = StandardPageFactory(parent=site.home, slug="buna")
    document = Document.objects.create(title="Fișa", file=ContentFile(b"%PDF", "f.pdf"))
    html = "".join(
        f'<p data-block-key="k{n}"><a linktype="{kind}" id="{target.pk}">{words}</a></p>'
        for n, (kind, target, words) in enumerate(
            [
                ("page", gone, "dusă"),
                ("page", down, "jos"),
                ("page", fine, "bună"),
                ("document", document, "fișa"),
            ]
        )
    )
    page = StandardPageFactory(parent=site.home)
    page.body = [{"type": "paragraph", "value": html}]
    page.save_revision().publish()
    collect(timezone.now())
    assert check_inside(timezone.now()) == 0
    gone.delete()
    Page.objects.get(pk=down.pk).specific.unpublish()
    document.delete()
    since = timezone.now()
    assert check_inside(since) == 3
    assert check_inside(since + timedelta(days=3)) == 3
    found = {
        use.words: (use.link.state, use.link.code, use.link.failing_since)
        for use in LinkUse.objects.filter(page=page).select_related("link")
    }
    assert found == {
        "dusă": ("broken", "deleted", since),
        "jos": ("broken", "unpublished", since),
        "bună": ("fine", "", None),
        "fișa": ("broken", "no_document", since),
    }
    Page.objects.get(pk=down.pk).specific.save_revision().publish()
    assert check_inside(since) == 2


# -- the report --------------------------------------------------------------------------------------------------------


def client_of(role: str = "") -> Client:
    client = Client()
    client.force_login(make_user(role or "admin", *([role] if role else []), superuser=not role))
    return client


def broken(page: Any, url: str, words: str = "aici", **values: Any) -> LinkUse:
    values = {"state": "broken", "code": "status", "status": 404, "failing_since": NOW, **values}
    link = CheckedLink.objects.create(
        digest=CheckedLink.digest_of("web", url, None), url=url, host="x", check_after=NOW, **values
    )
    return LinkUse.objects.create(link=link, page_id=page.pk, words=words)


def rows(client: Client, query: str = "") -> list[str]:
    response = client.get(f"{reverse('broken_links')}{query}")
    assert response.status_code == 200
    return [use.link.url for use in response.context["object_list"]]


@pytest.mark.parametrize("role", ["Registry clerk", "Auditor", "Mayor's Cabinet"])
def test_report_is_closed_to_who_edits_no_pages(site: PartnershipSite, role: str) -> None:
    client = client_of(role)
    for name in ("broken_links", "broken_links_results"):
        assert client.get(reverse(name)).status_code in {302, 403}


def test_report_and_home_show_each_his_own(site: PartnershipSite) -> None:
    agreement = add_partnership(site, "Acord")
    page = a_page(site, title=f"{SECRET} pagină")
    broken(agreement, "https://a.ro/")
    broken(page, "https://b.ro/")
    editor = client_of("Partnership editor")
    assert rows(editor) == ["https://a.ro/"]
    html = editor.get(reverse("broken_links")).content.decode()
    assert SECRET not in html
    assert "404" in html
    for kind in ("csv", "xlsx"):
        response = editor.get(f"{reverse('broken_links')}?export={kind}")
        body = b"".join(cast("Any", response).streaming_content)
        assert body
        assert b"b.ro" not in body
    assert len(rows(client_of("Moderator"))) == 2


def test_report_is_filtered_and_broken_ones_come_first(site: PartnershipSite) -> None:
    page = a_page(site)
    broken(page, "https://nou.ro/", failing_since=NOW)
    broken(page, "https://vechi.ro/", failing_since=NOW - timedelta(days=9))
    broken(page, "https://poate.ro/", state="unsure", code="too_slow", failing_since=None)
    down = a_page(site, title="Jos", slug="jos")
    broken(down, "https://jos.ro/")
    Page.objects.get(pk=down.pk).specific.unpublish()
    client = client_of()
    assert rows(client) == ["https://vechi.ro/", "https://nou.ro/"]
    assert rows(client, "?state=unsure") == ["https://poate.ro/"]
    assert rows(client, "?url=vechi") == ["https://vechi.ro/"]
    assert rows(client, "?kind=page") == []
    assert client.get(f"{reverse('broken_links')}?state=x&kind=y&p=z").status_code == 200


def request_of(user: Any) -> HttpRequest:
    request = RequestFactory().get("/admin/")
    request.user = type(user).objects.get(pk=user.pk)
    return request


def test_home_lists_broken_links(site: PartnershipSite) -> None:
    page = a_page(site, title="Pagina mea")
    broken(page, "https://a.ro/", words="orarul")
    found = broken_links(request_of(make_user("matei", "Moderator")))
    assert found is not None
    assert found.urgent
    item = found.items[0]
    assert (item.title, item.url) == (
        "Pagina mea",
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
    )
    assert "orarul" in item.words
    for role in ("Partnership editor", "Registry clerk"):
        assert broken_links(request_of(make_user(role, role))) is None


def test_report_and_home_cost_the_same_with_many(site: PartnershipSite) -> None:
    user = make_user("matei", "Moderator")
    client = Client()
    client.force_login(user)
    broken(a_page(site), "https://a.ro/")

    def counted() -> list[int]:
        found = []
        for action in (
            lambda: client.get(reverse("broken_links")),
            lambda: client.get(f"{reverse('broken_links')}?export=csv"),
            lambda: broken_links(request_of(user)),
        ):
            with CaptureQueriesContext(connection) as captured:
                action()
            found.append(len(captured))
        return found

    counted()
    few = counted()
    for number, page in enumerate(add_many(site.home, 100, NOW)):
        broken(page, f"https://h{number}.ro/")
    assert counted() == few
    assert few[-1] <= 3
