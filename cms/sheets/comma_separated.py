"""Rows of a .csv file, whichever letters and separators the program that wrote it used; and .csv files of our own."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from cms.sheets.problems import SheetProblem
from cms.sheets.safe_cells import safe_cell

SEPARATORS: Final = (",", ";", "\t")

# What Romanian, Hungarian and English texts are written with; any other letter tells that a guess was wrong.
_PUNCTUATION: Final = "„”“‘’‚–—…«»•·°§©®™€£×½²³´ \u00ad"
_EAST: Final = frozenset("ăâî\u015f\u0163ĂÂÎ\u015e\u0162áéíóöőúüűÁÉÍÓÖŐÚÜŰ" + _PUNCTUATION)
_WEST: Final = frozenset("áàâäãéèêëíìîïóòôöõúùûüçñßÁÀÂÄÃÉÈÊËÍÎÏÓÔÖÕÚÙÛÜÇÑ" + _PUNCTUATION)


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of a file and the name of its encoding, "" for UTF-8.

    Without a mark and not UTF-8 it is taken for Windows-1250, Excel's choice in Romania and Hungary, or else for
    Windows-1252, if all its letters are then such as these languages have. Raises SheetProblem otherwise.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SheetProblem("encoding")
    if b"\0" in data:
        raise SheetProblem("not_text")
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        pass
    for codec, name, letters in (
        ("cp1250", "Windows-1250", _EAST),
        ("cp1252", "Windows-1252", _WEST),
    ):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if all(character in letters for character in set(text) if not character.isascii()):
            return text, name
    raise SheetProblem("encoding")


def read_rows(
    text: str, max_rows: int, known: Callable[[Sequence[str]], int]
) -> list[tuple[int, list[str]]]:
    """Return the rows that have content, with their numbers as a spreadsheet counts them, from 1.

    The separator is the one with which ``known`` finds most in the first row. Raises SheetProblem for a quotation
    mark without its end and for more than ``max_rows`` rows, the header included.
    """
    if re.fullmatch(r'"?sep=.', text[:200].split("\n", 1)[0].strip().strip('"')):
        # Excel's own hint to itself stands in a row of its own.
        text = "\n" + text.split("\n", 1)[-1]
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=lambda sign: known(first.replace('"', "").split(sign)))
    return list(_rows(text, separator, max_rows))


def _rows(text: str, separator: str, max_rows: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = found = 0
    try:
        for row in reader:
            number += 1
            if not any(cell.strip() for cell in row):
                continue
            found += 1
            if found > max_rows:
                raise SheetProblem("too_many_rows", limit=max_rows - 1)
            yield number, row
    except csv.Error:
        raise SheetProblem("broken_csv", row=number + 1) from None


def stream_csv(
    header: Sequence[object], batches: Iterable[Iterable[Sequence[object]]]
) -> Iterator[bytes]:
    """The bytes of a .csv file, a piece for each batch of rows; each cell goes through ``safe_cell``.

    RFC 4180: comma, CRLF, quotes where needed; UTF-8 with the mark that Excel needs for diacritics.
    """
    yield "\ufeff".encode()
    yield _lines([header])
    for batch in batches:
        yield _lines(batch)


def _lines(rows: Iterable[Sequence[object]]) -> bytes:
    output = io.StringIO(newline="")
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return output.getvalue().encode()
