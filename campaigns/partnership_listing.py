"""The list of partnerships: filtered by a plain form, in a fixed number of queries whatever there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from wagtail.models import Page

from campaigns.countries import country_name
from campaigns.enums import Field, Level, Standing
from campaigns.models.partnership_parts import PartnershipParty
from campaigns.querysets import PartnershipQuerySet, standing_condition
from campaigns.terms import standing_words
from cms.content_version import versioned
from cms.multilingual import SOURCE_LANGUAGE, content_language
from cms.page_urls import page_url
from cms.querysets import open_pages
from cms.service_calendar import moment
from events.filters import clean_query

if TYPE_CHECKING:
    from campaigns.models.partnership import PartnershipIndexPage, PartnershipPage

A_PAGE: Final = 24
MOST_PARTIES: Final = 5
LABELS: Final[Mapping[str, str | Promise]] = {
    "standing": gettext_lazy("Where it stands"),
    "level": gettext_lazy("Level"),
    "field": pgettext_lazy("of a partnership", "Field"),
    "country": gettext_lazy("Country"),
}
# Where each stands in the list, and under which heading.
_GROUPS: Final = (
    (gettext_lazy("In force"), (Standing.EXPIRING, Standing.IN_FORCE)),
    (gettext_lazy("Not in force yet"), (Standing.UPCOMING,)),
    (gettext_lazy("Ended"), (Standing.ENDED,)),
)


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    name: str
    label: str
    options: list[Option]


@dataclass(frozen=True, slots=True)
class PartyView:
    """A party as a list names it; `country` only where it is another one."""

    name: Any
    country: str = ""


@dataclass(frozen=True, slots=True)
class PartnershipCard:
    """A partnership as the list shows it. `chip`: the shape of its standing's tag (docs: facts by shape)."""

    title: str
    title_lang: str
    url: str
    summary: str
    standing: Standing
    standing_words: str
    chip: str
    field: str
    level: str
    parties: Sequence[PartyView] = dataclass_field(default_factory=list)
    more_parties: int = 0


CHIPS: Final = {
    Standing.UPCOMING: "dashed",
    Standing.IN_FORCE: "plain",
    Standing.EXPIRING: "ruled",
    Standing.ENDED: "plain",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asked for; `unknown` are (parameter, value) that were not understood."""

    chosen: Mapping[str, str]
    page: int
    unknown: Sequence[tuple[str, str]] = ()

    def query_string(self, **changes: str | None) -> str:
        """ "?…" with the parameters in their order, "" for none; None takes one away."""
        values: dict[str, str | None] = {name: self.chosen.get(name) for name in LABELS}
        values.update(changes)
        pairs = [(name, value) for name, value in values.items() if value]
        return f"?{urlencode(pairs)}" if pairs else ""


def parse(parameters: Mapping[str, str], known: Mapping[str, Iterable[str]]) -> Asked:
    """The filters in `parameters`; `known`: the values that each may have."""
    chosen, unknown = {}, []
    for name in LABELS:
        value = clean_query(parameters.get(name) or "")
        if not value:
            continue
        if value in known[name]:
            chosen[name] = value
        else:
            unknown.append((name, value))
    text = clean_query(parameters.get("page") or "")
    number = int(text) if text.isdecimal() and text.isascii() and len(text) < 6 else 0
    if text and not number:
        unknown.append(("page", text))
    return Asked(chosen, max(number, 1), unknown)


def _known(published: PartnershipQuerySet) -> dict[str, list[str]]:
    """The values that occur: one query."""
    rows = set(published.values_list("level", "field", "parties__organisation__country"))
    return {
        "standing": Standing.values,
        "level": [value for value in Level.values if any(row[0] == value for row in rows)],
        "field": [value for value in Field.values if any(row[1] == value for row in rows)],
        "country": sorted({row[2] for row in rows if row[2]}),
    }


_WORDS: Final[dict[str, Callable[[str], Any]]] = {
    "standing": lambda value: Standing(value).label,
    "level": lambda value: Level(value).label,
    "field": lambda value: Field(value).label,
    "country": country_name,
}


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def words(name: str, value: str) -> str:
    """A value of the filter `name` as readers read it."""
    return _capitalised(str(_WORDS[name](value)))


def _filters(known: Mapping[str, Iterable[str]], chosen: Mapping[str, str]) -> list[Filter]:
    found = []
    for name, label in LABELS.items():
        options = [
            Option(value, words(name, value), value == chosen.get(name)) for value in known[name]
        ]
        if name == "country":
            options.sort(key=lambda option: option.label)
        if options:
            found.append(Filter(name, str(label), options))
    return found


def _narrowed(found: Any, chosen: Mapping[str, str], today: Any) -> Any:
    for name in ("level", "field"):
        if name in chosen:
            found = found.filter(**{name: chosen[name]})
    if "country" in chosen:
        found = found.with_country(chosen["country"])
    if "standing" in chosen:
        standing = Standing(chosen["standing"])
        # What ends soon is in force all the same.
        more = (Standing.EXPIRING,) if standing is Standing.IN_FORCE else ()
        found = found.standing(standing, *more, today=today)
    return found


def problem_words(name: str, value: str) -> str:
    """Tells a reader which part of the address was not understood, and that it was left out."""
    return _("%(filter)s: there is no “%(value)s” here, so it was ignored.") % {
        "filter": LABELS.get(name, _("Page")),
        "value": value,
    }


def index_context(
    page: PartnershipIndexPage, request: HttpRequest, partnerships: PartnershipQuerySet
) -> dict[str, Any]:
    """What the template of the list shows, by the parameters of the address. `partnerships`: all of them."""
    today = moment(request).date()
    language = content_language()
    published = partnerships.published(language)
    known = versioned(request, f"partnership_filters:{language}", partial(_known, published))
    asked = parse(request.GET, known)
    path = page_url(page.url_path, request) or request.path
    found = _narrowed(published, asked.chosen, today)
    number = found.count()
    pages = max(-(-number // A_PAGE), 1)
    current = min(asked.page, pages)
    rank = Case(
        *(
            When(standing_condition(standing, today), then=Value(place))
            for place, (_label, standings) in enumerate(_GROUPS)
            for standing in standings
        ),
        default=Value(len(_GROUPS)),
        output_field=IntegerField(),
    )
    rows = list(
        found.annotate(rank=rank)
        .order_by("rank", "shown_title", "pk")
        .defer_streamfields()[(current - 1) * A_PAGE : current * A_PAGE]
    )
    cards = _cards(page, rows, request, today)
    groups = [
        (str(label), [card for card in cards if card.standing in standings])
        for label, standings in _GROUPS
    ]
    active = [
        (words(name, value), path + asked.query_string(**{name: None}))
        for name, value in asked.chosen.items()
    ]

    def turned(to: int) -> str:
        return path + asked.query_string(page=str(to) if to > 1 else None)

    return {
        "groups": [(label, listed) for label, listed in groups if listed],
        "filters": _filters(known, asked.chosen),
        "active": active,
        "action": path,
        "problems": [problem_words(*item) for item in asked.unknown],
        "number": number,
        "result_text": ngettext("%(count)s partnership.", "%(count)s partnerships.", number)
        % {"count": number},
        "previous_url": turned(current - 1) if current > 1 else "",
        "next_url": turned(current + 1) if current < pages else "",
        "page_words": _("Page %(page)s of %(pages)s") % {"page": current, "pages": pages}
        if pages > 1
        else "",
        "call": _call(page, request),
    }


def _cards(
    page: PartnershipIndexPage, rows: Sequence[PartnershipPage], request: HttpRequest, today: Any
) -> list[PartnershipCard]:
    """The cards of `rows`: two queries."""
    parties: dict[int, list[PartyView]] = {row.pk: [] for row in rows}
    for party in PartnershipParty.objects.filter(page__in=parties).select_related("organisation"):
        country = party.organisation.country
        parties[party.page_id].append(
            PartyView(party.organisation.name, "" if country == "RO" else country_name(country))
        )
    summaries = (
        dict(
            type(rows[0])
            .objects.filter(
                translation_key__in=[row.translation_key for row in rows],
                locale__language_code=content_language(),
            )
            .values_list("translation_key", "summary")
        )
        if rows
        else {}
    )
    is_source = content_language() == SOURCE_LANGUAGE
    found = []
    for row in rows:
        shown: Any = row
        standing = row.standing(today)
        found.append(
            PartnershipCard(
                title=shown.shown_title,
                title_lang="" if is_source or shown.shown_alias is None else SOURCE_LANGUAGE,
                url=page_url(shown.shown_path, request),
                summary=summaries.get(row.translation_key, ""),
                standing=standing,
                standing_words=standing_words(row.starts_on, row.ends_on, today),
                chip=CHIPS[standing],
                field=_capitalised(row.get_field_display()),
                level=row.get_level_display(),
                parties=parties[row.pk][:MOST_PARTIES],
                more_parties=max(len(parties[row.pk]) - MOST_PARTIES, 0),
            )
        )
    return found


def _call(page: PartnershipIndexPage, request: HttpRequest) -> dict[str, str] | None:
    """The call for partners below this list, the newest; None without one."""
    if not page.pk:
        return None
    call: Page | None = (
        open_pages()
        .filter(path__startswith=page.path, depth=page.depth + 1)
        .filter(content_type__model="partnercallpage")
        .order_by("-path")
        .first()
    )
    if call is None:
        return None
    return {
        "title": call.title,
        "url": page_url(call.url_path, request),
        "text": call.search_description,
    }
