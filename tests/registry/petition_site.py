"""The petition form and the tracking page in three languages, and a browser without JavaScript to use them with."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from wagtail.models import Locale, Page

from registry.models import PetitionPage, Register, TrackingPage
from tests.factories import DepartmentFactory, make_home, text

FORMS = {"ro": "/ro/petitii/", "en": "/en/petitions/", "hu": "/hu/beadvanyok/"}
TRACKING = {
    "ro": "/ro/petitii/urmarire/",
    "en": "/en/petitions/tracking/",
    "hu": "/hu/beadvanyok/kovetes/",
}
SLUGS = {"en": ("petitions", "tracking"), "hu": ("beadvanyok", "kovetes")}


def make_petition_site() -> PetitionPage:
    """The pages at the addresses above, with one department to choose; returns the Romanian form."""
    home = make_home()
    page = PetitionPage(
        title="Petiții", slug="petitii", register=Register.objects.get(key="general")
    )
    home.add_child(instance=page)
    page.departments = [
        DepartmentFactory(key="iluminat", name=text("Iluminat public", "Street lighting"))
    ]
    page.save_revision().publish()
    tracking = TrackingPage(title="Urmărire", slug="urmarire")
    page.add_child(instance=tracking)
    for code, (form_slug, tracking_slug) in SLUGS.items():
        _version(home, code, f"acasa-{code}")
        _version(page, code, form_slug)
        _version(tracking, code, tracking_slug)
    # The paths of site roots are kept there.
    cache.clear()
    return PetitionPage.objects.get(pk=page.pk)


def _version(page: Page, code: str, slug: str) -> None:
    copy = page.copy_for_translation(Locale.objects.get_or_create(language_code=code)[0])
    copy.slug = slug
    copy.save_revision().publish()


def soup_of(response: Any) -> Any:
    """The elements of an answer."""
    return BeautifulSoup(response.content, "html.parser")


def hidden(soup: Any, name: str) -> list[str]:
    """The values of the hidden fields `name`."""
    return [tag["value"] for tag in soup.select(f"main input[type=hidden][name={name}]")]


def token_of(client: Client, address: str = FORMS["ro"]) -> str:
    """The token of a form that was just opened."""
    return hidden(soup_of(client.get(address)), "token")[0]


def answers(**values: Any) -> dict[str, Any]:
    """What somebody who does not exist fills in."""
    return {
        "kind": "sesizare",
        "department": "iluminat",
        "subject": "Iluminatul aleii dintre blocuri",
        "text": "Pe alee nu este lumină.\nDe o săptămână.",
        "name": "Ilona Probă-D'Încercare",
        "reply_by": "email",
        "email": "ilona@example.org",
        "address": "",
        "phone": "",
        **values,
    }


def note(name: str = "nota.txt", words: str = "Stâlpul din fața blocului.") -> SimpleUploadedFile:
    """A file that may be attached."""
    return SimpleUploadedFile(name, words.encode(), content_type="text/plain")
