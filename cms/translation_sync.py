"""“Sync translated pages” of wagtail-localize, which publishes for whoever may translate: here it asks."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from wagtail.models import Page

from cms.page_visibility import RightfulUpdateTranslationsView
from cms.preflight import examine, stopping
from cms.publishing import tell_refusal


class SyncTranslationsView(RightfulUpdateTranslationsView):
    """Nothing is brought over where a translation that would be published is stopped."""

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        """All of it, or nothing and why."""
        if form.cleaned_data["publish_translations"] and self._is_refused():
            transaction.set_rollback(True)
            return redirect(self.request.get_full_path())
        response: HttpResponse = super().form_valid(form)
        return response

    def _is_refused(self) -> bool:
        self.object.update_from_db()
        chosen = self.object.translations.filter(enabled=True).select_related("target_locale")
        for translation in chosen:
            target = translation.get_target_instance()
            if not isinstance(target, Page):
                continue
            draft = self.object.get_ephemeral_translated_instance(
                translation.target_locale, fallback=True
            )
            if found := stopping(examine(draft, self.request)):
                tell_refusal(self.request, target, found)
                return True
        return False


def admin_urls() -> list[URLPattern]:
    """For the hook `register_admin_urls`, before those of wagtail-localize: under the same address."""
    return [
        path("localize/update/<int:translation_source_id>/", SyncTranslationsView.as_view()),
    ]
