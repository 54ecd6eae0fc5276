"""What the site search finds among contacts."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms.search import SearchHit, register_finder
from contacts.directory import search
from contacts.phones import display
from contacts.telephone_directory import directory_entries


@register_finder
def find_contacts(request: HttpRequest, query: str) -> Iterable[SearchHit]:
    """Departments and posts, by everything the directory knows of them."""
    for hit in search(directory_entries(request), query, limit=20):
        entry = hit.entry
        facts = [entry.function, entry.unit, *(display(phone) for phone in entry.phones)]
        yield SearchHit(
            title=entry.name,
            url=entry.url or f"/contacts/{entry.key}.vcf",
            kind=_("Contact"),
            text=" · ".join(fact for fact in facts if fact),
            rank=float(hit.match),
        )
