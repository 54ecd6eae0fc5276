"""Template tags that every page uses."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.template import Context
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from cms import identity, navigation
from cms.alerts import current_alerts
from cms.models import SiteIdentity
from cms.multilingual import LocalizedText, content_language
from cms.page_urls import page_url

register = template.Library()


def _request(context: Context) -> HttpRequest | None:
    request: HttpRequest | None = context.get("request")
    return request


def _page(context: Context) -> Any:
    """The page being rendered, when it is one of ours."""
    page = context.get("page")
    return page if hasattr(page, "live_translations") else None


@cache
def _icon_markup(name: str) -> str:
    path = finders.find(f"icons/{name}.svg")
    if not path:
        raise template.TemplateSyntaxError(f"There is no icon “{name}” in static/icons/.")
    svg = Path(str(path)).read_text(encoding="utf-8")
    inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")].strip()
    return f'<svg class="i" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{inner}</svg>'


@register.simple_tag
def icon(name: str) -> SafeString:
    """The icon static/icons/NAME.svg inline, in the colour of the text; decorative."""
    return mark_safe(_icon_markup(name))  # noqa: S308  our own files


# What could end the element early or open a comment in it, as JSON escapes.
_JSON_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag
def json_ld(data: dict[str, Any]) -> SafeString:
    """schema.org data for search engines. A data block, not a script: a strict CSP lets it stand."""
    text = json.dumps(data, ensure_ascii=False, default=str).translate(_JSON_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308  escaped above


@register.filter
def localized(value: Any) -> str:
    """The text in the reader's language; what stands in from another language says so in `lang`."""
    if not isinstance(value, LocalizedText):
        return conditional_escape("" if value is None else value)
    text, language = value.resolve()
    if text and language != content_language():
        return format_html('<span lang="{}">{}</span>', language, text)
    return conditional_escape(text)


@register.simple_tag
def base_url() -> str:
    """The site's own address, "https://host", without a slash at the end."""
    return str(settings.AGORA_BASE_URL).rstrip("/")


@register.simple_tag
def page_language() -> str:
    """The code of the language of the interface."""
    return content_language()


@register.simple_tag(takes_context=True)
def main_menu(context: Context) -> list[navigation.Link]:
    """The links of the main navigation, in the reader's language."""
    return navigation.navigation(_request(context), _page(context)).menus.get("main", [])


@register.simple_tag(takes_context=True)
def footer_menu(context: Context) -> list[navigation.Link]:
    """The links of the footer, in the reader's language."""
    return navigation.navigation(_request(context), _page(context)).menus.get("footer", [])


@register.simple_tag(takes_context=True)
def search_url(context: Context) -> str:
    """The address of the search page in the reader's language, or an empty text."""
    return navigation.navigation(_request(context), _page(context)).search_url


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> list[navigation.LanguageLink]:
    """The language switch of the page being shown."""
    return navigation.language_links(_request(context), _page(context))


@register.simple_tag(takes_context=True)
def breadcrumbs(context: Context) -> list[navigation.Link]:
    """The live pages above this one, from the home page down; empty on a home page."""
    page = _page(context)
    return navigation.trail(_request(context), page) if page is not None else []


@register.simple_tag(takes_context=True)
def site_alerts(context: Context) -> list[dict[str, Any]]:
    """The alerts to show now, gravest first, each with its link in the reader's language."""
    return [
        {
            "message": alert.message,
            "level": alert.level_name,
            "link_url": page_url(alert.link_path, _request(context)),
            "link_text": alert.link_title or "",
        }
        for alert in current_alerts(_request(context), timezone.now())
    ]


@register.simple_tag(takes_context=True)
def site_identity(context: Context) -> SiteIdentity | None:
    """The names of this site; None until they are given."""
    return identity.site_identity(_request(context))
