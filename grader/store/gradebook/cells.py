"""Cells: how one student has done in one assignment, as an overview shows and filters it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from grader.store.gradebook.progress import Look, Progress


class Order(StrEnum):
    """In which order students are listed; of equal ones by their ids."""

    NAME = "name"
    #: By the total of what counts.
    HIGHEST = "highest"
    LOWEST = "lowest"
    #: Who handed in last comes first.
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which students are asked for: those who have an assignment of which all of this is true."""

    #: Part of a name or a user name; "" for all.
    text: str = ""
    #: As a platform calls it; "" for all.
    section: str = ""
    #: The assignment's id; None: any.
    assignment: str | None = None
    state: Progress | None = None
    #: Whether what counts must have come late.
    late: bool = False
    #: Whether there must be a reason to look at it.
    look: bool = False
    order: Order = Order.NAME

    @property
    def asks_of_work(self) -> bool:
        """Whether it is asked for what students have done, and not for their names alone."""
        return self.state is not None or self.late or self.look

    def fits(self, assignment: str, cell: Cell | None) -> bool:
        """Whether this assignment of a student is one that is asked for."""
        if self.assignment not in (None, assignment):
            return False
        if cell is None:
            return self.state is Progress.NOT_BEGUN and not self.late and not self.look
        if self.state not in (None, cell.state) or (self.late and not cell.days_late):
            return False
        return not self.look or cell.look is not None


@dataclass(frozen=True, slots=True)
class Cell:
    """How one student has done in one assignment."""

    state: Progress
    #: What counts, after the late penalty; None: nothing has been graded.
    score: float | None
    #: The same before it.
    earned: float | None
    max_score: float | None
    days_late: int
    attempts_used: int
    pending: int
    #: The id of the submission that counts, and that of the newest.
    best: str | None
    latest: str
    look: Look | None


@dataclass(frozen=True, slots=True)
class Student:
    """A student with his or her cells, by the id of the assignment; none where nothing is begun."""

    id: str
    name: str
    username: str | None
    #: As a platform calls it; None: there is none.
    section: str | None
    cells: Mapping[str, Cell]

    @property
    def total(self) -> float:
        """The sum of what counts."""
        return round(sum(cell.score or 0.0 for cell in self.cells.values()), 9)


@dataclass(frozen=True, slots=True)
class Total:
    """How a class has done in one assignment."""

    #: How many students are in the course.
    students: int
    #: By state how many of them; the states that nobody is in are left out.
    states: Mapping[Progress, int]
    #: The mean of what counts, over those who have a score; None: nobody has.
    mean: float | None
    #: How many have come late with what counts.
    late: int

    @property
    def begun(self) -> int:
        """How many students have handed something in."""
        return self.students - self.states.get(Progress.NOT_BEGUN, 0)

    @property
    def judged(self) -> int:
        """Of how many it is known whether they passed: not where a grade is on its way."""
        unknown = (Progress.WAITING, Progress.INTERNAL_ERROR)
        return self.begun - sum(self.states.get(one, 0) for one in unknown)

    @property
    def never_passed(self) -> int:
        """How many of these have not passed."""
        return self.judged - self.states.get(Progress.PASSED, 0)
