"""Form and model fields of opening hours."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from locations.intervals import HoursError, Interval, format_intervals, overlaps, parse_intervals


def as_validation_error(error: HoursError) -> ValidationError:
    """The same message for a form, with its code and parameters."""
    return ValidationError(error.message, code=error.code, params=error.params)


class IntervalsField(models.CharField):
    """The opening intervals of a day as an editor types them: "08:00-12:00, 13:00-16:30"; empty is closed.

    Stored in the canonical form; refuses reversed, overlapping and impossible hours at the field.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 120)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        try:
            intervals = parse_intervals(value or "")
            for first, second in overlaps(intervals):
                raise HoursError(
                    "overlap", first=format_intervals([first]), second=format_intervals([second])
                )
        except HoursError as error:
            raise as_validation_error(error) from error
        return super().clean(format_intervals(intervals), model_instance)


def stored_intervals(text: str, *, by_appointment: bool = False) -> tuple[Interval, ...]:
    """The intervals of a stored field; a half-typed draft that cannot be read counts as none."""
    try:
        return parse_intervals(text, by_appointment=by_appointment)
    except HoursError:
        return ()
