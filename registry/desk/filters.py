"""What lists of entries are narrowed to: the form, its conditions, and the order that goes with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models import Department
from registry.desk.forms import DayInput
from registry.desk.paging import NEWEST_DAY_FIRST, NEWEST_FIRST, OPEN_FIRST_DUE_FIRST, Order
from registry.desk.screens import may
from registry.enums import Direction, State
from registry.models import EntryKind, RegistryEntry
from registry.numbers import parse_number
from registry.permissions import departments_of, may_see_petitioner
from registry.querysets import EntryQuerySet
from registry.search import words_of
from registry.typed_text import clean_line

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
NONE: Final = "none"
"""Stands for entries without a department, or without an officer."""
ME: Final = "me"
MOST_OF_A_NUMBER: Final = 500
MORE: Final = ("officer", "direction", "since", "until", "for_mayor")
BY_TERM: Final = frozenset({"late", "week", "open"})
"""What `show` can be that is listed by terms."""


class EntryFilter(forms.Form):
    """What the list can be narrowed to; what is no choice is as if it were not there."""

    q = forms.CharField(label=_("Number, name or subject"), required=False, max_length=200)
    show = forms.ChoiceField(
        label=pgettext_lazy("filter of entries", "Show"),
        required=False,
        choices=[
            ("", pgettext_lazy("filter of entries", "all, newest first")),
            ("today", pgettext_lazy("filter of entries", "registered today")),
            ("late", pgettext_lazy("filter of entries", "late, the longest first")),
            ("week", pgettext_lazy("filter of entries", "due within a week")),
            ("open", pgettext_lazy("filter of entries", "open, by their terms")),
        ],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", pgettext_lazy("filter of entries", "any state")), *State.choices],
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)
    officer = forms.ChoiceField(label=_("Officer"), required=False)
    direction = forms.ChoiceField(
        label=_("Direction"),
        required=False,
        choices=[("", pgettext_lazy("filter of entries", "any direction")), *Direction.choices],
    )
    since = forms.DateField(label=_("Registered from"), required=False, widget=DayInput())
    until = forms.DateField(label=_("Registered until"), required=False, widget=DayInput())
    for_mayor = forms.BooleanField(label=_("addressed to the Mayor"), required=False)

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = EntryKind.objects.all()
        if not may(user, "view_confidential_entries"):
            kinds = kinds.filter(is_confidential=False)
        departments = Department.objects.all()
        officers = get_user_model().objects.filter(is_active=True, desk_memberships__gt=0)
        sees_all = may(user, "view_all_entries")
        if not sees_all:
            own = departments_of(user)
            departments = departments.filter(pk__in=own)
            officers = officers.filter(desk_memberships__department__in=own)
        self._choices("kind", ("", pgettext_lazy("filter of entries", "any kind")), kinds)
        self._choices(
            "department",
            ("", pgettext_lazy("filter of entries", "any department")),
            sorted(departments, key=str),
            *([(NONE, _("without a department"))] if sees_all else []),
        )
        self._choices(
            "officer",
            ("", pgettext_lazy("filter of entries", "any officer")),
            officers.order_by("last_name", "first_name", "username").distinct(),
            (ME, pgettext_lazy("filter of entries", "I myself")),
            (NONE, pgettext_lazy("filter of entries", "nobody yet")),
        )

    def _choices(self, name: str, first: tuple[str, Any], rows: Any, *special: Any) -> None:
        self.fields[name].choices = [  # type: ignore[attr-defined]
            first,
            *special,
            *((str(row.pk), _name_of(row)) for row in rows),
        ]

    @property
    def first(self) -> list[forms.BoundField]:
        """The fields that stand beside the search."""
        return [self[name] for name in self.fields if name != "q" and name not in MORE]

    @property
    def more(self) -> list[forms.BoundField]:
        """The fields that are folded away until one of them is used."""
        return [self[name] for name in MORE]

    @property
    def uses_more(self) -> bool:
        """Whether one of those is used."""
        return any(self.cleaned_data.get(name) for name in MORE)

    def clean_q(self) -> str:
        """The words without what cannot be seen."""
        return clean_line(self.cleaned_data["q"])


def _name_of(row: Any) -> str:
    return row.get_full_name() or row.get_username() if hasattr(row, "get_username") else str(row)


# -- the conditions ----------------------------------------------------------------------------------------------------


def _of_day(entries: EntryQuerySet, day: date) -> EntryQuerySet:
    """Those of `entries` that were registered on `day`.

    Keys rise with time: whatever index the database reads, it reads from the first of the day on.
    """
    of_day = RegistryEntry.objects.filter(registered_on=day).order_by("pk")
    first = next(iter(of_day.values_list("pk", flat=True)[:1]), None)
    if first is None:
        return entries.none()
    return entries.filter(registered_on=day, pk__gte=first)


def with_number(entries: EntryQuerySet, query: str) -> EntryQuerySet:
    """The entries with the number that `query` names: one of each register and year, so their keys are found first.

    A database without statistics would read a whole department for them instead.
    """
    known = RegistryEntry.objects.search(query).order_by("-pk").values_list("pk", flat=True)
    return entries.filter(pk__in=list(known[:MOST_OF_A_NUMBER]))


def narrowed(
    entries: EntryQuerySet, wanted: Mapping[str, Any], user: Any, today: date
) -> EntryQuerySet:
    """The entries that fulfil the filters `wanted` (all but `q`); `user` is "I", `today` the local day.

    What is open is found through `open_due`, one range of one index whatever the states are.
    """
    match wanted.get("show"):
        case "today":
            entries = _of_day(entries, today)
        case "late":
            entries = entries.due_between(date.min, today - DAY)
        case "week":
            entries = entries.due_between(today, today + WEEK)
        case "open":
            entries = entries.open()
    if state := wanted.get("state"):
        entries = entries.filter(state=state)
    if kind := wanted.get("kind"):
        entries = entries.filter(kind=int(kind))
    department = wanted.get("department")
    if department == NONE:
        entries = entries.filter(department=None)
    elif department:
        entries = entries.filter(department=int(department))
    officer = wanted.get("officer")
    if officer == NONE:
        # What nobody works on yet, not what nobody had to work on.
        entries = entries.open().filter(officer=None)
    elif officer:
        entries = entries.filter(officer=user.pk if officer == ME else int(officer))
    if direction := wanted.get("direction"):
        entries = entries.filter(direction=direction)
        if direction != Direction.INCOMING:
            # Says what the index of the few says, so that it is used.
            entries = entries.exclude(direction=Direction.INCOMING)
    if since := wanted.get("since"):
        entries = entries.filter(registered_on__gte=since)
    if until := wanted.get("until"):
        entries = entries.filter(registered_on__lte=until)
    if wanted.get("for_mayor"):
        entries = entries.filter(for_mayor=True)
    return entries


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What filters leave of the entries that `user` may see, and in which order it is listed."""

    entries: QuerySet[RegistryEntry]
    order: Order
    by_words: bool
    """Names and subjects were searched."""
    names_refused: bool
    """They were, by somebody who may not see names: nothing is found, or the search would tell them."""


def filtered(user: Any, wanted: Mapping[str, Any], today: date) -> Narrowed:
    """The entries that `user` may see and that `wanted` (cleaned) leaves; `today` is the local day."""
    query = wanted.get("q", "")
    by_words = bool(query) and parse_number(query) is None
    refused = by_words and not may_see_petitioner(user)
    entries = narrowed(RegistryEntry.objects.visible_to(user), wanted, user, today)
    if refused:
        entries = entries.none()
    elif by_words:
        entries = entries.search(query)
    elif query:
        entries = with_number(entries, query)
    order = NEWEST_FIRST
    if wanted.get("show") in BY_TERM or wanted.get("officer") == NONE:
        order = OPEN_FIRST_DUE_FIRST
    elif (wanted.get("since") or wanted.get("until")) and not query:
        order = NEWEST_DAY_FIRST
    return Narrowed(entries, order, by_words and bool(words_of(query)), refused)


def query_of(wanted: Mapping[str, Any], *without: str) -> str:
    """The query string that stands for the cleaned filters `wanted`, in the order of the form, but those `without`."""
    pairs = []
    for name in EntryFilter.base_fields:
        value = wanted.get(name)
        if value and name not in without:
            pairs.append((name, "on" if value is True else str(value)))
    return urlencode(pairs)
