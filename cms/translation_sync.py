"""“Sync translated pages” of wagtail-localize, which publishes for whoever may translate: here it asks."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.models import Page
from wagtail_localize.views.update_translations import UpdateTranslationsView

from cms.page_visibility import update_translations
from cms.preflight import examine, stopping
from cms.publishing import tell_refusal


class SyncTranslationsView(UpdateTranslationsView):
    """Nothing is brought over where a translation may not be published by who asks, or is stopped."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Under this address the middleware's guard is not asked, so it is asked here."""
        update_translations(request, kwargs)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

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
            if not target.permissions_for_user(self.request.user).can_publish():
                messages.error(
                    self.request,
                    _(
                        "You may not publish these translations: bring the new texts over without publishing, and "
                        "submit each."
                    ),
                )
                return True
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
