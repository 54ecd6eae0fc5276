"""Who answers for a page, and when somebody is to look whether it is still right: one row for all its languages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models.departments import Department

OWNER = pgettext_lazy("department that answers for a page", "Owner")


class PageCare(models.Model):
    """The owner and the review date of a page; no part of its revisions: they hold at once, whatever draft waits.

    `translation_key`: that of the page in all languages. Without a department of its own a page belongs to that of
    the nearest page above it (`contacts.page_care`); review dates are each page's own.
    """

    changes_pages = False
    # A department is not in use because somebody of it looks after a page (`contacts.usage`).
    wagtail_reference_index_ignore = True
    counts_as_use = False

    translation_key = models.UUIDField(unique=True, editable=False)
    department: Any = models.ForeignKey(
        Department,
        verbose_name=OWNER,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The department that answers for what the page says, and gets mail about it."),
    )
    review_on = models.DateField(
        _("next review"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("The day on which somebody is to look whether the page is still right."),
    )
    reviewed_at = models.DateTimeField(_("last review"), null=True, blank=True, editable=False)
    reviewed_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reviewed by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("owner and review of a page")
        verbose_name_plural = _("owners and reviews of pages")

    def __str__(self) -> str:
        return str(self.translation_key)
