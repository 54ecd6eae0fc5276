"""The editors' side: every view opens, every field is explained, every role may do its work and no more."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from modelcluster.fields import ParentalKey
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page
from wagtail.snippets.models import get_snippet_models
from wagtail.users.models import UserProfile

from cms.models import Alert, CalendarDay, CalendarYear, Menu, SiteIdentity, StandardPage
from contacts.models import ContactPoint, Department, Organisation, Person, Post
from home.roles import sync_roles
from locations.models import Location, OpeningHours
from tests.admin_forms import AdminForm, add, codes, edit
from tests.factories import (
    AlertFactory,
    CalendarDayFactory,
    DepartmentFactory,
    PersonFactory,
    PostFactory,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

OURS = ("cms", "locations", "contacts", "home")
SNIPPETS = [
    Alert,
    Menu,
    CalendarDay,
    CalendarYear,
    Location,
    OpeningHours,
    Department,
    Post,
    Person,
    Organisation,
]
PAGE_TYPES = [m for m in apps.get_models() if issubclass(m, Page) and m._meta.app_label in OURS]


@pytest.fixture
def admin(db: None) -> Client:
    client = Client()
    client.force_login(make_user("administrator", superuser=True))
    return client


@pytest.fixture
def one_of_each(db: None) -> None:
    AlertFactory(starts_at="2026-01-01T00:00:00Z")
    CalendarDayFactory()
    CalendarYear.objects.create(year=2027)
    PostFactory(person=PersonFactory())


def snippet_url(model: Any, view: str, *args: Any) -> str:
    meta = model._meta
    return reverse(f"wagtailsnippets_{meta.app_label}_{meta.model_name}:{view}", args=args)


def login(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role.lower(), role))
    return client


# -- every view opens --------------------------------------------------------------------------------------------


def test_all_snippets_are_tested() -> None:
    ours = {model for model in get_snippet_models() if model._meta.app_label in OURS}
    assert ours == set(SNIPPETS)


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize("model", SNIPPETS, ids=lambda m: m.__name__)
def test_snippet_can_be_listed_added_and_edited(admin: Client, model: Any) -> None:
    instance = model.objects.first()
    for view, args in [
        ("list", ()),
        ("add", ()),
        ("edit", (instance.pk,)),
        ("delete", (instance.pk,)),
        ("usage", (instance.pk,)),
        ("history", (instance.pk,)),
    ]:
        response = admin.get(snippet_url(model, view, *args))
        assert response.status_code == 200, (model, view)
        assert "LocalizedText" not in response.content.decode()
    assert admin.get(snippet_url(model, "list") + "?q=a").status_code == 200


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize("model", SNIPPETS, ids=lambda m: m.__name__)
def test_snippet_can_be_saved_unchanged(admin: Client, model: Any) -> None:
    edit(admin, model.objects.first()).save()


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize("model", SNIPPETS, ids=lambda m: m.__name__)
def test_empty_snippet_is_refused_with_words(admin: Client, model: Any) -> None:
    form = add(admin, model)
    response = form.send(
        **{
            name: ""
            for name in form.data
            if not name.endswith("_FORMS") and name != "csrfmiddlewaretoken"
        }
    )
    assert response.status_code == 200
    assert codes(response)


@pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda m: m.__name__)
def test_page_type_can_be_added_and_edited(admin: Client, model: Any) -> None:
    for page in model.objects.filter(depth__gt=1)[:3]:
        assert admin.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
    page = model.objects.filter(locale__language_code="ro").first()
    parent = page.get_parent()
    if model.max_count_per_parent:
        assert model.max_count_per_parent == 1
        page.delete()
    if model.can_create_at(parent):
        address = reverse(
            "wagtailadmin_pages:add",
            args=[model._meta.app_label, model._meta.model_name, parent.pk],
        )
        assert admin.get(address).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "wagtailadmin_home",
        "wagtailadmin_explore_root",
        "wagtailadmin_reports:locked_pages",
        "wagtailsites:index",
        "internal_directory",
    ],
)
def test_other_views_of_the_admin_open(admin: Client, name: str) -> None:
    assert admin.get(reverse(name)).status_code == 200


def test_setting_of_the_site_can_be_edited(admin: Client) -> None:
    address = reverse("wagtailsettings:edit", args=["cms", "siteidentity"])
    response = admin.get(address, follow=True)
    assert response.status_code == 200
    form = AdminForm(admin, response.redirect_chain[-1][0])
    form.save(name_ro="Alt nume", notice_ro="")
    identity = SiteIdentity.objects.get()
    assert identity.name["ro"] == "Alt nume"
    assert "Alt nume" in Client().get("/ro/").content.decode()


def test_page_can_be_saved_and_published_in_the_admin(admin: Client) -> None:
    page = Page.objects.get(url_path="/acasa/locatii/manastur/")
    form = AdminForm(admin, reverse("wagtailadmin_pages:edit", args=[page.pk]))
    response = form.send(
        **{"title": "Primăria Nouă", "body-count": "0", "action-publish": "action-publish"}
    )
    assert response.status_code == 302
    page.refresh_from_db()
    assert page.title == "Primăria Nouă"
    assert "Primăria Nouă" in Client().get("/ro/locatii/manastur/").content.decode()


def test_blank_draft_of_a_place_can_be_saved_and_previewed(admin: Client) -> None:
    """Wagtail keeps half-filled drafts; required facts are asked for when it is published."""
    parent = Page.objects.get(url_path="/acasa/locatii/")
    address = reverse("wagtailadmin_pages:add", args=["locations", "locationpage", parent.pk])
    form = AdminForm(admin, address)
    response = form.send(**{"title": "Schiță", "slug": "schita", "body-count": "0"})
    assert response.status_code == 302, codes(response)
    page = Page.objects.get(slug="schita").specific
    assert not page.live
    assert page.make_preview_request().status_code == 200
    assert Client().get("/ro/locatii/schita/").status_code == 404
    form = AdminForm(admin, reverse("wagtailadmin_pages:edit", args=[page.pk]))
    refused = form.send(**{"body-count": "0", "action-publish": "action-publish"})
    assert refused.status_code == 200
    assert "location" in codes(refused)


# -- help and language -------------------------------------------------------------------------------------------

FIELDS = [
    field
    for model in apps.get_models()
    if model._meta.app_label in OURS
    for field in model._meta.get_fields()
    if (
        getattr(field, "editable", False)
        and field.model is model
        and not field.auto_created
        and not isinstance(field, ParentalKey)
        and not field.name.endswith("_ptr")
        and field.name != "sort_order"
    )
    or (
        getattr(field, "name", "") == "sort_order"
        and model._meta.label
        in {"locations.Location", "locations.OpeningHours", "contacts.Department", "contacts.Post"}
    )
]


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_field_is_explained(field: Any) -> None:
    assert str(field.help_text).strip(), field
    assert str(field.verbose_name)[0] == str(field.verbose_name)[0].lower() or field.name.isupper()


def _blocks(block: Any) -> Any:
    """A block and those in it; the parts of Wagtail's own image block are explained by Wagtail."""
    yield block
    if isinstance(block, ImageBlock):
        return
    for child in getattr(block, "child_blocks", {}).values():
        yield from _blocks(child)
    if hasattr(block, "child_block"):
        yield from _blocks(block.child_block)


@pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda m: m.__name__)
def test_block_is_described_and_has_a_preview(model: Any) -> None:
    for field in model._meta.get_fields():
        if not hasattr(field, "stream_block"):
            continue
        for name, block in field.stream_block.child_blocks.items():
            assert str(block.meta.description or ""), name
            assert block.meta.icon not in {"", "placeholder"}, name
            assert block.is_previewable, name
            for inner in _blocks(block):
                if hasattr(inner, "field") and inner is not block and inner.name:
                    assert inner.field.help_text or inner.name == "image", f"{name}.{inner.name}"


@pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda m: m.__name__)
def test_preview_of_every_block_is_rendered(admin: Client, model: Any) -> None:
    for field in model._meta.get_fields():
        if not hasattr(field, "stream_block"):
            continue
        for name, block in field.stream_block.child_blocks.items():
            response = admin.get(
                reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix}
            )
            assert response.status_code == 200, name


@pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda m: m.__name__)
def test_page_type_is_described(model: Any) -> None:
    assert str(model.page_description)


def test_admin_is_romanian_by_default(admin: Client) -> None:
    assert re.search(r'<html[^>]*lang="ro"', Client().get("/admin/login/").content.decode())
    html = admin.get("/admin/", headers={"Accept-Language": "en"}).content.decode()
    assert re.search(r'<html[^>]*lang="ro"', html)


def test_editor_may_choose_another_language(admin: Client) -> None:
    user = get_user_model().objects.get(username="administrator")
    profile = UserProfile.get_for_user(user)
    profile.preferred_language = "en"
    profile.save()
    assert re.search(r'<html[^>]*lang="en"', admin.get("/admin/").content.decode())
    # The public site follows its address, not the editor.
    assert '<html lang="hu"' in admin.get("/hu/").content.decode()


def test_snippets_have_our_names_in_the_menu(admin: Client) -> None:
    html = admin.get("/admin/").content.decode()
    for model in SNIPPETS:
        assert snippet_url(model, "list") in html, model


# -- roles -------------------------------------------------------------------------------------------------------


def test_roles_are_made_once() -> None:
    before = {g.name: set(g.permissions.values_list("pk", flat=True)) for g in Group.objects.all()}
    sync_roles()
    after = {g.name: set(g.permissions.values_list("pk", flat=True)) for g in Group.objects.all()}
    assert before == after
    assert {"Marketing", "Moderator", "Mayor's Cabinet"} <= set(after)


@pytest.mark.parametrize("role", ["Marketing", "Moderator", "Mayor's Cabinet"])
def test_role_may_enter_the_admin(role: str) -> None:
    assert login(role).get("/admin/").status_code == 200


def test_nobody_without_a_role_enters_the_admin() -> None:
    client = Client()
    assert client.get("/admin/").status_code == 302
    client.force_login(make_user("oaspete"))
    assert client.get("/admin/").status_code in {302, 403}


def test_marketing_drafts_but_does_not_publish() -> None:
    client = login("Marketing")
    page = Page.objects.get(url_path="/acasa/despre/")
    form = AdminForm(client, reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert "action-publish" not in form.names()
    form.send(**{"title": "Titlu nou", "body-count": "0", "action-publish": "action-publish"})
    page.refresh_from_db()
    assert page.title != "Titlu nou"
    assert page.get_latest_revision().content["title"] == "Titlu nou"
    assert client.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk])).status_code in {
        302,
        403,
    }
    page.refresh_from_db()
    assert page.live
    assert "Titlu nou" not in Client().get("/ro/despre/").content.decode()


@pytest.mark.parametrize(
    "model", [Department, Post, Person, Location, OpeningHours, CalendarDay, Menu, Alert]
)
def test_marketing_touches_no_facts(model: Any) -> None:
    PostFactory(person=PersonFactory())
    client = login("Marketing")
    for view in ("list", "add"):
        assert client.get(snippet_url(model, view)).status_code in {302, 403}
    instance = model.objects.first()
    if instance is not None:
        for view in ("edit", "delete"):
            assert client.get(snippet_url(model, view, instance.pk)).status_code in {302, 403}
            assert client.post(snippet_url(model, view, instance.pk)).status_code in {302, 403}
        assert model.objects.filter(pk=instance.pk).exists()


def test_moderator_publishes() -> None:
    client = login("Moderator")
    page = Page.objects.get(url_path="/acasa/despre/")
    form = AdminForm(client, reverse("wagtailadmin_pages:edit", args=[page.pk]))
    form.send(**{"title": "Titlu nou", "body-count": "0", "action-publish": "action-publish"})
    page.refresh_from_db()
    assert page.title == "Titlu nou"


@pytest.mark.parametrize("model", [Location, OpeningHours, CalendarDay, Menu, Alert])
def test_moderator_keeps_the_facts(model: Any) -> None:
    client = login("Moderator")
    assert client.get(snippet_url(model, "list")).status_code == 200
    assert client.get(snippet_url(model, "add")).status_code == 200


def test_cabinet_keeps_the_contacts_and_no_page() -> None:
    client = login("Mayor's Cabinet")
    department = Department.objects.get(key="cabinet")
    form = edit(client, department)
    assert any(name and name.endswith("phone_public") for name in form.names())
    form.add_row(
        "contact_points",
        phone="0264 596 030 / 4004",
        phone_kind="phone",
        email="",
        rooms="",
        label_ro="",
        label_en="",
        label_hu="",
        phone_public="on",
    )
    form.save()
    assert ContactPoint.objects.get(department=department).phone_public
    page = Page.objects.get(url_path="/acasa/despre/")
    assert client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code in {302, 403}
    parent = Page.objects.get(url_path="/acasa/")
    address = reverse("wagtailadmin_pages:add", args=["cms", "standardpage", parent.pk])
    assert client.get(address).status_code in {302, 403}
    assert StandardPage.objects.filter(slug="x").count() == 0
    for model in (Location, OpeningHours, Menu, Alert):
        assert client.get(snippet_url(model, "add")).status_code in {302, 403}


def test_department_with_a_page_or_children_cannot_be_deleted_by_mistake(admin: Client) -> None:
    department = Department.objects.get(key="directorate")
    response = admin.post(snippet_url(Department, "delete", department.pk))
    assert response.status_code in {200, 302}
    assert Department.objects.filter(pk=department.pk).exists()
    place = Location.objects.get(key="manastur")
    response = admin.post(snippet_url(Location, "delete", place.pk))
    assert response.status_code in {200, 302}
    assert Location.objects.filter(pk=place.pk).exists()


def test_department_that_nothing_needs_can_be_deleted(admin: Client) -> None:
    department = DepartmentFactory()
    admin.post(snippet_url(Department, "delete", department.pk))
    assert not Department.objects.filter(pk=department.pk).exists()
