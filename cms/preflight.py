"""Before publishing: what is wrong with a page's draft, found by rules that each app registers for its page types.

A rule reads a `Draft` and yields findings. What a finding may stop is its level; who asks and where it is shown is
`cms.publishing` and `cms.preflight_admin`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from wagtail.models import Page

from cms.models import BasePage
from cms.multilingual import SOURCE_LANGUAGE
from cms.page_text import Part, parts_of
from cms.service_calendar import moment


class Level(StrEnum):
    """BLOCK stops publishing. WARNING is told and may be meant so. ADVICE makes the page better."""

    BLOCK = "block"
    WARNING = "warning"
    ADVICE = "advice"


LEVELS: Final = {
    Level.BLOCK: gettext_lazy("Stops publishing"),
    Level.WARNING: pgettext_lazy("findings before publishing", "Look at it"),
    Level.ADVICE: gettext_lazy("To read better"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing, with what to do, in the active language. `code` names its kind.

    `field`: the path of the field in the page's editor, as Wagtail's comments name it ("body.<id>.alt_text"), "" for
    the page as a whole; `where`: the same for a person. `url`: another page of the admin where it is mended, with
    `action` as the words of the link there.
    """

    level: Level
    code: str
    message: str
    where: str = ""
    field: str = ""
    url: str = ""
    action: str = ""


@dataclass(frozen=True)
class Draft:
    """What rules read: a page as it would be published, in one language, at `now` (aware).

    `versions`: the saved pages of all languages by language code, this one's included; empty for a page that was never
    saved.
    """

    page: Any
    now: datetime
    versions: Mapping[str, Page] = field(default_factory=dict)
    request: HttpRequest | None = None

    @cached_property
    def parts(self) -> list[Part]:
        """Its texts, links, images and files."""
        return parts_of(self.page)

    @property
    def today(self) -> date:
        """The local day."""
        return timezone.localdate(self.now)

    @property
    def language(self) -> str:
        """The code of its language."""
        return str(self.page.locale.language_code)

    @property
    def is_source(self) -> bool:
        """Whether it is the Romanian page, which holds the facts."""
        return self.language == SOURCE_LANGUAGE


Rule = Callable[[Draft], Iterable[Finding]]
"""What is wrong with a draft; a fixed number of queries, whatever the draft holds."""

_RULES: list[tuple[type[Any], Rule]] = []


def register_preflight(page_type: type[Any], rule: Rule) -> None:
    """Apply `rule` to pages of `page_type` and of the types that extend it."""
    if (page_type, rule) not in _RULES:
        _RULES.append((page_type, rule))


_ORDER: Final = list(Level)


def examine_draft(draft: Draft) -> list[Finding]:
    """The findings in one draft: those that stop it first, else in the order of the rules, the most specific first.

    Where two rules stop it at the same field, the first one's words stand.
    """
    found: list[Finding] = []
    stopped: set[str] = set()
    for page_type, rule in sorted(_RULES, key=lambda entry: -len(entry[0].__mro__)):
        if not isinstance(draft.page, page_type):
            continue
        new = list(rule(draft))
        for finding in new:
            if finding.level is Level.BLOCK and finding.field in stopped:
                continue
            found.append(finding)
        stopped |= {item.field for item in new if item.level is Level.BLOCK and item.field}
    return sorted(found, key=lambda finding: _ORDER.index(finding.level))


def versions_of(page: Any) -> dict[str, Page]:
    """The saved pages of all languages of `page` by language code: one query."""
    if not page.pk:
        return {}
    pages = Page.objects.filter(translation_key=page.translation_key).select_related(
        "locale", "content_type", "latest_revision"
    )
    return {version.locale.language_code: version for version in pages}


def examine(page: Any, request: HttpRequest | None = None) -> list[Finding]:
    """The findings in `page` as it is in memory: a form's page, or a draft. None for pages that are not ours."""
    if not isinstance(page, BasePage):
        return []
    return examine_draft(Draft(page, moment(request), versions_of(page), request))


def newest(page: Page) -> Any:
    """The newest draft of a page, with the fields of its type, in memory."""
    return page.specific.get_latest_revision_as_object()


@dataclass(frozen=True, slots=True)
class VersionReport:
    """What was found in one language's newest draft. `page`: that draft."""

    page: Any
    language: str
    findings: list[Finding]

    def of(self, level: Level) -> list[Finding]:
        """The findings of one level."""
        return [finding for finding in self.findings if finding.level is level]


def examine_family(
    page: Page, user: Any, request: HttpRequest | None = None
) -> list[VersionReport]:
    """What was found in the newest drafts of `page` and of those of its other languages that `user` may edit.

    `page` stands first. A version that is an alias says nothing of its own; that it is missing is told with `page`.
    """
    versions = versions_of(page)
    order = sorted(versions.values(), key=lambda version: (version.pk != page.pk, version.pk))
    reports = []
    for version in order:
        if version.pk != page.pk and (
            version.alias_of_id or not version.permissions_for_user(user).can_edit()
        ):
            continue
        draft = newest(version)
        if isinstance(draft, BasePage):
            draft.locale = version.locale
            found = examine_draft(Draft(draft, moment(request), versions, request))
            reports.append(VersionReport(draft, version.locale.language_code, found))
    return reports


def stopping(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stop publishing."""
    return [finding for finding in findings if finding.level is Level.BLOCK]


def in_numbers(findings: Iterable[Finding]) -> str:
    """“1 stops publishing, 2 to look at, 3 to read better”; "" where there is nothing."""
    levels = [finding.level for finding in findings]
    told = []
    if number := levels.count(Level.BLOCK):
        told.append(
            ngettext("%(number)s stops publishing", "%(number)s stop publishing", number)
            % {"number": number}
        )
    if number := levels.count(Level.WARNING):
        told.append(
            ngettext("%(number)s to look at", "%(number)s to look at", number) % {"number": number}
        )
    if number := levels.count(Level.ADVICE):
        told.append(
            ngettext("%(number)s to read better", "%(number)s to read better", number)
            % {"number": number}
        )
    return ", ".join(told)


def sentence(finding: Finding) -> str:
    """The finding in one line, with its place."""
    if not finding.where:
        return finding.message
    return _("%(where)s: %(message)s") % {"where": finding.where, "message": finding.message}
