"""What many tests begin with, built once a run: afterwards its rows are put in place as it left them."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import inspect
import pickle
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

import pytest
from django.core.cache import cache
from django.db import connection, models

from tests.demo_rows import Rows, put_rows, read_rows

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@dataclass(frozen=True)
class _Memory:
    """What a builder left: the rows of the tables that it wrote; what it returned, and its arguments after it."""

    left: Rows
    objects: bytes


_memories: dict[tuple[Any, ...], dict[str, _Memory]] = {}


def remembered(
    build: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Result:
    """Leave the database as `build(…)` does, and return what it returned: a copy that is nobody else's.

    Where the database holds just what it held when this was built before, the rows are copied; everywhere else `build`
    is called again. Builders depend on their arguments, the database and the clock, and on nothing in memory; pages
    among the arguments know their new children afterwards. What is asked for once only is not remembered: looking at
    all rows takes longer than most builders.
    """
    try:
        key = connection.vendor, _name(build), _stopped_at(), _plain(args), _plain(kwargs)
    except _CANNOT_PICKLE:
        return build(*args, **kwargs)
    if key not in _memories:
        _memories[key] = {}
        return build(*args, **kwargs)
    before = read_rows()
    digest = hashlib.sha256(repr(before).encode()).hexdigest()
    given = list(_models([args, kwargs]))
    if memory := _memories[key].get(digest):
        put_rows(memory.left)
        # What was read there a moment ago, such as the paths of site roots.
        cache.clear()
        result: Result
        result, states = pickle.loads(memory.objects)
        for instance, state in zip(given, states, strict=True):
            vars(instance).update(state)
        return result
    result = build(*args, **kwargs)
    after = read_rows()
    left = {table: rows for table, rows in after.items() if rows != before[table]}
    with contextlib.suppress(*_CANNOT_PICKLE):
        objects = pickle.dumps((result, [vars(one) for one in given]))
        _memories[key][digest] = _Memory(left, objects)
    return result


def builder(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """A function of a test module that builds by `remembered`."""

    @functools.wraps(function)
    def build(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        return remembered(function, *args, **kwargs)

    return build


def remembered_fixture(function: Callable[..., Any]) -> Any:
    """A fixture that builds by `remembered`. It takes other fixtures, and does not yield."""
    assert not inspect.isgeneratorfunction(function)
    return pytest.fixture(builder(function))


_CANNOT_PICKLE = (pickle.PicklingError, TypeError, AttributeError)


def _name(function: Callable[..., Any]) -> str:
    name = f"{function.__module__}.{function.__qualname__}"
    assert "<locals>" not in name, "Functions within functions cannot be told apart."
    return name


def _stopped_at() -> int | None:
    """The time, where it stands still; None where it goes on."""
    now = time.time_ns()
    return now if now == time.time_ns() else None


def _plain(value: Any) -> Any:
    """`value` as part of a key: rows by their keys, whatever else of them has changed is in the database."""
    if isinstance(value, models.Model) and value.pk is not None:
        return type(value), value.pk
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return type(value), _plain(_fields(value))
    if isinstance(value, dict):
        return tuple((name, _plain(each)) for name, each in sorted(value.items()))
    if isinstance(value, list | tuple):
        return tuple(map(_plain, value))
    return value if isinstance(value, int | str | None) else pickle.dumps(value)


def _models(value: Any) -> Iterator[models.Model]:
    """The rows in `value`, however deep, in order."""
    if isinstance(value, models.Model):
        yield value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from _models(_fields(value))
    elif isinstance(value, dict):
        yield from _models([value[name] for name in sorted(value)])
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _models(each)


def _fields(value: Any) -> list[Any]:
    return [getattr(value, field.name) for field in dataclasses.fields(value)]
