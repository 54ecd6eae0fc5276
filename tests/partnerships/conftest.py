"""The site that the tests of partnerships, strategy and plan begin with."""

from __future__ import annotations

from typing import Any

import pytest

from tests.partnerships.partnership_site import PartnershipSite, partnership_site


@pytest.fixture
def site(site_tree: Any, clock: Any) -> PartnershipSite:
    return partnership_site()
