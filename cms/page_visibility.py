"""Which pages an editor may know of in the admin: those of the own part of the tree, and what everybody may read.

Wagtail asks for rights where pages are edited. A few views around that name pages to anybody who is logged in: its page
chooser; the explorer, where one's own parts of the tree lie in several languages; the confirmation of a move; a form
that refuses; a report; and what wagtail-localize adds. They are closed here, by Wagtail's hook and by a middleware
before the view.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from wagtail.admin.auth import require_admin_access
from wagtail.models import Page
from wagtail.permissions import policy_registry
from wagtail.snippets.models import get_snippet_models
from wagtail_localize.models import Translation, TranslationSource
from wagtail_localize.views.report import TranslationsReportView
from wagtail_localize.views.update_translations import UpdateTranslationsView

from cms.querysets import open_pages

_ANY: Final = frozenset({"add", "change", "delete", "view"})


def known_to(user: Any) -> Q:
    """The pages that `user` may know of, for a filter: those of the own part of the tree, and the public ones."""
    if user.is_superuser:
        return Q()
    mine = policy_registry.get_by_type(Page).explorable_instances(user)
    return Q(pk__in=mine.order_by().values("pk")) | Q(pk__in=open_pages().values("pk"))


def known_in_chooser(pages: Any, request: HttpRequest) -> Any:
    """For the hook `construct_page_chooser_queryset`: no drafts of others."""
    return pages.filter(known_to(request.user))


# -- views that ask for no rights --------------------------------------------------------------------------------------

Kwargs = Mapping[str, Any]


def _page(pk: Any) -> Page | None:
    """The page with this key, None for whatever is no key."""
    text = str(pk or "")
    if not (text.isdecimal() and text.isascii() and len(text) < 18):
        return None
    return Page.objects.filter(pk=int(text)).first()


def _is_known(user: Any, pk: Any) -> bool:
    page = _page(pk)
    return page is not None and Page.objects.filter(known_to(user), pk=page.pk).exists()


def _require_edit(user: Any, page: Page | None) -> None:
    if page is None or not page.permissions_for_user(user).can_edit():
        raise PermissionDenied


def _choose_below(request: HttpRequest, kwargs: Kwargs) -> None:
    if not _is_known(request.user, kwargs["parent_page_id"]):
        raise Http404


def _explore(request: HttpRequest, kwargs: Kwargs) -> None:
    """Only along the way to one's own pages, and among them."""
    mine = policy_registry.get_by_type(Page).explorable_instances(request.user)
    if not mine.filter(pk=kwargs["parent_page_id"]).exists():
        raise PermissionDenied


def _edit(request: HttpRequest, kwargs: Kwargs) -> None:
    _require_edit(request.user, _page(kwargs["page_id"]))


def _move(request: HttpRequest, kwargs: Kwargs) -> None:
    """Asked for what the POST would be refused, Wagtail shows the names of both pages first."""
    page, destination = _page(kwargs["page_to_move_id"]), _page(kwargs["destination_id"])
    rights = page.permissions_for_user(request.user) if page else None
    if rights is None or destination is None or not rights.can_move_to(destination):
        raise PermissionDenied


def _copy(request: HttpRequest, kwargs: Kwargs) -> None:
    """The form names the page that it refuses to copy to, and breaks where none is sent."""
    if request.method == "POST" and not _is_known(
        request.user, request.POST.get("new_parent_page")
    ):
        raise PermissionDenied


def _choose_parent(request: HttpRequest, kwargs: Kwargs) -> None:
    """The form for a new page's place names the page that it refuses, and is open to whoever may add none."""
    if not policy_registry.get_by_type(Page).user_has_permission(request.user, "add"):
        raise PermissionDenied
    parent = request.POST.get("parent_page")
    if parent and not _is_known(request.user, parent):
        raise PermissionDenied


def _convert_to_alias(request: HttpRequest, kwargs: Kwargs) -> None:
    """What readers have in one language gives way to the Romanian page at once: that is publishing."""
    page = _page(kwargs["page_id"])
    if page is None or not page.permissions_for_user(request.user).can_publish():
        raise PermissionDenied


def _list_snippets(request: HttpRequest, kwargs: Kwargs) -> None:
    asked = kwargs["app_label"], kwargs["model_name"]
    for model in get_snippet_models():
        if (model._meta.app_label, model._meta.model_name) == asked:
            if policy_registry.get_by_type(model).user_has_any_permission(request.user, _ANY):
                return
            break
    raise PermissionDenied


_OF_THE_TREE: Final = frozenset({"add_page", "change_page", "publish_page"})


def works_on_whole_tree(user: Any) -> bool:
    """Whether `user` may write, change or publish pages anywhere; asks nothing that Wagtail has not asked already."""
    if user.is_superuser:
        return True
    rights = policy_registry.get_by_type(Page).get_cached_permissions_for_user(user)
    return any(
        right.page.is_root() and right.permission.codename in _OF_THE_TREE for right in rights
    )


def _whole_tree(request: HttpRequest, kwargs: Kwargs) -> None:
    """For reports that name pages of the whole tree."""
    if not works_on_whole_tree(request.user):
        raise PermissionDenied


def tidy_reports_menu(request: HttpRequest, items: list[Any]) -> None:
    """For the hook `construct_reports_menu`: does not offer the report that would be refused."""
    if not works_on_whole_tree(request.user):
        items[:] = [item for item in items if item.name != "page-types-usage"]


GUARDED: Final[dict[str, Callable[[HttpRequest, Kwargs], None]]] = {
    "wagtailadmin_explore": _explore,
    "wagtailadmin_explore_results": _explore,
    "wagtailadmin_choose_page_child": _choose_below,
    "wagtailadmin_pages:move_confirm": _move,
    "wagtailadmin_pages:copy": _copy,
    "wagtailadmin_pages:confirm_workflow_cancellation": _edit,
    # Of a page that is not under review they tell the title, whoever asks.
    "wagtailadmin_pages:workflow_action": _edit,
    "wagtailadmin_pages:collect_workflow_action_data": _edit,
    "wagtailadmin_reports:page_types_usage": _whole_tree,
    "wagtailadmin_reports:page_types_usage_results": _whole_tree,
    "wagtail_localize:submit_page_translation": _edit,
    "wagtail_localize:convert_to_alias": _convert_to_alias,
    "wagtail_localize:snippets_api_listing": _list_snippets,
    "wagtail_localize:snippets_api_detail": _list_snippets,
}


def guard_of(name: str) -> Callable[[HttpRequest, Kwargs], None] | None:
    """What closes the view with this name; listings of apps have a chooser of the parent, each under its own name."""
    return GUARDED.get(name) or (_choose_parent if name.endswith(":choose_parent") else None)


class PageVisibilityMiddleware:
    """Refuses what those views would answer about pages and snippets that are not the user's to know of."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Kwargs) -> None:
        """Raises PermissionDenied or Http404; who is not logged in is left to the view, which asks for that."""
        match = request.resolver_match
        guard = guard_of(match.view_name) if match else None
        if guard is not None and request.user.is_authenticated:
            guard(request, kwargs)


class KnownTranslationsReport(TranslationsReportView):
    """wagtail-localize's report, of the pages that the user may explore."""

    def get_queryset(self) -> Any:
        """All for a superuser; the newest first, for whoever turns its pages."""
        found = super().get_queryset().order_by("-pk")
        user = self.request.user
        if user.is_superuser:
            return found
        mine = policy_registry.get_by_type(Page).explorable_instances(user)
        keys = mine.order_by().values("translation_key")
        return found.filter(
            pk__in=Translation.objects.filter(source__object_id__in=keys).values("pk")
        )


class RightfulUpdateTranslationsView(UpdateTranslationsView):
    """wagtail-localize's, which asks for no rights over pages: for those who may edit the page.

    Publishing the translations at once is offered to those who may publish every one of them.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Raises PermissionDenied for whoever may not edit the page; so does a source that is no page."""
        source = TranslationSource.objects.filter(pk=kwargs["translation_source_id"]).first()
        pages = (
            Page.objects.none()
            if source is None
            else Page.objects.filter(translation_key=source.object_id, locale=source.locale_id)
        )
        _require_edit(request.user, pages.first())
        return super().dispatch(request, *args, **kwargs)

    def get_form(self) -> Any:
        """Without what the user may not do: what is sent for it is not looked at."""
        form = super().get_form()
        if not self._may_publish():
            form.fields["publish_translations"].disabled = True
            form.fields["publish_translations"].help_text = _(
                "What is new waits in the translations to be translated; a moderator publishes them."
            )
        return form

    def _may_publish(self) -> bool:
        targets = self.object.translations.filter(enabled=True).values("target_locale")
        pages = Page.objects.filter(translation_key=self.object.object_id, locale__in=targets)
        return all(page.permissions_for_user(self.request.user).can_publish() for page in pages)


def guarded_urls() -> list[URLPattern]:
    """For the hook `register_admin_urls`, before those of wagtail-localize: its views under their own addresses."""
    report = require_admin_access(KnownTranslationsReport.as_view())
    results = require_admin_access(KnownTranslationsReport.as_view(results_only=True))
    return [
        path("localize/reports/translations/", report),
        path("localize/reports/translations/results/", results),
    ]
