"""Short links and keys of campaigns: made where none was typed, and one campaign's alone.

A draft's short links may be on the printer's desk already, so those of drafts count as taken too.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

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


def _drafts_of_others(page: CampaignPage) -> Any:
    """(title, content) of what other campaigns' drafts hold that their rows may not."""
    drafts = _others(page).filter(Q(has_unpublished_changes=True) | Q(live=False))
    return drafts.values_list("draft_title", "latest_revision__content")


def taken_by_others(page: CampaignPage) -> dict[str, str]:
    """The short links of all other campaigns, published or drafted, with the campaign's title: two queries."""
    found = dict(
        _others(page)
        .filter(channels__code__gt="")
        .values_list("channels__code", "draft_title")
        .order_by("pk")
    )
    for title, content in _drafts_of_others(page):
        for channel in (content or {}).get("channels", ()):
            if channel.get("code"):
                found.setdefault(channel["code"], title)
    return found


def keys_of_others(page: CampaignPage) -> dict[str, str]:
    """The keys of all other campaigns, published or drafted, with the campaign's title: two queries."""
    found = dict(_others(page).filter(key__gt="").values_list("key", "draft_title").order_by("pk"))
    for title, content in _drafts_of_others(page):
        if key := (content or {}).get("key"):
            found.setdefault(key, title)
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
    # An address may have what a key may not.
    wanted = slugify(page.slug.replace("_", "-"))[:50].strip("-") or "campanie"
    taken = keys_of_others(page)
    key, number = wanted, 1
    while key in taken:
        number += 1
        key = f"{wanted}-{number}"
    return key


def require_own_key(page: CampaignPage, key: str) -> None:
    """Raise ValidationError when another campaign has this key: their calendars would be one."""
    owner = keys_of_others(page).get(key) if key else None
    if owner:
        raise ValidationError(
            _("“%(title)s” has this key already: choose another one."), params={"title": owner}
        )
