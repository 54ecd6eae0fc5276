"""The sitemap: the public pages of every language."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from wagtail.contrib.sitemaps import Sitemap

from cms.page_urls import site_roots
from cms.querysets import open_pages


class PublicPages(Sitemap):
    """Wagtail's own lists the pages below the site's root page only, which are those of one language."""

    def items(self) -> Any:
        """The live pages that no restriction covers, below any of the home pages."""
        below = Q(pk__in=[])
        for root_path, _language in site_roots(self.request):
            below |= Q(url_path__startswith=root_path)
        pages: Any = open_pages()
        return pages.filter(below).order_by("path").defer_streamfields().specific()
