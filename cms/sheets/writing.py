"""An XLSX file written row by row as it is sent: no row is held, and no cell is ever a formula.

Office Open XML with inline strings (ECMA-376, part 1, 18.3.1): text is text, whatever it begins with. Pure.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Final
from xml.sax.saxutils import escape

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL: Final = 32_767
"""Characters that a cell holds; what is longer is cut, as the format demands."""

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FIRST_DAY: Final = datetime(1899, 12, 30)  # noqa: DTZ001  the format's own, without a zone
# What XML 1.0 cannot hold.
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TEXT, _DAY, _MOMENT, _TITLE = range(4)

_PARTS: Final = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
        f'Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>'
    ),
    # The cell formats are numbered as _TEXT, _DAY, _MOMENT, _TITLE; 49 is text, 14 and 22 the reader's own dates.
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font/><font><b/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4">'
        '<xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="14" applyNumberFormat="1"/>'
        '<xf numFmtId="22" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" applyFont="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}


class _Pipe:
    """Where the archive is written to; what has come so far is taken out and sent."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def _text(value: object) -> str:
    return escape(_NO_XML.sub("", str(value))[:LONGEST_CELL])


def _cell(value: object, style: int = _TEXT) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, bool):
        value = int(value)
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime(*value.timetuple()[:3])  # noqa: DTZ001
        passed = moment.replace(tzinfo=None) - _FIRST_DAY
        kind = _MOMENT if isinstance(value, datetime) else _DAY
        return f'<c s="{kind}"><v>{passed.days + passed.seconds / 86_400}</v></c>'
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{_text(value)}</t></is></c>'


def _row(values: Sequence[object], style: int = _TEXT) -> str:
    return f"<row>{''.join(_cell(value, style) for value in values)}</row>"


def stream_workbook(
    title: str, header: Sequence[str], batches: Iterable[Iterable[Sequence[object]]]
) -> Iterator[bytes]:
    """The bytes of a workbook of one sheet, a piece for each batch of rows.

    Args:
        title: Name of the sheet; what sheets cannot be called is left out.
        header: Titles of the columns; the row stays in sight.
        batches: Rows of cells. Days and moments become dates as the clock on the wall shows them (a zone is dropped),
            whole numbers stay numbers, None is an empty cell, everything else is text.
    """
    name = re.sub(r"[\[\]:*?/\\']", " ", _NO_XML.sub("", title))[:31].strip() or "1"
    name = escape(name, {'"': "&quot;", "\n": " ", "\t": " ", "\r": " "})
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in _PARTS.items():
            archive.writestr(path, _HEAD + content)
        archive.writestr(
            "xl/workbook.xml",
            f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
            f'<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(
                f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
                '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
                f'<cols><col min="1" max="{max(1, len(header))}" width="22" customWidth="1"/></cols>'
                f"<sheetData>{_row(header, _TITLE)}".encode()
            )
            yield pipe.taken()
            for batch in batches:
                sheet.write("".join(map(_row, batch)).encode())
                yield pipe.taken()
            sheet.write(b"</sheetData></worksheet>")
    yield pipe.taken()
