"""Who may what in the admin, beside the register: every view, action and bulk action of pages, snippets, our screens.

The tables are in page_roles.py; what is asked about is made once (page_world.py), each request is taken back. A view or
an address without a row fails here, so that nothing new is open unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from wagtail.admin.urls import pages as page_urls
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.models import Page, get_page_models
from wagtail.snippets.models import get_snippet_models

from campaigns.models import PlanToken
from cms.models import CalendarYear, OutboxMail, PreviewLink
from contacts.models import Department, HeldSheet
from events.models import AgendaItem, AgendaToken
from events.models.imports import PartnerCalendar, PendingImport
from tests import page_actions
from tests.events.agenda_items import agenda_item
from tests.factories import AlertFactory, CalendarDayFactory, PersonFactory, PostFactory
from tests.page_roles import (
    ACTIONS,
    ADMINS_ALONE,
    BULK_ACTIONS,
    ELSEWHERE,
    EVENT_ACTIONS,
    NO_PAGES,
    NOT_PAGES,
    OUR_SCREENS,
    PAGE_ROLES,
    PARTNERSHIP_TYPES,
    RIGHTS,
    ROLES,
    SNIPPET_VIEWS,
    SNIPPETS,
    VIEWS,
)
from tests.page_world import Part, World, fingerprint, make_world, undone

# A superuser passes every check: asked about actions and screens alone.
OTHERS = [role for role in ROLES if role != "admin"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


@pytest.fixture(scope="module")
def world(demo: None, django_db_blocker: Any) -> World:
    with django_db_blocker.unblock():
        return make_world()


def refused(response: Any) -> bool:
    """Sent away: forbidden, not found, another method, to the log-in, or back to the admin's home page."""
    if response.status_code in {403, 404, 405}:
        return True
    home, login = reverse("wagtailadmin_home"), reverse("wagtailadmin_login")
    return response.status_code == 302 and (
        response["Location"] == home or response["Location"].startswith(login)
    )


def wrong(found: dict[Any, bool], wanted: dict[Any, bool]) -> dict[Any, str]:
    """What was not as it should be, in words."""
    return {
        key: "is refused" if wanted[key] else "is open"
        for key in wanted
        if found[key] != wanted[key]
    }


# -- nothing without a row ---------------------------------------------------------------------------------------------


def patterns(
    resolver: URLResolver, path: str = "", namespace: str = ""
) -> Iterator[tuple[str, str]]:
    """(path, name with its namespace) of every address."""
    for part in resolver.url_patterns:
        full = path + str(part.pattern)
        if isinstance(part, URLResolver):
            inner = f"{namespace}{part.namespace}:" if part.namespace else namespace
            yield from patterns(part, full, inner)
        elif isinstance(part, URLPattern):
            yield full, f"{namespace}{part.name}"


def admin_addresses() -> set[str]:
    return {name for path, name in patterns(get_resolver()) if path.startswith("admin/")}


def test_every_view_of_a_page_has_its_row() -> None:
    assert {pattern.name for pattern in page_urls.urlpatterns} == set(VIEWS) | set(ELSEWHERE)
    assert {row for row in ELSEWHERE.values() if row} <= set(ACTIONS)


def test_every_action_is_done() -> None:
    assert set(page_actions.ACTIONS) == set(ACTIONS)
    assert set(page_actions.EVENT_ACTIONS) == set(EVENT_ACTIONS)


def test_every_bulk_action_has_its_row() -> None:
    found = bulk_action_registry.get_bulk_actions_for_model("wagtailcore", "page")
    assert {action.action_type for action in found} == BULK_ACTIONS
    for app, models in bulk_action_registry.actions.items():
        for model, actions in models.items():
            if f"{app}.{model}" in SNIPPETS:
                assert set(actions) == {"delete"}, model


def test_every_snippet_has_its_row() -> None:
    models = {model._meta.label_lower for model in get_snippet_models()}
    assert models - {"registry.registryentry"} == set(SNIPPETS)
    views = {
        name.partition(":")[2] for name in admin_addresses() if name.startswith("wagtailsnippets_")
    }
    assert views == set(SNIPPET_VIEWS)


def test_every_screen_of_ours_has_its_row() -> None:
    ours = {name for name in admin_addresses() if not name.startswith((*NOT_PAGES, "None"))}
    assert ours == set(OUR_SCREENS), "a new address of the admin needs a row in tests/page_roles.py"


def test_every_page_type_is_asked_about(world: World) -> None:
    assert set(world.types) == {m._meta.model_name for m in get_page_models() if m is not Page}
    assert all(world.types.values()), "the demonstration content has no page of this type"


# -- views of pages ----------------------------------------------------------------------------------------------------


def address(name: str, part: Part, page: Any) -> str:
    """Where the view called `name` of `page` is; the first of its addresses."""
    meta = part.model._meta
    values = {
        "page_id": page.pk,
        "pk": page.pk,
        "parent_page_id": part.section.pk,
        "page_to_move_id": page.pk,
        "destination_id": part.section.pk,
        "revision_id": part.revision.pk if page is part.live else page.latest_revision_id,
        "revision_id_a": "earliest",
        "revision_id_b": "latest",
        "content_type_app_name": meta.app_label,
        "content_type_model_name": meta.model_name,
        "workflow_state_id": part.task_state.workflow_state_id,
        "task_id": part.task_state.task_id,
        "task_state_id": part.task_state.pk,
        "action_name": "approve",
        "app_label": meta.app_label,
        "model_name": meta.model_name,
    }
    if name == "workflow_history_detail":
        values["page_id"] = part.submitted.pk
    pattern = next(p for p in page_urls.urlpatterns if p.name == name).pattern
    wanted = pattern.converters or dict.fromkeys(("pk", "revision_id_a", "revision_id_b"))
    return reverse(f"wagtailadmin_pages:{name}", kwargs={key: values[key] for key in wanted})


def refusals(client: Client, part: Part, *pages: Any) -> dict[str, bool]:
    """Whether each view of `pages` of `part` answers, by GET and POST (of the last one), where none should."""
    found = {}
    for name in (*VIEWS, *(name for name, row in ELSEWHERE.items() if row)):
        for page in pages:
            path = address(name, part, page)
            found[f"{name} {page.slug} get"] = not refused(client.get(path))
        with undone():
            response = client.post(path, {"new_parent_page": part.section.pk})
            found[f"{name} {page.slug} post"] = not refused(response)
    for name in ("wagtailadmin_explore", "wagtailadmin_explore_results"):
        found[name] = not refused(client.get(reverse(name, args=[part.section.pk])))
    return found


def parts_for(world: World, role: str) -> list[Part]:
    """What a role without pages is asked about: nothing is theirs, so one of them is asked about both."""
    return [world.site, world.hers] if role == "clerk" else [world.site]


@pytest.mark.parametrize("role", NO_PAGES)
def test_roles_without_pages_open_no_view_of_one(world: World, role: str) -> None:
    before, client = fingerprint(), world.client(role)
    for part in parts_for(world, role):
        found = refusals(client, part, part.submitted)
        assert wrong(found, dict.fromkeys(found, False)) == {}
    assert fingerprint() == before


def test_the_partnership_editor_opens_no_view_elsewhere(world: World) -> None:
    before, client = fingerprint(), world.client("partnerships")
    found = refusals(client, world.site, world.site.live, world.site.submitted)
    assert wrong(found, dict.fromkeys(found, False)) == {}
    assert fingerprint() == before


def test_who_is_not_logged_in_opens_no_view(world: World) -> None:
    found = refusals(Client(), world.site, world.site.live)
    assert wrong(found, dict.fromkeys(found, False)) == {}


@pytest.mark.parametrize("role", PAGE_ROLES[1:])
def test_views_open_for_those_who_may(world: World, role: str) -> None:
    client, part, column = world.client(role), world.part_of(role), PAGE_ROLES.index(role)
    found, wanted = {}, {}
    for name, cells in VIEWS.items():
        for page, cell in zip((part.live, part.draft), cells, strict=True):
            key = f"{name} {'published' if page is part.live else 'draft'}"
            found[key] = not refused(client.get(address(name, part, page)))
            wanted[key] = cell[column] == "y"
    assert wrong(found, wanted) == {}


# -- actions -----------------------------------------------------------------------------------------------------------


def done(client: Client, part: Part, name: str) -> bool:
    with undone():
        return page_actions.ACTIONS[name](client, part)


@pytest.mark.parametrize("role", NO_PAGES)
def test_roles_without_pages_do_nothing_with_them(world: World, role: str) -> None:
    client, before = world.client(role), fingerprint()
    found = {
        (name, part.section.title): done(client, part, name)
        for name in ACTIONS
        for part in parts_for(world, role)
    }
    assert wrong(found, dict.fromkeys(found, False)) == {}
    assert fingerprint() == before


def test_the_partnership_editor_does_nothing_elsewhere(world: World) -> None:
    client, before = world.client("partnerships"), fingerprint()
    found = {name: done(client, world.site, name) for name in ACTIONS}
    assert wrong(found, dict.fromkeys(found, False)) == {}
    assert fingerprint() == before


@pytest.mark.parametrize("role", PAGE_ROLES)
def test_actions_are_for_those_who_may(world: World, role: str) -> None:
    client, column = world.client(role), PAGE_ROLES.index(role)
    found = {name: done(client, world.part_of(role), name) for name in ACTIONS}
    wanted = {name: cells[column] == "y" for name, cells in ACTIONS.items()}
    assert wrong(found, wanted) == {}


@pytest.mark.parametrize("role", ROLES)
def test_actions_of_events_are_for_those_who_may(world: World, role: str) -> None:
    client, found, wanted = world.client(role), {}, {}
    for name, cells in EVENT_ACTIONS.items():
        with undone():
            found[name] = page_actions.EVENT_ACTIONS[name](client, world)
        column = list(ROLES).index(role)
        wanted[name] = column < len(cells) and cells[column] == "y"
    assert wrong(found, wanted) == {}


# -- page types --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_rights_are_the_same_over_every_page_type(world: World, role: str) -> None:
    users: Any = get_user_model()
    user = users.objects.get(pk=world.users[role].pk)
    found, wanted = {}, {}
    for name, page in world.types.items():
        rights = page.permissions_for_user(user)
        for right, cells in RIGHTS.items():
            cell = cells[PAGE_ROLES.index(role)] if role in PAGE_ROLES else "n"
            hers = name in PARTNERSHIP_TYPES
            found[name, right] = getattr(rights, right)()
            wanted[name, right] = cell == "y" and (hers or role != "partnerships")
    assert wrong(found, wanted) == {}


@pytest.mark.parametrize("role", [*NO_PAGES, "partnerships"])
def test_no_page_type_is_edited_or_added_unasked(world: World, role: str) -> None:
    """The editor of a page, and the form for a new one beside it, of every type.

    Those who may open them are asked in tests/cms/test_admin.py.
    """
    client, found, wanted = world.client(role), {}, {}
    for name, page in world.types.items():
        meta = page._meta
        edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
        add = reverse(
            "wagtailadmin_pages:add", args=[meta.app_label, meta.model_name, page.get_parent().pk]
        )
        found[name, "edit"], found[name, "add"] = (
            not refused(client.get(path)) for path in (edit, add)
        )
        wanted[name, "edit"] = role == "partnerships" and name in PARTNERSHIP_TYPES
        # Another list of partnerships is none of hers to make.
        wanted[name, "add"] = wanted[name, "edit"] and name != "partnershipindexpage"
    assert wrong(found, wanted) == {}


# -- snippets ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def snippets(world: World, django_db_blocker: Any) -> dict[str, Any]:
    """One of each kind."""
    with django_db_blocker.unblock():
        AlertFactory(starts_at=timezone.now())
        CalendarDayFactory()
        CalendarYear.objects.create(year=2026)
        PartnerCalendar.objects.create(name="Teatrul", url="https://example.org/a.ics")
        PersonFactory()
        PostFactory()
        found = {
            model._meta.label_lower: model._default_manager.order_by("pk").first()
            for model in get_snippet_models()
            if model._meta.label_lower in SNIPPETS
        }
        assert [label for label, row in found.items() if row is None] == []
        return found


def _letters(label: str, role: str) -> str:
    return SNIPPETS[label].get(role, "")


def _opens(letters: str, view: str) -> bool:
    return bool(set(letters) & set(SNIPPET_VIEWS[view]))


@pytest.mark.parametrize("role", OTHERS)
def test_snippets_open_for_those_who_keep_them(
    world: World, snippets: dict[str, Any], role: str
) -> None:
    client, found, wanted = world.client(role), {}, {}
    for label, instance in snippets.items():
        namespace = f"wagtailsnippets_{label.replace('.', '_')}"
        for view in SNIPPET_VIEWS:
            if view.endswith("_results") and (_letters(label, role) or role != "clerk"):
                # A part of the view that is asked anyway.
                continue
            plain = view in {"list", "list_results", "add"}
            try:
                path = reverse(f"{namespace}:{view}", args=[] if plain else [instance.pk])
            except NoReverseMatch:
                continue
            found[label, view] = not refused(client.get(path))
            wanted[label, view] = _opens(_letters(label, role), view)
            if not wanted[label, view] and view == "delete":
                with undone():
                    assert refused(client.post(path)), (label, view)
        listed = reverse(f"{namespace}:list")
        found[label, "export"] = not refused(client.get(f"{listed}?export=csv"))
        wanted[label, "export"] = _opens(_letters(label, role), "list")
    assert wrong(found, wanted) == {}


@pytest.mark.parametrize("role", OTHERS)
def test_snippets_are_deleted_in_bulk_by_those_who_may(
    world: World, snippets: dict[str, Any], role: str
) -> None:
    client, found, wanted = world.client(role), {}, {}
    for label, instance in snippets.items():
        path = reverse("wagtail_bulk_action", args=[*label.split("."), "delete"])
        response = client.get(f"{path}?id={instance.pk}")
        named = not refused(response) and f'value="{instance.pk}"' in response.content.decode()
        # What is in use is named as such to those who may delete it, and not deleted.
        found[label] = named or (
            not refused(response)
            and "button" in response.content.decode()
            and "d" in _letters(label, role)
        )
        wanted[label] = "d" in _letters(label, role)
        if not wanted[label]:
            with undone():
                client.post(f"{path}?id={instance.pk}")
                assert type(instance)._default_manager.filter(pk=instance.pk).exists(), label
    assert wrong(found, wanted) == {}


def test_choosers_are_closed_to_who_is_not_logged_in(snippets: dict[str, Any]) -> None:
    for label in snippets:
        name = f"wagtailsnippetchoosers_{label.replace('.', '_')}:choose"
        assert refused(Client().get(reverse(name))), label


# -- our own screens ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def arguments(world: World, django_db_blocker: Any) -> dict[str, list[Any]]:
    """What the addresses of our screens are about."""
    with django_db_blocker.unblock():
        item = AgendaItem.objects.first() or agenda_item()
        key, _plain = AgendaToken.issue("Telefon", "internal", world.users["admin"])
        token, _plain = PlanToken.issue(world.users["moderator"])
        pending = PendingImport.objects.create(
            user=world.users["admin"], name="a.csv", data=b"titlu\n"
        )
        code = world.campaign.channels.first().code
        mail = OutboxMail.objects.create(
            to="cineva@example.org", subject="Ceva", key="matrice", next_attempt_at=timezone.now()
        )
        held = HeldSheet.objects.create(
            user=world.users["admin"], sheet="campaigns", name="a.csv", data=b"titlu\n"
        )
        link, _token = PreviewLink.issue(world.campaign, world.users["admin"], 3)
        department = Department.objects.first()
        assert department is not None
    campaign, event = [world.campaign.pk], [world.event.pk]
    users = ["department", department.pk]
    return {
        "events_duplicate": event,
        "events_next_edition": event,
        "events_split": event,
        "event_objectives": event,
        "import_events_review": [pending.pk],
        "campaigns_move": [*campaign, "close"],
        "campaigns_channels": campaign,
        "campaigns_qr_sheet": campaign,
        "campaigns_qr": [*campaign, code, "svg"],
        "plan_calendar_revoke": [token.pk],
        "agenda_keys:revoke": [key.pk],
        "outbox_send_again": [mail.pk],
        "contact_users": users,
        "contact_users_results": users,
        "sheets_kind": ["campaigns"],
        "sheets_export": ["campaigns", "csv"],
        "sheets_template": ["campaigns", "csv"],
        "sheets_review": ["campaigns", held.pk],
        "page_preflight": campaign,
        "page_draft_links": campaign,
        "page_draft_link_revoke": [*campaign, link.pk],
        "page_care": campaign,
        **{
            f"agenda:{view}": [item.pk]
            for view in ("edit", "delete", "history", "history_results", "usage", "copy")
        },
    }


@pytest.mark.parametrize("role", ["anonymous", *ROLES])
def test_our_screens_open_for_those_who_may(
    world: World, arguments: dict[str, list[Any]], role: str
) -> None:
    client = Client() if role == "anonymous" else world.client(role)
    found, wanted = {}, {}
    for name, (method, roles) in OUR_SCREENS.items():
        path = reverse(name, args=arguments.get(name, []))
        with undone():
            found[name] = not refused(client.generic(method, path))
        wanted[name] = role in roles.split()
        if not wanted[name]:
            with undone():
                assert refused(client.post(path)), name
    assert wrong(found, wanted) == {}


@pytest.mark.parametrize("role", OTHERS)
def test_the_sites_administration_is_the_administrators(world: World, role: str) -> None:
    client = world.client(role)
    found = {name: not refused(client.get(reverse(name))) for name in ADMINS_ALONE}
    assert wrong(found, dict.fromkeys(ADMINS_ALONE, False)) == {}
