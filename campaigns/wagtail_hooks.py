"""Registration of the admin of campaigns, news, partnerships, the strategy and the plan.

What it registers says itself what it is for.
"""

from __future__ import annotations

from wagtail import hooks

from campaigns import (
    admin_views,  # noqa: F401  registers its own addresses and buttons
    expiring,
    objective_admin,
    objective_tags,
    plan_admin,
    strategy_viewsets,  # noqa: F401  registers the menu “Strategy”
    waiting,
)
from campaigns.sheets import CampaignSheet, PartnershipSheet
from campaigns.viewsets import CampaignsGroup
from cms.desk import register_desk_list
from cms.sheets.kinds import register_sheet

register_sheet(CampaignSheet(), order=10)
register_sheet(PartnershipSheet(), order=25)

hooks.register("register_admin_viewset", CampaignsGroup)
register_desk_list("late-teasers", waiting.late_teasers, order=100)
register_desk_list("campaigns-to-evaluate", waiting.to_evaluate, order=110)
register_desk_list("ending-partnerships", expiring.ending_partnerships, order=120)
register_desk_list("forgotten-campaigns", expiring.forgotten_campaigns, order=130)
hooks.register("register_admin_urls", plan_admin.plan_urls)
hooks.register("register_admin_urls", objective_admin.objective_urls)
hooks.register("register_permissions", plan_admin.plan_permissions)
hooks.register("register_log_actions", plan_admin.register_plan_log_actions)
hooks.register("register_log_actions", objective_tags.register_tag_log_actions)
hooks.register("register_page_header_buttons", objective_admin.objective_buttons)
hooks.register("register_page_listing_more_buttons", objective_admin.objective_buttons)
