"""One's own access tokens, in a section of the page of one's account."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.access.principal import principal
from grader.desks.desk import desk
from grader.desks.problems import RequestError
from grader.store.identity.scopes import Scope
from grader.web.forms import about_token
from grader.web.views.account import done, page


def make_token() -> Response:
    """Make a token; the answer shows it, this once."""
    name, days = request.form.get("token_name", ""), request.form.get("days", "")
    wrong = about_token(name, days)
    if wrong:
        return page(wrong)
    try:
        fresh = desk().tokens.make_own(
            principal(),
            name=name,
            scope=_scope(request.form.get("scope", "")),
            course=request.form.get("course") or None,
            days=int(days),
        )
    except RequestError:
        return page({"token": _("You can make no such token.")})
    return page(fresh=fresh)


def revoke_token(id_: str) -> Response:
    """End a token.

    Raises:
        RequestError: not-found.
    """
    desk().tokens.revoke_own(principal(), id_)
    return done("revoked")


def _scope(text: str) -> Scope:
    """The scope that a form names; the lowest one where it names none."""
    return Scope(text) if text in {*Scope} else Scope.STUDENT
