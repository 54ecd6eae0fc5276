"""No address leads anywhere but to the public internet."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.importing.addresses import checked_addresses, is_public, parse_target
from events.importing.problems import ImportProblem


def code(url: str) -> str:
    with pytest.raises(ImportProblem) as caught:
        parse_target(url)
    return caught.value.code


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/a.ics", "https://example.org/a.ics"),
        ("  http://example.org  ", "http://example.org/"),
        ("webcal://example.org/a.ics?x=1#top", "https://example.org/a.ics?x=1"),
        ("WEBCALS://Example.ORG/", "https://example.org/"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("http://example.org./a", "http://example.org/a"),
        ("https://primăria.ro/ședințe.ics", "https://xn--primria-c4a.ro/%C8%99edin%C8%9Be.ics"),
        ("https://[2606:2800:220:1::1]/a", "https://[2606:2800:220:1::1]/a"),
        ("http://93.184.215.14/a%20b", "http://93.184.215.14/a%20b"),
    ],
)
def test_an_address_as_it_is_asked_for(url, expected):
    assert parse_target(url).url == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", "no_address"),
        ("example.org/a.ics", "no_address"),
        ("/etc/passwd", "no_address"),
        ("file:///etc/passwd", "scheme"),
        ("FILE://localhost/etc/passwd", "scheme"),
        ("ftp://example.org/a.ics", "scheme"),
        ("gopher://example.org:80/_x", "scheme"),
        ("dict://example.org/", "scheme"),
        ("https://user:secret@example.org/", "userinfo"),
        ("https://example.org@127.0.0.1/", "userinfo"),
        ("https://@example.org/", "userinfo"),
        ("https://example.org:22/", "port"),
        ("https://example.org:0/", "port"),
        ("https://example.org:99999/", "bad_address"),
        ("https://example.org:x/", "bad_address"),
        ("https:///a.ics", "bad_address"),
        ("https://exa mple.org/", "bad_address"),
        ("https://example.org\\@127.0.0.1/", "bad_address"),
        ("https://example.org/a\r\nHost: localhost", "bad_address"),
        ("https://example.org/\x00", "bad_address"),
        ("https://example..org/", "bad_address"),
        ("https://127.0.0.1%2f@example.org/", "userinfo"),
        ("http://127%2e0.0.1/", "bad_address"),
        ("http://[::1/", "bad_address"),
        ("http://[fe80::1%25eth0]/", "bad_address"),
        ("https://" + "a" * 2000 + ".org/", "bad_address"),
        # This machine and its neighbours, in every way that some reader understands.
        ("http://127.0.0.1/", "not_public"),
        ("http://127.1.2.3/", "not_public"),
        ("http://0.0.0.0/", "not_public"),
        ("http://10.0.0.1/", "not_public"),
        ("http://172.16.0.1/", "not_public"),
        ("http://192.168.1.1/", "not_public"),
        ("http://100.64.0.1/", "not_public"),
        ("http://169.254.169.254/latest/meta-data/", "not_public"),
        ("http://224.0.0.1/", "not_public"),
        ("http://255.255.255.255/", "not_public"),
        ("http://2130706433/", "numeric_host"),
        ("http://0x7f000001/", "numeric_host"),
        ("http://0x7f.1/", "numeric_host"),
        ("http://0177.0.0.1/", "numeric_host"),
        ("http://017700000001/", "numeric_host"),
        ("http://127.1/", "numeric_host"),
        ("http://127.0.0.1.:80/", "not_public"),
        ("http://１２７.0.0.1/", "not_public"),
        ("http://①②⑦.0.0.1/", "not_public"),
        ("http://127。0。0。1/", "not_public"),
        ("http://[::1]/", "not_public"),
        ("http://[::]/", "not_public"),
        ("http://[::ffff:127.0.0.1]/", "not_public"),
        ("http://[::ffff:8.8.8.8]/", "not_public"),
        ("http://[::127.0.0.1]/", "not_public"),
        ("http://[fe80::1]/", "not_public"),
        ("http://[fc00::1]/", "not_public"),
        ("http://[ff02::1]/", "not_public"),
        ("http://[2002:7f00:1::]/", "not_public"),
        ("http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "not_public"),
        ("http://[2001:db8::1]/", "not_public"),
        ("http://[64:ff9b::127.0.0.1]/", "not_public"),
        ("http://[64:ff9b:1::10.0.0.1]/", "not_public"),
        ("http://localhost/", "not_public"),
        ("http://LOCALHOST./", "not_public"),
        ("http://a.localhost/", "not_public"),
        ("http://printer.local/", "not_public"),
        ("http://intranet/", "not_public"),
    ],
)
def test_an_address_that_is_refused(url, expected):
    assert code(url) == expected


def test_a_message_for_every_reader():
    with pytest.raises(ImportProblem) as caught:
        parse_target("https://example.org:22/")
    assert str(caught.value) == "Port 22 is not allowed: only 80, 443, 8080, 8443 are."


def test_one_private_address_spoils_the_others():
    assert [str(address) for address in checked_addresses(["93.184.215.14", "93.184.215.14"])] == [
        "93.184.215.14"
    ]
    for found in (["93.184.215.14", "10.0.0.1"], ["fe80::1%2"], ["not an address"]):
        with pytest.raises(ImportProblem, match="private network"):
            checked_addresses(found)


def test_behind_nat64_the_inner_address_decides():
    assert is_public(ip_address("64:ff9b::93.184.215.14"))
    assert not is_public(ip_address("64:ff9b::192.168.0.1"))


PRIVATE = [ip_network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8")]


@given(st.sampled_from(PRIVATE), st.integers(min_value=0, max_value=2**32 - 1))
def test_no_spelling_of_a_private_address_gets_through(network, offset):
    address = IPv4Address(int(network[0]) + offset % network.num_addresses)
    number = int(address)
    octets = str(address).split(".")
    spellings = [
        str(address),
        str(number),
        hex(number),
        oct(number).replace("o", ""),
        ".".join(hex(int(octet)) for octet in octets),
        ".".join(f"0{int(octet):o}" for octet in octets),
        f"{octets[0]}.{number & 0xFFFFFF}",
        f"[::ffff:{address}]",
        f"[::{address}]",
        f"[64:ff9b::{address}]",
        f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::1]",
    ]
    for spelling in spellings:
        with pytest.raises(ImportProblem):
            parse_target(f"http://{spelling}/")


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_problem(text):
    for url in (text, f"https://{text}", f"https://example.org/{text}"):
        try:
            target = parse_target(url)
        except ImportProblem:
            continue
        assert target.url.isascii()
        assert "@" not in target.host
        assert parse_target(target.url) == target
