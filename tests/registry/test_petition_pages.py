"""The form over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from registry.models import PetitionPage, RegistryEntry
from tests.registry.petition_site import *

pytestmark = pytest.mark.django_db


@pytest.fixture
def form_page(general: Any, clock: Any) -> PetitionPage:
    return make_petition_site()


def test_smoke(form_page, client: Client, clock: Any) -> None:
    for a in FORMS.values():
        r = client.get(a)
        assert r.status_code == 200, a
    for a in TRACKING.values():
        assert client.get(a).status_code == 200, a
    token = token_of(client)
    clock.shift(60)
    r = client.post(FORMS["ro"], {**answers(), "token": token, "action": "check", "files": [note()]})
    assert r.status_code == 200, soup_of(r).select(".errsum")
    s = soup_of(r)
    print(s.select_one("main").get_text(" ", strip=True))
    data = {t["name"]: t["value"] for t in s.select("main input[type=hidden]")}
    r = client.post(FORMS["ro"], {**data, "action": "send"})
    assert r.status_code == 303, r.content.decode()[:3000]
    print(r["Location"])
    r = client.get(r["Location"])
    print(soup_of(r).select_one("main").get_text(" ", strip=True), dict(r.headers))
    code = soup_of(r).select_one("[data-code]").text
    nr = soup_of(r).select_one("[data-nr]").text
    r = client.post(TRACKING["en"], {"number": nr, "code": code})
    print(soup_of(r).select_one("main").get_text(" ", strip=True))
    assert r.status_code == 200
    assert 0
