"""Short facts in three languages on one row: names, notes, reasons.

Prose is translated page by page with wagtail-localize. A fact (the name of a department, the reason of a
closure) belongs to an object that all languages share, so its texts stand side by side in one JSON column.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.encoding import force_str
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cms.romanian import comma_below

SOURCE_LANGUAGE = "ro"
LANGUAGES = ("ro", "en", "hu")


def content_language() -> str:
    """The code, one of LANGUAGES, of the language that is being written now."""
    code = (get_language() or SOURCE_LANGUAGE).split("-")[0]
    return code if code in LANGUAGES else SOURCE_LANGUAGE


class LocalizedText(dict[str, str]):
    """A text by language code. `str()` gives the active language's text, else the nearest one that is filled."""

    def __init__(self, value: Mapping[str, str] | str | None = None, **texts: str) -> None:
        if isinstance(value, str):
            value = {SOURCE_LANGUAGE: value}
        super().__init__(
            {code: force_str(text) for code, text in {**(value or {}), **texts}.items() if text}
        )

    def resolve(self, language: str | None = None) -> tuple[str, str]:
        """Return (text, code of the language it is in) for `language`, default the active one; ("", code) if blank."""
        wanted = language or content_language()
        for code in (wanted, *LANGUAGES):
            if text := self.get(code):
                return text, code
        return "", wanted

    def __str__(self) -> str:
        return self.resolve()[0]

    def __bool__(self) -> bool:
        return any(self.values())


class LocalizedWidget(forms.MultiWidget):
    """One labelled input a language, each with its own `lang` for spelling checkers and screen readers."""

    template_name = "cms/widgets/localized.html"

    def __init__(
        self, widget: type[forms.Widget] = forms.TextInput, attrs: dict[str, Any] | None = None
    ) -> None:
        names = dict(settings.LANGUAGES)
        super().__init__(
            {
                code: widget(attrs={"lang": code, "aria-label": names[code], **(attrs or {})})
                for code in LANGUAGES
            }
        )

    def decompress(self, value: Mapping[str, str] | None) -> list[str]:
        return [(value or {}).get(code, "") for code in LANGUAGES]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        names = dict(settings.LANGUAGES)
        for code, subwidget in zip(LANGUAGES, context["widget"]["subwidgets"], strict=True):
            subwidget["language_name"] = names[code]
            subwidget["attrs"].pop("required", None)
        return context


class LocalizedFormField(forms.MultiValueField):
    """Asks for the source language when required; the other languages may follow later."""

    def __init__(self, *, widget: Any = None, max_length: int | None = None, **kwargs: Any) -> None:
        kwargs.pop("encoder", None)
        kwargs.pop("decoder", None)
        fields = tuple(forms.CharField(required=False, max_length=max_length) for _ in LANGUAGES)
        super().__init__(
            fields=fields,
            widget=widget or LocalizedWidget(),
            require_all_fields=False,
            **kwargs,
        )

    def compress(self, data_list: list[str]) -> LocalizedText:
        return LocalizedText(dict(zip(LANGUAGES, data_list, strict=False)))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.required and not cleaned.get(SOURCE_LANGUAGE):
            raise ValidationError(
                _("Write the Romanian text: it stands in for the languages that are still blank."),
                code="required",
            )
        return cleaned

    def has_changed(self, initial: Any, data: Any) -> bool:
        return LocalizedText(initial or {}) != self.compress(data or [])


class LocalizedCharField(models.JSONField):
    """A line of text in the three languages. Values are `LocalizedText`, never None."""

    empty_strings_allowed = False
    widget_class: type[forms.Widget] = forms.TextInput

    def __init__(self, *args: Any, max_length: int = 255, **kwargs: Any) -> None:
        kwargs.setdefault("default", LocalizedText)
        self.max_text_length = max_length
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.max_text_length != 255:
            kwargs["max_length"] = self.max_text_length
        return name, path, args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        value = super().from_db_value(value, expression, connection)
        return LocalizedText(value) if isinstance(value, dict) or value is None else value

    def to_python(self, value: Any) -> LocalizedText:
        if isinstance(value, LocalizedText):
            return value
        if value is None or isinstance(value, str | Mapping):
            return LocalizedText(value)
        raise ValidationError(_("Give one text for each language."), code="invalid")

    def pre_save(self, model_instance: models.Model, add: bool) -> LocalizedText:
        value = self.to_python(getattr(model_instance, self.attname))
        value = LocalizedText({code: comma_below(text.strip()) for code, text in value.items()})
        setattr(model_instance, self.attname, value)
        return value

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        if not value and not self.blank:
            raise ValidationError(self.error_messages["blank"], code="blank")
        for code, text in value.items():
            if code not in LANGUAGES:
                raise ValidationError(_("Unknown language: %(code)s."), params={"code": code})
            if len(text) > self.max_text_length:
                raise ValidationError(
                    _("At most %(limit)s characters in each language."),
                    params={"limit": self.max_text_length},
                )

    def value_to_string(self, obj: models.Model) -> Any:
        return dict(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> Any:
        kwargs = {
            "form_class": LocalizedFormField,
            "widget": LocalizedWidget(self.widget_class),
            "max_length": self.max_text_length,
            **kwargs,
        }
        if isinstance(kwargs["widget"], type):
            kwargs["widget"] = kwargs["widget"]()
        # JSONField.formfield would add encoder and decoder; skip to Field's own.
        return models.Field.formfield(self, **kwargs)


class LocalizedTextField(LocalizedCharField):
    """A short paragraph in the three languages."""

    widget_class = forms.Textarea

    def __init__(self, *args: Any, max_length: int = 2000, **kwargs: Any) -> None:
        super().__init__(*args, max_length=max_length, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        if self.max_text_length != 2000:
            kwargs["max_length"] = self.max_text_length
        return name, path, args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        kwargs.setdefault("widget", LocalizedWidget(forms.Textarea, attrs={"rows": 2}))
        return super().formfield(**kwargs)
