"""What tests begin with is built once, and anew on other ground."""

from __future__ import annotations

from typing import Any

import pytest

from events.models import Category, EventIndexPage, EventPage
from tests.events.calendar_site import PATHS, soup_of, standing_calendar_site
from tests.factories import CategoryFactory, EventPageFactory
from tests.remembered import builder, remembered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "site_tree")]

built: list[str] = []


def make_category() -> Category:
    built.append("category")
    category: Category = CategoryFactory(slug="sport")
    return category


@pytest.mark.parametrize("time", [1, 2, 3, 4])
def test_what_is_built_again_is_built_twice_at_most(client: Any, time: int) -> None:
    site = standing_calendar_site()
    assert remembered(make_category) == Category.objects.get()
    assert len(built) == min(time, 2)
    EventPageFactory(parent=site.index, title=f"Concertul {time}")
    for address in PATHS.values():
        assert f"Concertul {time}" in soup_of(client, address).text


def test_on_other_ground_it_is_built_anew() -> None:
    before = len(built)
    CategoryFactory(slug="muzica")
    remembered(make_category)
    assert len(built) == before + 1


@builder
def add_event(index: EventIndexPage, title: str) -> EventPage:
    page: EventPage = EventPageFactory(parent=index, title=title)
    return page


@pytest.mark.parametrize("time", [1, 2, 3])
def test_pages_know_of_children_that_were_copied(client: Any, time: int) -> None:
    index = standing_calendar_site().index
    first, second = add_event(index, "Unu"), add_event(index, "Doi")
    third = EventPageFactory(parent=index, title="Trei")
    assert list(index.get_children()) == [first.page_ptr, second.page_ptr, third.page_ptr]
    first.title = "Altul"
    assert EventPage.objects.get(pk=first.pk).title == "Unu"


def test_functions_that_cannot_be_told_apart_are_refused() -> None:
    def build() -> None: ...

    with pytest.raises(AssertionError):
        remembered(build)
