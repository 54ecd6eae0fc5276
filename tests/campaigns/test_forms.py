"""The editor of a campaign: drafts half filled, what publishing asks for, keys and short links."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from campaigns.codes import ALPHABET, LENGTH, free_key, new_code
from campaigns.enums import Stage
from campaigns.models import CampaignPage, NewsPage
from campaigns.services import newest
from locations.models.place import validate_key
from tests.admin_forms import AdminForm, codes, errors
from tests.campaigns.campaign_site import CampaignSite
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PUBLISH = {"action-publish": "action-publish"}


@pytest.fixture
def editor(site: CampaignSite) -> Client:
    client = Client()
    client.force_login(make_user("administrator", superuser=True))
    return client


def opened(client: Client, view: str, *args: Any) -> AdminForm:
    """A page's form; the script that builds the body has not run, so its number of blocks is told."""
    form = AdminForm(client, reverse(f"wagtailadmin_pages:{view}", args=args))
    form.data["body-count"] = "0"
    return form


def add_form(client: Client, parent: Any, model: str = "campaignpage") -> AdminForm:
    return opened(client, "add", "campaigns", model, parent.pk)


def edit_form(client: Client, page: Any) -> AdminForm:
    return opened(client, "edit", page.pk)


def an_image() -> Any:
    return get_image_model().objects.create(title="Poză", file=get_test_image_file())


# -- drafts ----------------------------------------------------------------------------------------------------------


def test_a_title_is_enough_for_a_draft(editor: Client, site: CampaignSite) -> None:
    add_form(editor, site.campaigns).save(title="Lumină în cartier", slug="lumina-in-cartier")
    page = CampaignPage.objects.get(title="Lumină în cartier")
    assert (page.live, page.stage, page.key) == (False, "brief", "lumina-in-cartier")


def test_a_draft_may_lack_the_images_description(editor: Client, site: CampaignSite) -> None:
    page = site.campaign(languages="")
    edit_form(editor, page).save(image=str(an_image().pk), image_alt="")
    assert newest(page).image is not None
    assert not CampaignPage.objects.get(pk=page.pk).image


def test_an_archived_draft_may_be_half_filled(editor: Client, site: CampaignSite) -> None:
    page = site.campaign(languages="", stage=Stage.ARCHIVED, evaluation="A adus mult.")
    edit_form(editor, page).save(evaluation="")
    assert newest(page).evaluation == ""


def test_dates_that_cannot_be_are_refused_in_drafts_too(editor: Client, site: CampaignSite) -> None:
    form = edit_form(editor, site.campaign(languages=""))
    response = form.send(starts_on="2026-12-02", ends_on="2026-12-01")
    assert "ends_on" in errors(response)


def test_the_stage_is_no_field(editor: Client, site: CampaignSite) -> None:
    page = site.campaign(languages="")
    form = edit_form(editor, page)
    assert "stage" not in form.names()
    form.save(stage="archived", **PUBLISH)
    assert CampaignPage.objects.get(pk=page.pk).stage == "live"


def test_the_panel_leads_to_the_moves(editor: Client, site: CampaignSite) -> None:
    page = site.campaign(languages="")
    form = edit_form(editor, page)
    steps = form.soup.select(".campaign-stage__line li")
    assert [step.get("aria-current") for step in steps] == [None, None, "step", None, None]
    links = {link["href"] for link in form.soup.select(".campaign-stage__moves a")}
    assert reverse("campaigns_move", args=[page.pk, "close"]) in links


# -- publishing ------------------------------------------------------------------------------------------------------


def test_publishing_asks_for_the_images_description(editor: Client, site: CampaignSite) -> None:
    page = site.campaign(languages="")
    form = edit_form(editor, page)
    image = str(an_image().pk)
    response = form.send(image=image, image_alt=" ", **PUBLISH)
    assert "image_alt" in errors(response)
    form.save(image=image, image_alt="Felinare pe pod.", **PUBLISH)
    assert CampaignPage.objects.get(pk=page.pk).image_alt == "Felinare pe pod."


def test_publishing_an_archived_campaign_asks_for_its_evaluation(
    editor: Client, site: CampaignSite
) -> None:
    page = site.campaign(languages="", stage=Stage.ARCHIVED, evaluation="A adus mult.")
    response = edit_form(editor, page).send(evaluation="", **PUBLISH)
    assert "evaluation" in errors(response)


def test_news_with_an_image_ask_for_its_description(editor: Client, site: CampaignSite) -> None:
    form = add_form(editor, site.news, "newspage")
    values = {"title": "Știre", "slug": "stire", "image": str(an_image().pk)}
    response = form.send(**values, **PUBLISH)
    assert "image_alt" in errors(response)
    form.save(**values, image_alt="O poză.", **PUBLISH)
    page = NewsPage.objects.get(title="Știre")
    assert page.live
    assert str(page.published_on) == "2026-11-23"


# -- keys ------------------------------------------------------------------------------------------------------------


def test_a_key_is_one_campaigns_alone(editor: Client, site: CampaignSite) -> None:
    site.campaign(languages="", title="Prima campanie", key="lumina-2026")
    form = add_form(editor, site.campaigns)
    response = form.send(title="A doua", slug="a-doua", key="lumina-2026")
    assert "Prima campanie" in str(errors(response)["key"])


def test_a_key_that_is_made_is_nobody_elses(editor: Client, site: CampaignSite) -> None:
    site.campaign(languages="", slug="una", key="lumina")
    add_form(editor, site.campaigns).save(title="Lumina", slug="lumina")
    assert CampaignPage.objects.get(slug="lumina").key == "lumina-2"


def test_a_key_of_a_draft_is_taken_too(editor: Client, site: CampaignSite) -> None:
    page: Any = site.campaign(languages="", title="Prima campanie", key="lumina")
    page.key = "primavara"
    page.save_revision()
    assert CampaignPage.objects.get(pk=page.pk).key == "lumina"
    form = add_form(editor, site.campaigns)
    response = form.send(title="A doua", slug="a-doua", key="primavara")
    assert "Prima campanie" in str(errors(response)["key"])
    # Nor is it published by a way that has no form.
    other: Any = site.campaign(languages="", slug="alta", key="alta")
    CampaignPage.objects.filter(pk=page.pk).update(key="primavara")
    other.key = "primavara"
    with pytest.raises(ValidationError) as refused:
        other.full_clean()
    assert set(refused.value.error_dict) == {"key"}


@pytest.mark.parametrize(
    ("slug", "key"), [("zile_cluj", "zile-cluj"), ("Zile--2026", "zile-2026"), ("_", "campanie")]
)
def test_a_key_that_is_made_of_an_address_is_one(slug: str, key: str) -> None:
    page = CampaignPage(slug=slug)
    assert free_key(page) == key
    validate_key(key)


def test_a_key_stays_once_it_was_published(editor: Client, site: CampaignSite) -> None:
    page = site.campaign(languages="", key="lumina")
    edit_form(editor, page).save(key="alta", **PUBLISH)
    assert CampaignPage.objects.get(pk=page.pk).key == "lumina"


# -- short links -----------------------------------------------------------------------------------------------------


def row(name: str, code: str = "") -> dict[str, str]:
    return {"kind": "poster", "name": name, "code": code}


def test_a_short_link_is_made_where_none_is_typed(editor: Client, site: CampaignSite) -> None:
    page = site.campaign(languages="")
    form = edit_form(editor, page)
    form.add_row("channels", **row("afișe"))
    form.add_row("channels", **row("radio"))
    form.save()
    made = [channel.code for channel in newest(page).channels.all()]
    assert len(set(made)) == 2
    assert all(len(code) == LENGTH and set(code) <= set(ALPHABET) for code in made)


def test_it_stays_when_the_draft_is_saved_again(editor: Client, site: CampaignSite) -> None:
    page = site.campaign(languages="")
    form = edit_form(editor, page)
    form.add_row("channels", **row("afișe"))
    form.save()
    first = newest(page).channels.get().code
    edit_form(editor, page).save()
    edit_form(editor, page).save(**PUBLISH)
    assert CampaignPage.objects.get(pk=page.pk).channels.get().code == first


def test_autosave_writes_it_into_the_open_form(editor: Client, site: CampaignSite) -> None:
    page = site.campaign(languages="")
    form = edit_form(editor, page)
    number = form.add_row("channels", **row("afișe"))
    response = form.client.post(form.address, form.data, headers={"Accept": "application/json"})
    updates = response.json()["field_updates"]
    assert updates[f"channels-{number}-code"] == newest(page).channels.get().code


def test_the_same_short_link_twice_is_refused(editor: Client, site: CampaignSite) -> None:
    form = edit_form(editor, site.campaign(languages=""))
    form.add_row("channels", **row("afișe", "lumina"))
    form.add_row("channels", **row("radio", "lumina"))
    assert "channels-1-code" in errors(form.send())


@pytest.mark.parametrize("published", [True, False])
def test_a_short_link_of_another_campaign_is_refused_with_its_name(
    editor: Client, site: CampaignSite, published: bool
) -> None:
    if published:
        site.campaign(languages="en", slug="prima", title="Prima campanie", channels=["lumina"])
    else:
        form = add_form(editor, site.campaigns)
        form.add_row("channels", **row("afișe", "lumina"))
        form.save(title="Prima campanie", slug="prima")
    form = edit_form(editor, site.campaign(languages="", slug="a-doua"))
    form.add_row("channels", **row("afișe", "lumina"))
    assert "Prima campanie" in str(errors(form.send())["channels-0-code"])


@pytest.mark.parametrize("code", ["ab", "a" * 13, "Lumina", "cu spațiu", "a_b", "ă-b-c"])
def test_short_links_that_cannot_be_are_refused(
    editor: Client, site: CampaignSite, code: str
) -> None:
    form = edit_form(editor, site.campaign(languages=""))
    form.add_row("channels", **row("afișe", code))
    assert "channels-0-code" in codes(form.send())


def test_new_codes_are_none_of_the_taken() -> None:
    taken = {new_code(()) for _n in range(200)}
    assert new_code(taken) not in taken


def test_a_copy_has_its_own_key_and_short_links(site: CampaignSite) -> None:
    page = site.campaign(
        languages="", channels=["lumina"], evaluation="A adus mult.", stage=Stage.CLOSED
    )
    copy: Any = page.copy(update_attrs={"slug": "copia"}, keep_live=False)
    assert (copy.stage, copy.evaluation, copy.channels.count()) == ("brief", "", 0)
    assert copy.key != page.key


# -- translations ----------------------------------------------------------------------------------------------------


def test_a_translation_has_no_facts_to_edit(site: CampaignSite) -> None:
    from campaigns.forms import CampaignPageForm

    page: Any = site.campaign(languages="en", channels=["lumina"]).get_translations().first()
    with override("ro"):
        form_class = page.specific.edit_handler.bind_to_model(CampaignPage).get_form_class()
    form = form_class(instance=page.specific, for_user=make_user("x", superuser=True))
    assert isinstance(form, CampaignPageForm)
    assert {"starts_on", "key", "department", "evaluation", "image"} & set(form.fields) == set()
    assert form.formsets == {} or "channels" not in form.formsets
    assert {"title", "summary", "body", "press", "image_alt"} <= set(form.fields)
