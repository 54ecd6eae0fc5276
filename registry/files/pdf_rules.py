"""PDF files that only show pages (ISO 32000): no scripts, no launching, no embedded files. Read, never rewritten.

A signed PDF is accepted like any other; its bytes stay what was signed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from registry.files.refusals import FileRefused, Reason
from registry.files.signatures import PDF, refuse_foreign, require

if TYPE_CHECKING:
    import pikepdf

MAX_OBJECTS: Final = 100_000
MAX_PAGES: Final = 2_000
_MAX_FILTERS: Final = 4
_END = re.compile(rb"startxref\s+\d{1,10}\s+%%EOF")
_PADDING: Final = b"\0 \t\r\n\f"
_TAIL: Final = 2048

# Actions that run or load something (ISO 32000-2, table 201); going to a page or an address is none of them.
_ACTIONS: Final = {
    "/JavaScript",
    "/Launch",
    "/ImportData",
    "/GoToE",
    "/Rendition",
    "/RichMediaExecute",
    "/Movie",
    "/Sound",
    "/GoTo3DView",
}
_ACTIVE_TYPES: Final = {"/EmbeddedFile"}
_ACTIVE_ANNOTATIONS: Final = {"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}
# The keys of a dictionary of embedded files (table 43).
_EMBEDDED: Final = {"/F", "/UF", "/DOS", "/Mac", "/Unix"}
# Most objects hold none of these words, and searching for them is several times faster than looking at each key.
_SUSPICIOUS = re.compile(
    b"(?:%s)"
    % b"|".join(
        re.escape(word.encode())
        for word in sorted(
            _ACTIONS | _ACTIVE_TYPES | _ACTIVE_ANNOTATIONS | {"/EF", "/XFA", "/Filter ["}
        )
    )
)


def check_pdf(data: bytes) -> None:
    """Raise FileRefused unless this is one whole PDF, at byte 0, readable without a password, without active content.

    Nothing is repaired: where the cross-references are wrong, two readers may see two documents, and what was checked
    here would not be what the clerk opens.
    """
    require(data, PDF)
    refuse_foreign(data, may_hold_html=True)
    _check_end(data)
    _check_objects(data)


def _check_end(data: bytes) -> None:
    """Nothing follows the end but padding and comments, which some programs add."""
    tail = data.rstrip(_PADDING)[-_TAIL:]
    ends = list(_END.finditer(tail))
    if not ends:
        whole = _END.search(data)
        raise FileRefused(Reason.MIXED if whole else Reason.DAMAGED, detail="no end at the end")
    for line in re.split(rb"[\r\n]+", tail[ends[-1].end() :]):
        line = line.strip(_PADDING)
        if line and not re.fullmatch(rb"%[ -~\t]*", line):
            raise FileRefused(Reason.MIXED, detail="something after the end of the PDF")


def _check_objects(data: bytes) -> None:
    # Imported here: only the child process parses, and of the parsers it needs one.
    from io import BytesIO

    import pikepdf

    pikepdf.settings.set_qpdf_limits(
        doc_max_warnings=100,
        parser_max_nesting=100,
        parser_max_container_size=500_000,
        max_stream_filters=_MAX_FILTERS,
        flate_max_memory=64 * 1024 * 1024,
        run_length_max_memory=64 * 1024 * 1024,
        png_max_memory=64 * 1024 * 1024,
        tiff_max_memory=64 * 1024 * 1024,
    )
    try:
        # Padding pushes the end out of the last kilobyte, where it is looked for.
        pdf = pikepdf.Pdf.open(
            BytesIO(data.rstrip(_PADDING)), attempt_recovery=False, suppress_warnings=True
        )
    except pikepdf.PasswordError as error:
        raise FileRefused(Reason.ENCRYPTED) from error
    except pikepdf.PdfError as error:
        if "encrypt" in str(error):
            raise FileRefused(Reason.ENCRYPTED) from error
        raise FileRefused(Reason.DAMAGED, detail="not a readable PDF") from error
    # A PDF that opens for everybody and only asks not to be printed or changed is no secret: authorities send such.
    with pdf:
        if len(pdf.objects) > MAX_OBJECTS:
            raise FileRefused(Reason.BOMB, detail="objects")
        if not 1 <= len(pdf.pages) <= MAX_PAGES:
            raise FileRefused(Reason.DAMAGED, detail="number of pages")
        for value in pdf.objects:
            if not _SUSPICIOUS.search(_written(value)):
                continue
            for dictionary in _dictionaries(value):
                _check_dictionary(dictionary)


def _written(value: Any) -> bytes:
    """An indirect object as qpdf writes it: names without escapes, and of a stream its dictionary."""
    import pikepdf

    if isinstance(value, pikepdf.Stream):
        value = value.stream_dict
    # Numbers and the like come as Python's own and hold no names.
    return value.unparse(resolved=True) if isinstance(value, pikepdf.Object) else b""


def _dictionaries(value: Any) -> Iterator[pikepdf.Object]:
    """The dictionaries in an indirect object, streams' included; what it refers to is visited on its own."""
    import pikepdf

    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, pikepdf.Dictionary | pikepdf.Stream):
            yield current
            children: Any = current.values()
        elif isinstance(current, pikepdf.Array):
            children = current
        else:
            continue
        pending.extend(
            child
            for child in children
            if isinstance(child, pikepdf.Dictionary | pikepdf.Array) and not child.is_indirect
        )


def _check_dictionary(dictionary: pikepdf.Object) -> None:
    import pikepdf

    keys = set(dictionary.keys())
    if "/S" in keys and str(dictionary["/S"]) in _ACTIONS:
        raise FileRefused(Reason.ACTIVE, detail=f"action {dictionary['/S']}")
    if "/Type" in keys and str(dictionary["/Type"]) in _ACTIVE_TYPES:
        raise FileRefused(Reason.ACTIVE, detail="embedded file")
    if "/Subtype" in keys and str(dictionary["/Subtype"]) in _ACTIVE_ANNOTATIONS:
        raise FileRefused(Reason.ACTIVE, detail=f"annotation {dictionary['/Subtype']}")
    if "/EF" in keys:
        files = dictionary["/EF"]
        if isinstance(files, pikepdf.Dictionary) and _EMBEDDED & set(files.keys()):
            raise FileRefused(Reason.ACTIVE, detail="embedded file")
    if "/XFA" in keys:
        raise FileRefused(Reason.ACTIVE, detail="XFA form")
    if "/Filter" in keys:
        filters = dictionary["/Filter"]
        if isinstance(filters, pikepdf.Array) and len(filters) > _MAX_FILTERS:
            raise FileRefused(Reason.BOMB, detail="filters in filters")
