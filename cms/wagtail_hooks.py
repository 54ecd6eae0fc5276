"""Registration of the foundation's snippets, the outbox's report and the admin's tidy-up."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from cms import (
    desk_pages,
    outbox_admin,
    page_saving,
    page_visibility,
    preflight_admin,
    preview_admin,
    publishing,
    translation_report,
    translation_sync,
)
from cms.desk import register_desk_list
from cms.models import Alert, CalendarDay, CalendarYear, Menu
from cms.page_views import Pages
from cms.sheets import admin as sheets_admin
from cms.translation_status import TranslationState


class AlertViewSet(SnippetViewSet):
    model = Alert
    icon = "warning"
    menu_label = _("Alerts")
    list_display = ("message", "level", "enabled", "starts_at", "ends_at")
    list_filter = ("enabled", "level")


class MenuViewSet(SnippetViewSet):
    model = Menu
    icon = "list-ul"
    menu_label = _("Menus")
    list_display = ("place",)


class SiteGroup(SnippetViewSetGroup):
    items = (AlertViewSet, MenuViewSet)
    menu_label = _("Site")
    menu_icon = "site"
    menu_order = 400


class CalendarDayViewSet(SnippetViewSet):
    model = CalendarDay
    icon = "calendar-alt"
    menu_label = _("Days")
    list_display = ("name", "kind", "first_day", "last_day", "scope")
    list_filter = ("kind", "scope")


class CalendarYearViewSet(SnippetViewSet):
    model = CalendarYear
    icon = "calendar-check"
    menu_label = _("Years")
    list_display = ("year", "bridging_days_reviewed", "note")


class CalendarGroup(SnippetViewSetGroup):
    items = (CalendarDayViewSet, CalendarYearViewSet)
    menu_label = _("Working calendar")
    menu_icon = "calendar-alt"
    menu_order = 310


register_snippet(SiteGroup)
register_snippet(CalendarGroup)

hooks.register("register_admin_urls", outbox_admin.admin_urls)
hooks.register("register_admin_urls", page_visibility.guarded_urls, order=-10)
hooks.register("construct_page_chooser_queryset", page_visibility.known_in_chooser)
hooks.register("construct_reports_menu", page_visibility.tidy_reports_menu)
hooks.register("insert_editor_js", page_saving.editor_script)
hooks.register("register_reports_menu_item", outbox_admin.menu_item)
hooks.register("register_permissions", outbox_admin.permissions)
hooks.register("register_log_actions", outbox_admin.register_outbox_log_actions)
hooks.register("register_admin_urls", translation_report.report_addresses)
hooks.register("register_reports_menu_item", translation_report.menu_item)

register_desk_list("translations-behind", translation_report.translations_behind, order=140)
hooks.register("register_admin_urls", sheets_admin.admin_urls)
hooks.register("register_admin_menu_item", sheets_admin.menu_item)
hooks.register("register_log_actions", sheets_admin.register_import_log_actions)

hooks.register("register_admin_viewset", Pages)
hooks.register("register_admin_urls", translation_sync.admin_urls, order=-10)
hooks.register("register_admin_urls", preflight_admin.admin_urls)
hooks.register("register_admin_urls", preview_admin.admin_urls)
hooks.register("register_page_header_buttons", preflight_admin.header_buttons)
hooks.register("register_page_header_buttons", preview_admin.header_buttons)
hooks.register("register_log_actions", preview_admin.register_log_actions)
hooks.register("before_publish_page", publishing.stop_publishing)
hooks.register("before_bulk_action", publishing.stop_bulk)
hooks.register("before_edit_page", publishing.stop_translation, order=-15)
hooks.register("before_edit_page", publishing.tell_reviewer, order=-5)
hooks.register("after_edit_page", publishing.tell_after_saving)
hooks.register("after_create_page", publishing.tell_after_saving)
hooks.register("after_publish_page", publishing.tell_after_publishing)


# The editors' home. Apps above go on from 100.
register_desk_list("calendar-year", desk_pages.unreviewed_year, order=10)
register_desk_list("to-review", desk_pages.to_review, order=20)
register_desk_list("sent-back", desk_pages.sent_back, order=30)
register_desk_list("comes-and-goes", desk_pages.comes_and_goes, order=40)
register_desk_list("my-drafts", desk_pages.my_drafts, order=50)
register_desk_list("submitted", desk_pages.submitted, order=300)


_FRESHNESS = {
    TranslationState.UNTRANSLATED: _(
        "This page is not translated yet: readers see the Romanian text."
    ),
    TranslationState.PARTIAL: _(
        "Parts of this page are not translated: readers see them in Romanian."
    ),
    TranslationState.STALE: _(
        "The Romanian page has changed since this translation: sync it and translate what is new."
    ),
}


@hooks.register("before_edit_page", order=-10)
def tell_freshness(request: HttpRequest, page: Page) -> None:
    """Tells editors what readers are told: that a translation is missing, partial or older than its source."""
    notice = getattr(page.specific, "translation_notice", None)
    if request.method == "GET" and notice is not None:
        messages.warning(request, _FRESHNESS[notice.kind])


@hooks.register("insert_global_admin_css")
def admin_css() -> SafeString:
    """The few rules that our own widgets need in the admin."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("construct_main_menu")
def tidy_main_menu(request: HttpRequest, items: list[Any]) -> None:
    """Leaves out what the site does not use."""
    items[:] = [item for item in items if item.name not in {"help"}]
