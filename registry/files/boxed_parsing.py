"""What runs in the child process of `parser_box`: `python -m registry.files.boxed_parsing TASK EXTENSION < file`.

Writes one line, "ok" or a reason for refusal with its detail, and after "ok" what the task made.
"""

from __future__ import annotations

import resource
import sys

from registry.files.image_rules import make_preview
from registry.files.parser_box import MAX_CPU, MAX_MEMORY
from registry.files.refusals import FileRefused, Reason
from registry.files.rules import MAX_FILE_BYTES, file_type, judge


def confine() -> None:
    """Give up what no parsing needs: memory and time without end, writing files, leaving a core behind."""
    for limit, value in (
        (resource.RLIMIT_AS, MAX_MEMORY),
        (resource.RLIMIT_CPU, MAX_CPU),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(limit)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (value, value))


def perform(task: str, extension: str, data: bytes) -> bytes:
    """The task's result. Raises FileRefused."""
    name = f"document.{extension}"
    if task == "preview":
        return make_preview(data, file_type(name).media_type)
    judge(data, name)
    return b""


def main() -> int:
    confine()
    task, extension = sys.argv[1:]
    try:
        result = b"ok\n" + perform(task, extension, sys.stdin.buffer.read(MAX_FILE_BYTES + 1))
    except FileRefused as refusal:
        result = f"{refusal.reason.value} {refusal.detail}\n".encode()
    except MemoryError:
        result = f"{Reason.BOMB.value} memory\n".encode()
    sys.stdout.buffer.write(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
