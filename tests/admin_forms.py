"""The admin's forms as a browser sees them: read the page, change some fields, send everything back."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse


def parse(html: str | bytes) -> Any:
    """The elements of a page."""
    return BeautifulSoup(html, "html.parser")


class AdminForm:
    """The form of an add or edit view; `data` is what a browser would send."""

    def __init__(self, client: Client, address: str) -> None:
        self.client = client
        self.address = address
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)
        self.html = response.content.decode()
        soup = parse(self.html)
        self.soup = max(soup.find_all("form"), key=lambda form: len(str(form)))
        self.data: dict[str, Any] = {}
        for field in self.soup.find_all(["input", "textarea", "select"]):
            self._read(field)

    def _read(self, field: Any) -> None:
        name = field.get("name")
        if not name or "__prefix__" in name or field.has_attr("disabled"):
            return
        if field.name == "select":
            chosen = [o for o in field.find_all("option") if o.has_attr("selected")]
            options = chosen or ([] if field.has_attr("multiple") else field.find_all("option")[:1])
            values = [option.get("value", option.text) for option in options]
            self.data[name] = values if field.has_attr("multiple") else (values or [""])[0]
        elif field.name == "textarea":
            self.data[name] = field.text.removeprefix("\n")
        elif field.get("type") in {"checkbox", "radio"}:
            if field.has_attr("checked"):
                self.data[name] = field.get("value", "on")
        elif field.get("type") not in {"submit", "button", "file"}:
            self.data[name] = field.get("value", "")

    def names(self) -> set[str]:
        """The names of the fields that the form shows."""
        return {f.get("name") for f in self.soup.find_all(["input", "textarea", "select"])}

    def add_row(self, prefix: str, **values: Any) -> int:
        """Fill one more row of an inline panel; returns its number."""
        total = int(self.data[f"{prefix}-TOTAL_FORMS"])
        self.data[f"{prefix}-TOTAL_FORMS"] = str(total + 1)
        row = {"id": "", "ORDER": str(total + 1), "DELETE": "", **values}
        for name, value in row.items():
            self.data[f"{prefix}-{total}-{name}"] = value
        return total

    def send(self, **changes: Any) -> Any:
        """Post everything with `changes`; a value of None leaves the field out (an unticked box)."""
        data = {**self.data, **changes}
        return self.client.post(
            self.address, {name: value for name, value in data.items() if value is not None}
        )

    def save(self, **changes: Any) -> None:
        """Post and expect it to be accepted."""
        response = self.send(**changes)
        assert response.status_code == 302, errors(response)


def errors(response: Any) -> dict[str, Any]:
    """The errors of a refused form: by field, and those of its formsets' rows by "formset-row-field"."""
    form = response.context["form"]
    found = {name: form.errors.as_data()[name] for name in form.errors}
    for prefix, formset in getattr(form, "formsets", {}).items():
        for number, row in enumerate(formset.forms):
            for name, problems in row.errors.as_data().items():
                found[f"{prefix}-{number}-{name}"] = problems
        if formset.non_form_errors():
            found[prefix] = formset.non_form_errors().as_data()
    return found


def codes(response: Any) -> dict[str, list[str | None]]:
    """The codes of a refused form's errors by field."""
    return {name: [problem.code for problem in found] for name, found in errors(response).items()}


def edit(client: Client, instance: Any) -> AdminForm:
    """The form that edits a snippet."""
    meta = instance._meta
    view = f"wagtailsnippets_{meta.app_label}_{meta.model_name}:edit"
    return AdminForm(client, reverse(view, args=[instance.pk]))


def add(client: Client, model: Any) -> AdminForm:
    """The form that adds a snippet."""
    return AdminForm(
        client, reverse(f"wagtailsnippets_{model._meta.app_label}_{model._meta.model_name}:add")
    )
