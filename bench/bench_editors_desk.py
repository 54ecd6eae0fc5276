"""The editors' home with 10,000 synthetic pages beside the demonstration's, as each role gets it.

A fifth of the pages are drafts of Marketing's, and a fiftieth are taken down by their date within a month.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Final

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from bench.admin_calls import screen_call
from bench.measure import Call, benchmark

PAGES: Final = 10_000
LIMIT_QUERIES: Final = 40
# Half a second and a little: most of it is Python that puts thirty-odd questions together.
LIMIT_MS: Final = 600
ACCOUNTS: Final = (
    "admin",
    "moderator",
    "marketing",
    "partnerships",
    "cabinet",
    "clerk",
    "chief",
    "dept-events",
    "auditor",
)


@cache
def grow() -> None:
    """Have so many pages, and among them what editors are told of; once."""
    from django.contrib.auth import get_user_model
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import Page, Revision

    from cms.models import StandardPage

    call_command("seed_scale", pages=PAGES, verbosity=0)
    author = get_user_model().objects.get(username="marketing")
    seeded = list(StandardPage.objects.filter(slug__startswith="pagina-sintetica-").order_by("pk"))
    now, kind = timezone.now(), ContentType.objects.get_for_model(StandardPage)
    base = ContentType.objects.get_for_model(Page)
    drafts = [page for page in seeded[::5] if page.latest_revision_id is None]
    revisions = Revision.objects.bulk_create(
        [
            Revision(
                content_type=kind,
                base_content_type=base,
                object_id=str(page.pk),
                user=author,
                created_at=now,
                content=page.serializable_data(),
                object_str=page.title,
            )
            for page in drafts
        ],
        batch_size=500,
    )
    for page, revision in zip(drafts, revisions, strict=True):
        page.has_unpublished_changes = True
        page.latest_revision = revision
        page.latest_revision_created_at = now
    fields = ["has_unpublished_changes", "latest_revision", "latest_revision_created_at"]
    Page.objects.bulk_update(drafts, fields, batch_size=200)
    leaving = [page.pk for page in seeded[1::50]]
    Page.objects.filter(pk__in=leaving).update(expire_at=now + timedelta(days=9))
    if connection.vendor == "postgresql":
        # What autovacuum does within a minute.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _home(account: str) -> None:
    @benchmark(
        f"editors' home of {PAGES:,} pages: {account}",
        rounds=20,
        limit_ms=LIMIT_MS,
        limit_queries=LIMIT_QUERIES,
        stage=14,
    )
    def home() -> Call:
        grow()
        return screen_call(account, "/admin/")


for _account in ACCOUNTS:
    _home(_account)
