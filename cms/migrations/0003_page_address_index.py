from django.db import migrations


class Migration(migrations.Migration):
    """Pages are found by their whole address (cms.page_urls.route); Wagtail has no index for that."""

    dependencies = [
        ("cms", "0002_content_version"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX IF NOT EXISTS agora_page_url_path ON wagtailcore_page (url_path)",
            "DROP INDEX IF EXISTS agora_page_url_path",
        ),
    ]
