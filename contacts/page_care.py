"""Owners and reviews of pages, read: all in SQL, with the same number of queries for one page and for ten thousand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Length, Substr
from wagtail.models import Page

from cms.models import BasePage
from cms.multilingual import SOURCE_LANGUAGE
from contacts.models import Department, PageCare
from contacts.reviews import long_ago

LEVELS: Final = 12
"""From how many levels of the tree, counted from its root, a page inherits its owner; no site is as deep."""


# -- owners ------------------------------------------------------------------------------------------------------------


_LEVELS: Final = range(2, LEVELS + 1)


def _beginnings(levels: Iterable[int]) -> list[Any]:
    """The outer page's path up to each level, itself included; the same path again for levels below it."""
    return [Substr(OuterRef("path"), 1, level * Page.steplen) for level in levels]


def _owner(levels: Iterable[int]) -> Subquery:
    """The key of the department of the nearest page, from these levels of the outer page's path, that names one.

    The paths of the pages above are beginnings of the own one: they are looked up by the index of paths, so that ten
    thousand pages cost ten thousand short looks and not ten thousand walks over all owned pages.
    """
    named = PageCare.objects.filter(
        translation_key=OuterRef("translation_key"), department__isnull=False
    )
    above = (
        Page.objects.filter(path__in=_beginnings(levels))
        .annotate(named=Subquery(named.values("department")[:1]))
        .filter(named__isnull=False)
        .order_by(Length("path").desc())
    )
    return Subquery(above.values("named")[:1])


def with_owner(pages: Any) -> Any:
    """`pages` with `cared_by`: the key of the department that answers for each, its own or inherited; or None."""
    return pages.annotate(cared_by=_owner(_LEVELS))


def without_owner(pages: Any) -> Any:
    """Of `pages` those that no department answers for: what `with_owner` says of them, asked more cheaply."""
    keys = PageCare.objects.filter(department__isnull=False).values("translation_key")
    # The same list for every page and level: databases make a set of it once, and look each beginning up there.
    named = Page.objects.filter(translation_key__in=keys).order_by().values("path")
    beginnings = {f"path_{n}": Substr("path", 1, n * Page.steplen) for n in _LEVELS}
    owned = Q()
    for name in beginnings:
        owned |= Q(**{f"{name}__in": named})
    return pages.alias(**beginnings).filter(~owned)


def owner_of(page: Page) -> Department | None:
    """The department that answers for `page`, its own or inherited: one query."""
    found = Page.objects.filter(pk=page.pk).annotate(cared_by=_owner(_LEVELS))
    return Department.objects.filter(pk__in=found.values("cared_by")).first()


def inherited_owner(page: Page) -> Department | None:
    """The department that `page` would belong to without one of its own: one query."""
    above = page.path[: -page.steplen]
    found = Page.objects.filter(path=above).annotate(cared_by=_owner(_LEVELS))
    return Department.objects.filter(pk__in=found.values("cared_by")).first()


def care_of(page: Page) -> PageCare:
    """What is known of `page`; an unsaved row where nothing is: one query."""
    known = PageCare.objects.select_related("department", "reviewed_by").filter(
        translation_key=page.translation_key
    )
    return known.first() or PageCare(translation_key=page.translation_key)


# -- reviews -----------------------------------------------------------------------------------------------------------


def with_review(pages: Any) -> Any:
    """`pages` with `review_on` and `reviewed_at`, None where there is none."""
    own = PageCare.objects.filter(translation_key=OuterRef("translation_key"))
    return pages.annotate(
        review_on=Subquery(own.values("review_on")[:1]),
        reviewed_at=Subquery(own.values("reviewed_at")[:1]),
    )


def _passing() -> Any:
    """The content types of pages of a day that passes, for a subquery."""
    condition = Q(pk__in=[])
    for model in apps.get_models():
        if issubclass(model, BasePage) and model.passes:
            condition |= Q(app_label=model._meta.app_label, model=model._meta.model_name)
    return ContentType.objects.filter(condition).values("pk")


def one_a_family(pages: Any) -> Any:
    """Of `pages` one for all languages: the Romanian one, and what exists in other languages alone."""
    romanian = Page.objects.filter(
        translation_key=OuterRef("translation_key"), locale__language_code=SOURCE_LANGUAGE
    )
    return pages.filter(Q(locale__language_code=SOURCE_LANGUAGE) | ~Exists(romanian)).filter(
        alias_of__isnull=True, depth__gt=1
    )


def due(pages: Any, now: datetime, today: date) -> Any:
    """Of `pages` those that readers have and that are due for review: the rule of `contacts.reviews.is_due`.

    `now` is aware, `today` the local day. One for all languages.
    """
    chosen = PageCare.objects.filter(review_on__isnull=False)
    seen_to = PageCare.objects.filter(review_on__isnull=True, reviewed_at__gte=long_ago(now))
    overdue = Q(translation_key__in=chosen.filter(review_on__lte=today).values("translation_key"))
    forgotten = (
        Q(last_published_at__lt=long_ago(now))
        & ~Q(translation_key__in=chosen.values("translation_key"))
        & ~Q(translation_key__in=seen_to.values("translation_key"))
        & ~Q(content_type__in=_passing())
    )
    return one_a_family(pages).filter(overdue | forgotten, live=True)
