"""The tables that letters and the archive are made from: institutions, file classes, templates of answers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from registry.desk.screens import Screen
from registry.desk.tables import DeskTableViewSet
from registry.letter_texts import fill
from registry.models import AnswerTemplate, FileClass, Institution
from registry.numbers import format_number


class InstitutionViewSet(DeskTableViewSet):
    model = Institution
    name = "registry_institutions"
    url_prefix = "registru/institutions"
    icon = "site"
    menu_label = _("Institutions")
    list_display = ("name", "competence", "email", "is_own", "is_active")
    list_filter = ("is_active", "is_own")
    search_fields = ("name", "competence")


class FileClassViewSet(DeskTableViewSet):
    model = FileClass
    name = "registry_file_classes"
    url_prefix = "registru/file-classes"
    icon = "folder-inverse"
    menu_label = _("File classes")
    list_display = ("code", "name", "years", "is_active")
    list_filter = ("is_active",)
    search_fields = ("code", "name")


SAMPLE_DAY = date(2026, 3, 12)
_SAMPLE = {
    "ro": ("Ilona Exemplu", "Iluminatul aleii din parcul de probă", "Direcția de probă"),
    "en": ("Ilona Exemplu", "Lamps in the park of the example", "Example directorate"),
    "hu": ("Minta Ilona", "A mintapark sétányának világítása", "Mintaigazgatóság"),
}


def sample_values(language: str, legal_basis: str) -> dict[str, str]:
    """What a template is tried with: an entry that does not exist, in `language` (ro, en, hu)."""
    name, subject, department = _SAMPLE[language]
    with translation.override(language):
        day = date_format(SAMPLE_DAY, "DATE_FORMAT")
    return {
        "number": format_number(119368, "305", SAMPLE_DAY),
        "date": day,
        "name": name,
        "subject": subject,
        "department": department,
        "legal_basis": legal_basis or "OG 27/2002",
        "joined": format_number(119402, "305", SAMPLE_DAY),
    }


class TemplatePreviewScreen(Screen):
    """A template as an answer would begin with it, filled in with an entry that does not exist."""

    permission = "view_answertemplate"
    parent = ("registry_templates:index", _("Answer templates"))
    header_icon = "openquote"
    template_name = "wagtailadmin/registry/template_preview.html"
    template: AnswerTemplate

    def get_page_title(self) -> str:
        return str(self.template)

    def get(self, request: HttpRequest, pk: str) -> HttpResponseBase:
        """The filled text beside the template as it is written."""
        self.template = get_object_or_404(AnswerTemplate, pk=pk)
        values = sample_values(self.template.language, self.template.legal_basis)
        return self.shown(
            template=self.template, text=fill(self.template.text, values), values=values
        )


class TemplateViewSet(DeskTableViewSet):
    model = AnswerTemplate
    name = "registry_templates"
    url_prefix = "registru/templates"
    icon = "openquote"
    menu_label = _("Answer templates")
    list_display = ("name", "kind", "language", "legal_basis", "is_active")
    list_filter = ("kind", "language", "is_active")
    search_fields = ("name", "text")
    inspect_template_name = "wagtailadmin/registry/template_inspect.html"

    def get_urlpatterns(self) -> list[URLPattern]:
        preview: Any = TemplatePreviewScreen.as_view()
        return [*super().get_urlpatterns(), path("preview/<int:pk>/", preview, name="preview")]
