"""The roles of the city hall as Wagtail groups, each with the permissions its work needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

_EDIT = ("add", "change", "delete", "view")
_FACTS = {
    "cms": ("alert", "menu", "calendarday", "calendaryear"),
    "locations": ("location", "openinghours"),
}
_CONTACTS = {"contacts": ("department", "post", "person")}
_CALENDAR = {
    "events": ("category", "audience", "spokenlanguage", "partnercalendar"),
    "contacts": ("organisation",),
}
_SEES_REGISTER = ("registry.view_registryentry", "registry.view_registeryear")

# What only the registry does (OG 27/2002, art. 6): registers, distributes, sends out, archives.
_REGISTRY_WORK = (
    "registry.register_entry",
    "registry.assign_entry",
    "registry.redirect_entry",
    "registry.dispatch_entry",
    "registry.archive_entry",
    "registry.view_queuedsubmission",
)


@dataclass(frozen=True, slots=True)
class Role:
    """A group: its rights over the page tree, over images and documents, over models, and single permissions."""

    name: str
    pages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    models: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    permissions: tuple[str, ...] = ()


ROLES = (
    Role(
        "Marketing",
        pages=("add_page", "change_page"),
        files=("add_image", "choose_image", "add_document", "choose_document"),
        permissions=("wagtail_localize.submit_translation",),
    ),
    Role(
        "Moderator",
        pages=("add_page", "change_page", "publish_page", "lock_page", "unlock_page"),
        files=(
            "add_image",
            "change_image",
            "choose_image",
            "add_document",
            "change_document",
            "choose_document",
        ),
        models={**_FACTS, **_CALENDAR},
        permissions=("wagtail_localize.submit_translation", "events.trust_partnercalendar"),
    ),
    Role(
        "Mayor's Cabinet",
        models={
            **_CONTACTS,
            "events": ("agendaitem", "agendatoken"),
            "registry": ("audienceslot",),
        },
        permissions=(
            "contacts.view_internal",
            "contacts.change_visibility",
            "events.view_private_agenda",
            *_SEES_REGISTER,
            "registry.view_petitioner",
            "registry.view_cabinet_entries",
            "registry.run_cabinet",
            "registry.register_entry",
            "registry.assign_entry",
        ),
    ),
    Role(
        "Registry clerk",
        permissions=(
            *_SEES_REGISTER,
            "registry.view_all_entries",
            "registry.view_petitioner",
            *_REGISTRY_WORK,
            "registry.print_register",
        ),
    ),
    Role(
        "Head of the registry",
        models={
            "registry": (
                "entrykind",
                "deadlinerule",
                "register",
                "deskmember",
                "institution",
                "fileclass",
                "answertemplate",
                "absence",
            )
        },
        permissions=(
            *_SEES_REGISTER,
            "registry.view_all_entries",
            "registry.view_petitioner",
            *_REGISTRY_WORK,
            "registry.approve_entry",
            "registry.extend_entry",
            "registry.cancel_entry",
            "registry.reopen_entry",
            "registry.close_registeryear",
            "registry.export_entries",
            "registry.print_register",
            "registry.make_reports",
            "registry.view_report",
            "registry.select_documents",
            "registry.view_auditevent",
            "cms.view_outboxmail",
        ),
    ),
    # Sees what is assigned to the departments that its member is an officer of (registry.permissions).
    Role(
        "Department officer",
        permissions=(*_SEES_REGISTER, "registry.view_petitioner", "registry.work_entry"),
    ),
    # Leads a department: its answers are approved there too (law: departments draft and approve, never dispatch).
    Role(
        "Head of a department",
        permissions=(
            *_SEES_REGISTER,
            "registry.view_petitioner",
            "registry.work_entry",
            "registry.approve_entry",
        ),
    ),
    # The one group that confidential reports are open to; it sees nothing else of the register.
    Role(
        "Confidential reports",
        permissions=(
            *_SEES_REGISTER,
            "registry.view_petitioner",
            "registry.view_confidential_entries",
        ),
    ),
    Role(
        "Auditor",
        permissions=(
            *_SEES_REGISTER,
            "registry.view_all_entries",
            "registry.view_auditevent",
            "registry.view_report",
            "registry.print_register",
        ),
    ),
)


def _permissions(names: Iterable[str]) -> Q:
    condition = Q(pk__in=[])
    for name in names:
        app, codename = name.split(".")
        condition |= Q(content_type__app_label=app, codename=codename)
    return condition


def sync_roles() -> dict[str, Group]:
    """Create what is missing of the groups and their permissions; takes nothing away. By name."""
    root = Page.get_first_root_node()
    collection = Collection.get_first_root_node()
    groups = {}
    for role in ROLES:
        group, _ = Group.objects.get_or_create(name=role.name)
        wanted = [
            "wagtailadmin.access_admin",
            *role.permissions,
            *(
                f"{app}.{verb}_{model}"
                for app, models in role.models.items()
                for model in models
                for verb in _EDIT
            ),
        ]
        group.permissions.add(*Permission.objects.filter(_permissions(wanted)))
        for codename in role.pages:
            GroupPagePermission.objects.get_or_create(
                group=group,
                page=root,
                permission=Permission.objects.get(
                    content_type__app_label="wagtailcore", codename=codename
                ),
            )
        for codename in role.files:
            GroupCollectionPermission.objects.get_or_create(
                group=group,
                collection=collection,
                permission=Permission.objects.get(
                    content_type__app_label__in=("wagtailimages", "wagtaildocs"), codename=codename
                ),
            )
        groups[role.name] = group
    return groups
