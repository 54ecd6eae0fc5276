"""How a partner's calendar is doing, above its form."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from wagtail.admin.panels import Panel

from events.importing.problems import message

IMPORT_URL = "import_events"


class ImportHealthPanel(Panel):
    """The last import: when, what it did, what was refused and why, and the way to a dry run."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "wagtailadmin/events/import_health.html"

        def is_shown(self) -> bool:
            return bool(self.instance and self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            calendar = self.instance
            context |= {
                "calendar": calendar,
                "counts": calendar.last_counts,
                "remarks": [
                    {
                        "title": remark["title"] or remark["uid"],
                        "text": message(remark["code"], remark["params"]),
                    }
                    for remark in calendar.last_remarks
                ],
                "import_url": f"{reverse(IMPORT_URL)}?calendar={calendar.pk}",
            }
            return context
