"""The sitemap: the public pages of every language."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import Page, Site


class PublicPages(Sitemap):
    """Wagtail's own lists the pages below the site's root page only, which are those of one language."""

    def items(self) -> Any:
        """The live pages that no restriction covers, below any of the home pages."""
        below = Q(pk__in=[])
        for root in Site.get_site_root_paths():
            below |= Q(url_path__startswith=root.root_path)
        return (
            Page.objects.live()
            .public()
            .filter(below)
            .order_by("path")
            .defer_streamfields()
            .specific()
        )
