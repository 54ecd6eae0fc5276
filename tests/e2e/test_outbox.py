"""What `make serve` starts beside the server: mail that is written is sent, without a second command."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from tests.e2e.conftest import REPOSITORY, LiveSite

WRITE = """
from django.db import transaction
from cms.outbox import enqueue
with transaction.atomic():
    mail = enqueue(to="ana@example.org", subject="Proba", body="Proba", purpose="test", key="test:serve")
print(mail.message_id)
"""


def test_written_mail_is_sent_while_the_site_is_served(live_site: LiveSite) -> None:
    run = subprocess.run(
        [sys.executable, "site/manage.py", "shell", "--no-imports", "-c", WRITE],
        cwd=REPOSITORY,
        env={
            **os.environ,
            "AGORA_DATA_DIR": str(live_site.data_dir),
            "AGORA_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    message_id = run.stdout.strip()
    assert message_id.startswith("<")
    deadline = time.monotonic() + 60
    sent: list[str] = []
    while not sent and time.monotonic() < deadline:
        time.sleep(0.3)
        files = (live_site.data_dir / "outbox").glob("*.log")
        sent = [text for file in files if message_id in (text := file.read_text())]
    assert len(sent) == 1
