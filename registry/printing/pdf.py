"""A PDF that is written page after page: whatever its length, only its table of contents is kept in memory.

One font, embedded, so that every letter of Romanian and Hungarian is printed and can be copied; text, lines and
nothing else. The number of pages, which nobody knows before the end, is a drawing of its own that all pages show and
that is written last.
"""

from __future__ import annotations

import unicodedata
import zlib
from typing import Final

from registry.printing.truetype import UNKNOWN, Font

_HEAD: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_PER_BLOCK: Final = 100
_CATALOG, _TREE, _FONT, _DESCENDANT, _DESCRIPTOR, _FILE, _UNICODE, _TOTAL, _INFO = range(1, 10)
_FIRST_FREE: Final = 10


class Letters(dict[str, str]):
    """The letters that were written so far, each as the hexadecimal digits of its glyph."""

    def __init__(self, font: Font) -> None:
        super().__init__()
        self.font = font

    def __missing__(self, letter: str) -> str:
        glyph = self.font.glyphs.get(letter)
        digits = f"{glyph:04X}" if glyph is not None else self[UNKNOWN]
        self[letter] = digits
        return digits


class Measured(dict[str, int]):
    """The widths of letters, in thousandths of the size."""

    def __init__(self, font: Font) -> None:
        super().__init__()
        self.font = font

    def __missing__(self, letter: str) -> int:
        glyph = self.font.glyphs.get(letter, self.font.glyphs[UNKNOWN])
        width = self[letter] = self.font.widths[glyph]
        return width


def text_string(text: str) -> str:
    """A text of the document itself (its title), as PDF writes it."""
    return f"<{(chr(0xFEFF) + text).encode('utf-16-be').hex().upper()}>"


class Pdf:
    """A document of pages of one size, in points. `start`, then `page` for each page, then `finish`: bytes to send."""

    def __init__(self, font: Font, size: tuple[float, float], *, title: str, language: str) -> None:
        self.font, self.size = font, size
        self.title, self.language = title, language
        self.letters = Letters(font)
        self.widths = Measured(font)
        self.pages: list[int] = []
        self._offsets: dict[int, int] = {}
        self._written = 0
        self._next = _FIRST_FREE

    # -- what is drawn -------------------------------------------------------------------------------------------------

    def width(self, text: str, size: float) -> float:
        """How wide a line is, in points at `size`."""
        return sum(map(self.widths.__getitem__, text)) * size / 1000

    def shown(self, text: str) -> str:
        """The operator that shows a line where the pen stands; its letters are composed before (NFC)."""
        return f"<{''.join(map(self.letters.__getitem__, text))}>Tj"

    # -- what is written -----------------------------------------------------------------------------------------------

    def start(self) -> bytes:
        """The head of the file."""
        return self._count(_HEAD)

    def page(self, content: str) -> bytes:
        """A page with the operators `content`; font and total are its resources /F and /N."""
        page, stream = self._next, self._next + 1
        self._next += 2
        self.pages.append(page)
        return self._object(
            page, f"<</Type/Page/Parent {_TREE} 0 R/Contents {stream} 0 R>>".encode()
        ) + self._stream(stream, content.encode("ascii"))

    def finish(self, size: float, total: str) -> bytes:
        """The font, the total number of pages (the text `total`, at `size`), and the table of contents."""
        width, height = self.size
        operators = f"BT/F {size} Tf {self.shown(composed(total))} ET".encode("ascii")
        box = f"/BBox[0 -{size} {self.width(total, size) + 1:.2f} {2 * size}]"
        kids = " ".join(f"{page} 0 R" for page in self.pages)
        parts = [
            self._stream(
                _TOTAL,
                operators,
                f"/Type/XObject/Subtype/Form{box}/Resources<</Font<</F {_FONT} 0 R>>>>",
            ),
            self._object(
                _TREE,
                (
                    f"<</Type/Pages/Count {len(self.pages)}/Kids[{kids}]/MediaBox[0 0 {width} {height}]"
                    f"/Resources<</Font<</F {_FONT} 0 R>>/XObject<</N {_TOTAL} 0 R>>>>>>"
                ).encode(),
            ),
            *self._font_parts(),
            self._object(
                _CATALOG,
                (
                    f"<</Type/Catalog/Pages {_TREE} 0 R/Lang({self.language})"
                    "/ViewerPreferences<</DisplayDocTitle true>>>>"
                ).encode(),
            ),
            self._object(_INFO, f"<</Title {text_string(self.title)}/Producer(Agora)>>".encode()),
        ]
        return b"".join([*parts, self._contents()])

    def _font_parts(self) -> list[bytes]:
        font = self.font
        used = {letter: int(digits, 16) for letter, digits in self.letters.items()}
        widths = " ".join(f"{glyph}[{font.widths[glyph]}]" for glyph in sorted(set(used.values())))
        base, system = (
            f"/AGORAA+{font.name}",
            "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>",
        )
        box = " ".join(map(str, font.box))
        return [
            self._object(
                _FONT,
                (
                    f"<</Type/Font/Subtype/Type0/BaseFont{base}/Encoding/Identity-H"
                    f"/DescendantFonts[{_DESCENDANT} 0 R]/ToUnicode {_UNICODE} 0 R>>"
                ).encode(),
            ),
            self._object(
                _DESCENDANT,
                (
                    f"<</Type/Font/Subtype/CIDFontType2/BaseFont{base}{system}"
                    f"/FontDescriptor {_DESCRIPTOR} 0 R/W[{widths}]/CIDToGIDMap/Identity>>"
                ).encode(),
            ),
            self._object(
                _DESCRIPTOR,
                (
                    f"<</Type/FontDescriptor/FontName{base}/Flags 4/FontBBox[{box}]/ItalicAngle 0"
                    f"/Ascent {font.ascent}/Descent {font.descent}/CapHeight {font.cap_height}"
                    f"/StemV 80/FontFile2 {_FILE} 0 R>>"
                ).encode(),
            ),
            self._stream(_FILE, font.data, f"/Length1 {len(font.data)}"),
            self._stream(_UNICODE, _unicode_map(used)),
        ]

    def _contents(self) -> bytes:
        start = self._written
        lines = [f"xref\n0 {self._next}\n0000000000 65535 f \n"]
        lines += [f"{self._offsets[number]:010} 00000 n \n" for number in range(1, self._next)]
        lines.append(
            f"trailer\n<</Size {self._next}/Root {_CATALOG} 0 R/Info {_INFO} 0 R>>\n"
            f"startxref\n{start}\n%%EOF\n"
        )
        return "".join(lines).encode("ascii")

    def _object(self, number: int, body: bytes) -> bytes:
        self._offsets[number] = self._written
        return self._count(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def _stream(self, number: int, content: bytes, more: str = "") -> bytes:
        packed = zlib.compress(content)
        head = f"<</Length {len(packed)}/Filter/FlateDecode{more}>>\nstream\n"
        return self._object(number, head.encode("ascii") + packed + b"\nendstream")

    def _count(self, data: bytes) -> bytes:
        self._written += len(data)
        return data


def composed(text: str) -> str:
    """`text` with each letter and its marks in one piece, as fonts have them."""
    return unicodedata.normalize("NFC", text)


def _unicode_map(used: dict[str, int]) -> bytes:
    """Which letter each glyph is, so that text can be copied and searched."""
    letters = {glyph: letter for letter, glyph in used.items() if letter != UNKNOWN}
    if UNKNOWN in used:
        letters[used[UNKNOWN]] = UNKNOWN
    rows = [
        f"<{glyph:04X}><{letter.encode('utf-16-be').hex().upper()}>"
        for glyph, letter in sorted(letters.items())
    ]
    blocks = [rows[start : start + _PER_BLOCK] for start in range(0, len(rows), _PER_BLOCK)]
    body = "".join(
        f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n" for block in blocks
    )
    return (
        "/CIDInit/ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
        "/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n"
        "1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n"
        f"{body}endcmap CMapName currentdict/CMap defineresource pop end end\n"
    ).encode("ascii")
