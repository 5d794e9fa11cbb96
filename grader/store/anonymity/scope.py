"""Scope: which rows of each table a course holds, and which columns of them name a person."""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, Table, select

from grader.store.models import AssignmentRow, PersonRow, SubmissionRow

#: Ids of people that are kept without a foreign key have one of these names, or end like them.
_NAMES = ("person", "created_by")
_PEOPLE = PersonRow.__table__


def in_course(table: Table, course: str) -> ColumnElement[bool] | None:
    """The condition on the rows of a table that a course holds; None: it holds none.

    A row is the course's by its assignment, its submission, the row that it is a part of, or its
    own column, in this order: of a submission to no assignment the course is a label.
    """
    columns = table.c
    if "assignment" in columns:
        return columns.assignment.in_(assignments(course))
    if "submission" in columns:
        return columns.submission.in_(work(course))
    if "course" in columns:
        own: ColumnElement[bool] = columns.course == course
        return own
    for key in sorted(table.foreign_keys, key=lambda one: one.parent.name):
        whole = key.column.table
        if whole in {_PEOPLE, table}:
            continue
        part_of = in_course(whole, course)
        if part_of is not None:
            return key.parent.in_(select(key.column).where(part_of))
    return None


def people_in(table: Table) -> list[Column[str]]:
    """The columns of a table that hold ids of people."""
    ends = tuple(f"_{name}" for name in _NAMES)
    return [
        column
        for column in table.c
        if any(key.column is _PEOPLE.c.id for key in column.foreign_keys)
        or column.name in _NAMES
        or column.name.endswith(ends)
    ]


def assignments(course: str) -> ColumnElement[str]:
    """The ids of a course's assignments."""
    return select(AssignmentRow.id).where(AssignmentRow.course == course).scalar_subquery()


def work(course: str) -> ColumnElement[str]:
    """The ids of the submissions to a course's assignments."""
    mine = SubmissionRow.assignment.in_(assignments(course))
    return select(SubmissionRow.id).where(mine).scalar_subquery()
