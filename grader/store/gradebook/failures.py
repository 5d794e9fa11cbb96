"""Where a class fails: by criterion, by what reports fail by, and how long it takes to pass."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, and_, case, func, or_, select

from exercises.report import Status
from grader.store.database import reading
from grader.store.gradebook.clusters import Caught, Cluster, Effort, PartCounts, Picture, Spread
from grader.store.gradebook.overview import is_student
from grader.store.gradebook.progress import Progress
from grader.store.gradebook.tallies import Tallies
from grader.store.models import FileRow, MembershipRow, OutcomeRow, PersonRow, SubmissionRow
from grader.store.models import TallyRow as T
from grader.store.moments import Clock, utc_now
from grader.store.submission.snags import Snag, SnagKind

#: So many examples of a cluster are named, and so many are looked through for a picture.
_EXAMPLES, _LOOKED_THROUGH = 3, 12
#: So many different sentences.
_SENTENCES = 3


class Failures:
    """The failures in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._tallies = Tallies(engine, clock=clock)

    def efforts(self, course: str, assignment: str | None = None) -> dict[str, Effort]:
        """What it has taken to pass, by the id of each assignment that somebody has passed.

        Args:
            course: its id.
            assignment: only this one; None: all of the course.
        """
        self._tallies.catch_up(course)
        with reading(self._engine) as connection:
            tries = _spreads(connection.execute(_quartiles(course, assignment, T.tries)))
        seconds = self.seconds(course, assignment)
        return {id_: Effort(tries.get(id_), seconds.get(id_)) for id_ in tries.keys() | seconds}

    def seconds(self, course: str, assignment: str | None = None) -> dict[str, Spread]:
        """Seconds from the first submission to the one that passed, in the same way."""
        self._tallies.catch_up(course)
        with reading(self._engine) as connection:
            rows = connection.execute(_quartiles(course, assignment, T.pass_seconds))
            return _spreads(rows)

    def sizes(self, course: str) -> dict[str, list[Cluster]]:
        """The clusters by the id of the assignment, the largest first, without examples."""
        self._tallies.catch_up(course)
        passed = func.sum(case((T.state == Progress.PASSED, 1), else_=0)).label("passed")
        query = (
            select(T.assignment, *_SNAG, func.count().label("students"), passed)
            .join(MembershipRow, is_student(T.course, T.person))
            .where(T.course == course, T.snag_kind.is_not(None))
            .group_by(T.assignment, *_SNAG)
        )
        found: dict[str, list[Cluster]] = defaultdict(list)
        with reading(self._engine) as connection:
            for row in connection.execute(query):
                cluster = Cluster(_snag(row), row.students, row.passed)
                found[row.assignment].append(cluster)
        return {id_: sorted(several, key=_rank) for id_, several in found.items()}

    def clusters(self, course: str, assignment: str) -> list[Cluster]:
        """The clusters of one assignment, the largest first."""
        self._tallies.catch_up(course)
        query = _caught(course, assignment, *_SNAG, T.judged, T.snag_said, T.state)
        members: dict[Snag, list[Any]] = defaultdict(list)
        with reading(self._engine) as connection:
            for row in connection.execute(query.order_by(T.judged.desc())):
                members[_snag(row)].append(row)
            newest = [row.judged for rows in members.values() for row in rows[:_LOOKED_THROUGH]]
            pictures = {row.submission: row for row in connection.execute(_pictures(newest))}
        clusters = [_cluster(snag, rows, pictures) for snag, rows in members.items()]
        return sorted(clusters, key=_rank)

    def parts(self, course: str, assignment: str) -> list[PartCounts]:
        """How the parts of an assignment are got right, in the order of its reports."""
        self._tallies.catch_up(course)
        with reading(self._engine) as connection:
            latest = connection.execute(_statuses(course, assignment, T.judged)).all()
            best = connection.execute(_statuses(course, assignment, T.best)).all()
        rows = [*latest, *best]
        order = {row.part: row.position for row in sorted(rows, key=_position, reverse=True)}
        worth = {row.part: row.max_points for row in sorted(rows, key=lambda row: row.max_points)}
        return [
            PartCounts(part, worth[part], _counts(part, latest), _counts(part, best))
            for part in sorted(order, key=lambda part: (order[part], part))
        ]

    def size(self, course: str, assignment: str, snag: Snag) -> int:
        """How many students are in a cluster."""
        self._tallies.catch_up(course)
        query = _caught(course, assignment, func.count()).where(*_is(snag))
        with reading(self._engine) as connection:
            return connection.scalar(query) or 0

    def members(
        self, course: str, assignment: str, snag: Snag, *, limit: int, after: str | None = None
    ) -> list[Caught]:
        """The students of a cluster in the order of their ids, those after the person `after`."""
        self._tallies.catch_up(course)
        own = (T.person, T.judged, T.state, T.score, T.max_score, T.attempts_used, T.snag_said)
        query = _caught(course, assignment, *own, PersonRow.name).where(*_is(snag))
        query = query.join(PersonRow, PersonRow.id == T.person)
        if after is not None:
            query = query.where(T.person > after)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(T.person).limit(limit)).all()
        return [
            Caught(
                person=row.person,
                name=row.name,
                submission=row.judged,
                state=Progress(row.state),
                score=row.score,
                max_score=row.max_score,
                attempts_used=row.attempts_used,
                said=row.snag_said or "",
            )
            for row in rows
        ]


_SNAG = (T.snag_part, T.snag_kind, T.snag)


def _snag(row: Any) -> Snag:
    return Snag(row.snag_part, SnagKind(row.snag_kind), row.snag or "")


def _is(snag: Snag) -> tuple[ColumnElement[bool], ...]:
    return T.snag_part == snag.part, T.snag_kind == snag.kind, T.snag == snag.name


def _rank(cluster: Cluster) -> tuple[int, str, str, str]:
    snag = cluster.snag
    return -cluster.students, snag.part, snag.kind, snag.name


def _caught(course: str, assignment: str, *columns: Any) -> Select[*tuple[Any, ...]]:
    """The students of an assignment whose newest reports fail by something."""
    return (
        select(*columns)
        .select_from(T)
        .join(MembershipRow, is_student(T.course, T.person))
        .where(T.assignment == assignment, T.course == course, T.snag_kind.is_not(None))
    )


def _pictures(submissions: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Those of these submissions that have a density figure, with the attempt that drew it."""
    drawn = and_(
        FileRow.submission == SubmissionRow.id,
        FileRow.attempt == SubmissionRow.attempt,
        FileRow.name == "density.png",
    )
    return (
        select(FileRow.submission, FileRow.attempt)
        .join(SubmissionRow, drawn)
        .where(SubmissionRow.id.in_(submissions))
    )


def _cluster(snag: Snag, rows: Sequence[Any], pictures: Mapping[str, Any]) -> Cluster:
    said = Counter(row.snag_said for row in rows if row.snag_said)
    shown = next((pictures[row.judged] for row in rows if row.judged in pictures), None)
    return Cluster(
        snag=snag,
        students=len(rows),
        passed=sum(row.state == Progress.PASSED for row in rows),
        said=tuple(said.most_common(_SENTENCES)),
        examples=tuple(row.judged for row in rows[:_EXAMPLES]),
        picture=None if shown is None else Picture(shown.submission, shown.attempt),
    )


def _statuses(course: str, assignment: str, submission: Any) -> Select[*tuple[Any, ...]]:
    """By part and status how many students have it, in one of the submissions of their tallies."""
    return (
        select(
            OutcomeRow.part,
            OutcomeRow.status,
            func.count().label("students"),
            func.min(OutcomeRow.position).label("position"),
            func.max(OutcomeRow.max_points).label("max_points"),
        )
        .select_from(T)
        .join(MembershipRow, is_student(T.course, T.person))
        .join(OutcomeRow, OutcomeRow.submission == submission)
        .where(T.assignment == assignment, T.course == course)
        .group_by(OutcomeRow.part, OutcomeRow.status)
    )


def _position(row: Any) -> int:
    return int(row.position)


def _counts(part: str, rows: Iterable[Any]) -> dict[Status, int]:
    return {Status(row.status): row.students for row in rows if row.part == part}


def _quartiles(course: str, assignment: str | None, value: Any) -> Select[*tuple[Any, ...]]:
    """By assignment the values at the ranks of its quartiles: n/4, n/2 and 3n/4, rounded up."""
    this_one = () if assignment is None else (T.assignment == assignment,)
    ranked = (
        select(
            T.assignment,
            value.label("value"),
            func.row_number().over(partition_by=T.assignment, order_by=value).label("rank"),
            func.count().over(partition_by=T.assignment).label("among"),
        )
        .join(MembershipRow, is_student(T.course, T.person))
        .where(T.course == course, value.is_not(None), *this_one)
        .subquery()
    )
    c = ranked.c
    at = [c.rank == (quarter * c.among + 3) // 4 for quarter in (1, 2, 3)]
    flags = (one.label(f"is_{number}") for number, one in enumerate(at))
    return select(c.assignment, c.value, c.among, *flags).where(or_(*at))


def _spreads(rows: Iterable[Any]) -> dict[str, Spread]:
    found: dict[str, dict[int, int]] = defaultdict(dict)
    among: dict[str, int] = {}
    for row in rows:
        among[row.assignment] = row.among
        # One value may be several quartiles, where there are few.
        for quarter, is_it in enumerate((row.is_0, row.is_1, row.is_2)):
            if is_it:
                found[row.assignment][quarter] = row.value
    return {
        id_: Spread(among[id_], quarters[0], quarters[1], quarters[2])
        for id_, quarters in found.items()
    }
