"""The API's exercises: what can be answered here."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.api import problems, represent, resources
from grader.api.answers import answer, documented
from grader.api.desk import desk

blueprint = APIBlueprint(
    "exercises",
    __name__,
    url_prefix="/api/v1/exercises",
    abp_tags=[Tag(name="exercises", description="What can be answered.")],
)


@blueprint.get("", responses=documented({HTTPStatus.OK: resources.ExerciseList}))
def index() -> Response:
    """List the exercises."""
    exercises = desk().catalog.exercises.values()
    return answer(
        resources.ExerciseList(items=[represent.exercise_item(entity) for entity in exercises])
    )


@blueprint.get(
    "/<slug>",
    responses=documented({HTTPStatus.OK: resources.Exercise}, problems.INVALID, problems.NOT_FOUND),
)
def show(path: resources.ExercisePath, query: resources.ExerciseQuery) -> Response:
    """Read one exercise: its statement, and its starter code and criteria or its questions.

    The questions of a quiz are those of the student who is named: answer them under that name.
    """
    asked = desk().exercise(path.slug)
    return answer(represent.exercise(asked, student=query.student, course=query.course))
