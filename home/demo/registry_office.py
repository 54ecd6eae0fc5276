"""What the demonstration's registry office works with: institutions, file classes, answer templates, absences."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model

from registry.models import Absence, AnswerTemplate, FileClass, Institution


def load_office(office: dict[str, Any], today: date) -> None:
    """Create what is missing of registry_office.yaml; days are counted from the local day `today`."""
    for row in office["institutions"]:
        values = {name: value for name, value in row.items() if name not in {"key", "name"}}
        Institution.objects.get_or_create(name=row["name"], defaults=values)
    for row in office["file_classes"]:
        FileClass.objects.get_or_create(code=row["code"], defaults=row)
    for row in office["answer_templates"]:
        AnswerTemplate.objects.get_or_create(key=row["key"], defaults=row)
    if Absence.objects.exists():
        return
    users = {user.get_username(): user for user in get_user_model().objects.all()}
    for row in office["absences"]:
        absence = Absence(
            user=users[row["user"]],
            substitute=users[row["substitute"]],
            first_day=today + timedelta(days=row["first"]),
            last_day=today + timedelta(days=row["last"]),
        )
        absence.full_clean()
        absence.save()
