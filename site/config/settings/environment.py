"""What the environment may say, read once and checked, so that a wrong value stops the start with a sentence."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import dj_email_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from config import REPOSITORY

env = Env()

LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]


def data_dir() -> Path:
    """The folder of everything that is not code: database, media, private files, outbox, secret key."""
    folder = Path(env.str("AGORA_DATA_DIR", "") or REPOSITORY / "var").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def is_demo() -> bool:
    """Whether the demo's conveniences (generated key, known accounts, localhost only) are allowed."""
    return env.bool("AGORA_DEMO", False)


def secret_key(folder: Path, *, may_generate: bool) -> str:
    """SECRET_KEY from the environment or the data folder; generated there only where that is allowed.

    Raises ImproperlyConfigured when there is none: two processes with different keys would log everyone out.
    """
    if key := env.str("SECRET_KEY", ""):
        return key
    keyfile = folder / "secret_key"
    if keyfile.exists():
        return keyfile.read_text().strip()
    if not may_generate:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Put a long random value in the environment "
            "(python -c 'import secrets; print(secrets.token_urlsafe(64))'), "
            "or set AGORA_DEMO=1 for a demonstration on this machine."
        )
    keyfile.touch(mode=0o600)
    keyfile.write_text(secrets.token_urlsafe(64))
    return keyfile.read_text().strip()


def allowed_hosts(base_url: str, *, demo: bool) -> list[str]:
    """The host names the site answers to. In the demo: this machine only.

    Raises ImproperlyConfigured when production names no host.
    """
    if demo:
        return LOCAL_HOSTS
    hosts: list[str] = env.list("AGORA_ALLOWED_HOSTS", [])
    if host := urlsplit(base_url).hostname:
        hosts = [*hosts, host]
    if not hosts:
        raise ImproperlyConfigured(
            "No host list: set AGORA_ALLOWED_HOSTS (comma separated) or AGORA_BASE_URL, "
            "or AGORA_DEMO=1 for a demonstration on this machine."
        )
    return list(dict.fromkeys(hosts))


def database(folder: Path) -> dict[str, Any]:
    """The default database: SQLite in the data folder, or what DATABASE_URL names.

    SQLite runs with WAL, IMMEDIATE transactions and synchronous FULL: writers queue instead of failing,
    and what was committed survives a power cut.
    """
    url = env.str("DATABASE_URL", "") or f"sqlite:///{folder / 'agora.sqlite3'}"
    config: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60))
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["CONN_MAX_AGE"] = None
        config["OPTIONS"] = {
            **config.get("OPTIONS", {}),
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
                "PRAGMA foreign_keys=ON;PRAGMA temp_store=MEMORY;"
            ),
        }
    else:
        config["CONN_HEALTH_CHECKS"] = True
        # PostgreSQL's own 4 MB are too few to note where a frequent name is in a large register, and its price of a
        # page that is read out of order is that of spinning disks.
        tuned = "-c work_mem=32MB -c random_page_cost=1.1"
        config["OPTIONS"] = {"options": tuned, **config.get("OPTIONS", {})}
    return config


def caches() -> dict[str, Any]:
    """Redis when REDIS_URL is set (shared by several processes), else each process its own memory."""
    if url := env.str("REDIS_URL", ""):
        return {
            "default": {
                "BACKEND": "cms.forgiving_cache.ForgivingRedisCache",
                "LOCATION": url,
                # In seconds: a page waits for its cache once, and not for long.
                "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1},
            }
        }
    # Django's 300 entries would throw out what every page needs.
    return {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 5000},
        }
    }


# Ways of writing an encrypted server that dj-email-url would pass over in silence, leaving the connection open to read.
_MAIL_SCHEMES = {"smtp+tls": "submission", "smtp+ssl": "smtp", "smtps": "smtp"}
_MAIL_BACKENDS = {"django.core.mail.backends.smtp.EmailBackend": "cms.mail_backend.EmailBackend"}


def email(folder: Path, uid_domain: str) -> dict[str, Any]:
    """Django's e-mail settings from EMAIL_URL; files in the data folder's outbox/ by default.

    `smtp+tls://` (STARTTLS, port 587) and `smtp+ssl://` (TLS from the first byte, port 465) are encrypted, `smtp://` is
    not. Raises ImproperlyConfigured for a scheme that nobody knows.
    """
    common = {
        "EMAIL_TIMEOUT": env.float("EMAIL_TIMEOUT", 10),
        "DEFAULT_FROM_EMAIL": env.str("AGORA_MAIL_FROM", "") or f"no-reply@{uid_domain}",
    }
    url = env.str("EMAIL_URL", "")
    if not url:
        outbox = folder / "outbox"
        # The mails in it name people.
        outbox.mkdir(mode=0o700, exist_ok=True)
        return {
            **common,
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(outbox),
        }
    scheme, separator, rest = url.partition("://")
    parsed = dj_email_url.parse(_MAIL_SCHEMES.get(scheme, scheme) + separator + rest)
    if "EMAIL_BACKEND" not in parsed:
        raise ImproperlyConfigured(
            f"EMAIL_URL: {scheme!r} is none of smtp, smtp+tls, smtp+ssl, file, console."
        )
    if scheme in {"smtp+ssl", "smtps"}:
        parsed["EMAIL_USE_SSL"] = True
        parsed["EMAIL_PORT"] = urlsplit(url).port or 465
    parsed["EMAIL_BACKEND"] = _MAIL_BACKENDS.get(parsed["EMAIL_BACKEND"], parsed["EMAIL_BACKEND"])
    given = {
        key: value
        for key, value in parsed.items()
        if key.startswith("EMAIL_") and (key != "EMAIL_TIMEOUT" or value)
    }
    return {**common, **given}


def clamav_url() -> str:
    """Where ClamAV's daemon listens, `tcp://host:port` or `unix:///path`; "" when attachments are not scanned.

    Raises ImproperlyConfigured for anything else: a scanner that is never found would refuse every attachment.
    """
    url = env.str("CLAMAV_URL", "")
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        usable = (parts.scheme == "tcp" and parts.hostname and parts.port) or (
            parts.scheme == "unix" and not parts.netloc and parts.path
        )
    except ValueError:
        usable = False
    if not usable:
        raise ImproperlyConfigured(
            "CLAMAV_URL must be tcp://host:3310 or unix:///run/clamav/clamd.ctl, or empty for no scanning."
        )
    return url


def submission_limits_are_off(*, demo: bool) -> bool:
    """Whether AGORA_SUBMISSION_LIMITS=off lifts the throttles of the public forms, for load tests.

    Raises ImproperlyConfigured outside the demo, and for any other word: a city must not lose them by a typing error.
    """
    value = env.str("AGORA_SUBMISSION_LIMITS", "on")
    if value not in {"on", "off"}:
        raise ImproperlyConfigured("AGORA_SUBMISSION_LIMITS is on or off.")
    if value == "off" and not demo:
        raise ImproperlyConfigured(
            "AGORA_SUBMISSION_LIMITS=off is for load tests of the demonstration: set AGORA_DEMO=1, or unset it."
        )
    return value == "off"


def trusted_proxies() -> int:
    """How many proxies stand before the server, each adding the address it saw to X-Forwarded-For.

    Raises ImproperlyConfigured for what is no such number.
    """
    try:
        number = env.int("AGORA_TRUSTED_PROXIES", 0)
    except ValueError as error:
        raise ImproperlyConfigured("AGORA_TRUSTED_PROXIES is a number: 0, 1, 2 …") from error
    if not 0 <= number <= 9:
        raise ImproperlyConfigured("AGORA_TRUSTED_PROXIES is a number from 0 to 9.")
    return number
