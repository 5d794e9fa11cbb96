"""The API's exercises: what can be answered here."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.http.answers import answer, documented
from grader.desks import problems
from grader.desks.desk import desk
from grader.desks.problems import INVALID, Complaint, RequestError

blueprint = APIBlueprint(
    "exercises",
    __name__,
    url_prefix="/api/v1/exercises",
    abp_tags=[Tag(name="exercises", description="What can be answered.")],
)


@blueprint.get("", responses=documented({HTTPStatus.OK: resources.ExerciseList}))
def index() -> Response:
    """List the exercises that you see: what your courses have assigned, and what earns nothing."""
    exercises = desk().exercises().values()
    return answer(
        resources.ExerciseList(items=[represent.exercise_item(entity) for entity in exercises])
    )


@blueprint.get(
    "/<slug>",
    responses=documented({HTTPStatus.OK: resources.Exercise}, problems.INVALID, problems.NOT_FOUND),
)
def show(path: resources.ExercisePath, query: resources.ExerciseQuery) -> Response:
    """Read one exercise: its statement, and its starter code and criteria or its questions.

    The questions of a quiz are your own, as practice. Those of an assignment come with it. Who has
    not signed in can name a student: answer the questions under that name.
    """
    asked = desk().exercise(path.slug)
    student, course = _labels(query)
    return answer(represent.exercise(asked, student=student, course=course))


def _labels(query: resources.ExerciseQuery) -> tuple[str, str]:
    """The student and the course whose questions are meant.

    Raises:
        RequestError: invalid: somebody who has signed in asks for another one's questions.
    """
    who = principal()
    if not (query.student or query.course):
        return who.id or "", ""
    if not who.is_demo:
        wrong = "This is a label for who has not signed in. Leave it out."
        given = {"student": query.student, "course": query.course}
        complaints = [Complaint(wrong, parameter=name) for name, value in given.items() if value]
        raise RequestError(INVALID, "You have signed in: the questions are your own.", complaints)
    return query.student, query.course
