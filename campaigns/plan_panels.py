"""The editors' panels of a promotion plan: its rows as a table to fill in, and the campaigns that it forgot."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from wagtail.admin.panels import InlinePanel, Panel

from campaigns.plan_gaps import campaigns_without_row

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

        @property
        def gaps(self) -> list[Any]:
            year = self.instance.year if self.instance.pk else None
            return list(campaigns_without_row(year)) if year else []

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            found = self.gaps
            # Drafts have titles that are not everybody's.
            user = self.request.user
            context["gaps"] = [
                page for page in found if page.live or page.permissions_for_user(user).can_edit()
            ]
            context["hidden"] = len(found) - len(context["gaps"])
            context["year"] = self.instance.year
            return context
