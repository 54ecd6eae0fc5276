"""The editors' forms of pages with shared facts, and what a campaign's form sees to."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm

from campaigns import codes


class SharedFactsForm(WagtailAdminPageForm):
    """A translation has no facts of its own: their fields are not in its form, so nothing can overwrite them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.locale_id is not None and not self.instance.is_source:
            shared = {field.field_name for field in self.instance.override_translatable_fields}
            for name in shared & self.fields.keys():
                del self.fields[name]
            for name in shared & self.formsets.keys():
                del self.formsets[name]

    def _post_clean(self) -> None:
        """What readers would miss is asked for when they are to read it: a draft is saved half filled."""
        self.instance.may_be_incomplete = self.is_deferred_validation
        try:
            super()._post_clean()
        finally:
            self.instance.may_be_incomplete = False


class CampaignPageForm(SharedFactsForm):
    """Keeps keys and short links one campaign's alone, and makes those that were left empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "key" in self.fields and self.instance.first_published_at:
            # Calendars that people subscribed to use it.
            self.fields["key"].disabled = True

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        codes.require_own_key(self.instance, key)
        return key

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        rows = self._channel_rows()
        if rows:
            self._clean_codes(rows)
        return cleaned

    def _channel_rows(self) -> list[Any]:
        """The rows of channels that can be read, without those being deleted."""
        formset = self.formsets.get("channels")
        if formset is None or not formset.is_bound or not formset.management_form.is_valid():
            return []
        # Reading `errors` cleans the rows.
        if formset.errors is None:
            return []
        deleted = set(formset.deleted_forms)
        return [
            row
            for row in formset.forms
            if row not in deleted and (row.has_changed() or row.instance.pk)
        ]

    def _clean_codes(self, rows: list[Any]) -> None:
        taken = codes.taken_by_others(self.instance)
        here: set[str] = set()
        for row in rows:
            code = row.cleaned_data.get("code") or ""
            if code in here:
                row.add_error("code", _("Another channel of this campaign has this short link."))
            elif code in taken:
                row.add_error(
                    "code",
                    ValidationError(
                        _("The campaign “%(title)s” has this short link: choose another one."),
                        params={"title": taken[code]},
                    ),
                )
            here |= {code} - {""}
        for row in rows:
            if not row.errors and not row.cleaned_data.get("code"):
                row.instance.code = codes.new_code([*taken, *here])
                here.add(row.instance.code)

    def get_field_updates_for_resave(self) -> list[tuple[str, str]]:
        """What was made while saving stands in the form that is still open, or the next saving would make another."""
        updates: list[tuple[str, str]] = super().get_field_updates_for_resave()
        if "key" in self.fields:
            updates.append(("key", self.instance.key))
        updates += [(row.add_prefix("code"), row.instance.code) for row in self._channel_rows()]
        return updates


class CampaignCopyForm(CopyForm):
    """Wagtail's without the alias: it would have the key and the short links, which are one campaign's alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)
