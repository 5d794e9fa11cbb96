"""The door: finds who makes a request, and lets people in and out."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import SecurityError
from werkzeug.wrappers import Response

from grader.access import cookies
from grader.access.bearer import BadToken, TooManyWrongTokens, bearer
from grader.access.passwords import Passwords
from grader.access.principal import NOBODY, Principal, acting_by, in_guise
from grader.access.throttle import Throttle
from grader.store.course.invitations import Invitations
from grader.store.identity.access_tokens import AccessTokens
from grader.store.identity.guises import Guises
from grader.store.identity.people import People, Person
from grader.store.identity.sessions import Sessions

#: Names of the loopback interface. A page of another site can make a name of its own resolve to
#: it (DNS rebinding), but cannot make a browser send one of these.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

#: A proxy adds one of these: who asks is not the one at the other end of the connection.
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


class TooManyTries(Exception):
    """Too many wrong passwords; no further one is looked at for so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many wrong passwords: {seconds} s to wait")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Door:
    """What the web process holds to know people."""

    people: People
    sessions: Sessions
    guises: Guises
    tokens: AccessTokens
    invitations: Invitations
    passwords: Passwords
    throttle: Throttle
    #: The id of the demo student; None where everybody signs in.
    demo: str | None
    #: The address that people type; "": the request's own.
    public_url: str

    def identify(self) -> Principal:
        """Whose request this is: by its access token, by its cookie, or by sitting here.

        A request with a token is the token's: its cookie, and where it comes from, count for
        nothing, so that a program never does more by a lost token than it could by a good one.

        Raises:
            BadToken: the token does not work.
            TooManyWrongTokens: nor did many others that came from this address.
        """
        sent = bearer()
        if sent is not None:
            return self._by_token(sent)
        token = cookies.read(cookies.SESSION)
        person = self.sessions.person_of(token) if token else None
        if person is not None:
            return self._in_guise(self._principal(person), token)
        if self.has_demo_here() and not cookies.read(cookies.LEFT):
            student = self.people.get(self.demo or "")
            if student is not None and student.disabled_at is None:
                return self._principal(student, is_demo=True)
        return NOBODY

    def has_demo_here(self) -> bool:
        """Whether the request's sender may be the demo student."""
        return self.demo is not None and _is_here()

    def check(self, username: str, password: str) -> Person | None:
        """The person whom a user name and a password sign in, or None: one of them is wrong.

        Whether there is such a user name is told by neither the answer nor its time.

        Raises:
            TooManyTries: it was not looked at.
            Busy: come again.
        """
        address = request.remote_addr or ""
        wait = self.throttle.seconds_left(username, address)
        if wait:
            raise TooManyTries(wait)
        person = self.people.by_username(username)
        enabled = person is not None and person.disabled_at is None
        kept = self.people.password_of(person.id) if person is not None and enabled else None
        if not self.passwords.is_right(password, kept):
            self.throttle.note_wrong(username, address)
            return None
        self.throttle.forget(username, address)
        return person

    def sign_in(self, answer: Response, person: str) -> None:
        """Begin a session in this browser, with a token of its own; one that was there is over."""
        self._end_session()
        cookies.put(answer, cookies.SESSION, self.sessions.begin(person))
        cookies.drop(answer, (cookies.LEFT, cookies.VISITOR))

    def sign_out(self, answer: Response) -> None:
        """End the session in this browser; nor is it the demo student's any more."""
        self._end_session()
        cookies.drop(answer, (cookies.SESSION, cookies.VISITOR))
        if self.demo is not None:
            cookies.put(answer, cookies.LEFT, "1", kept=False)

    def return_to_demo(self, answer: Response) -> None:
        """Let whoever sits here be the demo student again."""
        self._end_session()
        cookies.drop(answer, (cookies.SESSION, cookies.LEFT))

    def address_of(self, path: str) -> str:
        """The full address of a page of ours, for a link that is given away.

        The request's own host is one that we serve under: the guard refused any other.
        """
        return (self.public_url or request.url_root).rstrip("/") + path

    def _by_token(self, secret: str) -> Principal:
        found = self.tokens.find(secret)
        if found is None:
            # A right one is never refused for the wrong ones of others behind the same address:
            # of 2²⁵⁶ nobody guesses one, and what is counted here only spares the log and us.
            address = request.remote_addr or ""
            wait = self.throttle.seconds_left_for_tokens(address)
            if wait:
                raise TooManyWrongTokens(wait)
            self.throttle.note_wrong_token(address)
            raise BadToken("there is no such token")
        token, person = found
        if not self.tokens.is_good(token, person):
            raise BadToken("it was revoked, or it is over")
        self.tokens.note_use(token)
        return acting_by(token, person, self.people.roles(person.id))

    def _end_session(self) -> None:
        token = cookies.read(cookies.SESSION)
        if token:
            self.sessions.end(token)

    def _in_guise(self, who: Principal, session: str) -> Principal:
        """Who it is, or the student as whom this browser sees a course that he or she teaches."""
        if not who.is_operator and not who.staffed:
            return who
        guise = self.guises.of(session)
        if guise is None or not who.is_staff(guise.course):
            return who
        return in_guise(who, guise.student, guise.course)

    def _principal(self, person: Person, *, is_demo: bool = False) -> Principal:
        return Principal(
            person=person,
            roles=self.people.roles(person.id),
            is_demo=is_demo,
            is_operator=person.is_operator and not is_demo,
        )


def door() -> Door:
    """The door of the running application."""
    return cast(Door, current_app.extensions["door"])


def is_by_cookie() -> bool:
    """Whether a cookie says who makes the request, which a browser sends unasked.

    A token is sent by a program that means to; with one, the cookie says nothing.
    """
    return bearer() is None and bool(cookies.read(cookies.SESSION))


def host_name() -> str | None:
    """The name in the request's address, without a port; None where it is none."""
    try:
        return urlsplit(f"//{request.host}").hostname
    except (ValueError, SecurityError):
        return None


def _is_here() -> bool:
    """Whether the request was made on this machine, to this machine, by nobody else's proxy."""
    return (
        _is_loopback(request.remote_addr or "")
        and host_name() in LOOPBACK
        and not any(name in request.headers for name in _FORWARDED)
    )


def _is_loopback(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if found.version == 6 else None
    return (mapped or found).is_loopback
