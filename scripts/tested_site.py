"""The site that the browser tests visit: what `make serve` starts, on its own port and in its own data folder.

Bringing it up takes longer than most tests, so `make test` has it prepared beside them; a run of the browser tests
alone prepares it itself.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PASSWORD = "only-in-the-tests-2026"
MIGRATED = REPOSITORY / ".pytest_cache" / "d" / "agora-migrated"
"""Where `tests/conftest.py` keeps the migrated database, and no other one."""
DATABASE = "agora.sqlite3"
PREPARED = "AGORA_TEST_SITE"
"""The variable that names the folder which is, or will be, prepared."""


def free_port() -> int:
    """A port of this machine that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def command(*arguments: str) -> list[str]:
    """The command line of the server."""
    return [sys.executable, "-m", "scripts.serve", *arguments]


def environment(data_dir: Path, port: int) -> dict[str, str]:
    """This environment without what a shell may have set up for another site."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AGORA_")
        and name not in {"DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DJANGO_SETTINGS_MODULE"}
    }
    return kept | {
        "AGORA_DATA_DIR": str(data_dir),
        "AGORA_DEMO_PASSWORD": PASSWORD,
        "PORT": str(port),
        "PYTHONPATH": os.pathsep.join((str(REPOSITORY / "site"), str(REPOSITORY))),
    }


def prepare(folder: Path) -> None:
    """Lay database, static files and demonstration content into `folder`, which is there once all is done."""
    port = free_port()
    unfinished = folder.with_suffix(".unfinished")
    unfinished.mkdir(exist_ok=True)
    (unfinished / "port").write_text(str(port))
    # The tests of the database have migrated one a moment ago: a minute's work is not done twice.
    for migrated in MIGRATED.glob("*.sqlite3"):
        shutil.copyfile(migrated, unfinished / DATABASE)
    done = subprocess.run(
        command("--prepare-only"),
        env=environment(unfinished, port),
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    # What went wrong is told by the tests, which then try for themselves.
    if done.returncode == 0:
        unfinished.rename(folder)


def prepared() -> tuple[Path, int] | None:
    """The folder that `make test` has had prepared and the port that it was prepared for, if there is one."""
    name = os.environ.get(PREPARED)
    if not name or not (folder := Path(name)).is_dir():
        return None
    return folder, int((folder / "port").read_text())
