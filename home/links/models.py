"""Links of public pages, how each stands, and which pages carry it."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from home.links.verdicts import State


class CheckedLink(models.Model):
    """What pages lead to: an address on the web, or a page or document of this site by its key.

    `failing_since`, `failed_days`, `failed_on` (a local day) tell of the present run of failures. `code` and `status`:
    what the last attempt said (`home.links.reasons`). `check_after`: not asked for before that.
    """

    class Kind(models.TextChoices):
        WEB = "web", pgettext_lazy("kind of link", "another site")
        PAGE = "page", pgettext_lazy("kind of link", "a page of this site")
        DOCUMENT = "document", pgettext_lazy("kind of link", "a document")

    changes_pages = False
    wagtail_reference_index_ignore = True

    STATES = [
        (State.NEW.value, pgettext_lazy("state of a link", "not checked yet")),
        (State.FINE.value, pgettext_lazy("state of a link", "fine")),
        (State.UNSURE.value, pgettext_lazy("state of a link", "unsure")),
        (State.FAILING.value, pgettext_lazy("state of a link", "fails, is asked for again")),
        (State.BROKEN.value, pgettext_lazy("state of a link", "broken")),
        (State.LEFT_OUT.value, pgettext_lazy("state of a link", "not checked")),
    ]

    digest = models.CharField(max_length=40, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.WEB)
    url = models.TextField(_("address"), blank=True)
    target_id = models.PositiveBigIntegerField(null=True, blank=True)
    host = models.CharField(max_length=255, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=State.NEW.value)
    code = models.CharField(max_length=24, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    checked_at = models.DateTimeField(_("last checked"), null=True, blank=True)
    check_after = models.DateTimeField()
    failing_since = models.DateTimeField(_("since"), null=True, blank=True)
    failed_days = models.PositiveSmallIntegerField(default=0)
    failed_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        indexes = [
            models.Index(fields=["kind", "check_after"], name="home_link_due"),
            models.Index(fields=["state", "failing_since"], name="home_link_state"),
        ]

    def __str__(self) -> str:
        return self.url or f"{self.kind} {self.target_id}"

    @staticmethod
    def digest_of(kind: str, url: str, target_id: int | None) -> str:
        """What tells one link from another: addresses are too long for an index of some databases."""
        return blake2b(f"{kind}\0{url}\0{target_id or ''}".encode(), digest_size=20).hexdigest()

    @staticmethod
    def host_of(url: str) -> str:
        """The host in small letters, "" where there is none; for the limits of each host."""
        try:
            return (urlsplit(url).hostname or "")[:255]
        except ValueError:
            return ""


class LinkUse(models.Model):
    """A page that carries a link; `words`: what readers click on, "" where the address itself stands there."""

    changes_pages = False
    wagtail_reference_index_ignore = True

    link: Any = models.ForeignKey(CheckedLink, on_delete=models.CASCADE, related_name="uses")
    page: Any = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")
    words = models.CharField(_("link text"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("use of a link")
        verbose_name_plural = _("uses of links")
        constraints = [
            models.UniqueConstraint(fields=["page", "link"], name="home_link_once_a_page")
        ]

    def __str__(self) -> str:
        return self.words or str(self.link)


class ScannedPage(models.Model):
    """When the links of a page were last collected."""

    changes_pages = False
    wagtail_reference_index_ignore = True

    page: Any = models.OneToOneField(
        "wagtailcore.Page", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    scanned_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("page whose links are known")
        verbose_name_plural = _("pages whose links are known")

    def __str__(self) -> str:
        return str(self.page_id)
