"""Short links and keys of campaigns: made where none was typed, and one campaign's alone.

A draft's short links may be on the printer's desk already, so those of drafts count as taken too.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q

from cms.multilingual import SOURCE_LANGUAGE

if TYPE_CHECKING:
    from campaigns.models import CampaignPage

ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without what is mistaken for something else when it is typed from a poster: 0 o, 1 i l."""
LENGTH: Final = 5


def new_code(taken: Iterable[str]) -> str:
    """A short link that is none of `taken`."""
    taken = set(taken)
    while (code := "".join(secrets.choice(ALPHABET) for _n in range(LENGTH))) in taken:
        pass
    return code


def _others(page: CampaignPage) -> Any:
    """The Romanian pages of all other campaigns."""
    return (
        type(page)
        ._default_manager.filter(locale__language_code=SOURCE_LANGUAGE)
        .exclude(translation_key=page.translation_key)
    )


def taken_by_others(page: CampaignPage) -> dict[str, str]:
    """The short links of all other campaigns, published or drafted, with the campaign's title: two queries."""
    found = dict(
        _others(page)
        .filter(channels__code__gt="")
        .values_list("channels__code", "draft_title")
        .order_by("pk")
    )
    drafts = _others(page).filter(Q(has_unpublished_changes=True) | Q(live=False))
    for title, content in drafts.values_list("draft_title", "latest_revision__content"):
        for channel in (content or {}).get("channels", ()):
            if channel.get("code"):
                found.setdefault(channel["code"], title)
    return found


def fill_in(page: CampaignPage) -> None:
    """Give each channel without a short link one of its own."""
    channels = page.channels.all()
    if all(channel.code for channel in channels):
        return
    taken = set(taken_by_others(page)) | {channel.code for channel in channels}
    for channel in channels:
        if not channel.code:
            channel.code = new_code(taken)
            taken.add(channel.code)


def free_key(page: CampaignPage) -> str:
    """A key for `page` out of its address that no other campaign has."""
    wanted = (page.slug or "campanie")[:50].strip("-")
    taken = set(_others(page).filter(key__startswith=wanted).values_list("key", flat=True))
    key, number = wanted, 1
    while key in taken:
        number += 1
        key = f"{wanted}-{number}"
    return key


def key_owner(page: CampaignPage, key: str) -> str:
    """The title of another campaign with this key, "" where there is none."""
    titles = _others(page).filter(key=key).values_list("draft_title", flat=True)
    return titles.first() or ""
