"""Where a request comes from, for throttles."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

_NETWORK_BITS = 64


def client_address(request: HttpRequest) -> str:
    """What counts as one sender: an IPv4 address, or the /64 network that an IPv6 address is in.

    Behind AGORA_TRUSTED_PROXIES proxies it is the address that the outermost of them saw; what stands before it in
    X-Forwarded-For anybody can write, so it is not read. "" where nobody can tell.
    """
    peer = str(request.META.get("REMOTE_ADDR") or "")
    proxies = settings.AGORA_TRUSTED_PROXIES
    if proxies:
        seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        if len(seen) >= proxies and _unit(seen[-proxies]):
            return _unit(seen[-proxies])
    return _unit(peer)


def _unit(text: str) -> str:
    try:
        address = ip_address(text.strip("[]"))
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    network = IPv6Address(int(address) >> _NETWORK_BITS << _NETWORK_BITS)
    return f"{network}/{_NETWORK_BITS}"
