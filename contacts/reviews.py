"""When a page is due for review. Pure: dates and times come as arguments.

`contacts.page_care` says the same for the database, and a test holds both together.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from dateutil.relativedelta import relativedelta

UNREVIEWED_MONTHS: Final = 12
"""A page without a review date is due when nobody has published or reviewed it for so long."""

INTERVALS: Final = (6, 12)
"""In how many months the next review may be, by one click."""


def next_review(today: date, months: int) -> date:
    """The day `months` after `today`; the last of the month where that month is shorter."""
    return today + relativedelta(months=months)


def long_ago(now: datetime) -> datetime:
    """The moment before which a page that has no review date must have been seen to, for not to be due."""
    return now - relativedelta(months=UNREVIEWED_MONTHS)


def is_due(
    now: datetime,
    today: date,
    review_on: date | None,
    reviewed_at: datetime | None,
    published_at: datetime | None,
    *,
    passes: bool = False,
) -> bool:
    """Whether somebody should look at a published page.

    Args:
        now: This moment (aware).
        today: The local day.
        review_on: The day that somebody chose: due from that day on.
        reviewed_at: When it was last reviewed.
        published_at: When it was last published.
        passes: It is of a day that passes, such as an event: due only where somebody chose a day.
    """
    if review_on is not None:
        return review_on <= today
    if passes or published_at is None:
        return False
    return max(published_at, reviewed_at or published_at) < long_ago(now)
