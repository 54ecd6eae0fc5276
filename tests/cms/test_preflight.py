"""Before publishing: what is found in a draft, who is told, and what is stopped wherever it would become public."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import (
    GroupApprovalTask,
    GroupPagePermission,
    Locale,
    Page,
    TaskState,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)
from wagtail_localize.models import Translation, TranslationSource

from cms import preflight
from cms.models import StandardPage
from cms.preflight import Level, examine, newest
from cms.publishing import PublishingRefused
from home.roles import sync_roles
from tests.admin_forms import AdminForm, parse
from tests.factories import StandardPageFactory, make_home, make_user
from tests.remembered import remembered_fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_tree", "clock")]
ALT = "Describe the image"


@remembered_fixture
def home() -> Any:
    return make_home()


@remembered_fixture
def page(home: Any) -> Any:
    made = StandardPageFactory(
        parent=home, title="Despre noi", slug="despre", summary="Cine suntem."
    )
    made.save_revision().publish()
    return StandardPage.objects.get(pk=made.pk)


@pytest.fixture
def image() -> Image:
    made: Image = Image.objects.create(title="Parc", file=get_test_image_file())
    return made


@remembered_fixture
def roles(home: Any) -> dict[str, Group]:
    groups = sync_roles()
    root = Page.get_first_root_node()
    if not WorkflowPage.objects.filter(page=root).exists():
        task = GroupApprovalTask.objects.create(name="Aprobare")
        workflow = Workflow.objects.create(name="Aprobare")
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
        WorkflowPage.objects.create(workflow=workflow, page=root)
    for found in GroupApprovalTask.objects.all():
        found.groups.add(groups["Moderator"])
    return groups


def login(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role.lower().replace(" ", "-"), role))
    return client


def block(kind: str, value: Any) -> dict[str, Any]:
    return {"type": kind, "value": value, "id": str(uuid.uuid4())}


def figure(image: Image, alt: str = "", decorative: bool = False) -> dict[str, Any]:
    chosen = {"image": image.pk, "alt_text": alt, "decorative": decorative}
    return block("figure", {"image": chosen, "caption": "", "credit": ""})


def draft(page: Any, *body: dict[str, Any], **values: Any) -> Any:
    """A draft of `page` with this body, saved; what is published stays."""
    for name, value in values.items():
        setattr(page, name, value)
    field: Any = StandardPage._meta.get_field("body")
    page.body = field.to_python(json.dumps(list(body)))
    page.save_revision(clean=False)
    return newest(Page.objects.get(pk=page.pk))


def codes(page: Any, *, own: bool = True) -> list[str]:
    """The codes of what was found, without that about other languages."""
    found = [finding.code for finding in examine(page)]
    return [code for code in found if not (own and code.startswith("translation_"))]


def form_of(client: Client, address: str) -> AdminForm:
    """The page's form with an empty body, which its script would add."""
    form = AdminForm(client, address)
    form.data["body-count"] = "0"
    return form


def told(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def submit(page: Any, author: Any) -> TaskState:
    Page.objects.get(pk=page.pk).get_workflow().start(page, author)
    state: TaskState = TaskState.objects.get(
        workflow_state__object_id=str(page.pk), status=TaskState.STATUS_IN_PROGRESS
    )
    return state


# -- who may see it ----------------------------------------------------------------------------------------------------


def test_nobody_else_sees_what_was_found(page: Any, roles: Any) -> None:
    address = reverse("page_preflight", args=[page.pk])
    assert Client().get(address).status_code == 302
    for role in ("Partnership editor", "Registry clerk", "Auditor"):
        response = login(role).get(address)
        assert response.status_code in {302, 403}
        assert "Despre noi" not in response.content.decode()
    assert login("Marketing").get(address).status_code == 200


def test_what_is_no_page_of_ours_is_not_found(roles: Any, home: Any) -> None:
    client = login("Marketing")
    assert client.get(reverse("page_preflight", args=[999999])).status_code == 404
    root = Page.get_first_root_node()
    assert client.get(reverse("page_preflight", args=[root.pk])).status_code in {302, 403}
    assert client.post(reverse("page_preflight", args=[home.pk])).status_code == 405


def test_a_reviewer_sees_what_waits_for_approval(page: Any, roles: Any) -> None:
    """Though the group may not change the page by itself."""
    group = Group.objects.create(name="Recenzenți")
    group.permissions.add(*roles["Marketing"].permissions.all())
    GroupApprovalTask.objects.get().groups.set([group])
    client = login("Recenzenți")
    address = reverse("page_preflight", args=[page.pk])
    assert client.get(address).status_code in {302, 403}
    submit(page, make_user("autor", "Marketing"))
    assert client.get(address).status_code == 200


def test_other_languages_of_others_are_not_looked_into(page: Any, roles: Any) -> None:
    """Who may edit the Hungarian page alone reads nothing of the Romanian draft."""
    hungarian = page.copy_for_translation(Locale.objects.get(language_code="hu"), copy_parents=True)
    draft(page, block("heading", "Secret"), summary="Zgrunțuros " * 20)
    draft(hungarian, summary="")
    group = Group.objects.create(name="Maghiari")
    group.permissions.add(*roles["Marketing"].permissions.all())
    GroupPagePermission.objects.create(
        group=group,
        page=Page.objects.get(pk=hungarian.pk),
        permission=Permission.objects.get(codename="change_page"),
    )
    html = login("Maghiari").get(reverse("page_preflight", args=[hungarian.pk])).content.decode()
    assert "Zgrunțuros" not in html
    assert f"/pages/{page.pk}/edit/" not in html.partition("<main")[2]


# -- what is found -----------------------------------------------------------------------------------------------------


def test_a_good_page_has_nothing(page: Any) -> None:
    assert codes(page) == []


def test_missing_and_unpublished_languages_are_told(page: Any) -> None:
    assert codes(page, own=False) == ["translation_missing", "translation_missing"]
    copy = page.copy_for_translation(Locale.objects.get(language_code="en"), copy_parents=True)
    page.copy_for_translation(Locale.objects.get(language_code="hu"), copy_parents=True, alias=True)
    assert codes(page, own=False) == ["translation_draft", "translation_missing"]
    copy.save_revision().publish()
    assert codes(page, own=False) == ["translation_missing"]


def test_an_image_needs_a_description_or_is_decorative(page: Any, image: Image) -> None:
    bare = draft(page, figure(image))
    (finding,) = [item for item in examine(bare) if item.level is Level.BLOCK]
    assert finding.code == "alt"
    assert finding.field.endswith(".image.alt_text")
    assert "1" in finding.where
    assert codes(draft(page, figure(image, decorative=True))) == []
    assert codes(draft(page, figure(image, "Copii pe o bancă, în parc"))) == []
    assert codes(draft(page, figure(image, "IMG_0001.jpg"))) == ["alt_file_name"]


def test_deleted_images_and_files_are_told(page: Any, image: Image) -> None:
    document = Document.objects.create(title="Regulament", file="regulament.pdf")
    made = draft(page, figure(image, "Parc"), block("documents", [document.pk]))
    assert codes(made) == []
    Document.objects.filter(title="Regulament").update(title="Ştiri")
    assert codes(made) == ["cedilla"]
    document.delete()
    image.delete()
    assert sorted(codes(made)) == ["document_gone", "image_gone"]


def test_links_say_where_they_lead_and_lead_there(page: Any, home: Any) -> None:
    hidden = StandardPageFactory(parent=home, title="Zgrunțuros", slug="secret", live=False)
    shown = StandardPageFactory(parent=home, title="Program", slug="program")
    text = (
        f'<p><a linktype="page" id="{hidden.pk}">pagina nouă</a> '
        f'<a linktype="page" id="{shown.pk}">Click aici</a> '
        f'<a linktype="page" id="{page.pk}">Despre noi</a> '
        f'<a href="https://example.org/">un exemplu</a></p>'
    )
    made = draft(
        page,
        block("paragraph", text),
        block("links", [{"page": hidden.pk, "url": "", "title": "", "text": ""}]),
        block("links", [{"page": shown.pk, "url": "", "title": "aici", "text": ""}]),
    )
    found = examine(made)
    assert sorted(codes(made)) == ["empty_link"] * 2 + ["link_not_public"] * 2
    # A draft of somebody else is not named.
    assert not any("Zgrunțuros" in finding.message for finding in found)


def test_headings_tables_titles_and_summaries(page: Any) -> None:
    made = draft(
        page,
        block("heading", "  "),
        block("table", {"data": [["luni", "8–16"]], "first_row_is_table_header": False}),
        title="Un titlu " * 12,
        summary="",
    )
    assert sorted(codes(made)) == ["empty_heading", "long_title", "no_summary", "table_header"]


def test_phones_and_long_sentences_in_every_kind_of_block(page: Any) -> None:
    long = f"<p>{' '.join(['cuvânt'] * 40)}.</p>"
    made = draft(
        page,
        block("paragraph", long),
        block("accordion", [{"title": "Cum?", "text": long}]),
        block("facts", [{"term": "Telefon", "text": "0264596030"}]),
        block("steps", [{"title": "Sunați la 0264-596030", "text": ""}]),
        block("notice", {"level": "info", "text": "Sunați la (0264)596030"}),
    )
    assert sorted(codes(made)) == ["long_sentence"] * 2 + ["phone"] * 3


def test_letters_with_cedilla_are_found_where_nobody_has_saved_since(page: Any) -> None:
    StandardPage.objects.filter(pk=page.pk).update(summary="Ştirile oraşului")
    assert codes(StandardPage.objects.get(pk=page.pk)) == ["cedilla"]


def test_what_the_page_itself_refuses_stops_it(page: Any) -> None:
    made = draft(page, title="")
    assert [(item.level, item.field) for item in examine(made) if item.field == "title"] == [
        (Level.BLOCK, "title")
    ]


def test_queries_do_not_grow_with_the_page(
    page: Any, image: Image, home: Any, django_assert_max_num_queries: Any
) -> None:
    targets = [StandardPageFactory(parent=home, slug=f"p{n}") for n in range(5)]
    body = [figure(image, "Parc") for _n in range(30)] + [
        block("paragraph", f'<p><a linktype="page" id="{targets[n % 5].pk}">Pagina {n}</a></p>')
        for n in range(30)
    ]
    made = draft(page, *body)
    with django_assert_max_num_queries(14):
        examine(made)


def test_the_list_shows_each_finding_with_the_way_to_its_field(
    page: Any, image: Image, roles: Any, django_assert_max_num_queries: Any
) -> None:
    draft(page, figure(image), block("heading", ""), summary="")
    client = login("Marketing")
    address = reverse("page_preflight", args=[page.pk])
    client.get(address)
    with django_assert_max_num_queries(60):
        html = client.get(address).content.decode()
    soup = parse(html)
    groups = [group["class"][1].rpartition("--")[2] for group in soup.select(".preflight__group")]
    assert groups == ["block", "warning", "advice"]
    link = soup.select_one('li[data-code="alt"] a')["href"]
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert link.startswith(f"{edit}#:w:contentpath=body.")
    assert link.endswith(".image.alt_text")
    assert address in client.get(edit).content.decode()


# -- the editor --------------------------------------------------------------------------------------------------------


def break_validation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule of ours that no form knows: a page called “Oprit” may not be public."""

    def rule(found: Any) -> Any:
        if found.page.title == "Oprit":
            yield preflight.Finding(Level.BLOCK, "test", "Motivul opririi", field="title")

    monkeypatch.setattr(preflight, "_RULES", [*preflight._RULES, (StandardPage, rule)])


def test_what_no_form_refuses_is_stopped_by_the_editor(
    page: Any, roles: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_validation(monkeypatch)
    client = login("Moderator")
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    response = form_of(client, edit).send(title="Oprit", **{"action-publish": "1"})
    assert response["Location"] == edit
    assert "Motivul opririi" in told(response)
    kept = Page.objects.get(pk=page.pk)
    assert (kept.title, newest(kept).title) == ("Despre noi", "Oprit")
    response = form_of(client, edit).send(title="Bun", **{"action-publish": "1"})
    assert Page.objects.get(pk=page.pk).title == "Bun"


def test_a_set_time_counts_as_publishing(
    page: Any, roles: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_validation(monkeypatch)
    client = login("Moderator")
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    form_of(client, edit).send(
        title="Oprit", go_live_at="2026-12-01 10:00", **{"action-publish": "1"}
    )
    assert Page.objects.get(pk=page.pk).scheduled_revision is None


def test_after_a_time_was_set_it_is_told_of_what_will_be_public(
    page: Any, roles: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rule(found: Any) -> Any:
        if found.page.title == "Din decembrie":
            yield preflight.Finding(Level.WARNING, "test", "Motivul")

    monkeypatch.setattr(preflight, "_RULES", [(StandardPage, rule)])
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    response = form_of(login("Moderator"), edit).send(
        title="Din decembrie", go_live_at="2026-12-01 10:00", **{"action-publish": "1"}
    )
    assert Page.objects.get(pk=page.pk).scheduled_revision is not None
    assert reverse("page_preflight", args=[page.pk]) in told(response)
    # It is not published yet.
    assert "Motivul" not in told(response)


def test_a_new_page_that_is_stopped_is_a_draft(
    home: Any, roles: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_validation(monkeypatch)
    client = login("Moderator")
    address = reverse("wagtailadmin_pages:add", args=["cms", "standardpage", home.pk])
    response = form_of(client, address).send(title="Oprit", slug="nou", **{"action-publish": "1"})
    made = Page.objects.get(slug="nou")
    assert not made.live
    assert response["Location"] == reverse("wagtailadmin_pages:edit", args=[made.pk])
    assert "Motivul opririi" in told(response)


def test_saving_a_draft_tells_how_much_there_is(page: Any, roles: Any) -> None:
    client = login("Marketing")
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    response = form_of(client, edit).send(title="Altul")
    assert reverse("page_preflight", args=[page.pk]) in told(response)
    # Wagtail saves while one types: nothing is told then.
    response = client.post(edit, form_of(client, edit).data, headers={"accept": "application/json"})
    assert response.json()["success"]
    assert reverse("page_preflight", args=[page.pk]) not in told(response)


def test_submitting_tells_what_the_reviewer_will_read(page: Any, roles: Any) -> None:
    client = login("Marketing")
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    response = form_of(client, edit).send(summary="Sunați la 0264596030.", **{"action-submit": "1"})
    assert "0264 596 030" in told(response)


# -- approval ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ajax", [False, True])
def test_an_approval_is_refused_and_undone(page: Any, image: Image, roles: Any, ajax: bool) -> None:
    """From the list of the home page, where no form looks at the draft."""
    made = draft(page, figure(image))
    state = submit(made, make_user("autor", "Marketing"))
    client = login("Moderator")
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    headers = {"x-requested-with": "XMLHttpRequest"} if ajax else {}
    response = client.post(address, headers=headers)
    found = reverse("page_preflight", args=[page.pk])
    if ajax:
        assert response.json() == {"step": "success", "redirect": found}
    else:
        assert response["Location"] == found
    state.refresh_from_db()
    assert state.status == TaskState.STATUS_IN_PROGRESS
    assert state.workflow_state.status == "in_progress"
    assert not StandardPage.objects.get(pk=page.pk).body
    # Mended, it passes.
    draft(page, figure(image, "Copii pe o bancă"))
    client.post(address)
    assert StandardPage.objects.get(pk=page.pk).body
    state.refresh_from_db()
    assert state.status == TaskState.STATUS_APPROVED


def test_an_approval_in_the_editor_is_refused(
    page: Any, roles: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_validation(monkeypatch)
    submit(page, make_user("autor", "Marketing"))
    client = login("Moderator")
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    response = form_of(client, edit).send(
        title="Oprit", **{"action-workflow-action": "1", "workflow-action-name": "approve"}
    )
    assert response["Location"] == edit
    assert "Motivul opririi" in told(response)
    kept = Page.objects.get(pk=page.pk)
    assert (kept.title, newest(kept).title) == ("Despre noi", "Oprit")
    assert kept.workflow_in_progress


def test_a_program_that_approves_is_refused_too(page: Any, image: Image, roles: Any) -> None:
    made = draft(page, figure(image))
    state = submit(made, make_user("autor", "Marketing"))
    moderator = make_user("moderator", "Moderator")
    with pytest.raises(PublishingRefused):
        state.task.specific.on_action(state, moderator, "approve")


def test_sending_back_is_never_stopped(page: Any, image: Image, roles: Any) -> None:
    state = submit(draft(page, figure(image)), make_user("autor", "Marketing"))
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "reject", state.pk])
    login("Moderator").post(address, {"comment": "Descrieți imaginea."})
    state.refresh_from_db()
    assert state.status == TaskState.STATUS_REJECTED


def test_the_reviewer_is_told_above_the_editor(page: Any, image: Image, roles: Any) -> None:
    submit(draft(page, figure(image)), make_user("autor", "Marketing"))
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert reverse("page_preflight", args=[page.pk]) in told(login("Moderator").get(edit))


# -- many at once, and translations ------------------------------------------------------------------------------------


def test_bulk_publishing_is_all_or_nothing(home: Any, page: Any, image: Image, roles: Any) -> None:
    good = StandardPageFactory(parent=home, slug="bun", live=False, title="Bun")
    child = StandardPageFactory(parent=good, slug="copil", live=False, title="Copil")
    draft(child, figure(image))
    client = login("Moderator")
    base = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    address = f"{base}?id={good.pk}&id={page.pk}"
    response = client.post(address, {"include_descendants": "on"})
    assert "Copil" in told(response)
    assert not Page.objects.get(pk=good.pk).live
    client.post(address)
    assert Page.objects.get(pk=good.pk).live
    assert not Page.objects.get(pk=child.pk).live


def translated(page: Any) -> Any:
    """The Hungarian draft of a page, kept by wagtail-localize."""
    page.get_parent().copy_for_translation(Locale.objects.get(language_code="hu"))
    source, _made = TranslationSource.update_or_create_from_instance(
        StandardPage.objects.get(pk=page.pk)
    )
    translation = Translation.objects.create(
        source=source, target_locale=Locale.objects.get(language_code="hu")
    )
    translation.save_target(publish=False)
    return translation.get_target_instance()


def test_a_translation_is_stopped(page: Any, image: Image, roles: Any) -> None:
    draft(page, figure(image)).save_revision(clean=False).publish()
    target = translated(page)
    client = login("Moderator")
    edit = reverse("wagtailadmin_pages:edit", args=[target.pk])
    response = client.post(edit, {"action": "publish"})
    assert response["Location"] == edit
    assert reverse("page_preflight", args=[target.pk]) in told(response)
    target.refresh_from_db()
    assert not target.live


def test_syncing_translations_publishes_only_for_those_who_may(
    page: Any, roles: Any, django_capture_on_commit_callbacks: Any
) -> None:
    target = translated(page)
    source = TranslationSource.objects.get()
    address = reverse("wagtail_localize:update_translations", args=[source.pk])
    data = {"publish_translations": "on"}
    with django_capture_on_commit_callbacks(execute=True):
        for role in ("Partnership editor", "Marketing"):
            response = login(role).post(address, data)
            assert response.status_code in {302, 403}
    assert not Page.objects.get(pk=target.pk).live
    with django_capture_on_commit_callbacks(execute=True):
        login("Moderator").post(address, data)
    assert Page.objects.get(pk=target.pk).live


def test_syncing_translations_is_stopped(
    page: Any, image: Image, roles: Any, django_capture_on_commit_callbacks: Any
) -> None:
    target = translated(page)
    draft(page, figure(image)).save_revision(clean=False).publish()
    source = TranslationSource.objects.get()
    before = source.last_updated_at
    address = reverse("wagtail_localize:update_translations", args=[source.pk])
    with django_capture_on_commit_callbacks(execute=True):
        response = login("Moderator").post(address, {"publish_translations": "on"})
    assert response["Location"] == address
    assert reverse("page_preflight", args=[target.pk]) in told(response)
    source.refresh_from_db()
    assert source.last_updated_at == before
    assert not Page.objects.get(pk=target.pk).live


def test_programs_publish_unasked(page: Any, image: Image) -> None:
    """Imports and the demonstration: nobody would read a refusal."""
    draft(page, figure(image)).save_revision(clean=False).publish()
    assert StandardPage.objects.get(pk=page.pk).body
