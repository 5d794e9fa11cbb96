"""Fates: what becomes of a file that is handed in for somebody, foreseen and decided."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from grader.collected.why import Why
from grader.store.assignment.admission import NotAdmitted, admit, refusal
from grader.store.assignment.standing import standing_of
from grader.store.batch.entities import BatchStage, Fate, ItemState
from grader.store.models import BatchItemRow as I
from grader.store.models import BatchRow as B
from grader.store.models import MembershipRow as M


def foreseen(
    connection: Connection,
    assignment: str,
    person: str,
    digest: str,
    *,
    at: datetime,
    is_paced: bool,
) -> Fate:
    """What would become of a file.

    Args:
        connection: to read by.
        assignment: the id of what it answers.
        person: the id of whose it is.
        digest: of its text.
        at: when it counts as handed in.
        is_paced: whether the pause between two attempts holds.
    """
    before = earlier(connection, assignment, person, digest, under_way=True)
    if before is not None:
        return before
    why = refusal(standing_of(connection, person, assignment, now=at), is_paced=is_paced)
    return Fate(ItemState.WAITING) if why is None else Fate(ItemState.REFUSED, Why(why.value))


def admitted(
    connection: Connection,
    assignment: str,
    person: str,
    digest: str,
    version: str,
    *,
    at: datetime,
    is_paced: bool,
) -> Fate | None:
    """What becomes of a file that is not handed in; None: it is, in this transaction.

    It holds the person's membership to the transaction's end: of two batches with the same file
    the second one sees what the first one did.
    """
    held = select(M.role).join(B, B.course == M.course).where(B.assignment == assignment)
    connection.execute(held.where(M.person == person).limit(1).with_for_update(of=M))
    before = earlier(connection, assignment, person, digest)
    if before is not None:
        return before
    try:
        admit(
            connection,
            assignment,
            person,
            version,
            is_operator=False,
            as_student=True,
            now=at,
            is_paced=is_paced,
        )
    except NotAdmitted as error:
        return Fate(ItemState.REFUSED, Why(error.why.value))
    return None


def earlier(
    connection: Connection, assignment: str, person: str, digest: str, *, under_way: bool = False
) -> Fate | None:
    """That the same was handed in for the same person by another batch; None: it was not.

    Args:
        under_way: whether it counts too that another batch is about to.
    """
    states = {ItemState.HANDED_IN, *({ItemState.WAITING} if under_way else ())}
    query = (
        select(I.submission)
        .join(B, B.id == I.batch)
        .where(I.person == person, I.digest == digest, B.assignment == assignment)
        .where(I.state.in_(sorted(states)), B.stage != BatchStage.PLANNED)
        .order_by(I.submission.is_(None), I.batch)
    )
    found = connection.execute(query.limit(1)).one_or_none()
    return None if found is None else Fate(ItemState.REPEATED, submission=found.submission)
