"""The demo's owners of pages and review dates: most to come, a few passed, and a few pages that are nobody's yet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from wagtail.models import Page

from contacts.models import DepartmentPage, PageCare
from home.demo.pages import DemoTree

# Key of a page in the content files → key of the department that answers for it and for all below.
OWNERS: Final = {
    "contact": "citizen-information-centre",
    "petitions": "citizen-information-centre",
    "places": "citizen-information-centre",
    "events": "public-events",
    "campaigns": "marketing-strategies",
    "partnerships": "marketing-strategies",
    "strategy": "marketing-strategies",
    "plan": "marketing-strategies",
}
# Key of a page → in how many days it is to be reviewed; less than 0: it is late.
REVIEWS: Final = {
    "petitions": -12,
    "accessibility": -3,
    "directory": 20,
    "contact": 90,
    "places": 150,
    "privacy": 200,
}
# Of departments' own pages: the first by key are late, the others have time.
DEPARTMENTS_LATE: Final = 1


def load_upkeep(tree: DemoTree, today: date) -> None:
    """Owners and review dates from `today` (a local date); nothing where there are some already."""
    if PageCare.objects.exists():
        return
    rows: dict[str, PageCare] = {}

    def care(page: Page) -> PageCare:
        key = str(page.translation_key)
        return rows.setdefault(key, PageCare(translation_key=page.translation_key))

    for key, department in OWNERS.items():
        care(tree.page(key)).department = tree.departments[department]
    for key, days in REVIEWS.items():
        care(tree.page(key)).review_on = today + timedelta(days=days)
    own = DepartmentPage.objects.filter(locale=tree.source).select_related("department")
    for number, page in enumerate(own.order_by("department__key")):
        row = care(page)
        row.department = page.department
        late = number < DEPARTMENTS_LATE
        row.review_on = today + timedelta(days=-25 if late else 30 * (number + 1))
    PageCare.objects.bulk_create(rows.values())
