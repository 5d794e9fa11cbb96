"""Submissions: accepts them, finds them, and says how far they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from grader.store.assignment.admission import admit
from grader.store.database import reading, writing
from grader.store.identifiers import new_id
from grader.store.models import AttemptRow, FileRow
from grader.store.models import SubmissionRow as S
from grader.store.moments import Clock, utc_now
from grader.store.submission.entities import (
    SUMMARY,
    StoredFile,
    Submission,
    Summary,
    joined,
    submission_of,
    summary_of,
)
from grader.store.submission.places import Place, place_of
from grader.store.submission.seen import as_seen
from grader.store.submission.state import State
from grader.store.submission.walls import EVERYTHING, View

__all__ = ["Place", "State", "StoredFile", "Submission", "Submissions", "Summary"]


class Submissions:
    """The submissions in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def accept(
        self,
        *,
        exercise: str,
        exercise_version: str,
        source: str,
        seed: int,
        course: str = "",
        student: str = "",
        person: str | None = None,
        sent_by_token: str | None = None,
    ) -> Submission:
        """Store a submission to no assignment; it is committed when this returns.

        Args:
            exercise: the slug.
            exercise_version: the version that it is graded by.
            source: the program, or the answers as JSON.
            seed: of all that the judge draws.
            course: whom the fair order serves: a label, or "" for practice.
            student: and in it: a label, or a person's id.
            person: who sent it; None where nobody has signed in.
            sent_by_token: the id of the access token that it came by.

        Raises:
            ValueError: a label holds a NUL character, or a text is not Unicode (lone surrogates).
        """
        for label in (exercise, course, student):
            if "\0" in label:
                raise ValueError("a label must not hold a NUL character")
            label.encode()
        values = fresh(exercise, exercise_version, source.encode(), seed, self._clock())
        values |= {"course": course, "student": student, "person": person, "assignment": None}
        values["sent_by_token"] = sent_by_token
        with writing(self._engine) as connection:
            return _insert(connection, values)

    def hand_in(
        self,
        assignment: str,
        person: str,
        *,
        exercise: str,
        exercise_version: str,
        source: str,
        seed: int,
        is_operator: bool = False,
        as_student: bool = False,
        sent_by_token: str | None = None,
    ) -> Submission:
        """Store a submission to an assignment, if its rules let it in now.

        The rules are looked at and the submission is stored in one transaction, so that nobody
        gets an attempt too many however many are sent at once.

        Args:
            assignment: its id.
            person: the id of who hands in.
            exercise: the slug, as the assignment says.
            exercise_version: the version that was answered.
            source: the program, or the answers as JSON.
            seed: of all that the judge draws.
            is_operator: whether the person needs no membership.
            as_student: whether the rules bind the person though he or she is of the staff.
            sent_by_token: the id of the access token that it came by.

        Raises:
            NotAdmitted: nothing is stored.
            ValueError: the text is not Unicode (lone surrogates).
        """
        now = self._clock()
        values = fresh(exercise, exercise_version, source.encode(), seed, now)
        with writing(self._engine) as connection:
            found = admit(
                connection,
                assignment,
                person,
                exercise_version,
                is_operator=is_operator,
                as_student=as_student,
                now=now,
            )
            values |= {"course": found.course, "student": person, "sent_by_token": sent_by_token}
            values |= {"person": person, "assignment": assignment}
            return _insert(connection, values)

    def get(self, id: str, view: View = EVERYTHING) -> Submission | None:
        """The submission with its source and its report; None also where it is not seen.

        Of its grade there is as much as the view may see now.
        """
        current = (AttemptRow.submission == S.id) & (AttemptRow.number == S.attempt)
        query = select(*SUMMARY, S.source, S.seed, AttemptRow.report).select_from(S)
        query = joined(query.outerjoin(AttemptRow, current))
        with reading(self._engine) as connection:
            row = connection.execute(query.where(S.id == id, view.condition())).one_or_none()
        return None if row is None else as_seen(submission_of(row), view, self._clock())

    def latest(
        self,
        *,
        view: View = EVERYTHING,
        limit: int = 50,
        before: str | None = None,
        exercise: str | None = None,
        student: str | None = None,
        course: str | None = None,
        assignment: str | None = None,
    ) -> list[Summary]:
        """Summaries of what is seen, newest first; the next page begins `before` the last id.

        Of the grades there is as much as the view may see now.

        Args:
            view: the wall.
            limit: how many at most.
            before: only those older than this id.
            exercise: only those to it.
            student: only those of this label, or of the person of this id.
            course: only those of this label, or to assignments of the course of this id.
            assignment: only those to it.
        """
        only = (
            (S.exercise, exercise),
            (S.student, student),
            (S.course, course),
            (S.assignment, assignment),
        )
        query = joined(select(*SUMMARY).select_from(S)).where(view.condition())
        query = query.where(*(column == value for column, value in only if value is not None))
        if before is not None:
            query = query.where(S.id < before)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(S.id.desc()).limit(limit)).all()
        now = self._clock()
        return [as_seen(summary_of(row), view, now) for row in rows]

    def place(self, id: str) -> Place | None:
        """The submission's place in the queue; None once it is running or graded, or unknown."""
        with reading(self._engine) as connection:
            return place_of(connection, id)

    def file(self, id: str, name: str, attempt: int | None = None) -> StoredFile | None:
        """A file of the recorded grading, such as `density.png`, or None.

        Args:
            id: the submission's.
            name: the file's.
            attempt: of which grading; None: of the one that counts.
        """
        of = FileRow.attempt == (S.attempt if attempt is None else attempt)
        query = (
            select(FileRow.name, FileRow.media_type, FileRow.content)
            .join(S, (FileRow.submission == S.id) & of)
            .where(S.id == id, FileRow.name == name, S.state == State.GRADED)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else StoredFile(row.name, row.media_type, row.content)


def fresh(
    exercise: str, exercise_version: str, source: bytes, seed: int, now: datetime
) -> dict[str, Any]:
    """The columns of a submission that has just come in, without whose it is."""
    return {
        "id": new_id(int(now.timestamp() * 1000)),
        "exercise": exercise,
        "exercise_version": exercise_version,
        "source": source,
        "seed": seed,
        "state": State.ACCEPTED,
        "attempt": 0,
        "accepted_at": now,
        "due_at": now,
    }


def _insert(connection: Connection, values: dict[str, Any]) -> Submission:
    connection.execute(insert(S).values(**values))
    query = joined(select(*SUMMARY, S.source, S.seed).select_from(S)).where(S.id == values["id"])
    return submission_of(connection.execute(query).one())
