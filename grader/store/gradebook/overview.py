"""The overview of a course: its students page by page, and how each has done in each assignment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, and_, case, false, func, or_, select

from grader.store.assignment.assignments import Extension
from grader.store.course.roles import Role
from grader.store.database import reading
from grader.store.gradebook.cells import Cell, Order, Student, Total, Wanted
from grader.store.gradebook.progress import Look, Progress
from grader.store.gradebook.tallies import Tallies
from grader.store.models import AssignmentRow, ExtensionRow, ExternalIdRow, MembershipRow, PersonRow
from grader.store.models import TallyRow as T
from grader.store.moments import Clock, utc_now

#: The kind of an external id that tells a section.
_SECTION = "section"


class Overviews:
    """The overviews in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._tallies = Tallies(engine, clock=clock)

    def page(
        self, course: str, wanted: Wanted, *, limit: int, after: str | None = None
    ) -> list[Student]:
        """Students of a course with how they have done, those after the person `after`."""
        self._tallies.catch_up(course)
        key, falling = _keys(course)[wanted.order]
        query = _students(course).where(*_conditions(course, wanted))
        with reading(self._engine) as connection:
            if after is not None:
                last = connection.scalar(_students(course, key).where(PersonRow.id == after))
                query = query.where(_beyond(key, falling, last, after))
            order = (key.desc() if falling else key.asc(), PersonRow.id)
            people = connection.execute(query.order_by(*order).limit(limit)).all()
            found = [person.id for person in people]
            cells = connection.execute(_cells(course).where(T.person.in_(found))).all()
        by_person: dict[str, dict[str, Cell]] = defaultdict(dict)
        for row in cells:
            by_person[row.person][row.assignment] = _cell(row)
        return [
            Student(
                person.id,
                person.name,
                person.username,
                person.section,
                by_person.get(person.id, {}),
            )
            for person in people
        ]

    def cells(self, course: str, person: str) -> dict[str, Cell]:
        """How one student has done, by the id of the assignment."""
        self._tallies.catch_up(course)
        with reading(self._engine) as connection:
            rows = connection.execute(_cells(course).where(T.person == person)).all()
        return {row.assignment: _cell(row) for row in rows}

    def extensions(self, course: str, person: str) -> dict[str, Extension]:
        """What one student was given, by the id of the assignment."""
        columns = [getattr(ExtensionRow, one.name) for one in fields(Extension)]
        query = (
            select(ExtensionRow.assignment, *columns)
            .join(AssignmentRow, AssignmentRow.id == ExtensionRow.assignment)
            .where(AssignmentRow.course == course, ExtensionRow.person == person)
        )
        with reading(self._engine) as connection:
            return {row.assignment: Extension(*row[1:]) for row in connection.execute(query)}

    def sections(self, course: str) -> list[str]:
        """The sections that somebody of a course is in."""
        value = ExternalIdRow.value
        query = select(value).where(ExternalIdRow.course == course, ExternalIdRow.kind == _SECTION)
        with reading(self._engine) as connection:
            return [*connection.scalars(query.distinct().order_by(value))]

    def count(self, course: str, wanted: Wanted) -> int:
        """How many students are asked for, on all pages."""
        self._tallies.catch_up(course)
        query = _students(course, func.count()).where(*_conditions(course, wanted))
        with reading(self._engine) as connection:
            return connection.scalar(query) or 0

    def totals(self, course: str, assignment: str | None = None) -> dict[str, Total]:
        """How the class has done, by the id of each of the course's assignments, or of one."""
        self._tallies.catch_up(course)
        this_one = () if assignment is None else (T.assignment == assignment,)
        query = (
            select(
                T.assignment,
                T.state,
                func.count().label("students"),
                func.count(T.score).label("scored"),
                func.sum(T.score).label("score"),
                func.sum(case((T.days_late > 0, 1), else_=0)).label("late"),
            )
            .join(MembershipRow, is_student(T.course, T.person))
            .where(T.course == course, *this_one)
            .group_by(T.assignment, T.state)
        )
        with reading(self._engine) as connection:
            students = connection.scalar(_students(course, func.count())) or 0
            mine = select(AssignmentRow.id).where(AssignmentRow.course == course)
            known = connection.scalars(mine).all() if assignment is None else [assignment]
            by_assignment: dict[str, list[Any]] = defaultdict(list)
            for row in connection.execute(query):
                by_assignment[row.assignment].append(row)
        return {id_: _total(students, by_assignment[id_]) for id_ in known}


def is_student(course: Any, person: Any) -> ColumnElement[bool]:
    """The condition on a membership to be that of a student; staff try things out too."""
    return and_(
        MembershipRow.course == course,
        MembershipRow.person == person,
        MembershipRow.role == Role.STUDENT,
    )


def _students(course: str, *columns: Any) -> Select[*tuple[Any, ...]]:
    """The students of a course."""
    section = ExternalIdRow.value.label("section")
    own = columns or (PersonRow.id, PersonRow.name, PersonRow.username, section)
    theirs = and_(
        ExternalIdRow.course == MembershipRow.course,
        ExternalIdRow.person == MembershipRow.person,
        ExternalIdRow.kind == _SECTION,
    )
    return (
        select(*own)
        .select_from(MembershipRow)
        .join(PersonRow, PersonRow.id == MembershipRow.person)
        .outerjoin(ExternalIdRow, theirs)
        .where(MembershipRow.course == course, MembershipRow.role == Role.STUDENT)
    )


def _keys(course: str) -> Mapping[Order, tuple[ColumnElement[Any], bool]]:
    """By order what it goes by, and whether it falls."""
    theirs = (T.course == course, T.person == PersonRow.id)
    total = select(func.coalesce(func.sum(T.score), 0.0)).where(*theirs).scalar_subquery()
    # Ids are in the order of time.
    newest = select(func.coalesce(func.max(T.latest), "")).where(*theirs).scalar_subquery()
    return {
        Order.NAME: (func.lower(PersonRow.name), False),
        Order.HIGHEST: (total, True),
        Order.LOWEST: (total, False),
        Order.LATEST: (newest, True),
    }


def _beyond(key: ColumnElement[Any], falling: bool, last: Any, after: str) -> ColumnElement[bool]:
    """The condition to come after the person `after`, whose key is `last`."""
    if last is None:
        return false()
    further = key < last if falling else key > last
    return or_(further, and_(key == last, PersonRow.id > after))


def _conditions(course: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.text:
        # SQLite knows lower case in ASCII only: a first letter that is not is tried in both.
        small, name = wanted.text.lower(), PersonRow.name
        conditions.append(
            or_(
                func.lower(name).contains(small, autoescape=True),
                name.contains(wanted.text, autoescape=True),
                name.contains(wanted.text.title(), autoescape=True),
                PersonRow.username.contains(small, autoescape=True),
            )
        )
    if wanted.section:
        conditions.append(ExternalIdRow.value == wanted.section)
    if wanted.asks_of_work:
        conditions.append(_of_work(course, wanted))
    return conditions


def _of_work(course: str, wanted: Wanted) -> ColumnElement[bool]:
    """The condition on a student's work; nothing is late, or to be looked at, that is not begun."""
    cell = select(T.person).where(T.course == course, T.person == PersonRow.id)
    if wanted.assignment is not None:
        cell = cell.where(T.assignment == wanted.assignment)
    if wanted.state is Progress.NOT_BEGUN:
        if wanted.late or wanted.look:
            return false()
        return _not_begun(course, wanted.assignment)
    if wanted.state is not None:
        cell = cell.where(T.state == wanted.state)
    if wanted.late:
        cell = cell.where(T.days_late > 0)
    if wanted.look:
        cell = cell.where(T.look.is_not(None))
    return cell.exists()


def _not_begun(course: str, assignment: str | None) -> ColumnElement[bool]:
    """The condition on a student to have an assignment that he or she has not begun."""
    begun = (
        select(T.person)
        .where(T.assignment == AssignmentRow.id, T.person == PersonRow.id)
        .correlate(AssignmentRow, PersonRow)
        .exists()
    )
    asked = select(AssignmentRow.id).where(AssignmentRow.course == course, ~begun)
    if assignment is not None:
        asked = asked.where(AssignmentRow.id == assignment)
    return asked.correlate(PersonRow).exists()


_CELL = tuple(one.name for one in fields(Cell))


def _cells(course: str) -> Select[*tuple[Any, ...]]:
    columns = [getattr(T, name) for name in _CELL]
    return select(T.person, T.assignment, *columns).where(T.course == course)


def _cell(row: Any) -> Cell:
    values = {name: getattr(row, name) for name in _CELL}
    values["state"] = Progress(row.state)
    values["look"] = None if row.look is None else Look(row.look)
    return Cell(**values)


def _total(students: int, rows: Sequence[Any]) -> Total:
    scored = sum(row.scored for row in rows)
    states = {Progress(row.state): row.students for row in rows}
    begun = sum(states.values())
    if students > begun:
        states[Progress.NOT_BEGUN] = students - begun
    return Total(
        students=students,
        states=states,
        mean=sum(row.score or 0.0 for row in rows) / scored if scored else None,
        late=sum(row.late for row in rows),
    )
