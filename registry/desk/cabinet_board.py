"""The Cabinet's board: what is open, what asks for something first, and what the next step of each matter is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import (
    Case,
    Count,
    DateField,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce, Least
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from contacts.models import Department
from registry.cabinet import visible_files
from registry.desk.listing import NOT_LISTED, WEEK, DueNote, due_note, petitioner_text
from registry.enums import State
from registry.models import CabinetFile, Contribution, RegistryEntry
from registry.models.entries import NO_TERM
from registry.personal_numbers import mask_cnps
from registry.term_text import days_left_text


class BoardFilter(forms.Form):
    """What the board can be narrowed to; what is no choice is as if it were not there."""

    show = forms.ChoiceField(
        label=pgettext_lazy("filter of entries", "Show"),
        required=False,
        choices=[
            ("", pgettext_lazy("filter of the Cabinet's board", "all, the most urgent first")),
            ("late", pgettext_lazy("filter of the Cabinet's board", "late")),
            ("look", pgettext_lazy("filter of the Cabinet's board", "to be looked at today")),
            ("undecided", pgettext_lazy("filter of the Cabinet's board", "without a resolution")),
            ("over", pgettext_lazy("filter of the Cabinet's board", "answered or closed")),
        ],
    )
    source = forms.ChoiceField(
        label=gettext_lazy("From"),
        required=False,
        choices=[
            ("", pgettext_lazy("filter of the Cabinet's board", "anybody")),
            *CabinetFile.Source.choices,
        ],
    )
    department = forms.ChoiceField(label=gettext_lazy("Department"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ((str(row.pk), str(row)) for row in Department.objects.all())
        self.fields["department"].choices = [  # type: ignore[attr-defined]
            ("", pgettext_lazy("filter of entries", "any department")),
            *sorted(rows, key=lambda choice: choice[1]),
        ]


# -- reading -----------------------------------------------------------------------------------------------------------


# What departments were asked for each file's entry and have not given.
_WAITING = Contribution.objects.filter(entry=OuterRef("entry_id"), given_at=None)


def on_board(user: Any) -> QuerySet[CabinetFile]:
    """The open files that `user` may see, the most urgent first, each with `due`.

    `due` is the first day that asks for something: the answer's, a sub-term that a department has not kept yet, the
    next look; NO_TERM where nothing does.
    """
    sub_due = Case(
        When(
            entry__open_due__isnull=False,
            then=Subquery(_WAITING.order_by("due").values("due")[:1]),
        ),
        output_field=DateField(),
    )
    days = (F("entry__open_due"), F("next_look_on"), sub_due)
    return (
        _open_files(user)
        .annotate(due=Least(*(Coalesce(day, NO_TERM, output_field=DateField()) for day in days)))
        .order_by("due", "pk")
    )


def _open_files(user: Any) -> QuerySet[CabinetFile]:
    return visible_files(user).filter(closed_at=None)


def is_late(today: date) -> Q:
    """What files of the board fulfil that are late, the answer or a contribution; `today` is the local day."""
    return Q(entry__open_due__lt=today) | Q(
        Exists(_WAITING.filter(due__lt=today)), entry__open_due__isnull=False
    )


def narrowed(files: QuerySet[Any], wanted: dict[str, Any], today: date) -> QuerySet[Any]:
    """The files of the board that fulfil the filters `wanted`; `today` is the local day."""
    match wanted.get("show"):
        case "late":
            files = files.filter(is_late(today))
        case "look":
            files = files.filter(next_look_on__lte=today)
        case "undecided":
            files = files.filter(resolved_at=None, entry__state__in=State.open())
        case "over":
            files = files.exclude(entry__state__in=State.open())
    if source := wanted.get("source"):
        files = files.filter(source=source)
    if department := wanted.get("department"):
        asked = Contribution.objects.filter(entry=OuterRef("entry_id"), department=int(department))
        files = files.filter(Q(entry__department=int(department)) | Exists(asked))
    return files


def with_matter(files: QuerySet[Any]) -> QuerySet[Any]:
    """With all that a row shows of its entry: three queries more, since many share a kind and a department."""
    contributions = Contribution.objects.defer("text").select_related("department")
    return (
        files.select_related("entry", "institution")
        .defer("resolution", *(f"entry__{name}" for name in NOT_LISTED))
        .prefetch_related(
            "entry__kind",
            "entry__department",
            Prefetch("entry__contributions", queryset=contributions),
        )
    )


def summary(user: Any, today: date) -> dict[str, int]:
    """How many files stand on the board, by what they ask for: one query over what is open."""
    return _open_files(user).aggregate(
        all=Count("pk"),
        late=Count("pk", filter=is_late(today)),
        look=Count("pk", filter=Q(next_look_on__lte=today)),
        undecided=Count("pk", filter=Q(resolved_at=None, entry__open_due__isnull=False)),
        over=Count("pk", filter=Q(entry__open_due=None)),
    )


# -- in words ----------------------------------------------------------------------------------------------------------


def look_note(day: date | None, today: date) -> DueNote | None:
    """When the Cabinet wants to look at it again, in words; "soon" once the day has come."""
    if day is None:
        return None
    left = (day - today).days
    if left > 0:
        text = ngettext("in %(days)s day", "in %(days)s days", left) % {"days": left}
        return DueNote(day, text)
    if left == 0:
        return DueNote(day, _("today"), "soon")
    text = ngettext("%(days)s day ago", "%(days)s days ago", -left) % {"days": -left}
    return DueNote(day, text, "soon")


@dataclass(frozen=True, slots=True)
class Part:
    """What a contributing department does: its own term, or the local day on which it gave its part."""

    contribution: Contribution
    due: DueNote

    @property
    def is_given(self) -> bool:
        """Whether the department has contributed."""
        return self.contribution.given_at is not None


def part_of(contribution: Contribution, entry: RegistryEntry, today: date) -> Part:
    """A contribution to `entry` with its own term in words."""
    due = contribution.due
    if contribution.given_at is not None or not entry.is_open:
        return Part(contribution, DueNote(due))
    tone = "late" if due < today else "soon" if due - today <= WEEK else ""
    return Part(contribution, DueNote(due, days_left_text(due, today), tone))


def next_step(file: CabinetFile, parts: list[Part]) -> str:
    """What has to happen next in the matter, in a few words."""
    entry = file.entry
    if not entry.is_open:
        if entry.answered_at is not None:
            return _("answered on %(day)s: take it off the board") % {
                "day": date_format(entry.answered_at, "SHORT_DATE_FORMAT")
            }
        return _("%(state)s: take it off the board") % {"state": entry.get_state_display()}
    if file.resolved_at is None:
        return _("the Mayor's resolution")
    if entry.state == State.APPROVED:
        return _("the registry sends the answer")
    if entry.state == State.DRAFTED:
        return _("the answer is approved")
    if waiting := [str(part.contribution.department) for part in parts if not part.is_given]:
        return _("contribution of: %(departments)s") % {"departments": ", ".join(waiting)}
    if entry.department is not None:
        return _("answer of: %(department)s") % {"department": entry.department}
    return _("it came back to the registry: another lead department")


@dataclass(frozen=True)
class Matter:
    """A file of the Cabinet with its entry, as a row or a print shows it to `user`; `today` is the local day."""

    file: CabinetFile
    user: Any
    today: date

    @property
    def entry(self) -> RegistryEntry:
        """Its entry."""
        return self.file.entry

    @cached_property
    def subject(self) -> str:
        """The subject, without personal numbers."""
        return mask_cnps(self.entry.subject)

    @property
    def petitioner(self) -> str:
        """Who it is from, as far as the reader may see it."""
        return petitioner_text(self.entry, self.user)

    @property
    def source(self) -> str:
        """Who writes to the Mayor: a citizen, or which institution."""
        source = str(self.file.get_source_display())
        return f"{source}: {self.file.institution}" if self.file.institution else source

    @property
    def source_beside_name(self) -> str:
        """The same beside the petitioner's name, which may be the institution's already."""
        institution = self.file.institution
        if institution is not None and str(institution) == self.entry.petitioner_name:
            return str(self.file.get_source_display())
        return self.source

    @cached_property
    def due(self) -> DueNote | None:
        """The term of the answer."""
        return due_note(self.entry, self.today)

    @cached_property
    def look(self) -> DueNote | None:
        """The day of the next look."""
        return look_note(self.file.next_look_on, self.today)

    @cached_property
    def parts(self) -> list[Part]:
        """What contributing departments do, by their terms."""
        return [part_of(row, self.entry, self.today) for row in self.entry.contributions.all()]

    @property
    def next_step(self) -> str:
        """What has to happen next."""
        return next_step(self.file, self.parts)

    @property
    def is_late(self) -> bool:
        """Whether the answer or a contribution is late."""
        notes = [self.due, *(part.due for part in self.parts)]
        return any(note is not None and note.tone == "late" for note in notes)
