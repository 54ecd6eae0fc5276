"""Owners and reviews of pages, written: with permission, in a transaction, with a line in the page's history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log
from wagtail.models import Page

from contacts.models import Department, PageCare
from contacts.reviews import next_review

SET: Final = "contacts.page_care"
REVIEWED: Final = "contacts.page_reviewed"


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of many pages; None leaves as it is. `clear_owner` takes the department away."""

    department: Department | None = None
    review_on: date | None = None
    clear_owner: bool = False


def may_care(user: Any, page: Page) -> bool:
    """Whether `user` may say who answers for `page`: who may edit it may."""
    return bool(page.permissions_for_user(user).can_edit())


def _row(page: Page) -> PageCare:
    row, _created = PageCare.objects.select_for_update().get_or_create(
        translation_key=page.translation_key
    )
    return row


@transaction.atomic
def save_care(page: Page, department: Department | None, review_on: date | None, user: Any) -> bool:
    """Give `page`, in all its languages, this owner and review date; whether anything differs.

    Raises PermissionDenied for who may not edit it.
    """
    if not may_care(user, page):
        raise PermissionDenied
    row = _row(page)
    if (row.department_id, row.review_on) == (department.pk if department else None, review_on):
        return False
    row.department = department
    row.review_on = review_on
    row.save(update_fields=["department", "review_on"])
    log(instance=page, action=SET, user=user, data=_told(department, review_on))
    return True


@transaction.atomic
def mark_reviewed(page: Page, months: int, user: Any, now: datetime, today: date) -> date:
    """Note that `user` has looked at `page` at `now` (aware); the next review is `months` after `today`.

    Raises PermissionDenied for who may not edit it.
    """
    if not may_care(user, page):
        raise PermissionDenied
    row = _row(page)
    row.reviewed_at, row.reviewed_by = now, user
    row.review_on = next_review(today, months)
    row.save(update_fields=["reviewed_at", "reviewed_by", "review_on"])
    log(instance=page, action=REVIEWED, user=user, data=_told(row.department, row.review_on))
    return row.review_on


@transaction.atomic
def change_many(pages: Sequence[Page], change: Change, user: Any) -> int:
    """Change `pages`; how many differ afterwards. The caller has asked `may_care` for each."""
    families = {page.translation_key: page for page in pages}
    known = {
        row.translation_key: row
        for row in PageCare.objects.select_for_update().filter(translation_key__in=families)
    }
    new: list[PageCare] = []
    changed: list[PageCare] = []
    for key, page in families.items():
        row = known.get(key) or PageCare(translation_key=key)
        before = row.department_id, row.review_on
        if change.clear_owner:
            row.department = None
        elif change.department is not None:
            row.department = change.department
        row.review_on = change.review_on or row.review_on
        if (row.department_id, row.review_on) == before:
            continue
        (changed if key in known else new).append(row)
        log(instance=page, action=SET, user=user, data=_told(row.department, row.review_on))
    PageCare.objects.bulk_create(new)
    PageCare.objects.bulk_update(changed, ["department", "review_on"], batch_size=500)
    return len(new) + len(changed)


def forget_deleted() -> int:
    """Remove the rows of pages that are in no language any more; how many."""
    pages = Page.objects.values("translation_key")
    return PageCare.objects.exclude(translation_key__in=pages).delete()[0]


def _told(department: Department | None, review_on: date | None) -> dict[str, str | None]:
    return {
        "department": department.key if department else None,
        "review_on": review_on.isoformat() if review_on else None,
    }


def register_log_actions(actions: Any) -> None:
    """For the hook `register_log_actions`."""
    actions.register_action(SET, _("Set owner and review"), _("Owner and review date set"))
    actions.register_action(REVIEWED, _("Review a page"), _("Page reviewed"))
