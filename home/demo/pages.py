"""Builds the demo's Romanian page tree from the content file, then has it translated."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils.html import escape
from wagtail.models import Locale, Page, Site

from campaigns.models import (
    CampaignIndexPage,
    NewsIndexPage,
    PartnershipIndexPage,
    PlanPage,
    StrategyPage,
)
from cms.models import BasePage, Menu, MenuItem, SearchPage, StandardPage
from cms.multilingual import LocalizedText
from contacts.models import ContactIndexPage, Department, DepartmentPage, DirectoryPage
from events.models import AgendaPage, EventIndexPage
from home.demo.indexes import indexed_once
from home.demo.translations import catalogue, translate_page
from home.models import HomePage
from locations.models import Location, LocationIndexPage, LocationPage
from registry.models import PetitionPage, Register, TrackingPage

Data = dict[str, Any]

PAGE_TYPES: dict[str, type[BasePage]] = {
    "home": HomePage,
    "contact_index": ContactIndexPage,
    "directory": DirectoryPage,
    "place_index": LocationIndexPage,
    "search": SearchPage,
    "standard": StandardPage,
    "event_index": EventIndexPage,
    "agenda": AgendaPage,
    "campaign_index": CampaignIndexPage,
    "news_index": NewsIndexPage,
    "petition": PetitionPage,
    "tracking": TrackingPage,
    "partnership_index": PartnershipIndexPage,
    "strategy": StrategyPage,
    "plan": PlanPage,
}
# Rich texts of a page besides its body.
RICH_TEXTS = ("introduction", "notice")


class DemoTree:
    """The page tree in the making: pages by kind and key, so that links find them."""

    def __init__(
        self, content: Data, departments: dict[str, Department], places: dict[str, Location]
    ) -> None:
        self.content = content
        self.departments = departments
        self.places = places
        self.pages: dict[tuple[str, str], Page] = {}
        self.source = Locale.objects.get(language_code="ro")
        self.targets = list(Locale.objects.exclude(pk=self.source.pk).order_by("language_code"))
        self._to_fill: list[tuple[BasePage, Data]] = []

    def build(self) -> None:
        """Create what is missing: first the tree, then bodies (their links need it), then translations."""
        by_key = {item["key"]: item for item in self.content["pages"]}
        home_item = next(item for item in by_key.values() if item["kind"] == "home")
        home = self._home(home_item)
        with indexed_once():
            self._below(home, [item for item in by_key.values() if item is not home_item])

    def _below(self, home: HomePage, items: list[Data]) -> None:
        """Create what is missing below the home page, fill all that is new, and the menus."""
        for item in items:
            parent = self.pages[("page", item["parent"])] if item.get("parent") else home
            model = PAGE_TYPES[item["kind"]]
            facts = (
                {"register": Register.objects.get(key="general")} if model is PetitionPage else {}
            )
            self._page(("page", item["key"]), model, parent, item, **facts)
        contact = self.pages[("page", self._key_of("contact_index"))]
        for item in self.content["departments"]:
            department = self.departments[item["key"]]
            item = {"title": item["name"], **item}
            self._page(
                ("department", item["key"]), DepartmentPage, contact, item, department=department
            )
        index = self.pages[("page", self._key_of("place_index"))]
        for item in self.content["places"]:
            location = self.places[item["key"]]
            item = {"title": item["name"], **item}
            self._page(("place", item["key"]), LocationPage, index, item, location=location)
        for page, item in self._to_fill:
            self._fill(page, item)
        self._menus()

    def page(self, key: str) -> Page:
        """The Romanian page with this key in the content file."""
        return self.pages[("page", key)]

    def blocks(self, items: list[Data]) -> list[Data]:
        """A body in Romanian, as a StreamField takes it, from blocks of the content file."""
        return [self._block(item) for item in items]

    def _key_of(self, kind: str) -> str:
        return str(next(i["key"] for i in self.content["pages"] if i["kind"] == kind))

    def _home(self, item: Data) -> HomePage:
        root = Page.get_first_root_node()
        home = HomePage.objects.filter(locale=self.source).first()
        if home is None:
            for welcome in root.get_children().exclude(pk__in=HomePage.objects.values("pk")):
                welcome.delete()
            root.refresh_from_db()
            home = HomePage(
                title=item["title"]["ro"],
                slug="acasa",
                summary=item["summary"]["ro"],
                search_description=item["seo_description"]["ro"],
                locale=self.source,
            )
            root.add_child(instance=home)
            self._to_fill.append((home, {**item, "slug": {"en": "home", "hu": "kezdolap"}}))
            Site.objects.update_or_create(
                is_default_site=True,
                defaults={
                    "hostname": "localhost",
                    "port": 80,
                    "root_page": home,
                    "site_name": "Agora",
                },
            )
        self.pages[("page", item["key"])] = home
        return home

    def _page(
        self, ref: tuple[str, str], model: type[BasePage], parent: Page, item: Data, **facts: Any
    ) -> None:
        # Editors may have given the page another address since: what it shows, or its type, tells it.
        mark = facts or ({"slug": item["slug"]["ro"]} if model is StandardPage else {})
        page = model.objects.filter(locale=self.source, **mark).child_of(parent).first()
        if page is None:
            page = model(
                title=item["title"]["ro"],
                slug=item["slug"]["ro"],
                summary=item["summary"]["ro"],
                search_description=(item.get("seo_description") or item["summary"])["ro"],
                locale=self.source,
                **facts,
            )
            parent.add_child(instance=page)
            self._to_fill.append((page, item))
        self.pages[ref] = page

    def _fill(self, page: BasePage, item: Data) -> None:
        if isinstance(page, HomePage):
            page.tasks = [
                {"type": "task", "id": str(uuid4()), "value": self._task(task)}
                for task in item["tasks"]
            ]
        if hasattr(page, "body"):
            page.body = self._duties(item) + self.blocks(item.get("body") or [])
        for name in RICH_TEXTS:
            if item.get(name):
                setattr(page, name, paragraphs(item[name]))
        if isinstance(page, PetitionPage):
            page.departments = [self.departments[key] for key in item["departments"]]
        page.save_revision().publish()
        page.refresh_from_db()
        # Title and summary of departments are shown with other words in lists: give them all.
        translate_page(page, catalogue(item, self._headings()), item["slug"], self.targets)

    def _headings(self) -> Data:
        return {"duties": DUTIES_HEADING}

    def _duties(self, item: Data) -> list[Data]:
        duties = item.get("duties")
        if not duties:
            return []
        return [
            _raw("heading", DUTIES_HEADING["ro"]),
            _raw("ticks", [_item(duty["ro"]) for duty in duties]),
        ]

    def _link(self, item: Data) -> Page:
        for kind in ("page", "department", "place"):
            if item.get(kind):
                return self.pages[(kind, item[kind])]
        raise KeyError(f"A link without a target: {item}")

    def _task(self, item: Data) -> Data:
        return {
            "icon": item["icon"],
            "title": item["title"]["ro"],
            "text": item["text"]["ro"],
            "page": self._link(item).pk,
        }

    def _block(self, block: Data) -> Data:
        kind = block["type"]
        if kind == "heading":
            return _raw(kind, block["text"]["ro"])
        if kind == "paragraph":
            return _raw(kind, paragraphs(block["text"]))
        if kind == "notice":
            return _raw(kind, {"level": block["level"], "text": block["text"]["ro"]})
        if kind == "contact":
            department = self.departments[block["department"]].pk
            return _raw(kind, {"department": department, "title": block["title"]["ro"]})
        return _raw(kind, [_item(self._entry(kind, item)) for item in block["items"]])

    def _entry(self, kind: str, item: Data) -> Any:
        if kind == "ticks":
            return item["ro"]
        if kind == "facts":
            return {"term": item["term"]["ro"], "text": item["text"]["ro"]}
        if kind == "steps":
            return {"title": item["title"]["ro"], "text": item["text"]["ro"]}
        if kind == "accordion":
            return {"title": item["title"]["ro"], "text": paragraphs(item["text"])}
        if kind == "links":
            return {
                "page": self._link(item).pk,
                "title": item["title"]["ro"],
                "text": item["text"]["ro"],
            }
        raise ValueError(f"Unknown block: {kind}")

    def _menus(self) -> None:
        titles = {
            item["key"]: item.get("nav_title", item["title"]) for item in self.content["pages"]
        }
        new = {page.pk for page, _item in self._to_fill}
        menus = {
            Menu.Place.MAIN: [*self.content["menu"]["main"], self._key_of("search")],
            Menu.Place.FOOTER: self.content["menu"]["footer"],
        }
        for place, keys in menus.items():
            menu, created = Menu.objects.get_or_create(place=place)
            for order, key in enumerate(keys):
                # Editors may have arranged the menu; a page that did not exist then has its link still to come.
                if not created and self.page(key).pk not in new:
                    continue
                MenuItem.objects.create(
                    menu=menu,
                    sort_order=order,
                    page=Page.objects.get(pk=self.page(key).pk),
                    title=LocalizedText(titles[key]),
                )


DUTIES_HEADING = {"ro": "Ce facem", "en": "What we do", "hu": "Mivel foglalkozunk"}


def _raw(kind: str, value: Any) -> Data:
    return {"type": kind, "id": str(uuid4()), "value": value}


def _item(value: Any) -> Data:
    return {"type": "item", "id": str(uuid4()), "value": value}


def paragraphs(texts: Any) -> str:
    """Rich text of one paragraph or of several, each with the key that keeps its translation in place."""
    if isinstance(texts, dict):
        texts = [texts]
    return "".join(
        f'<p data-block-key="{uuid4().hex[:5]}">{escape(text["ro"])}</p>' for text in texts
    )
