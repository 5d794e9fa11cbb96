"""The API's privacy: takes away what a course holds of a student, or who all of them were."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import resources
from grader.api.http.answers import answer, documented
from grader.desks import problems
from grader.desks.desk import desk
from grader.store.anonymity.anonymity import Keep

blueprint = APIBlueprint(
    "privacy",
    __name__,
    url_prefix="/api/v1/courses/<course>",
    abp_tags=[Tag(name="privacy", description="What a course holds of its students.")],
)


@blueprint.post(
    "/students/<person>/erase",
    responses=documented(
        {HTTPStatus.OK: resources.Erased},
        *problems.OF_A_BODY,
        problems.NOT_FOUND,
        problems.FORBIDDEN,
    ),
)
def erase(path: resources.MemberPath, body: resources.Erase) -> Response:
    """Take away all that a course holds of a student; it can't be undone. For instructors.

    Submissions with their reports, figures, comments, points and reviews, extensions, external ids
    and the membership; where no other course knows the person, the account too. The log keeps that
    something was done, without names. No token does this.
    """
    done = desk().privacy.erase(principal(), path.course, path.person, body.confirm)
    return answer(resources.Erased(submissions=done.submissions, account=done.person_gone))


@blueprint.post(
    "/anonymise",
    responses=documented(
        {HTTPStatus.OK: resources.Anonymised},
        *problems.OF_A_BODY,
        problems.NOT_FOUND,
        problems.COURSE_BUSY,
    ),
)
def anonymise(path: resources.CoursePath, body: resources.Anonymise) -> Response:
    """Take away who the students of a course were; it can't be undone. For instructors.

    Each becomes “Student 017”, by a number that is drawn, without sign-in; their submissions,
    reports, figures and points stay, and so do all numbers of the course. Refused while something
    is under way. No token does this.
    """
    keep = Keep(words=body.keep_words, code_comments=body.keep_code_comments)
    done = desk().privacy.anonymise(principal(), path.course, body.confirm, keep)
    return answer(resources.Anonymised(students=done.students, accounts=done.accounts))
