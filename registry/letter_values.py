"""What an entry fills into the templates of answers and letters."""

from __future__ import annotations

from django.utils import translation
from django.utils.formats import date_format

from registry.enums import State
from registry.models.entries import RegistryEntry
from registry.personal_numbers import mask_cnps


def values_of(
    entry: RegistryEntry, *, legal_basis: str = "", with_name: bool = True
) -> dict[str, str]:
    """The values of every placeholder (registry.letter_texts) for `entry`, in its language; one query.

    Without `with_name` the petitioner's name stays empty: not everybody may see it.
    """
    joined = entry.joined.filter(state=State.JOINED).order_by("pk")
    with translation.override(entry.language):
        return {
            "number": entry.number_text,
            "date": date_format(entry.registered_on, "DATE_FORMAT"),
            "name": mask_cnps(entry.petitioner_name) if with_name else "",
            "subject": mask_cnps(entry.subject),
            "department": str(entry.department or ""),
            "legal_basis": legal_basis,
            "joined": ", ".join(other.number_text for other in joined),
        }
