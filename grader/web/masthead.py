"""The top of each page: whom it greets."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from grader.access.principal import NOBODY, Principal, principal


def viewer() -> Principal:
    """The principal, for the frame of a page.

    Nobody while the database is away: the page that says so has a frame too.
    """
    try:
        return principal()
    except SQLAlchemyError:
        return NOBODY
