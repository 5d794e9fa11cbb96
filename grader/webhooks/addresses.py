"""Which addresses of the internet are public, and which others the operator allows."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

#: What is not public of IPv4: the special-purpose registry of IANA (RFC 6890 and its updates).
#: Not Python's `is_global`, which says other things in other versions, and calls multicast global.
_SPECIAL_4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by a provider's customers; one cloud's metadata
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local; the metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocols of the IETF; one cloud's metadata
        "192.0.2.0/24",  # examples
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # measurements
        "198.51.100.0/24",  # examples
        "203.0.113.0/24",  # examples
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "168.63.129.16/32",  # a cloud's host, under an address that looks public
    )
)
#: All that is public of IPv6 lies here. Loopback, link-local, unique local, multicast, addresses
#: that hold one of IPv4 (mapped, compatible, translated by NAT64) lie outside.
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_SPECIAL_6 = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "2001::/23",  # protocols of the IETF: Teredo, ORCHID, measurements
        "2001:db8::/32",  # examples
        "2002::/16",  # 6to4: holds an address of IPv4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # examples
    )
)

_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*", re.A)


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet, of a single machine."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _SPECIAL_4)
    return address in _GLOBAL_6 and not any(address in network for network in _SPECIAL_6)


def ends_in_number(host: str) -> bool:
    """Whether the last part of a host is a number, so that it is an address or nothing.

    As in https://url.spec.whatwg.org/#ends-in-a-number-checker: libraries of C take 2130706433,
    0x7f.1 and 0177.0.0.1 for 127.0.0.1.
    """
    last = host.rstrip(".").rpartition(".")[2]
    return last.isascii() and (
        last.isdigit() or re.fullmatch(r"0[xX][0-9a-fA-F]*", last) is not None
    )


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the operator allows beyond the public internet; by itself nothing."""

    names: frozenset[str] = frozenset()
    networks: tuple[_Network, ...] = ()

    def has_name(self, name: str) -> bool:
        """Whether a host's name is allowed, wherever it leads."""
        return name in self.names

    def has_address(self, address: Address) -> bool:
        """Whether an address is allowed."""
        # Of another version it is in no network: `in` says so without an error.
        return any(address in network for network in self.networks)

    def may_reach(self, name: str, address: Address) -> bool:
        """Whether a host of this name may be spoken to at this address."""
        return is_public(address) or self.has_address(address) or self.has_name(name)


def read_allowed(entries: Iterable[str]) -> Allowed:
    """What is allowed, from names of hosts, addresses and networks (10.1.0.0/16).

    Raises:
        ValueError: an entry is none of these.
    """
    names, networks = set[str](), list[_Network]()
    for entry in entries:
        plain = entry.strip().strip("[]").lower()
        try:
            networks.append(ipaddress.ip_network(plain))
            continue
        except ValueError as error:
            if "/" in plain or ":" in plain or ends_in_number(plain):
                raise ValueError(f"{entry!r} is no address and no network") from error
        if not _NAME.fullmatch(plain):
            raise ValueError(f"{entry!r} is no name of a host")
        names.add(plain)
    return Allowed(frozenset(names), tuple(networks))
