"""Work in several processes at once, each with a connection of its own to the database of the test."""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from django.db import connections

SECONDS = 240
"""After which a process that has not reported is taken for stuck."""


def in_processes(number: int, work: Callable[[int], Any]) -> list[Any]:
    """What `work(0)` … `work(number - 1)` return, each called in a fork of this process, all from the same moment on.

    The test must commit (`transactional_db`). AssertionError with the traceback for one that raises.
    """
    # A connection must not be shared between processes.
    connections.close_all()
    context = multiprocessing.get_context("fork")
    start = context.Barrier(number)
    pipes = [context.Pipe(duplex=False) for _ in range(number)]
    processes = [
        context.Process(target=_child, args=(sender, start, work, index), daemon=True)
        for index, (_receiver, sender) in enumerate(pipes)
    ]
    for process in processes:
        process.start()
    try:
        outcomes = []
        for receiver, _sender in pipes:
            assert receiver.poll(SECONDS), "a process is stuck"
            outcomes.append(receiver.recv())
    finally:
        for process in processes:
            process.join(5)
            if process.is_alive():
                process.kill()
    failures = [text for ok, text in outcomes if not ok]
    assert not failures, failures[0]
    return [result for _ok, result in outcomes]


def _child(sender: Connection, start: Any, work: Callable[[int], Any], index: int) -> None:
    try:
        start.wait(SECONDS)
        outcome = (True, work(index))
    except BaseException:
        outcome = (False, traceback.format_exc())
    connections.close_all()
    sender.send(outcome)
