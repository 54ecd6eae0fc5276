"""The menu “Strategy” in the admin: editions, objectives, promotion plans."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from campaigns.models import Objective, StrategyEdition
from campaigns.plan_admin import PlanYearViewSet


class StrategyEditionViewSet(SnippetViewSet):
    model = StrategyEdition
    icon = "folder-open-inverse"
    menu_label = _("Editions")
    list_display = ("name", "key", "first_year", "last_year")


class ObjectiveViewSet(SnippetViewSet):
    model = Objective
    icon = "tasks"
    menu_label = _("Objectives")
    list_display = ("code", "title", "edition", "sort_order")
    list_filter = ("edition",)


class StrategyGroup(SnippetViewSetGroup):
    items = (StrategyEditionViewSet, ObjectiveViewSet, PlanYearViewSet)
    menu_label = _("Strategy")
    menu_name = "strategy"
    menu_icon = "tasks"
    menu_order = 230


register_snippet(StrategyGroup)
