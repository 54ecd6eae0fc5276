"""Before campaigns, news, partnerships and calls are published, and pages of places and departments."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale

from campaigns.enums import Stage
from campaigns.models import PartnerCallPage, PartnershipIndexPage, PartnershipPage
from campaigns.models.partnership_parts import PartnershipParty
from cms.preflight import Level, examine
from tests.factories import (
    CampaignIndexPageFactory,
    CampaignPageFactory,
    ContactIndexPageFactory,
    ContactPointFactory,
    DepartmentFactory,
    DepartmentPageFactory,
    EventIndexPageFactory,
    EventPageFactory,
    LocationFactory,
    LocationIndexPageFactory,
    LocationPageFactory,
    NewsIndexPageFactory,
    NewsPageFactory,
    OpeningHoursFactory,
    OrganisationFactory,
    StandardPageFactory,
    make_home,
)
from tests.remembered import remembered_fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_tree", "clock")]


@remembered_fixture
def home() -> Any:
    return make_home()


@remembered_fixture
def campaigns(home: Any) -> Any:
    return CampaignIndexPageFactory(parent=home, slug="campanii")


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


def campaign(parent: Any, **values: Any) -> Any:
    values.setdefault("department", DepartmentFactory())
    return CampaignPageFactory(parent=parent, **values)


def test_a_good_campaign_has_nothing(campaigns: Any) -> None:
    assert found(campaign(campaigns)) == {}


def test_a_campaign_without_a_description_of_its_image_is_stopped(
    campaigns: Any, image: Image
) -> None:
    page = campaign(campaigns)
    page.image = image
    blocks = [item for item in examine(page) if item.level is Level.BLOCK]
    # Its own validation says the same: told once.
    assert [item.field for item in blocks] == ["image_alt"]
    page.image_alt = "Becuri pe o stradă"
    assert found(page) == {}
    page.save()
    copy = page.copy_for_translation(Locale.objects.get(language_code="en"), copy_parents=True)
    copy.image_alt = ""
    assert found(copy) == {"alt_translation": Level.WARNING}


def test_an_end_before_the_beginning_stops_a_campaign(campaigns: Any) -> None:
    page = campaign(campaigns)
    page.ends_on = date(2026, 11, 1)
    assert found(page)["invalid"] is Level.BLOCK


@pytest.mark.parametrize(
    ("stage", "starts_on", "ends_on", "expected"),
    [
        (Stage.LIVE, date(2025, 11, 1), date(2025, 12, 1), {"past": Level.WARNING}),
        (Stage.CLOSED, date(2025, 11, 1), date(2025, 12, 1), {}),
        (Stage.TEASER, date(2026, 11, 23), None, {"past": Level.WARNING}),
        (Stage.TEASER, date(2026, 11, 24), None, {}),
        (Stage.LIVE, None, None, {"no_date": Level.WARNING}),
        (Stage.BRIEF, None, None, {}),
    ],
)
def test_days_against_the_stage(
    campaigns: Any, stage: Stage, starts_on: Any, ends_on: Any, expected: Any
) -> None:
    page = campaign(campaigns, stage=stage, starts_on=starts_on, ends_on=ends_on)
    assert found(page) == expected


def test_events_that_are_not_public_are_counted_but_not_named(campaigns: Any, home: Any) -> None:
    calendar = EventIndexPageFactory(parent=home, slug="evenimente")
    shown = EventPageFactory(parent=calendar)
    hidden = EventPageFactory(parent=calendar, title="Zgrunțuros", live=False)
    page = campaign(campaigns, events=[shown, hidden])
    (item,) = [item for item in examine(page) if item.code == "event_not_public"]
    assert "1" in item.message
    assert "Zgrunțuros" not in item.message


def test_nobody_to_ask_is_advice(campaigns: Any) -> None:
    assert found(campaign(campaigns, department=None)) == {"no_contact": Level.ADVICE}


def test_news_of_a_day_to_come(home: Any) -> None:
    index = NewsIndexPageFactory(parent=home, slug="noutati")
    assert found(NewsPageFactory(parent=index)) == {}
    assert found(NewsPageFactory(parent=index, published_on=date(2026, 12, 1))) == {
        "future": Level.WARNING
    }


def test_partnerships_and_calls(home: Any) -> None:
    index = home.add_child(instance=PartnershipIndexPage(title="Parteneriate", slug="parteneriate"))
    page: Any = PartnershipPage(title="Acord", slug="acord", ends_on=date(2025, 1, 1))
    index.add_child(instance=page)
    assert found(page) == {
        "past": Level.WARNING,
        "no_party": Level.WARNING,
        "no_decision": Level.ADVICE,
    }
    page.ends_on, page.decision_number = None, "12/2026"
    page.parties = [PartnershipParty(organisation=OrganisationFactory())]
    assert found(page) == {}
    call = PartnerCallPage(title="Apel", slug="apel", closes_on=date(2025, 1, 1))
    index.add_child(instance=call)
    assert found(call) == {"past": Level.WARNING, "no_form": Level.WARNING}
    form = StandardPageFactory(parent=home, slug="formular")
    call.closes_on, call.form_page = None, form.page_ptr
    assert found(call) == {}


def test_a_place_needs_confirmed_hours(home: Any) -> None:
    index = LocationIndexPageFactory(parent=home, slug="locatii")
    place = LocationFactory()
    page = LocationPageFactory(parent=index, location=place)
    assert found(page) == {"place_hours": Level.WARNING}
    hours = OpeningHoursFactory(location=place, published=False)
    (item,) = [item for item in examine(page) if item.code == "place_hours"]
    assert item.url.endswith(f"/edit/{hours.pk}/")
    hours.published = True
    hours.save()
    assert found(page) == {}


def test_a_department_needs_somebody_to_call(home: Any) -> None:
    index = ContactIndexPageFactory(parent=home, slug="contact")
    department = DepartmentFactory()
    page = DepartmentPageFactory(parent=index, department=department)
    assert found(page) == {"no_contact": Level.WARNING}
    point = ContactPointFactory(department=department, phone_public=False)
    assert found(page) == {"no_contact": Level.WARNING}
    point.phone_public = True
    point.save()
    assert found(page) == {}
