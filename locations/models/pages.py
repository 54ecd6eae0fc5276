"""The pages of places. Facts come from the place; the page adds prose in each language."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from cms.blocks import BodyBlock
from cms.models import BasePage
from cms.service_calendar import working_calendar
from locations.book import place_book
from locations.models.place import Location
from locations.presenters import open_first, osm_url
from locations.structured_data import place_data


class LocationIndexPage(BasePage):
    """All places: open ones first, by kind, on a map of our own."""

    body = StreamField(
        BodyBlock(), verbose_name=_("body"), blank=True, help_text=_("Below the list; optional.")
    )

    template = "locations/location_index_page.html"
    page_description = _("The list and map of all places.")
    subpage_types: ClassVar[list[str]] = ["locations.LocationPage"]
    max_count_per_parent = 1
    content_panels = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("list of places")
        verbose_name_plural = _("lists of places")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        book = place_book(request)
        chosen = request.GET.get("kind", "")
        kinds = Location.Kind
        counts = Counter(place.kind for place in book.places)
        if chosen not in counts:
            chosen = ""
        base = self.get_url(request) or ""
        context["kinds"] = [("", _("All"), base, len(book.places), not chosen)] + [
            (value, kinds(value).label, f"{base}?kind={value}", counts[value], value == chosen)
            for value in kinds.values
            if counts[value]
        ]
        views = book.views(p for p in book.places if not chosen or p.kind == chosen)
        context["places"] = open_first(views)
        context["note_unpublished"] = any(view.state == "unknown" for view in views)
        return context


class LocationPage(BasePage):
    """One place: address, hours, access, who works there."""

    location = models.ForeignKey(
        Location,
        verbose_name=_("place"),
        null=True,
        on_delete=models.PROTECT,
        related_name="pages",
        help_text=_("Its facts are kept once, for all languages."),
    )
    body = StreamField(
        BodyBlock(),
        verbose_name=_("body"),
        blank=True,
        help_text=_("What else helps to come here."),
    )

    template = "locations/location_page.html"
    page_description = _("A place: address, hours, access.")
    parent_page_types: ClassVar[list[str]] = ["locations.LocationIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels = [*BasePage.content_panels, FieldPanel("location"), FieldPanel("body")]
    search_fields = [*BasePage.search_fields, index.FilterField("location")]
    override_translatable_fields: ClassVar[list[Any]] = [
        SynchronizedField("location", overridable=False)
    ]

    class Meta:
        verbose_name = _("place page")
        verbose_name_plural = _("place pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        book = place_book(request)
        place = book.place(self.location_id) or self.location
        if place is None:
            return context
        hours = book.hours_of(place)
        today = timezone.localdate()
        context.update(
            place=book.view(place),
            hours_list=[book.view_hours(item, detailed=True) for item in hours],
            access=[(f.get_kind_display(), f.text) for f in place.access_facts.all()],
            map=book.views(book.places),
            osm_url=osm_url(place),
            verified_on=place.verified_on,
            valid_from=place.valid_from if place.valid_from and place.valid_from > today else None,
            valid_to=place.valid_to,
            structured_data=place_data(
                place, hours, self.full_url, working_calendar(request), today
            ),
        )
        return context
