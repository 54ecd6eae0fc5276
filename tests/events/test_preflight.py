"""Before an event is published: its date, what is in the way, where it is, its image."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale, Page

from cms.preflight import Level, examine, newest
from cms.publishing import PublishingRefused, require_publishable
from events.models import EventPage
from home.roles import sync_roles
from tests.admin_forms import AdminForm
from tests.factories import (
    EventPageFactory,
    LocationFactory,
    OpeningHoursFactory,
    make_calendar,
    make_user,
    text,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_tree", "clock")]


@pytest.fixture
def calendar() -> Any:
    return make_calendar()


@pytest.fixture
def image() -> Image:
    made: Image = Image.objects.create(title="Parc", file=get_test_image_file())
    return made


def found(page: Any) -> dict[str, Level]:
    """What was found, without that of other languages and plain words."""
    return {
        item.code: item.level
        for item in examine(page)
        if not item.code.startswith("translation_") and item.code != "no_summary"
    }


def event(calendar: Any, **values: Any) -> Any:
    values.setdefault("place_text", text("Parcul Central"))
    return EventPageFactory(parent=calendar, **values)


def test_a_good_event_has_nothing(calendar: Any) -> None:
    assert found(event(calendar)) == {}


def test_a_draft_without_a_date_is_never_public(calendar: Any) -> None:
    page = event(calendar, live=False)
    page.start_date = page.start_time = page.end_time = None
    page.save_revision(clean=False)
    saved = Page.objects.get(pk=page.pk)
    assert found(newest(saved)) == {"no_date": Level.BLOCK}
    with pytest.raises(PublishingRefused):
        require_publishable(saved)


def test_an_end_before_the_beginning_stops_it(calendar: Any) -> None:
    page = event(calendar)
    page.end_date = date(2026, 11, 1)
    assert found(page)["schedule"] is Level.BLOCK


def test_dates_in_the_past_and_clashes_are_told(calendar: Any) -> None:
    place = LocationFactory()
    OpeningHoursFactory(location=place)
    assert found(event(calendar, start_date=date(2025, 11, 26))) == {"past": Level.WARNING}
    EventPageFactory(parent=calendar, place=place, title="Târg", start_time=time(17))
    page = EventPageFactory(parent=calendar, place=place, title="Concert", live=False)
    (clash,) = [item for item in examine(page) if item.code == "clash"]
    assert clash.level is Level.WARNING
    assert "Târg" in clash.message


def test_a_place_is_named_and_has_hours(calendar: Any) -> None:
    assert found(EventPageFactory(parent=calendar)) == {"no_place": Level.WARNING}
    online = EventPageFactory(parent=calendar, online_url="https://example.org/")
    assert found(online) == {}
    place = LocationFactory()
    page = EventPageFactory(parent=calendar, place=place)
    assert found(page) == {"place_hours": Level.ADVICE}
    hours = OpeningHoursFactory(location=place, published=False)
    assert found(page) == {"place_hours": Level.ADVICE}
    hours.published = True
    hours.save()
    assert found(page) == {}


def test_what_does_not_take_place_needs_no_place(calendar: Any) -> None:
    assert found(EventPageFactory(parent=calendar, state="cancelled")) == {}


def test_each_language_describes_the_image(calendar: Any, image: Image) -> None:
    page = event(calendar, image=image)
    assert found(page) == {"alt": Level.BLOCK}
    page.image_alt = "DSC_0001.jpg"
    assert found(page) == {"alt_file_name": Level.WARNING}
    page.image_alt = "Oameni în parc"
    page.save()
    assert found(page) == {}
    copy = page.copy_for_translation(Locale.objects.get(language_code="hu"), copy_parents=True)
    copy.image_alt = ""
    assert found(copy) == {"alt": Level.BLOCK}


def test_a_translation_repeats_nothing_of_the_dates(calendar: Any) -> None:
    page = event(calendar, start_date=date(2025, 11, 26))
    copy = page.copy_for_translation(Locale.objects.get(language_code="en"), copy_parents=True)
    assert found(copy) == {}


def test_queries_do_not_grow_with_the_calendar(
    calendar: Any, django_assert_max_num_queries: Any
) -> None:
    place = LocationFactory()
    page = EventPageFactory(parent=calendar, place=place, rule="FREQ=DAILY;COUNT=30")
    for number in range(12):
        EventPageFactory(parent=calendar, place=place, start_date=date(2026, 12, 1 + number))
    with django_assert_max_num_queries(25):
        examine(EventPage.objects.get(pk=page.pk))


def test_publishing_tells_what_may_be_a_slip(calendar: Any) -> None:
    sync_roles()
    place = LocationFactory()
    EventPageFactory(parent=calendar, place=place, title="Târg")
    page = EventPageFactory(parent=calendar, place=place, title="Concert", live=False)
    page.save_revision()
    client = Client()
    client.force_login(make_user("moderatoare", "Moderator"))
    form = AdminForm(client, reverse("wagtailadmin_pages:edit", args=[page.pk]))
    response = form.send(**{"body-count": "0", "action-publish": "1"})
    assert Page.objects.get(pk=page.pk).live
    told = [str(message) for message in get_messages(response.wsgi_request)]
    assert sum("Târg" in message for message in told) == 1
