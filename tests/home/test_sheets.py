"""All tables that can be taken out and brought in, whichever app registers them."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from cms.folding import fold
from cms.multilingual import LANGUAGES
from cms.sheets.kinds import SheetKind, sheets


def by_key(kind: SheetKind) -> str:
    return kind.key


def test_the_tables_that_there_are():
    assert [kind.key for kind in sheets()] == [
        "campaigns",
        "events",
        "partnerships",
        "organisations",
        "departments",
        "contact-points",
        "posts",
    ]


@pytest.mark.parametrize("kind", sheets(), ids=by_key)
def test_a_heading_means_one_column_in_every_language(kind):
    """Or a file that was taken out in Romanian would come back into the wrong column."""
    meant: dict[str, set[str]] = {}
    for column in kind.columns:
        for title in column.titles():
            meant.setdefault(fold(title), set()).add(column.name)
    assert {title: names for title, names in meant.items() if len(names) > 1} == {}


@pytest.mark.parametrize("kind", sheets(), ids=by_key)
def test_a_table_describes_itself(kind):
    names = [column.name for column in kind.columns]
    assert len(set(names)) == len(names)
    assert kind.key_name in names
    assert set(kind.example) <= set(names)
    for language in LANGUAGES:
        with override(language):
            assert str(kind.title)
            assert str(kind.intro)
            assert all(column.title() for column in kind.columns)
