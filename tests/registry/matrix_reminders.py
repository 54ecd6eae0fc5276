"""Addresses of one's calendar of terms and of absences: one's own for whoever sees the register, all for its head."""

from __future__ import annotations

from datetime import date
from typing import Any

from registry.models import Absence
from registry.terms_feed import issue

EVERYBODY = "login home home 200 200 200 200 200 200 200 200 200"
TYPED_NOTHING = EVERYBODY.replace("200", "422")
# The officer's own: everybody else finds nothing.
OFFICERS = "login home home 404 404 done 404 404 404 404 404 404"
HEAD = "login home home home 200 home home home home home home 200"

ROWS = {
    "registry_terms:index": ("GET", EVERYBODY),
    "registry_terms:index make": ("POST", TYPED_NOTHING),
    "registry_terms:revoke": ("POST", OFFICERS),
    "registry_my_absence:index": ("GET", EVERYBODY),
    "registry_my_absence:index note": ("POST", TYPED_NOTHING),
    "registry_my_absence:take_back": ("POST", OFFICERS),
}
TABLES = {"registry_absences": HEAD}


def targets(world: dict[str, Any]) -> dict[str, Any]:
    """A calendar and an absence of the officer's; another absence for the table."""
    people = world["people"]

    def away(who: str, day: int) -> Absence:
        return Absence.objects.create(
            user=people[who],
            substitute=people["other_officer"],
            first_day=date(2026, 12, day),
            last_day=date(2026, 12, day),
        )

    token, _plain = issue(people["officer"], "Telefon")
    return {
        "registry_terms": token,
        "registry_my_absence": away("officer", 3),
        "registry_absences": away("head", 4),
    }
