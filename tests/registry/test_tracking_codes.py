"""Tracking codes: hard to guess, easy to type, and silent about what was wrong."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from registry import tracking_codes
from registry.tracking_codes import derive_code, hash_code, new_code, normalise_code, same_code

CODE = "K7QF-2M9X-4TRD-8WQJ"
SHAPE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}")


def test_a_code_is_eighty_bits_in_groups_of_four() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(SHAPE.fullmatch(code) for code in codes)
    assert all(normalise_code(code) == code for code in codes)
    # Every place takes many values: no bit of the eighty is lost.
    assert all(len({code[at] for code in codes}) > 20 for at in range(19) if at % 5 != 4)


def test_all_bits_have_their_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    for raw, code in (
        (bytes(10), "0000-0000-0000-0000"),
        (b"\xff" * 10, "ZZZZ-ZZZZ-ZZZZ-ZZZZ"),
        (b"\x08" + bytes(9), "1000-0000-0000-0000"),
        (bytes(9) + b"\x01", "0000-0000-0000-0001"),
    ):
        monkeypatch.setattr(tracking_codes.secrets, "token_bytes", lambda length, raw=raw: raw)
        assert new_code() == code


def test_a_derived_code_belongs_to_its_token_and_secret() -> None:
    code = derive_code("secret", "token")
    assert SHAPE.fullmatch(code)
    assert derive_code("secret", "token") == code
    assert derive_code("secret", "token2") != code
    assert derive_code("secret2", "token") != code
    # Pinned: receipts that people hold must stay valid.
    assert code == "EATK-TSR3-9BFC-Y3Q4"


def test_nothing_is_derived_from_nothing() -> None:
    for secret, token in (("", "token"), ("secret", "")):
        with pytest.raises(ValueError, match="needs"):
            derive_code(secret, token)
    with pytest.raises(ValueError, match="needs"):
        hash_code(CODE, "")


@pytest.mark.parametrize(
    "text",
    [
        "k7qf-2m9x-4trd-8wqj",
        "K7QF2M9X4TRD8WQJ",
        " k7qf 2m9x\t4trd\u00a08wqj\n",
        "K7QF–2M9X—4TRD‑8WQJ",
        "K7QF−2M9X\u200b4TRD\u202e8WQJ",
    ],
)
def test_ways_of_typing_a_code(text: str) -> None:
    assert normalise_code(text) == CODE


def test_letters_that_look_like_digits() -> None:
    assert normalise_code("oO00-iI11-lL11-0000") == "0000-1111-1111-0000"


@pytest.mark.parametrize(
    "text",
    ["", CODE[:-1], CODE + "1", CODE.replace("K", "U"), CODE.replace("K", "К"), "ı" * 16,
     CODE.replace("7", "٧"), CODE + "\x00", CODE + "\ud800", "-" * 19, " " * 10**6, "0" * 10**6],
)  # fmt: skip
def test_what_is_no_code(text: str) -> None:
    assert normalise_code(text) is None
    assert not same_code(text, hash_code(CODE, "pepper"), "pepper")


def test_only_the_code_opens() -> None:
    stored = hash_code(CODE, "pepper")
    assert re.fullmatch("[0-9a-f]{64}", stored)
    assert CODE[:4].lower() not in stored
    assert hash_code("k7qf2m9x4trd8wqj", "pepper") == stored
    assert same_code("k7qf 2m9x 4trd 8wqj", stored, "pepper")
    assert not same_code(CODE.replace("K", "M"), stored, "pepper")
    assert not same_code(CODE, stored, "pepper2")
    assert not same_code(CODE, stored.upper(), "pepper")
    for broken in ("", stored[:-1], "ș" * 64, "\ud800" * 64):
        assert not same_code(CODE, broken, "pepper")
    with pytest.raises(ValueError, match="not a tracking code"):
        hash_code("K7QF", "pepper")


def test_the_stand_in_for_a_malformed_code_opens_nothing() -> None:
    stored = hash_code("0000-0000-0000-0000", "pepper")
    assert same_code("0000 0000 0000 0000", stored, "pepper")
    assert not same_code("malformed", stored, "pepper")
    assert not same_code("", stored, "pepper")


def test_every_mismatch_costs_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = hash_code(CODE, "pepper")
    done: list[str] = []
    digest, compare = tracking_codes.hmac.digest, tracking_codes.hmac.compare_digest

    def counted_digest(key, message, kind):
        done.append(f"digest of {len(message)}")
        return digest(key, message, kind)

    def counted_compare(first, second):
        done.append(f"comparison of {len(first)} and {len(second)}")
        return compare(first, second)

    monkeypatch.setattr(tracking_codes.hmac, "digest", counted_digest)
    monkeypatch.setattr(tracking_codes.hmac, "compare_digest", counted_compare)
    work = []
    for text, known in ((CODE, stored), (CODE, ""), ("0" * 16, stored), ("", stored), ("?", "")):
        done.clear()
        same_code(text, known, "pepper")
        work.append(list(done))
    assert work[0]
    assert all(other == work[0] for other in work)


@given(st.text())
@example("\ud800")
@settings(max_examples=100, deadline=None)
def test_no_text_is_too_bad(text: str) -> None:
    code = normalise_code(text)
    assert code is None or normalise_code(code) == code


@given(st.text(min_size=1), st.text(min_size=1))
@settings(max_examples=50, deadline=None)
def test_any_secret_and_token_give_a_code(secret: str, token: str) -> None:
    code = derive_code(secret, token)
    assert normalise_code(code) == code
    assert same_code(code.lower(), hash_code(code, secret), secret)
