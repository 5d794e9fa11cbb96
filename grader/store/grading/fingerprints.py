"""Fingerprints: keeps what each graded function is compared by, and reads it for a whole class."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Row, Select, delete, func, insert, select

from exercises.likeness.code_shape import Shape
from exercises.likeness.fingerprint import FILE, DamagedFingerprint, Fingerprint
from exercises.numerics.behaviour import behaviour_of
from exercises.oracle import Array
from exercises.outcome import Verdict
from exercises.report import Report, Status
from grader.store.course.roles import Role
from grader.store.database import reading
from grader.store.models import FingerprintRow as F
from grader.store.models import MembershipRow, PersonRow
from grader.store.models import SubmissionRow as S
from grader.store.submission.entities import StoredFile
from grader.store.submission.state import State
from grader.store.submission.walls import EVERYTHING, View

log = logging.getLogger(__name__)

#: The checks that say whether x has the law that was asked for.
_OF_LAW = ("law", "fit")


@dataclass(frozen=True, slots=True)
class Sketch:
    """A submission of the class, and what is known of its function without its vectors."""

    submission: str
    attempt: int
    person: str
    name: str
    verdict: Verdict
    #: Whether it has a law and a thumbnail, …
    has_law: bool
    #: … and whether that is the law that was asked for; None where that was not judged.
    law_passed: bool | None = None
    misconception: str = ""
    #: Which of the exercise's own programs does the same; "" for none.
    origin: str = ""
    #: Whether there is a fingerprint: of what did not run there is none.
    is_kept: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What one submission is compared by."""

    behaviour: Array | None
    shape: Shape


def split_files(files: Iterable[StoredFile]) -> tuple[list[StoredFile], bytes | None]:
    """The files of a grading that are served, and the one that holds the fingerprint."""
    held = list(files)
    fingerprint = next((file.content for file in held if file.name == FILE), None)
    return [file for file in held if file.name != FILE], fingerprint


def keep_fingerprint(
    connection: Connection, submission: str, attempt: int, report: Report, content: bytes | None
) -> None:
    """Keep a submission's fingerprint in place of that of an earlier attempt, in its transaction.

    Args:
        connection: of the transaction that records the grade.
        submission: its id.
        attempt: that counts from now on.
        report: of that attempt.
        content: the fingerprint as the worker made it; None: there is none any more.
    """
    connection.execute(delete(F).where(F.submission == submission))
    if content is None:
        return
    try:
        found = Fingerprint.from_bytes(content)
    except DamagedFingerprint as error:
        log.error("%s: its fingerprint is dropped: %s", submission, error)
        return
    owner = connection.execute(
        select(S.assignment, S.person, S.exercise).where(S.id == submission)
    ).one()
    law, behaviour = found.law, found.behaviour
    values = {
        "submission": submission,
        "attempt": attempt,
        "assignment": owner.assignment,
        "person": owner.person,
        "exercise": owner.exercise,
        "misconception": _misconception(report),
        "law_passed": _law_passed(report),
        "origin": found.origin,
        "law": None if law is None else law.vector.tobytes(),
        "law_noise": None if law is None else law.noise,
        "thumbnail": found.thumbnail or None,
        "behaviour": None if behaviour is None else behaviour.tobytes(),
        "grams": found.shape.grams.tobytes(),
        "constants": found.shape.constants.tobytes(),
    }
    connection.execute(insert(F).values(**values))


class Fingerprints:
    """The fingerprints in the database that `engine` opens."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def latest(self, course: str, assignment: str) -> list[Sketch]:
        """The latest graded submission of each of a course's students, in the order of the names.

        Failures of ours are left out: they say nothing of a function.
        """
        newest = _newest(assignment).subquery()
        query = _sketches(course).join(newest, newest.c.id == S.id)
        return self._read(query)

    def compared(self, course: str, assignment: str) -> list[Sketch]:
        """The latest graded and the latest passed submission of each student, each once."""
        newest = _newest(assignment)
        passed = newest.where(S.verdict == Verdict.PASSED)
        both = newest.union(passed).subquery()
        query = _sketches(course).join(both, both.c.id == S.id)
        return self._read(query)

    def laws(
        self, assignment: str, submissions: Sequence[str]
    ) -> tuple[list[str], NDArray[np.float32], NDArray[np.float64]]:
        """Of those submissions that have a law: their ids, vectors (n, SIZE) and noise (n,)."""
        query = select(F.submission, F.law, F.law_noise).where(
            F.assignment == assignment, F.law.is_not(None)
        )
        wanted = set(submissions)
        with reading(self._engine) as connection:
            rows = [row for row in connection.execute(query) if row.submission in wanted]
        vectors = np.frombuffer(b"".join(bytes(row.law) for row in rows), np.float16)
        noise = np.array([row.law_noise for row in rows], np.float64)
        shape = (len(rows), -1 if rows else 0)
        return [row.submission for row in rows], vectors.reshape(shape).astype(np.float32), noise

    def kept(self, assignment: str, submissions: Sequence[str]) -> dict[str, Kept]:
        """What some submissions to an assignment are compared by, by id."""
        query = select(F.submission, F.behaviour, F.grams, F.constants).where(
            F.assignment == assignment
        )
        wanted = set(submissions)
        with reading(self._engine) as connection:
            rows = [row for row in connection.execute(query) if row.submission in wanted]
        return {row.submission: _kept(row) for row in rows}

    def thumbnail(
        self, submission: str, view: View = EVERYTHING, attempt: int | None = None
    ) -> bytes | None:
        """A submission's thumbnail, a PNG; None also where it is not seen.

        Args:
            submission: its id.
            view: the wall.
            attempt: only if it is that of this attempt.
        """
        query = (
            select(F.thumbnail)
            .join(S, S.id == F.submission)
            .where(F.submission == submission, view.condition())
        )
        if attempt is not None:
            query = query.where(F.attempt == attempt)
        with reading(self._engine) as connection:
            found = connection.scalar(query)
        return None if found is None else bytes(found)

    def sources(self, submissions: Sequence[str]) -> dict[str, tuple[str, Any]]:
        """The source of each of some submissions, and when it was accepted."""
        found: dict[str, tuple[str, Any]] = {}
        with reading(self._engine) as connection:
            for start in range(0, len(submissions), 500):
                some = submissions[start : start + 500]
                query = select(S.id, S.source, S.accepted_at).where(S.id.in_(some))
                for row in connection.execute(query):
                    text = bytes(row.source).decode(errors="replace")
                    found[row.id] = text, row.accepted_at
        return found

    def _read(self, query: Select[*tuple[Any, ...]]) -> list[Sketch]:
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(PersonRow.name, S.id)).all()
        return [_sketch(row) for row in rows]


def _newest(assignment: str) -> Select[*tuple[Any, ...]]:
    """The newest graded submission of each person; ids are in the order of time."""
    return (
        select(func.max(S.id).label("id"))
        .where(
            S.assignment == assignment,
            S.person.is_not(None),
            S.state == State.GRADED,
            S.verdict != Verdict.INTERNAL_ERROR,
        )
        .group_by(S.person)
    )


def _sketches(course: str) -> Select[*tuple[Any, ...]]:
    """Submissions of a course's students with what is known of their functions."""
    membership = (
        (MembershipRow.course == course)
        & (MembershipRow.person == S.person)
        & (MembershipRow.role == Role.STUDENT)
    )
    columns = (F.law_passed, F.misconception, F.origin, F.law_noise)
    kept = F.submission.is_not(None).label("is_kept")
    return (
        select(S.id, S.attempt, S.person, S.verdict, PersonRow.name, kept, *columns)
        .select_from(S)
        .join(PersonRow, PersonRow.id == S.person)
        .join(MembershipRow, membership)
        .outerjoin(F, (F.submission == S.id) & (F.attempt == S.attempt))
    )


def _sketch(row: Row[*tuple[Any, ...]]) -> Sketch:
    return Sketch(
        submission=row.id,
        attempt=row.attempt,
        person=row.person,
        name=row.name,
        verdict=Verdict(row.verdict),
        has_law=row.law_noise is not None,
        law_passed=row.law_passed,
        misconception=row.misconception or "",
        origin=row.origin or "",
        is_kept=row.is_kept,
    )


def _kept(row: Row[*tuple[Any, ...]]) -> Kept:
    behaviour = None
    if row.behaviour is not None:
        behaviour = behaviour_of(np.frombuffer(bytes(row.behaviour), np.float64))
    grams, constants = (
        np.frombuffer(bytes(part), np.uint32) for part in (row.grams, row.constants)
    )
    return Kept(behaviour, Shape(grams, constants))


def _misconception(report: Report) -> str:
    """The first misconception that a report names."""
    for finding in report.findings:
        named = finding.evidence.get("mistake")
        if isinstance(named, str) and named:
            return named[:64]
    return ""


def _law_passed(report: Report) -> bool | None:
    """Whether x has the law that was asked for; None where that was not judged."""
    judged = [f for f in report.findings if f.check in _OF_LAW and f.status is not Status.SKIPPED]
    return all(f.status is Status.PASSED for f in judged) if judged else None
