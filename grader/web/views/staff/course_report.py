"""The course report: how a class has done, to be read on paper and with colleagues."""

from __future__ import annotations

from flask import render_template, request

from grader.access.principal import principal
from grader.api import resources
from grader.desks.desk import desk
from grader.desks.report.common_laws import target_thumbnail
from grader.web import course_report as words_of
from grader.web import failures
from grader.web.queries import read_query


def course_report(course: str) -> str:
    """The report on a course, or on some of its assignments.

    Raises:
        RequestError: not-found, invalid.
    """
    chosen = [one for one in request.args.getlist("assignment") if one]
    query = read_query(resources.CourseReportQuery, assignment=chosen)
    report = desk().course_reports.report(principal(), course, query.assignment)
    return render_template(
        "staff/course_report.html",
        course=report.course,
        report=report,
        chosen=set(query.assignment),
        has_target=lambda one: target_thumbnail(one.column.exercise) is not None,
        said=words_of,
        told=failures,
    )
