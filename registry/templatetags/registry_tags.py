"""Template tags of the register's public pages."""

from __future__ import annotations

from django import template
from django.template.defaultfilters import filesizeformat

from cms.romanian import comma_below

register = template.Library()


@register.filter
def file_size(size: int) -> str:
    """A size in bytes as people read it; Django writes Romanian with a cedilla here."""
    return comma_below(filesizeformat(size))
