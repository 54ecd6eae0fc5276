"""Template tags that show campaigns and news where lower apps' pages are rendered."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from campaigns.models import NewsPage
from campaigns.news import NewsItem, news_items

register = template.Library()

MOST_OF_DEPARTMENT = 3


@register.simple_tag(takes_context=True)
def department_news(context: Context, department: Any) -> list[NewsItem]:
    """The newest three pieces of news of a department (an instance, or its id), in the reader's language: one query."""
    pk = getattr(department, "pk", department)
    if not pk:
        return []
    news = NewsPage.objects.filter(department=pk)
    return news_items(news, context.get("request"), MOST_OF_DEPARTMENT)
