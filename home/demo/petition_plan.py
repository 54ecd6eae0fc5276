"""Which letters the demonstration's register gets, when, and what becomes of each: decided before anything is written.

Pure: content of petitions.yaml, the day of loading and a working calendar in, letters out. The same day and seed give
the same letters. Steps fall into working hours of working days, in their order, all before the day of loading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import cycle, islice
from random import Random
from typing import Any, Final

from django.utils import translation
from django.utils.formats import date_format

from cms.folding import fold
from cms.working_calendar import WorkingCalendar
from registry.deadlines import CITY_ZONE

OPENS, CLOSES = time(8, 10), time(16)
WEB_HOURS: Final = (7, 22)
AT_THE_DESK: Final = frozenset({"counter", "post", "courier"})
CHANNELS: Final = ("web", "web", "web", "web", "email", "email", "counter", "post")
# Steps that need something of the template.
NEEDS: Final = {
    "ask": "question",
    "complete": "completion",
    "ask_contributions": "contribution",
    "resolve_with_others": "contribution",
    "aspects": "aspects",
    "send_back": "remark",
    "submit": "answers",
    "draft": "answers",
    "display": "closing",
}
WRITES: Final = frozenset({"draft", "submit"})


@dataclass(frozen=True, slots=True)
class Step:
    """What is done with a letter, and when (aware). `share`: how much of the answer a version of it holds, 0 to 1."""

    name: str
    at: datetime
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that comes at `came_at` (aware) and the steps that are then taken with it.

    `item` is its row of petitions.yaml, filled in; `answer` the one of its answers that is given; `mode` how that
    leaves the house; `after` the letter that this one is joined to or repeats.
    """

    item: Mapping[str, Any]
    came_at: datetime
    subject: str
    text: str
    name: str
    email: str
    address: str
    channel: str
    mode: str
    life: str
    steps: tuple[Step, ...]
    answer: Mapping[str, Any]
    after: Letter | None = None

    @property
    def language(self) -> str:
        return str(self.item.get("language", "ro"))

    @property
    def group(self) -> str:
        return str(self.item.get("group", "petition"))


class _Words(dict[str, Any]):
    """Words for the braces of a text; `{word^}` is the word with a capital letter."""

    def __missing__(self, key: str) -> str:
        word = str(self[key.removesuffix("^")])
        return word[:1].upper() + word[1:]


def _filled(value: Any, words: _Words) -> Any:
    """`value` with every text in it filled in."""
    if isinstance(value, str):
        return value.strip().format_map(words)
    if isinstance(value, list):
        return [_filled(part, words) for part in value]
    if isinstance(value, dict):
        return {key: _filled(part, words) for key, part in value.items()}
    return value


class Plan:
    """The letters of a demonstration that is loaded on `today` (local)."""

    def __init__(
        self, content: Mapping[str, Any], today: date, calendar: WorkingCalendar, seed: int = 1
    ) -> None:
        self.content, self.today, self.calendar = content, today, calendar
        self.random = Random(f"demo-petitions-{seed}")  # noqa: S311  nothing is secret here
        self.end = datetime.combine(today, time(0), CITY_ZONE)
        self.subjects: dict[str, set[date]] = {}
        self.templates = {
            group: cycle(self._shuffled(self._of(group)))
            for group in sorted({item.get("group", "petition") for item in content["templates"]})
        }
        self.rows: dict[int, Iterator[Mapping[str, str]]] = {}
        self.people = {
            language: cycle(self._shuffled(self._names(names)))
            for language, names in content["people"].items()
        }

    # -- choosing ------------------------------------------------------------------------------------------------------

    def _shuffled(self, values: Iterable[Any]) -> list[Any]:
        found = list(values)
        self.random.shuffle(found)
        return found

    def _of(self, group: str) -> list[Mapping[str, Any]]:
        return [
            item for item in self.content["templates"] if item.get("group", "petition") == group
        ]

    @staticmethod
    def _names(names: Mapping[str, list[str]]) -> list[str]:
        return [
            f"{family} {given}" if "Minta" in names["family"] else f"{given} {family}"
            for family in names["family"]
            for given in names["given"]
        ]

    def _template(self, life: Mapping[str, Any], names: Sequence[str]) -> Mapping[str, Any]:
        """The next template of the life's group that has what its steps need."""
        needs = {NEEDS[name] for name in names if name in NEEDS}
        group = life.get("group", "petition")
        for item in islice(self.templates[group], 4 * len(self._of(group))):
            is_romanian = item.get("language", "ro") == "ro"
            if all(item.get(need) for need in needs) and (is_romanian or "second" not in life):
                return item
        raise LookupError(f"No template of the group {group} has {', '.join(sorted(needs))}.")

    def _words(self, item: Mapping[str, Any], day: date) -> _Words:
        if id(item) not in self.rows:
            self.rows[id(item)] = cycle(self._shuffled(item.get("vary") or [{}]))
        words = _Words(
            {name: self.random.choice(values) for name, values in self.content["words"].items()}
        )
        with translation.override(item.get("language", "ro")):
            for weeks in (2, 4, 6):
                words[f"peste{weeks}"] = date_format(day + timedelta(weeks=weeks), "j F Y")
        words["n"] = str(self.random.randint(100, 999))
        words.update(next(self.rows[id(item)]))
        return words

    def _written(self, item: Mapping[str, Any], day: date) -> dict[str, Any]:
        """The template filled in: with a subject that is new if it can be, and never twice on a day."""
        for attempt in range(60):
            filled: dict[str, Any] = _filled(dict(item), self._words(item, day))
            days = self.subjects.setdefault(filled["subject"], set())
            # The same matter on another day, from somebody else: that happens.
            if not days or (attempt >= 20 and day not in days):
                days.add(day)
                return filled
        raise LookupError(f"Everything was written already on {day}: {item['subject']}")

    # -- when ----------------------------------------------------------------------------------------------------------

    def _within(self, day: date, first: time, last: time) -> datetime:
        start = datetime.combine(day, first, CITY_ZONE)
        minutes = int((datetime.combine(day, last, CITY_ZONE) - start).total_seconds() // 60)
        return start + timedelta(minutes=self.random.randrange(max(1, minutes)))

    def _came(self, age: int, channel: str) -> datetime:
        """A moment about `age` days ago; at the desk in its hours, on the site at any."""
        day = self.today - timedelta(days=age)
        if channel not in AT_THE_DESK:
            return self._within(day, time(WEB_HOURS[0]), time(WEB_HOURS[1]))
        if not self.calendar.is_working_day(day):
            day = self.calendar.previous_working_day(day)
        return self._within(day, OPENS, CLOSES)

    def _next(self, before: datetime, days: int) -> datetime:
        """A moment of work `days` working days after `before`; on the same day where it still fits, for none."""
        day = before.date()
        if days:
            return self._within(self.calendar.add_working_days(day, days), OPENS, time(15, 30))
        soon = before + timedelta(minutes=self.random.randint(20, 100))
        if self.calendar.is_working_day(day) and soon.date() == day and soon.time() < CLOSES:
            return soon if soon.time() > OPENS else self._within(day, OPENS, time(9, 40))
        return self._within(self.calendar.next_working_day(day, inclusive=False), OPENS, time(11))

    def _steps(self, came: datetime, wanted: Sequence[str]) -> tuple[Step, ...]:
        """The steps of a life that begins at `came`; those that would come after the day of loading are left out."""
        steps, at = [], came
        writes = sum(1 for text in wanted if text.split()[0] in WRITES)
        written = 0
        for text in wanted:
            name, _space, days = text.partition(" ")
            low, high = map(int, days.split("-"))
            at = self._next(at, self.random.randint(low, high))
            if at >= self.end:
                break
            written += name in WRITES
            steps.append(Step(name, at, written / writes if writes else 1.0))
        return tuple(steps)

    # -- who -----------------------------------------------------------------------------------------------------------

    def _sender(
        self, item: Mapping[str, Any], channel: str, reply: str
    ) -> tuple[str, str, str, str]:
        """Name, e-mail, address, and how the answer goes."""
        if item.get("group") == "anonymous":
            return "", "", "", "none"
        organisations = item.get("organisation") or []
        if organisations and (item.get("group") or self.random.random() < 0.6):
            name = self.random.choice(organisations)
        else:
            name = next(self.people[item.get("language", "ro")])
        street = self.random.choice(self.content["streets"])
        address = f"{street} nr. {self.random.randint(1, 90)}, 000000 Orașul Exemplu"
        email = re.sub(r"[^a-z0-9]+", ".", fold(name)).strip(".") + "@example.org"
        if not reply:
            by_post = channel == "post" or (channel == "counter" and self.random.random() < 0.5)
            reply = "post" if by_post else "email"
        if reply == "email":
            return name, email, address if channel != "web" else "", "email"
        return name, "", address, reply

    # -- all of them ---------------------------------------------------------------------------------------------------

    def _letter(self, life: Mapping[str, Any], age: int) -> Letter:
        names = [text.split()[0] for text in life["steps"]]
        template = self._template(life, names)
        reply = life.get("reply", "")
        channel = template.get("channel") or self.random.choice(CHANNELS)
        if reply in {"post", "pickup"} and channel in {"web", "email"}:
            channel = "post" if reply == "post" else "counter"
        came = self._came(age, channel)
        item = self._written(template, came.date())
        name, email, address, mode = self._sender(item, channel, reply)
        return Letter(
            item=item,
            came_at=came,
            subject=item["subject"],
            text=item["text"],
            name=name,
            email=email,
            address=address,
            channel=channel,
            mode=mode,
            life=life["name"],
            steps=self._steps(came, life["steps"]),
            answer=self.random.choice(item.get("answers") or [{}]),
        )

    def _second(self, first: Letter, how: str) -> Letter | None:
        """The letter by which the sender of `first` comes back to it; None where that would be in the future."""
        if how == "join":
            day = first.came_at.date() + timedelta(days=self.random.randint(2, 4))
        else:
            sent = [step.at for step in first.steps if step.name == "dispatch"]
            if not sent:
                return None
            day = sent[0].date() + timedelta(days=self.random.randint(6, 14))
        came = self._within(day, time(WEB_HOURS[0]), time(WEB_HOURS[1]))
        steps = self._steps(came, [f"{how} 0-1"])
        if not steps:
            return None
        reasons = self.content["reasons"]
        subject = reasons["again"][how].format(subject=first.subject)
        return replace(
            first,
            came_at=came,
            subject=subject[:250],
            text=reasons["again_text"][how],
            channel="email" if first.email else "post",
            life=how,
            steps=steps,
            after=first,
        )

    def _once(self, item: Mapping[str, Any]) -> Letter:
        """A letter that is written once, with its own day and hour."""
        day = self.today - timedelta(days=item["days_ago"])
        came = datetime.combine(day, time.fromisoformat(item["hour"]), CITY_ZONE)
        email = re.sub(r"[^a-z0-9]+", ".", fold(item["name"])).strip(".") + "@example.org"
        return Letter(
            item=item,
            came_at=came,
            subject=item["subject"],
            text=item["text"].strip(),
            name=item["name"],
            email=email,
            address=item.get("address", ""),
            channel="web",
            mode="email",
            life="once",
            steps=self._steps(came, item["steps"]),
            answer=(item.get("answers") or [{}])[0],
        )

    def letters(self) -> list[Letter]:
        """All letters, in the order in which they come."""
        found = [self._once(item) for item in self.content["letters"]]
        for letter in found:
            self.subjects[letter.subject] = {letter.came_at.date()}
        for life in self.content["lives"]:
            (youngest, oldest), count = life["ages"], life["count"]
            for n in range(count):
                # Spread over the whole time, not heaped up by chance.
                share = (n + self.random.random()) / count
                letter = self._letter(life, youngest + round((oldest - youngest) * share))
                found.append(letter)
                if "second" in life and (second := self._second(letter, life["second"])):
                    found.append(second)
        return sorted(found, key=lambda letter: letter.came_at)
