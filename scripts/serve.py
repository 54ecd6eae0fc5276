"""Brings Agora up with its demonstration content: database, messages, static files, content, server, mail.

`make serve` runs it as it is (production settings under granian), `make dev` with --dev (DEBUG, autoreload), the
browser tests with their own port and data folder. What did not change since the last start is not done again, so a
second start keeps the data and takes seconds.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

REPOSITORY = Path(__file__).resolve().parents[1]
SITE = REPOSITORY / "site"
HOST = "127.0.0.1"
ACCOUNTS = (
    "admin",
    "marketing",
    "moderator",
    "partnerships",
    "clerk",
    "chief",
    "dept-events",
    "dept-sports",
    "head-events",
    "cabinet",
    "auditor",
)


def fingerprint(paths: Iterable[Path]) -> str:
    """A hash of the names and contents of all files in `paths` (folders are walked; compiled Python is left out)."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and file.suffix != ".pyc":
                digest.update(str(file.relative_to(REPOSITORY)).encode() + b"\0")
                digest.update(file.read_bytes())
    return digest.hexdigest()


class Stamp:
    """Remembers in the data folder what a step was last done for."""

    def __init__(self, data_dir: Path, name: str, paths: Iterable[Path], *facts: str) -> None:
        self.file = data_dir / "stamps" / name
        self.value = "|".join([fingerprint(paths), *facts])

    def is_current(self) -> bool:
        return self.file.exists() and self.file.read_text() == self.value

    def write(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(self.value)


def step(text: str) -> None:
    """Say what is being done, with the seconds since the start."""
    print(f"[{time.monotonic() - STARTED:5.1f} s] {text}", flush=True)


def prepare(data_dir: Path, *, dev: bool) -> None:
    """Bring database, messages, static files and demonstration content up to date."""
    from scripts.compile_messages import compile_messages

    compile_messages()

    import django

    django.setup()
    # Thousands of lines about each object that is written help nobody here; warnings do.
    logging.disable(logging.INFO)

    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    is_new = not executor.recorder.has_table()
    # The database itself is asked: a stamp would be wrong after a restore.
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        step("Database: migrating")
        call_command("migrate", interactive=False, verbosity=0)

    if not dev:
        static = Stamp(
            data_dir,
            "static",
            [
                REPOSITORY / "requirements.txt",
                REPOSITORY / "static",
                *(app.parent / "static" for app in REPOSITORY.glob("*/apps.py")),
            ],
        )
        if not static.is_current() or not Path(settings.STATIC_ROOT).exists():
            step("Static files: collecting and compressing")
            call_command("collectstatic", interactive=False, verbosity=0, clear=True)
            static.write()

    demo = Stamp(data_dir, "demo", [REPOSITORY / "home/demo", REPOSITORY / "home/management"])
    if is_new or not demo.is_current():
        step("Demonstration content: loading")
        call_command("load_demo", verbosity=0)
        demo.write()

    # Entries of feeds are finished when they are published: in words and addresses of that day.
    entries = Stamp(
        data_dir,
        "calendar",
        [*(REPOSITORY / "events").glob("*.py"), *(REPOSITORY / "locale").rglob("*.po")],
        settings.AGORA_BASE_URL,
    )
    night = Stamp(data_dir, "night", [], date.today().isoformat())
    if not entries.is_current():
        if not is_new:
            step("Calendar: writing its entries anew")
            call_command("occurrences_rebuild", verbosity=0)
        entries.write()
        night.write()
    elif not night.is_current():
        step("Calendar: extending it to 24 months from today")
        call_command("occurrences_extend", verbosity=0)
        night.write()
    connection.close()


def explain(port: int, data_dir: Path) -> None:
    """Print where the site is, who may log in and where the data lies."""
    password = os.environ.get("AGORA_DEMO_PASSWORD", "demo-agora-2026")
    url = f"http://{HOST}:{port}"
    print(
        f"\n  Agora            {url}/ro/   {url}/en/   {url}/hu/"
        f"\n  Administration   {url}/admin/"
        f"\n  Accounts         {', '.join(ACCOUNTS)}; password of each: {password}"
        f"\n  Data             {data_dir}"
        "\n  Stop             Ctrl+C; the next start keeps the data\n",
        flush=True,
    )


def start_beside(*command: str) -> None:
    """Run a command of manage.py for as long as this process, which becomes the server, is there."""
    arguments = [sys.executable, str(SITE / "manage.py"), *command, "--loop"]
    subprocess.Popen([*arguments, "--parent", str(os.getpid())], stdin=subprocess.DEVNULL)


def port_is_taken(port: int) -> bool:
    """Whether something already answers on this port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--dev", action="store_true", help="DEBUG and autoreload")
    parser.add_argument("--prepare-only", action="store_true", help="do not start the server")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    options = parser.parse_args()
    port: int = options.port
    if not options.prepare_only and port_is_taken(port):
        sys.exit(f"Port {port} is in use. Choose another one: make serve PORT={port + 1}")

    data_dir = Path(os.environ.get("AGORA_DATA_DIR") or REPOSITORY / "var").resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings.dev"
        if options.dev
        else "config.settings.production",
        AGORA_DEMO="1",
        AGORA_DATA_DIR=str(data_dir),
    )
    os.environ.setdefault("AGORA_BASE_URL", f"http://{HOST}:{port}")
    if urlsplit(os.environ["AGORA_BASE_URL"]).hostname not in {HOST, "localhost", "::1"}:
        sys.exit("make serve is a demonstration for this machine only: unset AGORA_BASE_URL.")

    prepare(data_dir, dev=options.dev)
    if options.prepare_only:
        return
    step("Server: starting")
    explain(port, data_dir)
    start_beside("deliver_outbox")
    start_beside("registry_tick")
    # It is in no hurry, and the start is.
    start_beside("upkeep_tick", "--wait", "120")
    start_beside("pages_tick")
    if options.dev:
        arguments = [sys.executable, str(SITE / "manage.py"), "runserver", f"{HOST}:{port}"]
    else:
        # One process: SQLite has one writer, and the page cache of one process is always right.
        # Few threads: pages are CPU work under one interpreter lock; more threads only add waiting.
        arguments = [
            str(Path(sys.executable).with_name("granian")),
            *("--interface", "wsgi", "--host", HOST, "--port", str(port)),
            *("--workers", "1", "--blocking-threads", "4", "--no-ws"),
            *("--workers-kill-timeout", "5", "--log-level", "warning"),
            "config.wsgi:application",
        ]
    os.execv(arguments[0], arguments)


STARTED = time.monotonic()

if __name__ == "__main__":
    main()
