"""Loads the demo's partnerships, strategy and promotion plans. Creates what is missing, changes nothing that is there.

Pages are found again by their translation key, as events are; snippets by their keys, plans by their year.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from wagtail.models import Collection, Page

from campaigns.models import (
    CampaignPage,
    EventObjective,
    Objective,
    PartnerCallPage,
    PartnershipPage,
    PartnershipParty,
    PlanRow,
    PlanYear,
    StrategyEdition,
)
from cms.models import BasePage
from cms.multilingual import LocalizedText
from contacts.models import Organisation
from events.models import Event, EventPage
from home.demo.events import demo_key
from home.demo.indexes import indexed_once
from home.demo.logos import logo
from home.demo.pages import DemoTree, paragraphs
from home.demo.translations import catalogue, translate_page
from home.roles import PARTNERS_FILES
from registry.defaults import PARTNER_PROPOSAL
from registry.models import EntryKind, PetitionPage, Register

Data = dict[str, Any]


# -- strategy ----------------------------------------------------------------------------------------------------------


def load_strategy(content: Data) -> dict[str, Objective]:
    """The editions and their objectives, by "edition/code"; the events that exist are tagged when one is created."""
    events = {event.key: event for event in Event.objects.all()}
    found = {}
    for item in content["editions"]:
        first, last = item["years"]
        edition, _ = StrategyEdition.objects.get_or_create(
            key=item["key"],
            defaults={
                "name": LocalizedText(item["name"]),
                "first_year": first,
                "last_year": last,
            },
        )
        for order, row in enumerate(item["objectives"], start=1):
            objective, created = Objective.objects.get_or_create(
                edition=edition,
                code=row["code"],
                defaults={
                    "title": LocalizedText(row["title"]),
                    "description": LocalizedText(row["description"]),
                    "sort_order": order * 10,
                },
            )
            found[f"{edition.key}/{objective.code}"] = objective
            for key in row["events"] if created else ():
                if event := events.get(demo_key("events", key)):
                    EventObjective.objects.get_or_create(event=event, objective=objective)
    return found


# -- partnerships ------------------------------------------------------------------------------------------------------


def load_partners(content: Data) -> dict[str, Organisation]:
    """All organisations by key, those of this file created where they are missing."""
    for item in content["organisations"]:
        if Organisation.objects.filter(key=item["key"]).exists():
            continue
        mark = item.get("logo")
        Organisation.objects.create(
            key=item["key"],
            name=LocalizedText(item["name"]),
            kind=item.get("kind", Organisation.Kind.PARTNER),
            country=item.get("country", "RO"),
            url=item["url"],
            logo=logo(item["key"], mark, _collection()) if mark else None,
            logo_alt=LocalizedText(mark["alt"]) if mark else LocalizedText(),
        )
    return {row.key: row for row in Organisation.objects.all()}


def _collection() -> Collection:
    """Where the partnership editor keeps files; made with the roles, unless those come later."""
    root = Collection.get_first_root_node()
    found = root.get_children().filter(name=PARTNERS_FILES).first()
    return found or root.add_child(instance=Collection(name=PARTNERS_FILES))


def load_partnerships(
    tree: DemoTree, content: Data, objectives: dict[str, Objective], today: date
) -> None:
    """The agreements below their index, dated from `today` (a local date), the call for partners and its form."""
    partners = load_partners(content)
    index = Page.objects.get(pk=tree.page("partnerships").pk)
    known = set(PartnershipPage.objects.values_list("translation_key", flat=True))
    with indexed_once():
        for item in content["partnerships"]:
            if demo_key("partnerships", item["key"]) in known:
                continue
            page: Any = _partnership(tree, item, today)
            index.add_child(instance=page)
            page.objectives = [objectives[name] for name in item["objectives"]]
            page.parties = [
                PartnershipParty(sort_order=order, organisation=partners[key])
                for order, key in enumerate(item["parties"])
            ]
            _publish(tree, page, item)
        _load_call(tree, content, index)


def _publish(tree: DemoTree, page: BasePage, item: Data) -> None:
    page.save_revision().publish()
    page.refresh_from_db()
    translate_page(page, catalogue(item), item["slug"], tree.targets)


def _common(tree: DemoTree, item: Data, key: str) -> Data:
    """What every page has that is made here, unsaved and not public yet."""
    return {
        "translation_key": demo_key("partnerships", key),
        "locale": tree.source,
        "live": False,
        "has_unpublished_changes": True,
        "title": item["title"]["ro"],
        "slug": item["slug"]["ro"],
        "summary": item["summary"]["ro"],
        "search_description": item["summary"]["ro"],
    }


def _partnership(tree: DemoTree, item: Data, today: date) -> PartnershipPage:
    month = today.replace(day=1)
    starts_on = month + relativedelta(months=item["starts"])
    ends_on = None
    if "ends" in item:
        ends_on = month + relativedelta(months=item["ends"] + 1) - timedelta(days=1)
    elif "ends_in_days" in item:
        ends_on = today + timedelta(days=item["ends_in_days"])
    decided_on = starts_on - timedelta(days=12)
    return PartnershipPage(
        **_common(tree, item, item["key"]),
        body=tree.blocks(item["body"]),
        level=item["level"],
        field=item["field"],
        decision_number=f"Demo {decided_on.month}/{decided_on.year}",
        decision_date=decided_on,
        starts_on=starts_on,
        ends_on=ends_on,
        department=tree.departments[item["department"]],
    )


def _load_call(tree: DemoTree, content: Data, index: Page) -> None:
    """The call and, before it, the form that it leads to."""
    item = content["form"]
    form = PetitionPage.objects.filter(
        translation_key=demo_key("partnerships", "form"), locale=tree.source
    ).first()
    if form is None:
        form = PetitionPage(
            **_common(tree, item, "form"),
            introduction=paragraphs(item["introduction"]),
            register=Register.objects.get(key="general"),
        )
        Page.objects.get(pk=index.pk).get_parent().add_child(instance=form)
        form.kinds = list(EntryKind.objects.filter(key=PARTNER_PROPOSAL))
        form.departments = [tree.departments[key] for key in item["departments"]]
        _publish(tree, form, item)
    key = demo_key("partnerships", "call")
    if not PartnerCallPage.objects.filter(translation_key=key).exists():
        item = content["call"]
        call = PartnerCallPage(
            **_common(tree, item, "call"),
            body=tree.blocks(item["body"]),
            form_page=Page.objects.get(pk=form.pk),
        )
        Page.objects.get(pk=index.pk).add_child(instance=call)
        _publish(tree, call, item)


# -- plans -------------------------------------------------------------------------------------------------------------


def load_plans(
    tree: DemoTree, content: Data, objectives: dict[str, Objective], today: date
) -> None:
    """The plans of this year and the next, each whole or not at all."""
    events = {page.translation_key: page for page in EventPage.objects.filter(locale=tree.source)}
    campaigns = {
        page.key: page for page in CampaignPage.objects.filter(locale=tree.source).exclude(key="")
    }
    first = content["plans"][0]["rows"]
    for item in content["plans"]:
        plan, created = PlanYear.objects.get_or_create(
            year=today.year + item["year"],
            defaults={"is_public": True, "note": LocalizedText(item["note"])},
        )
        if not created:
            continue
        # What was copied from the year before has no campaign and no event yet.
        copied = [
            {k: v for k, v in first[number].items() if k not in ("event", "campaign")}
            for number in item.get("copied", ())
        ]
        for order, row in enumerate([*copied, *item["rows"]]):
            PlanRow.objects.create(
                plan=plan,
                sort_order=order,
                title=LocalizedText(row["title"]),
                first_month=row["months"][0],
                last_month=row["months"][1],
                objective=objectives[row["objective"]],
                department=tree.departments[row["department"]],
                budget=row["budget"],
                channels=row["channels"],
                event_page=events.get(demo_key("events", row.get("event", ""))),
                campaign=campaigns.get(row.get("campaign", "")),
            )
