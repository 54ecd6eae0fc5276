"""The structure of an iCalendar file: components with their properties (RFC 5545 section 3.1 and 3.6).

The icalendar package splits the content lines. Its components are not used: they carry out the rules of a file's time
zones while they read it, and a stranger's file is not to decide how much work that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from icalendar.parser import Contentline

from events.importing.problems import ImportProblem

_DEPTH: Final = 8
_TOP_LEVEL: Final = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE"})
_BOM: Final = b"\xef\xbb\xbf"
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Property:
    """One content line. ``value`` is as it stands in the file, escaped; parameters have one value, in capitals."""

    name: str
    params: dict[str, str]
    value: str
    line: int

    @property
    def text(self) -> str:
        r"""The value of type TEXT (section 3.3.11): ``\n`` is a line break."""
        return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], self.value)

    @property
    def texts(self) -> list[str]:
        """The values of a list of TEXT, such as CATEGORIES."""
        items = re.split(r"(?<!\\)((?:\\\\)*),", self.value)
        joined = [
            item + backslashes
            for item, backslashes in zip(items[::2], [*items[1::2], ""], strict=True)
        ]
        return [Property(self.name, {}, item, self.line).text for item in joined]


@dataclass(slots=True)
class Component:
    """A component that begins in ``line``; ``unreadable`` are the numbers of its lines that no property is on."""

    name: str
    line: int
    properties: dict[str, list[Property]] = field(default_factory=dict)
    unreadable: list[int] = field(default_factory=list)
    parts: set[str] = field(default_factory=set)
    """Names of the components inside."""

    def first(self, name: str) -> Property | None:
        """The first property of a name."""
        return next(iter(self.properties.get(name, ())), None)

    def every(self, name: str) -> list[Property]:
        """All properties of a name."""
        return self.properties.get(name, [])


def read_components(data: bytes) -> list[Component]:
    """Return the components of the calendars in a file, in order: events, time zones and others.

    Raises ImportProblem for what is not a calendar, is not UTF-8, or does not end as it begins: of a file that was cut
    short nothing is to be imported.
    """
    data = data.removeprefix(_BOM)
    _check_kind(data)
    found: list[Component] = []
    stack: list[Component] = []
    for number, text in _lines(data):
        name = text[:6].upper()
        if name.startswith("BEGIN:"):
            component = Component(text[6:].strip().upper()[:40], number)
            if (component.name == "VCALENDAR") == bool(stack) or len(stack) >= _DEPTH:
                raise ImportProblem("broken_structure", line=number)
            if component.name in _TOP_LEVEL and len(stack) != 1:
                raise ImportProblem("broken_structure", line=number)
            if len(stack) == 1:
                found.append(component)
            elif stack:
                stack[-1].parts.add(component.name)
            stack.append(component)
        elif name.startswith("END:"):
            if not stack or text[4:].strip().upper()[:40] != stack[-1].name:
                raise ImportProblem("broken_structure", line=number)
            stack.pop()
        elif not stack:
            raise ImportProblem("broken_structure", line=number)
        else:
            _add(stack[-1], number, text)
    if stack:
        raise ImportProblem("broken_calendar", component=stack[-1].name, line=stack[-1].line)
    return found


def _check_kind(data: bytes) -> None:
    start = data[:2000].lstrip()
    if not start:
        raise ImportProblem("empty_file")
    if b"\0" in data:
        raise ImportProblem("not_text")
    if start.startswith(b"<"):
        raise ImportProblem("web_page")
    if not re.match(rb"BEGIN:VCALENDAR[ \t]*(\r|\n|\Z)", start, re.IGNORECASE):
        raise ImportProblem("not_calendar")


def _lines(data: bytes) -> Iterator[tuple[int, str]]:
    """Unfolded lines with the number of their first one. A fold may lie inside a letter, so bytes are joined first."""
    begun = 0
    parts: list[bytes] = []
    for number, raw in enumerate(re.split(rb"\r\n|\n|\r", data), start=1):
        if raw[:1] in (b" ", b"\t") and parts:
            parts.append(raw[1:])
            continue
        if parts:
            yield begun, _decoded(b"".join(parts))
        begun, parts = number, [raw] if raw.strip() else []
    if parts:
        yield begun, _decoded(b"".join(parts))


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise ImportProblem("not_utf8") from None


def _add(component: Component, number: int, text: str) -> None:
    try:
        name, params, value = Contentline(text).raw_parts()
    except ValueError:
        component.unreadable.append(number)
        return
    single = {
        str(key).upper(): str(item if isinstance(item, str) else next(iter(item), ""))
        for key, item in params.items()
    }
    name = name.upper()
    component.properties.setdefault(name, []).append(Property(name, single, str(value), number))
