"""Campaigns and partnerships as tables, for import and export: drafts below the Romanian lists."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from wagtail.coreutils import find_available_slug
from wagtail.models import Page

from campaigns.enums import Field, Level, Stage
from campaigns.models import (
    CampaignIndexPage,
    CampaignPage,
    PartnershipIndexPage,
    PartnershipPage,
)
from cms.multilingual import SOURCE_LANGUAGE
from cms.sheets.columns import Choice, Code, Day, Image, Reference, References, Text
from cms.sheets.context import Context, Lookup
from cms.sheets.page_sheet import PageSheet, PublishedColumn
from cms.sheets.plan import PlannedRow
from contacts.sheets import DEPARTMENTS, ORGANISATIONS
from events.sheets import AUDIENCES

OBJECTIVES: Final = Lookup("campaigns.Objective", ("edition__key", "code"))
EVENTS: Final = Lookup(
    "events.EventPage", ("slug",), (("locale__language_code", SOURCE_LANGUAGE),), are_pages=True
)


class CampaignSheet(PageSheet):
    """Campaigns, found by their key."""

    key = "campaigns"
    title = _("Campaigns")
    intro = _(
        "Romanian texts, days and links of campaigns; translations, story, goals and channels follow in their pages. "
        "What you import waits as a draft until somebody publishes it; the stage is changed on the page."
    )
    icon = "megaphone"
    model = CampaignPage
    index = CampaignIndexPage
    key_field = "key"
    columns = (
        Code(
            name="key",
            heading=_("key"),
            limit=60,
            required=True,
            help=_("Finds the campaign again; small letters, digits and -."),
        ),
        Text(name="title", heading=_("title"), limit=255, required=True),
        Text(name="summary", heading=_("summary"), limit=500, lines=True),
        Choice(name="stage", heading=_("stage"), choices=Stage, read_only=True),
        Day(name="starts_on", heading=_("first day"), help=_("Such as 25.11.2026.")),
        Day(name="ends_on", heading=_("last day")),
        Reference(
            name="department",
            heading=_("contact"),
            lookup=DEPARTMENTS,
            help=_("The key of the department that answers questions."),
        ),
        References(
            name="audiences",
            heading=_("audiences"),
            lookup=AUDIENCES,
            help=_("Slugs, with commas between."),
        ),
        References(
            name="objectives",
            heading=_("objectives"),
            lookup=OBJECTIVES,
            help=_("Edition and code, such as 2014-2020/3-2, with commas between."),
        ),
        References(
            name="events",
            heading=_("events"),
            field="event_links",
            child="event_page",
            lookup=EVENTS,
            help=_("Addresses of events, with commas between."),
        ),
        References(
            name="partners",
            heading=_("partners"),
            field="partner_links",
            child="organisation",
            lookup=ORGANISATIONS,
            help=_("Keys of organisations, with commas between."),
        ),
        Image(
            name="image",
            heading=_("image"),
            help=_("The number of an image of the library; its title may follow."),
        ),
        Text(
            name="image_alt",
            heading=_("image description"),
            limit=200,
            help=_("What is to be seen; needed with an image."),
        ),
        Text(name="image_credit", heading=_("image credit"), limit=120),
        Text(
            name="evaluation",
            heading=_("evaluation"),
            limit=5000,
            lines=True,
            help=_("What it brought; never public."),
        ),
        PublishedColumn(),
    )
    example = {
        "key": "curatenia-de-primavara",
        "title": "Curățenia de primăvară",
        "starts_on": "01.03.2027",
        "ends_on": "31.03.2027",
    }

    def build_new(self, row: PlannedRow, parent: Page, context: Context) -> None:
        """The address is made of the key."""
        row.instance.slug = find_available_slug(parent, row.key)


class PartnershipSheet(PageSheet):
    """Agreements, found by their address."""

    key = "partnerships"
    title = _("Partnerships")
    intro = _(
        "The agreements with partners: term, field, department in charge, parties. Texts are the Romanian ones. What "
        "you import waits as a draft until somebody publishes it."
    )
    icon = "group"
    model = PartnershipPage
    index = PartnershipIndexPage
    key_name = "address"
    columns = (
        Code(
            name="address",
            heading=_("page address"),
            field="slug",
            limit=180,
            pattern=r"[a-z0-9_-]+",
            required=True,
            help=_("The last part of the page's address: finds the partnership again."),
        ),
        Text(name="title", heading=_("title"), limit=255, required=True),
        Text(name="summary", heading=_("summary"), limit=500, lines=True),
        References(
            name="parties",
            heading=_("parties"),
            child="organisation",
            lookup=ORGANISATIONS,
            help=_("Keys of organisations, with commas between."),
        ),
        Choice(name="level", heading=_("level"), choices=Level),
        Choice(name="field", heading=_("field"), choices=Field),
        Text(
            name="decision_number",
            heading=_("council decision"),
            limit=60,
            help=_("Number and year, such as 123/2026."),
        ),
        Day(name="decision_date", heading=_("of"), help=_("The day of the decision.")),
        Day(name="starts_on", heading=_("in force from"), help=_("Such as 25.11.2026.")),
        Day(name="ends_on", heading=_("until"), help=_("Empty: for an indefinite time.")),
        Reference(
            name="department",
            heading=_("department in charge"),
            lookup=DEPARTMENTS,
            help=_("The department's key."),
        ),
        References(
            name="objectives",
            heading=_("objectives"),
            lookup=OBJECTIVES,
            help=_("Edition and code, such as 2014-2020/3-2, with commas between."),
        ),
        PublishedColumn(),
    )
    example = {
        "address": "parteneriat-exemplu",
        "title": "Parteneriat cu Teatrul Exemplu",
        "decision_number": "123/2026",
        "starts_on": "01.01.2027",
        "ends_on": "31.12.2028",
    }
