"""“Import and export” as somebody in the admin uses it: take out, change, bring in, look, confirm."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.users.models import UserProfile

from tests.admin_forms import parse
from tests.factories import make_user

Rows = list[dict[str, str]]


class Desk:
    """A user with a table. Texts are English; sentences are compared with what is written in the code."""

    def __init__(self, key: str, *groups: str, name: str = "", **values: Any) -> None:
        self.key = key
        self.user = make_user(name or f"user-{key}-{'-'.join(groups) or 'x'}", *groups, **values)
        UserProfile.objects.update_or_create(user=self.user, defaults={"preferred_language": "en"})
        self.client: Any = Client(headers={"accept-language": "en"})
        self.client.force_login(self.user)

    @property
    def page(self) -> str:
        return reverse("sheets_kind", args=[self.key])

    def take_out(self, ending: str = "csv", part: str = "") -> bytes:
        """The exported file."""
        response = self.client.get(
            reverse("sheets_export", args=[self.key, ending]), {"part": part} if part else {}
        )
        assert response.status_code == 200, response.status_code
        return b"".join(response.streaming_content)

    def rows(self, part: str = "") -> Rows:
        """The exported rows by their headings."""
        return list(csv.DictReader(io.StringIO(self.take_out(part=part).decode("utf-8-sig"))))

    def upload(self, data: bytes | Rows, name: str = "tabel.csv") -> Any:
        """Send a file; the answer is the page again with a refusal, or leads to the dry run."""
        if isinstance(data, list):
            data = csv_of(data)
        return self.client.post(self.page, {"file": SimpleUploadedFile(name, data)})

    def dry_run(self, data: bytes | Rows, name: str = "tabel.csv") -> Any:
        """Send a file that can be read, and open its dry run."""
        response = self.upload(data, name)
        assert response.status_code == 302, words(response)
        self.review = response.url
        return self.client.get(response.url)

    def confirm(self, shown: Any) -> Any:
        """Press the button of a dry run."""
        return self.client.post(self.review, {"fingerprint": shown.context["fingerprint"]})

    def bring_in(self, data: bytes | Rows, name: str = "tabel.csv") -> None:
        """A whole import that nothing is wrong with."""
        shown = self.dry_run(data, name)
        assert shown.context["can_be_applied"], words(shown)
        response = self.confirm(shown)
        assert response.status_code == 302
        assert response.url == self.page, words(self.client.get(response.url))


def csv_of(rows: Rows) -> bytes:
    """Rows as a CSV file."""
    output = io.StringIO()
    writer = csv.DictWriter(output, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return output.getvalue().encode()


def workbook_of(*rows: Any) -> bytes:
    """Rows as a workbook."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def words(response: Any) -> str:
    """The text of a page, in one line."""
    return " ".join(parse(response.content).get_text(" ").split())


def counts(shown: Any) -> dict[str, int]:
    """How many rows of each kind a dry run tells, without the kinds that there are none of."""
    return {name: count for name, count in shown.context["counts"].items() if count}


def wrong(shown: Any) -> list[tuple[int, str, str]]:
    """What a dry run refuses: row, cell, sentence."""
    return [
        (row.number, mistake.cell or mistake.heading, mistake.text)
        for row in shown.context["wrong"]
        for mistake in row.mistakes
    ]
