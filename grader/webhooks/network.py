"""The network as webhooks see it: connects only to addresses that were checked, for a short time.

A name is looked up once, all its addresses are checked, and one of these very addresses is
connected to: a name server that says something else a moment later (DNS rebinding) is not asked.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from grader.webhooks.addresses import Address, Allowed

#: The addresses of a host, for a port; raises OSError.
LookUp = Callable[[str, int], list[Address]]

#: A host may have many addresses; one that does not answer should not use up all the time.
_MOST_ADDRESSES, _CONNECT_SECONDS = 4, 4.0


class NotReachable(Exception):
    """Nothing was sent; the message says why, in a sentence, and names no address of ours."""


def look_up(host: str, port: int) -> list[Address]:
    """The addresses of a host, as this machine's resolver has them.

    Raises:
        OSError: there are none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ipaddress.ip_address(address[0]) for *_, address in found))


class GuardedNetwork(httpcore.NetworkBackend):
    """Connections of one delivery."""

    def __init__(self, allowed: Allowed, look_up: LookUp, *, deadline: float) -> None:
        """Nothing is connected yet.

        Args:
            allowed: what the operator allows beyond the public internet.
            look_up: finds the addresses of a name.
            deadline: of `time.monotonic`; whatever waits then ends with a timeout.
        """
        self._allowed = allowed
        self._look_up = look_up
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that answers.

        Raises:
            NotReachable: the name leads nowhere, or to an address that is not allowed.
            httpcore.ConnectError, httpcore.ConnectTimeout: none answers.
        """
        failed: Exception | None = None
        found = self._checked(host, port)[:_MOST_ADDRESSES]
        for address in found:
            seconds = _left(self._deadline)
            if address != found[-1]:
                seconds = min(_CONNECT_SECONDS, seconds)
            try:
                stream = self._plain.connect_tcp(str(address), port, timeout=seconds)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _Bounded(stream, self._deadline)
        assert failed is not None  # there was at least one address
        raise failed

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Never.

        Raises:
            NotReachable: always.
        """
        raise NotReachable("Nothing is sent there.")

    def _checked(self, host: str, port: int) -> list[Address]:
        try:
            found = self._look_up(host, port)
        except (OSError, UnicodeError) as error:
            raise NotReachable("The name of the host leads nowhere.") from error
        if not found:
            raise NotReachable("The name of the host leads nowhere.")
        # All of them: a name with a public address and one of ours has the first as a disguise.
        if not all(self._allowed.may_reach(host, address) for address in found):
            raise NotReachable(
                "The host leads to an address that is not one of the public internet."
            )
        return found


class _Bounded(httpcore.NetworkStream):
    """A connection that ends at a moment, however many bytes still trickle."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        seconds = _left(self._deadline)
        return _Bounded(
            self._stream.start_tls(ssl_context, server_hostname, seconds), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    """The seconds that are left.

    Raises:
        httpcore.ReadTimeout: there are none; 0 would mean not to wait at all.
    """
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout("the time is over")
    return seconds
