"""The destination of a webhook: reads its URL, by one reading that is used for all that follows."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from grader.webhooks.addresses import Address, Allowed, ends_in_number, is_public

LONGEST = 2000
#: Scheme, host, port, and all after that. No user, no fragment, no backslash, nothing that two
#: readers of URLs read in two ways.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>[/?][A-Za-z0-9/?%&=+,;:@!$'()*._~-]*)?",
    re.ASCII | re.IGNORECASE,
)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
#: Names that lead nowhere on the public internet.
_LOCAL = frozenset({"localhost", "local", "internal", "intranet", "lan", "home", "corp", "test"})
_DEFAULT_PORTS = {"https": 443, "http": 80}
#: Below are the ports of a machine's own services, which speak something else.
_FIRST_FREE_PORT = 1024


class BadDestination(ValueError):
    """A URL to which nothing is sent; the message says why, for who typed it."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a webhook is sent."""

    scheme: str
    #: A name in lower case, or an address without brackets.
    host: str
    port: int
    #: Path and query.
    target: str
    #: Where the host is an address itself.
    address: Address | None

    @property
    def authority(self) -> str:
        """Host and port as the header Host has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL, as it is kept."""
        return f"{self.scheme}://{self.authority}{self.target}"


def read_destination(url: str, allowed: Allowed) -> Destination:
    """The destination that a URL names, if anything may be sent there at all.

    A name may still lead to an address that is not public: that is seen when it is sent.

    Raises:
        BadDestination: it is no such URL, or nothing may be sent there.
    """
    found = _URL.fullmatch(url.strip()) if len(url) <= LONGEST else None
    if found is None:
        raise BadDestination(
            "this must be an address such as https://lms.example.org/hooks, of at most "
            f"{LONGEST} characters, without a user name, a fragment (#) or characters beyond ASCII"
        )
    scheme, host = found["scheme"].lower(), found["host"].lower()
    address = _address(host)
    if address is None:
        _require_name(host, allowed)
    elif not (is_public(address) or allowed.has_address(address)):
        raise BadDestination("this address is not one of the public internet")
    is_allowed = allowed.has_address(address) if address else allowed.has_name(host)
    port = int(found["port"]) if found["port"] else _DEFAULT_PORTS[scheme]
    if not is_allowed:
        _require_usual(scheme, port)
    if not 1 <= port <= 65_535:
        raise BadDestination("there is no such port")
    target = found["target"] or "/"
    if target.startswith("?"):
        target = f"/{target}"
    return Destination(scheme, str(address or host), port, target, address)


def _address(host: str) -> Address | None:
    if host.startswith("["):
        try:
            return ipaddress.IPv6Address(host.strip("[]"))
        except ValueError as error:
            raise BadDestination("this is no address of IPv6") from error
    if not ends_in_number(host):
        return None
    try:
        # Refuses leading zeros, and fewer than four numbers.
        return ipaddress.IPv4Address(host)
    except ValueError as error:
        raise BadDestination("write the address as four decimal numbers, or a name") from error


def _require_name(host: str, allowed: Allowed) -> None:
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadDestination("this is no name of a host")
    if allowed.has_name(host):
        return
    if len(labels) < 2 or labels[-1] in _LOCAL:
        raise BadDestination("this name leads nowhere on the public internet")


def _require_usual(scheme: str, port: int) -> None:
    if scheme != "https":
        raise BadDestination("only https:// is sent to, so that nobody reads grades on their way")
    if port != _DEFAULT_PORTS[scheme] and port < _FIRST_FREE_PORT:
        raise BadDestination(f"the port must be 443, or one from {_FIRST_FREE_PORT}")
