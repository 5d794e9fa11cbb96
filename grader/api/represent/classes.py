"""Turns the overview of a class, and where it fails, into the API's resources."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import url_for

from grader.api import represent, resources
from grader.desks.classes import Column, Difficulty, Record
from grader.store.gradebook.cells import Cell, Student, Total
from grader.store.gradebook.clusters import Caught, Cluster, PartCounts, Spread


def overview_assignment(column: Column, total: Total) -> resources.OverviewAssignment:
    """An assignment with how the class has done."""
    return resources.OverviewAssignment(
        id=column.id,
        exercise=column.assignment.exercise,
        title=column.title,
        max_score=column.max_score,
        due_at=column.assignment.rules.due_at,
        students=total.students,
        states=dict(total.states),
        mean=total.mean,
        late=total.late,
    )


def student(entity: Student, course: str, columns: tuple[Column, ...]) -> resources.OverviewStudent:
    """A student with how he or she has done."""
    cells = ((column.id, entity.cells.get(column.id)) for column in columns)
    address: dict[str, Any] = {"course": course, "person": entity.id}
    return resources.OverviewStudent(
        person=entity.id,
        name=entity.name,
        username=entity.username,
        section=entity.section,
        total=entity.total,
        cells=[cell(id_, one) for id_, one in cells if one is not None],
        links=resources.OverviewStudentLinks(
            self=url_for("overview.record", **address), page=url_for("pages.student", **address)
        ),
    )


def cell(assignment: str, entity: Cell) -> resources.OverviewCell:
    """How one student has done in one assignment."""
    return resources.OverviewCell(assignment=assignment, **asdict(entity))


def record(entity: Record, following: str | None) -> resources.StudentRecord:
    """All that one student has done."""
    person = entity.member.person.id
    return resources.StudentRecord(
        student=represent.member(entity.member),
        assignments=[
            resources.RecordedAssignment(
                assignment=represent.assignment_item(one),
                cell=cell(id_, entity.cells[id_]) if id_ in entity.cells else None,
                extension=(
                    represent.extension(person, entity.extensions[id_])
                    if id_ in entity.extensions
                    else None
                ),
            )
            for one in entity.assigned
            for id_ in (one.assignment.id,)
        ],
        submissions=[represent.item(one) for one in entity.submissions],
        next=following,
    )


def difficulty(entity: Difficulty) -> resources.Difficulty:
    """How hard an assignment is."""
    id_, total = entity.column.id, entity.total
    return resources.Difficulty(
        assignment=overview_assignment(entity.column, total),
        begun=total.begun,
        never_passed=total.never_passed / total.judged if total.judged else None,
        tries=_spread(entity.effort.tries),
        seconds_to_pass=_spread(entity.effort.seconds),
        clusters=[_cluster(entity.column, one, total.begun) for one in entity.clusters],
        links=resources.FailureLinks(
            self=url_for("failures.show", id=id_),
            page=url_for(
                "pages.assignment_failures", course=entity.column.assignment.course, id_=id_
            ),
        ),
    )


def assignment_failures(
    entity: Difficulty, parts: list[PartCounts]
) -> resources.AssignmentFailures:
    """Where a class fails in one assignment."""
    return resources.AssignmentFailures(
        **dict(difficulty(entity)),
        parts=[
            resources.PartFailures(
                part=one.part,
                max_points=one.max_points,
                latest=dict(one.latest),
                best=dict(one.best),
            )
            for one in parts
        ],
    )


def caught(entity: Caught) -> resources.CaughtStudent:
    """A student of a cluster."""
    return resources.CaughtStudent(
        **asdict(entity),
        links=resources.CaughtLinks(
            submission=url_for("submissions.show", id=entity.submission),
            page=url_for("pages.submission", id_=entity.submission),
        ),
    )


def _cluster(column: Column, entity: Cluster, begun: int) -> resources.SnagCluster:
    snag, picture = entity.snag, entity.picture
    named: dict[str, Any] = {"part": snag.part, "kind": snag.kind.value, "name": snag.name}
    return resources.SnagCluster(
        part=snag.part,
        kind=snag.kind,
        name=snag.name,
        meaning=snag.meaning,
        students=entity.students,
        share=entity.students / begun if begun else 0.0,
        passed=entity.passed,
        said=[resources.SnagSentence(text=text, students=count) for text, count in entity.said],
        examples=list(entity.examples),
        picture=(
            None
            if picture is None
            else url_for(
                "figures.show",
                id=picture.submission,
                figure="density.png",
                attempt=picture.attempt,
            )
        ),
        links=resources.SnagLinks(
            students=url_for("failures.students", id=column.id, **named),
            page=url_for("pages.caught", course=column.assignment.course, id_=column.id, **named),
        ),
    )


def _spread(entity: Spread | None) -> resources.Spread | None:
    return None if entity is None else resources.Spread(**asdict(entity))
