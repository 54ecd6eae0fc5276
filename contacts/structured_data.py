"""What search engines read about a department: schema.org JSON-LD."""

from __future__ import annotations

from typing import Any

from contacts.book import DepartmentView
from locations.structured_data import postal_address


def department_data(view: DepartmentView, url: str | None) -> dict[str, Any]:
    """The JSON-LD of a department: name, phones, e-mails, addresses. Hours are given by its places."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "GovernmentOrganization",
        "name": str(view.department.name),
    }
    if url:
        data["url"] = url
    if view.phones:
        data["telephone"] = [phone.text for phone in view.phones]
    if view.emails:
        data["email"] = [address for address, _ in view.emails]
    if view.places:
        data["address"] = [postal_address(place.place) for place, _ in view.places]
    return data
