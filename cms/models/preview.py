"""Secret addresses at which a draft can be read without an account."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

TOKEN_BYTES: Final = 32
MOST_DAYS: Final = 30


def digest_of(token: str) -> str:
    """What is kept of a token: its SHA-256 in hexadecimal. Random in all of its bits, it needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


class PreviewLinkQuerySet(models.QuerySet["PreviewLink"]):
    def in_use(self, now: datetime) -> PreviewLinkQuerySet:
        """Those that were not revoked and are not over at `now` (aware)."""
        return self.filter(revoked_at=None, expires_at__gt=now)

    def bearing(self, token: str, now: datetime) -> PreviewLink | None:
        """The one in use with this plain token; None for unknown, revoked and expired ones alike.

        The database compares digests: how long that takes says nothing about the token asked for.
        """
        found = self.in_use(now).filter(digest=digest_of(token))
        return found.select_related("page", "page__locale", "created_by").first()


class PreviewLink(models.Model):
    """The address of one page's newest draft, for some days. Its token is known to who was given it only."""

    page = models.ForeignKey(
        "wagtailcore.Page", editable=False, on_delete=models.CASCADE, related_name="+"
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("valid until"), editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = PreviewLinkQuerySet.as_manager()

    changes_pages = False
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("link to a draft")
        verbose_name_plural = _("links to drafts")
        default_permissions = ()
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return gettext("Link %(number)s") % {"number": self.pk or "–"}

    @classmethod
    def issue(cls, page: Any, created_by: Any, days: int) -> tuple[PreviewLink, str]:
        """Make a link that is valid for `days`; returns it and its token, which is stored nowhere and shown once.

        Raises ValueError for less than one day and more than `MOST_DAYS`.
        """
        if not 1 <= days <= MOST_DAYS:
            raise ValueError(f"A link to a draft is valid for 1 to {MOST_DAYS} days.")
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = timezone.now()
        link = cls.objects.create(
            page_id=page.pk,
            created_by=created_by,
            created_at=now,
            expires_at=now + timedelta(days=days),
            digest=digest_of(token),
        )
        return link, token
