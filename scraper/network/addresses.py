"""Which addresses may be asked: the public ones. A page's link must never make us ask our own network (SSRF)."""

from __future__ import annotations

import ipaddress
import socket

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
# Reserved by clouds for their machines' own data, although they lie in public ranges (Azure, Oracle).
METADATA = (ipaddress.IPv4Network("168.63.129.16/32"), ipaddress.IPv4Network("192.0.0.0/24"))


class NotPublic(OSError):
    """An address that is not asked: of this machine, of a private network, of a cloud's inside."""


def is_public(text: str) -> bool:
    """May this IP address be asked? False for private, loopback, link-local, shared (CGNAT), multicast, reserved and
    metadata addresses, also where an IPv6 address only wraps one of them."""
    address = _address(text)
    inside = any(address in network for network in METADATA)
    return address.is_global and not (address.is_multicast or address.is_reserved or inside)


def is_loopback(text: str) -> bool:
    """Is this IP address this machine?"""
    return _address(text).is_loopback


def _address(text: str) -> Address:
    """The address that is meant: IPv6 forms that carry an IPv4 address lead to that one."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if address in NAT64 or (int(address) >> 32 == 0 and int(address) > 1):  # the latter: RFC 4291's old "::a.b.c.d"
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address


def guarded_socket(address: str, family: int, kind: int, proto: int, *, loopback: bool) -> socket.socket:
    """A socket for a connection to this resolved address. Raises NotPublic: the last moment before a connection, so
    that a name which resolves differently each time (DNS rebinding) gains nothing."""
    if not (is_public(address) or (loopback and is_loopback(address))):
        raise NotPublic(f"{address} is not a public address; nothing was asked")
    return socket.socket(family, kind, proto)
