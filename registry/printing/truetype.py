"""What a PDF needs to know of a TrueType font: its glyphs, their widths, its measures. Pure."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FONT_FILE: Final = Path(__file__).with_name("NotoSans-subset.ttf")
"""Noto Sans, the letters of Latin, Greek and Cyrillic (SIL Open Font License, NotoSans-OFL.txt)."""

UNKNOWN: Final = "?"
"""Stands for a letter that the font does not have."""


class NotAFont(ValueError):
    """The bytes are no TrueType font that can be embedded."""


@dataclass(frozen=True, slots=True)
class Font:
    """A font: `glyphs` by letter, `widths` by glyph; all measures in thousandths of its size."""

    name: str
    data: bytes
    glyphs: dict[str, int]
    widths: list[int]
    ascent: int
    descent: int
    cap_height: int
    box: tuple[int, int, int, int]


def read_font(data: bytes, name: str) -> Font:
    """Read a font from the bytes of its file. Raises NotAFont."""
    try:
        return _read(data, name)
    except (struct.error, KeyError, IndexError) as error:
        raise NotAFont(name) from error


def _read(data: bytes, name: str) -> Font:
    (number,) = struct.unpack_from(">H", data, 4)
    tables = {}
    for place in range(number):
        tag, _sum, offset, length = struct.unpack_from(">4sLLL", data, 12 + 16 * place)
        tables[tag.decode("latin-1")] = (offset, length)
    head, hhea, metrics = tables["head"][0], tables["hhea"][0], tables["OS/2"][0]
    (units,) = struct.unpack_from(">H", data, head + 18)

    def scaled(value: int) -> int:
        return round(value * 1000 / units)

    (measured,) = struct.unpack_from(">H", data, hhea + 34)
    (glyph_count,) = struct.unpack_from(">H", data, tables["maxp"][0] + 4)
    widths = [
        scaled(struct.unpack_from(">H", data, tables["hmtx"][0] + 4 * glyph)[0])
        for glyph in range(measured)
    ]
    # Glyphs after the last that was measured are as wide as that one.
    widths += [widths[-1]] * (glyph_count - measured)
    ascent, descent = struct.unpack_from(">hh", data, hhea + 4)
    (cap_height,) = struct.unpack_from(">h", data, metrics + 88)
    x_min, y_min, x_max, y_max = struct.unpack_from(">hhhh", data, head + 36)
    return Font(
        name,
        data,
        _letters(data, tables["cmap"][0]),
        widths,
        scaled(ascent),
        scaled(descent),
        scaled(cap_height),
        (scaled(x_min), scaled(y_min), scaled(x_max), scaled(y_max)),
    )


def _letters(data: bytes, cmap: int) -> dict[str, int]:
    """The glyph of each letter, from the table for Unicode's first plane (format 4)."""
    (number,) = struct.unpack_from(">H", data, cmap + 2)
    for place in range(number):
        _platform, _encoding, offset = struct.unpack_from(">HHL", data, cmap + 4 + 8 * place)
        if struct.unpack_from(">H", data, cmap + offset)[0] == 4:
            return _format_4(data, cmap + offset)
    raise KeyError("cmap")


def _format_4(data: bytes, start: int) -> dict[str, int]:
    (doubled,) = struct.unpack_from(">H", data, start + 6)
    segments = doubled // 2
    ends, starts = start + 14, start + 16 + doubled
    deltas, ranges = starts + doubled, starts + 2 * doubled
    found = {}
    for segment in range(segments):
        (end,) = struct.unpack_from(">H", data, ends + 2 * segment)
        (first,) = struct.unpack_from(">H", data, starts + 2 * segment)
        (delta,) = struct.unpack_from(">H", data, deltas + 2 * segment)
        (shift,) = struct.unpack_from(">H", data, ranges + 2 * segment)
        for code in range(first, min(end, 0xFFFE) + 1):
            glyph = code
            if shift:
                at = ranges + 2 * segment + shift + 2 * (code - first)
                (glyph,) = struct.unpack_from(">H", data, at)
                if not glyph:
                    continue
            if glyph := (glyph + delta) & 0xFFFF:
                found[chr(code)] = glyph
    return found
