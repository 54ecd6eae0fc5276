"""The inbox: what came in and has no department yet, the first due first, given out one by one or many at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from wagtail.admin import messages

from contacts.models import Department
from registry import lifecycle, viewing
from registry.deadlines import registration_day
from registry.desk.forms import UserField, desk_users
from registry.desk.listing import Row, listed, rows_of
from registry.desk.paging import OPEN_FIRST_DUE_FIRST, slice_of
from registry.desk.screens import Screen, refusal_text
from registry.enums import Action, Direction, State
from registry.lifecycle import Changed, NotPossible
from registry.models import AuditEvent, RegistryEntry
from registry.querysets import EntryQuerySet
from registry.registration import RegistrationRefused

PAGE: Final = 25
"""Rows on a page: each has a list of the departments."""
MOST_AT_ONCE: Final = 100
_MOST_DIGITS: Final = 18


def inbox_of(entries: EntryQuerySet) -> QuerySet[RegistryEntry]:
    """What of `entries`, those that somebody may see, waits for a department: just come, or sent back by one.

    Letters of ours that are about to be sent have no department either; they are none of this.
    """
    return (
        entries.open()
        .filter(department=None, state=State.REGISTERED)
        .exclude(direction=Direction.OUTGOING)
    )


class BulkForm(forms.Form):
    """To whom all those go that are ticked."""

    department = forms.ModelChoiceField(
        label=gettext_lazy("Department"),
        queryset=Department.objects.none(),
        required=False,
        widget=forms.Select(attrs={"data-bar": True}),
        empty_label=pgettext_lazy("of departments", "as chosen beside each"),
    )
    officer = UserField(
        label=gettext_lazy("Officer"),
        queryset=get_user_model().objects.none(),
        required=False,
        empty_label=pgettext_lazy("of officers", "the department decides"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.all()  # type: ignore[attr-defined]
        self.fields["officer"].queryset = desk_users()  # type: ignore[attr-defined]


# -- what was ticked ---------------------------------------------------------------------------------------------------


def _key(text: str) -> int | None:
    """The number that a form sent as text; None for what is none."""
    if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS:
        return int(text)
    return None


@dataclass(frozen=True, slots=True)
class Failure:
    """An entry that was not assigned, and why. `label` is its number where the user may see it."""

    label: str
    reason: str


def assign_all(
    keys: Iterable[int],
    versions: dict[int, int | None],
    chosen: dict[int, Department | None],
    officer: Any,
    user: Any,
) -> tuple[int, dict[int, Failure]]:
    """Assign each of the entries with `keys` by itself; returns how many were, and for the others why not.

    `versions` are those that the user saw, `chosen` the departments, by key. What fails keeps nothing else from being
    done; only a register that is busy ends it, because it would be busy for the others, too.
    """
    wanted = list(dict.fromkeys(keys))
    entries = RegistryEntry.objects.visible_to(user).in_bulk(wanted)
    done, failed, busy = 0, {}, ""
    for key in wanted:
        if (entry := entries.get(key)) is None:
            viewing.note_denied(key, user)
            failed[key] = Failure("—", _("There is no such entry for you."))
            continue
        department, version = chosen.get(key), versions.get(key)
        if busy:
            failed[key] = Failure(entry.number_text, busy)
        elif version is None:
            failed[key] = Failure(entry.number_text, _("Open the inbox again and tick it there."))
        elif department is None:
            failed[key] = Failure(entry.number_text, _("Choose a department for it."))
        else:
            try:
                lifecycle.assign(entry, department, officer=officer, actor=user, version=version)
                done += 1
            except Changed as changed:
                failed[key] = Failure(entry.number_text, _changed_text(changed.entry))
            except NotPossible as problem:
                failed[key] = Failure(entry.number_text, str(problem))
            except RegistrationRefused as refusal:
                busy = refusal_text(refusal)
                failed[key] = Failure(entry.number_text, busy)
    return done, failed


def _changed_text(now: RegistryEntry) -> str:
    """What somebody else made of an entry meanwhile."""
    if now.department is None:
        return _(
            "Somebody else changed this entry meanwhile. Look at it again; nothing was written."
        )
    return _("Somebody else gave it to %(department)s meanwhile (%(state)s).") % {
        "department": now.department,
        "state": now.get_state_display(),
    }


# -- the screen --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A line of the inbox: the department that is chosen in it, and why one sent it back."""

    row: Row
    department_id: int | None
    returned: str
    is_ticked: bool
    problem: str


def reasons_of_return(entries: Iterable[RegistryEntry]) -> dict[int, str]:
    """Why departments sent `entries` back, by key; the last reason of each. One query."""
    events = AuditEvent.objects.filter(
        entry__in=[entry.pk for entry in entries], action=Action.REFUSED
    )
    return {
        key: str(data.get("reason", ""))
        for key, data in events.order_by("sequence").values_list("entry_id", "data")
    }


class InboxScreen(Screen):
    """The inbox of who distributes."""

    permission = "assign_entry"
    template_name = "wagtailadmin/registry/inbox.html"
    title = gettext_lazy("Inbox")
    header_icon = "download"
    parent = None

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """A page of it: as many queries whatever waits."""
        return self.inbox_shown(BulkForm())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Assign what was ticked; what failed is listed with its reason and stays ticked."""
        form = BulkForm(request.POST)
        keys = [key for text in request.POST.getlist("entry") if (key := _key(text)) is not None]
        if not form.is_valid():
            return self.inbox_shown(form, HTTPStatus.UNPROCESSABLE_ENTITY)
        if not keys or len(keys) > MOST_AT_ONCE:
            form.add_error(
                None,
                _("Tick at least one entry first.")
                if not keys
                else _("At most %(most)s at once: tick fewer.") % {"most": MOST_AT_ONCE},
            )
            return self.inbox_shown(form, HTTPStatus.UNPROCESSABLE_ENTITY)
        for_all = form.cleaned_data["department"]
        departments = {row.pk: row for row in Department.objects.all()}
        done, failed = assign_all(
            keys,
            {key: _key(request.POST.get(f"version-{key}", "")) for key in keys},
            {key: for_all or departments.get(self._chosen(key) or 0) for key in keys},
            form.cleaned_data["officer"],
            request.user,
        )
        text = ngettext("%(number)s entry is assigned.", "%(number)s entries are assigned.", done)
        if done:
            messages.success(request, text % {"number": done})
        if failed:
            return self.inbox_shown(form, HTTPStatus.CONFLICT, failed)
        return redirect("registry_inbox:index")

    def _chosen(self, key: int) -> int | None:
        return _key(self.request.POST.get(f"department-{key}", ""))

    def inbox_shown(
        self, form: BulkForm, status: int = 200, failed: dict[int, Failure] | None = None
    ) -> HttpResponseBase:
        """The screen, with what was typed and ticked, and with what `failed`."""
        user, today = self.request.user, registration_day(timezone.now())
        failed = failed or {}
        sent = self.request.method == "POST"
        ticked = set(self.request.POST.getlist("entry"))
        page = slice_of(
            listed(inbox_of(RegistryEntry.objects.visible_to(user))).select_related(
                "requested_department"
            ),
            OPEN_FIRST_DUE_FIRST,
            self.request.GET,
            PAGE,
        )
        returned = reasons_of_return(page.rows)
        return self.shown(
            status=status,
            page=page,
            rows=[
                InboxRow(
                    row,
                    self._chosen(row.entry.pk)
                    if f"department-{row.entry.pk}" in self.request.POST
                    else row.entry.requested_department_id,
                    returned.get(row.entry.pk, ""),
                    sent and str(row.entry.pk) in ticked,
                    failed[row.entry.pk].reason if row.entry.pk in failed else "",
                )
                for row in rows_of(page.rows, user, today)
            ],
            failed=list(failed.values()),
            departments=sorted(form.fields["department"].queryset, key=str),  # type: ignore[attr-defined]
            form=form,
        )
