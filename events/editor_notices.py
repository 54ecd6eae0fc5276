"""What editors of events are told above a form, in messages: where facts are edited."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from events.models import EventPage
from events.panels import page_report, source_of


def tell_schedule(request: HttpRequest, page: Any) -> None:
    """On the translation of an event: its schedule, which only the Romanian page changes. For before_edit_page.

    wagtail-localize has an edit view of its own for translations, where no panel can stand.
    """
    page = page.specific
    if request.method != "GET" or not isinstance(page, EventPage) or page.is_source:
        return
    source = source_of(page)
    if source is None:
        return
    summary = page_report(source, request).summary
    words = _("Dates, place and state are those of the Romanian page, in every language.")
    messages.info(
        request,
        f"{words} {summary.sentence}" if summary else words,
        buttons=[
            messages.button(
                reverse("wagtailadmin_pages:edit", args=[source.pk]),
                _("Change it on the Romanian page"),
            )
        ],
    )
