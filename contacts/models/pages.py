"""The pages of departments and the telephone directory."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from cms.blocks import BodyBlock
from cms.models import BasePage
from contacts.book import contact_book
from contacts.directory import alphabetical, search
from contacts.models.departments import Department
from contacts.structured_data import department_data
from contacts.telephone_directory import directory_entries, entry_views, post_entries

QUERY_LENGTH = 200


class ContactIndexPage(BasePage):
    """All departments as a tree, with their phones, places and hours."""

    body = StreamField(
        BodyBlock(), verbose_name=_("body"), blank=True, help_text=_("Below the list; optional.")
    )

    template = "contacts/contact_index_page.html"
    page_description = _("The tree of departments with their contacts and hours.")
    subpage_types: ClassVar[list[str]] = ["contacts.DepartmentPage", "contacts.DirectoryPage"]
    max_count_per_parent = 1
    content_panels = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("contacts page")
        verbose_name_plural = _("contacts pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        book = contact_book(request)
        book.want(Q(pk__isnull=False))
        context["tree"] = book.tree()
        directory = DirectoryPage.objects.live().child_of(self).first() if self.pk else None
        context["directory_url"] = directory.get_url(request) if directory else ""
        return context


class DepartmentPage(BasePage):
    """One department: what it does and how to reach it."""

    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        null=True,
        on_delete=models.PROTECT,
        related_name="pages",
        help_text=_("Its contacts and hours are kept once, for all languages."),
    )
    body = StreamField(
        BodyBlock(), verbose_name=_("body"), blank=True, help_text=_("What it does, in blocks.")
    )

    template = "contacts/department_page.html"
    page_description = _("A department: what it does, contacts, hours.")
    parent_page_types: ClassVar[list[str]] = ["contacts.ContactIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels = [*BasePage.content_panels, FieldPanel("department"), FieldPanel("body")]
    search_fields = [*BasePage.search_fields, index.FilterField("department")]
    override_translatable_fields: ClassVar[list[Any]] = [
        SynchronizedField("department", overridable=False)
    ]

    class Meta:
        verbose_name = _("department page")
        verbose_name_plural = _("department pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        pk = self.department_id
        if pk is None:
            return context
        book = contact_book(request)
        above_this = Department.objects.filter(pk=pk).values("parent")
        book.want(Q(pk=pk) | Q(parent=pk) | Q(pk__in=above_this) | Q(parent__in=above_this))
        view = book.view(pk)
        if view is None:
            return context
        parent = view.department.parent_id
        above = book.view(parent) if parent else None
        siblings = [other for other in book.children(parent) if other is not view] if parent else []
        context.update(
            department=view,
            hours_list=book.detailed_hours(pk),
            related=[*([above] if above else []), *siblings],
            posts=entry_views(post_entries(pk)),
            structured_data=department_data(view, self.full_url),
        )
        return context


class DirectoryPage(BasePage):
    """The telephone directory: a plain search form, then everybody from A to Z."""

    template = "contacts/directory_page.html"
    page_description = _("The telephone directory of all departments and posts.")
    parent_page_types: ClassVar[list[str]] = ["contacts.ContactIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("telephone directory")
        verbose_name_plural = _("telephone directories")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        query = request.GET.get("q", "")[:QUERY_LENGTH].replace("\x00", " ").strip()
        entries = directory_entries(request)
        language = f"lang={self.locale.language_code}"
        context.update(
            query=query,
            searched=bool(query),
            hits=entry_views(hit.entry for hit in search(entries, query)) if query else [],
            groups=[]
            if query
            else [(group.letter, entry_views(group.entries)) for group in alphabetical(entries)],
            csv_url=f"/contacts/all.csv?{language}",
            vcard_urls=[
                ("vCard 3.0", f"/contacts/all.vcf?{language}"),
                ("vCard 4.0", f"/contacts/all.vcf?version=4.0&{language}"),
            ],
        )
        return context
