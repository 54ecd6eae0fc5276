"""How revisions of events are compared: in words, not in stored text."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.html import escape, format_html_join
from django.utils.translation import gettext as _
from wagtail.admin.compare import FieldComparison, TextDiff, register_comparison_class

from cms.multilingual import LANGUAGES, LocalizedCharField, LocalizedText
from events.fields import RuleField
from events.recurrence import RuleError
from events.recurrence_text import rule_sentence
from events.rule_storage import rule_in


class RuleComparison(FieldComparison):
    """The sentences of two rules side by side."""

    def __init__(self, field: Any, obj_a: Any, obj_b: Any) -> None:
        super().__init__(field, obj_a, obj_b)
        self.val_a = self._sentence(field, obj_a)
        self.val_b = self._sentence(field, obj_b)

    @staticmethod
    def _sentence(field: Any, page: Any) -> str:
        start = getattr(page, "start_date", None) or timezone.localdate()
        try:
            rule = rule_in(field.value_from_object(page))
        except RuleError as error:
            return str(error)
        return rule_sentence(rule, start) if rule else _("It does not repeat.")


class LocalizedComparison(FieldComparison):
    """The texts of each language side by side, without the braces of their storage."""

    def htmldiff(self) -> Any:
        texts_a, texts_b = LocalizedText(self.val_a or {}), LocalizedText(self.val_b or {})
        lines = []
        for code in LANGUAGES:
            old, new = texts_a.get(code, ""), texts_b.get(code, "")
            if old != new:
                lines.append((code, TextDiff([("deletion", old), ("addition", new)]).to_html()))
            elif new:
                lines.append((code, escape(new)))
        return format_html_join(" ", '<span lang="{}">{}</span>', lines)


def register_comparisons() -> None:
    """Tell Wagtail; called where the panels are defined, before any page is compared."""
    register_comparison_class(RuleField, comparison_class=RuleComparison)
    register_comparison_class(LocalizedCharField, comparison_class=LocalizedComparison)
