"""The register as a PDF: a table over as many pages as it takes, page numbers, and the closing statement. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from registry.printing.pdf import Pdf, composed
from registry.printing.truetype import FONT_FILE, Font, read_font

PAGE: Final = (842.0, 595.0)
"""A4, lying, in points."""

MARGIN: Final = 24.0
SIZE: Final = 6.5
LEADING: Final = 7.8
PADDING: Final = 2.0
NARROW: Final = 90
"""Letters are this many per cent as wide as the font has them: thirteen columns stand beside each other."""

WIDTHS: Final = (36, 42, 62, 24, 27, 92, 150, 80, 42, 80, 80, 43, 36)
_TOP: Final = PAGE[1] - 52
_BOTTOM: Final = 40.0
_HEADING_SIZE: Final = 11.0
_FOOT_SIZE: Final = 7.0
_MOST_LINES: Final = 40
_REMEMBERED: Final = 8192


@dataclass(frozen=True, slots=True)
class Sheet:
    """The texts around the rows, in the language of the register."""

    title: str
    subtitle: str
    columns: Sequence[str]
    page_of: str
    """“Page %(page)s of”, before the total."""
    printed: str
    closing: Sequence[str] = ()
    """Lines after the last row; empty where nothing is closed."""


@lru_cache(maxsize=1)
def _font() -> Font:
    return read_font(FONT_FILE.read_bytes(), "NotoSans")


class RegisterPdf:
    """A print of the register: `parts` is the file, a page at a time."""

    def __init__(self, sheet: Sheet, *, language: str) -> None:
        self.sheet = sheet
        self.pdf = Pdf(_font(), PAGE, title=f"{sheet.title} {sheet.subtitle}", language=language)
        self.lines_of = lru_cache(maxsize=_REMEMBERED)(self._wrapped)
        self.edges = [MARGIN]
        for width in WIDTHS:
            self.edges.append(self.edges[-1] + width)
        self.head = [self._wrapped(text, column) for column, text in enumerate(sheet.columns)]

    def parts(self, rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
        """The file in the order of its bytes; `rows` are read as pages fill up."""
        yield self.pdf.start()
        operators, y = self._begun()
        for row in rows:
            cells = [self.lines_of(text, column) for column, text in enumerate(row)]
            height = max(len(lines) for lines in cells) * LEADING + 2 * PADDING
            if y - height < _BOTTOM:
                yield self._ended(operators, y)
                operators, y = self._begun()
            self._row(operators, cells, y)
            y -= height
            operators.append(f"{self.edges[0]} {y:.1f} m {self.edges[-1]} {y:.1f} l S")
        if self.sheet.closing:
            height = (len(self.sheet.closing) + 2) * 16
            if y - height < _BOTTOM:
                yield self._ended(operators, y)
                operators, y = self._begun(with_table=False)
            page = self._ended(operators, y, after=self._closing(y))
        else:
            page = self._ended(operators, y)
        yield page
        yield self.pdf.finish(_FOOT_SIZE, str(len(self.pdf.pages)))

    # -- a page --------------------------------------------------------------------------------------------------------

    def _begun(self, *, with_table: bool = True) -> tuple[list[str], float]:
        """The operators of a new page with its heading, and how far down it is written."""
        operators = [
            "0.4 w 0.35 G 0 g",
            self._text(MARGIN, PAGE[1] - 34, self.sheet.title, _HEADING_SIZE, bold=True),
            self._right(PAGE[0] - MARGIN, PAGE[1] - 34, self.sheet.subtitle, _HEADING_SIZE),
        ]
        if not with_table:
            return operators, _TOP
        height = max(len(lines) for lines in self.head) * LEADING + LEADING + 3 * PADDING
        operators.append(
            f"q 0.93 g {self.edges[0]} {_TOP - height:.1f} {self.edges[-1] - self.edges[0]} {height:.1f} re f Q"
        )
        self._row(operators, self.head, _TOP, bold=True)
        for column in range(len(WIDTHS)):
            middle = (self.edges[column] + self.edges[column + 1]) / 2
            number = str(column + 1)
            x = middle - self.pdf.width(number, SIZE) * NARROW / 200
            operators.append(self._text(x, _TOP - height + 2 * PADDING, number, SIZE, narrow=True))
        for y in (_TOP, _TOP - height):
            operators.append(f"{self.edges[0]} {y:.1f} m {self.edges[-1]} {y:.1f} l S")
        return operators, _TOP - height

    def _ended(self, operators: list[str], y: float, after: Sequence[str] = ()) -> bytes:
        """The page with its column lines and its foot."""
        if y < _TOP:
            operators += [f"{x} {_TOP:.1f} m {x} {y:.1f} l S" for x in self.edges]
        operators += after
        number = self.sheet.page_of % {"page": len(self.pdf.pages) + 1} + " "
        width = self.pdf.width(composed(number), _FOOT_SIZE)
        # Room for the longest total; the number itself is the same drawing on each page.
        x = PAGE[0] - MARGIN - 5 * self.pdf.width("0", _FOOT_SIZE) - width
        operators += [
            self._text(MARGIN, 24, self.sheet.printed, _FOOT_SIZE),
            self._text(x, 24, number, _FOOT_SIZE),
            f"q 1 0 0 1 {x + width:.2f} 24 cm /N Do Q",
        ]
        return self.pdf.page("\n".join(operators))

    def _row(
        self,
        operators: list[str],
        cells: Sequence[Sequence[str]],
        top: float,
        *,
        bold: bool = False,
    ) -> None:
        operators.append(
            f"BT/F {SIZE} Tf {NARROW} Tz {LEADING} TL" + (" 2 Tr 0.18 w 0 G" if bold else "")
        )
        x, y = 0.0, 0.0
        for column, lines in enumerate(cells):
            if not lines:
                continue
            to_x, to_y = self.edges[column] + PADDING, top - PADDING - SIZE
            operators.append(f"{to_x - x:.2f} {to_y - y:.2f} Td")
            x, y = to_x, to_y
            operators.append(self.pdf.shown(lines[0]))
            operators += [f"T* {self.pdf.shown(line)}" for line in lines[1:]]
            # T* moves the beginning of the line, which Td counts from.
            y -= LEADING * (len(lines) - 1)
        operators.append("100 Tz 0 Tr ET" + (" 0.4 w 0.35 G" if bold else ""))

    def _closing(self, y: float) -> list[str]:
        size, place = 10.0, y - 28
        shown = []
        for number, line in enumerate(self.sheet.closing):
            shown.append(self._text(MARGIN, place, line, size, bold=number == 0))
            place -= 16
        return shown

    # -- lines ---------------------------------------------------------------------------------------------------------

    def _text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        narrow: bool = False,
    ) -> str:
        before = " 2 Tr 0.3 w 0 G" if bold else ""
        after = " 0 Tr" if bold else ""
        tight = f" {NARROW} Tz" if narrow else " 100 Tz"
        shown = self.pdf.shown(composed(text))
        return f"q BT/F {size} Tf{tight}{before} {x:.2f} {y:.2f} Td {shown}{after} ET Q"

    def _right(self, x: float, y: float, text: str, size: float) -> str:
        return self._text(x - self.pdf.width(composed(text), size), y, text, size)

    def _wrapped(self, text: str, column: int) -> tuple[str, ...]:
        """`text` in lines that fit into a column; words that are too long are parted anywhere."""
        room = (WIDTHS[column] - 2 * PADDING) * 100 / NARROW
        return wrapped(self.pdf, composed(" ".join(text.split())), room)


def wrapped(pdf: Pdf, text: str, room: float) -> tuple[str, ...]:
    """`text` in lines of at most `room` points at SIZE."""
    lines: list[str] = []
    line, width, space = "", 0.0, pdf.width(" ", SIZE)
    for word in text.split(" ") if text else ():
        wide = pdf.width(word, SIZE)
        if line and width + space + wide <= room:
            line, width = f"{line} {word}", width + space + wide
            continue
        if line:
            lines.append(line)
        while wide > room:
            kept = _fitting(pdf, word, room)
            lines.append(word[:kept])
            word = word[kept:]
            wide = pdf.width(word, SIZE)
        line, width = word, wide
    if line:
        lines.append(line)
    if len(lines) > _MOST_LINES:
        return (*lines[: _MOST_LINES - 1], "…")
    return tuple(lines)


def _fitting(pdf: Pdf, word: str, room: float) -> int:
    """How many letters of `word` fit into `room`, at least one; after a slash or a hyphen if there is one."""
    width, kept = 0.0, 0
    for letter in word:
        width += pdf.widths[letter] * SIZE / 1000
        if width > room:
            break
        kept += 1
    kept = max(kept, 1)
    parts = [place + 1 for place, letter in enumerate(word[:kept]) if letter in "/-@"]
    return parts[-1] if parts and parts[-1] < len(word) else kept
