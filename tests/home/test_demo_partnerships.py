"""The demo's partnerships, strategy and plans: what they must show, in three languages, and that they are made up."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import yaml
from django.test import Client
from django.utils import timezone

from campaigns.enums import Level, Standing
from campaigns.models import EventObjective, Objective, PartnershipPage, PlanRow, PlanYear
from contacts.models import Organisation
from home.demo.translations import texts_in
from home.management.commands.load_demo import DEMO
from registry.models import PetitionPage
from tests.demo_rows import load_demo
from tests.partnerships.partnership_site import soup_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]
CONTENT: dict[str, Any] = yaml.safe_load((DEMO / "partnerships.yaml").read_text(encoding="utf-8"))


def test_every_standing_and_level_is_there_in_three_languages() -> None:
    today = timezone.localdate()
    pages = PartnershipPage.objects.filter(locale__language_code="ro")
    standings = Counter(page.standing(today) for page in pages)
    assert len(pages) == 8
    assert set(standings) == set(Standing)
    assert {page.level for page in pages} == set(Level.values)
    for page in pages:
        assert page.get_translations(inclusive=True).live().count() == 3
        assert all(page.parties.all())


def test_partners_are_made_up() -> None:
    for organisation in Organisation.objects.all():
        assert "demo" in str(organisation.name).lower()
        assert organisation.url.startswith("https://example.org/")
        assert bool(organisation.logo_id) == bool(organisation.logo_alt)
        organisation.full_clean()
    for page in PartnershipPage.objects.filter(locale__language_code="ro"):
        assert page.decision_number.startswith("Demo")
    for objective in Objective.objects.all():
        assert objective.title["ro"].startswith("Exemplu")
        assert objective.title["en"].startswith("Example")


def test_every_text_is_written_in_three_languages_with_comma_below() -> None:
    texts = list(texts_in(CONTENT))
    assert len(texts) > 100
    for text in texts:
        assert all(text[code].strip() for code in ("ro", "en", "hu")), text
        assert not set("şţŞŢ") & set(text["ro"]), text


def test_events_are_tagged_and_plans_have_rows() -> None:
    assert EventObjective.objects.count() > 20
    assert Objective.objects.filter(event_links__isnull=False).distinct().count() >= 8
    year = timezone.localdate().year
    assert list(PlanYear.objects.order_by("year").values_list("year", flat=True)) == [
        year,
        year + 1,
    ]
    for plan in PlanYear.objects.all():
        assert plan.rows.count() == 12
        for row in plan.rows.all():
            row.full_clean()
    assert PlanRow.objects.filter(plan__year=year, event_page__isnull=False).count() >= 10


def test_call_leads_to_the_registers_own_form(client: Client) -> None:
    for address, form in (
        ("/ro/parteneriate/apel-la-parteneri/", "/ro/propunere-de-parteneriat/"),
        ("/en/partnerships/call-for-partners/", "/en/partnership-proposal/"),
        ("/hu/partnersegek/partnerfelhivas/", "/hu/partnersegi-javaslat/"),
    ):
        assert soup_of(client, address).select_one("main .btn")["href"] == form
        soup = soup_of(client, form)
        kinds = [tag["value"] for tag in soup.select("input[name=kind]")]
        assert kinds == ["parteneriat"]
        # Followed where everything is followed.
        assert soup.select_one("[aria-labelledby=sent-already] a")["href"]
    general = soup_of(client, "/ro/petitii/").select("input[name=kind]")
    assert "parteneriat" not in {tag["value"] for tag in general}
    assert PetitionPage.objects.filter(locale__language_code="ro").count() == 2


def test_second_run_changes_nothing() -> None:
    def rows() -> list[Any]:
        return [
            list(model.objects.order_by("pk").values())
            for model in (PartnershipPage, Organisation, Objective, EventObjective, PlanRow)
        ]

    before = rows()
    load_demo()
    assert rows() == before
