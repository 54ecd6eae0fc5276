"""Filters of the list that somebody gave a name to. Each user has his or her own; nobody else sees or changes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.desk.forms import CleanLineField
from registry.models import SavedView

SCREEN: Final = "entries"
MOST_VIEWS: Final = 30
_LONGEST_QUERY: Final = 1000


class NameForm(forms.Form):
    """What a view is called."""

    name = CleanLineField(
        label=gettext_lazy("Name of the view"),
        max_length=60,
        error_messages={"required": gettext_lazy("Give the view a name.")},
    )


@dataclass(frozen=True, slots=True)
class ViewShown:
    """A view in the list of views: its address is relative to the list's."""

    view: SavedView
    is_current: bool


def views_of(user: Any, query: str) -> list[ViewShown]:
    """The views of `user` in the order of their names; `query` is what is looked at now. One query."""
    views = SavedView.objects.filter(user=user, screen=SCREEN)
    return [ViewShown(view, view.query == query) for view in views[: MOST_VIEWS + 1]]


def save_view(user: Any, name: str, query: str) -> str:
    """Keep `query` as the view `name` of `user`, in place of one with that name; returns why not, "" when it is kept.

    `query` is what `filters.query_of` made of cleaned filters, without words that were searched: those may be a name.
    """
    if not query:
        return _(
            "Choose some filters first: a view keeps those. Words that are searched are not kept."
        )
    if len(query) > _LONGEST_QUERY:
        return _("These are too many filters for a view.")
    views = SavedView.objects.filter(user=user, screen=SCREEN)
    known = views.filter(name=name).first()
    if known is None and views.count() >= MOST_VIEWS:
        return _("You have %(number)s views: delete one that you don't use.") % {
            "number": MOST_VIEWS
        }
    SavedView.objects.update_or_create(
        user=user, screen=SCREEN, name=name, defaults={"query": query}
    )
    return ""
