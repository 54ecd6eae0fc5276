"""The site's own server on the database of a test: started, asked over HTTP, killed without a warning.

It is what `make serve` starts (granian, one process, four threads), without the demonstration content.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.db import connection, connections
from django.utils import timezone

from registry.form_tokens import FormToken, new_token

REPOSITORY = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
FORM = "/ro/petitii/"
START_SECONDS = 120
REQUEST_SECONDS = 300
_NUMBER = re.compile(r"data-nr[^>]*>([^<]+)<")


def database_url() -> str:
    """The database of the test, for another process."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    port = f":{values['PORT']}" if values["PORT"] else ""
    return f"postgresql://{values['USER']}@{quote(values['HOST'], safe='')}{port}/{values['NAME']}"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass
class LiveServer:
    """A server in a process group of its own, on `data_dir` and the test's database."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> None:
        """Start it and wait until it answers; AssertionError with its log when it does not."""
        connections.close_all()
        log = self.data_dir / "server.log"
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in {"REDIS_URL", "EMAIL_URL", "AGORA_BASE_URL"}
        }
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [
                    str(Path(sys.executable).with_name("granian")),
                    *("--interface", "wsgi", "--host", HOST, "--port", str(self.port)),
                    *("--workers", "1", "--blocking-threads", "4", "--no-ws"),
                    *("--workers-kill-timeout", "5", "--log-level", "warning"),
                    "config.wsgi:application",
                ],
                cwd=REPOSITORY,
                env={
                    **inherited,
                    "AGORA_DATA_DIR": str(self.data_dir),
                    "AGORA_DEMO": "1",
                    "AGORA_SUBMISSION_LIMITS": "off",
                    "DATABASE_URL": database_url(),
                    # Production's, but for the compressed static files.
                    "DJANGO_SETTINGS_MODULE": "config.settings.test",
                    "PYTHONPATH": os.pathsep.join((str(REPOSITORY / "site"), str(REPOSITORY))),
                    **environment,
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                status, _headers, _body = self.request("GET", "/health/live")
                assert status == 200, status
                return
            except OSError:
                alive = self.process.poll() is None and time.monotonic() < deadline
                assert alive, log.read_text(errors="replace")[-4000:]
                time.sleep(0.05)

    def kill(self) -> None:
        """End all its processes at once, as a crash of the machine's power supply for them would: SIGKILL."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def request(
        self, method: str, address: str, body: bytes | None = None, content_type: str = ""
    ) -> tuple[int, Any, bytes]:
        """Status, headers and body of one request. OSError (or HTTPException as one) when the server is gone."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=REQUEST_SECONDS)
        try:
            headers = {"Content-Type": content_type} if content_type else {}
            connection.request(method, address, body, headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        except http.client.HTTPException as error:
            raise ConnectionError(repr(error)) from error
        finally:
            connection.close()


@dataclass
class Sending:
    """A petition on its way: its token, and what the server said of it."""

    subject: str
    file: bytes = b""
    token: FormToken = field(default_factory=lambda: new_token(timezone.now()))
    receipt: str = ""
    number: str = ""

    def send(self, server: LiveServer) -> bool:
        """Send it, for the first time or again; whether it was acknowledged. OSError when the server is gone."""
        fields = {
            "token": self.token.text,
            "action": "send",
            "kind": "sesizare",
            "subject": self.subject,
            "text": "Text de probă.",
            "name": "Ilona Probă",
            "reply_by": "email",
            "email": "ilona@example.org",
        }
        if self.file:
            body, content_type = _multipart(fields, self.file)
        else:
            body, content_type = (
                urlencode(fields).encode(),
                "application/x-www-form-urlencoded",
            )
        status, headers, answer = server.request("POST", FORM, body, content_type)
        assert status == 303, (status, answer.decode(errors="replace")[:3000])
        self.receipt = headers["Location"]
        return True

    def read_number(self, server: LiveServer) -> str:
        """The number on the receipt."""
        status, _headers, body = server.request("GET", self.receipt)
        assert status == 200, status
        found = _NUMBER.search(body.decode())
        assert found, body.decode()[:3000]
        return found[1].strip()


def _multipart(fields: dict[str, str], file: bytes) -> tuple[bytes, str]:
    boundary = "----agora-test"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="proba.txt"\r\n'
        "Content-Type: text/plain\r\n\r\n"
    )
    body = b"".join([*parts, head.encode(), file, f"\r\n--{boundary}--\r\n".encode()])
    return body, f"multipart/form-data; boundary={boundary}"
