"""The roles of the city hall as Wagtail groups, each with the permissions its work needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group, Permission
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
)

from campaigns.models import PartnershipIndexPage

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


_PLAN = ("campaigns.add_planyear", "campaigns.change_planyear", "campaigns.view_planyear")
_TAGS = ("campaigns.change_eventobjective",)
PARTNERS_FILES = "Partnerships"
"""The collection in which the partnership editor keeps logos and agreements."""


@dataclass(frozen=True, slots=True)
class Role:
    """A group: its rights over the page tree, over images and documents, over models, and single permissions.

    `below`: the type of page to whose part of the tree, in every language, `pages` is limited; `collection`: the one
    that `files` is limited to.
    """

    name: str
    pages: tuple[str, ...] = ()
    below: type[Page] | None = None
    files: tuple[str, ...] = ()
    collection: str = ""
    models: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    permissions: tuple[str, ...] = ()


ROLES = (
    Role(
        "Marketing",
        pages=("add_page", "change_page"),
        files=("add_image", "choose_image", "add_document", "choose_document"),
        permissions=(
            "wagtail_localize.submit_translation",
            *_PLAN,
            *_TAGS,
            "campaigns.view_strategyedition",
            "campaigns.view_objective",
        ),
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
        models={
            **_FACTS,
            **_CALENDAR,
            "campaigns": ("strategyedition", "objective", "planyear"),
        },
        permissions=(
            "wagtail_localize.submit_translation",
            "events.trust_partnercalendar",
            "campaigns.publish_planyear",
            *_TAGS,
        ),
    ),
    # Partnership pages and partners, nothing else: what she submits, a moderator publishes.
    Role(
        "Partnership editor",
        pages=("add_page", "change_page"),
        below=PartnershipIndexPage,
        files=("add_image", "choose_image", "add_document", "choose_document"),
        collection=PARTNERS_FILES,
        permissions=(
            "wagtail_localize.submit_translation",
            "contacts.add_organisation",
            "contacts.change_organisation",
            "contacts.view_organisation",
        ),
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


def _permission_names(role: Role) -> set[str]:
    """What `role` may do that is bound to no page and no collection, as `app.codename`."""
    return {
        "wagtailadmin.access_admin",
        *role.permissions,
        *(
            f"{app}.{verb}_{model}"
            for app, models in role.models.items()
            for model in models
            for verb in _EDIT
        ),
    }


def sync_roles() -> dict[str, Group]:
    """Create what is missing of the groups and their permissions; takes nothing away. By name."""
    names = [role.name for role in ROLES]
    known = set(Group.objects.filter(name__in=names).values_list("name", flat=True))
    Group.objects.bulk_create([Group(name=name) for name in names if name not in known])
    groups = {group.name: group for group in Group.objects.filter(name__in=names)}
    permissions = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    root = Page.get_first_root_node()
    for role in ROLES:
        group = groups[role.name]
        # wagtail-localize makes its own by a migration: a database that was flushed has none of it.
        group.permissions.add(
            *(permissions[name] for name in _permission_names(role) if name in permissions)
        )
        pages = [root] if role.below is None else role.below.objects.all()
        _let_edit(role, group, pages, permissions)
        if role.files:
            _let_use_files(role, group, permissions)
    _let_approve(groups["Moderator"])
    return groups


def _let_approve(group: Group) -> None:
    """What others submit comes to `group`: the workflow that Wagtail begins with asks a group of its own only."""
    root = Page.get_first_root_node()
    for task in GroupApprovalTask.objects.filter(
        workflow_tasks__workflow__workflow_pages__page=root
    ):
        task.groups.add(group)


def _collection(role: Role) -> Collection:
    root = Collection.get_first_root_node()
    if not role.collection:
        return root
    found = root.get_children().filter(name=role.collection).first()
    return found or root.add_child(instance=Collection(name=role.collection))


def _let_use_files(role: Role, group: Group, permissions: Mapping[str, Permission]) -> None:
    collection = _collection(role)
    held = set(
        GroupCollectionPermission.objects.filter(group=group, collection=collection).values_list(
            "permission", flat=True
        )
    )
    wanted = [
        permission
        for codename in role.files
        for app in ("wagtailimages", "wagtaildocs")
        if (permission := permissions.get(f"{app}.{codename}"))
    ]
    GroupCollectionPermission.objects.bulk_create(
        GroupCollectionPermission(group=group, collection=collection, permission=permission)
        for permission in wanted
        if permission.pk not in held
    )


def _let_edit(
    role: Role, group: Group, pages: Iterable[Page], permissions: Mapping[str, Permission]
) -> None:
    """Give `group` what `role` may do with `pages` and all below them."""
    if not role.pages:
        return
    held = set(GroupPagePermission.objects.filter(group=group).values_list("page", "permission"))
    wanted = [permissions[f"wagtailcore.{codename}"] for codename in role.pages]
    GroupPagePermission.objects.bulk_create(
        GroupPagePermission(group=group, page_id=page.pk, permission=permission)
        for page in pages
        for permission in wanted
        if (page.pk, permission.pk) not in held
    )


def open_new_part(sender: type[Page], instance: Any, created: bool, **kwargs: Any) -> None:
    """A new part of the tree belongs to the role that works there; a receiver of `post_save`.

    A signal, because wagtail-localize makes the versions in other languages by itself, whenever a language is added.
    """
    if not created or kwargs.get("raw"):
        return
    for role in ROLES:
        group = Group.objects.filter(name=role.name).first() if role.below is sender else None
        if group is not None:
            names = Permission.objects.filter(content_type__app_label="wagtailcore")
            permissions = {f"wagtailcore.{permission.codename}": permission for permission in names}
            _let_edit(role, group, [instance], permissions)
