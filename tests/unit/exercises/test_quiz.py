"""Marking a quiz: what is right, what it earns, what is told, and what is refused."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from exercises.catalog.reading import read_exercise
from exercises.exercise import QuizExercise
from exercises.judge import Judgement, grade_findings
from exercises.outcome import SPENDS_NO_ATTEMPT, VERDICT_OF, Outcome, Verdict
from exercises.quiz.marking import mark
from exercises.quiz.questions import drawn
from exercises.report import Finding, Status

#: Any student.
WHO = 41


def quiz(folder: Path, slug: str = "mixed", **changes: Any) -> QuizExercise:
    exercise = read_exercise(folder / slug)
    assert isinstance(exercise, QuizExercise)
    return exercise.model_copy(update=changes)


def whole_bank(folder: Path, **changes: Any) -> QuizExercise:
    exercise = quiz(folder, **changes)
    return exercise.model_copy(update={"quiz": exercise.quiz.model_copy(update={"draw": None})})


def sent(**answers: object) -> str:
    return json.dumps({"answers": {name.replace("_", "-"): a for name, a in answers.items()}})


def right_answers(exercise: QuizExercise, variant: int = WHO) -> dict[str, str]:
    asked = drawn(exercise.questions, exercise.quiz, variant)
    return {question.id: question.right for question in asked}


def of(judgement: Judgement, question: str) -> Finding:
    (found,) = (f for f in judgement.findings if f.evidence.get("question") == question)
    return found


def test_all_right_earns_all_and_tells_why(small_course: Path) -> None:
    exercise = quiz(small_course)
    judgement = mark(exercise, json.dumps({"answers": right_answers(exercise)}), WHO)
    assert judgement.outcome is Outcome.COMPLETED
    whole, *each = judgement.findings
    assert whole.message == "All 3 answers are right."
    assert [finding.status for finding in each] == [Status.PASSED] * 3
    assert all(finding.message.startswith("Right. ") for finding in each)
    assert all("SECRET" in finding.message for finding in each)
    assert grade_findings(exercise, judgement.findings, judgement.outcome) == (
        Verdict.PASSED,
        10,
        10,
    )


def test_the_findings_are_in_the_order_in_which_the_student_was_asked(small_course: Path) -> None:
    exercise = quiz(small_course)
    for who in range(5):
        _, *each = mark(exercise, sent(), who).findings
        asked = drawn(exercise.questions, exercise.quiz, who)
        assert [f.evidence["question"] for f in each] == [question.id for question in asked]


@pytest.mark.parametrize("points", [10, 1, 0.1, 7.77])
@pytest.mark.parametrize("count", [1, 3, 5])
def test_the_points_of_the_questions_are_exactly_those_of_the_quiz(
    small_course: Path, points: float, count: int
) -> None:
    exercise = whole_bank(small_course, points=points)
    exercise = exercise.model_copy(update={"questions": exercise.questions[:count]})
    judgement = mark(exercise, json.dumps({"answers": right_answers(exercise)}), WHO)
    assert math.fsum(finding.max_points for finding in judgement.findings) == points
    assert math.fsum(finding.points for finding in judgement.findings) == points


def test_each_right_answer_earns_its_share(small_course: Path) -> None:
    exercise = quiz(small_course)
    answers = right_answers(exercise)
    answers.pop(next(iter(answers)))
    judgement = mark(exercise, json.dumps({"answers": answers}), WHO)
    verdict, score, most = grade_findings(exercise, judgement.findings, judgement.outcome)
    assert (verdict, score, most) == (Verdict.PARTIAL, 6.67, 10)
    assert judgement.findings[0].message == "2 of 3 answers are right."


def test_all_or_nothing_says_so_and_earns_nothing_for_a_part(small_course: Path) -> None:
    exercise = quiz(small_course, "which")
    judgement = mark(exercise, sent(plot="banana", invertible=False), WHO)
    assert judgement.findings[0].message == (
        "1 of 2 answers is right. The points are for all of them together."
    )
    assert grade_findings(exercise, judgement.findings, judgement.outcome)[:2] == (
        Verdict.FAILED,
        0,
    )
    assert of(judgement, "plot").status is Status.PASSED
    judgement = mark(exercise, sent(plot="banana", invertible=True), WHO)
    assert judgement.findings[0].points == 2
    assert grade_findings(exercise, judgement.findings, judgement.outcome)[0] is Verdict.PASSED


def test_a_wrong_choice_gets_its_own_feedback_and_not_the_answer(small_course: Path) -> None:
    judgement = mark(whole_bank(small_course), sent(determinant="half"), WHO)
    found = of(judgement, "determinant")
    assert found.message == "Not right. WRONG-half That is so on a line."
    assert found.evidence == {
        "question": "determinant",
        "text": "How does $p(x)$ change when $f(z) = 2z$ in the plane?",
        "given": {"id": "half", "text": "It is divided by $2$.", "code": ""},
        "source": "Source of determinant",
    }
    assert "quarter" not in str(judgement)


def test_a_right_choice_gets_feedback_and_explanation(small_course: Path) -> None:
    judgement = mark(whole_bank(small_course), sent(determinant="quarter"), WHO)
    assert of(judgement, "determinant").message == (
        "Right. RIGHT-quarter Two axes are stretched. SECRET-4 The determinant is 4."
    )


@pytest.mark.parametrize("value", [True, False])
def test_a_statement_is_explained_either_way(small_course: Path, value: bool) -> None:
    judgement = mark(whole_bank(small_course), sent(same_dimension=value), WHO)
    said = "Not right." if value else "Right."
    assert of(judgement, "same-dimension").message == (
        f"{said} SECRET-3 An invertible map keeps the dimension."
    )


def test_a_question_without_an_answer_is_wrong_and_tells_nothing(small_course: Path) -> None:
    judgement = mark(whole_bank(small_course), sent(), WHO)
    assert judgement.outcome is Outcome.COMPLETED
    assert {finding.message for finding in judgement.findings[1:]} == {"Not answered."}
    assert "SECRET" not in str(judgement)
    assert "Source" not in str(judgement)


@pytest.mark.parametrize("value", ["true", True])
def test_true_may_be_said_as_json_says_it_or_as_text(small_course: Path, value: object) -> None:
    judgement = mark(whole_bank(small_course), sent(flow_exact=value), WHO)
    assert of(judgement, "flow-exact").status is Status.PASSED


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def f(z):\n    return z\n", "no program"),
        ("", "JSON of the form"),
        ("[" * 100_000, "JSON of the form"),
        ("null", "JSON of the form"),
        ('{"answers": {"plot": 1}}', "JSON of the form"),
        ('{"answers": {"plot": null}}', "JSON of the form"),
        ('{"answers": ["banana"]}', "JSON of the form"),
        ('{"answers": {}, "score": 2}', "JSON of the form"),
        ('{"answers": {"plot": "double", "plot": "banana"}}', "JSON of the form"),
        (b"\xff\xfe\x00", "JSON of the form"),
        (sent(plots="banana"), "“plots” is not one of your questions."),
        (sent(plots="banana"), "Your questions are: "),
        (sent(plot="turn"), "The question plot has no option “turn”; it has: banana, double."),
        (sent(plot=True), "has no option “true”"),
        (sent(invertible="perhaps"), "it has: false, true."),
        ('{"answers": {"\\ud800\\u0000": "a"}}', "is not one of your questions"),
        (sent(**{"x" * 5000: "a"}), "is not one of your questions"),
    ],
)
def test_what_is_no_answer_is_refused_in_a_sentence_and_spends_no_attempt(
    small_course: Path, text: str | bytes, words: str
) -> None:
    judgement = mark(quiz(small_course, "which"), text, WHO)
    (finding,) = judgement.findings
    assert judgement.outcome is Outcome.REFUSED
    assert VERDICT_OF[judgement.outcome] in SPENDS_NO_ATTEMPT
    assert words in finding.message
    assert len(finding.message) < 400
    assert finding.message.encode().decode().isprintable()
    assert json.loads(finding.model_dump_json())["points"] == 0


def test_answers_of_another_student_are_refused_not_marked(small_course: Path) -> None:
    exercise = quiz(small_course)
    for other in range(40):
        answers = right_answers(exercise, other)
        judgement = mark(exercise, json.dumps({"answers": answers}), WHO)
        if answers.keys() == right_answers(exercise).keys():
            assert judgement.outcome is Outcome.COMPLETED
        else:
            assert judgement.outcome is Outcome.REFUSED
