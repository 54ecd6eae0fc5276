"""The addresses of the Mayor's Cabinet and of audiences, for every role."""

from __future__ import annotations

from typing import Any

from registry import audiences, cabinet
from tests.registry.filings import at, entry_of, request_filing, slot_for
from tests.registry.people import department_of

# anonymous nobody marketing clerk chief officer other_officer head cabinet confidential auditor admin
CABINET = "login home home home home home home home 200 home home 200"
STEP = CABINET.replace("200", "422")
EVERYBODY = "login home home 200 200 200 200 200 200 200 200 200"
# Of the officer's department: the Cabinet sees it only once it climbs.
OWN = "login 404 404 200 200 200 404 200 404 404 200 200"
OWN_STEP = "login 404 404 422 422 422 404 422 404 404 home 422"
MAYORS = "login 404 404 200 200 404 404 404 200 404 200 200"
MAYORS_STEP = "login 404 404 home home 404 404 404 422 404 home 422"
REQUEST = "login home home 200 200 home home home 200 home home 200"

ROWS: dict[str, tuple[str, str]] = {
    "registry_cabinet:index": ("GET", CABINET),
    "registry_cabinet:monday": ("GET", CABINET),
    "registry_cabinet:briefing": ("POST", STEP),
    "registry_cabinet:file": ("GET", CABINET),
    # Nobody has a file of what is not the Mayor's.
    "registry_cabinet:file other": ("GET", CABINET.replace("200", "404")),
    **{f"registry_cabinet:step {name}": ("POST", STEP) for name in ("resolve", "follow", "off")},
    "registry_cabinet:step unknown": ("POST", CABINET.replace("200", "404")),
    "registry_cabinet:open": ("GET", "login 404 404 200 200 404 404 404 200 404 home 200"),
    "registry_cabinet:open other": ("GET", "login 404 404 200 200 home 404 home 404 404 home 200"),
    "registry_audiences:index": ("GET", EVERYBODY),
    "registry_audiences:day": ("GET", EVERYBODY),
    "registry_audiences:request": ("GET", REQUEST),
    "registry_audiences:request send": ("POST", REQUEST.replace("200", "422")),
    "registry_audiences:audience": ("GET", OWN),
    "registry_audiences:audience mayor": ("GET", MAYORS),
    **{
        f"registry_audiences:step {name}": ("POST", OWN_STEP)
        for name in ("schedule", "hold", "miss", "decline", "climb")
    },
    "registry_audiences:step mayor": ("POST", MAYORS_STEP),
}
TABLES = {"registry_audience_slots": CABINET}


def targets(world: dict[str, Any]) -> dict[str, Any]:
    """A letter to the Mayor on the board, and audiences with the officer's department and with the Mayor."""
    people, general = world["people"], world["general"]
    clock = at(2027, 1, 5, 10)
    letter = entry_of(world["complaint"], general, clock)
    cabinet.open_file(letter, "citizen", actor=people["clerk"])
    own = audiences.request(
        request_filing(),
        "department",
        register_=general,
        actor=people["clerk"],
        department=department_of(people["officer"]),
        clock=clock,
    )
    mayors = audiences.request(
        request_filing(),
        "mayor",
        register_=general,
        actor=people["cabinet"],
        override="De probă",
        clock=clock,
    )
    without = ("cabinet:monday", "cabinet:briefing", "audiences:day", "audiences:request")
    world["args"] |= {f"registry_{name}": [] for name in without}
    world["args"] |= {
        "registry_audiences:request send": [],
        "registry_cabinet:file other": [world["entry"].pk],
        "registry_cabinet:open other": [world["entry"].pk],
        "registry_audiences:audience mayor": [mayors.pk],
        "registry_audiences:step mayor": [mayors.pk, "decline"],
    }
    return {
        **world,
        "registry_cabinet": letter,
        "registry_audiences": own,
        "registry_audience_slots": slot_for("mayor"),
    }
