"""An import writes all of it or nothing, finds its events again and respects what editors decided."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from events.enums import ChangeKind, State
from events.importing import services
from events.importing.fetch import Fetched
from events.importing.problems import ImportProblem
from events.importing.services import Source, apply, dry_run, fingerprint, may_import, run
from events.models import Event, EventPage, Occurrence
from events.models.imports import ImportedEvent, PartnerCalendar, PendingImport
from home.roles import sync_roles
from tests.events.importing.test_reader import calendar as ics
from tests.events.importing.test_reader import event
from tests.factories import (
    CategoryFactory,
    LocationFactory,
    OrganisationFactory,
    make_calendar,
    make_user,
    text,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

URL = "https://example.org/calendar.ics"


@pytest.fixture
def index(site_tree: Any) -> Any:
    sync_roles()
    return make_calendar()


def partner(**kwargs: Any) -> PartnerCalendar:
    values = {"name": "Teatrul de probă", "url": URL, **kwargs}
    return PartnerCalendar.objects.create(**values)


def server(data: bytes, etag: str = "") -> Callable[..., Fetched]:
    """Stands for the network: what is at the partner's address."""

    def fetch(url: str, *, etag: str = "") -> Fetched:
        assert url == URL
        if etag and etag == served_etag:
            return Fetched(b"", etag, unchanged=True, url=url)
        return Fetched(data, served_etag, unchanged=False, url=url)

    served_etag = etag
    return fetch


def fetched(calendar: PartnerCalendar, *events: str) -> Source:
    return Source(ics(*events), calendar.name, calendar, fetched=True)


def csv(*rows: str) -> Source:
    return Source("\n".join(rows).encode(), "events.csv")


def page(title: str = "Concert") -> EventPage:
    found: EventPage = EventPage.objects.get(draft_title=title)
    return found


def draft(title: str = "Concert") -> EventPage:
    """As editors see it."""
    found: EventPage = page(title).get_latest_revision_as_object()
    return found


# -- what is written ---------------------------------------------------------------------------------------------------


def test_a_dry_run_writes_nothing(index):
    calendar = partner()
    plan = dry_run(fetched(calendar, event()))
    assert plan.counts["new"] == 1
    assert not EventPage.objects.exists()
    assert not ImportedEvent.objects.exists()
    calendar.refresh_from_db()
    assert calendar.last_run_at is None


def test_events_of_a_partner_arrive_as_drafts(index):
    theatre = OrganisationFactory()
    category = CategoryFactory(slug="theatre", name=text("Teatru", "Theatre"))
    calendar = partner(organisation=theatre, category=category)
    apply(
        fetched(
            calendar,
            event(
                "DTEND:20261203T200000",
                "RRULE:FREQ=WEEKLY;COUNT=5",
                "EXDATE:20261210T180000",
                "DESCRIPTION:Primul rând.\\n\\nAl <doilea> rând & gata.",
                "LOCATION:Sala <b>mare</b>",
                "URL:https://example.org/concert?a=1&b=2",
                "STATUS:TENTATIVE",
                "COMMENT:Se confirmă",
            ),
            event(
                "RECURRENCE-ID:20261217T180000",
                "DTEND:20261218T200000",
                start="DTSTART:20261218T180000",
            ),
        )
    )
    found = draft()
    assert not page().live
    assert page().get_parent().pk == index.pk
    assert not Event.objects.exists()
    assert (found.slug, found.summary) == ("concert", "Primul rând.")
    assert (found.start_date, found.start_time) == (date(2026, 12, 3), time(18))
    assert (found.state, found.state_reason) == (State.TENTATIVE, text("Se confirmă"))
    assert (found.place, found.place_text) == (None, text("Sala mare"))
    assert not found.is_free
    assert found.organiser_organisation == theatre
    assert list(found.categories.all()) == [category]
    changes = [(change.kind, change.day, change.new_day) for change in found.date_changes.all()]
    assert changes == [
        (ChangeKind.MOVED, date(2026, 12, 17), date(2026, 12, 18)),
    ]
    html = str(found.body.render_as_block())
    assert "<p>Al &lt;doilea&gt; rând &amp; gata.</p>" in html
    assert 'href="https://example.org/concert?a=1&amp;b=2"' in html
    schedule = found.schedule()
    assert schedule is not None
    assert schedule.rule is not None
    assert schedule.rule.count == 5
    assert schedule.skipped == (date(2026, 12, 10),)


def test_places_and_categories_are_found_by_their_names(index):
    place = LocationFactory(key="casa", name=text("Casa de Cultură", "House of Culture"))
    music = CategoryFactory(slug="music", name=text("Muzică", "Music"))
    apply(fetched(partner(), event("LOCATION:CASA DE CULTURA", "CATEGORIES:Muzică,Altele")))
    found = draft()
    assert (found.place, dict(found.place_text)) == (place, {})
    assert list(found.categories.all()) == [music]


def test_events_of_a_trusted_partner_are_published(index):
    calendar = partner(trusted=True)
    outcome = apply(fetched(calendar, event("DTEND:20261203T200000")))
    assert outcome.published
    assert page().live
    assert Occurrence.objects.get().first_day == date(2026, 12, 3)
    calendar.refresh_from_db()
    assert calendar.last_status == PartnerCalendar.Status.WORKS
    assert calendar.last_counts["new"] == 1


def test_a_file_is_not_what_a_trusted_address_says(index):
    calendar = partner(trusted=True)
    marketing = make_user("redactor", "Marketing")
    upload = Source(ics(event()), "mine.ics", calendar)
    assert may_import(marketing)
    assert not apply(upload, user=marketing).published
    assert not page().live
    other = Source(ics(event(uid="b@example.org")), "mine.ics", calendar)
    assert apply(other, user=make_user("moderator", "Moderator")).published


def test_who_may_import(index):
    assert not may_import(make_user("oaspete"))
    assert not may_import(make_user("cabinet", "Mayor's Cabinet"))
    assert may_import(make_user("redactor", "Marketing"))
    index.delete()
    assert not may_import(make_user("administrator", superuser=True))


def test_without_a_calendar_page_nothing_is_imported(site_tree):
    with pytest.raises(ImportProblem) as caught:
        apply(fetched(partner(), event()))
    assert caught.value.code == "no_index"


def test_rows_of_a_table(index):
    place = LocationFactory(key="parc")
    music = CategoryFactory(slug="music")
    header = "title,start date,start time,place,categories,summary,free,price,booking url,key"
    rows = (
        "Dans,03.12.2026,18:00,parc,music,Pe scurt.,nu,20 lei,https://example.org/b,dans-1",
        "Rău,03.13.2026,,,,,,,,rau-1",
    )
    outcome = apply(csv(header, *rows))
    assert outcome.counts["refused"] == 1
    found = draft("Dans")
    assert (found.place, found.summary, found.booking_url) == (
        place,
        "Pe scurt.",
        "https://example.org/b",
    )
    assert (found.is_free, found.price) == (False, text("20 lei"))
    assert list(found.categories.all()) == [music]
    # The other rows of another table do not take these away, and the key finds the event again.
    outcome = apply(
        csv(header, "Dans nou,04.12.2026,,,,,da,,,dans-1", "Alt,05.12.2026,,,,,,,,alt-1")
    )
    assert outcome.counts == {
        "new": 1,
        "changed": 1,
        "unchanged": 0,
        "gone": 0,
        "refused": 0,
        "skipped": 0,
    }
    found = draft("Dans nou")
    assert (found.start_date, found.is_free, dict(found.price)) == (date(2026, 12, 4), True, {})
    assert EventPage.objects.count() == 2


# -- all or nothing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n",
        b"<html></html>",
        b"\x00",
        ics(*(event(uid=f"{number}@example.org") for number in range(1001))),
    ],
)
def test_a_broken_file_imports_nothing(index, data):
    calendar = partner()
    apply(fetched(calendar, event()))
    calendar.refresh_from_db()
    worked = calendar.last_success_at
    with pytest.raises(ImportProblem):
        run(calendar, fetcher=server(data), now=datetime(2026, 12, 1, tzinfo=UTC))
    assert EventPage.objects.count() == 1
    assert ImportedEvent.objects.get().gone_at is None
    calendar.refresh_from_db()
    assert calendar.last_status == PartnerCalendar.Status.FAILS
    assert calendar.message
    assert calendar.last_run_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert calendar.last_success_at == worked


def test_an_error_in_the_middle_leaves_nothing(index, monkeypatch):
    calendar = partner(trusted=True)
    write = services._Work.create

    def failing(work: Any, candidate: Any) -> None:
        if candidate.uid.startswith("2"):
            raise RuntimeError("the disk is full")
        write(work, candidate)

    monkeypatch.setattr(services._Work, "create", failing)
    with pytest.raises(RuntimeError):
        apply(fetched(calendar, event(uid="1@example.org"), event(uid="2@example.org")))
    assert not EventPage.objects.exists()
    assert not ImportedEvent.objects.exists()
    assert not Occurrence.objects.exists()


def test_only_the_plan_that_was_looked_at_is_carried_out(index):
    source = fetched(partner(), event())
    seen = fingerprint(dry_run(source))
    apply(source)
    with pytest.raises(ImportProblem) as caught:
        apply(source, expected=seen)
    assert caught.value.code == "plan_changed"
    assert apply(source, expected=fingerprint(dry_run(source))).plan.is_empty


# -- the second time ---------------------------------------------------------------------------------------------------


def test_a_second_import_of_the_same_changes_nothing(index):
    calendar = partner(trusted=True)
    source = fetched(calendar, event("RRULE:FREQ=WEEKLY;COUNT=5"), event(uid="b@example.org"))
    apply(source)
    event_row = Event.objects.order_by("pk").first()
    revisions = page_revisions()
    assert apply(source).plan.is_empty
    assert page_revisions() == revisions
    assert event_row is not None
    assert Event.objects.get(pk=event_row.pk).sequence == event_row.sequence


def page_revisions() -> int:
    return sum(found.revisions.count() for found in EventPage.objects.all())


def test_a_change_of_the_partner_follows(index):
    calendar = partner(trusted=True)
    apply(fetched(calendar, event("LOCATION:Sala mare"), event(uid="b@example.org")))
    before = {row.pk: row.sequence for row in Event.objects.all()}
    moved = event("LOCATION:Sala mică", start="DTSTART:20261204T190000")
    apply(fetched(calendar, moved, event(uid="b@example.org")))
    row = Event.objects.get(pages__in=EventPage.objects.filter(place_text__ro="Sala mică"))
    assert Occurrence.objects.get(event=row).first_day == date(2026, 12, 4)
    after = {row.pk: row.sequence for row in Event.objects.all()}
    assert {pk for pk in after if after[pk] != before[pk]} == {row.pk}


def test_a_change_waits_where_the_partner_is_not_trusted(index):
    calendar = partner()
    apply(fetched(calendar, event()))
    page().get_latest_revision().publish()
    apply(fetched(calendar, event(start="DTSTART:20261204T180000")))
    assert page().live
    assert page().has_unpublished_changes
    assert page().start_date == date(2026, 12, 3)
    assert draft().start_date == date(2026, 12, 4)


def test_what_editors_chose_stays_where_the_partner_changes_nothing(index):
    place, category = LocationFactory(), CategoryFactory()
    calendar = partner()
    apply(fetched(calendar, event("LOCATION:Sala mare", "DESCRIPTION:Unu")))
    edited = draft()
    edited.place, edited.place_text = place, text("")
    edited.categories = [category]
    edited.is_free = True
    edited.state, edited.state_reason = State.CANCELLED, text("Plouă")
    edited.summary = "Scris de noi."
    blocks = [*edited.body.raw_data, {"type": "heading", "value": "Al nostru", "id": "our-own"}]
    edited.body = edited.body.stream_block.to_python(blocks)
    edited.accessible = True
    edited.save_revision()
    apply(fetched(calendar, event("LOCATION:Sala mare", "DESCRIPTION:Doi")))
    found = draft()
    assert (found.place, list(found.categories.all())) == (place, [category])
    assert found.is_free
    assert found.accessible
    assert (found.state, found.summary) == (State.CANCELLED, "Scris de noi.")
    assert [block.block_type for block in found.body] == ["paragraph", "heading"]
    assert "Doi" in str(found.body.render_as_block())
    # A new place and a new state of the partner's hold.
    apply(fetched(calendar, event("LOCATION:Sala mică", "STATUS:TENTATIVE")))
    found = draft()
    assert (found.place, found.place_text) == (None, text("Sala mică"))
    assert found.state == State.TENTATIVE
    assert [block.block_type for block in found.body] == ["heading"]


def test_unpublished_changes_of_editors_stay_theirs(index):
    calendar = partner(trusted=True)
    apply(fetched(calendar, event()))
    edited = draft()
    edited.access_note = text("Rampă la intrarea din spate")
    edited.save_revision()
    apply(fetched(calendar, event("STATUS:CANCELLED", "COMMENT:Plouă")))
    assert Occurrence.objects.get().status == State.CANCELLED
    assert not page().access_note
    assert (draft().state, draft().access_note) == (
        State.CANCELLED,
        text("Rampă la intrarea din spate"),
    )
    assert page().has_unpublished_changes


def test_what_editors_took_down_stays_down(index):
    calendar = partner(trusted=True)
    apply(fetched(calendar, event(), event(uid="b@example.org").replace("Concert", "Dans")))
    page().unpublish()
    page("Dans").delete()
    apply(
        fetched(
            calendar,
            event(start="DTSTART:20261204T180000"),
            event("LOCATION:x", uid="b@example.org").replace("Concert", "Dans"),
        )
    )
    assert not page().live
    assert not EventPage.objects.filter(title="Dans").exists()
    assert [note.code for note in dry_run(fetched(calendar, event(uid="b@example.org"))).notes] == [
        "thrown_away"
    ]


def test_a_locked_page_is_left_and_tried_again(index):
    calendar = partner(trusted=True)
    apply(fetched(calendar, event()))
    EventPage.objects.update(locked=True)
    later = event(start="DTSTART:20261204T180000")
    outcome = run(calendar, fetcher=server(ics(later), etag='"2"'))
    assert outcome is not None
    assert [remark.code for remark in outcome.skipped] == ["page_locked"]
    assert page().start_date == date(2026, 12, 3)
    EventPage.objects.update(locked=False)
    calendar.refresh_from_db()
    run(calendar, fetcher=server(ics(later), etag='"2"'))
    assert page().start_date == date(2026, 12, 4)


# -- what is gone ------------------------------------------------------------------------------------------------------


def test_what_a_trusted_partner_takes_away_is_taken_down_and_comes_back(index):
    calendar = partner(trusted=True)
    other = event(uid="b@example.org").replace("Concert", "Dans")
    apply(fetched(calendar, event(), other))
    apply(fetched(calendar, other))
    assert not page().live
    assert page("Dans").live
    assert Occurrence.objects.count() == 1
    assert ImportedEvent.objects.get(uid="a@example.org").gone_at is not None
    assert dry_run(fetched(calendar, other)).is_empty
    apply(fetched(calendar, event(), other))
    assert page().live
    assert Occurrence.objects.count() == 2


def test_what_another_partner_takes_away_is_only_noted(index):
    calendar = partner()
    apply(fetched(calendar, event()))
    page().get_latest_revision().publish()
    outcome = apply(fetched(calendar))
    assert outcome.plan.gone == ("a@example.org",)
    assert page().live


def test_events_of_the_past_are_not_gone(index, clock):
    calendar = partner(trusted=True)
    apply(fetched(calendar, event()))
    clock.move_to(datetime(2026, 12, 5, tzinfo=UTC))
    assert apply(fetched(calendar)).plan.is_empty
    assert page().live


def test_a_calendar_that_is_suddenly_empty_takes_nothing_away_at_night(index):
    calendar = partner(trusted=True)
    events = [event(uid=f"{number}@example.org") for number in range(6)]
    apply(fetched(calendar, *events))
    with pytest.raises(ImportProblem) as caught:
        run(calendar, fetcher=server(ics()))
    assert caught.value.code == "vanished"
    assert EventPage.objects.filter(live=True).count() == 6
    calendar.refresh_from_db()
    assert "6 of 6" in calendar.message
    # Somebody who has looked may.
    source = fetched(calendar)
    apply(source, expected=fingerprint(dry_run(source)))
    assert not EventPage.objects.filter(live=True).exists()


# -- the nightly run ---------------------------------------------------------------------------------------------------


def test_an_unchanged_calendar_is_not_read_again(index):
    calendar = partner()
    fetcher = server(ics(event()), etag='"1"')
    assert run(calendar, fetcher=fetcher) is not None
    calendar.refresh_from_db()
    assert calendar.etag == '"1"'
    later = datetime(2026, 12, 1, tzinfo=UTC)
    assert run(calendar, fetcher=fetcher, now=later) is None
    calendar.refresh_from_db()
    assert (calendar.last_status, calendar.last_success_at) == ("works", later)


def test_the_command_reads_all_that_are_enabled_and_goes_on_after_a_failure(
    index, monkeypatch, capsys
):
    partner(name="Aaa", url="https://one.example.org/")
    partner(name="Bbb", url=URL)
    partner(name="Ccc", url="https://three.example.org/", enabled=False)
    asked = []

    def fetch(url: str, *, etag: str = "") -> Fetched:
        asked.append(url)
        if url != URL:
            raise ImportProblem("not_public")
        return Fetched(ics(event(), event("CLASS:PRIVATE", uid="p@example.org")), "", False, url)

    monkeypatch.setattr("events.importing.services.fetch", fetch)
    call_command("import_calendars")
    assert asked == ["https://one.example.org/", URL]
    out = capsys.readouterr().out
    assert "Aaa: failed (not_public)" in out
    assert re.search(r"Bbb: new 1, .*refused 1", out)
    health = {row.name: row for row in PartnerCalendar.objects.all()}
    assert health["Aaa"].last_status == PartnerCalendar.Status.FAILS
    assert "private network" in health["Aaa"].health()
    assert health["Bbb"].last_remarks[0]["code"] == "private"
    assert "refused events: 1" in health["Bbb"].health()
    assert health["Ccc"].health() == "not read yet"


def test_titles_that_are_addresses_of_something_else(index):
    titles = ["Programme", "!!!", "Concert", "Concert"]
    apply(
        fetched(
            partner(),
            *(
                event(uid=f"{number}@example.org").replace("Concert", title)
                for number, title in enumerate(titles)
            ),
        )
    )
    slugs = set(EventPage.objects.values_list("slug", flat=True))
    assert slugs == {"eveniment-programme", "eveniment", "concert", "concert-1"}


def test_dry_runs_that_nobody_confirmed_are_forgotten(index, clock):
    user = make_user("redactor", "Marketing")
    services.hold(Source(b"x", "a.ics"), user)
    pending = services.hold(Source(b"y", "b.ics"), user)
    assert services.held(PendingImport.objects.get()) == Source(b"y", "b.ics")
    clock.move_to(pending.made_at + timedelta(hours=25))
    call_command("import_calendars")
    assert not PendingImport.objects.exists()
