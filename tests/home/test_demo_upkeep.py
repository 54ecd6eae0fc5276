"""The demo's owners and reviews: the reports show life, and say of every page what the page says of itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Page

from cms.translation_gaps import TARGETS, gap_field, source_pages, with_gaps
from contacts.models import PageCare
from contacts.page_care import due, one_a_family, with_owner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def test_a_few_pages_are_late_and_a_few_are_nobodys() -> None:
    today = timezone.localdate()
    late = due(Page.objects.all(), timezone.now(), today)
    assert 2 <= late.count() <= 6
    pages = with_owner(one_a_family(Page.objects.live()))
    unowned = pages.filter(cared_by__isnull=True).count()
    assert 0 < unowned < pages.count() / 4
    assert PageCare.objects.filter(review_on__gt=today + timedelta(days=100)).exists()


def test_each_departments_page_is_its_own() -> None:
    pages = with_owner(
        Page.objects.filter(content_type__model="departmentpage", locale__language_code="hu")
    )
    assert {page.cared_by == page.specific.department_id for page in pages} == {True}


def test_translations_are_the_same_for_all_at_once_and_for_each_page() -> None:
    for code in TARGETS:
        name = gap_field(code)
        found = with_gaps(source_pages(Page.objects.all()), (code,))
        for key, gap in found.values_list("translation_key", name):
            target = Page.objects.get(translation_key=key, locale__language_code=code).specific
            notice = target.translation_notice
            assert gap == (notice.kind.value if notice else ""), target
