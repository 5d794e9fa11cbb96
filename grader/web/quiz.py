"""The page of a quiz: whose questions it shows, and what its form sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import render_template, request
from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from exercises.exercise import AnyExercise, QuizExercise
from grader.api import represent, resources
from grader.api.desk import desk
from grader.api.errors import refuse
from grader.store.submissions import Submission
from grader.web.catalogue import neighbours

#: The fields of the form that hold answers, before the question's id.
_ANSWER = "answer."


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom the page asks, and what it ticks beforehand."""

    student: str = ""
    course: str = ""
    #: Whether it is known who is asked.
    known: bool = False
    #: By question the chosen option.
    ticked: Mapping[str, str] = field(default_factory=dict)


def show_quiz(shown: QuizExercise, origin: Submission | None) -> str:
    """The page. Where the questions depend on the student, it asks for the name first.

    The form then carries that name, unseen and unchangeable: what is marked is what was shown.
    """
    asked = _asked(shown, origin)
    resource = represent.exercise(shown, student=asked.student, course=asked.course)
    return render_template(
        "quiz.html",
        exercise=resource,
        neighbours=neighbours(shown.slug, desk().catalog.exercises),
        asked=asked,
        personal=shown.is_personal,
        together=shown.quiz.scoring == "all" and len(resource.questions) > 1,
    )


def sent_answers(form: MultiDict[str, str], asked: AnyExercise | None) -> dict[str, str] | None:
    """The answers in the form of a quiz's page; None where it is another exercise's."""
    if not isinstance(asked, QuizExercise):
        return None
    return {
        name.removeprefix(_ANSWER): value
        for name, value in form.items()
        if name.startswith(_ANSWER)
    }


def _asked(shown: QuizExercise, origin: Submission | None) -> Asked:
    if origin is not None and origin.exercise == shown.slug:
        given = (desk().answers(origin) or {}).items()
        ticked = {
            key: str(value).lower() if isinstance(value, bool) else value for key, value in given
        }
        return Asked(origin.student, origin.course, True, ticked)
    labels = {name: request.args[name] for name in ("student", "course") if name in request.args}
    try:
        query = resources.ExerciseQuery.model_validate(labels)
    except ValidationError as error:
        refuse(error)
    return Asked(query.student, query.course, "student" in labels)
