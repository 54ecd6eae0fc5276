"""Where a draft becomes public, and what `cms.preflight` finds is told or stops it.

| what publishes | the seam |
|---|---|
| the editor, now or at a set time | `before_publish_page` |
| a new page that is published at once | `cms.page_views.PageCreateView`: the hook comes when it is live already |
| an approval, whoever gives it | `cms.workflow_finish`, the end of every workflow |
| the bulk action | `before_bulk_action` |
| a translation | `before_edit_page`, before wagtail-localize's own view; `cms.translation_sync` for several |

The draft is kept each time. What programs publish (imports, the demonstration) is not asked, and nothing is asked again
when a set time comes: it was when the time was set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages
from wagtail.models import Page
from wagtail_localize.models import Translation

from cms.models import BasePage
from cms.preflight import (
    Finding,
    Level,
    examine,
    in_numbers,
    newest,
    sentence,
    stopping,
)

PREFLIGHT_URL: Final = "page_preflight"
MOST_TOLD: Final = 4
_PUBLISHES: Final = ("action-publish", "action-workflow-action")
_SUBMITS: Final = ("action-submit", "action-restart-workflow")


class PublishingRefused(PermissionDenied):
    """A page that may not be public as it is; `findings` say why."""

    def __init__(self, page: Any, findings: list[Finding]) -> None:
        super().__init__("; ".join(finding.code for finding in findings))
        self.page = page
        self.findings = findings


def require_publishable(page: Any) -> None:
    """Raise `PublishingRefused` where something in the newest draft of `page` stops publishing."""
    if isinstance(page, Page):
        draft = newest(page)
        if found := stopping(examine(draft)):
            raise PublishingRefused(draft, found)


# -- telling ---------------------------------------------------------------------------------------------------------


def preflight_button(page: Any) -> Any:
    """The way to everything that was found."""
    return messages.button(reverse(PREFLIGHT_URL, args=[page.pk]), _("Before publishing"))


def _listed(intro: str, findings: list[Finding]) -> SafeString:
    """`intro` with the first findings below it."""
    lines = [(sentence(finding),) for finding in findings[:MOST_TOLD]]
    more = len(findings) - len(lines)
    if more > 0:
        lines.append((ngettext("%(n)s more", "%(n)s more", more) % {"n": more},))
    return format_html("{}<ul>{}</ul>", intro, format_html_join("", "<li>{}</li>", lines))


def tell_refusal(request: HttpRequest, page: Any, findings: list[Finding]) -> None:
    """Say why nothing was published, and that nothing is lost."""
    intro = _("Not published; the draft is kept. First mend this:")
    messages.error(request, _listed(intro, findings), buttons=[preflight_button(page)])


def _tell_warnings(request: HttpRequest, page: Any, intro: str, found: Iterable[Finding]) -> None:
    told = [finding for finding in found if finding.level is not Level.ADVICE]
    if told:
        messages.warning(request, _listed(intro, told), buttons=[preflight_button(page)])


def _tell_numbers(request: HttpRequest, page: Any, found: list[Finding]) -> None:
    if any(finding.level is not Level.ADVICE for finding in found):
        messages.warning(
            request,
            _("Before publishing: %(numbers)s.") % {"numbers": in_numbers(found)},
            buttons=[preflight_button(page)],
        )


def tell_after_saving(request: HttpRequest, page: Any) -> None:
    """After a draft was saved, how much there is to look at; when it was submitted, what. For after_edit_page.

    Not while Wagtail saves by itself, and not after publishing, which is told of by `tell_after_publishing`.
    """
    if not request.accepts("text/html") or any(name in request.POST for name in _PUBLISHES):
        return
    found = examine(page, request)
    if any(name in request.POST for name in _SUBMITS):
        _tell_warnings(
            request, page, _("Submitted. Whoever reviews it is told of this, too:"), found
        )
    else:
        _tell_numbers(request, page, found)


def tell_after_publishing(request: HttpRequest, page: Any) -> None:
    """After publishing: what may be a slip. For after_publish_page, which comes when only a time was set, too."""
    scheduled = page.scheduled_revision
    if scheduled is not None:
        # What readers have now says nothing of it.
        _tell_numbers(request, page, examine(scheduled.as_object(), request))
        return
    _tell_warnings(
        request, page, _("Published. Look at this again:"), examine(page.specific, request)
    )


def tell_reviewer(request: HttpRequest, page: Any) -> None:
    """Above the editor of a page that waits for the approval of whoever opens it. For before_edit_page."""
    if request.method != "GET" or not isinstance(page, BasePage):
        return
    task = page.current_workflow_task
    if task is None or not task.get_actions(page, request.user):
        return
    found = examine(page, request)
    if not found:
        messages.success(request, _("Before publishing: nothing was found."))
        return
    tell = messages.error if stopping(found) else messages.info
    tell(
        request,
        _("It waits for your approval. Before publishing: %(numbers)s.")
        % {"numbers": in_numbers(found)},
        buttons=[preflight_button(page)],
    )


# -- stopping --------------------------------------------------------------------------------------------------------


def stop_publishing(request: HttpRequest, page: Any) -> HttpResponse | None:
    """For before_publish_page: Wagtail has saved the draft already."""
    found = stopping(examine(page, request))
    if not found:
        return None
    tell_refusal(request, page, found)
    return redirect("wagtailadmin_pages:edit", page.pk)


def stop_translation(request: HttpRequest, page: Any) -> HttpResponse | None:
    """For before_edit_page, before wagtail-localize, which publishes a translation without asking a hook."""
    if request.method != "POST" or request.POST.get("action") != "publish":
        return None
    translation = (
        Translation.objects.filter(
            source__object_id=page.translation_key, target_locale_id=page.locale_id, enabled=True
        )
        .select_related("source", "target_locale")
        .first()
    )
    if translation is None:
        return None
    try:
        draft = translation.source.get_ephemeral_translated_instance(
            translation.target_locale, fallback=True
        )
    except ValidationError:
        return None  # wagtail-localize says so itself.
    found = stopping(examine(draft, request))
    if not found:
        return None
    tell_refusal(request, page, found)
    return redirect("wagtailadmin_pages:edit", page.pk)


def stop_bulk(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """For before_bulk_action: all of the chosen pages are published, or none."""
    if action_type != "publish" or not issubclass(action.model, Page):
        return None
    stopped = [
        (page, found)
        for page in _published_by(request, objects, action)
        if (found := stopping(examine(newest(page), request)))
    ]
    if not stopped:
        return None
    for page, found in stopped[:MOST_TOLD]:
        intro = _("“%(title)s” stops it; none of the pages was published. First mend this:") % {
            "title": page.get_admin_display_title()
        }
        messages.error(request, _listed(intro, found), buttons=[preflight_button(page)])
    if more := stopped[MOST_TOLD:]:
        words = ngettext("%(n)s more page stops it.", "%(n)s more pages stop it.", len(more))
        messages.error(request, words % {"n": len(more)})
    return redirect(action.next_url)


def _published_by(request: HttpRequest, objects: list[Any], action: Any) -> Iterator[Page]:
    """The pages that the bulk action would publish; drafts below them where that was ticked."""
    form = action.cleaned_form
    below = bool(form and form.cleaned_data.get("include_descendants"))
    for page in objects:
        yield page
        if below:
            for child in page.get_descendants().not_live():
                if child.permissions_for_user(request.user).can_publish():
                    yield child
