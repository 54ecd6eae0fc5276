"""Tables of Romanian pages: what is imported becomes a draft, which whoever may publish publishes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Page, Revision, WorkflowState
from wagtail.permissions import policy_registry

from cms.multilingual import SOURCE_LANGUAGE
from cms.sheets.columns import Data, References, Shown
from cms.sheets.context import Context
from cms.sheets.kinds import SheetKind, parts, put_changes, record_history
from cms.sheets.plan import PlannedRow, Record
from cms.sheets.problems import message


@dataclass(frozen=True, kw_only=True)
class PublishedColumn(Shown):
    """Whether readers have the page, and whether a draft waits."""

    name: str = "published"
    heading: Any = field(default_factory=lambda: gettext_lazy("published"))

    def get(self, data: Data, context: Context) -> str:
        if not data.get("live"):
            return _("no")
        return _("yes, a draft waits") if data.get("has_unpublished_changes") else _("yes")


class PageSheet(SheetKind):
    """A table of Romanian pages below the index of their kind: what is imported becomes a draft, never published."""

    model: ClassVar[type[Page]]
    index: ClassVar[type[Page]]
    max_written = 300
    key_field: ClassVar[str] = "slug"
    # Where a new page goes is told when it is added.
    not_cleaned = ("path", "depth", *(f.name for f in Page._meta.fields if f.is_relation))

    def _policy(self) -> Any:
        return policy_registry.get_by_type(Page)

    def parent(self) -> Page | None:
        """The page that new ones go below."""
        pages = self.index._default_manager.filter(locale__language_code=SOURCE_LANGUAGE)
        found: Page | None = pages.order_by("-live", "path").first()
        return found

    def pages(self) -> QuerySet[Any]:
        """All of them, everybody's."""
        return self.model._default_manager.filter(locale__language_code=SOURCE_LANGUAGE)

    def _mine(self, user: Any) -> QuerySet[Any]:
        """Those that a user may edit."""
        if user.is_active and user.is_superuser:
            return self.pages()
        mine = self._policy().instances_user_has_permission_for(user, "change")
        return self.pages().filter(pk__in=mine.order_by().values("pk"))

    def may_export(self, user: Any) -> bool:
        # Known of the user already: whoever edits no page at all is not looked for in each table.
        if not self._policy().user_has_any_permission(user, {"add", "change"}):
            return False
        return self.may_add(user) or self._mine(user).exists()

    may_import = may_export

    def may_add(self, user: Any) -> bool:
        if not self._policy().user_has_any_permission(user, {"add"}):
            return False
        parent = self.parent()
        return parent is not None and bool(parent.permissions_for_user(user).can_add_subpage())

    def ordered(self, pages: QuerySet[Any], portion: str) -> QuerySet[Any]:
        """Those of a portion, in the order of the file."""
        return pages.order_by("draft_title", "pk")

    def export_keys(self, user: Any, portion: str) -> list[Any]:
        return list(self.ordered(self._mine(user), portion).values_list("pk", flat=True))

    # -- what is there

    def stored(self, pks: Sequence[Any], context: Context) -> dict[Any, Mapping[str, Any]]:
        """The newest of each page: its draft, where one waits, else its row.

        The key is always the row's, as `records` finds a page by it: a draft may have another one.
        """
        listed = [c for c in self.columns if isinstance(c, References)]
        many = {c.source: c for c in listed if not c.child}
        children = {c.source: c for c in listed if c.child}
        concrete = {field.name for field in self.model._meta.concrete_fields}
        names = {c.source for c in self.columns} | set(self.also_stored)
        found: dict[Any, Any] = {}
        drafts: dict[Any, Any] = {}
        states = ("title", "live", "has_unpublished_changes", "latest_revision_id")
        rows = self.model._default_manager.filter(pk__in=pks)
        for row in rows.values("pk", *states, *sorted((names & concrete) - set(states))):
            found[row["pk"]] = {**row, **{name: [] for name in (*many, *children)}}
            if row["has_unpublished_changes"] and row["latest_revision_id"]:
                drafts[row["latest_revision_id"]] = row["pk"]
        for name in many:
            many_field: Any = self.model._meta.get_field(name)
            through = many_field.remote_field.through
            ours, other = many_field.m2m_field_name(), many_field.m2m_reverse_field_name()
            links = through._default_manager.filter(**{f"{ours}__in": pks})
            for pk, linked in links.values_list(f"{ours}_id", f"{other}_id"):
                found[pk][name].append(linked)
        for name, column in children.items():
            relation: Any = self.model._meta.get_field(name)
            ours = relation.field.name
            links = relation.related_model._default_manager.filter(**{f"{ours}__in": pks})
            for pk, linked in links.order_by("sort_order", "pk").values_list(
                f"{ours}_id", f"{column.child}_id"
            ):
                found[pk][name].append({column.child: linked})
        contents = Revision.objects.filter(pk__in=list(drafts)).values_list("pk", "content")
        for revision, content in contents:
            of = found[drafts[revision]]
            drafted = ({"title", *names} - {self.key_field}) & content.keys()
            of.update({name: content[name] for name in drafted})
        return found

    also_stored: ClassVar[tuple[str, ...]] = ()
    """Fields that columns read besides their own."""

    def records(self, keys: Sequence[str], context: Context) -> dict[str, Record]:
        found: dict[str, Record] = {}
        for some in parts(keys):
            there = self.pages().filter(**{f"{self.key_field}__in": some})
            pks = {str(key): pk for key, pk in there.values_list(self.key_field, "pk")}
            mine = set(
                self._mine(context.user).filter(pk__in=pks.values()).values_list("pk", flat=True)
            )
            stored = self.stored(list(mine), context)
            locked = self._locked(list(mine), context)
            for key, pk in pks.items():
                data = stored.get(pk)
                if data is None:
                    found[key] = Record(pk, key, refusal="not_yours")
                else:
                    refusal = "locked" if pk in locked else ""
                    found[key] = Record(pk, key, str(data["title"]), data, refusal)
        return found

    def _locked(self, pks: Sequence[Any], context: Context) -> set[Any]:
        """Those that the user can not save now: locked, in moderation, or waiting to be published."""
        return {
            page.pk
            for page in self._with_lock(pks)
            if page.permissions_for_user(context.user).page_locked()
        }

    def _with_lock(self, pks: Sequence[Any]) -> Iterable[Page]:
        """Those that could be locked at all; few, so each may be asked."""
        of = {"object_id__in": [str(pk) for pk in pks]}
        waiting = {
            int(pk)
            for found in (
                WorkflowState.objects.active().filter(**of),
                Revision.page_revisions.filter(approved_go_live_at__isnull=False, **of),
            )
            for pk in found.values_list("object_id", flat=True)
        }
        pages = Page.objects.filter(pk__in=pks)
        return (pages.filter(locked=True) | pages.filter(pk__in=waiting)).specific()

    # -- writing

    def lock(self, rows: Sequence[PlannedRow]) -> None:
        parent = self.parent()
        if parent is not None:
            # One import at a time: the second one sees what the first has written.
            self.index._default_manager.select_for_update().get(pk=parent.pk)
        # Nor does an editor's draft come in between: saving one writes the page's row. In one order, so that two such
        # files of different tables wait for each other and do not deadlock.
        for some in parts(sorted(row.record.pk for row in rows if row.record is not None)):
            # Read, or nothing is locked.
            list(
                Page.objects.select_for_update()
                .filter(pk__in=some)
                .order_by("pk")
                .values_list("pk", flat=True)
            )

    def build(self, rows: Sequence[PlannedRow], context: Context) -> None:
        pks = [row.record.pk for row in rows if row.record is not None]
        there: dict[Any, Any] = {}
        for some in parts(pks):
            pages = self.model._default_manager.select_related("latest_revision", "locale")
            there.update(pages.in_bulk(some))
        parent = context.kept("parent", self.parent)
        for row in rows:
            if row.record is not None:
                row.instance = there[row.record.pk].get_latest_revision_as_object()
            elif parent is not None:
                row.instance = self.model(live=False, locale=parent.locale, owner=context.user)
                self.build_new(row, parent, context)
            if row.instance is not None:
                put_changes(row, context)

    def build_new(self, row: PlannedRow, parent: Page, context: Context) -> None:
        """Give a new page what its columns do not."""

    def refusals(self, row: PlannedRow, context: Context) -> Iterator[tuple[str, str]]:
        parent = context.kept("parent", self.parent)
        if row.instance is None or parent is None:
            yield "", message("no_index", {})
            return
        if row.record is None:
            row.instance.draft_title = row.instance.title
            if Page.objects.child_of(parent).filter(slug=row.instance.slug).exists():
                yield "slug", _("Another page has this address already: choose another one.")
                return
        yield from super().refusals(row, context)

    def save(self, row: PlannedRow, context: Context, file_name: str) -> None:
        page = row.instance
        if row.record is None:
            parent: Any = context.kept("parent", self.parent)
            parent.add_child(instance=page)
        elif not page.live:
            # As in the editor: what nobody reads yet has its draft in the row, too, which lists and tables read.
            page.save(clean=False)
        revision = page.save_revision(user=context.user, changed=True, clean=False)
        record_history(page, row, context, file_name, revision=revision)
