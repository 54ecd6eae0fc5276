"""The stored rule of a series: django-recurrence's field, kept to the one rule that feeds can carry."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from recurrence.fields import RecurrenceField

from events.form_fields import RuleFormField
from events.recurrence import RuleError
from events.rule_storage import rule_in, stored

__all__ = ["RuleField", "rule_in", "stored"]


class RuleField(RecurrenceField):
    """Exactly one RRULE: no DTSTART (the wall clock of the page has it), no EXDATE, no RDATE."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("include_dtstart", False)
        # The library's first positional argument is not the label.
        if args:
            kwargs["verbose_name"] = args[0]
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("include_dtstart", None)
        return name, path, args, kwargs

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuse what the library stores gladly: FREQ=SECONDLY, INTERVAL=0, a second rule, extra dates."""
        super().validate(value, model_instance)
        try:
            rule_in(value)
        except RuleError as error:
            raise ValidationError(error.message, code=error.code) from error

    def formfield(self, **kwargs: Any) -> Any:
        # The library's formfield() would set its own form field and widget; skip to Field's.
        return models.Field.formfield(self, **{"form_class": RuleFormField, **kwargs})
