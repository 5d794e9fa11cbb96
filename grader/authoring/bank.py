"""Whether the questions of a quiz can be answered, and are marked as their answers say."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping

import numpy as np

from exercises.exercise import QuizExercise
from exercises.outcome import Verdict
from exercises.quiz.questions import Question, drawn
from exercises.report import Report
from grader.authoring.step import Bench, Step, note, ok, problem
from worker.grading import grade

#: So many students' questions are drawn and marked.
_STUDENTS = 25


def check_bank(bench: Bench, exercise: QuizExercise) -> Iterator[Step]:
    """Mark right and wrong answers, look at each question, and compare the options' laws."""
    bench.progress("questions")
    wrong = [step for question in exercise.questions for step in _question(question)]
    yield from wrong
    if not wrong:
        count = len(exercise.questions)
        yield ok("questions", f"{count} with explanations and sources", questions=count)
    yield _marked(bench, exercise)
    if any(question.plots for question in exercise.questions):
        bench.progress("the laws of the options")
        yield from _laws(exercise)
    yield _guessing(exercise)


def _question(question: Question) -> Iterator[Step]:
    part = f"questions.toml: {question.id}"
    if not question.options and not question.source.strip():
        yield problem(part, "a statement needs a source: where can it be read up?")
    if not question.explanation.strip():
        yield problem(part, "explanation: say why the answer is right")
    if question.options:
        shown = [(option.text.strip(), option.code.strip()) for option in question.options]
        if len(set(shown)) < len(shown):
            yield problem(part, "two options look the same")
        if len(shown) < 2:
            yield problem(part, "one option is no choice")
        silent = [option.id for option in question.options if not option.feedback.strip()]
        if silent:
            yield note(part, f"no feedback for {', '.join(silent)}")
    for option in question.options:
        if option.code:
            yield from _code(part, option.id, option.code)


def _code(part: str, option: str, code: str) -> Iterator[Step]:
    try:
        compile(code, option, "exec")
    except SyntaxError as error:
        yield problem(part, f"{option}: line {error.lineno} of its code: {error.msg}")


def _marked(bench: Bench, exercise: QuizExercise) -> Step:
    """Mark the right answers of many students, and with each question wrong once."""
    for student in range(_STUDENTS):
        asked = drawn(exercise.questions, exercise.quiz, student)
        right = {question.id: question.right for question in asked}
        report = _mark(bench, exercise, right, student)
        if report.verdict is not Verdict.PASSED:
            return problem("marking", f"all answers right: {report.verdict} ({report.score:g})")
        if not exercise.graded:
            continue
        for question in asked:
            choices = [choice.id for choice in question.choices if choice.id != question.right]
            report = _mark(bench, exercise, right | {question.id: choices[0]}, student)
            if report.verdict is Verdict.PASSED:
                return problem("marking", f"{question.id}: a wrong answer earns full marks")
    every = f"{_STUDENTS} students' right answers pass"
    return ok("marking", f"{every}, and no wrong one does" if exercise.graded else every)


def _mark(bench: Bench, exercise: QuizExercise, answers: Mapping[str, str], student: int) -> Report:
    sent = json.dumps({"answers": answers}).encode()
    return grade(sent, exercise, bench.seeds[0], bench.sandbox, variant=student).report


def _laws(exercise: QuizExercise) -> Iterator[Step]:
    # Here, as it draws a million points and most exercises have no plots.
    from exercises.quiz.distractors import distractor_laws

    try:
        found = distractor_laws(exercise)
    except ValueError as error:
        yield problem("options", str(error))
        return
    for law in found:
        if not law.differs:
            yield problem(
                f"questions.toml: {law.question}",
                f"{law.option} is not shown to have another law than what is plotted "
                f"(distance {law.distance:.2g})",
            )
    if all(law.differs for law in found):
        least = min((law.distance for law in found), default=0.0)
        yield ok("options", f"{len(found)} have other laws than what is plotted: {least:.2g} off")


def _guessing(exercise: QuizExercise) -> Step:
    """What somebody earns who guesses: a quiz's own error rate."""
    shares = np.array([1 / len(question.choices) for question in exercise.questions])
    asked = exercise.quiz.draw or len(shares)
    # Of all subsets that may be drawn: the elementary symmetric mean, by its recursion.
    products = np.zeros(asked + 1)
    products[0] = 1.0
    for share in shares:
        products[1:] += share * products[:-1]
    all_right = products[asked] / math.comb(len(shares), asked)
    said = "is right"
    if asked > 1:
        said = f"gets {shares.mean():.0%} of the answers right on average, and all {asked} of them"
    return note(
        "error rates",
        f"a right answer never fails; guessing {said} with probability {all_right:.2g}",
        asked=asked,
        guessed=float(shares.mean()),
        guessed_all=all_right,
    )
