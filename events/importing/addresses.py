"""Which addresses a calendar may be read from: public ones on the internet, by name.

The rules against server-side request forgery (OWASP SSRF Prevention, CWE-918). Networks are those of the IANA
IPv4 and IPv6 Special-Purpose Address Registries; Python's ``is_global`` is not used alone, because what it says
about them differs between patch releases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import quote, urlsplit

from events.importing.problems import ImportProblem

ALLOWED_PORTS: Final = (80, 443, 8080, 8443)
MAX_ADDRESS: Final = 2000
"""Characters of an address."""

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_SCHEMES: Final = {"http": "http", "https": "https", "webcal": "https", "webcals": "https"}
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")

_NOT_PUBLIC_V4: Final = tuple(
    IPv4Network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24"),
        *("192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
)
# Only 2000::/3 is given to anybody; of it these are for protocols, documentation, 6to4 and Teredo.
_UNICAST_V6: Final = IPv6Network("2000::/3")
_NOT_PUBLIC_V6: Final = tuple(
    IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
# RFC 6052: a server behind NAT64 sees every IPv4 server under this prefix; what counts is the address inside.
_NAT64: Final = IPv6Network("64:ff9b::/96")

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect: ``host`` is a name in ASCII (IDNA) or an address, ``path`` begins with / and has the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """The value of the Host header (RFC 9110 section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host_header}{self.path}"

    @property
    def literal(self) -> Address | None:
        """The address, when the host is one."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None


def parse_target(url: str) -> Target:
    """Return where ``url`` leads, or raise ImportProblem with what is wrong with it.

    webcal:// is https://. Refused are other schemes, user names and passwords, ports other than ALLOWED_PORTS, hosts
    that only some readers take for an address (2130706433, 0177.0.0.1, 0x7f.1), names of this machine, and addresses
    that are not public. What a name leads to is not looked up here.
    """
    text = url.strip()
    if not text:
        raise ImportProblem("no_address")
    # Readers disagree about what a backslash or a control character means in an address: nobody needs one.
    if len(text) > MAX_ADDRESS or re.search(r"[\s\\\x00-\x20\x7f-\x9f]", text):
        raise ImportProblem("bad_address")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ImportProblem("bad_address") from None
    if "://" not in text or not parts.scheme:
        raise ImportProblem("no_address")
    if (scheme := _SCHEMES.get(parts.scheme)) is None:
        raise ImportProblem("scheme")
    if "@" in parts.netloc:
        raise ImportProblem("userinfo")
    if port is None:
        port = _DEFAULT_PORTS[scheme]
    if port not in ALLOWED_PORTS:
        raise ImportProblem(
            "port", port=port, allowed=", ".join(str(allowed) for allowed in ALLOWED_PORTS)
        )
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        path += "?" + quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]")
    target = Target(scheme, _checked_host(host), port, path)
    if target.literal is not None and not is_public(target.literal):
        raise ImportProblem("not_public")
    return target


def is_public(address: Address) -> bool:
    """Whether an address belongs to a server on the public internet.

    Not so for private, shared, loopback, link-local, multicast, documentation and reserved addresses, and for IPv6
    addresses that carry an IPv4 one (mapped, compatible, 6to4, Teredo); behind NAT64's prefix the inner one decides.
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in network for network in _NOT_PUBLIC_V4)
    if address.scope_id is not None:
        return False
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return (
        address in _UNICAST_V6
        and address.is_global
        and not any(address in network for network in _NOT_PUBLIC_V6)
    )


def checked_addresses(found: Iterable[str]) -> list[Address]:
    """Return the addresses that a name leads to, in order, each once.

    Raises ImportProblem when there is any that is not public: a name with a public and a private address is an attempt
    to get past a check of the first one.
    """
    addresses: list[Address] = []
    for text in found:
        try:
            address = ip_address(text)
        except ValueError:
            raise ImportProblem("not_public") from None
        if not is_public(address):
            raise ImportProblem("not_public")
        if address not in addresses:
            addresses.append(address)
    return addresses


def _checked_host(host: str) -> str:
    if "%" in host:
        raise ImportProblem("bad_address")
    if ":" in host:
        try:
            return str(IPv6Address(host))
        except ValueError:
            raise ImportProblem("bad_address") from None
    try:
        # Also turns other scripts' digits and dots into the ones that a resolver would read.
        name = host.rstrip(".").encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError:
        raise ImportProblem("bad_address") from None
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ImportProblem("bad_address")
    # As in the URL Standard: a host that ends in a number is an IPv4 address or nothing.
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(IPv4Address(name))
        except ValueError:
            raise ImportProblem("numeric_host") from None
    if labels[-1] in ("localhost", "local", "internal", "localdomain") or len(labels) == 1:
        raise ImportProblem("not_public")
    return name
