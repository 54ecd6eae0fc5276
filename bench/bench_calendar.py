"""The calendar with 50 and with 5,000 synthetic events (a third weekly) beside those of the demonstration.

With AGORA_BENCH_LARGE=1 also with 100,000: making them takes minutes of CPU on each engine. Each call asks for other
days, events or words than the last, so that no response could have been kept. The limits are those that the calendar
was built to.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from bench.bench_pages import site
from bench.measure import Call, benchmark
from bench.wsgi_calls import get

SEED = 1
FEED = "/calendar/ro/events.ics"
DAYS = 330
SIZES = [50, 5_000, *([100_000] if os.environ.get("AGORA_BENCH_LARGE") else [])]


def grow(number: int) -> None:
    """Have `number` synthetic events; more are never taken away."""
    from events.models import EventIndexPage
    from events.seeding import seed_events

    index = EventIndexPage.objects.get(locale__language_code="ro")
    seed_events(index, number, SEED, timezone.localdate())
    if connection.vendor == "postgresql":
        # What autovacuum does within a minute.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def asking(address: str, expected: int = 200, headers: dict[str, str] | None = None) -> None:
    """GET; RuntimeError for another status."""
    status, _body = get(site(), address, headers)
    if status != expected:
        raise RuntimeError(f"{address} answers {status}")


def list_address(query: str) -> Iterator[str]:
    """Addresses of the calendar's page, each from another day on, over most of a year."""
    today = timezone.localdate()
    for step in count():
        day = today + timedelta(days=step * 37 % DAYS)
        yield f"/ro/evenimente/?{query}&from={day}"


def page_calls(number: int, addresses: Iterator[str], *, emptied: bool = False) -> Call:
    grow(number)

    def call() -> None:
        if emptied:
            cache.clear()
        asking(next(addresses))

    return call


def event_addresses(number: int) -> Iterator[str]:
    for step in count():
        yield f"/ro/evenimente/sintetic-{SEED}-{step * 37 % number + 1}/"


def feed_made(number: int) -> Call:
    """The feed of all events, whose snapshot is deleted (as part of the call)."""
    from events.models import FeedSnapshot

    grow(number)

    def call() -> None:
        FeedSnapshot.objects.all().delete()
        asking(FEED)

    return call


def feed_kept(number: int, encoding: str = "identity") -> Call:
    grow(number)
    asking(FEED)
    return lambda: asking(FEED, headers={"HTTP_ACCEPT_ENCODING": encoding})


def feed_unchanged(number: int) -> Call:
    from events.models import FeedSnapshot

    grow(number)
    FeedSnapshot.objects.all().delete()
    asking(FEED)
    etag = FeedSnapshot.objects.get().etag
    return lambda: asking(FEED, 304, {"HTTP_IF_NONE_MATCH": f'"{etag}"'})


def _register(stage: int, number: int) -> None:
    name = f"calendar of {number:,}"
    large = number > 5_000
    month_limit = None if large else 200
    rounds = 20

    @benchmark(
        f"{name}: month",
        rounds=rounds,
        stage=stage,
        limit_cpu_ms=month_limit,
        limit_times=(3, "calendar of 5,000: month") if large else None,
    )
    def month() -> Call:
        return page_calls(number, list_address("view=month"))

    @benchmark(f"{name}: month, caches empty", rounds=rounds, stage=stage, limit_cpu_ms=month_limit)
    def month_without_caches() -> Call:
        return page_calls(number, list_address("view=month"), emptied=True)

    @benchmark(f"{name}: month, words", rounds=rounds, stage=stage, limit_cpu_ms=month_limit)
    def month_with_words() -> Call:
        return page_calls(number, list_address("view=month&free=1&q=concert"))

    @benchmark(f"{name}: week", rounds=rounds, stage=stage)
    def week() -> Call:
        return page_calls(number, list_address("view=week"))

    @benchmark(f"{name}: list", rounds=rounds, stage=stage)
    def fortnight() -> Call:
        return page_calls(number, list_address("view=list"))

    @benchmark(f"{name}: event", rounds=rounds, stage=stage)
    def event() -> Call:
        return page_calls(number, event_addresses(number))

    @benchmark(
        f"{name}: feed, made anew",
        rounds=5 if large else rounds,
        stage=stage,
        limit_cpu_ms=None if large else 300,
    )
    def feed_cold() -> Call:
        return feed_made(number)

    @benchmark(
        f"{name}: feed, kept", rounds=rounds, stage=stage, limit_cpu_ms=None if large else 10
    )
    def feed_warm() -> Call:
        return feed_kept(number)

    @benchmark(
        f"{name}: feed, kept, gzip", rounds=rounds, stage=stage, limit_cpu_ms=None if large else 10
    )
    def feed_warm_packed() -> Call:
        return feed_kept(number, "gzip")

    @benchmark(f"{name}: feed, 304", rounds=rounds, stage=stage, limit_cpu_ms=5)
    def feed_304() -> Call:
        return feed_unchanged(number)


for _stage, _size in enumerate(SIZES, start=1):
    _register(_stage, _size)
