"""Indexes of the desks: lists by direction and officer, and what boards count of what is open."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_the_cabinet")]

    operations = [
        migrations.AddIndex(
            model_name="registryentry",
            index=models.Index(
                fields=["direction", "-id"],
                name="registry_by_direction",
                condition=~models.Q(direction="incoming"),
            ),
        ),
        migrations.AddIndex(
            model_name="registryentry",
            index=models.Index(
                fields=["officer", "-id"],
                name="registry_by_officer",
                condition=models.Q(officer__isnull=False),
            ),
        ),
        migrations.AddIndex(
            model_name="registryentry",
            index=models.Index(
                fields=["department", "open_due", "state", "kind", "officer"],
                name="registry_open_counts",
                condition=models.Q(open_due__isnull=False),
            ),
        ),
    ]
