"""Loads the demo's facts: places, hours, departments. Creates what is missing and changes nothing that is there."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cms.models import SiteIdentity
from cms.multilingual import LocalizedText
from contacts.models import ContactPoint, Department, DepartmentPlace
from locations.models import Location, OpeningHours, WeekSchedule
from locations.models.hours import DAYS

Data = dict[str, Any]


def load_identity(content: Data) -> None:
    """The names of the site."""
    if SiteIdentity.objects.exists():
        return
    site = content["site"]
    SiteIdentity.objects.create(
        name=LocalizedText(site["short_name"]),
        institution=LocalizedText(site["institution"]),
        city=site["city"]["ro"],
        tagline=LocalizedText(site["tagline"]),
        notice=LocalizedText(content["demo_notice"]),
    )


def load_places(content: Data) -> dict[str, Location]:
    """The places by key."""
    places = {}
    for item in content["places"]:
        position = item.get("position") or {}
        places[item["key"]], _ = Location.objects.get_or_create(
            key=item["key"],
            defaults={
                "name": LocalizedText(item["name"]),
                "kind": item["kind"],
                "address": item["address"],
                "rooms": ", ".join(item.get("rooms") or []),
                "note": LocalizedText(item.get("note") or {}),
                "latitude": _degrees(position.get("latitude")),
                "longitude": _degrees(position.get("longitude")),
                "approximate": True,
                "sort_order": item["number"] * 10,
            },
        )
    return places


def _degrees(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def load_hours(content: Data, places: dict[str, Location]) -> dict[str, OpeningHours]:
    """The opening hours by key."""
    found = {}
    for item in content["hours"]:
        hours, created = OpeningHours.objects.get_or_create(
            key=item["key"],
            defaults={
                "name": LocalizedText(item["name"]),
                "location": places.get(item.get("place")),
                "channel": item["channel"],
                "published": True,
                "holidays": item["holiday"],
            },
        )
        if created:
            WeekSchedule.objects.create(hours=hours, **{day: item[day] for day in DAYS})
        found[item["key"]] = hours
    return found


def load_departments(
    content: Data, places: dict[str, Location], hours: dict[str, OpeningHours]
) -> dict[str, Department]:
    """The departments by key, with their contact points and places."""
    departments: dict[str, Department] = {}
    for order, item in enumerate(content["departments"], start=1):
        department, created = Department.objects.get_or_create(
            key=item["key"],
            defaults={
                "name": LocalizedText(item["name"]),
                "summary": LocalizedText(item["summary"]),
                "parent": departments.get(item.get("parent")),
                "hours": hours.get(item.get("hours")),
                "sort_order": order * 10,
            },
        )
        departments[item["key"]] = department
        if not created:
            continue
        for number, point in enumerate(item.get("contact_points") or []):
            ContactPoint.objects.create(
                department=department,
                sort_order=number,
                label=LocalizedText(point.get("label") or {}),
                phone=point.get("phone"),
                phone_kind=point.get("kind", ContactPoint.PhoneKind.PHONE),
                email=point.get("email", ""),
                rooms=", ".join(point.get("rooms") or []),
            )
        if place := places.get(item.get("place")):
            DepartmentPlace.objects.create(
                department=department, place=place, rooms=", ".join(item.get("rooms") or [])
            )
    return departments
