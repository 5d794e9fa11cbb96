"""Sends one delivery: a POST to a checked address, a short answer, no redirects, no proxies."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpcore

from grader.webhooks.addresses import Allowed
from grader.webhooks.destination import BadDestination, Destination, read_destination
from grader.webhooks.network import GuardedNetwork, LookUp, NotReachable, look_up
from grader.webhooks.tried import Tried

#: For all of it, from the first packet to the last byte of the answer.
TIMEOUT_SECONDS = 10.0
#: So much of an answer is read, and so many characters of it are kept.
ANSWER_BYTES, ANSWER_CHARACTERS = 65_536, 300
_AGENT = b"Pushforward-Webhooks/1"

_Headers = Iterable[tuple[str, str]]


class Sender:
    """Sends deliveries; one of it serves all threads."""

    def __init__(
        self,
        allowed: Allowed,
        *,
        look_up: LookUp = look_up,
        trusted: ssl.SSLContext | None = None,
        seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        """Nothing is sent yet.

        Args:
            allowed: what the operator allows beyond the public internet.
            look_up: finds the addresses of a name.
            trusted: checks certificates and their names; None: as this machine does.
            seconds: for each delivery.
        """
        self._allowed = allowed
        self._look_up = look_up
        self._trusted = trusted or ssl.create_default_context()
        self._seconds = seconds

    def post(self, url: str, headers: _Headers, body: bytes) -> Tried:
        """Send JSON to a URL. Whatever goes wrong on the way is told by what is returned."""
        began = time.monotonic()
        try:
            to = read_destination(url, self._allowed)
            tried = self._post(to, headers, body)
        except BadDestination as error:
            tried = Tried(None, problem=_sentence(str(error)))
        except NotReachable as error:
            tried = Tried(None, problem=str(error))
        except (httpcore.TimeoutException, TimeoutError):
            tried = Tried(None, problem=f"There was no answer within {self._seconds:g} seconds.")
        except httpcore.ConnectError as error:
            tried = Tried(None, problem=_why_not_connected(error))
        except (httpcore.NetworkError, OSError):
            tried = Tried(None, problem="The connection broke off.")
        except httpcore.ProtocolError:
            tried = Tried(None, problem="What came back is not HTTP.")
        return _timed(tried, time.monotonic() - began)

    def _post(self, to: Destination, headers: _Headers, body: bytes) -> Tried:
        network = GuardedNetwork(
            self._allowed, self._look_up, deadline=time.monotonic() + self._seconds
        )
        url = httpcore.URL(scheme=to.scheme, host=to.host, port=to.port, target=to.target)
        with (
            httpcore.ConnectionPool(
                ssl_context=self._trusted, max_connections=1, network_backend=network
            ) as pool,
            pool.stream("POST", url, headers=_all(headers, to), content=body) as response,
        ):
            return _tried(response)


def _all(headers: _Headers, to: Destination) -> list[tuple[bytes, bytes]]:
    own = [(name.encode(), value.encode()) for name, value in headers]
    return [
        (b"Host", to.authority.encode()),
        (b"Content-Type", b"application/json"),
        (b"User-Agent", _AGENT),
        (b"Accept-Encoding", b"identity"),
        (b"Connection", b"close"),
        *own,
    ]


def _tried(response: httpcore.Response) -> Tried:
    content = b""
    try:
        for part in response.iter_stream():
            content += part
            if len(content) >= ANSWER_BYTES:
                break
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError):
        # The status came, and that is what counts.
        pass
    problem = ""
    if 300 <= response.status < 400:
        problem = "It leads elsewhere, and nobody follows: change the address."
    return Tried(
        response.status,
        answer=_shown(content[:ANSWER_BYTES]),
        problem=problem,
        asked=_asked(response),
    )


def _shown(content: bytes) -> str:
    """The beginning of an answer, in one line and without what can't be seen."""
    text = content[: 8 * ANSWER_CHARACTERS].decode("utf-8", "replace")
    seen = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(seen.split())[:ANSWER_CHARACTERS]


def _asked(response: httpcore.Response) -> timedelta:
    """The pause that an answer asks for (RFC 9110, section 10.2.3)."""
    found = [value for name, value in response.headers if name.lower() == b"retry-after"]
    text = found[0].decode("ascii", "replace").strip() if found else ""
    if text.isdigit() and len(text) <= 7:
        return timedelta(seconds=int(text))
    try:
        pause = parsedate_to_datetime(text) - datetime.now(UTC)
    except (TypeError, ValueError):  # TypeError: a date without a time zone
        return timedelta(0)
    return max(pause, timedelta(0))


def _why_not_connected(error: httpcore.ConnectError) -> str:
    cause = error.__cause__ or error.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _sentence(f"Its certificate does not hold: {cause.verify_message}")
    if isinstance(cause, ssl.SSLError):
        return "It does not speak TLS as it should."
    return "Nobody answers at this host and port."


def _sentence(text: str) -> str:
    plain = text.rstrip(".")
    return f"{plain[:1].upper()}{plain[1:]}."


def _timed(tried: Tried, seconds: float) -> Tried:
    return Tried(tried.status, tried.answer, tried.problem, round(seconds, 3), tried.asked)
