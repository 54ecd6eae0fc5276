"""Who may what with pages, snippets and our own screens of the admin: the tables that test_page_roles.py asks.

A cell is "y" or "n". Roles that no table names a column for may nothing. Over pages, the partnership editor's column is
about her own part of the tree; everywhere else she may nothing.
"""

from __future__ import annotations

from typing import Final

ROLES: Final = {
    "admin": "",
    "moderator": "Moderator",
    "marketing": "Marketing",
    "partnerships": "Partnership editor",
    "cabinet": "Mayor's Cabinet",
    "clerk": "Registry clerk",
    "chief": "Head of the registry",
    "officer": "Department officer",
    "auditor": "Auditor",
}
"""The group of each; the first is a superuser."""
PAGE_ROLES: Final = ("admin", "moderator", "marketing", "partnerships")
NO_PAGES: Final = tuple(role for role in ROLES if role not in PAGE_ROLES)

# -- what is done with a page ------------------------------------------------------------------------------------------

EVERYONE = "yyyy"
PUBLISHERS = "yynn"
"""Whoever may publish: publishing, and all that changes at once what readers have."""
ADMIN = "ynnn"

ACTIONS: Final[dict[str, str]] = {
    # Drafting.
    "create": EVERYONE,
    "save draft": EVERYONE,
    "comment": EVERYONE,
    "submit": EVERYONE,
    "copy": EVERYONE,
    "revert to an older draft": EVERYONE,
    "convert an alias to a page": EVERYONE,
    "translate": EVERYONE,
    "update translations": EVERYONE,
    "move a draft": EVERYONE,
    "delete a draft": EVERYONE,
    "take back one's own submission": EVERYONE,
    "share a draft by link": EVERYONE,
    "close another's link to a draft": EVERYONE,
    "set owner and review": EVERYONE,
    "bulk set owner and review": EVERYONE,
    # What readers have.
    "create and publish": PUBLISHERS,
    "publish": PUBLISHERS,
    "publish a draft": PUBLISHERS,
    "schedule": PUBLISHERS,
    "unschedule": PUBLISHERS,
    "unpublish": PUBLISHERS,
    "delete": PUBLISHERS,
    "move": PUBLISHERS,
    "copy and publish": PUBLISHERS,
    "copy as an alias": PUBLISHERS,
    "set privacy": PUBLISHERS,
    "publish a translation": PUBLISHERS,
    "update and publish translations": PUBLISHERS,
    "replace a translation by an alias": PUBLISHERS,
    "reorder": PUBLISHERS,
    # Review.
    "approve": PUBLISHERS,
    "send back": PUBLISHERS,
    "cancel another's submission": PUBLISHERS,
    "lock": PUBLISHERS,
    "unlock what another locked": PUBLISHERS,
    "edit what another locked": "nnnn",
    # A section with pages below it: those first, one by one.
    "delete a section": ADMIN,
    # Bulk actions.
    "bulk publish": PUBLISHERS,
    "bulk unpublish": PUBLISHERS,
    "bulk delete": PUBLISHERS,
    "bulk delete drafts": EVERYONE,
    "bulk move": PUBLISHERS,
}

BULK_ACTIONS: Final = {
    "publish",
    "unpublish",
    "delete",
    "move",
    "care_for_pages",
    "cancel_events",
    "tag_events",
}
"""Those of pages; the last two are about events and asked with them."""

EVENT_ACTIONS: Final[dict[str, str]] = {
    # Columns as above; an event is never in the partnership editor's part.
    "bulk cancel": "yyn",
    "bulk tag": "yyy",
    "tag": "yyy",
    "duplicate": "yyy",
    "next edition": "yyy",
}

# -- Wagtail's views of a page -----------------------------------------------------------------------------------------

VIEWS: Final[dict[str, tuple[str, str]]] = {
    # Name of the address: whether it opens (GET) for a published page, and for somebody else's draft.
    "add": (EVERYONE, EVERYONE),
    "add_subpage": (EVERYONE, EVERYONE),
    "preview_on_add": (EVERYONE, EVERYONE),
    "edit": (EVERYONE, EVERYONE),
    "preview_on_edit": (EVERYONE, EVERYONE),
    "view_draft": (EVERYONE, EVERYONE),
    "usage": (EVERYONE, EVERYONE),
    "history": (EVERYONE, EVERYONE),
    "history_results": (EVERYONE, EVERYONE),
    "revisions_view": (EVERYONE, EVERYONE),
    "revisions_revert": (EVERYONE, EVERYONE),
    "revisions_compare": (EVERYONE, EVERYONE),
    "workflow_history": (EVERYONE, EVERYONE),
    "workflow_history_detail": (EVERYONE, EVERYONE),
    "copy": (EVERYONE, EVERYONE),
    "delete": (PUBLISHERS, EVERYONE),
    "move": (PUBLISHERS, EVERYONE),
    "move_confirm": (PUBLISHERS, EVERYONE),
    "unpublish": (PUBLISHERS, "nnnn"),
    "set_privacy": (PUBLISHERS, PUBLISHERS),
    "revisions_unschedule": (PUBLISHERS, PUBLISHERS),
}
ELSEWHERE: Final = {
    # Asked among the actions, because they answer to POST or need a state of their own.
    "convert_alias": "convert an alias to a page",
    "workflow_action": "approve",
    "collect_workflow_action_data": "approve",
    "confirm_workflow_cancellation": "cancel another's submission",
    "workflow_preview": "approve",
    "lock": "lock",
    "unlock": "unlock what another locked",
    "set_page_position": "reorder",
    # Lists that answer with what the asker may see (test_partner_rights.py looks into them).
    "search": "",
    "search_results": "",
    "type_use": "",
    "type_use_results": "",
    "choose_parent": "",
    # Leads on to the history.
    "revisions_index": "",
}

# -- what rights each page type gives ----------------------------------------------------------------------------------

RIGHTS: Final[dict[str, str]] = {
    # Of Wagtail's PagePermissionTester, for a published page without pages below it.
    "can_edit": EVERYONE,
    "can_copy": EVERYONE,
    "can_publish": PUBLISHERS,
    "can_unpublish": PUBLISHERS,
    "can_set_view_restrictions": PUBLISHERS,
    "can_lock": PUBLISHERS,
    "can_unlock": PUBLISHERS,
    "can_unschedule": PUBLISHERS,
    "can_reorder_children": PUBLISHERS,
}
PARTNERSHIP_TYPES: Final = {"partnershipindexpage", "partnershippage", "partnercallpage"}
"""Page types that stand in the partnership editor's part."""

# -- snippets ----------------------------------------------------------------------------------------------------------

ALL = "lacd"
SNIPPETS: Final[dict[str, dict[str, str]]] = {
    # l: see the list, a: add, c: change, d: delete; admin may everything, roles that are not named nothing.
    "cms.alert": {"moderator": ALL},
    "cms.menu": {"moderator": ALL},
    "cms.calendarday": {"moderator": ALL},
    "cms.calendaryear": {"moderator": ALL},
    "locations.location": {"moderator": ALL},
    "locations.openinghours": {"moderator": ALL},
    "contacts.department": {"cabinet": ALL},
    "contacts.post": {"cabinet": ALL},
    "contacts.person": {"cabinet": ALL},
    "contacts.organisation": {"moderator": ALL, "partnerships": "lac"},
    "events.category": {"moderator": ALL},
    "events.audience": {"moderator": ALL},
    "events.spokenlanguage": {"moderator": ALL},
    "events.partnercalendar": {"moderator": ALL},
    "campaigns.strategyedition": {"moderator": ALL, "marketing": "l"},
    "campaigns.objective": {"moderator": ALL, "marketing": "l"},
    "campaigns.planyear": {"moderator": ALL, "marketing": "lac"},
}
SNIPPET_VIEWS: Final[dict[str, str]] = {
    # Each view of a snippet and the letters of which one opens it.
    "list": "lacd",
    "list_results": "lacd",
    "add": "a",
    "edit": "c",
    "copy": "a",
    "delete": "d",
    "usage": "acd",
    "history": "c",
    "history_results": "c",
    "inspect": "lacd",
    "export": "lacd",
    "to_next_year": "a",
    "revisions_compare": "c",
    "revisions_revert": "c",
}

# -- our own screens ---------------------------------------------------------------------------------------------------

_PAGES = "admin moderator marketing"
_ALL_PAGES = _PAGES + " partnerships"
OUR_SCREENS: Final[dict[str, tuple[str, str]]] = {
    # Name of the address: method, roles that it opens for. About a published page that is not the partnership editor's.
    "event_listing:index": ("GET", _PAGES),
    "event_listing:index_results": ("GET", _PAGES),
    "event_listing:choose_parent": ("GET", _PAGES),
    "campaign_listing:index": ("GET", _PAGES),
    "campaign_listing:index_results": ("GET", _PAGES),
    "campaign_listing:choose_parent": ("GET", _PAGES),
    "news_listing:index": ("GET", _PAGES),
    "news_listing:index_results": ("GET", _PAGES),
    "news_listing:choose_parent": ("GET", _PAGES),
    "events_duplicate": ("GET", _PAGES),
    "events_next_edition": ("GET", _PAGES),
    "events_split": ("GET", _PAGES),
    "event_objectives": ("GET", _PAGES),
    "import_events": ("GET", _PAGES),
    # Somebody else's import waits for nobody but its owner: it leads back to the choice.
    "import_events_review": ("GET", _PAGES),
    "import_events_template": ("GET", _PAGES),
    # Answers only what was typed into a form.
    "events_schedule_preview": ("POST", " ".join(ROLES)),
    "campaigns_move": ("GET", _PAGES),
    "campaigns_channels": ("GET", _PAGES),
    "campaigns_qr_sheet": ("GET", _PAGES),
    "campaigns_qr": ("GET", _PAGES),
    "plan_calendar": ("GET", _PAGES),
    "plan_calendar_new": ("POST", _PAGES),
    # One's own address alone; this one is the moderator's.
    "plan_calendar_revoke": ("POST", "moderator"),
    "agenda:index": ("GET", "admin cabinet"),
    "agenda:index_results": ("GET", "admin cabinet"),
    "agenda:add": ("GET", "admin cabinet"),
    "agenda:edit": ("GET", "admin cabinet"),
    "agenda:delete": ("GET", "admin cabinet"),
    "agenda:history": ("GET", "admin cabinet"),
    "agenda:history_results": ("GET", "admin cabinet"),
    "agenda:usage": ("GET", "admin cabinet"),
    "agenda:copy": ("GET", "admin cabinet"),
    "agenda_keys:index": ("GET", "admin cabinet"),
    "agenda_keys:add": ("GET", "admin cabinet"),
    "agenda_keys:revoke": ("POST", "admin cabinet"),
    "internal_directory": ("GET", "admin cabinet"),
    # Reports of the pages that one may edit.
    "translation_gaps": ("GET", _ALL_PAGES),
    "translation_gaps_results": ("GET", _ALL_PAGES),
    "stale_content": ("GET", _ALL_PAGES),
    "stale_content_results": ("GET", _ALL_PAGES),
    "broken_links": ("GET", _ALL_PAGES),
    "broken_links_results": ("GET", _ALL_PAGES),
    "contact_usage": ("GET", _ALL_PAGES + " cabinet"),
    "contact_usage_results": ("GET", _ALL_PAGES + " cabinet"),
    "contact_users": ("GET", _ALL_PAGES + " cabinet"),
    "contact_users_results": ("GET", _ALL_PAGES + " cabinet"),
    # About the campaigns' table, and a file that the administrator has uploaded.
    "sheets": ("GET", _ALL_PAGES + " cabinet"),
    "sheets_kind": ("GET", _PAGES),
    "sheets_export": ("GET", _PAGES),
    "sheets_template": ("GET", _PAGES),
    "sheets_review": ("GET", _PAGES),
    "page_preflight": ("GET", _PAGES),
    "page_draft_links": ("GET", _PAGES),
    "page_draft_link_revoke": ("POST", _PAGES),
    "page_care": ("GET", _PAGES),
    "outbox_report": ("GET", "admin chief"),
    "outbox_report_results": ("GET", "admin chief"),
    "outbox_send_again": ("POST", "admin"),
}
NOT_PAGES: Final = ("wagtail", "registry")
"""How the names of addresses begin that are Wagtail's, or the register's (tests/registry asks those)."""

# -- the site's own administration -------------------------------------------------------------------------------------

ADMINS_ALONE: Final = (
    "wagtailusers_users:index",
    "wagtailusers_users:add",
    "wagtailusers_groups:index",
    "wagtailusers_groups:add",
    "wagtailsites:index",
    "wagtaillocales:index",
    "wagtailredirects:index",
    "wagtailadmin_collections:index",
    "wagtailadmin_workflows:index",
    "wagtailadmin_workflows:task_index",
)
