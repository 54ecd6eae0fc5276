"""Before a campaign, a piece of news, a partnership or a call is published: what its readers would miss."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from campaigns.enums import Stage
from campaigns.models import CampaignPage, NewsPage, PartnerCallPage, PartnershipPage
from cms.page_preflight import field_place, undescribed_image
from cms.preflight import Draft, Finding, Level, register_preflight
from cms.querysets import open_pages


def image(draft: Draft) -> Iterator[Finding]:
    """The Romanian page describes its image; a translation shows that description until it has its own."""
    page = draft.page
    if draft.is_source:
        yield from undescribed_image(draft)
    elif page.image_id and not page.image_alt.strip():
        yield Finding(
            Level.WARNING,
            "alt_translation",
            _("The description of the image is not translated: readers get the Romanian one."),
            field_place(page, "image_alt"),
            "image_alt",
        )


def campaign(draft: Draft) -> Iterator[Finding]:
    """Its days against its stage, whom to ask, and whether its events are public."""
    page = draft.page
    if not draft.is_source:
        return
    today = draft.today
    stage = Stage(page.stage)
    if stage in (Stage.TEASER, Stage.LIVE):
        if page.ends_on and page.ends_on < today:
            yield Finding(
                Level.WARNING,
                "past",
                _("Its last day is in the past: readers see it as over. Is the year right?"),
                field_place(page, "ends_on"),
                "ends_on",
            )
        elif page.starts_on is None:
            yield Finding(
                Level.WARNING,
                "no_date",
                _("It has no first day: it stands in no period, and the plan cannot show it."),
                field_place(page, "starts_on"),
                "starts_on",
            )
        elif stage is Stage.TEASER and page.starts_on <= today:
            yield Finding(
                Level.WARNING,
                "past",
                _("Its first day has come, but it is still a teaser: move it to the stage “live”."),
                field_place(page, "starts_on"),
                "starts_on",
            )
    if page.department_id is None:
        yield Finding(
            Level.ADVICE,
            "no_contact",
            _("Nobody is named for questions: choose the department that answers them."),
            field_place(page, "department"),
            "department",
        )
    yield from _events(draft)


def _events(draft: Draft) -> Iterator[Finding]:
    chosen = {link.event_page_id for link in draft.page.event_links.all() if link.event_page_id}
    if not chosen:
        return
    hidden = len(chosen) - open_pages().filter(pk__in=chosen).count()
    if hidden:
        yield Finding(
            Level.WARNING,
            "event_not_public",
            _("%(number)s of its events are not public: its programme and calendar lack them.")
            % {"number": hidden},
            _("Events"),
            "event_links",
        )


def news(draft: Draft) -> Iterator[Finding]:
    """A day in the future puts it above what is newer."""
    page = draft.page
    if draft.is_source and page.published_on and page.published_on > draft.today:
        yield Finding(
            Level.WARNING,
            "future",
            _("Its day lies in the future: it stands above all other news until then."),
            field_place(page, "published_on"),
            "published_on",
        )


def partnership(draft: Draft) -> Iterator[Finding]:
    """An agreement has parties, a decision behind it, and a term that is not over."""
    page = draft.page
    if not draft.is_source:
        return
    if page.ends_on and page.ends_on < draft.today:
        yield Finding(
            Level.WARNING,
            "past",
            _("It has ended: readers see it as ended. Is the year right?"),
            field_place(page, "ends_on"),
            "ends_on",
        )
    if not any(party.organisation_id for party in page.parties.all()):
        yield Finding(
            Level.WARNING,
            "no_party",
            _("It names no party: nothing that came of it can be shown."),
            _("Parties"),
            "parties",
        )
    if not page.decision_number.strip():
        yield Finding(
            Level.ADVICE,
            "no_decision",
            _("The council's decision is missing: write its number and year."),
            field_place(page, "decision_number"),
            "decision_number",
        )


def call(draft: Draft) -> Iterator[Finding]:
    """A call that is open and can be answered."""
    page = draft.page
    if not draft.is_source:
        return
    if page.closes_on and page.closes_on < draft.today:
        yield Finding(
            Level.WARNING,
            "past",
            _("Its last day is in the past: readers see it as closed."),
            field_place(page, "closes_on"),
            "closes_on",
        )
    if page.form_page_id is None or not open_pages().filter(pk=page.form_page_id).exists():
        yield Finding(
            Level.WARNING,
            "no_form",
            _("No public form is chosen: nobody can send a proposal."),
            field_place(page, "form_page"),
            "form_page",
        )


def register() -> None:
    """For the app's `ready`."""
    for page_type in (CampaignPage, NewsPage):
        register_preflight(page_type, image)
    register_preflight(CampaignPage, campaign)
    register_preflight(NewsPage, news)
    register_preflight(PartnershipPage, partnership)
    register_preflight(PartnerCallPage, call)
