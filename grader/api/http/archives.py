"""Archives of a class: the few addresses whose bodies may be larger, for those who teach."""

from __future__ import annotations

from flask import Flask, request

from grader.access.bearer import BadToken, TooManyWrongTokens
from grader.access.principal import principal

_TAKES_ARCHIVES = {"batches.create", "batches.dry_run", "pages.send_batch"}


def admit_archives(app: Flask, megabytes: int) -> None:
    """Let archives of so many megabytes in, before anything looks at a body.

    Whose course it is, the gate decides afterwards; but it reads a form for its token, and nobody
    should make the service read that much who teaches nowhere.
    """

    def widen() -> None:
        if request.endpoint in _TAKES_ARCHIVES and _teaches():
            request.max_content_length = megabytes * 1024 * 1024

    app.before_request(widen)


def _teaches() -> bool:
    try:
        who = principal()
    except (BadToken, TooManyWrongTokens):  # the gate says it
        return False
    return who.is_operator or bool(who.staffed)
