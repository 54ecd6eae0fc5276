"""Where a dated agreement stands on a day, in a code and in words. No database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _

from campaigns.enums import Standing
from events.presenters import day_words

WARNED_BEFORE: Final = timedelta(days=60)
"""How long before its end an agreement is spoken of as ending soon."""


def standing_on(starts_on: date | None, ends_on: date | None, today: date) -> Standing:
    """Where an agreement stands on `today`; all days are local, both ends included, None is open."""
    if ends_on is not None and today > ends_on:
        return Standing.ENDED
    if starts_on is None or today < starts_on:
        return Standing.UPCOMING
    if ends_on is not None and ends_on - today <= WARNED_BEFORE:
        return Standing.EXPIRING
    return Standing.IN_FORCE


def standing_words(starts_on: date | None, ends_on: date | None, today: date) -> str:
    """Where an agreement stands on `today` (local), as a reader is told in the active language."""
    standing = standing_on(starts_on, ends_on, today)
    if standing is Standing.ENDED and ends_on is not None:
        return _("Ended on %(day)s") % {"day": day_words(ends_on, weekday=False)}
    if standing is Standing.UPCOMING:
        if starts_on is None:
            return _("Not in force yet")
        return _("In force from %(day)s") % {"day": day_words(starts_on, weekday=False)}
    if ends_on is None:
        return _("In force, for an indefinite time")
    if standing is Standing.EXPIRING:
        return _("In force, ends soon: %(day)s") % {"day": day_words(ends_on, weekday=False)}
    return _("In force until %(day)s") % {"day": day_words(ends_on, weekday=False)}
