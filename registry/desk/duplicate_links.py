"""Likely duplicates on the screen of an entry: why each is one, and a link that writes its number into a form."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from registry.desk.screens import may
from registry.duplicates import Duplicate, duplicates_of
from registry.models import RegistryEntry
from registry.numbers import parse_number
from registry.personal_numbers import mask_cnps
from registry.querysets import EntryQuerySet

STEPS: Final = ("join", "file_repeat")
"""The steps that take the number of another entry."""
_LONGEST_NUMBER: Final = 60


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An earlier entry, why it is suggested, and where a click writes its number into a form ("": nowhere)."""

    entry: RegistryEntry
    subject: str
    why: list[str]
    percent: int
    fill_url: str
    fill_text: str
    note: str


def _why(found: Duplicate) -> list[str]:
    how = found.likeness
    reasons = []
    if how.same_email:
        reasons.append(_("the same e-mail address"))
    if how.same_name:
        reasons.append(
            _("the same name and postal address")
            if how.same_petitioner and not how.same_email
            else _("the same name")
        )
    reasons.append(_("subject and text %(percent)s %% alike") % {"percent": how.percent})
    return reasons


def _note(found: Duplicate) -> str:
    """What the clerk has to know where no step is offered."""
    if found.step:
        return ""
    if not found.likeness.same_petitioner:
        return _(
            "Neither address is the same: it may be somebody else, and is not joined as it is."
        )
    return _("It is closed without an answer: it is neither joined to nor repeated.")


def suggestions(
    entry: RegistryEntry, visible: EntryQuerySet, user: Any, offered: Collection[str]
) -> list[Suggestion]:
    """What of `visible` may double `entry`, for who can join it (`offered` names the steps): two queries at most."""
    if not may(user, "assign_entry") or not set(STEPS) & set(offered):
        return []
    texts = {"join": _("Join to it"), "file_repeat": _("File as its repeat")}
    own = reverse("registry_entries:entry", args=[entry.pk])
    shown = []
    for found in duplicates_of(entry, visible):
        step = found.step if found.step in offered else ""
        number = found.entry.number_text
        query = urlencode({"step": step, "other": number})
        shown.append(
            Suggestion(
                found.entry,
                mask_cnps(found.entry.subject),
                _why(found),
                found.likeness.percent,
                f"{own}?{query}#step-{step}" if step else "",
                texts.get(step, ""),
                _note(found),
            )
        )
    return shown


def chosen_steps(request: HttpRequest) -> Mapping[str, Mapping[str, Any]]:
    """The form that such a link fills, by its step; nothing for what is no number."""
    step, number = request.GET.get("step", ""), request.GET.get("other", "")
    if step not in STEPS or len(number) > _LONGEST_NUMBER or parse_number(number) is None:
        return {}
    return {step: {"other": number}}
