"""Campaigns, the promotion plan, the strategy, partnerships, news."""

from campaigns.models.campaign import (
    CampaignChannel,
    CampaignDocument,
    CampaignEvent,
    CampaignGoal,
    CampaignIndexPage,
    CampaignPage,
    CampaignPartner,
    ChannelCount,
)
from campaigns.models.news import NewsIndexPage, NewsPage
from campaigns.models.partnership import PartnerCallPage, PartnershipIndexPage, PartnershipPage
from campaigns.models.partnership_parts import PartnershipDocument, PartnershipParty
from campaigns.models.plan import PlanRow, PlanToken, PlanYear
from campaigns.models.plan_page import PlanPage
from campaigns.models.strategy import EventObjective, Objective, StrategyEdition
from campaigns.models.strategy_page import StrategyPage

__all__ = [
    "CampaignChannel",
    "CampaignDocument",
    "CampaignEvent",
    "CampaignGoal",
    "CampaignIndexPage",
    "CampaignPage",
    "CampaignPartner",
    "ChannelCount",
    "EventObjective",
    "NewsIndexPage",
    "NewsPage",
    "Objective",
    "PartnerCallPage",
    "PartnershipDocument",
    "PartnershipIndexPage",
    "PartnershipPage",
    "PartnershipParty",
    "PlanPage",
    "PlanRow",
    "PlanToken",
    "PlanYear",
    "StrategyEdition",
    "StrategyPage",
]
