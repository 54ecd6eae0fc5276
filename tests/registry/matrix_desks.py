"""The desks, the list's views and its export in the permission matrix."""

from __future__ import annotations

from typing import Any

from registry.models import SavedView

EVERYBODY = "login home home 200 200 200 200 200 200 200 200 200"
DISTRIBUTES = "login home home 200 200 home home home 200 home home 200"
WORKS = "login home home home home 200 200 200 home home home 200"
APPROVES = "login home home home 200 home home 200 home home home 200"
EXPORTS = "login home home home 200 home home home home home home 200"

ROWS: dict[str, tuple[str, str]] = {
    "registry_inbox:index": ("GET", DISTRIBUTES),
    # 422: nothing is ticked.
    "registry_inbox:index assign": ("POST", DISTRIBUTES.replace("200", "422")),
    "registry_board:index": ("GET", EVERYBODY),
    "registry_work:index": ("GET", WORKS),
    "registry_approvals:index": ("GET", APPROVES),
    "registry_approvals:read": ("GET", APPROVES),
    "registry_approvals:step approve": ("POST", APPROVES.replace("200", "422")),
    "registry_approvals:step send_back": ("POST", APPROVES.replace("200", "422")),
    "registry_approvals:step cancel": ("POST", APPROVES.replace("200", "404")),
    "registry_entries:export": ("POST", EXPORTS),
    "registry_entries:save_view": ("POST", EVERYBODY.replace("200", "422")),
    # The clerk's own; nobody else has such a view.
    "registry_entries:delete_view": (
        "POST",
        "login home home done 404 404 404 404 404 404 404 404",
    ),
}


def targets(world: dict[str, Any]) -> dict[str, Any]:
    """A view of the clerk's."""
    view = SavedView.objects.create(
        user=world["people"]["clerk"], screen="entries", name="Ale mele", query="show=late"
    )
    world["args"] |= {
        "registry_entries:export": [],
        "registry_entries:save_view": [],
        "registry_entries:delete_view": [view.pk],
    }
    return {"registry_approvals": world["entry"]}
