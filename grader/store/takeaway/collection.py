"""Collections: submissions with all that their gradings left, several at a time, to be taken away.

Ids are listed first and read in small portions, each by a connection of its own: who takes a large
course away slowly holds no transaction open, and what comes in meanwhile shifts nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from grader.store.assignment.disclosure import Extent
from grader.store.database import reading
from grader.store.gradebook.tallies import Tallies
from grader.store.models import AssignmentRow, TallyRow
from grader.store.models import AttemptRow as A
from grader.store.models import FileRow as F
from grader.store.models import SubmissionRow as S
from grader.store.moments import Clock, utc_now
from grader.store.submission.entities import (
    SUMMARY,
    StoredFile,
    Submission,
    joined,
    submission_of,
)
from grader.store.submission.gradings import Gradings
from grader.store.submission.seen import as_seen
from grader.store.submission.state import Ended
from grader.store.submission.walls import View

#: So many of the newest say how large the others are.
_SAMPLE = 200


class WhichWork(StrEnum):
    """Of the submissions to an assignment which are taken."""

    ALL = "all"
    #: Of each person the newest.
    LATEST = "latest"
    #: Of each person the one whose score counts.
    COUNTING = "counting"


@dataclass(frozen=True, slots=True)
class Collected:
    """A submission with what its gradings left, as far as somebody sees it."""

    submission: Submission
    #: Those of the grading that counts.
    files: tuple[StoredFile, ...]
    #: As gradings that were replaced found it, the newest first.
    earlier: tuple[Submission, ...]


@dataclass(frozen=True, slots=True)
class Bulk:
    """How much there is to take."""

    submissions: int
    #: About how many bytes, by the newest of them.
    text_bytes: int
    figure_bytes: int


class Collections:
    """What can be taken out of the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._tallies = Tallies(engine, clock=clock)
        self._gradings = Gradings(engine, clock=clock)

    def of_assignment(
        self, course: str, assignment: str, which: WhichWork, person: str | None = None
    ) -> list[tuple[str, str]]:
        """The submissions to an assignment by person and id, those of one person together.

        Args:
            course: the id of its course.
            assignment: its id.
            which: of each person's.
            person: only those of one; None: everybody's.
        """
        owner, chosen = _choice(which)
        if which is not WhichWork.ALL:
            self._tallies.catch_up(course)
        here = S.assignment if which is WhichWork.ALL else TallyRow.assignment
        query = select(owner, chosen).where(here == assignment, owner.is_not(None))
        query = query.where(chosen.is_not(None)).order_by(owner, chosen)
        if person is not None:
            query = query.where(owner == person)
        with reading(self._engine) as connection:
            return [(row[0], row[1]) for row in connection.execute(query)]

    def courses_of(self, person: str) -> list[str]:
        """The ids of the courses that somebody has handed something in to."""
        query = (
            select(AssignmentRow.course)
            .distinct()
            .join(S, S.assignment == AssignmentRow.id)
            .where(S.person == person)
        )
        with reading(self._engine) as connection:
            return [*connection.scalars(query.order_by(AssignmentRow.course))]

    def practice_of(self, person: str) -> list[str]:
        """What somebody has sent outside all courses, the oldest first."""
        query = select(S.id).where(S.person == person, S.assignment.is_(None)).order_by(S.id)
        with reading(self._engine) as connection:
            return [*connection.scalars(query)]

    def read(self, ids: Sequence[str], view: View, *, figures: bool = True) -> list[Collected]:
        """Submissions as far as a view sees them now, in the order of `ids`.

        Args:
            ids: theirs; a few, as all of it is in memory at once.
            view: the wall.
            figures: whether to read the files of their gradings.
        """
        current = (A.submission == S.id) & (A.number == S.attempt)
        columns = select(*SUMMARY, S.source, S.seed, A.report).select_from(S)
        query = joined(columns.outerjoin(A, current)).where(S.id.in_(ids), view.condition())
        now = self._clock()
        with reading(self._engine) as connection:
            rows = {row.id: row for row in connection.execute(query)}
            files = _files(connection, [*rows]) if figures else {}
            several = set(connection.scalars(_REPLACED.where(S.id.in_([*rows]))))
        found = [as_seen(submission_of(rows[id_]), view, now) for id_ in ids if id_ in rows]
        return [
            Collected(
                one,
                tuple(file for file in files.get(one.id, ()) if _is_shown(file, one)),
                tuple(self._gradings.earlier(one.id, view)) if one.id in several else (),
            )
            for one in found
        ]

    def people_of(self, course: str) -> set[str]:
        """The ids of whoever has handed something in to a course, in it still or not."""
        mine = select(AssignmentRow.id).where(AssignmentRow.course == course)
        query = select(S.person).distinct().where(S.assignment.in_(mine), S.person.is_not(None))
        with reading(self._engine) as connection:
            return {person for person in connection.scalars(query) if person is not None}

    def bulk(self, course: str) -> Mapping[WhichWork, Bulk]:
        """How much there is to take, by which; about, as only some of it is looked at."""
        self._tallies.catch_up(course)
        T = TallyRow
        mine = S.assignment.in_(select(AssignmentRow.id).where(AssignmentRow.course == course))
        with reading(self._engine) as connection:
            every = connection.scalar(select(func.count()).select_from(S).where(mine)) or 0
            tallied = select(func.count(T.latest), func.count(T.best)).where(T.course == course)
            latest, counting = connection.execute(tallied).one()
            text, figures = _mean_bytes(connection, mine)
        counts = {WhichWork.ALL: every, WhichWork.LATEST: latest, WhichWork.COUNTING: counting}
        return {
            which: Bulk(count, round(count * text), round(count * figures))
            for which, count in counts.items()
        }


def _choice(which: WhichWork) -> tuple[Any, Any]:
    """The columns of the person and of the submission that is taken."""
    if which is WhichWork.ALL:
        return S.person, S.id
    return TallyRow.person, TallyRow.best if which is WhichWork.COUNTING else TallyRow.latest


#: Submissions that a grading has graded before the one that counts.
_REPLACED = (
    select(S.id)
    .distinct()
    .join(A, (A.submission == S.id) & (A.number < S.attempt))
    .where(A.ended == Ended.GRADED)
)


def _files(connection: Connection, ids: Sequence[str]) -> dict[str, list[StoredFile]]:
    query = (
        select(F.submission, F.name, F.media_type, F.content)
        .join(S, (F.submission == S.id) & (F.attempt == S.attempt))
        .where(F.submission.in_(ids))
        .order_by(F.submission, F.name)
    )
    found: dict[str, list[StoredFile]] = {}
    for row in connection.execute(query):
        found.setdefault(row.submission, []).append(
            StoredFile(row.name, row.media_type, row.content)
        )
    return found


def _is_shown(file: StoredFile, seen: Submission) -> bool:
    """Whether a file belongs to what is seen of a report: see the figures of the API."""
    if seen.disclosure.extent is Extent.WHOLE:
        return True
    figures = () if seen.report is None else seen.report.figures
    return file.name.partition(".")[0] in {figure.name for figure in figures}


def _mean_bytes(connection: Connection, mine: Any) -> tuple[float, float]:
    """How many bytes a submission has, by some of them: in text, and in figures."""
    newest = select(S.id).where(mine).order_by(S.id.desc()).limit(_SAMPLE)
    ids = [*connection.scalars(newest)]
    if not ids:
        return 0.0, 0.0
    current = (A.submission == S.id) & (A.number == S.attempt)
    texts = select(func.sum(func.length(S.source) + func.coalesce(func.length(A.report), 0)))
    text = connection.scalar(texts.select_from(S).outerjoin(A, current).where(S.id.in_(ids)))
    pictures = select(func.sum(func.length(F.content))).join(
        S, (F.submission == S.id) & (F.attempt == S.attempt)
    )
    figures = connection.scalar(pictures.where(S.id.in_(ids)))
    return (text or 0) / len(ids), (figures or 0) / len(ids)
