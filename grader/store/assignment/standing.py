"""Standing: how a student stands in an assignment: attempts, deadline, best score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, and_, select

from exercises.outcome import SPENDS_NO_ATTEMPT, Verdict
from grader.store.assignment.assignments import ASSIGNMENT, Assignment, Extension, assignment_of
from grader.store.assignment.deadlines import zone_of
from grader.store.assignment.disclosure import WHOLE, Disclosure, Extent, Policy
from grader.store.assignment.terms import Lateness, Phase, Terms, terms
from grader.store.database import reading
from grader.store.models import AssignmentRow as A
from grader.store.models import CourseRow, ExtensionRow
from grader.store.models import SubmissionRow as S
from grader.store.moments import Clock, utc_now
from grader.store.review.points import read
from grader.store.submission.marks import Marks, marks_seen
from grader.store.submission.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed(Marks):
    """What a standing needs to know of a submission."""

    id: str
    accepted_at: datetime
    state: State

    @property
    def counts(self) -> bool:
        """Whether it spends an attempt; what is not graded yet does, as far as is known."""
        return self.verdict not in SPENDS_NO_ATTEMPT

    @property
    def earns(self) -> bool:
        """Whether its score can be the best: what was graded, or what staff gave points to."""
        return self.counts or self.given_score is not None


@dataclass(frozen=True, slots=True)
class Best:
    """The submission with the highest score after the late penalty; of equal ones the first."""

    submission: str
    #: After the late penalty.
    score: float
    #: Before it, and after an override.
    earned: float
    max_score: float
    lateness: Lateness


@dataclass(frozen=True, slots=True)
class Standing:
    """How one student stands in one assignment. Times are aware, in UTC."""

    terms: Terms
    phase: Phase
    attempts_used: int
    #: None: without end.
    attempts_left: int | None
    #: When the cooldown ends; None: it is over, or there is none.
    next_attempt_at: datetime | None
    #: How many submissions are not graded yet.
    pending: int
    #: None: nothing has been graded.
    best: Best | None
    #: Whether a graded submission passed, in time or late.
    passed: bool
    #: How much of the grades this rests on.
    extent: Extent = Extent.WHOLE


class Standings:
    """The standings in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def of(
        self, person: str, courses: Iterable[str], *, in_full: bool = False
    ) -> list[tuple[Assignment, Standing]]:
        """How a person stands in each assignment of these courses, in the order of each course.

        Args:
            person: the id.
            courses: their ids.
            in_full: as staff see it, not only what is released.
        """
        query = _query(person).where(A.course.in_(list(courses)))
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return _folded(rows, self._clock(), in_full)

    def one(self, person: str, assignment: str, *, in_full: bool = False) -> Standing | None:
        """How a person stands in one assignment; None: there is no such assignment."""
        with reading(self._engine) as connection:
            return standing_of(connection, person, assignment, now=self._clock(), in_full=in_full)


def standing_of(
    connection: Connection, person: str, assignment: str, *, now: datetime, in_full: bool = False
) -> Standing | None:
    """How a person stands in an assignment, as the transaction of `connection` sees it."""
    rows = connection.execute(_query(person).where(A.id == assignment)).all()
    found = _folded(rows, now, in_full)
    return found[0][1] if found else None


def standing(
    terms: Terms, handed: Sequence[Handed], *, now: datetime, disclosure: Disclosure = WHOLE
) -> Standing:
    """The standing that follows from a student's terms and submissions, the oldest first.

    Args:
        terms: the student's.
        handed: the submissions, with all that is known of them.
        now: when.
        disclosure: how much of the grades it may rest on.
    """
    handed = [marks_seen(one, disclosure) for one in handed]
    counted = [one for one in handed if one.counts]
    left = None if terms.attempts is None else max(0, terms.attempts - len(counted))
    return Standing(
        terms=terms,
        phase=terms.phase(now),
        attempts_used=len(counted),
        attempts_left=left,
        next_attempt_at=_next_attempt(terms.cooldown, counted, now),
        pending=sum(one.state is not State.GRADED for one in handed),
        best=_best(terms, handed),
        passed=any(one.standing_verdict is Verdict.PASSED for one in handed),
        extent=disclosure.extent,
    )


def _next_attempt(cooldown: timedelta, counted: Sequence[Handed], now: datetime) -> datetime | None:
    if not cooldown or not counted:
        return None
    end = max(one.accepted_at for one in counted) + cooldown
    return end if end > now else None


def _best(terms: Terms, handed: Iterable[Handed]) -> Best | None:
    best: Best | None = None
    for one in handed:
        earned = one.standing_score
        if earned is None or one.max_score is None or not one.earns:
            continue
        lateness = terms.lateness(one.accepted_at)
        score = lateness.of(earned)
        # Not >=: of equal ones the first. A score that is no number is never the best.
        if best is None or score > best.score:
            best = Best(one.id, score, earned, one.max_score, lateness)
    return best


def _query(person: str) -> Select[*tuple[Any, ...]]:
    """Assignments with a person's extension and submissions, one row for each submission."""
    mine = and_(S.assignment == A.id, S.person == person)
    own = and_(ExtensionRow.assignment == A.id, ExtensionRow.person == person)
    return (
        select(*ASSIGNMENT, *EXTENSION, CourseRow.time_zone, *HANDED)
        .join(CourseRow, CourseRow.id == A.course)
        .outerjoin(ExtensionRow, own)
        .outerjoin(S, mine)
        .order_by(A.course, A.position, A.id, S.id)
    )


def _folded(
    rows: Iterable[Row[*tuple[Any, ...]]], now: datetime, in_full: bool
) -> list[tuple[Assignment, Standing]]:
    by_assignment: dict[str, list[Row[*tuple[Any, ...]]]] = {}
    for row in rows:
        by_assignment.setdefault(row.id, []).append(row)
    found = []
    for several in by_assignment.values():
        assignment = assignment_of(several[0])
        handed = [handed_of(row) for row in several if row.handed_id is not None]
        own = terms_of(several[0], assignment)
        shown = WHOLE if in_full else policy_of(assignment, own).disclosed(now)
        found.append((assignment, standing(own, handed, now=now, disclosure=shown)))
    return found


#: The columns of an extension under names of their own; all None where there is none.
EXTENSION = (
    ExtensionRow.due_at.label("own_due_at"),
    ExtensionRow.closes_at.label("own_closes_at"),
    ExtensionRow.more_attempts.label("own_more_attempts"),
)


def terms_of(row: Row[*tuple[Any, ...]], assignment: Assignment) -> Terms:
    """The terms in a row that has the columns EXTENSION and the course's `time_zone`."""
    own = Extension(row.own_due_at, row.own_closes_at, row.own_more_attempts or 0)
    return terms(assignment.rules, own, zone_of(row.time_zone))


def policy_of(assignment: Assignment, terms: Terms) -> Policy:
    """When a student of these terms is shown the grades in an assignment."""
    return Policy(
        assignment.rules.release,
        assignment.released_at,
        frozenset(assignment.rules.hidden_criteria),
        terms.closes_at,
    )


_HANDED_NAMES: Mapping[str, Any] = {
    "id": S.id,
    "accepted_at": S.accepted_at,
    "state": S.state,
    "verdict": S.verdict,
    "score": S.score,
    "max_score": S.max_score,
    "given_score": S.given_score,
    "points": S.points,
}
#: The columns that make a `Handed`; all None where there is none.
HANDED = tuple(column.label(f"handed_{name}") for name, column in _HANDED_NAMES.items())


def handed_of(row: Row[*tuple[Any, ...]]) -> Handed:
    """The submission in a row that has the columns HANDED."""
    values = {name: getattr(row, f"handed_{name}") for name in _HANDED_NAMES}
    values["state"] = State(values["state"])
    values["verdict"] = None if values["verdict"] is None else Verdict(values["verdict"])
    values["points"] = read(values["points"])
    return Handed(**values)
