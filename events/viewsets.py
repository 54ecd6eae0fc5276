"""The calendar in the admin's menu: the listing of all events, and the terms that they are sorted by."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cached_property, partial
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.menus import MenuItem as ButtonItem
from wagtail.admin.ui.tables import ButtonsColumnMixin, Column, TitleColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn
from wagtail.admin.views.pages.choose_parent import ChooseParentView
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.admin.widgets.button import BaseButton, Button, ButtonWithDropdown
from wagtail.models import Locale, Page, PagePermissionTester
from wagtail.permissions import policy_registry
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from cms.multilingual import SOURCE_LANGUAGE
from cms.page_listing import WordSearchMixin
from contacts.models import Department, Organisation
from contacts.spreadsheet import write_csv
from events.enums import ChangeKind, State
from events.importing.views import PartnerCalendarViewSet, import_buttons
from events.models import (
    Audience,
    Category,
    EventIndexPage,
    EventPage,
    Occurrence,
    SpokenLanguage,
)
from locations.hours import BUCHAREST
from locations.models import Location

# -- filters -----------------------------------------------------------------------------------------------------------


def _coming(now: datetime) -> QuerySet[Occurrence]:
    """The dates of the outer page that are not over and were not taken out one by one."""
    return Occurrence.objects.filter(event_id=OuterRef("event_id"), end__gte=now).exclude(
        change=ChangeKind.CANCELLED
    )


class EventFilterSet(WagtailFilterSet):
    """What the listing can be narrowed to; filters combine."""

    when = django_filters.ChoiceFilter(
        label=pgettext_lazy("filter of events", "When"),
        choices=[
            ("coming", pgettext_lazy("of events", "coming")),
            ("past", pgettext_lazy("of events", "over")),
            ("none", pgettext_lazy("of events", "without a coming date")),
        ],
        empty_label=pgettext_lazy("filter of events", "All"),
        method="filter_when",
        widget=forms.RadioSelect,
    )
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=State.choices, widget=forms.CheckboxSelectMultiple
    )
    status = django_filters.ChoiceFilter(
        label=_("Published"),
        choices=[
            ("live", pgettext_lazy("of a page", "published")),
            ("changed", pgettext_lazy("of a page", "published, with changes that wait")),
            ("draft", pgettext_lazy("of a page", "draft")),
        ],
        empty_label=pgettext_lazy("filter of events", "All"),
        method="filter_status",
        widget=forms.RadioSelect,
    )
    category = django_filters.ModelMultipleChoiceFilter(
        label=_("Category"),
        queryset=Category.objects.all(),
        method="filter_category",
        widget=forms.CheckboxSelectMultiple,
    )
    place = django_filters.ModelChoiceFilter(
        label=_("Place"), queryset=Location.objects.all(), empty_label=_("Any place")
    )
    organiser = django_filters.ChoiceFilter(
        label=_("Organiser"), empty_label=_("Any organiser"), method="filter_organiser"
    )

    class Meta:
        model = EventPage
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # All events are listed by their source page: there is no language to choose.
        self.filters.pop("locale", None)
        used = EventPage.objects.filter(locale__language_code=SOURCE_LANGUAGE).order_by()
        self.filters["place"].extra["queryset"] = Location.objects.filter(
            pk__in=used.values("place")
        )
        departments = Department.objects.filter(pk__in=used.values("organiser_department"))
        partners = Organisation.objects.filter(pk__in=used.values("organiser_organisation"))
        self.filters["organiser"].extra["choices"] = [
            *((f"department-{row.pk}", str(row)) for row in departments),
            *((f"organisation-{row.pk}", str(row)) for row in partners),
        ]

    def filter_when(self, events: Any, name: str, value: str) -> Any:
        """Coming: has a date that is not over. Over: had dates, all past. Else none that anybody could come to."""
        now = timezone.now()
        if value == "coming":
            return events.filter(Exists(_coming(now)))
        dates = Occurrence.objects.filter(event_id=OuterRef("event_id"))
        over = Exists(dates) & ~Exists(dates.filter(end__gte=now))
        if value == "past":
            return events.filter(over)
        return events.filter(~Exists(_coming(now))).exclude(over)

    def filter_status(self, events: Any, name: str, value: str) -> Any:
        """Published, published with a newer draft, or never published or taken down."""
        if value == "draft":
            return events.filter(live=False)
        if value == "changed":
            return events.filter(live=True, has_unpublished_changes=True)
        return events.filter(live=True)

    def filter_category(self, events: Any, name: str, value: Any) -> Any:
        """Events in any of the categories, each once."""
        if not value:
            return events
        return events.filter(
            pk__in=EventPage.objects.filter(categories__in=value).order_by().values("pk")
        )

    def filter_organiser(self, events: Any, name: str, value: str) -> Any:
        """Events of a department or of a partner organisation."""
        kind, _dash, key = value.partition("-")
        return events.filter(**{f"organiser_{kind}": key})


# -- columns -----------------------------------------------------------------------------------------------------------


def next_date_text(page: Any) -> str:
    """The next date of a listed event, "Thu 26 Nov 2026, 18:00"; of a draft the day it would begin on."""
    if page.next_start is not None:
        start = timezone.localtime(page.next_start, BUCHAREST)
        if page.start_time is None:
            return date_format(start, pgettext("short date with weekday", "D j M Y"))
        return date_format(start, pgettext("short date with weekday and time", "D j M Y, H:i"))
    if not page.live and page.start_date is not None:
        day = date_format(page.start_date, pgettext("short date with weekday", "D j M Y"))
        return pgettext("first day of a draft", "(%(date)s)") % {"date": day}
    return "–"


def place_text(page: Any) -> str:
    """Where a listed event is, in the language of the admin."""
    return str(page.place or page.place_text or page.online_url or "")


def categories_text(page: Any) -> str:
    """The categories of a listed event."""
    return ", ".join(str(category) for category in page.categories.all())


def with_untranslated(pages: Any) -> Any:
    """`pages` with `untranslated`: whether a language is missing. `SourceTitleColumn` asks for it."""
    translated = Page.objects.filter(
        translation_key=OuterRef(OuterRef("translation_key")), alias_of__isnull=True
    )
    missing = Locale.objects.exclude(pk__in=translated.order_by().values("locale_id"))
    return pages.annotate(untranslated=Exists(missing))


def _translate_button(page: Any, user: Any) -> list[Button]:
    """As wagtail-localize has it, which asks the database for every row."""
    if not page.untranslated or not user.has_perm("wagtail_localize.submit_translation"):
        return []
    address = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
    return [
        Button(
            _("Translate this page"), address, icon_name="wagtail-localize-language", priority=60
        )
    ]


class SourceTitleColumn(ButtonsColumnMixin, TitleColumn):
    """The title of a source page, leading to the editor, and everything that can be done with it."""

    def get_link_url(self, instance: Any, parent_context: Any) -> str | None:
        """The editor's address for those who may edit."""
        if instance.permissions_for_user(parent_context["request"].user).can_edit():
            return reverse("wagtailadmin_pages:edit", args=[instance.pk])
        return None

    def get_title_id(self, instance: Any, parent_context: Any) -> str:
        """What the check box of the row is described by."""
        return f"page_{quote(instance.pk)}_title"

    def get_buttons(self, instance: Any, parent_context: Any) -> list[BaseButton]:
        """One menu: what all page listings offer, without a query for each row."""
        request = parent_context["request"]
        found: list[Any] = _translate_button(instance, request.user)
        next_url = f"{request.path.removesuffix('results/')}?{request.GET.urlencode()}"
        for hook in hooks.get_hooks("register_page_listing_more_buttons"):
            if not hook.__module__.startswith("wagtail_localize."):
                found.extend(hook(page=instance, user=request.user, next_url=next_url))
        buttons = [
            Button.from_menu_item(item) if isinstance(item, ButtonItem) else item
            for item in found
            if (item.is_shown(request.user) if isinstance(item, ButtonItem) else item.show)
        ]
        if not buttons:
            return []
        label = _("More options for “%(title)s”") % {"title": instance.get_admin_display_title()}
        return [
            ButtonWithDropdown(
                buttons=buttons, icon_name="dots-horizontal", attrs={"aria-label": label}
            )
        ]


# -- listing -----------------------------------------------------------------------------------------------------------


class LeafRights(PagePermissionTester):
    """Rights over an event: nothing lies below one, so Wagtail need not look there for every row.

    Only for what a listing offers; the views that it leads to ask Wagtail itself.
    """

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        """As Wagtail has it for a page without others below it."""
        if not self.user.is_active or self.user.is_superuser:
            return bool(self.user.is_active)
        if self.page.live and "publish" not in self.permissions:
            return False
        if "change" in self.permissions:
            return True
        return "add" in self.permissions and self.page.owner_id == self.user.pk


def works_in(user: Any, section: type[Page]) -> bool:
    """Whether `user` has rights over a page of the type `section`; those over another part of the tree are none.

    One query for each section and request: the menu asks twice. None for a superuser.
    """
    policy, rights = policy_registry.get_by_type(Page), IndexView.any_permission_required
    if not policy.user_has_any_permission(user, rights):
        return False
    if user.is_superuser:
        return True
    known: dict[type[Page], bool] = user.__dict__.setdefault("_agora_works_in", {})
    if section not in known:
        mine = policy.instances_user_has_any_permission_for(user, rights)
        known[section] = section.objects.filter(pk__in=mine.order_by().values("pk")).exists()
    return known[section]


class EventListingView(WordSearchMixin, IndexView):
    """All events in one list, by their next date, in a number of queries that does not grow."""

    template_name = "wagtailadmin/events/listing.html"
    page_title = pgettext_lazy("public event", "Events")
    add_item_label = _("Add event")
    base_columns = [
        BulkActionsColumn("bulk_actions"),
        SourceTitleColumn(
            "title",
            label=_("Title"),
            accessor="get_admin_display_title",
            sort_key="title",
            classname="title",
        ),
        Column("next_date", label=_("Next date"), accessor=next_date_text, sort_key="next_start"),
        Column("state", label=_("State"), accessor="get_state_display", sort_key="state"),
        Column("place", label=_("Place"), accessor=place_text),
        Column("categories", label=_("Categories"), accessor=categories_text),
        PageStatusColumn("status", label=_("Status"), sort_key="live"),
    ]
    columns = base_columns
    list_export = [
        "title",
        "next_start",
        "state",
        "place",
        "categories",
        "organiser",
        "status",
        "url",
    ]
    export_headings = {
        "title": _("Title"),
        "next_start": _("Next date"),
        "state": _("State"),
        "place": _("Place"),
        "categories": _("Categories"),
        "organiser": _("Organiser"),
        "status": _("Status"),
        "url": _("Address"),
    }
    default_ordering = "next_start"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Raises PermissionDenied for whoever works on no calendar."""
        if not works_in(request.user, EventIndexPage):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def annotate_queryset(self, pages: Any) -> Any:
        """Everything that a row shows: three joins, one subquery for the next date, a handful of prefetches."""
        upcoming = _coming(timezone.now()).order_by("start")
        return with_untranslated(
            pages.defer_streamfields()
            .select_related("place", "organiser_department", "organiser_organisation", "locale")
            .prefetch_related("categories", "content_type", "sites_rooted_here")
            .prefetch_workflow_states()
            .annotate_site_root_state()
            .annotate_approved_schedule()
            .annotate(next_start=Subquery(upcoming.values("start")[:1]))
        )

    def get_base_queryset(self) -> Any:
        """The source pages of all events that the user may see in the admin."""
        explorable = self.permission_policy.explorable_instances(self.request.user)
        pages = EventPage.objects.filter(
            locale__language_code=SOURCE_LANGUAGE, pk__in=explorable.order_by().values("pk")
        )
        return self.annotate_queryset(pages)

    def order_queryset(self, queryset: Any) -> Any:
        """Events without a coming date stand last: drafts first, then the most recent."""
        if self.ordering in ("next_start", "-next_start"):
            start = F("next_start")
            down = self.ordering.startswith("-")
            first = start.desc(nulls_last=True) if down else start.asc(nulls_last=True)
            return queryset.order_by(first, "live", F("start_date").desc(nulls_last=True), "pk")
        return queryset.order_by(self.ordering, "pk")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Rows that know their rights without asking for each."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        for page in context["object_list"]:
            page.permissions_for_user = partial(LeafRights, page=page)
        return context

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        """Exports, and the programme of the week to print."""
        buttons: list[Any] = list(super().header_more_buttons)
        calendar = EventIndexPage.objects.filter(
            locale__language_code=SOURCE_LANGUAGE, live=True
        ).first()
        if calendar is not None:
            buttons.extend(programme_buttons(calendar))
        buttons.extend(import_buttons(self.request.user))
        return buttons

    # -- export

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        """The cells of one event in a spreadsheet: texts, and the next date as a local time."""
        start = item.next_start
        if start is not None:
            start = timezone.localtime(start, BUCHAREST).replace(tzinfo=None)
        return {
            "title": item.title,
            "next_start": start,
            "state": item.get_state_display(),
            "place": place_text(item),
            "categories": categories_text(item),
            "organiser": str(item.organiser or ""),
            "status": str(item.status_string),
            "url": (item.full_url or "") if item.live else "",
        }

    def write_csv_response(self, queryset: Any) -> HttpResponse:
        """A file that no spreadsheet takes for formulas, in the editor's language."""
        rows = [
            [
                f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value
                for value in self.to_row_dict(item).values()
            ]
            for item in queryset
        ]
        header = [self.get_heading(queryset, name) for name in self.list_export]
        return HttpResponse(
            write_csv(rows, header),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{self.get_filename()}.csv"'},
        )


class ChooseCalendarView(ChooseParentView):
    """Where a new event goes: the Romanian calendar, without asking when there is one."""

    def get_valid_parent_pages(self, user: Any) -> Any:
        """Calendars in the source language that the user may add to."""
        parents = super().get_valid_parent_pages(user)
        return parents.filter(locale__language_code=SOURCE_LANGUAGE)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Raises PermissionDenied for whoever may add none."""
        if not self.get_valid_parent_pages(request.user).exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class EventMenuItem(MenuItem):
    """For those for whom the listing would open."""

    def is_shown(self, request: HttpRequest) -> bool:
        return works_in(request.user, EventIndexPage)


class EventListing(PageListingViewSet):
    """The listing of events and the way to a new one."""

    name = "event_listing"
    url_prefix = "events"
    model = EventPage
    icon = "calendar-alt"
    menu_label = pgettext_lazy("public event", "All events")
    menu_name = "all-events"
    menu_item_class = EventMenuItem
    index_view_class = EventListingView
    choose_parent_view_class = ChooseCalendarView
    filterset_class = EventFilterSet
    export_filename = "evenimente"


# -- links to what is printed ----------------------------------------------------------------------------------------


def programme_buttons(calendar: EventIndexPage, today: date | None = None) -> list[Button]:
    """The programmes of this week and the next, to print, for a published calendar."""
    address = calendar.url if calendar.live else ""
    if not address:
        return []
    today = today or timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    weeks = [
        (_("Programme of this week"), monday, 110),
        (_("Programme of next week"), monday + timedelta(days=7), 111),
    ]
    return [
        Button(
            label,
            f"{address}programme/?{urlencode({'from': week.isoformat()})}",
            icon_name="calendar",
            priority=priority,
        )
        for label, week, priority in weeks
    ]


# -- terms -------------------------------------------------------------------------------------------------------------


class CategoryViewSet(SnippetViewSet):
    model = Category
    icon = "tag"
    menu_label = _("Categories")
    list_display = ("name", "slug", "colour", "sort_order")


class AudienceViewSet(SnippetViewSet):
    model = Audience
    icon = "group"
    menu_label = _("Audiences")
    list_display = ("name", "slug", "sort_order")


class SpokenLanguageViewSet(SnippetViewSet):
    model = SpokenLanguage
    icon = "globe"
    menu_label = _("Languages spoken")
    list_display = ("name", "slug", "sort_order")


class CalendarGroup(SnippetViewSetGroup):
    """The menu “Events”: the listing first, then the terms."""

    items = (
        EventListing,
        CategoryViewSet,
        AudienceViewSet,
        SpokenLanguageViewSet,
        PartnerCalendarViewSet,
    )
    menu_label = pgettext_lazy("public event", "Events")
    menu_name = "events"
    menu_icon = "calendar-alt"
    menu_order = 200


register_snippet(CalendarGroup)
