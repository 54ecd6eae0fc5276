"""The top of the page tree: the home page composes what the other apps hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from django.db.models import Q
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from campaigns.front import front
from campaigns.models import CampaignIndexPage, NewsIndexPage
from cms.blocks import BodyBlock
from cms.models import BasePage
from cms.multilingual import LocalizedText
from cms.page_urls import page_url
from cms.querysets import own_version_in
from cms.service_calendar import moment, working_calendar
from cms.working_calendar import DayKind, WorkingCalendar
from contacts.book import contact_book
from events.listing import coming_days
from events.models import EventIndexPage
from home.links.models import CheckedLink, LinkUse, ScannedPage
from home.upkeep.models import UpkeepNotice, UpkeepTurn
from locations.book import place_book
from locations.models import Location, LocationIndexPage
from locations.presenters import open_first

__all__ = [
    "CheckedLink",
    "HomePage",
    "LinkUse",
    "ScannedPage",
    "UpkeepNotice",
    "UpkeepTurn",
]

SPECIAL_DAYS_AHEAD = 45
MOST_SPECIAL_DAYS = 5
DAYS_AHEAD = 7
EVENTS_A_DAY = 6
INDEXES = (LocationIndexPage, EventIndexPage, CampaignIndexPage, NewsIndexPage)
COUNTER_KINDS = (Location.Kind.INFORMATION_CENTRE, Location.Kind.REGISTRY_COUNTER)
TASK_ICONS = [
    ("phone", _("telephone")),
    ("building", _("building")),
    ("pin", _("pin")),
    ("clock", _("clock")),
    ("calendar", _("calendar")),
    ("ball", _("sports")),
    ("people", _("people")),
    ("mail", _("letter")),
    ("stamp", _("stamp")),
    ("info", _("information")),
    ("download", _("download")),
]


class TaskBlock(blocks.StructBlock):
    """Something people come to do, with the page where they can."""

    icon = blocks.ChoiceBlock(
        label=_("Icon"), choices=TASK_ICONS, default="info", help_text=_("Beside the words.")
    )
    title = blocks.CharBlock(
        label=pgettext_lazy("of a citizen", "Task"),
        max_length=80,
        help_text=_("As a verb: “Find a telephone number”."),
    )
    text = blocks.CharBlock(
        label=_("Detail"), required=False, max_length=160, help_text=_("Half a line.")
    )
    page = blocks.PageChooserBlock(
        label=_("Page"), help_text=_("Choose the Romanian page; readers are led to their language.")
    )

    class Meta:
        icon = "arrow-right"
        label = pgettext_lazy("of a citizen", "Task")
        description = _("Something people come to do, with the page where they can.")
        template = "blocks/task.html"
        preview_value: ClassVar[dict[str, Any]] = {
            "icon": "phone",
            "title": "Sunați la serviciul potrivit",
            "text": "Cartea de telefon, cu numerele interioare",
        }


@dataclass(frozen=True, slots=True)
class Task:
    icon: str
    title: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class DayNote:
    """A coming day on which the city hall works otherwise. `kind`: a value of `DayKind`."""

    date: date
    name: LocalizedText
    text: str | Promise
    kind: str


_DAY_TEXTS = {
    DayKind.HOLIDAY: _("Public holiday: the counters are closed."),
    DayKind.BRIDGING: _("Bridging day: the counters are closed."),
    DayKind.RECOVERY: _("Recovery day: the counters are open."),
    DayKind.CLOSURE: _("The counters are closed."),
}


def special_days(calendar: WorkingCalendar, first: date, days: int) -> list[DayNote]:
    """The days of the next `days` days, from `first`, that differ for everybody."""
    found = (calendar.special_day(first + timedelta(days=n)) for n in range(days))
    return [
        DayNote(day.day, LocalizedText(day.names), _DAY_TEXTS[day.kind], day.kind.value)
        for day in found
        if day is not None
    ]


class HomePage(BasePage):
    """The front door: today, what people come for, who does what, where."""

    tasks = StreamField(
        [("task", TaskBlock())],
        verbose_name=pgettext_lazy("of a citizen", "tasks"),
        blank=True,
        max_num=8,
        help_text=_("What people come for, the most frequent first. Six fit best."),
    )
    body = StreamField(
        BodyBlock(), verbose_name=_("body"), blank=True, help_text=_("At the foot; optional.")
    )

    template = "home/home_page.html"
    page_description = _("The home page; one for each language.")
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    content_panels = [*BasePage.content_panels, FieldPanel("tasks"), FieldPanel("body")]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        today = moment(request).date()
        contacts = contact_book(request)
        contacts.want(Q(parent__parent__isnull=True))
        places = place_book(request)
        views = places.views(places.places)
        main = contacts.main()
        tasks, urls = self._links(request)
        events_url = urls[EventIndexPage]
        shown = front(request)
        context.update(
            today=today,
            main=main,
            tasks=tasks,
            departments=self._departments(contacts.tree()),
            places=open_first(views),
            counters=[view for view in views if view.place.kind in COUNTER_KINDS][:2],
            special_days=special_days(working_calendar(request), today, SPECIAL_DAYS_AHEAD)[
                :MOST_SPECIAL_DAYS
            ],
            places_url=urls[LocationIndexPage],
            events_url=events_url,
            coming=coming_days(request, events_url, DAYS_AHEAD, EVENTS_A_DAY) if events_url else [],
            campaigns=shown.campaigns,
            campaigns_url=urls[CampaignIndexPage],
            news=shown.news,
            news_url=urls[NewsIndexPage],
        )
        return context

    @staticmethod
    def _departments(tree: list[Any]) -> list[Any]:
        """The main department's own departments first, then the others at the top."""
        return [*tree[0].children, *tree[1:]] if tree else []

    def _links(self, request: HttpRequest) -> tuple[list[Task], dict[type[Page], str]]:
        """The tasks, and the addresses of the indexes, in this page's language: one query.

        The raw values of the blocks are read, because their chooser would fetch the Romanian pages.
        """
        chosen = [child["value"] for child in self.tasks.raw_data if child["type"] == "task"]
        ids = {value["page"] for value in chosen if value.get("page")}
        # By name: what Django remembers of content types, a new process would first have to read.
        indexes = {model._meta.model_name: model for model in INDEXES}
        language = self.locale.language_code
        pages = (
            Page.objects.filter(
                Q(pk__in=ids) | Q(content_type__model__in=indexes, locale=self.locale_id)
            )
            .annotate(target=own_version_in(language))
            .values_list("pk", "content_type__model", "target")
        )
        urls: dict[int, str] = {}
        index_urls: dict[type[Page], str] = dict.fromkeys(indexes.values(), "")
        for pk, model_name, path in pages:
            urls[pk] = page_url(path, request)
            if model_name in indexes:
                index_urls[indexes[model_name]] = urls[pk]
        tasks = [
            Task(value["icon"], value["title"], value.get("text") or "", urls[value["page"]])
            for value in chosen
            if urls.get(value.get("page"))
        ]
        return tasks, index_urls
