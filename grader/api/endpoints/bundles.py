"""The API's bundles: a student's copy of an exercise, to repeat a grade offline."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from exercises.catalog.bundle import ChangedExercise, student_copy
from grader.api import resources
from grader.api.http.answers import conditional, documented
from grader.desks import problems
from grader.desks.acceptance import changed
from grader.desks.desk import desk

blueprint = APIBlueprint(
    "bundles",
    __name__,
    url_prefix="/api/v1/exercises",
    abp_tags=[Tag(name="exercises", description="What can be answered.")],
)


@blueprint.get(
    "/<slug>/bundle",
    responses=documented(
        {
            HTTPStatus.OK: {
                "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
            }
        },
        problems.NOT_FOUND,
        problems.EXERCISE_UNAVAILABLE,
    ),
)
def show(path: resources.ExercisePath) -> Response:
    """Download a student's copy of an exercise, a zip archive.

    `grader check` on it repeats a grade by the report's seed. It holds no reference, no answers and
    no held-out points; a quiz, and an exercise that is judged at held-out points, are graded by the
    service alone.
    """
    exercise = desk().exercise(path.slug)
    try:
        packed = student_copy(exercise)
    except ChangedExercise as error:
        raise changed(exercise) from error
    response = Response(packed, content_type="application/zip")
    name = f"{exercise.slug}-{exercise.version}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-cache"
    return conditional(response)
