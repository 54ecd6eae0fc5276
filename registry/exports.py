"""Lists of entries as files: who may take one out, how much at once, what stands in it, and what the trail tells.

A file leaves the house with whoever takes it. So it holds what the list shows and no more: names for those alone who
may see them, personal numbers masked; and the trail keeps the filters and the number of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from cms.sheets.comma_separated import stream_csv
from cms.sheets.writing import MEDIA_TYPE, stream_workbook
from registry import audit
from registry.deadlines import CITY_ZONE, registration_day
from registry.enums import Action
from registry.models import RegistryEntry
from registry.permissions import may_see_petitioner
from registry.personal_numbers import mask_cnps

MOST_ROWS: Final = 50_000
_AT_ONCE: Final = 500

Rows = Iterator[list[list[object]]]


class NotExported(Exception):
    """The list is not taken out; the text, in the reader's language, says why and what to do."""


# -- what stands in it -------------------------------------------------------------------------------------------------


def _moment(value: datetime | None) -> datetime | None:
    """As the clock on the city's wall shows it, to the minute."""
    return value and value.astimezone(CITY_ZONE).replace(tzinfo=None, second=0, microsecond=0)


def _officer(entry: RegistryEntry) -> str:
    return entry.officer.get_full_name() or entry.officer.get_username() if entry.officer else ""


def _columns(sees_names: bool) -> dict[str, Callable[[RegistryEntry], object]]:
    """The titles of the columns, in the active language, each with what stands in it."""
    names: dict[str, Callable[[RegistryEntry], object]] = (
        {_("From or to"): lambda entry: mask_cnps(entry.petitioner_name)} if sees_names else {}
    )
    return {
        _("Number"): lambda entry: entry.number_text,
        pgettext("column of a list", "Registered"): lambda entry: _moment(entry.registered_at),
        _("Direction"): lambda entry: entry.get_direction_display(),
        _("Way"): lambda entry: entry.get_channel_display(),
        _("Kind"): lambda entry: str(entry.kind),
        _("Subject"): lambda entry: mask_cnps(entry.subject),
        **names,
        _("Department"): lambda entry: str(entry.department or ""),
        _("Officer"): _officer,
        _("State"): lambda entry: entry.get_state_display(),
        _("Due"): lambda entry: entry.due,
        _("Answered"): lambda entry: _moment(entry.answered_at),
        _("Outcome"): lambda entry: entry.get_outcome_display(),
        _("Addressed to the Mayor"): lambda entry: _("yes") if entry.for_mayor else "",
    }


def _batches(keys: Sequence[int], columns: Iterable[Callable[[RegistryEntry], object]]) -> Rows:
    """The rows of the entries with `keys`, in their order: a query for each batch."""
    entries = RegistryEntry.objects.select_related("kind", "department", "officer").defer(
        "body", "answer", "search_text"
    )
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        found = entries.in_bulk(some)
        yield [[value(found[key]) for value in columns] for key in some if key in found]


def _in_language(language: str | None, rows: Rows) -> Rows:
    """`rows`, each batch read in `language`: when they are sent, the request's own is gone."""
    while True:
        with override(language):
            batch = next(rows, None)
        if batch is None:
            return
        yield batch


# -- how it is written -------------------------------------------------------------------------------------------------


def _comma_separated(title: str, header: Sequence[str], batches: Rows) -> Iterator[bytes]:
    return stream_csv(header, batches)


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: its ending, its media type, and what writes it from a title, a header and batches of rows."""

    ending: str
    media_type: str
    write: Callable[[str, Sequence[str], Rows], Iterator[bytes]]


FORMATS: Final = {
    "csv": Format("csv", "text/csv; charset=utf-8", _comma_separated),
    "xlsx": Format("xlsx", MEDIA_TYPE, stream_workbook),
}


@dataclass(frozen=True, slots=True)
class Export:
    """A file that is ready to be sent, of so many rows."""

    content: Iterator[bytes]
    media_type: str
    file_name: str
    rows: int


def export(
    entries: QuerySet[RegistryEntry],
    *,
    user: Any,
    filters: Mapping[str, Any],
    searched: bool,
    made_as: Format,
) -> Export:
    """Take `entries` out as a file; the trail is told before the first row is sent.

    Args:
        entries: What `user` sees of the register and the filters leave, in the order of the file.
        user: Who takes it out: with the permission `export_entries`.
        filters: By name, as they were chosen; without words that were searched.
        searched: Whether there were such words; the trail keeps that, not the words.
        made_as: The kind of file.

    Raises:
        NotExported: without the permission, for nothing, and for more than MOST_ROWS, which are not counted.
    """
    if not (user.is_active and user.has_perm("registry.export_entries")):
        raise NotExported(_("Taking lists out is not yours to do."))
    keys = list(entries.values_list("pk", flat=True)[: MOST_ROWS + 1])
    if not keys:
        raise NotExported(_("No entry fits: there is nothing to take out."))
    if len(keys) > MOST_ROWS:
        raise NotExported(
            _(
                "These are more than %(most)s entries, and a file holds at most as many: nothing was taken out. Narrow "
                "the list by the days of registration, by department, state or kind."
            )
            % {"most": f"{MOST_ROWS:,}".replace(",", ".")}
        )
    now = timezone.now()
    with transaction.atomic():
        audit.record(
            Action.EXPORTED,
            actor=user,
            at=now,
            data={
                "rows": len(keys),
                "format": made_as.ending,
                "filters": {name: str(value) for name, value in filters.items()},
                "searched": searched,
                "names": may_see_petitioner(user),
            },
        )
    columns = _columns(may_see_petitioner(user))
    rows = _in_language(get_language(), _batches(keys, list(columns.values())))
    return Export(
        made_as.write(_("Register"), list(columns), rows),
        made_as.media_type,
        file_name(registration_day(now), made_as),
        len(keys),
    )


def file_name(day: date, made_as: Format) -> str:
    """What the file is called that is taken out on the local `day`."""
    return f"registru-{day.isoformat()}.{made_as.ending}"
