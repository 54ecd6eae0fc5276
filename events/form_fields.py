"""The form field of a rule: from what an editor typed to the stored value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from recurrence import Recurrence

from cms.quoting import shown
from events.recurrence import LAST, MAX_COUNT, MAX_INTERVAL, Frequency, Rule, RuleError
from events.rule_storage import rule_in, stored
from events.widgets import (
    AFTER,
    NEVER,
    ON_DATE,
    ON_DAY,
    ON_LAST_DAY,
    ON_WEEKDAY,
    ONCE,
    PARTS,
    RuleWidget,
)

_NUMBER: Final = re.compile(r"[0-9]{1,6}", re.ASCII)
_DAYS_OF_EVERY_MONTH: Final = 28
_FIFTH: Final = 5


class RulePartError(ValidationError):
    """An error of one control: `part` is the field of the rule (`RuleError.field`)."""

    def __init__(self, message: Any, code: str, part: str) -> None:
        super().__init__(message, code=code)
        self.part = part


def as_part_error(error: RuleError) -> RulePartError:
    """The same message for a form, beside the control that is wrong."""
    return RulePartError(error.message, error.code, error.field)


def _text(value: Any) -> str:
    return str(value if value is not None else "").strip()


def _number(text: str, error: RuleError) -> int:
    if not _NUMBER.fullmatch(text):
        raise error
    return int(text)


def typed_rule(typed: Mapping[str, Any], start: date | None = None) -> Rule | None:
    """The rule that the controls say, None for an event that takes place once.

    `typed` has what came with the form, by part (events.widgets.PARTS); what does not apply is not read.
    `start`, the first local date where it is known, fills in a weekday or a day of the month that was left open.
    Raises `RuleError`, or `RulePartError` for an end that was chosen but not written.
    """
    frequency_text = _text(typed.get("frequency")) or ONCE
    if frequency_text == ONCE:
        return None
    try:
        frequency = Frequency(frequency_text)
    except ValueError:
        raise RuleError("frequency", text=shown(frequency_text)) from None
    interval = _number(
        _text(typed.get("interval")) or "1", RuleError("interval", limit=MAX_INTERVAL)
    )
    weekdays: tuple[int, ...] = ()
    month_day: int | None = None
    nth_weekday: tuple[int, int] | None = None
    if frequency == Frequency.WEEKLY:
        weekdays = _weekdays(typed.get("weekdays"), start)
    elif frequency == Frequency.MONTHLY:
        month_day, nth_weekday = _day_of_month(typed, start)
    until, count = _end(typed)
    return Rule(frequency, interval, weekdays, month_day, nth_weekday, until, count)


def _weekdays(values: Any, start: date | None) -> tuple[int, ...]:
    texts = [_text(value) for value in values or ()]
    if not texts and start is not None:
        return (start.weekday(),)
    if any(text not in tuple("0123456") for text in texts):
        raise RuleError("weekdays", text=shown(", ".join(texts)))
    return tuple(map(int, texts))


def _day_of_month(
    typed: Mapping[str, Any], start: date | None
) -> tuple[int | None, tuple[int, int] | None]:
    mode = _text(typed.get("month")) or ON_DAY
    if mode == ON_LAST_DAY:
        return LAST, None
    if mode == ON_WEEKDAY:
        return None, _nth_weekday(_text(typed.get("nth")), _text(typed.get("nth_weekday")), start)
    if mode != ON_DAY:
        raise RuleError("month_day_missing")
    text = _text(typed.get("month_day"))
    if text or start is None:
        return _number(text, RuleError("month_day" if text else "month_day_missing")), None
    if start.day > _DAYS_OF_EVERY_MONTH:
        raise RuleError("month_day")
    return start.day, None


def _nth_weekday(number: str, weekday: str, start: date | None) -> tuple[int, int]:
    if start is not None:
        # The fifth is not in every month; left open, it means the last.
        nth = (start.day - 1) // 7 + 1
        number = number or str(LAST if nth == _FIFTH else nth)
        weekday = weekday or str(start.weekday())
    if number not in ("1", "2", "3", "4", "5", str(LAST)) or weekday not in tuple("0123456"):
        raise RuleError("nth_weekday")
    return int(number), int(weekday)


def _end(typed: Mapping[str, Any]) -> tuple[date | None, int | None]:
    end = _text(typed.get("end")) or NEVER
    if end == ON_DATE:
        return _until(typed.get("until")), None
    if end == AFTER:
        return None, _number(_text(typed.get("count")), RuleError("count", limit=MAX_COUNT))
    return None, None


def _until(value: Any) -> date:
    text = _text(value)
    if not text:
        raise RulePartError(_("Choose the last day of the series."), "until_missing", "until")
    try:
        day: date = forms.DateField().clean(text)
    except ValidationError:
        raise RuleError("until", text=shown(text)) from None
    return day


class RuleFormField(forms.Field):
    """The controls of `RuleWidget` as a stored rule; its errors are `RulePartError`s.

    `start` is the first date, which the form sets as soon as it is known: a weekday or a day of the month that
    was left open is then that of the first date.
    """

    widget = RuleWidget
    start: date | None = None

    def to_python(self, value: Any) -> Any:
        if value is None or isinstance(value, str | Recurrence):
            return stored(rule_in(value))
        return stored(typed_rule(dict(zip(PARTS, value, strict=False)), self.start))

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except RuleError as error:
            raise as_part_error(error) from error

    def validate(self, value: Any) -> None:
        """An event that takes place once is a complete answer, so nothing is required."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled:
            return False
        try:
            return bool(rule_in(initial) != rule_in(self.to_python(data)))
        except (RuleError, ValidationError):
            return True
