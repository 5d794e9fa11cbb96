"""Submissions: accepts them, finds them, and says how far they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, Row, func, insert, select

from exercises.outcome import Verdict
from exercises.report import Report
from grader.store.database import writing
from grader.store.identifiers import new_id
from grader.store.models import AttemptRow, CapacityRow, FileRow
from grader.store.models import SubmissionRow as S
from grader.store.state import IN_FLIGHT, Ended, State
from grader.store.turns import turns

__all__ = ["Place", "State", "StoredFile", "Submission", "Submissions", "Summary"]

#: The estimate rests on the mean of so many last gradings.
_RECENT = 50


@dataclass(frozen=True, slots=True)
class Submission:
    """What was sent, how far it is, and its report once there is one. Times are aware, in UTC."""

    id: str
    exercise: str
    exercise_version: str
    course: str
    student: str
    source: str
    seed: int
    state: State
    #: The current attempt's number; 0 before the first is handed out.
    attempt: int
    accepted_at: datetime
    started_at: datetime | None
    graded_at: datetime | None
    report: Report | None


@dataclass(frozen=True, slots=True)
class Summary:
    """A submission in a list: without its source, seed and report."""

    id: str
    exercise: str
    exercise_version: str
    course: str
    student: str
    state: State
    attempt: int
    accepted_at: datetime
    started_at: datetime | None
    graded_at: datetime | None
    verdict: Verdict | None
    score: float | None
    max_score: float | None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the queue."""

    #: How many submissions, as things stand, will be graded first.
    ahead: int
    #: When its own grading is likely to have ended; None while nothing is known of that.
    estimate_seconds: float | None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that the grading made, such as `density.png`."""

    name: str
    media_type: str
    content: bytes


class Submissions:
    """The submissions in the database that `engine` opens."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def accept(
        self,
        *,
        exercise: str,
        exercise_version: str,
        source: str,
        seed: int,
        course: str = "",
        student: str = "",
    ) -> Submission:
        """Store a new submission; it is committed when this returns.

        Raises:
            ValueError: a label holds a NUL character, or a text is not Unicode (lone surrogates).
        """
        for label in (exercise, course, student):
            if "\0" in label:
                raise ValueError("a label must not hold a NUL character")
            label.encode()
        now = datetime.now(UTC)
        values = {
            "id": new_id(int(now.timestamp() * 1000)),
            "exercise": exercise,
            "exercise_version": exercise_version,
            "course": course,
            "student": student,
            "seed": seed,
            "attempt": 0,
            "accepted_at": now,
        }
        with writing(self._engine) as connection:
            connection.execute(
                insert(S).values(**values, source=source.encode(), state=State.ACCEPTED, due_at=now)
            )
        return Submission(
            **values,  # type: ignore[arg-type]
            source=source,
            state=State.ACCEPTED,
            started_at=None,
            graded_at=None,
            report=None,
        )

    def get(self, id: str) -> Submission | None:
        """The submission with its source and its report, or None."""
        columns = (*_SUMMARY, S.source, S.seed, AttemptRow.report)
        query = (
            select(*columns)
            .outerjoin(
                AttemptRow, (AttemptRow.submission == S.id) & (AttemptRow.number == S.attempt)
            )
            .where(S.id == id)
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _submission(row)

    def latest(
        self,
        *,
        limit: int = 50,
        before: str | None = None,
        exercise: str | None = None,
        student: str | None = None,
    ) -> list[Summary]:
        """Summaries, newest first; the next page begins `before` the last id of this one."""
        query = select(*_SUMMARY).order_by(S.id.desc()).limit(limit)
        if before is not None:
            query = query.where(S.id < before)
        if exercise is not None:
            query = query.where(S.exercise == exercise)
        if student is not None:
            query = query.where(S.student == student)
        with self._engine.connect() as connection:
            return [_summary(row) for row in connection.execute(query)]

    def place(self, id: str) -> Place | None:
        """The submission's place in the queue; None once it is running or graded, or unknown."""
        with self._engine.connect() as connection:
            row = connection.execute(select(S.state, S.attempt).where(S.id == id)).one_or_none()
            if row is None or row.state not in (State.ACCEPTED, State.QUEUED):
                return None
            in_flight = select(func.count()).where(S.state.in_(IN_FLIGHT))
            if row.state == State.ACCEPTED:
                order = turns()
                ahead = connection.scalar(select(order.c.rank).where(order.c.id == id)) or 1
                ahead += (connection.scalar(in_flight) or 0) - 1
            else:
                handed_out = (
                    select(AttemptRow.handed_out_at)
                    .where(AttemptRow.submission == id, AttemptRow.number == row.attempt)
                    .scalar_subquery()
                )
                earlier = in_flight.join_from(
                    S,
                    AttemptRow,
                    _CURRENT,
                ).where(AttemptRow.handed_out_at < handed_out)
                ahead = connection.scalar(earlier) or 0
            slots = connection.scalar(select(CapacityRow.slots)) or 0
            finished = connection.execute(_RECENT_GRADINGS).all()
        if not slots or not finished:
            return Place(ahead, None)
        seconds = [(row.finished_at - row.started_at).total_seconds() for row in finished]
        mean = sum(seconds) / len(seconds)
        return Place(ahead, max(0.0, mean) * (ahead // slots + 1))

    def file(self, id: str, name: str) -> StoredFile | None:
        """A file of the recorded grading, such as `density.png`, or None."""
        query = (
            select(FileRow.name, FileRow.media_type, FileRow.content)
            .join(S, (FileRow.submission == S.id) & (FileRow.attempt == S.attempt))
            .where(S.id == id, FileRow.name == name, S.state == State.GRADED)
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else StoredFile(row.name, row.media_type, row.content)


_SUMMARY = (
    S.id,
    S.exercise,
    S.exercise_version,
    S.course,
    S.student,
    S.state,
    S.attempt,
    S.accepted_at,
    S.started_at,
    S.graded_at,
    S.verdict,
    S.score,
    S.max_score,
)

_CURRENT = (AttemptRow.submission == S.id) & (AttemptRow.number == S.attempt)

_RECENT_GRADINGS = (
    select(AttemptRow.started_at, AttemptRow.finished_at)
    .where(AttemptRow.ended == Ended.GRADED, AttemptRow.started_at.is_not(None))
    .order_by(AttemptRow.finished_at.desc())
    .limit(_RECENT)
)


def _summary(row: Row[*tuple[object, ...]]) -> Summary:
    fields = {column.key: getattr(row, column.key) for column in _SUMMARY}
    fields["state"] = State(fields["state"])
    fields["verdict"] = None if fields["verdict"] is None else Verdict(fields["verdict"])
    return Summary(**fields)


def _submission(row: Row[*tuple[object, ...]]) -> Submission:
    summary = _summary(row)
    graded = summary.state is State.GRADED
    return Submission(
        id=summary.id,
        exercise=summary.exercise,
        exercise_version=summary.exercise_version,
        course=summary.course,
        student=summary.student,
        source=row.source.decode(),
        seed=row.seed,
        state=summary.state,
        attempt=summary.attempt,
        accepted_at=summary.accepted_at,
        started_at=summary.started_at,
        graded_at=summary.graded_at,
        report=Report.model_validate_json(row.report) if graded else None,
    )
