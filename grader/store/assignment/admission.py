"""Admission: whether somebody may hand something in to an assignment now."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select

from grader.store.assignment.assignments import ASSIGNMENT, Assignment, assignment_of
from grader.store.assignment.standing import Standing, standing_of
from grader.store.assignment.terms import Phase
from grader.store.course.roles import Role
from grader.store.models import AssignmentRow as A
from grader.store.models import CourseRow
from grader.store.models import MembershipRow as M


class Refusal(StrEnum):
    """Why something is not accepted."""

    #: There is no such assignment, or not for this person.
    UNKNOWN = "unknown"
    #: The course is over.
    ARCHIVED = "archived"
    #: The assignment asks for another version of the exercise by now.
    CHANGED = "changed"
    NOT_OPEN = "not_open"
    CLOSED = "closed"
    NO_ATTEMPTS_LEFT = "no_attempts_left"
    COOLING_DOWN = "cooling_down"


class NotAdmitted(Exception):
    """Nothing was accepted, for a reason that the student can be told."""

    def __init__(
        self,
        why: Refusal,
        assignment: Assignment | None = None,
        standing: Standing | None = None,
    ) -> None:
        super().__init__(why.value)
        self.why = why
        self.assignment = assignment
        #: How the student stands, where that is the reason.
        self.standing = standing


def admit(
    connection: Connection,
    assignment: str,
    person: str,
    version: str,
    *,
    is_operator: bool,
    as_student: bool,
    now: datetime,
    is_paced: bool = True,
) -> Assignment:
    """Let a submission in, in the transaction that then stores it.

    Staff of the course, and operators, try an assignment out: they hand in whenever they like.

    Args:
        connection: of a transaction that writes; it holds the membership's row until its end, so
            that of two submissions at once the second one sees the first.
        assignment: its id.
        person: who hands in.
        version: the version of the exercise that is answered.
        is_operator: whether the person needs no membership.
        as_student: whether the rules bind the person though he or she is of the staff.
        now: when it came.
        is_paced: whether the pause between two attempts holds: not for what came by another road.

    Raises:
        NotAdmitted: it is not accepted.
    """
    query = (
        select(*ASSIGNMENT, CourseRow.archived_at)
        .join(CourseRow, CourseRow.id == A.course)
        .where(A.id == assignment)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotAdmitted(Refusal.UNKNOWN)
    found = assignment_of(row)
    held = select(M.role).where(M.course == found.course, M.person == person).with_for_update()
    role = connection.scalar(held)
    if role is None and not is_operator:
        raise NotAdmitted(Refusal.UNKNOWN)
    if row.archived_at is not None:
        raise NotAdmitted(Refusal.ARCHIVED, found)
    if found.exercise_version != version:
        raise NotAdmitted(Refusal.CHANGED, found)
    if (role == Role.STUDENT or as_student) and not is_operator:
        stands = standing_of(connection, person, assignment, now=now)
        why = refusal(stands, is_paced=is_paced)
        if why is not None:
            raise NotAdmitted(why, found, stands)
    return found


def refusal(stands: Standing | None, *, is_paced: bool = True) -> Refusal | None:
    """Why a student who stands so can not hand in; None: nothing is in the way."""
    if stands is None:
        return Refusal.UNKNOWN
    if stands.phase is Phase.NOT_OPEN:
        return Refusal.NOT_OPEN
    if stands.phase is Phase.CLOSED:
        return Refusal.CLOSED
    if stands.attempts_left == 0:
        return Refusal.NO_ATTEMPTS_LEFT
    waits = is_paced and stands.next_attempt_at is not None
    return Refusal.COOLING_DOWN if waits else None
