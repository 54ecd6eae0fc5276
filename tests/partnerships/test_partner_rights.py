"""What the partnership editor may do: her part of the tree and the partners, and nothing else of Wagtail's admin.

The addresses come from Wagtail's own lists, so that a view which a later version adds is asked as well. What is not
hers carries a word that no answer may hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse
from wagtail.admin.urls import pages as page_urls
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import (
    Collection,
    GroupPagePermission,
    Locale,
    Page,
    Task,
    Workflow,
    WorkflowTask,
)
from wagtail.models import WorkflowPage as WorkflowOfPage
from wagtail_localize.models import Translation, TranslationSource

from campaigns.models import (
    Objective,
    PartnershipIndexPage,
    PartnershipPage,
    PlanYear,
    StrategyEdition,
)
from cms.models import Alert
from contacts.models import Department, Organisation, Person, Post
from home.roles import PARTNERS_FILES, sync_roles
from tests.admin_forms import AdminForm, add, edit
from tests.factories import (
    AlertFactory,
    DepartmentFactory,
    EventPageFactory,
    OrganisationFactory,
    PersonFactory,
    StandardPageFactory,
    make_user,
    text,
)
from tests.partnerships.partnership_site import (
    PartnershipSite,
    add_campaign,
    add_partnership,
    version,
)
from tests.remembered import remembered_fixture

pytestmark = pytest.mark.django_db
SECRET = "Zgrunțuros"
ROLE = "Partnership editor"


@dataclass
class Foreign:
    """Pages that are not hers: drafts, and one with its own restriction."""

    draft: Any
    event: Any
    campaign: Any
    revision: Any
    task: Any

    @property
    def pages(self) -> list[Any]:
        return [self.draft, self.event, self.campaign]


@remembered_fixture
def foreign(site: PartnershipSite) -> Foreign:
    draft = StandardPageFactory(
        parent=site.home, title=f"{SECRET} ciornă", slug="ciorna", summary=SECRET, live=False
    )
    draft.summary = f"{SECRET} încă"
    revision = draft.save_revision(user=make_user("coleg", superuser=True))
    event = EventPageFactory(parent=site.calendar, title=f"{SECRET} eveniment", live=False)
    campaign = add_campaign(site, f"{SECRET} campanie", live=False)
    workflow = Workflow.objects.create(name="Aprobare")
    task = Task.objects.create(name="Aprobare")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowOfPage.objects.create(workflow=workflow, page=Page.objects.get(pk=draft.pk))
    return Foreign(draft, event, campaign, revision, task)


@pytest.fixture
def editor(site: PartnershipSite) -> Client:
    sync_roles()
    client = Client()
    client.force_login(make_user("parteneriate", ROLE))
    return client


def patterns() -> Iterator[tuple[str, URLPattern]]:
    for pattern in page_urls.urlpatterns:
        yield pattern.name, pattern


def arguments(name: str, page: Any, foreign: Foreign, site: PartnershipSite) -> dict[str, Any]:
    """What the address called `name` of `page` is made of."""
    return {
        "page_id": page.pk,
        "pk": page.pk,
        "parent_page_id": page.get_parent().pk if name.startswith("add") else page.pk,
        "page_to_move_id": page.pk,
        "destination_id": site.partnerships.pk,
        "revision_id": foreign.revision.pk,
        "revision_id_a": "earliest",
        "revision_id_b": "latest",
        "content_type_app_name": page._meta.app_label,
        "content_type_model_name": page._meta.model_name,
        "app_label": page._meta.app_label,
        "model_name": page._meta.model_name,
        "action_name": "approve",
        "task_state_id": 1,
        "task_id": foreign.task.pk,
        "workflow_state_id": 1,
    }


# Lists and searches, which answer with what the asker may see; each is looked into below.
OPEN = {"search", "search_results", "type_use", "type_use_results"}
# Leads on to the history, which is asked itself.
LEADS_ON = {"revisions_index"}
# Of these the address holds no page.
OF_TYPES = {"choose_parent"}


def refused(response: Any) -> bool:
    """Sent away: forbidden, not found, another method, or back to the admin's home page."""
    home = reverse("wagtailadmin_home")
    return response.status_code in {403, 404, 405} or (
        response.status_code == 302 and response["Location"] == home
    )


NAMES = sorted({name for name, _pattern in patterns()} - OPEN - OF_TYPES - LEADS_ON)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", NAMES)
def test_no_view_of_a_page_opens_what_is_not_hers(
    editor: Client, foreign: Foreign, site: PartnershipSite, name: str, method: str
) -> None:
    before = {page.pk: page.latest_revision_id for page in Page.objects.all()}
    asked = 0
    for page in foreign.pages:
        values = arguments(name, page, foreign, site)
        for pattern_name, pattern in patterns():
            if pattern_name != name:
                continue
            wanted = pattern.pattern.converters or dict.fromkeys(
                ("pk", "revision_id_a", "revision_id_b")
            )
            kwargs = {key: values[key] for key in wanted}
            address = reverse(f"wagtailadmin_pages:{name}", kwargs=kwargs)
            response = getattr(editor, method)(
                address,
                {"new_parent_page": site.partnerships.pk, "title": "Al meu", "slug": "al-meu"},
            )
            assert refused(response), (name, method, response.status_code)
            assert SECRET not in response.content.decode()
            asked += 1
    assert asked
    assert {page.pk: page.latest_revision_id for page in Page.objects.all()} == before


@pytest.mark.parametrize("name", sorted(OPEN))
def test_lists_do_not_name_what_is_not_hers(editor: Client, foreign: Foreign, name: str) -> None:
    for page in foreign.pages:
        kwargs = (
            {}
            if name.startswith("search")
            else {
                "content_type_app_name": page._meta.app_label,
                "content_type_model_name": page._meta.model_name,
            }
        )
        response = editor.get(
            reverse(f"wagtailadmin_pages:{name}", kwargs=kwargs), {"q": SECRET.lower()}
        )
        assert refused(response) or f"{SECRET} " not in response.content.decode()


def test_explorer_shows_the_way_to_her_part_alone(
    editor: Client, foreign: Foreign, site: PartnershipSite
) -> None:
    for suffix in ("", "_results"):
        for page in (site.home, site.calendar, foreign.campaign.get_parent(), foreign.draft):
            response = editor.get(reverse(f"wagtailadmin_explore{suffix}", args=[page.pk]))
            assert refused(response) or SECRET not in response.content.decode()
    response = editor.get(reverse("wagtailadmin_explore", args=[site.home.pk]))
    html = response.content.decode()
    assert "Parteneriate" in html
    assert "Evenimente" not in html.partition("<main")[2]
    response = editor.get(reverse("wagtailadmin_explore_root"))
    assert SECRET not in response.content.decode()


BULK = sorted(
    action.action_type
    for action in bulk_action_registry.get_bulk_actions_for_model("wagtailcore", "page")
)


def test_bulk_actions_are_all_asked() -> None:
    ours = {"cancel_events", "tag_events"}
    assert {"delete", "move", "publish", "unpublish", *ours} <= set(BULK)


@pytest.mark.parametrize("action", BULK)
def test_bulk_actions_neither_name_nor_touch_what_is_not_hers(
    editor: Client, foreign: Foreign, site: PartnershipSite, action: str
) -> None:
    base = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
    ids = "&".join(f"id={page.pk}" for page in foreign.pages)
    before = list(Page.objects.order_by("pk").values_list("pk", "path", "live"))
    for query in (ids, f"id=all&childOf={site.home.pk}", f"id=all&childOf={site.calendar.pk}"):
        assert SECRET not in editor.get(f"{base}?{query}").content.decode()
        response = editor.post(
            f"{base}?{query}",
            {
                "chooser": site.partnerships.pk,
                "move_applicable": "on",
                "include_descendants": "on",
                "reason_0": "Așa",
                "how": "add",
            },
            follow=True,
        )
        assert SECRET not in response.content.decode()
    assert list(Page.objects.order_by("pk").values_list("pk", "path", "live")) == before


def test_nothing_of_hers_moves_or_is_copied_to_others(
    editor: Client, foreign: Foreign, site: PartnershipSite
) -> None:
    page = add_partnership(site, "Acord")
    for destination in (site.home, site.calendar, foreign.draft):
        response = editor.post(
            reverse("wagtailadmin_pages:move_confirm", args=[page.pk, destination.pk])
        )
        assert refused(response)
        response = editor.post(
            reverse("wagtailadmin_pages:copy", args=[page.pk]),
            {"new_title": "Copie", "new_slug": "copie", "new_parent_page": destination.pk},
        )
        assert not Page.objects.filter(slug="copie").exists()
        assert SECRET not in response.content.decode()
    assert Page.objects.get(pk=page.pk).get_parent().pk == site.partnerships.pk


def test_choosers_and_the_admins_api_name_no_drafts_of_others(
    editor: Client, foreign: Foreign, site: PartnershipSite
) -> None:
    addresses = [
        reverse("wagtailadmin_choose_page"),
        *(
            reverse("wagtailadmin_choose_page_child", args=[page.pk])
            for page in (site.home, site.calendar, foreign.campaign.get_parent(), foreign.draft)
        ),
        f"{reverse('wagtailadmin_choose_page_search')}?q={SECRET}",
        f"{reverse('wagtailadmin_choose_page_search')}?q=ciornă",
        "/admin/api/main/pages/?limit=20",
        f"/admin/api/main/pages/?search={SECRET}",
        f"/admin/api/main/pages/?child_of={site.home.pk}&for_explorer=1",
        f"/admin/api/main/pages/{foreign.draft.pk}/",
        *(
            reverse(f"wagtailadmin_choose_page_{kind}_link")
            for kind in ("external", "email", "phone", "anchor")
        ),
    ]
    for address in addresses:
        response = editor.get(address)
        assert refused(response) or response.status_code == 200, (address, response.status_code)
        assert SECRET not in response.content.decode().replace(f"q={SECRET}", ""), address


def test_public_pages_can_be_linked(editor: Client, site: PartnershipSite) -> None:
    StandardPageFactory(parent=site.home, title="Despre noi", slug="despre")
    address = reverse("wagtailadmin_choose_page_child", args=[site.home.pk])
    assert "Despre noi" in editor.get(address).content.decode()


def test_the_admins_home_reports_and_menu_tell_nothing(editor: Client, foreign: Foreign) -> None:
    home = editor.get(reverse("wagtailadmin_home")).content.decode()
    assert SECRET not in home
    for name in (
        "event_listing:index",
        "wagtailsnippets_campaigns_planyear:list",
        "wagtailsnippets_campaigns_objective:list",
        "wagtailsnippets_cms_alert:list",
        "wagtailsnippets_contacts_department:list",
    ):
        assert f'"{reverse(name)}"' not in home, name
    assert f'"{reverse("wagtailsnippets_contacts_organisation:list")}"' in home
    # Of the reports, the one that is refused is not offered, to her and to nobody else.
    report = reverse("wagtailadmin_reports:page_types_usage")
    assert report not in home
    assert reverse("wagtailadmin_reports:aging_pages") in home
    moderator = Client()
    moderator.force_login(make_user("moderator-2", "Moderator"))
    assert report in moderator.get(reverse("wagtailadmin_home")).content.decode()
    for name in (
        "wagtailadmin_reports:locked_pages",
        "wagtailadmin_reports:workflow",
        "wagtailadmin_reports:workflow_tasks",
        "wagtailadmin_reports:site_history",
        "wagtailadmin_reports:aging_pages",
        "wagtailadmin_reports:page_types_usage",
        "wagtail_localize:translations_report",
        "wagtail_localize:translations_report_results",
        "event_listing:index",
        "outbox_report",
        "internal_directory",
    ):
        response = editor.get(reverse(name))
        assert refused(response) or SECRET not in response.content.decode(), name


def test_translating_is_for_her_pages(
    editor: Client, foreign: Foreign, site: PartnershipSite, site_tree: Any
) -> None:
    hungarian = Locale.objects.get(language_code="hu")
    source, _ = TranslationSource.update_or_create_from_instance(foreign.draft)
    translation = Translation.objects.create(source=source, target_locale=hungarian)
    translation.save_target(publish=False)
    target = translation.get_target_instance()
    for page in foreign.pages:
        address = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
        for response in (editor.get(address), editor.post(address, {"locales": [hungarian.pk]})):
            assert refused(response)
    for name, argument in (
        ("update_translations", source.pk),
        ("download_pofile", translation.pk),
        ("preview_translation", translation.pk),
        ("stop_translation", translation.pk),
        ("convert_to_alias", target.pk),
    ):
        address = reverse(f"wagtail_localize:{name}", args=[argument])
        for response in (editor.get(address), editor.post(address)):
            assert refused(response) or response.status_code == 405, name
            assert SECRET not in response.content.decode()
    assert not Page.objects.get(pk=target.pk).alias_of_id
    assert (
        Page.objects.filter(locale=hungarian, translation_key=foreign.event.translation_key).count()
        == 0
    )
    own = add_partnership(site, "Acord")
    address = reverse("wagtail_localize:submit_page_translation", args=[own.pk])
    assert editor.get(address).status_code == 200


@pytest.mark.parametrize(
    "model", [Alert, Person, Post, Department, PlanYear, Objective, StrategyEdition]
)
def test_no_other_snippet_opens(editor: Client, site: PartnershipSite, model: Any) -> None:
    AlertFactory(message=text(SECRET), starts_at="2026-01-01T00:00:00Z")
    PersonFactory(family_name=SECRET)
    DepartmentFactory(name=text(SECRET))
    app, name = model._meta.app_label, model._meta.model_name
    for view in ("list", "list_results", "add"):
        response = editor.get(reverse(f"wagtailsnippets_{app}_{name}:{view}"))
        assert refused(response), view
    for instance in model.objects.all():
        for view in ("edit", "delete", "usage", "history", "copy"):
            try:
                address = reverse(f"wagtailsnippets_{app}_{name}:{view}", args=[instance.pk])
            except NoReverseMatch:
                continue
            assert refused(editor.get(address)), view
    for suffix in ("", "1/"):
        response = editor.get(f"/admin/localize/api/snippets/{app}/{name}/{suffix}")
        assert refused(response)


# -- partners --------------------------------------------------------------------------------------------------------


def test_partners_are_hers_to_add_and_change_but_not_to_delete(
    editor: Client, site: PartnershipSite
) -> None:
    organisation = OrganisationFactory()
    name = "wagtailsnippets_contacts_organisation"
    assert editor.get(reverse(f"{name}:list")).status_code == 200
    add(editor, Organisation).save(key="nou", name_ro="Partener nou")
    assert Organisation.objects.filter(key="nou").exists()
    edit(editor, organisation).save(name_ro="Alt nume")
    organisation.refresh_from_db()
    assert organisation.name["ro"] == "Alt nume"
    assert refused(editor.post(reverse(f"{name}:delete", args=[organisation.pk])))
    assert Organisation.objects.filter(pk=organisation.pk).exists()


def test_usage_of_a_partner_does_not_name_pages_of_others(
    editor: Client, foreign: Foreign, site: PartnershipSite
) -> None:
    organisation = OrganisationFactory()
    foreign.event.organiser_organisation = organisation
    foreign.event.save()
    add_partnership(site, "Acord cu partenerul", organisation)
    address = reverse("wagtailsnippets_contacts_organisation:usage", args=[organisation.pk])
    html = editor.get(address).content.decode()
    assert "Acord cu partenerul" in html
    assert SECRET not in html


def test_files_are_kept_apart(editor: Client, site: PartnershipSite) -> None:
    root = Collection.get_first_root_node()
    own = Collection.objects.get(name=PARTNERS_FILES)
    image = Image.objects.create(
        title=f"{SECRET} imagine", file=get_test_image_file(), collection=root
    )
    document = Document.objects.create(title=f"{SECRET} act", file="act.pdf", collection=root)
    logo = Image.objects.create(title="Sigla mea", file=get_test_image_file(), collection=own)
    for kind in ("images", "docs"):
        chooser = "wagtailimages_chooser" if kind == "images" else "wagtaildocs_chooser"
        html = editor.get(reverse(f"{chooser}:choose")).content.decode()
        assert SECRET not in html
        assert ("Sigla mea" in html) is (kind == "images")
    for address in (
        reverse("wagtailimages:index"),
        reverse("wagtaildocs:index"),
    ):
        assert SECRET not in editor.get(address).content.decode()
    for address in (
        reverse("wagtailimages:edit", args=[image.pk]),
        reverse("wagtailimages:image_usage", args=[image.pk]),
        reverse("wagtailimages:delete", args=[image.pk]),
        reverse("wagtailimages_chooser:chosen", args=[image.pk]),
        reverse("wagtaildocs:edit", args=[document.pk]),
        reverse("wagtaildocs:document_usage", args=[document.pk]),
        reverse("wagtaildocs:delete", args=[document.pk]),
    ):
        assert refused(editor.get(address)), address
    assert editor.get(reverse("wagtailimages_chooser:chosen", args=[logo.pk])).status_code == 200
    assert refused(editor.get(reverse("wagtailadmin_collections:index")))


# -- her part --------------------------------------------------------------------------------------------------------


# What the script of a StreamField sends for an empty one.
BODY = {"body-count": "0"}


def test_she_drafts_and_does_not_publish(editor: Client, site: PartnershipSite) -> None:
    address = reverse(
        "wagtailadmin_pages:add", args=["campaigns", "partnershippage", site.partnerships.pk]
    )
    AdminForm(editor, address).save(
        title="Acord nou", slug="acord-nou", starts_on="2026-01-01", **BODY
    )
    page = PartnershipPage.objects.get(slug="acord-nou")
    assert not page.live
    AdminForm(editor, reverse("wagtailadmin_pages:edit", args=[page.pk])).save(
        title="Acord și mai nou", **BODY, **{"action-publish": "action-publish"}
    )
    page.refresh_from_db()
    assert not page.live
    assert page.get_latest_revision_as_object().title == "Acord și mai nou"
    published = add_partnership(site, "Public")
    for view in ("unpublish", "delete", "lock", "set_privacy"):
        response = editor.post(reverse(f"wagtailadmin_pages:{view}", args=[published.pk]))
        assert refused(response), view
    published.refresh_from_db()
    assert published.live


def test_her_part_of_the_tree_is_that_of_every_language(site: PartnershipSite) -> None:
    sync_roles()
    group = Group.objects.get(name=ROLE)

    def languages() -> set[str]:
        held = GroupPagePermission.objects.filter(group=group).select_related("page__locale")
        assert all(row.page.specific_class is PartnershipIndexPage for row in held)
        assert {row.permission.codename for row in held} == {"add_page", "change_page"}
        return {row.page.locale.language_code for row in held}

    assert languages() == {"ro", "en", "hu"}
    PartnershipIndexPage.objects.get(locale__language_code="hu").delete()
    assert languages() == {"ro", "en"}
    # A language that comes later.
    version(site.partnerships, "hu", slug="partnersegek")
    assert languages() == {"ro", "en", "hu"}


def test_what_grows_below_her_part_is_hers(editor: Client, site: PartnershipSite) -> None:
    page = add_partnership(site, "Acord", languages=["en"])
    english = page.get_translation(Locale.objects.get(language_code="en"))
    for own in (page, english, site.partnerships):
        for view in ("edit", "history", "usage", "copy", "view_draft"):
            response = editor.get(reverse(f"wagtailadmin_pages:{view}", args=[own.pk]))
            assert response.status_code == 200, (view, own)


def test_role_gives_no_model_but_the_partners(site: PartnershipSite) -> None:
    sync_roles()
    user = make_user("altcineva", ROLE)
    granted = user.get_all_permissions()
    assert granted == {
        "wagtailadmin.access_admin",
        "wagtail_localize.submit_translation",
        "contacts.add_organisation",
        "contacts.change_organisation",
        "contacts.view_organisation",
    }
