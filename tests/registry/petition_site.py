"""A citizen without JavaScript at the petition form of the demonstration."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

FORMS = {"ro": "/ro/petitii/", "en": "/en/petitions/", "hu": "/hu/beadvanyok/"}
TRACKING = {
    "ro": "/ro/petitii/urmarire/",
    "en": "/en/petitions/tracking/",
    "hu": "/hu/beadvanyok/kovetes/",
}


def soup_of(response: Any) -> Any:
    """The elements of an answer."""
    return BeautifulSoup(response.content, "html.parser")


def main_text(response: Any) -> str:
    """What a page says, without header and footer."""
    return " ".join(soup_of(response).select_one("main").get_text(" ").split())


def hidden(response: Any, name: str) -> list[str]:
    """The values of the hidden fields `name` of a page."""
    return [
        tag["value"] for tag in soup_of(response).select(f"main input[type=hidden][name={name}]")
    ]


def fields_of(response: Any) -> dict[str, Any]:
    """Everything that the form of a page sends back, as browsers do; without its buttons."""
    found: dict[str, Any] = {}
    for tag in soup_of(response).select("main form [name]"):
        if tag.name == "textarea":
            # The first line break after the tag is not part of the text.
            value = tag.text.removeprefix("\n")
        elif tag.name == "select":
            value = next((o["value"] for o in tag.select("option[selected]")), "")
        elif (
            (tag.get("type") in {"radio", "checkbox"} and not tag.has_attr("checked"))
            or tag.name == "button"
            or tag.get("type") == "file"
        ):
            continue
        else:
            value = tag.get("value", "")
        if tag["name"] == "file":
            found.setdefault("file", []).append(value)
        else:
            found[tag["name"]] = value
    return found


def token_of(client: Client, address: str = FORMS["ro"]) -> str:
    """The token of a form that was just opened."""
    return hidden(client.get(address), "token")[0]


def answers(**values: Any) -> dict[str, Any]:
    """What somebody who does not exist fills in."""
    return {
        "kind": "sesizare",
        "department": "public-events",
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


class Citizen:
    """Opens the form, takes a minute over it, and sends what is asked."""

    def __init__(self, clock: Any, language: str = "ro", **client: Any) -> None:
        self.client = Client(enforce_csrf_checks=True, **client)
        self.clock = clock
        self.address = FORMS[language]
        self.token = ""

    def open(self) -> Any:
        """The empty form; its token is kept."""
        response = self.client.get(self.address)
        self.token = hidden(response, "token")[0]
        self.clock.shift(60)
        return response

    def post(self, action: str, **values: Any) -> Any:
        """Send the form with a button; opens it before, unless it is open."""
        if not self.token:
            self.open()
        data = {"token": self.token, "action": action, **answers(), **values}
        return self.client.post(self.address, {k: v for k, v in data.items() if v is not None})

    def send(self, **values: Any) -> Any:
        """Send the petition and read its receipt."""
        response = self.post("send", **values)
        assert response.status_code == 303, main_text(response)
        return self.client.get(response["Location"])
