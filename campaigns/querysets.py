"""Read verbs over partnerships."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q
from wagtail.models import PageManager
from wagtail.query import PageQuerySet

from campaigns.enums import Standing
from campaigns.terms import WARNED_BEFORE
from cms.multilingual import SOURCE_LANGUAGE
from cms.querysets import open_pages, own_version_in


def standing_condition(standing: Standing, today: date) -> Q:
    """What `campaigns.terms.standing_on` says, for the database. `today` is local."""
    ended = Q(ends_on__lt=today)
    if standing is Standing.ENDED:
        return ended
    started = Q(starts_on__lte=today)
    if standing is Standing.UPCOMING:
        return ~started & (Q(ends_on=None) | ~ended)
    warned = Q(ends_on__gte=today, ends_on__lte=today + WARNED_BEFORE)
    if standing is Standing.EXPIRING:
        return started & warned
    return started & (Q(ends_on=None) | Q(ends_on__gt=today + WARNED_BEFORE))


class SharedFactsQuerySet(PageQuerySet):
    """Pages whose facts are those of their Romanian version."""

    def source(self) -> Self:
        """The Romanian versions, which hold the facts."""
        found: Self = self.filter(locale__language_code=SOURCE_LANGUAGE)
        return found

    def published(self, language: str) -> Self:
        """The rows with the facts of what everybody may read in `language` (a code).

        Annotated with `shown_title` and `shown_path` of the version in that language, and `shown_alias`, which is set
        where that version is the Romanian text.
        """
        open_one = open_pages().filter(pk=OuterRef("pk"))
        found: Self = self.source().filter(Exists(open_one))
        return found.annotate(
            shown_path=own_version_in(language),
            shown_title=own_version_in(language, "title"),
            shown_alias=own_version_in(language, "alias_of"),
        ).filter(shown_path__isnull=False)


class PartnershipQuerySet(SharedFactsQuerySet):
    """Partnerships by where they stand."""

    def standing(self, *standings: Standing, today: date) -> Self:
        """Those with one of `standings` on the local day `today`."""
        condition = Q(pk__in=[])
        for standing in standings:
            condition |= standing_condition(standing, today)
        found: Self = self.filter(condition)
        return found

    def with_country(self, code: str) -> Self:
        """Those with a party from the country `code`."""
        parties = self.model.parties.rel.related_model.objects.filter(organisation__country=code)
        found: Self = self.filter(pk__in=parties.values("page"))
        return found


PartnershipManager: Any = PageManager.from_queryset(PartnershipQuerySet)
