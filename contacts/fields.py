"""The telephone number as a model field."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from contacts.phones import PhoneError, PhoneNumber, canonical, parse_phone

if TYPE_CHECKING:
    _PhoneColumn = models.CharField[PhoneNumber | str | None, PhoneNumber | None]
else:
    _PhoneColumn = models.CharField

_STORED = re.compile(r"\+[0-9]+(;[0-9]+)*")


def _parse(text: str) -> PhoneNumber | None:
    if not text.strip():
        return None
    try:
        return parse_phone(text)
    except PhoneError as error:
        raise ValidationError(error.message, code=error.code, params=error.params) from error


class PhoneFormField(forms.CharField):
    """Takes any usual spelling and shows the canonical one."""

    def prepare_value(self, value: Any) -> Any:
        return canonical(value) if isinstance(value, PhoneNumber) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, PhoneNumber):
            return value
        return _parse(super().to_python(value) or "")

    def run_validators(self, value: Any) -> None:
        """The length counts as the number is written."""
        super().run_validators(canonical(value) if isinstance(value, PhoneNumber) else value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True


class PhoneField(_PhoneColumn):
    """A number with its extensions: a `PhoneNumber` or None; stored as E.164, "+40264596030;5001;5000"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 120)
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        if not value:
            return None
        number, *extensions = value.split(";")
        return PhoneNumber(number, tuple(extensions))

    def to_python(self, value: Any) -> Any:
        if value is None or isinstance(value, PhoneNumber):
            return value
        stored = str(value)
        if _STORED.fullmatch(stored):
            return self.from_db_value(stored, None, None)
        return _parse(stored)

    def get_prep_value(self, value: Any) -> str | None:
        number = self.to_python(value)
        return ";".join((number.e164, *number.extensions)) if number else None

    def value_to_string(self, obj: models.Model) -> Any:
        return self.get_prep_value(self.value_from_object(obj))

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        if value is None and not self.blank:
            raise ValidationError(self.error_messages["blank"], code="blank")

    def run_validators(self, value: Any) -> None:
        super().run_validators(self.get_prep_value(value) or "")

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(
            self, **{"form_class": PhoneFormField, "max_length": self.max_length, **kwargs}
        )
