"""The audit log: what was done in a course, by whom, and why; written with the deed itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select

from grader.store.database import reading
from grader.store.identifiers import new_id
from grader.store.models import AuditRow as R


class Deed(StrEnum):
    """What can be done that others should be able to see later."""

    COURSE_CREATED = "course_created"
    COURSE_CHANGED = "course_changed"
    ROLE_GIVEN = "role_given"
    MEMBER_REMOVED = "member_removed"
    INVITED = "invited"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    ASSIGNED = "assigned"
    ASSIGNMENT_CHANGED = "assignment_changed"
    ASSIGNMENT_REMOVED = "assignment_removed"
    EXTENDED = "extended"
    EXTENSION_TAKEN_BACK = "extension_taken_back"
    GRADES_RELEASED = "grades_released"
    GRADES_WITHHELD = "grades_withheld"
    COMMENTED = "commented"
    COMMENT_CHANGED = "comment_changed"
    COMMENT_REMOVED = "comment_removed"
    OVERRIDDEN = "overridden"
    OVERRIDE_REMOVED = "override_removed"
    REVIEW_ASKED = "review_asked"
    REVIEW_ANSWERED = "review_answered"
    REGRADE_BEGUN = "regrade_begun"
    REGRADE_APPLIED = "regrade_applied"
    REGRADE_CANCELLED = "regrade_cancelled"
    GRADED_AGAIN = "graded_again"
    BATCH_BEGUN = "batch_begun"
    BATCH_CANCELLED = "batch_cancelled"
    TOKEN_MADE = "token_made"
    TOKEN_REVOKED = "token_revoked"
    WEBHOOK_MADE = "webhook_made"
    WEBHOOK_CHANGED = "webhook_changed"
    WEBHOOK_REMOVED = "webhook_removed"
    DELIVERY_REPLAYED = "delivery_replayed"
    EXPORTED = "exported"
    IDS_KEPT = "ids_kept"
    PERSON_ERASED = "person_erased"
    COURSE_ANONYMISED = "course_anonymised"
    SEEN_AS = "seen_as"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something; neither person nor token: the command line, or the service itself."""

    person: str | None = None
    #: The id of the access token that it is done by; None: in a browser.
    token: str | None = None


#: The command line, or the service by itself.
NOBODY_IN_PARTICULAR = Actor()


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed in the log. Times are aware, in UTC."""

    id: str
    at: datetime
    course: str | None
    actor: Actor
    deed: Deed
    submission: str | None = None
    assignment: str | None = None
    #: The id of the person whom it concerns.
    about: str | None = None
    reason: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


def note(
    connection: Connection,
    actor: Actor,
    deed: Deed,
    *,
    now: datetime,
    course: str | None,
    submission: str | None = None,
    assignment: str | None = None,
    about: str | None = None,
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write a deed down, in the transaction of `connection`: both are kept, or neither.

    Args:
        connection: of the transaction that does it.
        actor: who does it.
        deed: what is done.
        now: when.
        course: where; None: on the server as a whole.
        submission: the id of the submission that it is done to.
        assignment: the id of the assignment that it is done to.
        about: the id of the person whom it concerns.
        reason: in the actor's own words.
        before: what changes, as it was: values that JSON has, and moments.
        after: what changes, as it is now.
    """
    values = {
        "id": new_id(int(now.timestamp() * 1000)),
        "at": now,
        "course": course,
        "person": actor.person,
        "token": actor.token,
        "deed": deed,
        "submission": submission,
        "assignment": assignment,
        "about": about,
        "reason": reason,
        "before": _written(before),
        "after": _written(after),
    }
    connection.execute(insert(R).values(**values))


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What of `after` is not as it was before: these fields before, and after."""
    changed = [name for name, value in after.items() if before[name] != value]
    return {name: before[name] for name in changed}, {name: after[name] for name in changed}


class Audit:
    """The log in the database that `engine` opens."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_course(
        self,
        course: str,
        *,
        limit: int = 50,
        before: str | None = None,
        by: str | None = None,
        about: str | None = None,
        deed: Deed | None = None,
        submission: str | None = None,
        assignment: str | None = None,
    ) -> list[Entry]:
        """What was done in a course, the newest first; the next page begins `before` an id.

        Args:
            course: its id.
            limit: how many at most.
            before: only those older than this id.
            by: only those of the person of this id.
            about: only those that concern the person of this id.
            deed: only those of this kind.
            submission: only those to the submission of this id.
            assignment: only those to the assignment of this id.
        """
        only = (
            (R.person, by),
            (R.about, about),
            (R.deed, deed),
            (R.submission, submission),
            (R.assignment, assignment),
        )
        query = select(R).where(R.course == course)
        query = query.where(*(column == value for column, value in only if value is not None))
        if before is not None:
            query = query.where(R.id < before)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(R.id.desc()).limit(limit)).all()
        return [_entry(row) for row in rows]


def _written(values: Mapping[str, Any] | None) -> str:
    return json.dumps(dict(values or {}), default=_moment, allow_nan=False)


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not written into the log")


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    return Entry(
        id=row.id,
        at=row.at,
        course=row.course,
        actor=Actor(row.person, row.token),
        deed=Deed(row.deed),
        submission=row.submission,
        assignment=row.assignment,
        about=row.about,
        reason=row.reason,
        before=json.loads(row.before),
        after=json.loads(row.after),
    )
