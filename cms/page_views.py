"""Wagtail's views of pages where ours differ: what stops publishing, and mail about comments."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.revisions import RevisionsRevertView
from wagtail.admin.views.pages.workflow import WorkflowActionView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page

from cms import comment_mail
from cms.preflight import examine, stopping
from cms.publishing import PREFLIGHT_URL, PublishingRefused, tell_refusal


class _Editing:
    """For the editor, of the newest draft and of an older one alike."""

    page: Any
    form: Any
    request: HttpRequest
    has_content_changes: bool

    def perform_workflow_action(self) -> Any:
        """An approval that is refused leaves the draft as it was saved."""
        try:
            return super().perform_workflow_action()  # type: ignore[misc]
        except PublishingRefused as refused:
            tell_refusal(self.request, self.page, refused.findings)
            return redirect("wagtailadmin_pages:edit", self.page.pk)

    def run_hook(self, hook_name: str, *args: Any, **kwargs: Any) -> Any:
        """Where publishing is stopped, Wagtail answers at once; the comments were saved with the draft all the same."""
        response = super().run_hook(hook_name, *args, **kwargs)  # type: ignore[misc]
        if hook_name == "before_publish_page" and response:
            self._tell_of_comments()
        return response

    def _tell_of_comments(self) -> None:
        """What Wagtail does after publishing."""
        if self.has_content_changes and "comments" in self.form.formsets:
            changes = self.get_commenting_changes()  # type: ignore[attr-defined]
            self.log_commenting_changes(changes, self.page.latest_revision)  # type: ignore[attr-defined]
            self.send_commenting_notifications(changes)

    def send_commenting_notifications(self, changes: dict[str, Any]) -> None:
        """Through the outbox, collected."""
        comment_mail.tell_of(self.page, changes, self.request.user)


class PageEditView(_Editing, EditView):
    """The editor of a page."""


class PageRevertView(_Editing, RevisionsRevertView):
    """The editor of an older version."""


class PageCreateView(CreateView):
    """The editor of a new page."""

    def publish_action(self) -> Any:
        """Publish, or keep it as a draft: when Wagtail asks its hook, a new page is saved live already."""
        page = self.form.save(commit=False)
        found = stopping(examine(page, self.request))
        if not found:
            return super().publish_action()
        response = self.save_action()
        tell_refusal(self.request, self.page, found)
        return response


class PageWorkflowActionView(WorkflowActionView):
    """Approving and sending back from lists and from the preview."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """An approval that is refused leads to what was found."""
        try:
            response: HttpResponse = super().post(request, *args, **kwargs)
        except PublishingRefused as refused:
            tell_refusal(request, refused.page, refused.findings)
            address = reverse(PREFLIGHT_URL, args=[refused.page.pk])
            if request.headers.get("x-requested-with") == "XMLHttpRequest":
                data = {"step": "success", "redirect": address}
                modal: HttpResponse = self.render_modal_json(request, data)
                return modal
            return redirect(address)
        return response


class Pages(PageViewSet):
    """In the place of Wagtail's own for pages of every type."""

    model = Page
    add_view_class = PageCreateView
    edit_view_class = PageEditView
    revisions_revert_view_class = PageRevertView
    workflow_action_view_class = PageWorkflowActionView
