"""Before publishing: telephone numbers in texts, and departments that nobody can reach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.models import BasePage
from cms.page_preflight import field_place
from cms.page_text import PartKind
from cms.preflight import Draft, Finding, Level, register_preflight
from contacts.models import DepartmentPage
from contacts.phone_text import badly_written

MOST_NUMBERS: Final = 5


def phones(draft: Draft) -> Iterator[Finding]:
    """Numbers as this site writes them, so that people and telephones read them alike."""
    told = 0
    for part in draft.parts:
        if part.kind is not PartKind.TEXT or told == MOST_NUMBERS:
            continue
        for phone in badly_written(part.text)[: MOST_NUMBERS - told]:
            told += 1
            message = (
                _("Write the telephone number “%(number)s” as %(better)s.")
                % {"number": phone.text, "better": phone.better}
                if phone.better
                else phone.problem
            )
            yield Finding(Level.WARNING, "phone", message, part.place, part.path)


def reachable(draft: Draft) -> Iterator[Finding]:
    """A department's page is read for its telephone and address."""
    page = draft.page
    if not draft.is_source or page.department_id is None:
        return
    public = Q(phone_public=True, phone__isnull=False) | (Q(email_public=True) & ~Q(email=""))
    if not page.department.contact_points.filter(public).exists():
        yield Finding(
            Level.WARNING,
            "no_contact",
            _("The department has no public telephone and no public e-mail address."),
            field_place(page, "department"),
            "department",
            url=reverse("wagtailsnippets_contacts_department:edit", args=[page.department_id]),
            action=_("Open the department"),
        )


def register() -> None:
    """For the app's `ready`."""
    register_preflight(BasePage, phones)
    register_preflight(DepartmentPage, reachable)
