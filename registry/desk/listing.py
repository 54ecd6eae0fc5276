"""The list of entries: those that one may see, found by number or words, narrowed by filters, paged by key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import viewing
from registry.deadlines import registration_day
from registry.desk.filters import WEEK, EntryFilter, filtered, query_of
from registry.desk.paging import slice_of
from registry.desk.saved_views import NameForm, views_of
from registry.desk.screens import Screen, may
from registry.models import RegistryEntry
from registry.permissions import may_see_petitioner
from registry.personal_numbers import mask_cnps
from registry.term_text import days_left_text

HIDDEN: Final = "•••"
"""Stands for a name that the reader may not see."""


@dataclass(frozen=True, slots=True)
class DueNote:
    """A term in the list: its day, the days left in words, and "late", "soon" or "" for its colour."""

    day: date
    words: str = ""
    tone: str = ""

    @property
    def iso(self) -> str:
        """The day as machines read it."""
        return self.day.isoformat()


def day_note(day: date, today: date) -> DueNote:
    """What a list says of a term that runs until `day`; both are local days."""
    tone = "late" if day < today else "soon" if day - today <= WEEK else ""
    return DueNote(day, days_left_text(day, today), tone)


def due_note(entry: RegistryEntry, today: date) -> DueNote | None:
    """What the list says of the term of `entry`; None for kinds without one. `today` is the local day."""
    if entry.due is None:
        return None
    return day_note(entry.due, today) if entry.is_open else DueNote(entry.due)


def petitioner_text(entry: RegistryEntry, user: Any) -> str:
    """Who an entry is from, as far as `user` may see it, without personal numbers."""
    return petitioner_shown(entry, sees=may_see_petitioner(user))


def petitioner_shown(entry: RegistryEntry, *, sees: bool) -> str:
    """The same where it is known whether the reader `sees` petitioners: it is asked once for a whole list."""
    if not sees:
        return HIDDEN if entry.petitioner_name else ""
    return mask_cnps(entry.petitioner_name)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list of entries."""

    entry: RegistryEntry
    subject: str
    petitioner: str
    due: DueNote | None


def rows_of(entries: Iterable[RegistryEntry], user: Any, today: date) -> list[Row]:
    """The lines of a list, as `user` may see them on the local day `today`."""
    sees = may_see_petitioner(user)
    return [
        Row(
            entry,
            mask_cnps(entry.subject),
            petitioner_shown(entry, sees=sees),
            due_note(entry, today),
        )
        for entry in entries
    ]


NOT_LISTED: Final = (
    "body",
    "answer",
    "search_text",
    "aspects",
    "other_terms",
    "concerns",
    "legal_basis",
    "signatory_head",
    "signatory_department",
    "petitioner_email",
    "petitioner_address",
    "petitioner_phone",
    "submission_key",
    "submission_digest",
    "tracking_hash",
    "seal_salt",
)
"""What no list shows of an entry, and what costs to read of a page full."""


def listed(entries: QuerySet[RegistryEntry]) -> QuerySet[RegistryEntry]:
    """`entries` with what lists show of each: two queries more, since many share a kind and a department."""
    return (
        entries.select_related("officer").defer(*NOT_LISTED).prefetch_related("kind", "department")
    )


class EntryListScreen(Screen):
    """The list of entries."""

    template_name = "wagtailadmin/registry/entries.html"
    title = _("Entries")
    parent = None

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The page that the filters and the cursor ask for: as many queries whatever it holds."""
        return self.list_shown(request.GET)

    def list_shown(
        self,
        query: QueryDict,
        *,
        status: int = 200,
        problem: str = "",
        name_form: NameForm | None = None,
    ) -> HttpResponseBase:
        """The list that `query` asks for, with a `problem` above it, and the form for a view's name as it was typed."""
        user, today = self.request.user, registration_day(timezone.now())
        form = EntryFilter(user, query)
        form.is_valid()
        wanted = form.cleaned_data
        found = filtered(user, wanted, today)
        page = slice_of(listed(found.entries), found.order, query)
        if found.by_words and not found.names_refused:
            viewing.note_name_search(user, len(page.rows), bool(page.after))
        return self.shown(
            status=status,
            problem=problem,
            filter=form,
            query=query_of(wanted),
            is_filtered=any(wanted.values()),
            names_refused=found.names_refused,
            views=views_of(user, query_of(wanted, "q")),
            can_save=bool(query_of(wanted, "q")),
            name_form=name_form or NameForm(),
            page=page,
            rows=rows_of(page.rows, user, today),
            may_register=may(user, "register_entry"),
            may_export=may(user, "export_entries") and bool(page.rows),
        )
