"""The pages of submissions: sending one, each with its report, and what changed between two."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from exercises.catalog.bundle import why_not_offline
from exercises.exercise import AnyExercise, QuizExercise
from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.http.answers import conditional
from grader.api.http.errors import refuse
from grader.desks.courses import Assigned
from grader.desks.desk import desk
from grader.exports.submission_bundle import command
from grader.store.submission.submissions import State, Submission
from grader.web import deeds
from grader.web.difference import LONGEST_LINES, difference
from grader.web.evidence import entries
from grader.web.gradings import earlier_attempt, gradings
from grader.web.history import history
from grader.web.listing import listing
from grader.web.quiz import sent_answers, written_answers
from grader.web.rounds import walk
from grader.web.standing import Shown, shown
from grader.web.talk import talk

#: A generator with a seed of the student's own draws the same everywhere.
_SEEDED = re.compile(r"default_rng\(\s*\d|random\.seed\(")
#: How often a page without scripts asks whether an internal error was graded again, in seconds.
_ASK_AGAIN = 30
_GONE = "The service no longer has the version of the exercise that graded it."


@dataclass(frozen=True, slots=True)
class Repeat:
    """How to repeat a grade offline."""

    command: str
    #: Why that can't be done, in a sentence; None where it can.
    why_not: str | None


def submit() -> AnyResponse:
    """A quiz's form, and the editor's without JavaScript: accepts, and leads to the report."""
    form = request.form
    names = ("assignment", "exercise", "exercise_version")
    fields: dict[str, Any] = {name: form[name] for name in names if name in form}
    answers = sent_answers(form)
    if answers is None:
        # A browser sends the lines of a text area with CR LF (HTML, form submission).
        fields["source"] = form["source"].replace("\r\n", "\n")
    else:
        fields["answers"] = answers
    try:
        sent = resources.NewSubmission.model_validate(fields)
    except ValidationError as error:
        refuse(error)
    accepted = desk().accept(**sent.sent())
    return redirect(url_for(".submission", id_=accepted.id), HTTPStatus.SEE_OTHER)


def submission(id_: str) -> Response:
    """A submission: where it waits, then its report; `?attempt=N`: that of an earlier grading."""
    found = desk().submission(id_, earlier_attempt())
    asked = desk().asked_by(found)
    place = desk().place(found)
    refresh = represent.retry_after(found.state, place)
    if found.regrade_at is not None:
        refresh = _ASK_AGAIN
    response = Response(
        render_template(
            "submission.html",
            **_report(found, asked),
            submission=represent.submission(found, place),
            asked=asked,
            # Of what one sees now, to try again.
            exercises=desk().exercises(),
            assignment=_standing(found, asked),
            history=history(found),
            gradings=gradings(found),
            repeat=_repeat(found, asked),
            sender=_sender(found),
            owner=found.person,
            verdict=found.standing_verdict,
            talk=talk(found),
            walk=walk(found),
            record_link=_record_link(found),
            deed_words=deeds.deed_words,
            actor_words=deeds.actor_words,
            is_own=found.person is None or found.person == principal().id,
            refresh_seconds=refresh,
        )
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return conditional(response)


def _record_link(found: Submission) -> str:
    """Where all that a student has handed in to the course is listed."""
    if found.person is None:
        return url_for("pages.submissions", student=found.student)
    return url_for("pages.student", course=found.course, person=found.person)


def compare(id_: str, other: str) -> str:
    """What changed from another submission to this one.

    Raises:
        RequestError: not-found, also where one of them is not for the principal to read.
    """
    newer, older = desk().submission(id_), desk().submission(other)
    return render_template(
        "difference.html",
        newer=represent.item(newer),
        older=represent.item(older),
        difference=difference(_text(older), _text(newer)),
        longest=LONGEST_LINES,
        titles=_titles(newer, older),
    )


def _titles(*found: Submission) -> dict[str, str]:
    asked = {one.exercise: desk().asked_by(one) for one in found}
    return {slug: slug if one is None else one.title for slug, one in asked.items()}


def _text(found: Submission) -> str:
    """What was sent, as text to compare: the answers to a quiz one a line."""
    answers = desk().answers(found)
    return found.source if answers is None else written_answers(answers)


def _report(found: Submission, asked: AnyExercise | None) -> dict[str, Any]:
    """What the report's template needs beside the resource: code or figures that it shows."""
    if found.receipt is not None:
        lines = [] if desk().answers(found) is not None else listing(found.source, [])
        return {"entries": entries(found.receipt.findings, lines, asked), "lines": lines}
    if found.state is not State.GRADED or found.report is None:
        return {}
    same = asked is not None and found.exercise_version == asked.version
    findings = found.report.findings
    if isinstance(asked, QuizExercise):
        return {
            "entries": entries(findings, [], None),
            "question_figures": _question_figures(asked) if same else {},
        }
    lines = listing(found.source, findings)
    return {
        "entries": entries(findings, lines, asked if same else None),
        "lines": lines,
        "draws_random": "random" in found.source and not _SEEDED.search(found.source),
    }


def _repeat(found: Submission, asked: AnyExercise | None) -> Repeat | None:
    """How to repeat the grade with the bundle; None while there is no report."""
    if found.report is None:
        return None
    if asked is None or asked.version != found.exercise_version:
        return Repeat("", _GONE)
    return Repeat(command(found.report), why_not_offline(asked))


def _sender(found: Submission) -> str:
    """The name of who sent it, or the label."""
    person = desk().courses.people.get(found.person) if found.person else None
    return found.student if person is None else person.name


def _question_figures(asked: QuizExercise) -> dict[str, Any]:
    return dict(represent.question_figures(asked))


def _standing(found: Submission, asked: AnyExercise | None) -> Shown | None:
    """How whoever sent it stands in the assignment; None outside a course."""
    held = desk().courses
    if found.assignment is None or found.person is None or asked is None:
        return None
    assignment = held.find(principal(), found.assignment)
    in_full = principal().view.sees_in_full(found)
    standing = held.standings.one(found.person, found.assignment, in_full=in_full)
    course = held.courses.get(found.course)
    if assignment is None or standing is None or course is None:
        return None
    return shown(Assigned(assignment, asked, standing), course)
