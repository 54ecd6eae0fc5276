"""The telephone directory's entries: departments and posts with what is public of them, from three queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from cms.multilingual import LocalizedText, content_language
from cms.page_urls import page_url
from contacts.book import ContactBook, PhoneView, contact_book, phone_view
from contacts.directory import Entry, EntryKind
from contacts.models.people import Post
from locations.models.place import split_rooms


@dataclass(frozen=True, slots=True)
class EntryView:
    """A line of the directory as templates show it."""

    name: str
    unit: str
    function: str
    phones: list[PhoneView]
    rooms: str
    emails: tuple[str, ...]
    url: str
    vcard_url: str
    kind: str


def entry_views(entries: Iterable[Entry]) -> list[EntryView]:
    """The views of `entries`, in their order."""
    return [
        EntryView(
            name=entry.name,
            unit=entry.unit,
            function=entry.function,
            phones=[phone_view(phone) for phone in entry.phones],
            rooms=", ".join(entry.rooms),
            emails=entry.emails,
            url=entry.url,
            vcard_url=f"/contacts/{entry.key}.vcf?lang={content_language()}",
            kind=entry.kind.value,
        )
        for entry in entries
    ]


def _other_names(name: LocalizedText) -> tuple[str, ...]:
    shown = str(name)
    return tuple(text for text in name.values() if text != shown)


def _department_entries(book: ContactBook, *, internal: bool) -> Iterable[Entry]:
    names = {pk: department.name for pk, department in book.departments.items()}
    for pk, department in book.departments.items():
        points = book.contact_points.get(pk, [])
        rooms = [r for p in points if internal or p.rooms_public for r in split_rooms(p.rooms)]
        yield Entry(
            key=department.key,
            name=str(department.name),
            kind=EntryKind.UNIT,
            unit=str(names.get(department.parent_id, "")) if department.parent_id else "",
            phones=tuple(p.phone for p in points if p.phone and (internal or p.phone_public)),
            rooms=tuple(dict.fromkeys(rooms)),
            emails=tuple(p.email for p in points if p.email and (internal or p.email_public)),
            url=page_url(getattr(department, "page_path", None), book.request),
            code=department.code,
            keywords=_other_names(department.name),
        )


def _post_entry(row: dict[str, Any], *, internal: bool) -> Entry:
    """The entry of a post; what its flags keep internal is left out unless `internal`."""

    def shown(field: str) -> bool:
        return internal or bool(row[f"{field}_public"])

    title = row["title"]
    person = ""
    sort_key = ""
    if row["person__family_name"] and shown("person"):
        person = f"{row['person__given_name']} {row['person__family_name']}".strip()
        sort_key = f"{row['person__family_name']} {row['person__given_name']}"
    return Entry(
        key=f"post-{row['pk']}",
        name=person or str(title),
        kind=EntryKind.PERSON if person else EntryKind.POST,
        unit=str(row["department__name"]),
        function=str(title) if person else "",
        phones=(row["phone"],) if row["phone"] and shown("phone") else (),
        rooms=tuple(split_rooms(row["rooms"])) if shown("rooms") else (),
        emails=(row["email"],) if row["email"] and shown("email") else (),
        sort_key=sort_key,
    )


_POST_FIELDS = (
    "pk",
    "title",
    "phone",
    "email",
    "rooms",
    "person__given_name",
    "person__family_name",
    "department__name",
    "person_public",
    "phone_public",
    "email_public",
    "rooms_public",
)


def post_entries(department: int | None = None, *, internal: bool = False) -> list[Entry]:
    """The entries of the posts of one department, or of all; one query."""
    posts = Post.objects.order_by("sort_order", "pk")
    if department is not None:
        posts = posts.filter(department_id=department)
    return [_post_entry(row, internal=internal) for row in posts.values(*_POST_FIELDS)]


def directory_entries(request: HttpRequest | None, *, internal: bool = False) -> list[Entry]:
    """All entries of the directory. `internal`: also what only colleagues may see; the caller checks that."""
    book = contact_book(request)
    book.want(Q(pk__isnull=False))
    return [*_department_entries(book, internal=internal), *post_entries(internal=internal)]
