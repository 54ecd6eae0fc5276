"""vCards are read back by another program (vobject) and by a lint that knows nothing of how they are written."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import unquote

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from contacts.phones import PhoneNumber
from contacts.vcard import (
    Card,
    CardAddress,
    CardEmail,
    CardKind,
    CardPhone,
    PhoneType,
    to_vcard,
    to_vcards,
)

VERSIONS = ("4.0", "3.0")
SWITCHBOARD = PhoneNumber("+40264596030", ("5001", "5000"))

DIRECTORATE = Card(
    kind=CardKind.ORG,
    uid="department/public-events",
    full_name="Direcția Evenimente publice și informare cetățeni",
    organisation=(
        "Primăria municipiului Cluj-Napoca",
        "Direcția Evenimente publice și informare cetățeni",
    ),
    phones=(
        CardPhone(SWITCHBOARD),
        CardPhone(PhoneNumber("+40264430011"), label="Linie directă; secretariat"),
    ),
    emails=(CardEmail("imaginatiecivica@primariaclujnapoca.ro"),),
    address=CardAddress(
        street="str. Moților nr. 3, cam. 49, 50", locality="Cluj-Napoca", country="România"
    ),
    note="Luni–miercuri 08:00–16:00;\njoi 08:00–17:30, vineri 08:00–14:30 \\ program cu publicul",
    url="https://primaria.example/ro/contact/evenimente/?a=1,2;b",
    geo=(46.7694, 23.5899),
    language="ro",
    revision=datetime(2026, 11, 22, 10, 15, tzinfo=timezone(timedelta(hours=2))),
)


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def lint(text: str, version: str) -> list[tuple[str, str, str]]:
    """Check a file of cards byte by byte; return its (name, parameters, value) lines."""
    data = text.encode()
    assert data.endswith(b"END:VCARD\r\n")
    for raw in data.split(b"\r\n"):
        assert len(raw) <= 75
        raw.decode()  # a fold never breaks a character
        assert not re.search(rb"[\x00-\x1f\x7f]", raw)
    lines = []
    depth = 0
    for line in unfolded(text):
        match = re.fullmatch(
            r"((?:item[0-9]+\.)?[A-Za-z-]+)((?:;[A-Z]+=[A-Za-z0-9,]+)*):(.*)", line
        )
        assert match, line
        name, parameters, value = match.groups()
        if name == "BEGIN":
            depth += 1
            begun = True
        elif begun:
            assert (name, value) == ("VERSION", version)
            begun = False
        if name == "END":
            depth -= 1
        assert depth in (0, 1)
        lines.append((name.partition(".")[2] or name, parameters, value))
    assert depth == 0
    return lines


def values(text: str, version: str, name: str) -> list[str]:
    return [value for found, _parameters, value in lint(text, version) if found == name]


def test_version_4_says_what_rfc_6350_says():
    assert unfolded(to_vcard(DIRECTORATE, "4.0")) == [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:org",
        "UID:urn:uuid:041eb089-bb6d-581b-8d60-83ff6b6037f0",
        "FN:Direcția Evenimente publice și informare cetățeni",
        "ORG:Primăria municipiului Cluj-Napoca;Direcția Evenimente publice și informare cetățeni",
        "TEL;VALUE=uri;TYPE=work,voice:tel:+40264596030;ext=5001",
        "TEL;VALUE=uri;TYPE=work,voice:tel:+40264596030;ext=5000",
        "item1.TEL;VALUE=uri;TYPE=work,voice:tel:+40264430011",
        r"item1.X-ABLabel:Linie directă\; secretariat",
        "EMAIL;TYPE=work:imaginatiecivica@primariaclujnapoca.ro",
        r"ADR;TYPE=work:;;str. Moților nr. 3\, cam. 49\, 50;Cluj-Napoca;;;România",
        "GEO:geo:46.769400,23.589900",
        "URL:https://primaria.example/ro/contact/evenimente/?a=1%2C2%3Bb",
        "LANG:ro",
        r"NOTE:Luni–miercuri 08:00–16:00\;\njoi 08:00–17:30\, vineri 08:00–14:30 \\ "
        "program cu publicul",
        "REV:20261122T081500Z",
        "END:VCARD",
    ]


def test_version_3_says_what_rfc_2426_says_in_the_way_phones_import():
    assert unfolded(to_vcard(DIRECTORATE, "3.0")) == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "UID:urn:uuid:041eb089-bb6d-581b-8d60-83ff6b6037f0",
        "FN:Direcția Evenimente publice și informare cetățeni",
        "N:;;;;",
        "ORG:Primăria municipiului Cluj-Napoca;Direcția Evenimente publice și informare cetățeni",
        "X-ABShowAs:COMPANY",
        "TEL;TYPE=WORK,VOICE:+40264596030",
        "TEL;TYPE=WORK,VOICE:+40264596030p5001",
        "TEL;TYPE=WORK,VOICE:+40264596030p5000",
        "item1.TEL;TYPE=WORK,VOICE:+40264430011",
        r"item1.X-ABLabel:Linie directă\; secretariat",
        "EMAIL;TYPE=INTERNET,WORK:imaginatiecivica@primariaclujnapoca.ro",
        r"ADR;TYPE=work:;;str. Moților nr. 3\, cam. 49\, 50;Cluj-Napoca;;;România",
        "GEO:46.769400;23.589900",
        "URL:https://primaria.example/ro/contact/evenimente/?a=1%2C2%3Bb",
        r"NOTE:Luni–miercuri 08:00–16:00\;\njoi 08:00–17:30\, vineri 08:00–14:30 \\ "
        "program cu publicul",
        "REV:2026-11-22T08:15:00Z",
        "END:VCARD",
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_another_program_reads_the_card(version):
    card = vobject.readOne(to_vcard(DIRECTORATE, version))
    assert card.version.value == version
    assert card.fn.value == DIRECTORATE.full_name
    assert card.org.value == list(DIRECTORATE.organisation)
    assert card.email.value == "imaginatiecivica@primariaclujnapoca.ro"
    assert card.note.value == DIRECTORATE.note
    assert card.adr.value.street == "str. Moților nr. 3, cam. 49, 50"
    assert card.adr.value.city == "Cluj-Napoca"
    assert unquote(card.url.value) == DIRECTORATE.url
    assert card.contents["x-ablabel"][0].value == "Linie directă; secretariat"
    assert card.contents["x-ablabel"][0].group == card.contents["tel"][-1].group
    phones = [tel.value for tel in card.contents["tel"]]
    if version == "4.0":
        assert phones[0] == "tel:+40264596030;ext=5001"
    else:
        assert phones[:2] == ["+40264596030", "+40264596030p5001"]
        card.validate()


@pytest.mark.parametrize("version", VERSIONS)
def test_several_cards_in_one_file(version):
    place = Card(kind=CardKind.LOCATION, uid="place/manastur", full_name="Primăria Mănăștur")
    text = to_vcards([DIRECTORATE, place], version)
    assert text == to_vcard(DIRECTORATE, version) + to_vcard(place, version)
    assert [card.fn.value for card in vobject.readComponents(text)] == [
        DIRECTORATE.full_name,
        place.full_name,
    ]
    assert to_vcards([], version) == ""


def test_kinds_and_names():
    person = Card(CardKind.INDIVIDUAL, "", "Ion Popescu", family_name="Popescu", given_name="Ion")
    undivided = Card(CardKind.INDIVIDUAL, "", "Ion Popescu", title="Consilier")
    assert values(to_vcard(person, "4.0"), "4.0", "KIND") == ["individual"]
    assert values(to_vcard(person, "4.0"), "4.0", "N") == ["Popescu;Ion;;;"]
    assert values(to_vcard(person, "3.0"), "3.0", "N") == ["Popescu;Ion;;;"]
    assert values(to_vcard(undivided, "4.0"), "4.0", "N") == []
    assert values(to_vcard(undivided, "3.0"), "3.0", "N") == ["Ion Popescu;;;;"]
    assert values(to_vcard(undivided, "3.0"), "3.0", "TITLE") == ["Consilier"]
    assert values(to_vcard(person, "3.0"), "3.0", "X-ABShowAs") == []


@pytest.mark.parametrize("version", VERSIONS)
def test_a_blank_draft_is_a_valid_card(version):
    blank = Card(CardKind.ORG, "", "", address=CardAddress(), emails=(), note=" ")
    names = [name for name, _parameters, _value in lint(to_vcard(blank, version), version)]
    assert "FN" in names
    assert not {"UID", "ORG", "TEL", "ADR", "NOTE", "REV", "URL", "GEO"} & set(names)
    half = Card(CardKind.ORG, "", " ", organisation=("Primăria", "Serviciul", ""))
    assert values(to_vcard(half, version), version, "FN") == ["Serviciul"]
    assert values(to_vcard(half, version), version, "ORG") == ["Primăria;Serviciul"]


@pytest.mark.parametrize("version", VERSIONS)
def test_fax_mobile_and_short_numbers(version):
    card = Card(
        CardKind.ORG,
        "",
        "x",
        phones=(
            CardPhone(PhoneNumber("+40264430011"), PhoneType.FAX),
            CardPhone(PhoneNumber("+40745123456"), PhoneType.CELL),
            CardPhone(PhoneNumber("112")),
        ),
    )
    tels = [row[1:] for row in lint(to_vcard(card, version), version) if row[0] == "TEL"]
    if version == "4.0":
        assert tels == [
            (";VALUE=uri;TYPE=work,fax", "tel:+40264430011"),
            (";VALUE=uri;TYPE=work,cell", "tel:+40745123456"),
            (";VALUE=uri;TYPE=work,voice", "tel:112;phone-context=+40"),
        ]
    else:
        assert tels == [
            (";TYPE=WORK,FAX", "+40264430011"),
            (";TYPE=CELL,WORK", "+40745123456"),
            (";TYPE=WORK,VOICE", "112"),
        ]


@pytest.mark.parametrize(
    ("uid", "written"),
    [
        (
            "urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1",
            "urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1",
        ),
        ("4FBE89710BC3424C9C2636C3E1EFF6B1", "urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1"),
        ("urn:example:a\r\nTEL:1", None),
        ("orice\r\nTEL:1", None),
    ],
)
def test_the_uid_is_a_urn_and_stays(uid, written):
    (found,) = values(to_vcard(Card(CardKind.ORG, uid, "x"), "4.0"), "4.0", "UID")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", found)
    assert written is None or found == written
    assert [found] == values(to_vcard(Card(CardKind.ORG, uid, "y"), "3.0"), "3.0", "UID")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "/ro/contact/", "http://[::1", "https:", "x\r\nTEL:1"]
)
def test_only_web_addresses_are_written(url):
    assert values(to_vcard(Card(CardKind.ORG, "", "x", url=url)), "4.0", "URL") == []


def test_a_web_address_is_pure_ascii():
    card = Card(CardKind.ORG, "", "x", url="https://primaria.example/ro/Moților 3\r\nTEL:1")
    assert values(to_vcard(card), "4.0", "URL") == [
        "https://primaria.example/ro/Mo%C8%9Bilor%203TEL:1"
    ]


def test_what_no_editor_types_is_an_error():
    for wrong in (
        {"revision": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"geo": (91.0, 0.0)},
        {"geo": (float("nan"), 0.0)},
        {"language": "ro\r\nTEL:1"},
    ):
        with pytest.raises(ValueError, match="."):
            Card(CardKind.ORG, "", "x", **wrong)
    with pytest.raises(ValueError, match="version"):
        to_vcard(DIRECTORATE, "2.1")  # type: ignore[arg-type]


hostile = st.text(
    st.one_of(
        st.characters(codec=None),
        st.sampled_from(list(";:,\\\"'\r\n\t\x00\x0b\x0c\x1c\x85\u2028\u2029 \ud800ășțő😀=")),
    ),
    max_size=120,
)
cards = st.builds(
    Card,
    kind=st.sampled_from(CardKind),
    uid=hostile,
    full_name=hostile,
    organisation=st.lists(hostile, max_size=3).map(tuple),
    title=hostile,
    family_name=hostile,
    given_name=hostile,
    phones=st.lists(
        st.builds(CardPhone, st.just(SWITCHBOARD), st.sampled_from(PhoneType), hostile), max_size=2
    ).map(tuple),
    emails=st.lists(st.builds(CardEmail, hostile, hostile), max_size=2).map(tuple),
    address=st.none() | st.builds(CardAddress, hostile, hostile, hostile, hostile, hostile),
    note=hostile,
    url=hostile | hostile.map("https://primaria.example/".__add__),
    geo=st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    language=st.sampled_from(["", "ro", "hu-RO"]),
    revision=st.none() | st.datetimes(timezones=st.just(UTC)),
)
ONCE = {"BEGIN", "VERSION", "KIND", "UID", "FN", "N", "ORG", "TITLE", "ADR", "GEO", "URL", "LANG"}


@given(cards, st.sampled_from(VERSIONS))
def test_nothing_typed_becomes_a_property(card, version):
    text = to_vcard(card, version)
    rows = lint(text, version)
    names = [name for name, _parameters, _value in rows]
    for name in {*ONCE, "NOTE", "REV", "END"}:
        assert names.count(name) <= 1
    tel_lines = sum(len(p.number.extensions) + (version == "3.0") for p in card.phones)
    assert names.count("TEL") == tel_lines
    assert names.count("EMAIL") == len(card.emails)
    assert set(names) <= {*ONCE, "NOTE", "REV", "END", "TEL", "EMAIL", "X-ABLabel", "X-ABShowAs"}
    for name, _parameters, value in rows:
        if name in {"FN", "TITLE", "NOTE", "EMAIL", "X-ABLabel"}:
            assert re.fullmatch(r"(?:[^\\,;]|\\[\\,;n])*", value)
        if name == "ADR":
            assert len(re.findall(r"(?:^|[^\\])(?:\\\\)*(?=;)", value)) >= 1
            assert len(re.split(r"(?<!\\)(?:\\\\)*;", value)) == 7
    assert to_vcard(card, version) == text


@given(hostile, st.sampled_from(VERSIONS))
def test_another_program_reads_back_what_was_typed(note, version):
    text = to_vcard(Card(CardKind.ORG, "", "x", note=f"a{note}z"), version)
    read = vobject.readOne(text).note.value
    kept = re.sub("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]", "\n", f"a{note}z").replace("\t", " ")
    kept = re.sub("[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffe\uffff]", "", kept)
    assert read == re.sub("[\ud800-\udfff]", "\ufffd", kept)


@given(st.text(st.sampled_from("aă😀"), max_size=300), st.sampled_from(VERSIONS))
def test_folding_loses_nothing(name, version):
    text = to_vcard(Card(CardKind.ORG, "", f"x{name}x"), version)
    assert values(text, version, "FN") == [f"x{name}x"]
