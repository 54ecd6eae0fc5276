"""The Mayor's agenda as rules and rows: who may read what, what is kept, how items become days and entries."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from wagtail.models import ReferenceIndex

from cms.multilingual import LocalizedText
from events.agenda import Scope, Visibility, agenda_days, visible_to
from events.agenda_ical import AgendaFeed, agenda_calendar
from events.models import AgendaItem, AgendaToken
from events.models.agenda import AgendaState, digest_of
from tests.events.agenda_items import SECRETS, agenda_item, holds_secret, secret_item
from tests.events.ical_lint import lint
from tests.factories import make_user, text

FEED = AgendaFeed(
    language="ro",
    page_url="https://agora.example/ro/evenimente/agenda/",
    feed_url="https://agora.example/calendar/ro/mayor.ics",
    organiser=LocalizedText(ro="Primăria"),
    organiser_uri="https://agora.example",
    uid_domain="agora.example",
    last_modified=datetime(2026, 11, 20, 8, tzinfo=UTC),
)
TOKEN_FEED = AgendaFeed(
    **{name: getattr(FEED, name) for name in FEED.__dataclass_fields__ if name != "feed_url"},
    feed_url="",
)


def unsaved(**values: Any) -> AgendaItem:
    """An item that touches no database."""
    return AgendaItem(
        **{
            "title": text("Titlul", "Title"),
            "visibility": Visibility.PUBLIC,
            "start_date": date(2026, 11, 26),
            "start_time": time(10),
            "last_day": date(2026, 11, 26),
            **values,
        }
    )


# -- who may read ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", [None, "", "public", "Private", "all", "*", "0"])
def test_whoever_has_no_scope_reads_public_items_only(scope: str | None) -> None:
    assert visible_to(scope) == {"public"}


@given(st.text())
def test_no_other_word_opens_anything(scope: str) -> None:
    expected = {"internal": 2, "private": 3}.get(scope, 1)
    assert len(visible_to(scope)) == expected
    assert ("private" in visible_to(scope)) == (scope == "private")


def test_internal_scope_reads_nothing_private() -> None:
    assert visible_to(Scope.INTERNAL) == {"public", "internal"}


@pytest.mark.django_db
def test_queryset_gives_each_reader_its_own() -> None:
    for visibility in Visibility:
        agenda_item(visibility, visibility=visibility)

    def titles(scope: str | None) -> set[str]:
        return {item.title["ro"] for item in AgendaItem.objects.visible_to(scope)}

    assert titles(None) == {"public"}
    assert titles(Scope.INTERNAL) == {"public", "internal"}
    assert titles(Scope.PRIVATE) == {"public", "internal", "private"}


def test_item_is_not_public_unless_somebody_says_so() -> None:
    assert AgendaItem().visibility == Visibility.INTERNAL
    assert AgendaToken().scope == Scope.INTERNAL


# -- what is known from outside ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_name_of_an_item_says_nothing_about_it() -> None:
    item = secret_item()
    assert not holds_secret(str(item))
    assert not holds_secret(repr(item))
    assert str(item.pk) in str(item)
    assert "2026" not in str(item)


@pytest.mark.django_db
def test_nothing_else_keeps_a_copy_of_the_text() -> None:
    """No revision, no search index, no reference index: every table but its own is searched for the words."""
    item = secret_item()
    ReferenceIndex.create_or_update_for_object(item)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table == AgendaItem._meta.db_table:
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                assert not holds_secret(row), table


@pytest.mark.django_db
def test_public_state_does_not_move_with_what_is_not_public(clock: Any) -> None:
    agenda_item()
    before = AgendaState.changed()
    clock.shift(timedelta(hours=1))
    private, internal = secret_item(), secret_item(Visibility.INTERNAL)
    private.title = text("Altceva")
    private.save()
    internal.visibility = Visibility.PRIVATE
    internal.save()
    private.delete()
    AgendaItem.objects.filter(pk=internal.pk).delete()
    assert AgendaState.changed() == before


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["edit", "hide", "show", "delete", "bulk"])
def test_public_state_moves_with_public_changes_and_removals(clock: Any, how: str) -> None:
    item = agenda_item(visibility=Visibility.INTERNAL if how == "show" else Visibility.PUBLIC)
    before = AgendaState.changed()
    clock.shift(timedelta(hours=1))
    if how == "edit":
        item.place = text("Sala mare")
        item.save()
    elif how == "hide":
        item.visibility = Visibility.PRIVATE
        item.save()
    elif how == "show":
        item.visibility = Visibility.PUBLIC
        item.save()
    elif how == "delete":
        item.delete()
    else:
        AgendaItem.objects.filter(pk=item.pk).delete()
    after = AgendaState.changed()
    assert after is not None
    assert before is None or after - before == timedelta(hours=1)


# -- saving ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_sequence_counts_changes_of_content_only(clock: Any) -> None:
    item = agenda_item()
    first = item.content_modified
    clock.shift(timedelta(minutes=5))
    AgendaItem.objects.get(pk=item.pk).save()
    item.refresh_from_db()
    assert (item.sequence, item.content_modified) == (0, first)
    item.start_time = time(11)
    item.save()
    item.refresh_from_db()
    assert item.sequence == 1
    assert item.content_modified == first + timedelta(minutes=5)


@pytest.mark.django_db
def test_text_is_written_with_comma_below() -> None:
    item = agenda_item("\u015eedin\u0163\u0103")
    item.refresh_from_db()
    assert item.title["ro"] == "Ședință"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "last_day"),
    [
        ({}, date(2026, 11, 26)),
        ({"end_time": None, "start_time": None}, date(2026, 11, 26)),
        (
            {"start_time": None, "end_time": None, "end_date": date(2026, 11, 28)},
            date(2026, 11, 28),
        ),
        # A night counts to its evening.
        ({"start_time": time(22), "end_time": time(2)}, date(2026, 11, 26)),
    ],
)
def test_last_day_is_the_last_on_which_it_is_listed(values: Any, last_day: date) -> None:
    item = agenda_item(**values)
    assert item.last_day == last_day
    assert list(AgendaItem.objects.from_day(last_day)) == [item]
    assert not AgendaItem.objects.from_day(last_day + timedelta(days=1))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"end_date": date(2026, 11, 25)}, "end_date"),
        ({"end_date": date(2028, 11, 25)}, "end_date"),
        ({"start_time": None, "end_time": time(11)}, "end_time"),
        ({"end_date": date(2026, 11, 26), "end_time": time(9)}, "end_time"),
        ({"start_date": date(26, 11, 26)}, "start_date"),
    ],
)
def test_impossible_dates_are_refused_beside_their_field(values: Any, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        unsaved(**values).clean()
    assert field in refused.value.message_dict


def test_item_without_a_day_is_left_to_the_field() -> None:
    unsaved(start_date=None).clean()


# -- keys --------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_key_is_stored_hashed_only() -> None:
    token, plain = AgendaToken.issue("Telefon", Scope.PRIVATE, make_user("unul"))
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", plain)
    token.refresh_from_db()
    assert token.digest == digest_of(plain)
    assert re.fullmatch(r"[0-9a-f]{64}", token.digest)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert plain not in str(cursor.fetchall()), table


@pytest.mark.django_db
def test_keys_differ_and_say_nothing() -> None:
    made = [AgendaToken.issue("Telefonul doamnei X", Scope.INTERNAL, None) for _ in range(20)]
    assert len({plain for _token, plain in made}) == 20
    for token, plain in made:
        assert plain not in str(token)
        assert "doamnei" not in str(token)


@pytest.mark.django_db
def test_only_the_exact_value_of_a_valid_key_is_borne() -> None:
    token, plain = AgendaToken.issue("Telefon", Scope.PRIVATE, None)
    assert AgendaToken.objects.bearing(plain) == token
    for other in ("", plain[:-1], plain + "a", plain.swapcase(), token.digest, "%", "\x00"):
        assert AgendaToken.objects.bearing(other) is None
    token.revoke()
    assert AgendaToken.objects.bearing(plain) is None


@pytest.mark.django_db
def test_revoked_once_is_revoked_for_good(clock: Any) -> None:
    token, _plain = AgendaToken.issue("Telefon", Scope.PRIVATE, None)
    token.revoke()
    first = token.revoked_at
    clock.shift(timedelta(days=1))
    token.revoke()
    token.refresh_from_db()
    assert token.revoked_at == first


# -- days --------------------------------------------------------------------------------------------------------------


def test_days_hold_each_item_once_by_hour() -> None:
    today = date(2026, 11, 26)
    items = [
        unsaved(title=text("seara"), start_time=time(18), end_time=time(20)),
        unsaved(title=text("toată ziua"), start_time=None),
        unsaved(title=text("mâine"), start_date=date(2026, 11, 27)),
        unsaved(
            title=text("de ieri"),
            start_date=date(2026, 11, 25),
            end_date=date(2026, 11, 28),
            start_time=None,
        ),
    ]
    days = agenda_days(items, today)
    assert [day.date for day in days] == [today, date(2026, 11, 27)]
    assert [day.is_today for day in days] == [True, False]
    assert [entry.title["ro"] for entry in days[0].entries] == ["de ieri", "toată ziua", "seara"]
    assert [entry.continues for entry in days[0].entries] == [True, False, False]
    evening = days[0].entries[2]
    assert (evening.time, evening.end_time) == ("18:00", "20:00")
    assert evening.iso == "2026-11-26T18:00:00+02:00"


def test_last_day_of_several_is_named() -> None:
    item = unsaved(start_time=None, end_date=date(2026, 11, 28))
    with override("en"):
        entry = agenda_days([item], date(2026, 11, 20))[0].entries[0]
    assert "28" in entry.until
    assert entry.iso == "2026-11-26"


def test_no_items_no_days() -> None:
    assert agenda_days([], date(2026, 11, 26)) == []


# -- calendar entries --------------------------------------------------------------------------------------------------


def events(body: bytes) -> list[Any]:
    return [part for part in Calendar.from_ical(body).walk() if part.name == "VEVENT"]


def test_calendar_is_sound_and_the_same_twice() -> None:
    item = unsaved(
        end_time=time(11, 30), place=text("Sala mare; etaj 1, Primărie"), note=text("Cu\npresa")
    )
    body = agenda_calendar(FEED, [item])
    assert lint(body) == []
    assert body == agenda_calendar(FEED, [item])
    (event,) = events(body)
    assert event["UID"] == f"{item.uid}@agora.example"
    assert event["DTSTART"].dt.isoformat() == "2026-11-26T10:00:00+02:00"
    assert event["LOCATION"] == "Sala mare; etaj 1, Primărie"
    assert event["SUMMARY"] == "Titlul"
    assert event["URL"] == FEED.page_url
    assert event["CLASS"] == "PUBLIC"
    assert "CATEGORIES" not in event


def test_empty_calendar_is_valid() -> None:
    body = agenda_calendar(FEED, [])
    assert lint(body) == []
    assert events(body) == []


@pytest.mark.parametrize(
    ("visibility", "expected"), [("internal", "CONFIDENTIAL"), ("private", "PRIVATE")]
)
def test_item_that_is_not_public_says_so_to_programs(visibility: str, expected: str) -> None:
    # Whatever somebody types, only the property is rewritten.
    trap = "x\r\nCLASS:PUBLIC\r\ny"
    item = unsaved(visibility=visibility, title=text(trap), note=text(trap))
    (event,) = events(agenda_calendar(TOKEN_FEED, [item]))
    assert event["CLASS"] == expected
    assert "CLASS:PUBLIC" in event["SUMMARY"]
    assert "URL" not in event
    assert event["CATEGORIES"].cats


def test_calendar_of_a_key_does_not_hold_its_address() -> None:
    body = agenda_calendar(TOKEN_FEED, [unsaved()]).decode()
    assert "SOURCE" not in body
    assert lint(body.encode()) == ["VCALENDAR: no SOURCE"]


def test_calendar_speaks_the_feed_s_language() -> None:
    feed = AgendaFeed(
        **{name: getattr(FEED, name) for name in FEED.__dataclass_fields__ if name != "language"},
        language="en",
    )
    with override("ro"):
        body = agenda_calendar(feed, [unsaved()])
    assert b"X-WR-CALNAME:Mayor's agenda\r\n" in body
    (event,) = events(body)
    assert event["SUMMARY"] == "Title"
    assert event["SUMMARY"].params["LANGUAGE"] == "en"


def test_secrets_are_words_of_their_own() -> None:
    assert len(set(SECRETS)) == 3
    assert holds_secret("… zeppelin …".encode()) == ["Zeppelin"]
