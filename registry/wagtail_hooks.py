"""Registration of the register's desk in the admin. What it registers says itself what it is for."""

from __future__ import annotations

from django.urls import URLPattern, path
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from cms.desk import register_desk_list
from registry import attachment_views
from registry.desk.deletions import keep_departments, keep_users
from registry.desk.terms_views import register_terms_log_actions
from registry.desk.viewsets import NoBulkDelete, RegistryGroup
from registry.desk.waiting import add_waiting_panel, late_entries

register_snippet(RegistryGroup)
# After Wagtail's own, whose place it takes.
hooks.register("register_bulk_action", NoBulkDelete, order=100)
hooks.register("before_delete_snippet", keep_departments)
hooks.register("before_delete_user", keep_users)
hooks.register("register_log_actions", register_terms_log_actions)
hooks.register("construct_homepage_panels", add_waiting_panel)
register_desk_list("late-entries", late_entries, order=160)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """Attachments: they are no screen, so they stand in no menu."""
    return [
        path(
            "registru/attachments/<int:pk>/",
            attachment_views.download,
            name="registry_attachment",
        ),
        path(
            "registru/attachments/<int:pk>/picture/",
            attachment_views.picture,
            name="registry_attachment_picture",
        ),
    ]
