"""Runs a command beside a private PostgreSQL and Redis that nobody else uses and that vanish afterwards.

Usage: python -m scripts.services [--durable] COMMAND [ARGUMENT …]
The command finds AGORA_TEST_POSTGRES_URL and AGORA_TEST_REDIS_URL in its environment, each only where the server is
installed. Both listen on Unix sockets in a temporary folder: no port to collide, nothing for another user to reach.
With --durable PostgreSQL waits for the disk, as a city's does: for measuring.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scripts.system_packages import find_postgresql

READY_SECONDS = 30
_DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")


def unprivileged() -> dict[str, Any]:
    """Popen arguments that give up root, as which PostgreSQL refuses to run; empty for ordinary users."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise RuntimeError("PostgreSQL does not run as root, and this machine has no user 'postgres'.")


def wait_until_ready(check: list[str], server: subprocess.Popen[bytes], log: Path) -> None:
    """Repeat `check` until it succeeds; raises RuntimeError with the server's log if it never does."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if subprocess.run(check, capture_output=True).returncode == 0:
            return
        time.sleep(0.1)
    raise RuntimeError(f"{check[0]}: the server did not start.\n{log.read_text(errors='replace')}")


@contextlib.contextmanager
def running(
    command: list[str], check: list[str], log: Path, **popen: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A server process from when `check` succeeds until the end of the block; SIGINT asks it to stop."""
    with log.open("wb") as output:
        # Its own session: Ctrl+C reaches the command first, and the server outlives it.
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **popen,
        )
    try:
        wait_until_ready(check, server, log)
        yield server
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(timeout=15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


@contextlib.contextmanager
def postgresql(folder: Path, *, durable: bool = False) -> Iterator[str]:
    """A new cluster in `folder`; yields its database URL. It is thrown away, so it waits for the disk only if asked."""
    programs = find_postgresql()
    if programs is None:
        raise FileNotFoundError("PostgreSQL's server is not installed.")
    identity = unprivileged()
    home = folder / "postgresql"
    home.mkdir(mode=0o700)
    if identity:
        os.chown(home, identity["user"], identity["group"])
    data = home / "data"
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "agora", "-A", "trust", "-E", "UTF8"]
    subprocess.run(
        [*initdb, "--locale=C.UTF-8", "--no-sync"],
        cwd=home if not identity else "/",
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        **identity,
    )
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(home),
        **({} if durable else dict.fromkeys(_DURABILITY, "off")),
        "shared_buffers": "128MB",
        "max_connections": "60",
    }
    flags = [argument for item in settings.items() for argument in ("-c", "=".join(item))]
    address = ["-h", str(home), "-U", "agora"]
    with running(
        [str(programs / "postgres"), "-D", str(data), *flags],
        [str(programs / "pg_isready"), *address, "-d", "postgres"],
        folder / "postgresql.log",
        cwd="/",
        **identity,
    ):
        yield f"postgresql://agora@{quote(str(home), safe='')}/postgres"


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis without persistence; yields its URL. Raises FileNotFoundError where it is not installed."""
    program = shutil.which("redis-server")
    client = shutil.which("redis-cli")
    if program is None or client is None:
        raise FileNotFoundError("Redis is not installed.")
    address = folder / "redis.sock"
    options = ["--port", "0", "--unixsocket", str(address), "--save", "", "--appendonly", "no"]
    with running(
        [program, *options, "--dir", str(folder)],
        [client, "-s", str(address), "ping"],
        folder / "redis.log",
    ):
        yield f"unix://{address}?db=0"


@contextlib.contextmanager
def environment(*, durable: bool = False) -> Iterator[dict[str, str]]:
    """The present environment with the URLs of the servers that could be started."""
    with (
        tempfile.TemporaryDirectory(prefix="agora-services-") as name,
        contextlib.ExitStack() as stack,
    ):
        folder = Path(name)
        folder.chmod(0o711)  # the unprivileged server passes through to its own folder
        result = dict(os.environ)
        for variable, service in (
            ("AGORA_TEST_POSTGRES_URL", partial(postgresql, durable=durable)),
            ("AGORA_TEST_REDIS_URL", redis),
        ):
            try:
                result[variable] = stack.enter_context(service(folder))
            except FileNotFoundError as error:
                result.pop(variable, None)
                print(f"!!! {error}", file=sys.stderr)
        yield result


def main() -> int:
    # A stop request ends the command and still takes the servers down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    command = sys.argv[1:]
    durable = command[:1] == ["--durable"]
    with environment(durable=durable) as variables:
        return subprocess.run(command[durable:], env=variables).returncode


if __name__ == "__main__":
    sys.exit(main())
