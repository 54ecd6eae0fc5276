"""The editors' forms of contacts: internal fields stay with those who may see them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wagtail.admin.forms import WagtailAdminModelForm


class InternalFieldsForm(WagtailAdminModelForm):
    """Leaves out of the form (and so of the page) the values that are internal and not for this editor."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.for_user
        if user is None:
            return
        sees = user.has_perm("contacts.view_internal")
        # The permission of a panel hides it, but does not take its field from the form of an inline row: a box
        # that was not sent would then be read as unticked, and one that was forged as ticked.
        flags = user.has_perm("contacts.change_visibility")
        for form in self._forms():
            for name in getattr(form.instance, "FLAGGED", ()):
                is_internal = form.instance.pk and not getattr(form.instance, f"{name}_public")
                hidden = is_internal and not sees
                if hidden:
                    form.fields.pop(name, None)
                if hidden or not flags:  # Nobody publishes what they cannot see.
                    form.fields.pop(f"{name}_public", None)

    def _forms(self) -> Iterator[Any]:
        yield self
        for formset in getattr(self, "formsets", {}).values():
            yield from formset.forms
