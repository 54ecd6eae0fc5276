"""What came with a form, read so that nothing that can be sent ends in an error page.

Django reads a form when it is first looked at and raises for what is too much; here the reason becomes a value that
the page can say in words. Files are counted and measured while they come in, so that one that is too large costs
itself and not the text beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from io import BytesIO
from typing import Any, Final

from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from registry.files.refusals import FileRefused, Reason
from registry.files.rules import MAX_FILE_BYTES, MAX_FILES, clean_name
from registry.typed_text import clean_line, clean_text

FILES: Final = "files"
"""The name of the form's file field."""


class Unreadable(StrEnum):
    """Why what came could not be read at all."""

    TOO_LARGE = "too-large"
    TOO_MANY = "too-many"
    BROKEN = "broken"
    """Cut off on the way, or not what a browser sends."""


@dataclass(frozen=True, slots=True)
class Posted:
    """The fields of a form, its files, the files that were refused on the way in; or why it could not be read."""

    fields: QueryDict
    files: list[UploadedFile] = field(default_factory=list)
    refused: list[FileRefused] = field(default_factory=list)
    unreadable: Unreadable | None = None

    def texts(self, shapes: Mapping[str, bool]) -> dict[str, str]:
        """The typed texts by name, cleaned (registry.typed_text); `shapes` says which have several lines."""
        return {
            name: (clean_text if has_lines else clean_line)(self.fields.get(name) or "")
            for name, has_lines in shapes.items()
        }


class _ReadPast(UploadedFile):
    """Stands for a file that was not let through."""

    def __init__(self) -> None:
        super().__init__(BytesIO(), name="-", size=0)


class _CountedUploads(FileUploadHandler):
    """Lets MAX_FILES files of the form through, up to MAX_FILE_BYTES each, and reads past the rest.

    Not by SkipFile: that would also close the file before, which was good.
    """

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.refused: list[FileRefused] = []
        self._number = 0
        self._size = 0
        self._reads_past = False

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, *args, **kwargs)
        self._size = 0
        if field_name == FILES:
            self._number += 1
            if self._number == MAX_FILES + 1:
                self.refused.append(FileRefused(Reason.TOO_MANY))
        self._reads_past = field_name != FILES or self._number > MAX_FILES
        if self._reads_past:
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self._size += len(raw_data)
        if self._size > MAX_FILE_BYTES and not self._reads_past:
            self._reads_past = True
            self.refused.append(FileRefused(Reason.TOO_LARGE, clean_name(self.file_name or "")))
        return None if self._reads_past else raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return _ReadPast() if self._reads_past else None


def read_post(request: HttpRequest) -> Posted:
    """Read the form that came with `request`; never raises. To be called once, before anything else reads it."""
    counted = _CountedUploads(request)
    request.upload_handlers.insert(0, counted)
    try:
        fields = request.POST
        files = [file for file in request.FILES.getlist(FILES) if not isinstance(file, _ReadPast)]
    except (TooManyFieldsSent, TooManyFilesSent):
        return Posted(QueryDict(), unreadable=Unreadable.TOO_MANY)
    except RequestDataTooBig:
        return Posted(QueryDict(), unreadable=Unreadable.TOO_LARGE)
    except (MultiPartParserError, BadRequest, UnreadablePostError, ValueError, LookupError):
        return Posted(QueryDict(), unreadable=Unreadable.BROKEN)
    return Posted(fields, files, counted.refused)
