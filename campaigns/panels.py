"""Where a campaign stands in its life, and what can be done with it next: a panel of its editor."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.forms import Media
from django.urls import reverse
from wagtail.admin.compare import ChoiceFieldComparison
from wagtail.admin.panels import Panel

from campaigns.enums import Stage
from campaigns.stages import moves_from

MOVE_URL = "campaigns_move"


class StagePanel(Panel):
    """The stages in their order, the present one marked, with the moves that lead on. Changes nothing itself."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "wagtailadmin/campaigns/stage_panel.html"

        @property
        def media(self) -> Media:
            return Media(css={"all": ["css/admin-campaigns.css"]})

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            page = self.instance
            stage = Stage(page.stage)
            order = list(Stage)
            context["stages"] = [
                (item.label, item == stage, order.index(item) < order.index(stage))
                for item in order
            ]
            movable = page.pk and page.locale_id is not None and page.is_source
            context["moves"] = [
                (move, reverse(MOVE_URL, args=[page.pk, move.name]))
                for move in (moves_from(stage) if movable else ())
            ]
            context["saved"] = bool(page.pk)
            return context

        def get_comparison(self) -> list[Any]:
            field = self.instance._meta.get_field("stage")
            return [partial(ChoiceFieldComparison, field)]
