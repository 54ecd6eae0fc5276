"""The telephone directory is searched as people type, and stands up to what they should not type."""

from __future__ import annotations

import pickle
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contacts.directory import (
    MAX_QUERY,
    OTHER,
    Entry,
    EntryKind,
    Match,
    alphabetical,
    collation_key,
    fold,
    highlight,
    search,
)
from contacts.phones import PhoneNumber

CITY_HALL = "Primăria municipiului Cluj-Napoca"
DIRECTORATE_NAME = "Direcția Evenimente publice și informare cetățeni"
DIRECTORATE = Entry(
    "directorate",
    DIRECTORATE_NAME,
    unit=CITY_HALL,
    phones=(PhoneNumber("+40264596030", ("5001", "5000")), PhoneNumber("+40264430011")),
    rooms=("49", "50"),
    emails=("imaginatiecivica@primariaclujnapoca.ro",),
    code="D.E.P.I.C.",
    keywords=("Public Events and Citizen Information Directorate", "Közrendezvények Osztálya"),
)
EVENTS = Entry("events", "Serviciul Evenimente publice", unit=DIRECTORATE_NAME, rooms=("46",))
CENTRE = Entry(
    "centre",
    "Serviciul Centrul de informare pentru cetățeni",
    unit=DIRECTORATE_NAME,
    function="registratură și ghișee",
    phones=(PhoneNumber("+40264596030", ("5049",)),),
)
BASE = Entry("base", "Serviciul Administrare Baza Sportivă Gheorgheni", unit=DIRECTORATE_NAME)
CABINET = Entry(
    "cabinet",
    "Cabinetul Primarului",
    unit=CITY_HALL,
    phones=(PhoneNumber("+40264596030", ("500",)), PhoneNumber("+3612345678")),
    rooms=("5001",),
)
ENTRIES = [DIRECTORATE, EVENTS, CENTRE, BASE, CABINET]


def found(query: str, entries=ENTRIES) -> list[str]:
    return [hit.entry.key for hit in search(entries, query)]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Direcția Ședințe", "directia sedinte"),
        ("DIRECŢIA ŞEDINŢE", "directia sedinte"),
        ("Direct\u0326ia s\u0326edint\u0326e", "directia sedinte"),
        ("ăâîșț ĂÂÎȘȚ", "aaist aaist"),
        ("Őrség, Űrállomás", "orseg urallomas"),
        ("o\u030brs\u00e9g", "orseg"),
        ("Straße Łódź Đorđe æ", "strasse lodz dorde ae"),
        ("Cluj–Napoca / Mănăștur", "cluj napoca manastur"),
        ("D.E.P.I.C.", "depic"),
        ("S.P.C.L.E.P", "spclep"),
        ("str. Moților nr. 3", "str motilor nr 3"),
        ("S.A. Cluj, A.B.Cluj, I. Popescu", "sa cluj ab cluj i popescu"),
        ("０２６４ ٤", "0264 4"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        (" \t\n ", ""),
        ("…!?", ""),
    ],
)
def test_every_spelling_folds_to_one(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("serviciul evenimente", "events"),
        ("SERVICIUL EVENIMENTE PUBLICE", "events"),
        ("direcţia", "directorate"),
        ("directia", "directorate"),
        ("cetateni informare", "directorate"),
        ("registratura", "centre"),
        ("gheorgheni", "base"),
        ("clujnapoca", "cabinet"),
        ("cluj-napoca cabinet", "cabinet"),
        ("imaginatiecivica@primariaclujnapoca.ro", "directorate"),
        ("imaginatiecivica", "directorate"),
        ("civica", "directorate"),
        ("depic", "directorate"),
        ("D.E.P.I.C.", "directorate"),
        ("kozrendezvenyek", "directorate"),
        ("public events", "directorate"),
        ("5000", "directorate"),
        ("int. 5000", "directorate"),
        ("int5000", "directorate"),
        ("x5000", "directorate"),
        ("camera 49", "directorate"),
        ("szoba 46", "events"),
        ("0264 430 011", "directorate"),
        ("0264430011", "directorate"),
        ("+40 264 430 011", "directorate"),
        ("0040264430011", "directorate"),
        ("430 011", "directorate"),
        ("0264 596 030, int. 5000", "directorate"),
        ("0264 596 030 / 5001; 5000", "directorate"),
        ("+36 1 234 5678", "cabinet"),
        ("cabinet 500", "cabinet"),
    ],
)
def test_what_people_type_finds_what_they_mean(query, first):
    assert found(query)[0] == first


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("evenimnete", {"directorate", "events", "centre", "base"}),
        ("evenmente publce", {"directorate", "events", "centre", "base"}),
        ("gheorghenni", {"base"}),
        ("georgheni", {"base"}),
        ("sportva", {"base"}),
        ("cabnet", {"cabinet"}),
        ("primariaclujnapcoa", {"directorate"}),
        ("registartura", {"centre"}),
    ],
)
def test_slips_of_the_keyboard_are_forgiven(query, keys):
    hits = search(ENTRIES, query)
    assert {hit.entry.key for hit in hits} == keys
    assert {hit.match for hit in hits} == {Match.SIMILAR}


@pytest.mark.parametrize(
    "query",
    [
        "5002",  # one digit off an extension
        "0264 596 031",
        "zzz",
        "bxya",  # four letters, the first one right, but two slips
        "evenimente xyzzy",  # every word must meet something
        "evenimente 5049 cabinet",
        "ro5001",
    ],
)
def test_what_is_not_there_is_not_found(query):
    assert found(query) == []


def test_short_words_are_not_guessed():
    entries = [Entry("a", "Ana"), Entry("b", "Bogdan"), Entry("m", "Mina"), Entry("n", "Nina")]
    assert found("Ama", entries) == []
    assert found("Bogdna", entries) == ["b"]
    assert found("Mima", entries) == ["m"]
    assert found("Tina", entries) == []


def test_the_ranking():
    entries = [
        Entry("similar", "Evenimetne"),
        Entry("part", "Supraevenimente"),
        Entry("prefix", "Evenimentele orașului"),
        Entry("word-elsewhere", "Birou", function="evenimente"),
        Entry("word", "Oraș și evenimente"),
        Entry("name", "Evenimente"),
    ]
    assert found("evenimente", entries) == [
        "name",
        "word",
        "word-elsewhere",
        "prefix",
        "part",
        "similar",
    ]
    assert [hit.match for hit in search(entries, "evenimente")] == [
        Match.WORD,
        Match.WORD,
        Match.WORD,
        Match.PREFIX,
        Match.PART,
        Match.SIMILAR,
    ]


def test_an_extension_comes_before_a_room():
    assert [(hit.entry.key, hit.match) for hit in search(ENTRIES, "5001")] == [
        ("directorate", Match.NUMBER),
        ("cabinet", Match.WORD),
    ]
    assert found("500") == ["cabinet", "directorate"]


def test_few_digits_do_not_find_every_telephone():
    # Room 49 and the extension 5049 hold "49"; so would many a number.
    assert found("49") == ["directorate"]
    assert found("4") == []
    assert found("50") == ["directorate", "cabinet", "centre"]


def test_the_switchboard_finds_everybody_on_it():
    assert set(found("0264 596 030")) == {"directorate", "centre", "cabinet"}


def test_the_order_of_equals_is_alphabetical_in_romanian():
    entries = [
        Entry(str(i), f"Post {name}")
        for i, name in enumerate(["Țară", "Tura", "Șura", "Sura", "Ăst", "Ast"])
    ]
    assert [hit.entry.name for hit in search(entries, "post")] == [
        "Post Ast",
        "Post Ăst",
        "Post Sura",
        "Post Șura",
        "Post Tura",
        "Post Țară",
    ]


def test_the_limit():
    entries = [Entry(f"{i:03}", "Inspector") for i in range(80)]
    assert len(search(entries, "inspector")) == 50
    assert [hit.entry.key for hit in search(iter(entries), "inspector", limit=2)] == ["000", "001"]
    assert search(entries, "inspector", limit=0) == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "\x00",
        "\ud800",
        "!!! ... ---",
        "(a+)+$[",
        "\\",
        "%_*?",
        "'; DROP TABLE x; --",
        "a" * 10_000,
        "5" * 10_000,
    ]
    + [
        ". " * 5000,
        "evenimente " * 2000,
        "\u0326" * 5000,
        "<script>",
        "𝔈𝔳𝔢𝔫𝔦𝔪𝔢𝔫𝔱𝔢",
        "\ufdfa" * 500,
    ],
)
def test_hostile_queries_are_harmless(query):
    search(ENTRIES, query)
    fragments = highlight(DIRECTORATE_NAME, query)
    assert "".join(fragment for fragment, _matched in fragments) == DIRECTORATE_NAME


def test_a_query_without_letters_or_digits_finds_nothing():
    for query in ("", " ", "\x00", "\ud800", "!!! ... ---", "\u0326"):
        assert search(ENTRIES, query) == []


def test_a_long_query_counts_as_far_as_it_is_read():
    assert found(f"evenimente{' ' * MAX_QUERY}xyzzy") == found("evenimente")


def test_nul_between_words_is_a_space():
    assert found("evenimente\x00publice") == found("evenimente publice")


def test_a_blank_entry_is_found_by_nothing_and_breaks_nothing():
    blank = Entry("blank", "")
    assert found("evenimente", [blank]) == []
    assert [group.letter for group in alphabetical([blank])] == [OTHER]


def test_entries_can_be_cached():
    assert search(ENTRIES, "directia")
    copies = pickle.loads(pickle.dumps(ENTRIES))
    assert copies == ENTRIES
    assert found("5001", copies) == found("5001")


def test_a_to_z_in_romanian():
    names = [
        "Zidaru",
        "Șerban",
        "Sabău",
        "Țiriac",
        "Toma",
        "Ăla",
        "Ana",
        "Âra",
        "Bo",
        "Înalt",
        "Ionel",
        "Iuga",
    ]
    groups = alphabetical(Entry(name, name, EntryKind.PERSON) for name in names)
    assert [(group.letter, [entry.name for entry in group.entries]) for group in groups] == [
        ("A", ["Ana"]),
        ("Ă", ["Ăla"]),
        ("Â", ["Âra"]),
        ("B", ["Bo"]),
        ("I", ["Ionel", "Iuga"]),
        ("Î", ["Înalt"]),
        ("S", ["Sabău"]),
        ("Ș", ["Șerban"]),
        ("T", ["Toma"]),
        ("Ț", ["Țiriac"]),
        ("Z", ["Zidaru"]),
    ]


def test_a_to_z_with_cedillas_hungarian_and_others():
    names = [
        "Şerban",
        "S\u0326irli",
        "Őrsi",
        "Olt",
        "Árpád",
        "Szabó",
        "Csaba",
        "Cuza",
        "„Casa”",
        "3 Mai",
        "Ωmega",
        "Éva",
    ]
    groups = alphabetical(Entry(name, name) for name in names)
    assert [(group.letter, [entry.name for entry in group.entries]) for group in groups] == [
        ("A", ["Árpád"]),
        ("C", ["„Casa”", "Csaba", "Cuza"]),
        ("E", ["Éva"]),
        ("O", ["Olt", "Őrsi"]),
        ("S", ["Szabó"]),
        ("Ș", ["Şerban", "S\u0326irli"]),
        (OTHER, ["3 Mai", "Ωmega"]),
    ]


def test_filed_under_the_sort_key():
    entry = Entry("p", "Ion Popescu", EntryKind.PERSON, sort_key="Popescu Ion")
    assert alphabetical([entry])[0].letter == "P"


def test_collation():
    ordered = ["Sa Za", "Saa", "Sab", "Săb", "Sâb", "Sb", "Șa", "Tb", "Ța", "Za"]
    assert sorted({*ordered}, key=collation_key) == ordered
    assert sorted(["Pál", "Pal", "pal"], key=collation_key) == ["Pal", "Pál", "pal"]
    assert collation_key("Cluj-Napoca")[0] == collation_key("cluj napoca")[0]


@pytest.mark.parametrize(
    ("text", "query", "matched"),
    [
        ("Direcția Evenimente publice", "directia", ["Direcția"]),
        ("Direcția Evenimente publice", "even publ", ["Even", "publ"]),
        ("Direct\u0326ia", "direct", ["Direct\u0326"]),
        ("Direct\u0326ia", "direc", ["Direc"]),
        ("Șef și șefă", "sef", ["Șef", "șef"]),
        ("Supraevenimente", "evenimente", ["evenimente"]),
        ("Serviciul Evenimente", "evenimnete", ["Evenimente"]),
        ("Straße", "strass", ["Straß"]),
        ("D.E.P.I.C. Cluj", "depic", ["D.E.P.I.C"]),
        ("0264 596 030, int. 5001, 5000", "5001", ["5001"]),
        ("0264 596 030, int. 5001, 5000", "0264596030", ["0264 596 030"]),
        ("0264 596 030, int. 5001, 5000", "0264 596 030", ["0264 596 030"]),
        ("0264 596 030, int. 5001, 5000", "+40 264 596 030", ["0264 596 030"]),
        ("0264 596 030, int. 5001, 5000", "0264 596 030 int 5000", ["0264 596 030", "5000"]),
        ("0264 596 030, int. 5001, 5000", "010", []),
        ("+36 1 234 5678", "3612345678", ["36 1 234 5678"]),
        ("cam. 49, 50", "camera 49", ["49"]),
        ("cam. 4, 45", "4", ["4"]),
        ("<b>Baza</b>", "baza", ["Baza"]),
        ("Cluj", "xyzzy", []),
        ("Cluj", "", []),
        ("", "cluj", []),
    ],
)
def test_highlighting(text, query, matched):
    fragments = highlight(text, query)
    assert [fragment for fragment, is_match in fragments if is_match] == matched
    assert "".join(fragment for fragment, _matched in fragments) == text


letters = st.text(
    st.one_of(
        st.sampled_from(list("aăâiîsșştțţőű .-–/,0126459\u0326\u030b\x00")),
        st.characters(codec=None),
    )
)


@given(letters)
@example("\ufdfa")
def test_folding_is_stable_and_plain(text):
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == " ".join(folded.split())
    assert all(c.isalnum() or c == " " for c in folded)


@given(st.text(st.sampled_from(list("aăâbiîșțőűéá -")), max_size=20))
def test_composed_and_decomposed_text_fold_alike(text):
    assert (
        fold(unicodedata.normalize("NFD", text))
        == fold(unicodedata.normalize("NFC", text))
        == fold(text.upper())
    )


@given(letters, letters)
def test_highlighting_never_changes_the_text(text, query):
    fragments = highlight(text, query)
    assert "".join(fragment for fragment, _matched in fragments) == text
    assert all(fragment for fragment, _matched in fragments)
    flags = [matched for _fragment, matched in fragments]
    assert all(a != b for a, b in pairwise(flags))


entry_lists = st.lists(
    st.builds(
        Entry,
        key=st.uuids().map(str),
        name=letters,
        unit=letters,
        rooms=st.lists(letters, max_size=2).map(tuple),
        phones=st.sampled_from([(), (PhoneNumber("+40264596030", ("5001",)),)]),
    ),
    max_size=6,
)


@given(entry_lists, letters)
def test_search_never_fails_and_is_in_order(entries, query):
    hits = search(entries, query)
    assert [hit.match for hit in hits] == sorted(hit.match for hit in hits)
    assert len({hit.entry.key for hit in hits}) == len(hits)
    grouped = [entry for group in alphabetical(entries) for entry in group.entries]
    assert sorted(entry.key for entry in grouped) == sorted(entry.key for entry in entries)


@given(letters.filter(lambda text: 0 < len(fold(text)) < 50 and len(fold(text).split()) <= 10))
def test_an_entry_is_found_by_its_own_name(name):
    assert search([Entry("x", name)], fold(name))
