"""What tests begin with is built once, and anew on other ground."""

from __future__ import annotations

from typing import Any

import pytest

from tests.events.calendar_site import PATHS, soup_of, standing_calendar_site
from tests.factories import CategoryFactory, EventPageFactory
from tests.remembered import remembered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "site_tree")]

built: list[str] = []


def make_category() -> None:
    built.append("category")
    CategoryFactory(slug="sport")


@pytest.mark.parametrize("time", [1, 2])
def test_it_is_built_once(client: Any, time: int) -> None:
    site = standing_calendar_site()
    remembered(make_category)
    assert built == ["category"]
    EventPageFactory(parent=site.index, title=f"Concertul {time}")
    for address in PATHS.values():
        assert f"Concertul {time}" in soup_of(client, address).text


def test_on_other_ground_it_is_built_anew() -> None:
    before = len(built)
    CategoryFactory(slug="muzica")
    remembered(make_category)
    assert len(built) == before + 1
