"""The Cabinet's files and audiences: versions, places of an hour, and the kind of requests to be received."""

from typing import Any

import django.core.validators
import django.utils.timezone
from django.db import migrations, models

from registry import defaults, guards


def lift_guards(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor.connection)


def install_guards(apps: Any, schema_editor: Any) -> None:
    guards.remove(schema_editor.connection)
    guards.install(schema_editor.connection)


def install_kind(apps: Any, schema_editor: Any) -> None:
    """This kind alone: others that a city removed stay away."""
    order, (key, family, public, name, description) = next(
        (order, kind)
        for order, kind in enumerate(defaults.KINDS, start=1)
        if kind[0] == defaults.AUDIENCE
    )
    apps.get_model("registry", "EntryKind").objects.get_or_create(
        key=key,
        defaults={
            "family": family,
            "is_public": public,
            "name": name,
            "description": description,
            "sort_order": order * 10,
        },
    )


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0004_states_and_guards"),
    ]

    operations = [
        # SQLite makes a table anew for some of these, and loses its triggers with the old one.
        migrations.RunPython(lift_guards, install_guards),
        migrations.AddField(
            model_name="audience",
            name="place",
            field=models.PositiveSmallIntegerField(null=True, verbose_name="place"),
        ),
        migrations.AddField(
            model_name="cabinetfile",
            name="opened_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now, verbose_name="on the board since"
            ),
        ),
        migrations.AddField(
            model_name="cabinetfile",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="audienceslot",
            name="minutes",
            field=models.PositiveSmallIntegerField(
                default=15,
                validators=[
                    django.core.validators.MinValueValidator(5),
                    django.core.validators.MaxValueValidator(120),
                ],
                verbose_name="minutes for each",
            ),
        ),
        migrations.AlterField(
            model_name="audienceslot",
            name="places",
            field=models.PositiveSmallIntegerField(
                default=4,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(60),
                ],
                verbose_name="places",
            ),
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="action",
            field=models.CharField(
                choices=[
                    ("entry.registered", "registered"),
                    ("entry.assigned", "assigned to a department"),
                    ("entry.taken", "taken to work on"),
                    ("entry.contributors", "contributions asked from departments"),
                    ("entry.contributed", "contribution written"),
                    ("entry.refused", "sent back as not within its competence"),
                    ("entry.question", "information asked from the petitioner"),
                    ("entry.drafted", "answer written"),
                    ("entry.submitted", "answer sent for approval"),
                    ("entry.sent_back", "answer sent back to be changed"),
                    ("entry.approved", "answer approved"),
                    ("entry.answered", "answered"),
                    ("letter.sent", "letter sent"),
                    ("letter.delivered", "delivery proved"),
                    ("letter.returned", "letter returned undelivered"),
                    ("entry.extended", "term extended"),
                    ("entry.redirected", "redirected to another institution"),
                    ("entry.joined", "joined to another entry"),
                    ("entry.filed", "filed without answer"),
                    ("entry.repeated", "repeated by the petitioner"),
                    ("entry.archived", "archived"),
                    ("entry.signed", "signed file added"),
                    ("entry.aspects", "aspects raised written down"),
                    ("entry.reopened", "reopened"),
                    ("entry.cancelled", "cancelled"),
                    ("entry.concerns", "marked as being about a colleague"),
                    ("entry.completed", "completion received"),
                    ("entry.terms_changed", "terms computed anew"),
                    ("entry.reminded", "reminder sent"),
                    ("entry.viewed", "personal data viewed"),
                    ("entry.denied", "access refused"),
                    ("register.searched", "register searched by name"),
                    ("register.exported", "register exported"),
                    ("register.printed", "register printed"),
                    ("file.viewed", "attachment opened"),
                    ("intake.queued", "set aside for a clerk"),
                    ("intake.accepted", "accepted from the queue"),
                    ("intake.dismissed", "left out as no petition"),
                    ("cabinet.resolution", "resolution of the Mayor"),
                    ("cabinet.followed", "followed up by the Mayor's Cabinet"),
                    ("cabinet.audience", "audience changed"),
                    ("report.frozen", "report made"),
                    ("retention.selected", "selection of documents decided"),
                    ("year.closed", "year closed"),
                    ("year.numbers_lost", "numbers filled in after a restored backup"),
                ],
                max_length=30,
                verbose_name="what",
            ),
        ),
        migrations.AddConstraint(
            model_name="audience",
            constraint=models.UniqueConstraint(
                fields=("slot", "place"), name="registry_audience_place_once"
            ),
        ),
        migrations.RunPython(install_guards, lift_guards),
        migrations.RunPython(install_kind, migrations.RunPython.noop),
    ]
