"""The gate: lets a request through as the rule of its address decides, before anything is done."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from flask import Flask, g, redirect, request, url_for
from werkzeug.wrappers import Response

from grader.access import csrf, guise
from grader.access.bearer import BadToken, TooManyWrongTokens, bearer
from grader.access.door import door, is_by_cookie
from grader.access.paths import this_page
from grader.access.principal import NOBODY, Principal, acting_by, principal
from grader.access.rules import EVERYONE, RULES, Decision, Rule
from grader.access.shelf import shelf
from grader.api.http import errors
from grader.desks.desk import Desk, desk
from grader.desks.insufficient import insufficient
from grader.desks.problems import (
    FORBIDDEN,
    IN_GUISE,
    INSUFFICIENT_SCOPE,
    INVALID_TOKEN,
    NOT_FOUND,
    SIGN_IN_REQUIRED,
    STALE_PAGE,
    TOO_MANY_TRIES,
    ProblemDetail,
    RequestError,
)
from grader.store.identity.scopes import Scope
from grader.store.submission.walls import View

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}
#: Forms that need no token: nothing is gained by making somebody else send them.
_FREE_FORMS = {"pages.choose_language"}

#: RFC 9110 asks for a challenge with each 401. The scheme is one that browsers do not know, so
#: that none asks for a password in a window of its own.
_CHALLENGE = {"WWW-Authenticate": 'Cookie form-action="/sign-in", Bearer'}


def keep_gate(app: Flask) -> None:
    """Put the gate before every request of the application, after the guards."""
    app.before_request(_require_token)
    app.before_request(_decide)
    app.after_request(csrf.remember)
    app.register_error_handler(BadToken, _bad_token)
    app.register_error_handler(TooManyWrongTokens, _too_many_tokens)


def rule_of(endpoint: str) -> Rule:
    """The rule of an endpoint.

    Raises:
        LookupError: it has none, which is a mistake of ours: nobody may ask it.
    """
    rule = RULES.get(endpoint)
    if rule is None:
        raise LookupError(f"the endpoint {endpoint} has no rule in grader/access/rules.py")
    return rule


class _Records:
    """What the rules ask, answered by the desk's catalogue and store."""

    def __init__(self, held: Desk) -> None:
        self._held = held

    def sees_submission(self, view: View, id_: str) -> bool:
        return self._held.is_id(id_) and self._held.lookups.sees_submission(view, id_)

    def sees_exercise(self, who: Principal, slug: str) -> bool:
        return slug in shelf(self._held.catalog.exercises, who, self._held.lookups)

    def course_of(self, assignment: str) -> str | None:
        return self._held.lookups.course_of(assignment) if self._held.is_id(assignment) else None

    def course_of_regrade(self, regrade: str) -> str | None:
        held = self._held
        return held.lookups.course_of_regrade(regrade) if held.is_id(regrade) else None

    def course_of_batch(self, batch: str) -> str | None:
        held = self._held
        return held.lookups.course_of_batch(batch) if held.is_id(batch) else None

    def has_course(self, course: str) -> bool:
        return self._held.is_id(course) and self._held.lookups.has_course(course)


def _require_token() -> None:
    """Refuse what changes something and carries no token of this browser's pages.

    Forms of pages carry it always. A script's request by cookie carries it, or comes from a
    browser that says itself that a page of ours made it: no page can write Sec-Fetch-Site. Who
    sends no cookie has nothing that another site could use. A token that is sent must be right
    all the same: with a wrong one the page is of another session, perhaps of another person.

    Raises:
        RequestError: stale-page.
    """
    if request.method in _SAFE_METHODS or request.endpoint in {None, *_FREE_FORMS}:
        return
    if _is_api():
        if not is_by_cookie():
            return
        sent = request.headers.get(csrf.HEADER, "")
        if not sent and request.headers.get("Sec-Fetch-Site") == "same-origin":
            return
    else:
        sent = request.form.get(csrf.FIELD) or request.headers.get(csrf.HEADER, "")
    if not csrf.is_valid(sent):
        raise RequestError(
            STALE_PAGE,
            "What was sent does not belong to a page that is open in this browser now. Nothing "
            "was changed.",
        )


def _decide() -> Response | None:
    """Ask the rule of the address.

    Raises:
        RequestError: sign-in-required (of the API, and of a form with code; other pages lead to
            the sign-in), not-found, not-allowed, insufficient-scope or in-guise.
        BadToken: the request's token does not work.
    """
    if request.endpoint is None:  # no such address, or not with this method
        return None
    rule = rule_of(request.endpoint)
    if rule == EVERYONE:
        if bearer() is not None:
            g.principal = NOBODY  # a token says nothing here, a wrong one neither
        _require_open()
        return None
    who = principal()
    if who.token is not None and not _is_api():
        raise RequestError(INSUFFICIENT_SCOPE, "A token opens no pages: it is for the API.")
    who = _as_asked(who)
    _require_open()
    decision = rule.decide(who, request.view_args or {}, _Records(desk()))
    if decision is Decision.ALLOWED:
        return None
    if decision is not Decision.SIGN_IN:
        raise _refused(decision, rule, who)
    if _is_api() or "source" in request.form:
        # Code in a form would be lost on the way to the sign-in: the problem's page shows it.
        raise RequestError(
            SIGN_IN_REQUIRED, "Nobody has signed in with this request.", headers=_CHALLENGE
        )
    return redirect(url_for("pages.sign_in", next=this_page()))


def _as_asked(who: Principal) -> Principal:
    """Who it is, or as whom a program of the staff's asks to see a course.

    Raises:
        RequestError: in-guise, not-found or not-allowed.
    """
    said = request.headers.get(guise.HEADER)
    if said is None or not who.is_known:
        return who
    if not guise.is_open(request.endpoint or "", request.method):
        raise RequestError(
            IN_GUISE, f"With the header {guise.HEADER} one reads what a student sees, no more."
        )
    g.principal = desk().guises.of_header(who, said)
    return cast(Principal, g.principal)


def _require_open() -> None:
    """Refuse what is closed to who sees a course as a student does.

    Who it is, is only asked where that matters: health must answer without a database.

    Raises:
        RequestError: in-guise.
    """
    if guise.is_open(request.endpoint or "", request.method):
        return
    who = principal()
    if who.seen_by is None or who.person is None:
        return
    sends = request.method not in _SAFE_METHODS
    raise RequestError(
        IN_GUISE,
        f"You see this course as {who.person.name} does. "
        + ("Nothing was sent." if sends else "This is no part of it."),
    )


def _refused(decision: Decision, rule: Rule, who: Principal) -> RequestError:
    """The problem of who is known, and is not let through."""
    if decision is Decision.HIDDEN:
        return RequestError(NOT_FOUND, "There is nothing at this address.")
    if decision is Decision.BY_HAND:
        return RequestError(INSUFFICIENT_SCOPE, "No token does this: sign in for it.")
    enough = Scope.PLATFORM if decision is Decision.BY_PLATFORM else _scope_for(rule, who)
    if enough is None:
        return RequestError(FORBIDDEN, "This is not for you to see or to do.")
    return insufficient(enough)


def _scope_for(rule: Rule, who: Principal) -> Scope | None:
    """The lowest scope by which the person of a token would be let through; None: by no other."""
    if who.token is None or who.person is None:
        return None
    roles, arguments = door().people.roles(who.person.id), request.view_args or {}
    for scope in Scope:
        other = acting_by(replace(who.token, scope=scope), who.person, roles)
        if rule.decide(other, arguments, _Records(desk())) is Decision.ALLOWED:
            return scope
    return None


def _bad_token(_: BadToken) -> Response:
    g.principal = NOBODY  # for the frame of the page that says so
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    why = "It is unknown, was revoked, or has run out."
    return errors.answer(ProblemDetail(INVALID_TOKEN, why, headers=headers))


def _too_many_tokens(error: TooManyWrongTokens) -> Response:
    g.principal = NOBODY
    why = "Too many wrong access tokens came from your address."
    headers = {"Retry-After": str(error.seconds)}
    return errors.answer(ProblemDetail(TOO_MANY_TRIES, why, headers=headers))


def _is_api() -> bool:
    return request.path.startswith("/api/")
