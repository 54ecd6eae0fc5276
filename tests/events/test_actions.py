"""What editors do with whole events: rights first, then what becomes of dates, changes and drafts."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from wagtail.models import PageLogEntry, PageViewRestriction

from cms.multilingual import LocalizedText
from events import admin_views
from events.actions import (
    ActionRefused,
    Shift,
    cancel,
    dates_to_split,
    divide_series,
    duplicate,
    latest,
    next_edition,
    split_series,
)
from events.enums import ChangeKind, State
from events.fields import rule_in
from events.models import EventDateChange, EventPage, Occurrence
from events.schedule import expand
from home.roles import sync_roles
from tests.admin_forms import parse
from tests.factories import (
    CalendarDayFactory,
    CategoryFactory,
    EventPageFactory,
    LocationFactory,
    make_calendar,
    make_home,
    make_user,
    text,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

WEEKLY = "FREQ=WEEKLY;BYDAY=TH"
# The fixture's today is Monday 23 November 2026; factory events begin on Thursday 26 November.
FIRST = date(2026, 11, 26)


@pytest.fixture
def calendar(site_tree: Any) -> Any:
    sync_roles()
    return make_calendar()


@pytest.fixture
def editor(calendar: Any) -> Any:
    return make_user("redactor", "Marketing")


@pytest.fixture
def moderator(calendar: Any) -> Any:
    return make_user("moderator", "Moderator")


def series(calendar: Any, **kwargs: Any) -> EventPage:
    page: EventPage = EventPageFactory(parent=calendar, rule=WEEKLY, **kwargs)
    return page


def days_of(page: EventPage) -> list[date]:
    schedule = page.schedule()
    assert schedule is not None
    return [dated.first_day for dated in expand(schedule, date(2020, 1, 1), date(2030, 1, 1))]


def read(page: EventPage) -> EventPage:
    found: EventPage = EventPage.objects.get(pk=page.pk)
    return found


# -- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [duplicate, next_edition])
def test_user_without_rights_makes_no_draft(calendar: Any, action: Any) -> None:
    page = EventPageFactory(parent=calendar)
    for user in (make_user("oaspete"), make_user("cabinet", "Mayor's Cabinet")):
        with pytest.raises(PermissionDenied):
            action(page, user)
    assert EventPage.objects.count() == 1


def test_user_without_rights_divides_and_cancels_nothing(calendar: Any) -> None:
    page = series(calendar)
    user = make_user("oaspete")
    with pytest.raises(PermissionDenied):
        split_series(page, date(2026, 12, 10), user)
    with pytest.raises(PermissionDenied):
        cancel([page], text("Plouă"), user)
    assert EventPage.objects.count() == 1
    assert page.get_latest_revision() is None
    assert read(page).state == State.SCHEDULED


def test_editor_who_may_not_publish_cancels_nothing(calendar: Any, editor: Any) -> None:
    mine = EventPageFactory(parent=calendar)
    with pytest.raises(PermissionDenied):
        cancel([mine], text("Plouă"), editor)
    assert read(mine).state == State.SCHEDULED


def test_one_event_that_may_not_be_cancelled_leaves_all_as_they_are(
    calendar: Any, moderator: Any
) -> None:
    first, locked = EventPageFactory(parent=calendar), EventPageFactory(parent=calendar)
    EventPage.objects.filter(pk=locked.pk).update(locked=True, locked_by=make_user("altul"))
    with pytest.raises(PermissionDenied):
        cancel([first, read(locked)], text("Plouă"), moderator)
    assert read(first).state == State.SCHEDULED
    assert not Occurrence.objects.filter(status=State.CANCELLED).exists()


def test_locked_series_is_not_divided(calendar: Any, editor: Any) -> None:
    page = series(calendar)
    EventPage.objects.filter(pk=page.pk).update(locked=True, locked_by=make_user("altul"))
    with pytest.raises(PermissionDenied):
        split_series(read(page), date(2026, 12, 10), editor)


@pytest.mark.parametrize("action", [duplicate, next_edition])
def test_translation_holds_no_dates_to_copy(site_tree: Any, calendar: Any, action: Any) -> None:
    make_home("en")
    page = EventPageFactory(parent=calendar)
    english = page.copy_for_translation(site_tree.locales["en"], copy_parents=True)
    with pytest.raises(ActionRefused, match="în română"):
        action(english, make_user("administrator", superuser=True))


# -- duplicate -------------------------------------------------------------------------------------------------------


def test_duplicate_is_a_fresh_draft_beside_the_event(calendar: Any, editor: Any) -> None:
    category = CategoryFactory()
    page = series(
        calendar,
        title="Concert",
        state=State.CANCELLED,
        state_reason=text("Plouă"),
        categories=[category],
        place=LocationFactory(),
        changes=[{"kind": ChangeKind.CANCELLED, "day": date(2026, 12, 3)}],
    )
    draft = duplicate(page, editor)
    assert draft.get_parent().pk == calendar.pk
    assert (draft.live, draft.owner) == (False, editor)
    assert draft.title != page.title
    assert page.title in draft.title
    assert draft.translation_key != page.translation_key
    assert draft.slug != page.slug
    assert (draft.event_id, draft.state, bool(draft.state_reason)) == (None, "scheduled", False)
    assert list(draft.date_changes.all()) == []
    assert (draft.place, list(draft.categories.all())) == (page.place, [category])
    assert days_of(latest(draft))[:2] == [FIRST, date(2026, 12, 3)]
    assert not Occurrence.objects.filter(event__key=draft.translation_key).exists()
    assert Client().get(draft.url or "/ro/evenimente/x/").status_code == 404
    # The original keeps what it has.
    assert read(page).date_changes.count() == 1


def test_duplicate_takes_what_editors_see_and_not_what_is_published(
    calendar: Any, editor: Any
) -> None:
    page = EventPageFactory(parent=calendar, title="Vechi")
    page.title, page.start_date = "Nou", date(2026, 12, 24)
    page.save_revision()
    draft = duplicate(read(page), editor)
    assert "Nou" in draft.title
    assert draft.start_date == date(2026, 12, 24)
    assert latest(draft).start_date == date(2026, 12, 24)


def test_duplicates_of_duplicates_have_addresses_and_titles_that_fit(
    calendar: Any, editor: Any
) -> None:
    page = EventPageFactory(parent=calendar, title="ț" * 255, slug="concert")
    drafts = [duplicate(page, editor) for _ in range(2)]
    drafts.append(duplicate(drafts[-1], editor))
    assert len({draft.slug for draft in drafts} | {"concert"}) == 4
    for draft in drafts:
        latest(draft).full_clean()


def test_copy_is_not_published_at_the_time_that_was_set_for_the_event(
    calendar: Any, editor: Any
) -> None:
    page = EventPageFactory(
        parent=calendar, go_live_at="2026-12-01T08:00Z", expire_at="2026-12-30T08:00Z"
    )
    draft = duplicate(page, editor)
    assert (draft.go_live_at, draft.expire_at) == (None, None)
    assert latest(draft).go_live_at is None


def test_copy_of_a_private_event_is_private(calendar: Any, editor: Any) -> None:
    page = EventPageFactory(parent=calendar)
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert duplicate(page, editor).get_view_restrictions().exists()


@pytest.mark.parametrize("action", [duplicate, next_edition])
def test_history_tells_where_a_draft_comes_from(calendar: Any, editor: Any, action: Any) -> None:
    page = EventPageFactory(parent=calendar)
    draft = action(page, editor)
    entry = PageLogEntry.objects.get(page=draft.pk, action=f"events.{action.__name__}")
    assert entry.user == editor
    assert entry.data["source"]["id"] == page.pk
    assert str(entry.message)


# -- next edition ----------------------------------------------------------------------------------------------------


def test_next_edition_keeps_the_weekday_and_the_length(calendar: Any, editor: Any) -> None:
    page = EventPageFactory(
        parent=calendar, title="Zilele 2026", slug="zilele-2026", end_date=date(2026, 11, 28)
    )
    draft = next_edition(page, editor)
    assert (draft.start_date, draft.end_date) == (date(2027, 11, 25), date(2027, 11, 27))
    assert (draft.title, draft.slug) == ("Zilele 2027", "zilele-2027")
    assert (draft.start_time, draft.live, draft.state) == (time(18), False, State.SCHEDULED)


def test_next_edition_a_year_later_keeps_the_day(calendar: Any, editor: Any) -> None:
    page = EventPageFactory(parent=calendar, start_date=date(2028, 2, 29))
    assert next_edition(page, editor, Shift.YEAR).start_date == date(2029, 2, 28)
    page = EventPageFactory(parent=calendar, start_date=date(2026, 12, 6))
    assert next_edition(page, editor, Shift.YEAR).start_date == date(2027, 12, 6)


def test_next_edition_of_an_old_event_is_not_over(calendar: Any, editor: Any) -> None:
    page = EventPageFactory(parent=calendar, start_date=date(2024, 6, 1))
    for shift in Shift:
        assert days_of(latest(next_edition(page, editor, shift)))[0] >= date(2026, 11, 23)


def test_end_of_a_series_moves_along(calendar: Any, editor: Any) -> None:
    page = series(calendar)
    page.recurrence = EventPageFactory(parent=calendar, rule=WEEKLY + ";UNTIL=20261217").recurrence
    page.save()
    draft = next_edition(page, editor)
    rule = rule_in(draft.recurrence)
    assert rule is not None
    assert rule.until == date(2027, 12, 16)
    assert days_of(latest(draft)) == [
        date(2027, 11, 25),
        date(2027, 12, 2),
        date(2027, 12, 9),
        date(2027, 12, 16),
    ]


def test_series_of_n_times_has_n_times_again(calendar: Any, editor: Any) -> None:
    page = EventPageFactory(parent=calendar, rule=WEEKLY + ";COUNT=5")
    assert len(days_of(latest(next_edition(page, editor)))) == 5


@pytest.mark.parametrize("shift", list(Shift))
@pytest.mark.parametrize("rule", ["FREQ=WEEKLY;BYDAY=TH;COUNT=4", "FREQ=MONTHLY;BYDAY=4TH;COUNT=4"])
def test_next_edition_begins_on_its_rule(
    calendar: Any, editor: Any, rule: str, shift: Shift
) -> None:
    draft = latest(next_edition(EventPageFactory(parent=calendar, rule=rule), editor, shift))
    assert draft.start_date in days_of(draft)
    assert {day.weekday() for day in days_of(draft)} == {3}
    assert len(days_of(draft)) == 4


def test_next_edition_does_not_begin_on_a_holiday_that_it_leaves_out(
    calendar: Any, editor: Any
) -> None:
    # 1 December 2026 is a Tuesday; 52 weeks after 2 December 2025, too.
    page = EventPageFactory(
        parent=calendar,
        start_date=date(2025, 12, 2),
        rule="FREQ=WEEKLY;BYDAY=TU;COUNT=4",
        skip_public_holidays=True,
    )
    assert next_edition(page, editor).start_date == date(2026, 12, 8)


def test_series_without_end_has_no_next_edition(calendar: Any, editor: Any) -> None:
    with pytest.raises(ActionRefused, match="nu are sfârșit"):
        next_edition(series(calendar), editor)
    assert EventPage.objects.count() == 1


def test_changes_of_single_dates_stay_with_the_old_edition(calendar: Any, editor: Any) -> None:
    page = EventPageFactory(
        parent=calendar,
        rule=WEEKLY + ";COUNT=3",
        changes=[{"kind": ChangeKind.CANCELLED, "day": FIRST}],
    )
    assert latest(next_edition(page, editor)).date_changes.count() == 0


# -- this and all following ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 12, 11), "not_on_series"),
        (date(2026, 11, 19), "not_on_series"),
        (FIRST, "first_date"),
    ],
)
def test_series_is_divided_only_at_its_later_dates(
    calendar: Any, editor: Any, day: date, code: str
) -> None:
    page = series(calendar)
    with pytest.raises(ActionRefused) as refused:
        split_series(page, day, editor)
    assert refused.value.code == code
    assert str(refused.value)
    assert EventPage.objects.count() == 1
    assert page.get_latest_revision() is None


def test_single_event_is_not_divided(calendar: Any, editor: Any) -> None:
    page = EventPageFactory(parent=calendar)
    with pytest.raises(ActionRefused, match="nu se repetă"):
        split_series(page, FIRST, editor)
    assert dates_to_split(page, FIRST) == []


def test_added_date_and_holiday_begin_no_series(calendar: Any, editor: Any) -> None:
    page = EventPageFactory(
        parent=calendar,
        start_date=date(2026, 11, 24),
        rule="FREQ=WEEKLY;BYDAY=TU",
        skip_public_holidays=True,
        changes=[{"kind": ChangeKind.ADDED, "day": date(2026, 12, 10)}],
    )
    for day in (date(2026, 12, 1), date(2026, 12, 10)):
        with pytest.raises(ActionRefused, match="nu este o dată a seriei"):
            split_series(page, day, editor)
        assert day not in dates_to_split(page, FIRST)
    assert dates_to_split(page, FIRST)[0] == date(2026, 12, 8)


@pytest.mark.parametrize("end", ["", ";COUNT=6", ";UNTIL=20261231"])
def test_two_parts_have_the_dates_of_the_whole(calendar: Any, editor: Any, end: str) -> None:
    page = EventPageFactory(parent=calendar, rule=WEEKLY + end)
    whole = days_of(page)
    divided = divide_series(page, date(2026, 12, 17), editor)
    ended, following = days_of(latest(divided.ended)), days_of(latest(divided.following))
    assert ended == [FIRST, date(2026, 12, 3), date(2026, 12, 10)]
    assert following[0] == date(2026, 12, 17)
    assert ended + following == whole
    old_rule, new_rule = rule_in(latest(page).recurrence), rule_in(divided.following.recurrence)
    assert old_rule is not None
    assert new_rule is not None
    assert (old_rule.until, old_rule.count) == (date(2026, 12, 10), None)
    assert new_rule.count == (3 if "COUNT" in end else None)


def test_every_second_week_keeps_its_beat(calendar: Any, editor: Any) -> None:
    page = EventPageFactory(
        parent=calendar,
        start_date=date(2026, 11, 23),
        rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=7",
    )
    whole = days_of(page)
    divided = divide_series(page, whole[3], editor)
    assert days_of(latest(divided.ended)) + days_of(latest(divided.following)) == whole


def test_night_that_ends_on_another_day_stays_as_long(calendar: Any, editor: Any) -> None:
    page = series(calendar, end_date=date(2026, 11, 28))
    assert split_series(page, date(2026, 12, 10), editor).end_date == date(2026, 12, 12)


def test_later_changes_go_over(calendar: Any, editor: Any) -> None:
    changes = [
        {"kind": ChangeKind.CANCELLED, "day": date(2026, 12, 3)},
        {"kind": ChangeKind.MOVED, "day": date(2026, 12, 10), "new_day": date(2026, 12, 18)},
        {"kind": ChangeKind.CANCELLED, "day": date(2026, 12, 17), "reason": text("Vacanță")},
        {"kind": ChangeKind.ADDED, "day": date(2026, 12, 21)},
    ]
    page = series(calendar, changes=changes)
    divided = divide_series(page, date(2026, 12, 17), editor)

    def kept(part: EventPage) -> list[date]:
        return [change.day for change in latest(part).date_changes.all()]

    assert kept(divided.ended) == [date(2026, 12, 3), date(2026, 12, 10)]
    assert kept(divided.following) == [date(2026, 12, 17), date(2026, 12, 21)]
    reasons = [str(change.reason) for change in latest(divided.following).date_changes.all()]
    assert reasons[0] == "Vacanță"


def test_readers_see_no_difference_until_both_parts_are_published(
    calendar: Any, editor: Any, moderator: Any
) -> None:
    page = EventPageFactory(parent=calendar, rule=WEEKLY + ";COUNT=6")
    before = set(Occurrence.objects.values_list("start", flat=True))
    divided = divide_series(page, date(2026, 12, 17), editor)
    assert (read(page).live, divided.following.live) == (True, False)
    assert set(Occurrence.objects.values_list("start", flat=True)) == before
    for part in (divided.following, divided.ended):
        part.get_latest_revision().publish(user=moderator)
    assert set(Occurrence.objects.values_list("start", flat=True)) == before
    assert Occurrence.objects.count() == 6
    assert Occurrence.objects.filter(event__key=page.translation_key).count() == 3


def test_division_is_in_both_histories(calendar: Any, editor: Any) -> None:
    page = series(calendar)
    following = split_series(page, date(2026, 12, 17), editor)
    assert PageLogEntry.objects.get(page=page.pk, action="events.end").user == editor
    entry = PageLogEntry.objects.get(page=following.pk, action="events.split")
    assert entry.data["source"]["id"] == page.pk


def test_series_that_waits_as_a_draft_is_divided_as_it_waits(calendar: Any, editor: Any) -> None:
    page = series(calendar)
    page.start_time = time(19)
    page.save_revision()
    divided = divide_series(read(page), date(2026, 12, 10), editor)
    assert divided.following.start_time == time(19)
    assert latest(page).start_time == time(19)
    assert read(page).start_time == time(18)


# -- cancel ----------------------------------------------------------------------------------------------------------

REASON = text("Cod roșu de vânt", "Red wind alert", "Piros szélriasztás")


def test_cancelled_event_reaches_its_dates(calendar: Any, moderator: Any) -> None:
    page = EventPageFactory(parent=calendar, rule=WEEKLY + ";COUNT=3")
    assert cancel([page], REASON, moderator).published == 1
    found = read(page)
    assert (found.live, found.state, found.state_reason) == (True, State.CANCELLED, REASON)
    assert found.has_unpublished_changes is False
    assert set(Occurrence.objects.values_list("status", flat=True)) == {State.CANCELLED}
    entry = PageLogEntry.objects.get(page=page.pk, action="events.cancel")
    assert entry.user == moderator


def test_draft_stays_a_draft(calendar: Any, moderator: Any) -> None:
    page = EventPageFactory(parent=calendar, live=False)
    done = cancel([page], REASON, moderator)
    assert (done.published, done.drafts) == (0, 1)
    assert not read(page).live
    assert latest(page).state == State.CANCELLED


def test_cancelling_does_not_publish_what_waits(calendar: Any, moderator: Any) -> None:
    page = EventPageFactory(parent=calendar, title="Public")
    page.title = "Încă secret"
    page.save_revision()
    cancel([read(page)], REASON, moderator)
    found = read(page)
    assert (found.title, found.state) == ("Public", State.CANCELLED)
    assert found.has_unpublished_changes
    draft = latest(found)
    assert (draft.title, draft.state, draft.state_reason) == (
        "Încă secret",
        State.CANCELLED,
        REASON,
    )


def test_reason_in_romanian_is_needed(calendar: Any, moderator: Any) -> None:
    page = EventPageFactory(parent=calendar)
    with pytest.raises(ValueError, match="Romanian"):
        cancel([page], LocalizedText(en="Rain"), moderator)
    assert read(page).state == State.SCHEDULED


# -- in the admin ----------------------------------------------------------------------------------------------------

VIEWS = ["events_duplicate", "events_next_edition", "events_split"]


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("name", VIEWS)
def test_views_are_closed_to_others(calendar: Any, name: str) -> None:
    page = EventPageFactory(parent=calendar, rule=WEEKLY + ";COUNT=6")
    address = reverse(name, args=[page.pk])
    cabinet = signed_in(make_user("cabinet", "Mayor's Cabinet"))
    for client in (Client(), signed_in(make_user("oaspete")), cabinet):
        for send in (client.get, client.post):
            assert send(address).status_code in {302, 403}
    assert EventPage.objects.count() == 1


@pytest.mark.parametrize("name", VIEWS)
def test_views_know_events_only(calendar: Any, editor: Any, name: str) -> None:
    client = signed_in(editor)
    for pk in (calendar.pk, 999_999):
        assert client.get(reverse(name, args=[pk])).status_code in {302, 404}
        client.post(reverse(name, args=[pk]))
    assert not EventPage.objects.exists()


@pytest.mark.parametrize("name", VIEWS)
def test_views_ask_before_they_act(calendar: Any, editor: Any, name: str) -> None:
    page = EventPageFactory(parent=calendar, rule=WEEKLY + ";COUNT=6")
    response = signed_in(editor).get(reverse(name, args=[page.pk]))
    assert response.status_code == 200
    assert page.title in response.content.decode()
    assert parse(response.content).find("form", method="post")
    assert EventPage.objects.count() == 1
    assert signed_in(editor).delete(reverse(name, args=[page.pk])).status_code == 405


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("events_duplicate", {}),
        ("events_next_edition", {"shift": "weeks"}),
        ("events_split", {"from_day": "2026-12-17"}),
    ],
)
def test_views_lead_to_the_new_draft(
    calendar: Any, editor: Any, name: str, data: dict[str, str]
) -> None:
    page = EventPageFactory(parent=calendar, rule=WEEKLY + ";COUNT=6")
    response = signed_in(editor).post(reverse(name, args=[page.pk]), data, follow=True)
    draft = EventPage.objects.exclude(pk=page.pk).get()
    assert response.redirect_chain[-1][0] == reverse("wagtailadmin_pages:edit", args=[draft.pk])
    assert response.status_code == 200
    assert not draft.live


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("events_next_edition", {"shift": "decades"}),
        ("events_next_edition", {}),
        ("events_split", {"from_day": "2026-12-18"}),
        ("events_split", {"from_day": "99999-01-01"}),
        ("events_split", {"from_day": "\x00"}),
        ("events_split", {}),
    ],
)
def test_forms_refuse_what_they_did_not_offer(
    calendar: Any, editor: Any, name: str, data: dict[str, str]
) -> None:
    page = EventPageFactory(parent=calendar, rule=WEEKLY + ";COUNT=6")
    response = signed_in(editor).post(reverse(name, args=[page.pk]), data)
    assert response.status_code == 200
    assert EventPage.objects.count() == 1


def test_refusal_is_told_in_words(calendar: Any, editor: Any) -> None:
    page = series(calendar)
    address = reverse("events_next_edition", args=[page.pk])
    response = signed_in(editor).post(address, {"shift": "weeks"}, follow=True)
    assert [str(message) for message in response.context["messages"]]
    assert EventPage.objects.count() == 1


def test_series_offers_its_coming_dates(calendar: Any, editor: Any) -> None:
    CalendarDayFactory()
    page = series(calendar, start_date=date(2026, 10, 1))
    html = signed_in(editor).get(reverse("events_split", args=[page.pk])).content
    offered = [option["value"] for option in parse(html).select("select[name=from_day] option")]
    assert offered[:2] == ["2026-11-26", "2026-12-03"]


def test_editor_of_an_event_leads_to_the_actions(calendar: Any, editor: Any) -> None:
    page = series(calendar)
    html = signed_in(editor).get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content
    links = {link.get("href", "").split("?")[0] for link in parse(html).find_all("a")}
    assert {reverse(name, args=[page.pk]) for name in VIEWS} <= links
    assert {f"{page.url}poster/"} <= links


def test_links_are_for_those_who_may_and_for_what_there_is(calendar: Any, editor: Any) -> None:
    single, draft = EventPageFactory(parent=calendar), EventPageFactory(parent=calendar, live=False)

    def links(page: Any, user: Any) -> list[str]:
        return [button.url for button in admin_views.listing_buttons(page, user)]

    assert not [link for link in links(single, make_user("oaspete")) if "/admin/" in link]
    assert reverse("events_split", args=[single.pk]) not in links(single, editor)
    assert not [link for link in links(draft, editor) if "poster" in link]
    assert [link for link in links(calendar, editor) if "programme/?from=2026-11-23" in link]


def test_change_rows_are_rows_of_their_page(calendar: Any, editor: Any) -> None:
    """Moving changes to the draft of a new series takes none away from the one that is published."""
    page = series(calendar, changes=[{"kind": ChangeKind.CANCELLED, "day": date(2026, 12, 24)}])
    following = split_series(page, date(2026, 12, 17), editor)
    assert EventDateChange.objects.filter(page=page).count() == 1
    assert EventDateChange.objects.filter(page=following).count() == 1
