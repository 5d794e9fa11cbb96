"""The road to a server: sends a request, and sends it again where that is right."""

from __future__ import annotations

import random
import re
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from types import TracebackType
from typing import IO, Any, Self, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from grader.client.problem import ApiProblem, problem

_Answer = TypeVar("_Answer", bound=BaseModel)

#: Seconds: longer than the server ever waits for a report that is asked for with `Prefer: wait`.
_READ_SECONDS = 60.0
_CONNECT_SECONDS = 10.0
#: The pauses before another try begin at this many seconds and double up to the other.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 15.0
#: What says that the same request may go through later. A cooldown is no such thing: it is a rule.
_PASSING = frozenset({"too-many-requests", "request-in-progress"})
_PASSING_STATUS = frozenset({502, 503, 504})


class Unreachable(Exception):
    """No server answered, however often it was asked."""


class Unreadable(Exception):
    """What answered is no server of this service, or one of another version."""


class Unencrypted(ValueError):
    """A token would be sent to another machine so that everybody on the way can read it."""


class Connection:
    """Requests to one server, as whoever a token is for.

    Args:
        url: the server's address, such as https://grader.example.org; a path in it is kept.
        token: an access token; None: as whoever sits at this machine.
        patience: for how many seconds a request is tried again while the server does not answer,
            has no time (503), or says that there were too many requests (429); can be set later.
        allow_http: whether a token may be sent unencrypted to another machine.
        transport: in place of the network, for tests.
        sleep: for tests.

    Raises:
        Unencrypted: a token, http, and another machine.
        ValueError: the address is none of http or https, or the token is none.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        patience: float = 60.0,
        allow_http: bool = False,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        address = _address(url)
        if token is not None and not (token.isascii() and token.isprintable() and token.strip()):
            raise ValueError("An access token is made of letters and digits; this is none.")
        is_here = _is_loopback(address.host)
        if token is not None and address.scheme == "http" and not (is_here or allow_http):
            raise Unencrypted(
                f"{url} is not https: everybody on the way could read the token. Use https."
            )
        self.patience, self._sleep = patience, sleep
        self._address = address
        self._http = httpx.Client(
            headers={} if token is None else {"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS),
            transport=transport,
            # A proxy of the environment is not meant for this machine itself.
            trust_env=not is_here,
        )
        self.url = str(address).rstrip("/")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connections to the server."""
        self._http.close()

    def pause(self, seconds: float) -> None:
        """Wait here."""
        self._sleep(seconds)

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        stores: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send one request until it is answered; a POST is done once, however often it is sent.

        Args:
            path: below the server's address, such as `api/v1/me`; or one that the server gave in
                `links` or `next`, which begins with a slash.
            query: what is None is left out.
            body: sent as JSON; or
            content: sent as it is, with its type in the headers.
            stores: whether a POST may only be done once; one that stores nothing needs no key.

        Raises:
            ApiProblem: the server refused.
            Unreachable: nothing answered.
            Unreadable: something else answered.
        """
        sent = dict(headers or {})
        if method == "POST" and stores:
            sent.setdefault("Idempotency-Key", str(uuid.uuid4()))
        given = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        request = self._http.build_request(
            method, self.whole(path), params=given or None, json=body, content=content, headers=sent
        )
        return self._send(request)

    def fetch(self, path: str, into: IO[bytes], *, query: Mapping[str, Any] | None = None) -> None:
        """Write what is at an address into a file as it comes, however long it is.

        Nothing is asked a second time once something of it has come.

        Args:
            path: as for `ask`.
            into: an open file.
            query: what is None is left out.

        Raises:
            ApiProblem, Unreachable, Unreadable: as for `ask`; Unreachable too where it broke off.
        """
        given = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        request = self._http.build_request("GET", self.whole(path), params=given or None)
        answer = self._send(request, stream=True)
        try:
            for chunk in answer.iter_bytes():
                into.write(chunk)
        except httpx.TransportError as error:
            raise Unreachable(f"{self.url} broke off before the end.") from error
        finally:
            answer.close()

    def whole(self, path: str) -> httpx.URL:
        """The whole address of a path.

        Raises:
            Unreadable: it is another server's, which the token is not for.
        """
        found = self._address.join(path)
        if (found.scheme, found.host, found.port) != (
            self._address.scheme,
            self._address.host,
            self._address.port,
        ):
            raise Unreadable(f"{self.url} leads to another server: {path}.")
        return found

    def read(self, kind: type[_Answer], method: str, path: str, **kept: Any) -> _Answer:
        """What a request is answered, as a model; fields that it does not know are passed over."""
        return self.parsed(kind, self.ask(method, path, **kept))

    def parsed(self, kind: type[_Answer], answer: httpx.Response) -> _Answer:
        """The body of an answer as a model.

        Raises:
            Unreadable: it is something else.
        """
        try:
            return kind.model_validate_json(answer.content, extra="ignore")
        except ValidationError as error:
            raise Unreadable(
                f"{self.url} answers in a way that this version does not understand: "
                f"{error.error_count()} fields of {kind.__name__} do not fit."
            ) from error

    def _send(self, request: httpx.Request, *, stream: bool = False) -> httpx.Response:
        """Send a request, and again after growing pauses, as long as patience lasts."""
        left, pause = self.patience, _FIRST_PAUSE
        while True:
            try:
                return self._answered(self._http.send(request, stream=stream))
            except (httpx.LocalProtocolError, httpx.UnsupportedProtocol) as error:
                raise _given_up(self.url, error) from error
            except (httpx.TransportError, ApiProblem) as error:
                # Half of it is chance, so that many clients do not all come back at once.
                wait = pause * random.uniform(0.5, 1.0)
                if isinstance(error, ApiProblem):
                    if not _passes(error):
                        raise
                    wait = max(wait, error.retry_after or 0.0)
                if wait > left:
                    raise _given_up(self.url, error) from error
            self._sleep(wait)
            left, pause = left - wait, min(2 * pause, _LONGEST_PAUSE)

    def _answered(self, answer: httpx.Response) -> httpx.Response:
        """An answer that is none of a problem.

        Raises:
            ApiProblem: it is one.
            Unreadable: it is of something else.
        """
        if answer.is_success:
            return answer
        answer.read()  # of a problem all, also where its body was to be streamed
        later = retry_after(answer)
        found = problem(answer, later)
        if found is None and answer.status_code in _PASSING_STATUS:
            # A proxy before the server says it in its own way.
            found = ApiProblem(
                answer.status_code, "about:blank", answer.reason_phrase, "", "", (), later
            )
        if found is None:
            raise Unreadable(
                f"{self.url} is no server of this service: it answered {answer.status_code} "
                f"{answer.reason_phrase}{_led(answer)}."
            )
        raise found


def retry_after(answer: httpx.Response, now: datetime | None = None) -> float | None:
    """The seconds of the header Retry-After (RFC 9110, 10.2.3), also where it is a date."""
    said = answer.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        then = parsedate_to_datetime(said)
    except ValueError:
        return None
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (then - (now or datetime.now(UTC))).total_seconds())


def _passes(error: ApiProblem) -> bool:
    return error.status in _PASSING_STATUS or error.name in _PASSING


def _given_up(url: str, error: httpx.TransportError | ApiProblem) -> Exception:
    if isinstance(error, ApiProblem):
        return error
    why = re.sub(r"^\[Errno -?\d+\] ", "", str(error)) or type(error).__name__
    return Unreachable(f"{url} does not answer: {why}.")


def _led(answer: httpx.Response) -> str:
    to = answer.headers.get("Location", "")
    return f", which leads to {to}" if answer.is_redirect else ""


def _address(url: str) -> httpx.URL:
    try:
        address = httpx.URL(url.rstrip("/") + "/")
    except httpx.InvalidURL as error:
        raise ValueError(f"{url!r} is no address: {error}.") from error
    if address.scheme not in {"http", "https"} or not address.host:
        raise ValueError(f"{url!r} is no address of a server: it begins with https://.")
    if address.userinfo or address.query or address.fragment:
        raise ValueError("The address of a server has no password, no ? and no #.")
    return address


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
