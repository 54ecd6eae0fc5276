"""What an editor most likely wants to begin: buttons on the admin's home, for each role its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail.permissions import policy_registry

from campaigns.models import (
    CampaignIndexPage,
    CampaignPage,
    NewsIndexPage,
    NewsPage,
    PartnershipIndexPage,
    PartnershipPage,
)
from cms.multilingual import SOURCE_LANGUAGE
from events.models import EventIndexPage, EventPage

MOST: Final = 4
"""Buttons that the home shows."""


@dataclass(frozen=True, slots=True)
class DeskAction:
    """Something to begin, with its address in the admin."""

    label: str | Promise
    url: str


@dataclass(frozen=True, slots=True)
class _NewPage:
    """A page that is added below the Romanian section of its kind."""

    model: type[Page]
    section: type[Page]
    label: str | Promise


_PAGES: Final = (
    _NewPage(EventPage, EventIndexPage, _("New event")),
    _NewPage(CampaignPage, CampaignIndexPage, _("New campaign")),
    _NewPage(NewsPage, NewsIndexPage, _("New piece of news")),
    _NewPage(PartnershipPage, PartnershipIndexPage, _("New partnership")),
)

# Permission, name of the address, label: in the order of what is done most.
_SCREENS: Final = (
    ("registry.register_entry", "registry_counter:index", _("Register at the counter")),
    ("registry.work_entry", "registry_work:index", _("My department's work")),
    ("registry.run_cabinet", "registry_cabinet:index", _("The Cabinet's board")),
    ("registry.make_reports", "registry_reports:index", _("Reports of the registry")),
    ("registry.view_registryentry", "registry_entries:list", _("Entries of the register")),
    ("registry.view_auditevent", "registry_trail:index", _("Audit trail")),
    ("contacts.add_organisation", "wagtailsnippets_contacts_organisation:add", _("New partner")),
    ("campaigns.change_planyear", "wagtailsnippets_campaigns_planyear:list", _("Promotion plans")),
)


def desk_actions(request: HttpRequest) -> list[DeskAction]:
    """The most likely beginnings for the user of `request`: one query for all sections."""
    return [*_new_pages(request.user), *_screens(request.user)][:MOST]


def _new_pages(user: Any) -> Iterator[DeskAction]:
    policy = policy_registry.get_by_type(Page)
    if not policy.user_has_any_permission(user, {"add"}):
        return
    mine = policy.instances_user_has_permission_for(user, "add")
    sections = {
        (page.content_type.app_label, page.content_type.model): page.pk
        for page in mine.filter(
            locale__language_code=SOURCE_LANGUAGE,
            content_type__app_label__in={kind.section._meta.app_label for kind in _PAGES},
            content_type__model__in={kind.section._meta.model_name for kind in _PAGES},
        )
        .order_by("-path")
        .select_related("content_type")
    }
    for kind in _PAGES:
        section = kind.section._meta
        key = sections.get((section.app_label, section.model_name))
        if key is not None:
            address = reverse(
                "wagtailadmin_pages:add",
                args=[kind.model._meta.app_label, kind.model._meta.model_name, key],
            )
            yield DeskAction(kind.label, address)


def _screens(user: Any) -> Iterator[DeskAction]:
    for permission, name, label in _SCREENS:
        if user.has_perm(permission):
            yield DeskAction(label, reverse(name))
