"""Registration of departments, posts and people in the admin, and the internal directory."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from cms.desk import register_desk_list
from cms.sheets.kinds import register_sheet
from contacts import (
    page_care_admin,
    page_care_bulk,  # noqa: F401  registers its bulk action
    page_care_services,
    stale_report,
    usage_report,
)
from contacts.models import Department, Organisation, Person, Post
from contacts.reports import internal_directory
from contacts.sheets import ContactPointSheet, DepartmentSheet, OrganisationSheet, PostSheet


class DepartmentViewSet(SnippetViewSet):
    model = Department
    icon = "group"
    menu_label = _("Departments")
    list_display = ("name", "code", "parent", "hours")


class PostViewSet(SnippetViewSet):
    model = Post
    icon = "user"
    menu_label = _("Posts")
    # Neither phone nor rooms: either may be internal.
    list_display = ("title", "department")
    list_filter = ("department",)


class PersonViewSet(SnippetViewSet):
    model = Person
    icon = "user"
    menu_label = _("People")
    list_display = ("family_name", "given_name")


class OrganisationViewSet(SnippetViewSet):
    model = Organisation
    icon = "globe"
    menu_label = _("Organisations")
    list_display = ("name", "kind", "country")
    list_filter = ("kind",)


class ContactsGroup(SnippetViewSetGroup):
    items = (DepartmentViewSet, PostViewSet, PersonViewSet, OrganisationViewSet)
    menu_label = _("Contacts")
    menu_icon = "mail"
    menu_order = 290


register_snippet(ContactsGroup)

register_sheet(OrganisationSheet(), order=30)
register_sheet(DepartmentSheet(), order=40)
register_sheet(ContactPointSheet(), order=50)
register_sheet(PostSheet(), order=60)


@hooks.register("register_permissions")
def contact_permissions() -> QuerySet[Permission]:
    """The two permissions over internal fields, so that groups can be given them."""
    return Permission.objects.filter(
        content_type__app_label="contacts", codename__in=["view_internal", "change_visibility"]
    )


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [path("internal-directory/", internal_directory, name="internal_directory")]


class InternalDirectoryItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return bool(request.user.has_perm("contacts.view_internal"))


@hooks.register("register_reports_menu_item")
def internal_directory_item() -> MenuItem:
    return InternalDirectoryItem(
        _("Internal directory"), reverse("internal_directory"), icon_name="mail", order=100
    )


for part in (
    page_care_admin.admin_urls,
    stale_report.report_addresses,
    usage_report.report_addresses,
):
    hooks.register("register_admin_urls", part)
hooks.register("register_reports_menu_item", stale_report.menu_item)
hooks.register("register_reports_menu_item", usage_report.menu_item)
hooks.register("register_page_header_buttons", page_care_admin.care_buttons)
hooks.register("register_page_listing_more_buttons", page_care_admin.care_buttons)
hooks.register("before_edit_page", page_care_admin.tell_review)
hooks.register("register_log_actions", page_care_services.register_log_actions)

register_desk_list("pages-to-review", stale_report.pages_to_review, order=130)
register_desk_list("pages-without-owner", stale_report.pages_without_owner, order=160)
