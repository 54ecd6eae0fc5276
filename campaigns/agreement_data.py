"""What search engines read about a partnership: schema.org JSON-LD."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from campaigns.models.partnership import PartnershipPage
    from campaigns.partnership_detail import AgreementView, Party


def agreement_data(page: PartnershipPage, view: AgreementView) -> dict[str, Any]:
    """The JSON-LD of a partnership: a Project with its members, and its days of founding and dissolution."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Project",
        "name": page.title,
        "url": page.full_url,
        "description": page.search_description or page.summary,
        "foundingDate": view.starts_on,
        "dissolutionDate": view.ends_on,
        "member": [_member(party) for party in view.parties],
    }
    return {key: value for key, value in data.items() if value not in (None, "", [])}


def _member(party: Party) -> dict[str, Any]:
    base = settings.AGORA_BASE_URL.rstrip("/")
    data = {
        "@type": "Organization",
        "name": str(party.name),
        "url": party.site_url,
        "logo": f"{base}{party.logo.url}" if party.logo else "",
    }
    return {key: value for key, value in data.items() if value}
