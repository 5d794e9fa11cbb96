"""The page of a quiz: whose questions it shows, and what its form sends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import render_template
from werkzeug.datastructures import MultiDict

from exercises.exercise import QuizExercise
from grader.access.principal import principal
from grader.api import represent
from grader.desks.desk import desk
from grader.desks.sent import Choices
from grader.store.submission.submissions import Submission
from grader.web.catalogue import neighbours
from grader.web.standing import Shown

#: The fields of the form that hold answers, before the question's id.
_ANSWER = "answer."


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom the page asks, and what it ticks beforehand."""

    #: The person's id.
    student: str
    #: The course whose assignment it is; "" outside a course.
    course: str
    #: By question the chosen option.
    ticked: Mapping[str, str] = field(default_factory=dict)


def show_quiz(
    shown: QuizExercise, origin: Submission | None, assignment: Shown | None = None
) -> str:
    """The page, with the questions of whoever asks: the same ones that are marked then."""
    asked = _asked(shown, origin, assignment)
    resource = represent.exercise(shown, student=asked.student, course=asked.course)
    return render_template(
        "quiz.html",
        exercise=resource,
        assignment=assignment,
        neighbours=None if assignment else neighbours(shown.slug, desk().exercises()),
        ticked=asked.ticked,
        together=shown.quiz.scoring == "all" and len(resource.questions) > 1,
    )


def sent_answers(form: MultiDict[str, str]) -> dict[str, str] | None:
    """The answers in the form of a quiz's page; None where it is an editor's, with a program."""
    if "source" in form:
        return None
    return {
        name.removeprefix(_ANSWER): value
        for name, value in form.items()
        if name.startswith(_ANSWER)
    }


def written_answers(answers: Choices) -> str:
    """The answers as text, one a line."""
    return "".join(f"{question}: {json.dumps(given)}\n" for question, given in answers.items())


def _asked(shown: QuizExercise, origin: Submission | None, assignment: Shown | None) -> Asked:
    ticked: dict[str, str] = {}
    if origin is not None and origin.exercise == shown.slug:
        for question, given in (desk().answers(origin) or {}).items():
            ticked[question] = str(given).lower() if isinstance(given, bool) else given
    course = "" if assignment is None else assignment.course
    return Asked(principal().id or "", course, ticked)
