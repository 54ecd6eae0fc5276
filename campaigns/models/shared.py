"""Facts that hold in every language: edited on the Romanian page, read from its published row by all.

A draft of the Romanian page changes nothing that anybody reads; publishing it changes all languages at once.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest

from cms.models import BasePage
from cms.multilingual import SOURCE_LANGUAGE
from cms.querysets import open_pages


class SharedFactsPage(BasePage):
    """A page whose facts are those of its Romanian version."""

    class Meta:
        abstract = True

    @classmethod
    def known_facts(cls) -> models.QuerySet[Any]:
        """The Romanian pages whose facts hold now. A restriction of who may read them is not looked at."""
        found: models.QuerySet[Any] = cls._default_manager.filter(
            locale__language_code=SOURCE_LANGUAGE, live=True
        )
        return found

    @classmethod
    def public(cls) -> models.QuerySet[Any]:
        """The Romanian pages that everybody may read: they hold the facts."""
        return cls.known_facts().filter(pk__in=open_pages().values("pk"))

    @property
    def is_source(self) -> bool:
        """Whether this page holds the facts."""
        return self.locale_id is not None and self.locale.language_code == SOURCE_LANGUAGE

    @cached_property
    def facts(self) -> Self | None:
        """The page that holds the facts, as published: this one where it is the source; None while that is hidden."""
        if self.is_source:
            return self
        found: Self | None = (
            self.known_facts()
            .filter(translation_key=self.translation_key)
            .annotate(is_open=Exists(open_pages().filter(pk=OuterRef("pk"))))
            .first()
        )
        return found

    @property
    def is_withheld(self) -> bool:
        """Whether it is nobody's, live as it is: its facts are hidden, or for fewer readers than it would have."""
        if self.facts is None:
            return True
        if self.is_source or self.facts.is_open:
            return False
        return not self.get_view_restrictions().exists()

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """A page is nobody's while its facts are not for everybody; raises Http404 then."""
        if not getattr(request, "is_preview", False) and self.is_withheld:
            raise Http404
        return super().serve(request, *args, **kwargs)


def image_field(**values: Any) -> models.ForeignKey[Any, Any]:
    """A reference to an image that may go."""
    return models.ForeignKey(
        "wagtailimages.Image",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        **values,
    )
