"""The directory for colleagues: internal fields included, for those who may see them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from contacts.directory import search
from contacts.telephone_directory import directory_entries, entry_views


@login_required(login_url="wagtailadmin_login")
@permission_required("contacts.view_internal", raise_exception=True)
def internal_directory(request: HttpRequest) -> HttpResponse:
    """Search over everything in the directory; never cached, never public."""
    query = request.GET.get("q", "").replace("\x00", " ").strip()[:200]
    entries = directory_entries(request, internal=True)
    found = [hit.entry for hit in search(entries, query)] if query else entries[:200]
    response = render(
        request,
        "wagtailadmin/contacts/internal_directory.html",
        {"query": query, "entries": entry_views(found), "page_title": _("Internal directory")},
    )
    response["Cache-Control"] = "private, no-store"
    return response
