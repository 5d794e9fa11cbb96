"""Tallies: how each student has done in each assignment, counted up before a page asks for it.

A tally is what `standing` says, with what the newest report fails by. What it is counted from
makes it due by triggers (migration 0011), and whoever reads tallies first counts those again that
are due: what is read is never older than the reading.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select

from grader.store.assignment.assignments import ASSIGNMENT, Assignment, Extension, assignment_of
from grader.store.assignment.deadlines import zone_of
from grader.store.assignment.standing import HANDED, Handed, handed_of, standing
from grader.store.assignment.terms import terms
from grader.store.database import reading, writing
from grader.store.gradebook.progress import Work, tally
from grader.store.models import (
    AssignmentRow,
    AttemptRow,
    CourseRow,
    ExtensionRow,
    OutcomeRow,
    SubmissionRow,
    TallyDueRow,
    TallyRow,
)
from grader.store.moments import Clock, utc_now
from grader.store.submission.snags import Told, told

#: So many dues are taken in one transaction, and the work of so many students read at once.
_DUES, _STUDENTS = 2_000, 500


class Tallies:
    """The tallies in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def catch_up(self, course: str) -> int:
        """Count again what is due in a course. Returns how many dues that were."""
        mine = select(AssignmentRow.id).where(AssignmentRow.course == course)
        due = select(TallyDueRow.id).where(TallyDueRow.assignment.in_(mine))
        with reading(self._engine) as connection:
            # Nearly always nothing: a look at a page should not write.
            if connection.scalar(due.limit(1)) is None:
                return 0
        done = 0
        while taken := self._count_some(course):
            done += taken
        return done

    def catch_up_all(self) -> int:
        """The same in every course; what is due of assignments that are gone is forgotten."""
        known = select(AssignmentRow.id)
        with reading(self._engine) as connection:
            courses = connection.scalars(
                select(AssignmentRow.course)
                .distinct()
                .join(TallyDueRow, TallyDueRow.assignment == AssignmentRow.id)
            ).all()
            lost = connection.scalars(
                select(TallyDueRow.id).where(TallyDueRow.assignment.not_in(known)).limit(_DUES)
            ).all()
        if lost:
            with writing(self._engine) as connection:
                connection.execute(delete(TallyDueRow).where(TallyDueRow.id.in_(lost)))
        return len(lost) + sum(self.catch_up(course) for course in courses)

    def _count_some(self, course: str) -> int:
        """Count some of what is due in a course, in one transaction."""
        mine = select(AssignmentRow.id).where(AssignmentRow.course == course)
        with writing(self._engine) as connection:
            # On PostgreSQL two that count the same student could else end with the older count.
            held = select(CourseRow.time_zone).where(CourseRow.id == course)
            zone = connection.scalar(held.with_for_update(key_share=True))
            dues = connection.execute(
                select(TallyDueRow.id, TallyDueRow.assignment, TallyDueRow.person)
                .where(TallyDueRow.assignment.in_(mine))
                .order_by(TallyDueRow.id)
                .limit(_DUES)
            ).all()
            if not dues or zone is None:
                return 0
            # By their ids: another one may have been written, and not committed, before these.
            ids = [due.id for due in dues]
            connection.execute(delete(TallyDueRow).where(TallyDueRow.id.in_(ids)))
            people: dict[str, set[str | None]] = defaultdict(set)
            for due in dues:
                people[due.assignment].add(due.person)
            for assignment, some in people.items():
                _count(connection, assignment, some, zone, now=self._clock())
        return len(dues)


def _count(
    connection: Connection, id_: str, people: set[str | None], zone: str, *, now: datetime
) -> None:
    """Count these people's tallies of an assignment again; None among them: everybody's."""
    row = connection.execute(select(*ASSIGNMENT).where(AssignmentRow.id == id_)).one()
    assignment = assignment_of(row)
    named = _everybody(connection, id_) if None in people else {one for one in people if one}
    for some in _slices(sorted(named)):
        works = list(_works(connection, assignment, some, zone, now=now))
        reports = _reports(connection, works)
        gone = _kept(connection, id_, some) - {id_ for work in works for id_ in work.reported}
        connection.execute(
            delete(TallyRow).where(TallyRow.assignment == id_, TallyRow.person.in_(some))
        )
        if works:
            connection.execute(insert(TallyRow), [_tally(work, reports) for work in works])
        if gone:
            connection.execute(delete(OutcomeRow).where(OutcomeRow.submission.in_(gone)))
        _keep_outcomes(connection, reports)


def _everybody(connection: Connection, assignment: str) -> set[str]:
    """Who has handed something in, or has a tally still."""
    found: set[str] = set()
    for table in (SubmissionRow, TallyRow):
        query = select(table.person).distinct().where(table.assignment == assignment)
        found |= {person for person in connection.scalars(query) if person is not None}
    return found


def _slices(people: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(people), _STUDENTS):
        yield people[start : start + _STUDENTS]


def _works(
    connection: Connection, assignment: Assignment, people: list[str], zone: str, *, now: datetime
) -> Iterator[Work]:
    """What these people have handed in, of each who has."""
    mine = (SubmissionRow.assignment == assignment.id, SubmissionRow.person.in_(people))
    rows = connection.execute(
        select(SubmissionRow.person, *HANDED)
        .where(*mine)
        .order_by(SubmissionRow.person, SubmissionRow.id)
    )
    handed: dict[str, list[Handed]] = defaultdict(list)
    for row in rows:
        handed[row.person].append(handed_of(row))
    own = _extensions(connection, assignment.id, people)
    for person, several in handed.items():
        theirs = terms(assignment.rules, own.get(person), zone_of(zone))
        yield Work(
            assignment.id,
            person,
            assignment.course,
            several,
            standing(theirs, several, now=now),
        )


def _extensions(connection: Connection, assignment: str, people: list[str]) -> dict[str, Extension]:
    rows = connection.execute(
        select(
            ExtensionRow.person,
            ExtensionRow.due_at,
            ExtensionRow.closes_at,
            ExtensionRow.more_attempts,
        ).where(ExtensionRow.assignment == assignment, ExtensionRow.person.in_(people))
    )
    return {row.person: Extension(*row[1:]) for row in rows}


def _reports(connection: Connection, works: Iterable[Work]) -> dict[str, tuple[int, Told]]:
    """By submission the number of its attempt, and what that one's report tells."""
    ids = sorted({id_ for work in works for id_ in work.reported})
    rows = connection.execute(
        select(AttemptRow.submission, AttemptRow.number, AttemptRow.report)
        .join(
            SubmissionRow,
            (SubmissionRow.id == AttemptRow.submission)
            & (SubmissionRow.attempt == AttemptRow.number),
        )
        .where(SubmissionRow.id.in_(ids), AttemptRow.report.is_not(None))
    )
    return {row.submission: (row.number, told(row.report)) for row in rows}


def _kept(connection: Connection, assignment: str, people: list[str]) -> set[str]:
    """The submissions whose outcomes these people's tallies have kept until now."""
    rows = connection.execute(
        select(TallyRow.best, TallyRow.judged).where(
            TallyRow.assignment == assignment, TallyRow.person.in_(people)
        )
    )
    return {id_ for row in rows for id_ in row if id_ is not None}


def _keep_outcomes(connection: Connection, reports: Mapping[str, tuple[int, Told]]) -> None:
    """Write down what these reports tell, where it is not written down yet."""
    known = dict(
        connection.execute(
            select(OutcomeRow.submission, OutcomeRow.attempt).where(
                OutcomeRow.submission.in_(reports), OutcomeRow.position == 0
            )
        ).all()
    )
    new = {id_: one for id_, one in reports.items() if known.get(id_) != one[0]}
    replaced = known.keys() & new.keys()
    if replaced:
        connection.execute(delete(OutcomeRow).where(OutcomeRow.submission.in_(replaced)))
    rows = [
        {
            "submission": id_,
            "position": position,
            "attempt": attempt,
            "part": outcome.part,
            "status": outcome.status,
            "points": outcome.points,
            "max_points": outcome.max_points,
        }
        for id_, (attempt, what) in new.items()
        for position, outcome in enumerate(what.outcomes)
    ]
    if rows:
        connection.execute(insert(OutcomeRow), rows)


def _tally(work: Work, reports: Mapping[str, tuple[int, Told]]) -> dict[str, Any]:
    judged = work.judged
    return tally(work, reports[judged.id][1] if judged and judged.id in reports else None)
