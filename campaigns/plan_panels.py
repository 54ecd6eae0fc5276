"""The editors' panels of a promotion plan: its rows as a table to fill in, and the campaigns that it forgot."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from wagtail.admin.panels import InlinePanel, Panel

from campaigns.plan_gaps import FIRST_YEAR, LAST_YEAR, gaps_for

PUBLISH_PERMISSION: Final = "campaigns.publish_planyear"
ADMIN_CSS: Final = "css/admin-plan.css"


class PlanRowsPanel(InlinePanel):
    """Rows side by side as in a table: everything that a row says at one glance."""

    class BoundPanel(InlinePanel.BoundPanel):
        @property
        def media(self) -> forms.Media:
            return super().media + forms.Media(css={"all": [ADMIN_CSS]})


class PlanGapsPanel(Panel):
    """Above the rows: the campaigns of the year that have none."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "wagtailadmin/campaigns/plan_gaps_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            year = (self.instance.year or 0) if self.instance.pk else 0
            # A form that is shown again has the year that was typed, whatever it was.
            known = FIRST_YEAR <= year <= LAST_YEAR
            gaps, hidden = gaps_for(self.request.user, year) if known else ([], 0)
            context.update(gaps=gaps, hidden=hidden, year=year)
            return context
