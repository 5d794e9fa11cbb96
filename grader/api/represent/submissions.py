"""Turns what the desk holds into the API's resources, with the addresses filled in."""

from __future__ import annotations

import math

from flask import url_for

from exercises.catalog.material import figure_file, read_sketch, sketch_name
from exercises.exercise import AnyExercise, CodeExercise, QuizExercise, Sketch
from exercises.quiz.questions import Question, drawn, variant
from exercises.report import Figure, Report
from grader.api import resources
from grader.desks.desk import desk
from grader.store.submission.entities import Receipt
from grader.store.submission.submissions import Place, State, Submission, Summary

#: Media types in which a figure is offered, with the ending of its address.
FIGURE_FORMATS = {"image/png": "png", "image/svg+xml": "svg"}


def submission(entity: Submission, place: Place | None) -> resources.Submission:
    """A submission as the API shows it."""
    answers = desk().answers(entity)
    return resources.Submission(
        id=entity.id,
        exercise=entity.exercise,
        exercise_version=entity.exercise_version,
        course=entity.course,
        student=entity.student,
        assignment=entity.assignment,
        sent_by_token=entity.sent_by_token,
        state=entity.state,
        attempt=entity.attempt,
        place=None if place is None else place.ahead + 1,
        estimate_seconds=None if place is None else place.estimate_seconds,
        accepted_at=entity.accepted_at,
        started_at=entity.started_at,
        graded_at=entity.graded_at,
        regrade_at=entity.regrade_at,
        counted=counted(entity),
        answers=None if answers is None else dict(answers),
        shown=entity.disclosure.extent,
        hidden_criteria=sorted(entity.disclosure.hidden),
        receipt=None if entity.receipt is None else receipt(entity.receipt),
        report=None if entity.report is None else report(entity.report, entity),
        links=links(entity.id),
    )


def counted(entity: Summary) -> resources.Counted | None:
    """What the score counts, late or in time."""
    late = entity.lateness
    if late is None:
        return None
    return resources.Counted(
        score=entity.counted_score,
        given=entity.given_score,
        days_late=late.days,
        kept=late.kept,
    )


def receipt(entity: Receipt) -> resources.Receipt:
    """What is shown of a report before its grade is released."""
    return resources.Receipt(
        outcome=entity.outcome, findings=list(entity.findings), printed=entity.printed
    )


def report(graded: Report, entity: Submission) -> Report:
    """The report with the addresses of its figures."""
    figures = [_figure(figure, entity) for figure in graded.figures]
    return graded.model_copy(update={"figures": figures})


def links(id_: str) -> resources.SubmissionLinks:
    """Where a submission is found."""
    return resources.SubmissionLinks(
        self=url_for("submissions.show", id=id_),
        page=url_for("pages.submission", id_=id_),
        source=url_for("submissions.source", id=id_),
        bundle=url_for("exports.bundle", id=id_),
        results=url_for("exports.gradescope", id=id_),
    )


def item(summary: Summary) -> resources.SubmissionItem:
    """A line of the list."""
    return resources.SubmissionItem(
        id=summary.id,
        exercise=summary.exercise,
        course=summary.course,
        student=summary.student,
        assignment=summary.assignment,
        state=summary.state,
        verdict=summary.verdict,
        score=summary.score,
        max_score=summary.max_score,
        accepted_at=summary.accepted_at,
        graded_at=summary.graded_at,
        counted=counted(summary),
        shown=summary.disclosure.extent,
        links=links(summary.id),
    )


def exercise_item(entity: AnyExercise) -> resources.ExerciseItem:
    """An exercise in the list."""
    return resources.ExerciseItem(
        slug=entity.slug,
        title=entity.title,
        kind=entity.kind,
        part=entity.part,
        version=entity.version,
        max_score=entity.max_score,
        links=_exercise_links(entity),
    )


def exercise(entity: AnyExercise, *, student: str = "", course: str = "") -> resources.Exercise:
    """An exercise by itself. Fields are named one by one, so that nothing new leaks by itself.

    Args:
        entity: the exercise.
        student: whose questions of a quiz are meant.
        course: and in which course.
    """
    seen = resources.Exercise(
        **exercise_item(entity).model_dump(),
        statement=entity.statement,
        reading=entity.reading,
        hints=list(entity.hints),
        pictures=_pictures(entity),
    )
    if isinstance(entity, QuizExercise):
        asked = drawn(entity.questions, entity.quiz, variant(course, student, entity.slug))
        return seen.model_copy(update={"questions": [_question(one, entity) for one in asked]})
    data = {
        name: url_for("material.data", slug=entity.slug, name=name, version=entity.version)
        for name in entity.data
    }
    return seen.model_copy(
        update={
            "starter": entity.starter,
            "functions": list(entity.functions),
            "criteria": list(entity.criteria),
            "gallery": [_sketch(sketch, entity) for sketch in entity.gallery],
            "data": data,
            "redraw": entity.redraw,
        }
    )


def grading(entity: Submission) -> resources.Grading:
    """One grading of a submission."""
    number = entity.attempt
    return resources.Grading(
        attempt=number,
        exercise_version=entity.exercise_version,
        graded_at=entity.graded_at,
        verdict=entity.verdict,
        score=entity.score,
        max_score=entity.max_score,
        links={
            "submission": url_for("submissions.show", id=entity.id, attempt=number),
            "page": url_for("pages.submission", id_=entity.id, attempt=number),
        },
    )


def retry_after(state: State, place: Place | None) -> int | None:
    """Whole seconds after which asking again is worth it, or None once it is graded."""
    if state is State.GRADED:
        return None
    estimate = place.estimate_seconds if place is not None else None
    return max(1, min(30, math.ceil(estimate or 1)))


def _figure(figure: Figure, entity: Submission) -> Figure:
    # The attempt is in the address, so that what it shows never changes and can be cached.
    addresses = {
        media_type: url_for(
            "figures.show",
            id=entity.id,
            figure=f"{figure.name}.{ending}",
            attempt=entity.attempt,
        )
        for media_type, ending in FIGURE_FORMATS.items()
    }
    return figure.model_copy(update={"links": addresses})


def question_figures(entity: QuizExercise) -> dict[str, Figure]:
    """The figures of a quiz's questions, by question."""
    return {
        question.id: _question_figure(question.id, entity)
        for question in entity.questions
        if question.plots is not None
    }


def _question(asked: Question, entity: QuizExercise) -> resources.Question:
    """A question without what would answer it."""
    options = [
        resources.QuestionOption(id=option.id, text=option.text, code=option.code)
        for option in asked.choices
    ]
    figure = None if asked.plots is None else _question_figure(asked.id, entity)
    return resources.Question(id=asked.id, text=asked.text, options=options, figure=figure)


def _question_figure(question: str, entity: QuizExercise) -> Figure:
    words = figure_file(entity.folder, question, "txt").read_text(encoding="utf-8")
    # The version is in the address, so that what it shows never changes and can be cached.
    addresses = {
        media_type: url_for(
            "material.figure",
            slug=entity.slug,
            figure=f"{question}.{ending}",
            version=entity.version,
        )
        for media_type, ending in FIGURE_FORMATS.items()
    }
    return Figure(name=question, alt=words.strip(), links=addresses)


def _sketch(sketch: Sketch, entity: CodeExercise) -> resources.Sketch:
    name = sketch_name(sketch)
    code = read_sketch(entity, name) or ""
    return resources.Sketch(name=name, title=sketch.title, code=code)


def _pictures(entity: AnyExercise) -> str:
    # The version is in the address, so that what it shows never changes and can be cached.
    name = "NAME"
    address = url_for("material.picture", slug=entity.slug, name=name, version=entity.version)
    return address.replace(f"/{name}", "/{+name}")


def _exercise_links(entity: AnyExercise) -> dict[str, str]:
    return {
        "self": url_for("exercises.show", slug=entity.slug),
        "page": url_for("pages.exercise", slug=entity.slug),
    }
