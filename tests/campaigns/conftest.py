"""The stopped clock and the pages that campaigns stand below."""

from __future__ import annotations

from typing import Any

import pytest

from tests.campaigns.campaign_site import CampaignSite, standing_campaign_site
from tests.conftest import SiteTree


@pytest.fixture
def site(site_tree: SiteTree, clock: Any) -> CampaignSite:
    """Home, calendar, campaigns and news in three languages, on Monday 23 November 2026, 10:00."""
    return standing_campaign_site()
