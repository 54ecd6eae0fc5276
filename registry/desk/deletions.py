"""What the register still needs is not deleted in the admin: departments and users with entries, kinds, registers.

The database refuses it anyway (the foreign keys protect); here somebody is told before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.views.generic import DeleteView

from contacts.models import Department
from registry.models import RegistryEntry


def _kept(request: HttpRequest, thing: Model) -> None:
    messages.error(
        request,
        _("“%(name)s” stands in entries of the register, which are kept: it can't be deleted.")
        % {"name": thing},
    )


def keep_departments(request: HttpRequest, things: Iterable[Model]) -> HttpResponse | None:
    """For the hook `before_delete_snippet`, which bulk deletion asks, too."""
    departments = [thing for thing in things if isinstance(thing, Department)]
    for department in departments:
        entries = RegistryEntry.objects.filter(department=department)
        named = RegistryEntry.objects.filter(requested_department=department)
        if entries.exists() or named.exists():
            _kept(request, department)
            return redirect(reverse("wagtailsnippets_contacts_department:list"))
    return None


def keep_users(request: HttpRequest, user: Any) -> HttpResponse | None:
    """For the hook `before_delete_user`: who registered something is made inactive instead."""
    if not RegistryEntry.objects.filter(created_by=user).exists():
        return None
    _kept(request, user)
    return redirect(reverse("wagtailusers_users:index"))


class KeptDeleteView(DeleteView):
    """Wagtail's, but what entries still need is told instead of an error page."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except ProtectedError:
            _kept(self.request, self.object)
            return redirect(self.get_success_url())
        return response
