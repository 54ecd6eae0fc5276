"""Templates that an answer, or a question to the petitioner, begins with."""

from __future__ import annotations

from typing import Any, Final

from registry.enums import LetterKind
from registry.letter_texts import fill
from registry.letter_values import values_of
from registry.models import AnswerTemplate, RegistryEntry
from registry.permissions import may_see_petitioner

BEGIN_WITH: Final = {"submit": LetterKind.ANSWER, "ask": LetterKind.QUESTION}
"""The steps whose text can begin with a template, of which kind."""


def templates_for(entry: RegistryEntry, steps: set[str]) -> dict[str, list[AnswerTemplate]]:
    """The templates for each of `steps` that takes some, those in the language of `entry` first: one query, or none."""
    kinds = {name: kind for name, kind in BEGIN_WITH.items() if name in steps}
    if not kinds:
        return {}
    found = list(AnswerTemplate.objects.filter(is_active=True, kind__in=list(kinds.values())))
    found.sort(key=lambda row: row.language != entry.language)
    return {name: [row for row in found if row.kind == kind] for name, kind in kinds.items()}


def begun(
    user: Any, entry: RegistryEntry, templates: list[AnswerTemplate], chosen: str
) -> dict[str, Any]:
    """What a form begins with when the template with the id `chosen` is asked for; nothing for any other."""
    template = next((row for row in templates if str(row.pk) == chosen), None)
    if template is None:
        return {}
    values = values_of(entry, legal_basis=template.legal_basis, with_name=may_see_petitioner(user))
    text = {"text": fill(template.text, values)}
    return {**text, "legal_basis": template.legal_basis} if template.legal_basis else text
