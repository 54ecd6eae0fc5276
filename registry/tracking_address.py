"""Where a petition is followed, for mails and paper."""

from __future__ import annotations

from typing import Any

from django.apps import apps


def tracking_address(language: str) -> str:
    """The whole address of the tracking page in `language`; "" where the site has none."""
    # The pages import what writes the mails.
    forms: Any = apps.get_model("registry", "PetitionPage")
    page = forms.objects.live().filter(locale__language_code=language).order_by("path").first()
    return page.tracking_address if page else ""
