"""When a mail that could not be delivered is tried again, and when it is given up."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

FIRST_DELAY: Final = timedelta(minutes=1)
LONGEST_DELAY: Final = timedelta(hours=6)
MAX_ATTEMPTS: Final = 28
"""The last attempt is then 4 days, 20 hours and 31 minutes after the first (RFC 5321, 4.5.4.1: 4 or 5 days)."""


def retry_delay(attempts: int) -> timedelta | None:
    """How long to wait after the `attempts`-th attempt (from 1) has failed; None: give up.

    One minute, doubled each time, never more than six hours.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    # The exponent is bounded, so that no number of attempts overflows.
    return min(FIRST_DELAY * 2 ** min(max(attempts, 1) - 1, 16), LONGEST_DELAY)
