"""What editors may not save, and where they are told; what they save is on every page at once."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from cms.models import CalendarDay
from events.models import Occurrence
from locations.models import HoursException, Location, OpeningHours, WeekSchedule
from locations.schedule_data import to_data
from tests.admin_forms import AdminForm, add, codes, edit, errors, parse
from tests.factories import LocationFactory, OpeningHoursFactory, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.fixture
def admin(db: None) -> Client:
    client = Client()
    client.force_login(make_user("administrator", superuser=True))
    return client


@pytest.fixture
def form(admin: Client) -> AdminForm:
    """The edit form of the directorate's hours."""
    return edit(admin, OpeningHours.objects.get(key="directorate-public"))


def add_week(form: AdminForm, **values: Any) -> int:
    row = dict.fromkeys(DAYS, "") | {
        "first_day": "",
        "last_day": "",
        "name_ro": "",
        "name_en": "",
        "name_hu": "",
    }
    return form.add_row("weeks", **{**row, **values})


def add_exception(form: AdminForm, **values: Any) -> int:
    row = {
        "first_day": "",
        "last_day": "",
        "intervals": "",
        "reason_ro": "",
        "reason_en": "",
        "reason_hu": "",
    }
    return form.add_row("exceptions", **{**row, **values})


# -- at the field ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "08:00-16:00, 15:00-18:00",
        "16:00-08:00",
        "24:30-25:00",
        "08:00-24:30",
        "8:00-8:00",
        "dimineața",
        "08:00",
        "08:61-10:00",
        "08:00-",
        "08:00-10:00-12:00",
        "9" * 200,
        "08:00–16:00; PH off",
    ],
)
def test_impossible_hours_are_refused_at_their_day(form: AdminForm, typed: str) -> None:
    response = form.send(**{"weeks-0-wed": typed})
    assert response.status_code == 200
    assert "weeks-0-wed" in codes(response)
    assert all(problem.messages for problem in errors(response)["weeks-0-wed"])
    # The editor's own text is still there to be corrected.
    assert parse(response.content).find("input", {"name": "weeks-0-wed"})["value"] == typed
    assert WeekSchedule.objects.get(hours__key="directorate-public").wed == "08:00-16:00"


def test_half_past_midnight_is_asked_for_as_00_30(form: AdminForm) -> None:
    response = form.send(**{"weeks-0-wed": "20:00-24:30"})
    assert "00:30" in " ".join(errors(response)["weeks-0-wed"][0].messages)


def test_usual_spellings_are_accepted_and_stored_in_one(form: AdminForm) -> None:
    form.save(
        **{
            "weeks-0-mon": "8-16",
            "weeks-0-tue": "8.30 – 12, 13:00—16:30",
            "weeks-0-wed": "închis",
            "weeks-0-thu": "  ",
            "weeks-0-fri": "22:00-02:00",
        }
    )
    week = WeekSchedule.objects.get(hours__key="directorate-public")
    assert [week.mon, week.tue, week.wed, week.thu, week.fri] == [
        "08:00-16:00",
        "08:30-12:00, 13:00-16:30",
        "",
        "",
        "22:00-02:00",
    ]


def test_season_that_ends_before_it_begins_is_refused_at_its_end(form: AdminForm) -> None:
    number = add_week(form, mon="9-12", first_day="2026-08-31", last_day="2026-07-01")
    assert f"weeks-{number}-last_day" in codes(form.send())


def test_yearly_season_may_wrap_the_new_year_but_needs_both_ends(form: AdminForm) -> None:
    number = add_week(form, mon="9-12", first_day="2026-11-15", yearly="on")
    assert f"weeks-{number}-first_day" in codes(form.send())
    form.save(**{f"weeks-{number}-last_day": "2027-03-15"})


def test_exception_that_ends_before_it_begins_is_refused_at_its_end(form: AdminForm) -> None:
    number = add_exception(form, first_day="2026-12-24", last_day="2026-12-20")
    assert f"exceptions-{number}-last_day" in codes(form.send())


def test_exception_without_a_day_is_refused_at_its_day(form: AdminForm) -> None:
    number = add_exception(form, intervals="10-12")
    assert f"exceptions-{number}-first_day" in codes(form.send())


def test_overlapping_seasons_are_refused(form: AdminForm) -> None:
    add_week(form, mon="9-12", first_day="2026-07-01", last_day="2026-08-31")
    add_week(form, mon="9-13", first_day="2026-08-31", last_day="2026-09-30")
    response = form.send()
    assert response.status_code == 200
    assert codes(response)
    assert OpeningHours.objects.get(key="directorate-public").weeks.count() == 1


def test_seasons_side_by_side_are_accepted(form: AdminForm) -> None:
    add_week(form, mon="9-12", first_day="2026-07-01", last_day="2026-08-31")
    add_week(form, mon="9-13", first_day="2026-09-01", last_day="2026-09-30")
    form.save()


def test_overlapping_exceptions_are_refused(form: AdminForm) -> None:
    add_exception(form, first_day="2026-12-24", last_day="2026-12-31")
    add_exception(form, first_day="2026-12-31", intervals="10-12")
    response = form.send()
    assert response.status_code == 200
    assert codes(response)


def test_overlap_of_walk_in_and_appointments_is_told(form: AdminForm) -> None:
    add_week(form, mon="15:00-17:00", by_appointment="on")
    response = form.send()
    assert response.status_code == 200
    assert codes(response)


def test_night_that_runs_into_the_next_morning_is_refused(form: AdminForm) -> None:
    response = form.send(**{"weeks-0-mon": "22:00-05:00", "weeks-0-tue": "04:00-12:00"})
    assert response.status_code == 200
    assert codes(response)


@pytest.mark.parametrize(
    ("model", "key"), [(Location, "manastur"), (OpeningHours, "directorate-public")]
)
def test_second_object_with_a_key_is_refused_at_the_key(
    admin: Client, model: Any, key: str
) -> None:
    before = model.objects.count()
    form = add(admin, model)
    response = form.send(key=key, name_ro="Altul", name_en="", name_hu="", address="str. X nr. 1")
    assert codes(response)["key"] == ["unique"]
    assert model.objects.count() == before


@pytest.mark.parametrize(
    "key", ["Mănăștur", "doua cuvinte", "-x", "a--b", "A", "", "x" * 61, "ș", "a/b", "a.ics"]
)
def test_unfit_key_is_refused_at_the_key(admin: Client, key: str) -> None:
    response = add(admin, Location).send(key=key, name_ro="Altul", address="str. X nr. 1")
    assert "key" in codes(response)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"valid_from": "2026-05-01", "valid_to": "2026-04-30"}, "valid_to"),
        ({"latitude": "46.7", "longitude": ""}, "longitude"),
        ({"latitude": "91", "longitude": "23"}, "latitude"),
        ({"latitude": "46.7", "longitude": "181"}, "longitude"),
        ({"latitude": "NaN", "longitude": "23"}, "latitude"),
        ({"name_ro": ""}, "name"),
        ({"name_ro": "x" * 256}, "name"),
        ({"address": ""}, "address"),
        ({"kind": "castle"}, "kind"),
        ({"sort_order": "-1"}, "sort_order"),
    ],
)
def test_impossible_fact_of_a_place_is_refused_at_its_field(
    admin: Client, changes: dict[str, str], field: str
) -> None:
    response = edit(admin, Location.objects.get(key="manastur")).send(**changes)
    assert response.status_code == 200
    assert field in codes(response)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_day": "2026-12-24", "last_day": "2026-12-23"}, "last_day"),
        ({"works_as": "0", "kind": "closure"}, "works_as"),
        ({"name_ro": ""}, "name"),
        ({"first_day": "24.13.2026"}, "first_day"),
        ({"scope": "nowhere"}, "scope"),
    ],
)
def test_impossible_calendar_day_is_refused_at_its_field(
    admin: Client, changes: dict[str, str], field: str
) -> None:
    form = add(admin, CalendarDay)
    data = {
        "name_ro": "Punte",
        "kind": "bridging",
        "first_day": "2026-12-24",
        "last_day": "2026-12-24",
        "scope": "all",
    }
    response = form.send(**{**data, **changes})
    assert response.status_code == 200
    assert field in codes(response)


# -- the one row that pages read ---------------------------------------------------------------------------------


def assert_in_step(hours: OpeningHours) -> None:
    """`schedule_data` is what the rows say."""
    hours = OpeningHours.objects.get(pk=hours.pk)
    built = hours.build_schedule(
        WeekSchedule.objects.filter(hours=hours), HoursException.objects.filter(hours=hours)
    )
    assert hours.schedule_data == to_data(built)
    assert hours.schedule == built


def test_saved_form_leaves_rows_and_data_in_step(form: AdminForm) -> None:
    add_week(form, mon="9-12", first_day="2026-07-01", last_day="2026-08-31", name_ro="Vara")
    add_exception(form, first_day="2026-12-24", intervals="10-12", reason_ro="Ajun")
    form.save(**{"weeks-0-mon": "10-18", "holidays": "special", "holiday_hours": "10-11"})
    hours = OpeningHours.objects.get(key="directorate-public")
    assert_in_step(hours)
    assert len(hours.schedule.seasons) == 2
    assert len(hours.schedule.exceptions) == 1
    assert hours.schedule.holiday_intervals


def test_deleted_rows_leave_the_data_too(admin: Client, form: AdminForm) -> None:
    add_week(form, mon="9-12", first_day="2026-07-01", last_day="2026-08-31")
    add_exception(form, first_day="2026-12-24")
    form.save()
    hours = OpeningHours.objects.get(key="directorate-public")
    again = edit(admin, hours)
    number = next(n for n in range(2) if again.data[f"weeks-{n}-first_day"])
    again.save(**{f"weeks-{number}-DELETE": "1", "exceptions-0-DELETE": "1"})
    hours.refresh_from_db()
    assert len(hours.schedule.seasons) == 1
    assert hours.schedule.exceptions == ()
    assert_in_step(hours)


def test_rows_changed_elsewhere_keep_the_data_in_step() -> None:
    hours = OpeningHours.objects.get(key="directorate-public")
    week = hours.weeks.get()
    week.mon = "10:00-12:00"
    week.save()
    assert_in_step(hours)
    exception = HoursException.objects.create(hours=hours, first_day=date(2026, 12, 24))
    assert_in_step(hours)
    exception.delete()
    assert_in_step(hours)
    hours.refresh_from_db()
    hours.published = False
    hours.save()
    assert_in_step(hours)


def test_new_hours_without_a_week_are_unknown_everywhere(client: Client, admin: Client) -> None:
    place = Location.objects.get(key="manastur")
    form = add(admin, OpeningHours)
    form.save(key="manastur-ghiseu", name_ro="Ghișeu", location=str(place.pk), published="on")
    hours = OpeningHours.objects.get(key="manastur-ghiseu")
    assert_in_step(hours)
    html = client.get("/ro/locatii/manastur/").content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    assert not re.search('data-open-state="(open|closed)"', main)


def test_hours_reach_their_place_when_its_key_changes(client: Client) -> None:
    """Closures are looked up by the place's key, so the stored schedule must follow it."""
    place = Location.objects.get(key="city-hall-motilor-3")
    place.key = "sediul-central"
    place.save()
    hours = OpeningHours.objects.get(key="directorate-public")
    assert hours.schedule.place == "sediul-central"
    assert_in_step(hours)


def test_hours_of_a_deleted_place_do_not_stay_behind() -> None:
    hours = OpeningHoursFactory()
    hours.location.delete()
    assert not OpeningHours.objects.filter(pk=hours.pk).exists()


# -- one edit ----------------------------------------------------------------------------------------------------

HOURS_SHOWN = [
    "/ro/contact/directia/",
    "/en/contact/directorate/",
    "/hu/kapcsolat/igazgatosag/",
    "/ro/locatii/city-hall-motilor-3/",
    "/en/places/city-hall-motilor-3/",
    "/hu/helyszinek/city-hall-motilor-3/",
    "/ro/contact/",
    "/en/contact/",
    "/hu/kapcsolat/",
    "/ro/accesibilitate/",
    "/en/privacy/",
    "/hu/",
]


def test_changed_hours_are_everywhere_on_the_next_request(client: Client, form: AdminForm) -> None:
    Occurrence.objects.all().delete()  # Events have hours of their own.
    for address in HOURS_SHOWN:
        assert "17:30" in client.get(address).content.decode(), address
    feeds = {
        code: client.get(f"/calendar/{code}/hours/city-hall-motilor-3.ics")
        for code in ("ro", "en", "hu")
    }
    add_exception(
        form,
        first_day="2026-12-10",
        reason_ro="Inventar",
        reason_en="Stocktaking",
        reason_hu="Leltár",
    )
    form.save(**{"weeks-0-thu": "08:00-18:45"})
    for address in HOURS_SHOWN:
        html = client.get(address).content.decode()
        assert "18:45" in html, address
        assert "17:30" not in html, address
    for code, reason in (("ro", "Inventar"), ("en", "Stocktaking"), ("hu", "Leltár")):
        feed = client.get(
            f"/calendar/{code}/hours/city-hall-motilor-3.ics",
            headers={"If-None-Match": feeds[code]["ETag"]},
        )
        assert feed.status_code == 200
        assert reason in feed.content.decode().replace("\r\n ", "")


def test_reason_of_an_exception_is_read_in_every_language(
    client: Client, form: AdminForm, clock: Any
) -> None:
    add_exception(
        form,
        first_day="2026-11-26",
        reason_ro="Inventar",
        reason_en="Stocktaking",
        reason_hu="Leltár",
    )
    form.save()
    for address, reason in [
        ("/ro/contact/directia/", "Inventar"),
        ("/en/contact/directorate/", "Stocktaking"),
        ("/hu/kapcsolat/igazgatosag/", "Leltár"),
    ]:
        assert reason in client.get(address).content.decode()


def test_hours_that_are_no_longer_sure_show_no_badge(
    client: Client, form: AdminForm, clock: Any
) -> None:
    Occurrence.objects.all().delete()  # Events have hours of their own.
    assert 'data-open-state="open"' in client.get("/ro/contact/directia/").content.decode()
    form.save(published=None)
    for address in HOURS_SHOWN:
        html = client.get(address).content.decode()
        assert not re.search('data-open-state="(open|closed)"', html), address
        assert "17:30" not in html, address


@pytest.mark.parametrize(
    ("scope", "places", "closed"),
    [
        ("all", [], {"city-hall-motilor-3", "manastur", "marasti"}),
        ("only", ["manastur"], {"manastur"}),
        ("except", ["manastur"], {"city-hall-motilor-3", "marasti"}),
        ("only", ["manastur", "marasti"], {"manastur", "marasti"}),
    ],
)
def test_closure_reaches_the_places_that_it_names(
    client: Client, admin: Client, clock: Any, scope: str, places: list[str], closed: set[str]
) -> None:
    for key in ("manastur", "marasti"):
        OpeningHoursFactory(location=Location.objects.get(key=key))
    form = add(admin, CalendarDay)
    for key in places:
        form.add_row("scoped_places", place=str(Location.objects.get(key=key).pk))
    form.save(
        name_ro="Avarie de apă",
        name_en="Burst pipe",
        name_hu="Csőtörés",
        kind="closure",
        first_day="2026-11-23",
        last_day="2026-11-23",
        scope=scope,
    )
    for key in ("city-hall-motilor-3", "manastur", "marasti"):
        html = client.get(f"/en/places/{key}/").content.decode()
        main = html[html.index("<main") : html.index("</main>")]
        state = re.search('data-open-state="(open|closed|unknown)"', main)
        assert state is not None
        assert state[1] == ("closed" if key in closed else "open"), key
        feed = client.get(f"/calendar/en/hours/{key}.ics").content.decode()
        assert ("Burst pipe" in feed) == (key in closed), key


@pytest.mark.parametrize("scope", ["only", "except"])
def test_scope_over_places_needs_a_place(admin: Client, scope: str) -> None:
    form = add(admin, CalendarDay)
    response = form.send(
        name_ro="Inventar",
        kind="closure",
        first_day="2026-11-23",
        last_day="2026-11-23",
        scope=scope,
    )
    assert codes(response)["scope"] == ["no_place"]
    assert not CalendarDay.objects.exists()


def test_holiday_of_the_calendar_closes_the_counter(client: Client, clock: Any) -> None:
    clock.move_to(datetime(2026, 11, 30, 10, tzinfo=ZoneInfo("Europe/Bucharest")))
    html = client.get("/ro/contact/directia/").content.decode()
    assert 'data-open-state="closed"' in html
    assert "Sfântul Andrei" in html


def test_factory_place_is_valid() -> None:
    LocationFactory().full_clean()
