"""The parts of the form that need no page: token, answers, digest, where a request comes from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from cms.client_address import client_address
from config.settings import environment
from registry.form_tokens import (
    new_token,
    read_receipt_token,
    read_token,
    receipt_token,
    submission_key,
)
from registry.models import EntryKind
from registry.petition_form import Choices, PetitionForm, digest_of
from tests.registry.petition_site import answers

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
HEX = st.text("0123456789abcdef", min_size=32, max_size=32)
CHOICES = Choices([EntryKind(key="sesizare"), EntryKind(key="cerere")], [])


def judged(**values: Any) -> PetitionForm:
    return PetitionForm(CHOICES, {**answers(department=""), **values})


# -- tokens ------------------------------------------------------------------------------------------------------------


def test_token_comes_back_as_it_was_given_out() -> None:
    token = new_token(NOW)
    assert read_token(token.text) == token
    assert token.made_at == NOW
    assert token.submission_key == submission_key(token.nonce)
    assert token.nonce not in token.submission_key


def test_no_two_tokens_are_alike() -> None:
    assert len({new_token(NOW).nonce for _time in range(100)}) == 100


@given(st.text(max_size=250))
def test_nothing_else_is_a_token(text: str) -> None:
    assert read_token(text) is None
    assert read_receipt_token(text) is None


@pytest.mark.parametrize("change", [lambda t: t[1:], lambda t: t + "x", lambda t: "0" + t[1:]])
def test_changed_token_is_none(change: Any) -> None:
    text = new_token(NOW).text
    if change(text) != text:
        assert read_token(change(text)) is None


def test_token_of_a_receipt_is_not_one_of_a_form() -> None:
    token = new_token(NOW)
    assert read_token(receipt_token(token.nonce)) is None
    assert read_receipt_token(token.text) is None


@given(HEX)
def test_receipt_token_is_the_same_each_time_and_fits_an_address(nonce: str) -> None:
    text = receipt_token(nonce)
    assert text == receipt_token(nonce)
    assert read_receipt_token(text) == nonce
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


@pytest.mark.parametrize(("seconds", "fast"), [(0, True), (2, True), (3, False), (10**6, False)])
def test_too_fast_is_below_three_seconds(seconds: int, fast: bool) -> None:
    assert new_token(NOW).is_too_fast(NOW + timedelta(seconds=seconds)) is fast


# -- answers -----------------------------------------------------------------------------------------------------------


def test_what_is_asked_for_is_enough() -> None:
    assert judged().is_valid()


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"kind": ""}, {"kind"}),
        ({"kind": "nu-este"}, {"kind"}),
        ({"department": "nu-este"}, {"department"}),
        ({"subject": ""}, {"subject"}),
        ({"subject": "a" * 150}, set()),
        ({"subject": "a" * 151}, {"subject"}),
        ({"text": "a" * 20_000}, set()),
        ({"text": "a" * 20_001}, {"text"}),
        ({"name": ""}, {"name"}),
        ({"name": "a" * 151}, {"name"}),
        ({"reply_by": ""}, {"reply_by"}),
        ({"reply_by": "none"}, {"reply_by"}),
        ({"email": ""}, {"email"}),
        ({"email": "Ilona <ilona@example.org>"}, {"email"}),
        ({"email": "a@b"}, {"email"}),
        ({"email": "a" * 255 + "@example.org"}, {"email"}),
        ({"reply_by": "post"}, {"address"}),
        ({"reply_by": "post", "address": "a" * 301}, {"address"}),
        ({"reply_by": "post", "address": "str. Nouă 1", "email": "x"}, set()),
        ({"address": "a" * 10_000}, set()),
        ({"phone": "0" * 41}, {"phone"}),
    ],
)
def test_only_the_field_that_is_wrong_is_told(values: dict[str, str], wrong: set[str]) -> None:
    assert set(judged(**values).errors) == wrong


def test_only_the_chosen_way_of_answering_is_kept() -> None:
    form = judged(reply_by="post", address="str. Nouă 1")
    assert form.is_valid()
    assert (form.cleaned_data["email"], form.cleaned_data["address"]) == ("", "str. Nouă 1")


@given(st.sampled_from(["subject", "text", "name", "phone"]), st.text(min_size=1, max_size=20))
def test_digest_tells_every_change(name: str, typed: str) -> None:
    before, after = dict.fromkeys(answers(), "x"), dict.fromkeys(answers(), "x") | {name: typed}
    assert (digest_of(before, []) == digest_of(after, [])) is (typed == "x")


def test_digest_tells_files_and_their_order() -> None:
    digests = [digest_of(answers(), files) for files in ([], ["a"], ["a", "b"], ["b", "a"])]
    assert len(set(digests)) == 4


# -- where it comes from -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "expected"),
    [
        (0, "192.0.2.1", "198.51.100.7", "192.0.2.1"),
        (1, "192.0.2.1", "198.51.100.7", "198.51.100.7"),
        (1, "192.0.2.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "192.0.2.1", "203.0.113.9, 198.51.100.7", "203.0.113.9"),
        (2, "192.0.2.1", "198.51.100.7", "192.0.2.1"),
        (1, "192.0.2.1", "nonsense", "192.0.2.1"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (0, "::ffff:192.0.2.1", "", "192.0.2.1"),
        (0, "", "", ""),
    ],
)
def test_address_is_the_one_that_a_trusted_proxy_saw(
    settings: Any, proxies: int, peer: str, forwarded: str, expected: str
) -> None:
    settings.AGORA_TRUSTED_PROXIES = proxies
    request = RequestFactory().post("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == expected


@pytest.mark.parametrize(
    ("value", "demo", "off"), [("", True, False), ("on", False, False), ("off", True, True)]
)
def test_limits_are_lifted_in_the_demonstration_only(
    monkeypatch: pytest.MonkeyPatch, value: str, demo: bool, off: bool
) -> None:
    if value:
        monkeypatch.setenv("AGORA_SUBMISSION_LIMITS", value)
    assert environment.submission_limits_are_off(demo=demo) is off


@pytest.mark.parametrize(("value", "demo"), [("off", False), ("of", True), ("0", True)])
def test_limits_are_not_lost_elsewhere_or_by_a_slip(
    monkeypatch: pytest.MonkeyPatch, value: str, demo: bool
) -> None:
    monkeypatch.setenv("AGORA_SUBMISSION_LIMITS", value)
    with pytest.raises(ImproperlyConfigured):
        environment.submission_limits_are_off(demo=demo)


@pytest.mark.parametrize("value", ["-1", "10", "x", "1.5"])
def test_number_of_proxies_is_a_number(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("AGORA_TRUSTED_PROXIES", value)
    with pytest.raises(ImproperlyConfigured):
        environment.trusted_proxies()
