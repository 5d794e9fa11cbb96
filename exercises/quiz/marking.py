"""Marks the answers to a quiz: which questions were this student's, and which answers are right."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pydantic import JsonValue

from exercises.checks.evidence import clean
from exercises.exercise import QuizExercise
from exercises.judge import Judgement
from exercises.oracle import Ending
from exercises.outcome import Outcome
from exercises.quiz.answers import FORM, ONE, WHOLE, read_answers
from exercises.quiz.questions import Option, Question, drawn
from exercises.report import Finding, Status

#: Characters of a student's text that a refusal repeats.
_REPEATED = 64


def mark(exercise: QuizExercise, text: str | bytes, variant: int) -> Judgement:
    """Mark the answers in `text`, JSON of the form of Answers, to one student's questions.

    A question without an answer is a wrong one. Answers to questions that this student was not
    asked, or with options that there are not, are refused as a whole: nothing is guessed.

    What is told leaves something to find out: the explanation of a statement is given once it was
    answered, as its answer is known then anyway; that of a choice only to the right one, and a
    wrong one gets its own feedback.
    """
    asked = drawn(exercise.questions, exercise.quiz, variant)
    given = _given(text, asked)
    if isinstance(given, Ending):
        return refused(given)
    right = sum(given.get(question.id) == question.right for question in asked)
    together = exercise.quiz.scoring == "all"
    worths = [0.0] * len(asked) if together else _worths(exercise.points, len(asked))
    findings = [
        _of_question(question, given.get(question.id), worth)
        for question, worth in zip(asked, worths, strict=True)
    ]
    whole = _of_all(right, len(asked), exercise.points if together else 0.0)
    return Judgement(Outcome.COMPLETED, (whole, *findings))


def refused(ending: Ending) -> Judgement:
    """The judgement of what is not an answer to these questions."""
    finding = Finding(check=WHOLE, status=Status.FAILED, message=ending.message)
    return Judgement(ending.outcome, (finding,))


def _given(text: str | bytes, asked: Sequence[Question]) -> dict[str, str] | Ending:
    """The id of the chosen option by question, or why the answers are none to what was asked."""
    sent = read_answers(text)
    yours = f"Your questions are: {', '.join(question.id for question in asked)}."
    if sent is None:
        return _refusal(f"A quiz takes answers as JSON of the form {FORM}, and no program. {yours}")
    choices = {question.id: question.choices for question in asked}
    given = {}
    for key, value in sent.items():
        if key not in choices:
            return _refusal(
                f"{_quoted(key)} is not one of your questions. The quiz may have changed, or these "
                f"are the answers of someone else: open it again. {yours}"
            )
        given[key] = str(value).lower() if isinstance(value, bool) else value
        known = [option.id for option in choices[key]]
        if given[key] not in known:
            return _refusal(
                f"The question {key} has no option {_quoted(given[key])}; it has: "
                f"{', '.join(sorted(known))}."
            )
    return given


def _refusal(message: str) -> Ending:
    return Ending(Outcome.REFUSED, message)


def _quoted(text: str) -> str:
    shown = clean(text if len(text) <= _REPEATED else text[:_REPEATED] + "…")
    return f"“{shown}”"


def _worths(points: float, count: int) -> list[float]:
    """What each question is worth: the same, to the last digit, and exactly `points` in all."""
    each = points / count
    return [*[each] * (count - 1), float(Fraction(points) - (count - 1) * Fraction(each))]


def _of_all(right: int, total: int, points: float) -> Finding:
    """How many are right; and all of the points, where only all together earn them."""
    all_right = right == total
    if all_right:
        said = {1: "The answer is right.", 2: "Both answers are right."}.get(
            total, f"All {total} answers are right."
        )
    else:
        said = f"{right} of {total} {'answers is' if right == 1 else 'answers are'} right."
    if points and not all_right:
        said += " The points are for all of them together."
    failed = Status.FAILED if points else Status.INFORMATIVE
    return Finding(
        check=WHOLE,
        status=Status.PASSED if all_right else failed,
        points=points if all_right else 0.0,
        max_points=points,
        message=said,
        evidence={"right": right, "asked": total},
    )


def _of_question(question: Question, given: str | None, worth: float) -> Finding:
    chosen = next((option for option in question.choices if option.id == given), None)
    right = given == question.right
    return Finding(
        check=ONE,
        status=Status.PASSED if right else Status.FAILED,
        points=worth if right else 0.0,
        max_points=worth,
        message=_said(question, chosen, right),
        evidence={
            "question": question.id,
            "text": question.text,
            "given": None if chosen is None else _shown(chosen),
            "source": question.source if chosen else "",
        },
    )


def _said(question: Question, chosen: Option | None, right: bool) -> str:
    if chosen is None:
        return "Not answered."
    explained = right or question.is_statement
    parts = (
        "Right." if right else "Not right.",
        chosen.feedback.strip(),
        question.explanation.strip() if explained else "",
    )
    return " ".join(part for part in parts if part)


def _shown(option: Option) -> dict[str, JsonValue]:
    return {"id": option.id, "text": option.text, "code": option.code}
