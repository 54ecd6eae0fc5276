"""Who uses a department, a place or an organisation: read from Wagtail's index of references, for all rows at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Count, ForeignObjectRel, Model
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from modelcluster.fields import ParentalKey
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import Page, ReferenceIndex
from wagtail.permissions import policy_registry
from wagtail.snippets.models import get_snippet_models

from cms.page_reports import editable_pages
from cms.page_visibility import known_to
from contacts.models import Department, Organisation, Post
from locations.models import Location

KINDS: Final[Mapping[str, type[Model]]] = {
    "department": Department,
    "location": Location,
    "organisation": Organisation,
    "post": Post,
}
"""What the report is about, by the name that addresses use."""

_NAMES: Final = dict.fromkeys(KINDS, ("key", "name")) | {"post": ("pk", "title")}
_ANY: Final = frozenset({"add", "change", "delete", "view"})


@dataclass(frozen=True, slots=True)
class Used:
    """An object and how many use it. `pages`: published ones, each language counted; `others`: menus, plans, hours …

    `elsewhere`: work that no page shows, such as the register, refers to it too; how much is told to nobody here.
    """

    kind: str
    pk: int
    key: str
    name: str
    pages: int = 0
    others: int = 0
    elsewhere: bool = False

    @property
    def kind_name(self) -> str:
        """What it is, in the reader's language."""
        return capfirst(str(KINDS[self.kind]._meta.verbose_name))

    @property
    def is_used(self) -> bool:
        """Whether anything refers to it."""
        return bool(self.pages or self.others or self.elsewhere)


@dataclass(frozen=True, slots=True)
class Reference:
    """Something that refers to an object, and that the reader may know of."""

    title: str
    kind: str
    url: str = ""
    language: str = ""
    state: str = ""


def _live_pages() -> Any:
    """The keys of published pages as the index holds them: texts, as other models have keys that are no numbers."""
    return Page.objects.filter(live=True).annotate(text=Cast("pk", CharField())).values("text")


def _shown(content_type: int) -> bool:
    """Whether these are objects that pages show; the others are nobody's business here."""
    model = ContentType.objects.get_for_id(content_type).model_class()
    return model is not None and bool(getattr(model, "changes_pages", True))


def _used_elsewhere(model: type[Model]) -> set[int]:
    """The keys of the rows that something refers to which the index of references does not know: the register, say.

    One query for each kind of such rows. What only takes notes of a row, and its own parts, do not use it.
    """
    found: set[int] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many:
            continue
        source, field = relation.related_model, relation.field
        # The table behind a many-to-many field is part of the model that has the field.
        holder: Any = source._meta.auto_created or source
        if (
            source in ReferenceIndex.tracked_models
            or isinstance(field, ParentalKey)
            or not getattr(holder, "counts_as_use", True)
        ):
            continue
        used = source._base_manager.filter(**{f"{field.name}__isnull": False}).order_by()
        found.update(used.values_list(field.attname, flat=True).distinct())
    return found


def usage() -> list[Used]:
    """Every object of the report, and how many use it: the same few queries, whatever there is.

    Names stand in JSON, one for each language, which no database sorts as a reader would. There are hundreds of rows,
    not hundreds of thousands.
    """
    page = ContentType.objects.get_for_model(Page).pk
    to = {ContentType.objects.get_for_model(model).pk: kind for kind, model in KINDS.items()}
    references = ReferenceIndex.objects.filter(to_content_type__in=to)
    # The draft of a page uses nothing yet.
    counted = references.exclude(base_content_type=page) | references.filter(
        base_content_type=page, object_id__in=_live_pages()
    )
    grouped = (
        counted.order_by()
        .values("to_content_type", "to_object_id", "base_content_type")
        .annotate(n=Count("object_id", distinct=True))
        .values_list("to_content_type", "to_object_id", "base_content_type", "n")
    )
    pages: dict[tuple[str, str], int] = defaultdict(int)
    others: dict[tuple[str, str], int] = defaultdict(int)
    elsewhere = {(kind, str(pk)) for kind, model in KINDS.items() for pk in _used_elsewhere(model)}
    for content_type, pk, base, n in grouped:
        target = to[content_type], pk
        if base == page:
            pages[target] += n
        elif _shown(base):
            others[target] += n
        else:
            elsewhere.add(target)
    found = []
    for kind, model in KINDS.items():
        for pk, key, text in model._default_manager.order_by().values_list("pk", *_NAMES[kind]):
            target = kind, str(pk)
            found.append(
                Used(
                    kind,
                    pk,
                    str(key),
                    str(text),
                    pages[target],
                    others[target],
                    target in elsewhere,
                )
            )
    return found


def references_to(instance: Model, user: Any) -> tuple[list[Reference], int]:
    """What refers to `instance` and may be named to `user`, and how many published pages and others may not.

    Pages are named where `user` may know of them (`cms.page_visibility`), drafts of the own part of the tree included;
    other objects where `user` has any right over their kind. One query for each kind that there is.
    """
    target = ReferenceIndex.objects.filter(
        to_content_type=ContentType.objects.get_for_model(instance), to_object_id=str(instance.pk)
    ).order_by()
    page = ContentType.objects.get_for_model(Page)
    found: list[Reference] = []
    hidden = 0
    for base in target.values_list("base_content_type", flat=True).distinct():
        rows = target.filter(base_content_type=base).values("object_id")
        if base == page.pk:
            pages = Page.objects.annotate(text=Cast("pk", CharField())).filter(text__in=rows)
            named = _pages(pages.filter(known_to(user)), user)
            live = pages.filter(live=True)
            # By difference: for superusers the filter is empty, and to exclude that excludes nothing.
            hidden += live.count() - live.filter(known_to(user)).count()
            found += named
        elif _shown(base):
            model: Any = ContentType.objects.get_for_id(base).model_class()
            others = _objects(model, rows, user) if _may_name(user, model) else []
            found += others
            hidden += rows.distinct().count() - len(others)
    return found, hidden


def _may_name(user: Any, model: type[Model]) -> bool:
    policy = policy_registry.get_by_type(model)
    return model in get_snippet_models() and bool(policy.user_has_any_permission(user, _ANY))


def _pages(pages: Any, user: Any) -> list[Reference]:
    editable = set(
        editable_pages(user).filter(pk__in=pages.values("pk")).values_list("pk", flat=True)
    )
    rows = pages.select_related("locale", "content_type").order_by("path")
    return [
        Reference(
            row.draft_title,
            row.content_type.name,
            reverse("wagtailadmin_pages:edit", args=[row.pk]) if row.pk in editable else "",
            str(row.locale),
            gettext("published") if row.live else gettext("not published"),
        )
        for row in rows
    ]


def _objects(model: Any, rows: Any, user: Any) -> list[Reference]:
    finder = AdminURLFinder(user)
    policy = policy_registry.get_by_type(model)
    mine = policy.instances_user_has_any_permission_for(user, _ANY)
    found = mine.annotate(text=Cast("pk", CharField())).filter(text__in=rows)
    return [
        Reference(str(row), capfirst(str(model._meta.verbose_name)), finder.get_edit_url(row) or "")
        for row in found.order_by("pk")
    ]
