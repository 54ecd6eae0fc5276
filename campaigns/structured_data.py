"""schema.org data of campaigns and news, in JSON-LD."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from campaigns.stages import Phase
from cms.multilingual import content_language

if TYPE_CHECKING:
    from campaigns.detail import CampaignView
    from campaigns.models import CampaignPage, NewsPage
    from events.presenters import OccurrenceView

MOST_SUB_EVENTS = 30


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, [], "")}


def _sub_event(item: OccurrenceView, base: str) -> dict[str, Any]:
    times = (
        {"startDate": item.first_day.isoformat(), "endDate": item.last_day.isoformat()}
        if item.all_day
        else {"startDate": item.start.isoformat(), "endDate": item.end.isoformat()}
    )
    status = "EventCancelled" if item.status == "cancelled" else "EventScheduled"
    return _filled(
        {
            "@type": "Event",
            "name": item.title,
            "url": f"{base}{item.url}" if item.url else None,
            **times,
            "eventStatus": f"https://schema.org/{status}",
            "location": {"@type": "Place", "name": item.place_text, "address": item.place_text}
            if item.place_text
            else None,
        }
    )


def campaign_data(page: CampaignPage, view: CampaignView, share: str) -> dict[str, Any]:
    """A series of events, as schema.org has it, where the campaign has events to come; else a page about it."""
    url = page.full_url or ""
    base = url.removesuffix(page.url or "") if url else ""
    coming = [item for day in view.dates.days for item in day.occurrences] if view.dates else []
    data = {
        "@context": "https://schema.org",
        "@type": "EventSeries" if coming else "WebPage",
        "@id": f"{url}#campaign",
        "name": page.title,
        "url": url,
        "description": " ".join(page.summary.split()),
        "image": share,
        "inLanguage": content_language(),
    }
    if coming:
        data |= {
            "startDate": view.starts_on.isoformat() if view.starts_on else None,
            "endDate": view.ends_on.isoformat() if view.ends_on else None,
            "audience": [
                {"@type": "Audience", "audienceType": str(name)} for name in view.audiences
            ],
            "organizer": _organizer(view),
            "subEvent": [_sub_event(item, base) for item in coming[:MOST_SUB_EVENTS]],
        }
    else:
        data["dateModified"] = (
            page.last_published_at.isoformat() if page.last_published_at else None
        )
        if view.phase != Phase.COMING and view.partners:
            data["contributor"] = [
                _filled({"@type": "Organization", "name": str(item.name), "url": item.url})
                for item in view.partners
            ]
    return _filled(data)


def _organizer(view: CampaignView) -> dict[str, Any] | None:
    if view.contact is None:
        return None
    return {"@type": "GovernmentOrganization", "name": str(view.contact.department.name)}


def news_data(page: NewsPage, facts: NewsPage, share: str) -> dict[str, Any]:
    """The data of a piece of news."""
    url = page.full_url or ""
    return _filled(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "@id": f"{url}#news",
            "mainEntityOfPage": url,
            "headline": page.title,
            "description": " ".join(page.summary.split()),
            "datePublished": facts.published_on.isoformat() if facts.published_on else None,
            "dateModified": page.last_published_at.isoformat() if page.last_published_at else None,
            "image": share,
            "inLanguage": content_language(),
        }
    )
