"""What a token is told that would do with another scope, as a problem."""

from __future__ import annotations

from grader.desks.problems import INSUFFICIENT_SCOPE, RequestError
from grader.store.identity.scopes import Scope


def insufficient(scope: Scope) -> RequestError:
    """The problem `insufficient-scope`, with the scope that would do (RFC 6750, section 3.1)."""
    challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
    return RequestError(
        INSUFFICIENT_SCOPE,
        f"This needs an access token of the scope “{scope}”.",
        headers={"WWW-Authenticate": challenge},
    )
