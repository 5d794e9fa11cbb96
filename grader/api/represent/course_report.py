"""Turns course reports into the API's resources."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import url_for

from grader.api import resources
from grader.desks.report.assignments import AssignmentReport
from grader.desks.report.common_laws import CommonLaw, target_thumbnail
from grader.desks.report.desk import CourseReport
from grader.desks.report.headlines import Headline
from grader.desks.report.score_summaries import ScoreSummary, share
from grader.store.gradebook.clusters import Cluster, Spread
from grader.store.gradebook.course_report import PartRight


def course_report(
    entity: CourseReport, pictures: Mapping[str, bytes], only: list[str]
) -> resources.CourseReport:
    """A report on a course.

    Args:
        entity: the report.
        pictures: the thumbnails of its common laws, by the submission.
        only: the assignments that were asked for, as its own address names them.
    """
    address: dict[str, Any] = {"course": entity.course.id, "assignment": only or None}
    return resources.CourseReport(
        course=entity.course.id,
        title=entity.course.title,
        time_zone=entity.course.time_zone,
        made_at=entity.made_at,
        students=entity.people.students,
        staff=entity.people.staff,
        submissions=entity.submissions,
        waiting=entity.waiting,
        graded=entity.graded,
        internal_errors=entity.internal_errors,
        tries=_spread(entity.tries),
        headlines=[_headline(one) for one in entity.headlines],
        assignments=[_assignment(one, pictures) for one in entity.assignments],
        links=resources.CourseReportLinks(
            self=url_for("course_reports.show", **address),
            page=url_for("pages.course_report", **address),
        ),
    )


def _assignment(
    entity: AssignmentReport, pictures: Mapping[str, bytes]
) -> resources.ReportAssignment:
    column = entity.column
    course = column.assignment.course
    return resources.ReportAssignment(
        id=column.id,
        exercise=column.assignment.exercise,
        title=column.title,
        max_score=column.max_score,
        due_at=column.assignment.rules.due_at,
        submissions=entity.handed.submissions,
        waiting=entity.handed.waiting,
        internal_errors=entity.handed.failed,
        begun=entity.begun,
        passed=entity.passed,
        pass_share=share(entity.passed, entity.begun),
        states=dict(entity.states),
        tries=_spread(entity.tries),
        seconds_to_pass=_spread(entity.seconds),
        scores=_scores(entity.scores),
        late=entity.late,
        late_share=share(entity.late, entity.scores.students),
        overridden=entity.overridden,
        parts=[_part(one) for one in entity.parts],
        failing=entity.failing,
        failures=[_failure(one, entity.begun) for one in entity.commonest],
        laws=[_law(one, pictures) for one in entity.laws.laws],
        laws_looked_at=entity.laws.looked_at,
        target_picture=_base64(target_thumbnail(column.exercise)),
        links=resources.ReportAssignmentLinks(
            failures=url_for("failures.show", id=column.id),
            page=url_for("pages.assignment_failures", course=course, id_=column.id),
        ),
    )


def _scores(entity: ScoreSummary) -> resources.ReportScores:
    middle = entity.middle
    return resources.ReportScores(
        students=entity.students,
        whole=entity.whole,
        nothing=entity.nothing,
        mean=middle and middle.mean,
        lower=middle and middle.lower,
        median=middle and middle.median,
        upper=middle and middle.upper,
        histogram=None if entity.histogram is None else list(entity.histogram),
    )


def _part(entity: PartRight) -> resources.ReportPart:
    return resources.ReportPart(**asdict(entity), share=share(entity.right, entity.students))


def _failure(entity: Cluster, begun: int) -> resources.ReportFailure:
    return resources.ReportFailure(
        part=entity.snag.part,
        kind=entity.snag.kind,
        name=entity.snag.name,
        meaning=entity.snag.meaning,
        students=entity.students,
        share=share(entity.students, begun),
    )


def _law(entity: CommonLaw, pictures: Mapping[str, bytes]) -> resources.ReportLaw:
    return resources.ReportLaw(
        students=entity.students,
        misconception=entity.misconception,
        picture=_base64(pictures.get(entity.submission)),
    )


def _headline(entity: Headline) -> resources.ReportHeadline:
    snag = entity.snag
    return resources.ReportHeadline(
        kind=entity.kind,
        count=entity.count,
        of=entity.of,
        assignment=entity.assignment and entity.assignment.column.id,
        part=entity.part,
        name=snag.name if snag else "",
        meaning=snag.meaning if snag else "",
    )


def _spread(entity: Spread | None) -> resources.Spread | None:
    return None if entity is None else resources.Spread(**asdict(entity))


def _base64(content: bytes | None) -> str | None:
    return None if content is None else b64encode(content).decode()
