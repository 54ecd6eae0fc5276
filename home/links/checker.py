"""Asks for the links of public pages, a few at a time: politely to others, and never longer than it may."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from events.importing.fetch import probe
from events.importing.problems import ImportProblem
from home.links.collect import collect
from home.links.inside import check_inside
from home.links.models import CheckedLink, LinkUse
from home.links.verdicts import (
    UNREACHED_CODES,
    Outcome,
    Standing,
    State,
    after,
    is_reserved,
    next_check,
    outcome_of_problem,
    outcome_of_status,
)
from home.upkeep.turns import take_turn

log = logging.getLogger("agora.links")

TURN: Final = "links"
OFFLINE_HOSTS: Final = 3
"""When so many servers in a row cannot be reached and one that answered lately cannot either, this one is cut off."""
OFFLINE_AGAIN: Final = timedelta(hours=1)
"""So long the links wait that were asked for then: the same dead servers must not stand first in every run."""

Ask = Callable[[str], int]
"""address → status; raises ImportProblem."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one run: links, links of one host, seconds between two questions to one host, seconds for everything."""

    links: int = 60
    per_host: int = 10
    pause: float = 2.0
    seconds: float = 300.0
    seconds_each: float = 10.0


@dataclass(slots=True)
class Run:
    """What a run did. `offline`: no server could be reached, so nothing was concluded; `busy`: another one is at it."""

    pages: int = 0
    asked: int = 0
    broken: int = 0
    offline: bool = False
    busy: bool = False


@dataclass(slots=True)
class _Said:
    """What an attempt said, before it is written down."""

    link: CheckedLink
    outcome: Outcome
    code: str = ""
    status: int | None = None


def agent() -> str:
    """Who asks, for the logs of others: the program, and the site that it works for."""
    return f"Agora link check (+{settings.AGORA_BASE_URL.rstrip('/')}/)"


def ask_server(limits: Limits) -> Ask:
    """Asks the internet, within the limits of `events.importing.fetch`."""
    return lambda url: probe(url, agent=agent(), max_seconds=limits.seconds_each)


def check_links(
    limits: Limits | None = None,
    *,
    ask: Ask | None = None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Run:
    """Collect what is new, look at links inside the site, and ask for the most overdue of the others.

    Safe to run twice at once: the second does nothing. Nothing of the database is held while a server is asked.
    """
    limits = limits or Limits()
    run = Run()
    with take_turn(TURN, seconds=limits.seconds + 120) as mine:
        if not mine:
            run.busy = True
            return run
        run.pages = collect(timezone.now())
        check_inside(timezone.now())
        _Round(limits, ask or ask_server(limits), sleep, clock, run).go()
    run.broken = CheckedLink.objects.filter(state=State.BROKEN.value).count()
    return run


def _shown_links() -> QuerySet[CheckedLink]:
    """The links on the web that readers can see."""
    used = LinkUse.objects.filter(link=OuterRef("pk"), page__live=True)
    return CheckedLink.objects.filter(Exists(used), kind=CheckedLink.Kind.WEB)


def due_links(limits: Limits, now: datetime) -> list[CheckedLink]:
    """The links to ask for: the most overdue first, of each host a few, the hosts taking turns. One query."""
    order = [F("check_after").asc(), F("pk").asc()]
    found = (
        _shown_links()
        .filter(check_after__lte=now)
        .annotate(number=Window(RowNumber(), partition_by="host", order_by=order))
        .filter(number__lte=limits.per_host)
        .order_by("check_after", "pk")
    )
    chosen: list[Any] = list(found[: limits.links])
    return sorted(chosen, key=lambda link: link.number)


@dataclass(slots=True)
class _Round:
    """One run's questions."""

    limits: Limits
    ask: Ask
    sleep: Callable[[float], None]
    clock: Callable[[], float]
    run: Run
    answered: bool = False
    unreached: dict[str, list[_Said]] = field(default_factory=dict)
    last: dict[str, float] = field(default_factory=dict)
    control: int | None = None

    def go(self) -> None:
        end = self.clock() + self.limits.seconds
        for link in due_links(self.limits, timezone.now()):
            if self.clock() >= end:
                break
            if link.pk == self.control:
                continue
            said = self._question(link)
            if said.code in UNREACHED_CODES and not self.answered:
                self.unreached.setdefault(link.host, []).append(said)
                if len(self.unreached) >= OFFLINE_HOSTS and not self._control_answers():
                    self.run.offline = True
                    log.warning("no server can be reached")
                    self._postpone()
                    return
                continue
            if _is_answer(said):
                self.answered = True
                self._settle()
            _record(said)
        if self.unreached and not self._control_answers():
            # Nobody answered at all: then not even a name that is not found says anything.
            for said in self._kept():
                said.outcome = Outcome.UNSURE
                _record(said)

    def _control_answers(self) -> bool:
        """Ask for the link that was fine last: where that answers, this server is not cut off, but others are gone.

        What it says is written down as any other answer.
        """
        link = (
            _shown_links()
            .filter(state=State.FINE.value)
            .exclude(host__in=list(self.unreached))
            .order_by("-checked_at", "-pk")
            .first()
        )
        if link is None:
            return False
        self.control = link.pk
        said = self._question(link)
        if not _is_answer(said):
            return False
        self.answered = True
        self._settle()
        _record(said)
        return True

    def _postpone(self) -> None:
        asked = [said.link.pk for said in self._kept()]
        again = timezone.now() + OFFLINE_AGAIN
        CheckedLink.objects.filter(pk__in=asked).update(check_after=again)

    def _kept(self) -> Iterable[_Said]:
        kept = [said for host in self.unreached.values() for said in host]
        self.unreached.clear()
        return kept

    def _settle(self) -> None:
        """There is a way to the internet: what was not reached counts as it is."""
        for said in self._kept():
            _record(said)

    def _question(self, link: CheckedLink) -> _Said:
        if is_reserved(link.url):
            return _Said(link, Outcome.LEFT_OUT, "reserved")
        wait = self.last.get(link.host, float("-inf")) + self.limits.pause - self.clock()
        if wait > 0:
            self.sleep(wait)
        self.run.asked += 1
        try:
            status = self.ask(link.url)
        except ImportProblem as problem:
            return _Said(link, outcome_of_problem(problem.code), problem.code)
        finally:
            self.last[link.host] = self.clock()
        outcome = outcome_of_status(status)
        return _Said(link, outcome, "" if outcome is Outcome.ANSWERED else "status", status)


def _is_answer(said: _Said) -> bool:
    """Whether the server was reached, whatever it thinks of the address."""
    return said.code not in UNREACHED_CODES and said.outcome is not Outcome.LEFT_OUT


def _record(said: _Said) -> None:
    link, now = said.link, timezone.now()
    before = Standing(State(link.state), link.failed_days, link.failed_on, link.failing_since)
    standing = after(before, said.outcome, now, timezone.localdate())
    said_now = {"code": said.code, "status": said.status}
    if standing is before:
        # A server that is slow today says nothing of the page that it had not yesterday.
        said_now = {}
    CheckedLink.objects.filter(pk=link.pk).update(
        state=standing.state.value,
        failed_days=standing.failed_days,
        failed_on=standing.failed_on,
        failing_since=standing.failing_since,
        checked_at=now,
        check_after=next_check(standing.state, now),
        **said_now,
    )
