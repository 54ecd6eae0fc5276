"""Attachments leave the register here alone: to who may see their entry and its petitioner, told in the trail."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.admin import messages

from registry import viewing
from registry.files import vault
from registry.files.previews import preview
from registry.files.responses import AttachmentLost, attachment_response, preview_response
from registry.models import Attachment, RegistryEntry
from registry.permissions import may_see_petitioner


def _attachment(request: HttpRequest, pk: int) -> Attachment:
    """The attachment, if the user may see its entry and who that is from; Http404 otherwise."""
    if not may_see_petitioner(request.user):
        raise Http404
    attachment = get_object_or_404(Attachment.objects.select_related("entry"), pk=pk)
    visible = RegistryEntry.objects.visible_to(request.user)
    if not visible.filter(pk=attachment.entry_id).exists():
        viewing.note_denied(attachment.entry_id, request.user)
        raise Http404
    return attachment


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The original, to the byte."""
    attachment = _attachment(request, pk)
    if attachment.entry.selection_id is not None:
        messages.info(
            request,
            _("It left the archive: only the number and the dates of the document are kept."),
        )
        return redirect(reverse("registry_entries:entry", args=[attachment.entry_id]))
    try:
        response = attachment_response(
            stored=attachment.stored_name,
            name=attachment.name,
            media_type=attachment.media_type,
            size=attachment.size,
            sha256=attachment.sha256,
        )
    except AttachmentLost:
        messages.error(
            request,
            _(
                "The file is not in the vault as it was received. Tell whoever runs the site: it can be brought back "
                "from a backup."
            ),
        )
        return redirect(reverse("registry_entries:entry", args=[attachment.entry_id]))
    viewing.note_file_opened(attachment, request.user)
    return response


@require_safe
def picture(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A small picture of an attachment that is one, without what a camera writes beside it."""
    attachment = _attachment(request, pk)
    try:
        found = preview(vault.attachment_path(attachment.stored_name), attachment.media_type)
    except OSError as error:
        raise Http404 from error
    if found is None:
        raise Http404
    viewing.note_picture_shown(attachment, request.user)
    return preview_response(found)
