"""One process at a time: a lease in the database, which ends by itself when the process dies."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from home.upkeep.models import UpkeepTurn


@contextmanager
def take_turn(name: str, seconds: float) -> Iterator[bool]:
    """Whether the work called `name` is ours for the block; for `seconds` at the longest, then another may begin."""
    token, now = uuid.uuid4(), timezone.now()
    UpkeepTurn.objects.get_or_create(name=name)
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    mine = UpkeepTurn.objects.filter(free, name=name).update(
        token=token, lease_until=now + timedelta(seconds=seconds)
    )
    try:
        yield bool(mine)
    finally:
        if mine:
            UpkeepTurn.objects.filter(name=name, token=token).update(
                token=None, lease_until=None, finished_at=timezone.now()
            )
