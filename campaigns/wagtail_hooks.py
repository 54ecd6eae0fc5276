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
from cms.sheets.kinds import register_sheet

register_sheet(CampaignSheet(), order=10)
register_sheet(PartnershipSheet(), order=25)

hooks.register("register_admin_viewset", CampaignsGroup)
hooks.register("construct_homepage_panels", waiting.add_panel)
hooks.register("construct_homepage_panels", expiring.add_panel)
hooks.register("register_admin_urls", plan_admin.plan_urls)
hooks.register("register_admin_urls", objective_admin.objective_urls)
hooks.register("register_permissions", plan_admin.plan_permissions)
hooks.register("register_log_actions", plan_admin.register_plan_log_actions)
hooks.register("register_log_actions", objective_tags.register_tag_log_actions)
hooks.register("register_page_header_buttons", objective_admin.objective_buttons)
hooks.register("register_page_listing_more_buttons", objective_admin.objective_buttons)
