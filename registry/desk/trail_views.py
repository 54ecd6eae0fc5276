"""The audit trail for those who may read it: newest first, by action, person and entry, with the chain's end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.desk.event_text import actor_names, actor_text, department_names, details
from registry.desk.paging import NEWEST_FIRST, slice_of
from registry.desk.screens import Screen
from registry.enums import Action
from registry.models import AuditEvent, AuditHead, RegistryEntry
from registry.numbers import parse_number
from registry.typed_text import clean_line

SEE = "view_auditevent"


class TrailFilter(forms.Form):
    """What the trail can be narrowed to."""

    action = forms.ChoiceField(
        label=pgettext_lazy("of an audit event", "What"),
        required=False,
        choices=[("", pgettext_lazy("filter of the trail", "everything")), *Action.choices],
    )
    actor = forms.CharField(label=_("Account"), required=False, max_length=150)
    entry = forms.CharField(label=_("Entry's number"), required=False, max_length=60)

    def clean_actor(self) -> str:
        """The account's name without what cannot be seen."""
        return clean_line(self.cleaned_data["actor"])


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event; `entry` is None where it is about none, or about one that the reader may not see (`is_closed`)."""

    event: AuditEvent
    who: str
    entry: RegistryEntry | None
    is_closed: bool
    details: list[str]


class TrailScreen(Screen):
    """The list of events."""

    permission = SEE
    template_name = "wagtailadmin/registry/trail.html"
    title = _("Audit trail")
    header_icon = "history"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """A page of it; what is about entries that the reader may not see says no more than that it was done."""
        form = TrailFilter(request.GET)
        form.is_valid()
        wanted = form.cleaned_data
        visible = RegistryEntry.objects.visible_to(request.user)
        events = AuditEvent.objects.all()
        if action := wanted.get("action"):
            events = events.filter(action=action)
        if actor := wanted.get("actor"):
            events = events.filter(actor_name=actor)
        if number := wanted.get("entry"):
            known = parse_number(number) is not None
            found = visible.search(number) if known else visible.none()
            events = events.filter(entry__in=list(found.values_list("pk", flat=True)[:100]))
        page = slice_of(events, NEWEST_FIRST, request.GET)
        rows: list[AuditEvent] = page.rows
        about = {event.entry_id for event in rows if event.entry_id}
        shown = {entry.pk: entry for entry in visible.filter(pk__in=about)} if about else {}
        departments, names = department_names(rows), actor_names(rows)
        return self.shown(
            filter=form,
            is_filtered=any(wanted.values()),
            page=page,
            rows=[_row(event, shown, names, departments) for event in rows],
            head=AuditHead.objects.filter(pk=1).first(),
        )


def _row(event: AuditEvent, shown: Any, names: Any, departments: Any) -> EventRow:
    entry = shown.get(event.entry_id)
    is_closed = event.entry_id is not None and entry is None
    texts = [] if is_closed else [text for text in details(event, departments) if text]
    return EventRow(event, actor_text(event, names), entry, is_closed, texts)
