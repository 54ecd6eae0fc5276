"""Requests to the admin as somebody who is logged in: the whole stack, session and permissions included."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bench.wsgi_calls import begin, get


def cookie_of(account: str) -> dict[str, str]:
    """The header of a browser in which `account` is logged in."""
    from django.conf import settings
    from django.contrib.auth import (
        BACKEND_SESSION_KEY,
        HASH_SESSION_KEY,
        SESSION_KEY,
        get_user_model,
    )
    from django.contrib.sessions.backends.db import SessionStore

    user: Any = get_user_model().objects.get(username=account)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {"HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}


def screen_call(account: str, address: str) -> Callable[[], object]:
    """A call that GETs a screen of the admin; raises RuntimeError right away when it does not answer 200."""
    from config.wsgi import application

    headers = cookie_of(account)
    status, _body = get(application, address, headers)
    if status != 200:
        raise RuntimeError(f"{address} answers {status} to {account}")
    return lambda: get(application, address, headers)


def streamed(account: str, address: str) -> Iterator[bytes]:
    """The parts of what the admin answers `account`; RuntimeError when it is not 200."""
    from config.wsgi import application

    status, parts = begin(application, address, cookie_of(account))
    if status != 200:
        raise RuntimeError(f"{address} answers {status} to {account}")
    yield from parts
