"""Romanian orthography of what editors save: comma-below ș ț, never the cedilla look-alikes of old keyboards."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField

# Django writes Romanian months and weekdays with capitals, which Romanian does not; our catalogue overrides
# its entries, and naming them here keeps them in it.
DATE_NAMES = (
    *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July")),
    *(_("August"), _("September"), _("October"), _("November"), _("December")),
    *(_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday")),
    *(_("Friday"), _("Saturday"), _("Sunday")),
)

_COMMA_BELOW = str.maketrans("\u015e\u015f\u0162\u0163", "ȘșȚț")
_CEDILLAS = frozenset("\u015e\u015f\u0162\u0163")


def comma_below(text: str) -> str:
    """Return `text` with s and t with cedilla (U+015E/F, U+0162/3) written with comma below (U+0218–U+021B)."""
    return text.translate(_COMMA_BELOW)


def _in_data(value: Any) -> Any:
    """`comma_below` on every string inside JSON-like data."""
    if isinstance(value, str):
        return comma_below(value)
    if isinstance(value, list):
        return [_in_data(item) for item in value]
    if isinstance(value, dict):
        return {key: _in_data(item) for key, item in value.items()}
    return value


class CommaBelowMixin(models.Model):
    """Writes every text field with comma-below letters when the object or one of its revisions is saved."""

    class Meta:
        abstract = True

    def write_comma_below(self) -> None:
        """Normalise the text and StreamField values of this object in place."""
        for field in self._meta.concrete_fields:
            value = field.value_from_object(self)
            if isinstance(field, StreamField):
                data = field.get_prep_value(value)
                text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
                if text and not _CEDILLAS.isdisjoint(text):
                    setattr(self, field.attname, field.to_python(comma_below(text)))
            elif isinstance(field, models.CharField | models.TextField | models.JSONField):
                cleaned = _in_data(value)
                if cleaned != value:
                    setattr(self, field.attname, cleaned)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.write_comma_below()
        super().save(*args, **kwargs)

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        """A draft lives only in its revision, so it is normalised there too."""
        self.write_comma_below()
        return super().save_revision(*args, **kwargs)  # type: ignore[misc]
