"""The intake: the entries that one may see, found by number or words, narrowed by filters, paged by key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models import Department
from registry import viewing
from registry.deadlines import registration_day
from registry.desk.paging import FIRST_DUE_FIRST, NEWEST_FIRST, slice_of
from registry.desk.screens import Screen, may
from registry.enums import State
from registry.models import EntryKind, RegistryEntry
from registry.numbers import parse_number
from registry.permissions import departments_of, may_see_petitioner
from registry.personal_numbers import mask_cnps
from registry.search import words_of
from registry.term_text import days_left_text
from registry.typed_text import clean_line

WEEK: Final = timedelta(days=7)
HIDDEN: Final = "•••"
"""Stands for a name that the reader may not see."""
NO_DEPARTMENT: Final = "none"
MOST_OF_A_NUMBER: Final = 500


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
        ],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", pgettext_lazy("filter of entries", "any state")), *State.choices],
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = EntryKind.objects.all()
        if not may(user, "view_confidential_entries"):
            kinds = kinds.filter(is_confidential=False)
        departments = Department.objects.all()
        sees_all = may(user, "view_all_entries")
        if not sees_all:
            departments = departments.filter(pk__in=departments_of(user))
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", pgettext_lazy("filter of entries", "any kind")),
            *((str(kind.pk), str(kind)) for kind in kinds),
        ]
        self.fields["department"].choices = [  # type: ignore[attr-defined]
            ("", pgettext_lazy("filter of entries", "any department")),
            *([(NO_DEPARTMENT, _("without a department"))] if sees_all else []),
            *sorted(((str(row.pk), str(row)) for row in departments), key=lambda choice: choice[1]),
        ]

    def clean_q(self) -> str:
        """The words without what cannot be seen."""
        return clean_line(self.cleaned_data["q"])


def _of_day(entries: QuerySet[RegistryEntry], day: date) -> QuerySet[RegistryEntry]:
    """Those of `entries` that were registered on `day`.

    Keys rise with time: whatever index the database reads, it reads from the first of the day on.
    """
    of_day = RegistryEntry.objects.filter(registered_on=day).order_by("pk")
    first = next(iter(of_day.values_list("pk", flat=True)[:1]), None)
    if first is None:
        return entries.none()
    return entries.filter(registered_on=day, pk__gte=first)


def with_number(entries: QuerySet[RegistryEntry], query: str) -> QuerySet[RegistryEntry]:
    """The entries with the number that `query` names: one of each register and year, so their keys are found first.

    A database without statistics would read a whole department for them instead.
    """
    known = RegistryEntry.objects.search(query).order_by("-pk").values_list("pk", flat=True)
    return entries.filter(pk__in=list(known[:MOST_OF_A_NUMBER]))


def narrowed(
    entries: QuerySet[RegistryEntry], wanted: dict[str, Any], today: date
) -> QuerySet[RegistryEntry]:
    """The entries that fulfil the filters `wanted` (all but `q`); `today` is the local day."""
    match wanted.get("show"):
        case "today":
            entries = _of_day(entries, today)
        case "late":
            entries = entries.filter(state__in=State.open(), due__lt=today)
        case "week":
            entries = entries.filter(state__in=State.open(), due__range=(today, today + WEEK))
    if state := wanted.get("state"):
        entries = entries.filter(state=state)
    if kind := wanted.get("kind"):
        entries = entries.filter(kind=int(kind))
    department = wanted.get("department")
    if department == NO_DEPARTMENT:
        entries = entries.filter(department=None)
    elif department:
        entries = entries.filter(department=int(department))
    return entries


@dataclass(frozen=True, slots=True)
class DueNote:
    """A term in the list: its day, the days left in words, and "late", "soon" or "" for its colour."""

    day: date
    words: str = ""
    tone: str = ""


def due_note(entry: RegistryEntry, today: date) -> DueNote | None:
    """What the list says of the term of `entry`; None for kinds without one. `today` is the local day."""
    if entry.due is None:
        return None
    if not entry.is_open:
        return DueNote(entry.due)
    tone = "late" if entry.due < today else "soon" if entry.due - today <= WEEK else ""
    return DueNote(entry.due, days_left_text(entry.due, today), tone)


def petitioner_text(entry: RegistryEntry, user: Any) -> str:
    """Who an entry is from, as far as `user` may see it, without personal numbers."""
    if not may_see_petitioner(user):
        return HIDDEN if entry.petitioner_name else ""
    return mask_cnps(entry.petitioner_name)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list."""

    entry: RegistryEntry
    subject: str
    petitioner: str
    due: DueNote | None


class EntryListScreen(Screen):
    """The list of entries."""

    template_name = "wagtailadmin/registry/entries.html"
    title = _("Entries")
    parent = None

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The page that the filters and the cursor ask for: as many queries whatever it holds."""
        user, today = request.user, registration_day(timezone.now())
        form = EntryFilter(user, request.GET)
        form.is_valid()
        wanted = form.cleaned_data
        query = wanted.get("q", "")
        # Who may not see names could find out by searching for them.
        by_words = bool(query) and parse_number(query) is None
        refused = by_words and not may_see_petitioner(user)
        entries = narrowed(RegistryEntry.objects.visible_to(user), wanted, today)
        if refused:
            entries = entries.none()
        elif by_words:
            entries = entries.search(query)  # type: ignore[attr-defined]
        elif query:
            entries = with_number(entries, query)
        order = FIRST_DUE_FIRST if wanted.get("show") in {"late", "week"} else NEWEST_FIRST
        page = slice_of(
            entries.select_related("kind", "department").defer("body", "answer", "search_text"),
            order,
            request.GET,
        )
        if by_words and not refused and words_of(query):
            viewing.note_name_search(user, len(page.rows), bool(page.after))
        return self.shown(
            filter=form,
            is_filtered=any(wanted.values()),
            names_refused=refused,
            page=page,
            rows=[
                Row(
                    entry,
                    mask_cnps(entry.subject),
                    petitioner_text(entry, user),
                    due_note(entry, today),
                )
                for entry in page.rows
            ],
            may_register=may(user, "register_entry"),
        )
