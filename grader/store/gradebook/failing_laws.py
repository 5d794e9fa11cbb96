"""Wrong laws that a class hands in: of the newest failing reports of each assignment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, func, select

from grader.store.database import reading
from grader.store.gradebook.overview import is_student
from grader.store.models import FingerprintRow as F
from grader.store.models import MembershipRow
from grader.store.models import TallyRow as T


@dataclass(frozen=True, slots=True)
class FailingLaw:
    """A submission whose law is not the one that was asked for."""

    submission: str
    attempt: int
    #: The misconception that its report names; "" for none.
    misconception: str


class FailingLaws:
    """The failing laws in the database that `engine` opens."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def newest(
        self, course: str, of: Collection[str] = (), *, most: int
    ) -> dict[str, list[FailingLaw]]:
        """By assignment those whose law is wrong, the newest first.

        Args:
            course: its id.
            of: the ids of the assignments that are asked for; none: all.
            most: so many of an assignment's newest reports that fail by anything are looked at.
        """
        rank = func.row_number().over(partition_by=T.assignment, order_by=T.judged.desc())
        failing = (
            select(T.assignment, T.judged, rank.label("rank"))
            .join(MembershipRow, is_student(T.course, T.person))
            .where(T.course == course, T.snag_kind.is_not(None))
            .where(*((T.assignment.in_(sorted(of)),) if of else ()))
            .subquery()
        )
        query = (
            select(failing.c.assignment, F.submission, F.attempt, F.misconception)
            .join(failing, failing.c.judged == F.submission)
            .where(failing.c.rank <= most, F.law_passed.is_(False), F.law_noise.is_not(None))
            .order_by(F.submission.desc())
        )
        found: dict[str, list[FailingLaw]] = defaultdict(list)
        with reading(self._engine) as connection:
            for assignment, *values in connection.execute(query):
                found[assignment].append(FailingLaw(*values))
        return found

    def vectors(
        self, submissions: Collection[str]
    ) -> tuple[list[str], NDArray[np.float32], NDArray[np.float64]]:
        """Of those that are there still: their ids, vectors (n, SIZE) and noise (n,)."""
        query = select(F.submission, F.law, F.law_noise).where(
            F.submission.in_(submissions), F.law.is_not(None)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(F.submission)).all()
        vectors = np.frombuffer(b"".join(bytes(row.law) for row in rows), np.float16)
        noise = np.array([row.law_noise for row in rows], np.float64)
        shape = (len(rows), -1 if rows else 0)
        return [row.submission for row in rows], vectors.reshape(shape).astype(np.float32), noise

    def thumbnails(self, submissions: Collection[str]) -> dict[str, bytes]:
        """The thumbnails of some of them, PNGs, by id."""
        query = select(F.submission, F.thumbnail).where(
            F.submission.in_(submissions), F.thumbnail.is_not(None)
        )
        with reading(self._engine) as connection:
            return {id_: bytes(content or b"") for id_, content in connection.execute(query)}
