"""The names of this site, for whoever shows them."""

from __future__ import annotations

from django.http import HttpRequest

from cms.every_page import Part
from cms.models import SiteIdentity

_IDENTITY: Part[SiteIdentity | None] = Part(
    "identity",
    lambda language: SiteIdentity.objects.order_by("pk"),
    lambda rows: next(iter(rows), None),
)


def site_identity(request: HttpRequest | None) -> SiteIdentity | None:
    """The site's names; None until they are given."""
    return _IDENTITY.read(request)
