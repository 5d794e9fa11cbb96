"""What was sent to an exercise, a program or answers to a quiz, as the text that is kept of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exercises.exercise import AnyExercise, QuizExercise
from exercises.quiz.answers import FORM, written
from grader.desks.problems import (
    EXERCISE_CHANGED,
    INVALID,
    SOURCE_TOO_LONG,
    Complaint,
    RequestError,
)
from worker.source import SOURCE_BYTES

Choices = Mapping[str, bool | str]


def text_of(asked: AnyExercise, source: str | None, answers: Choices | None) -> str:
    """The text of a submission: the program, or the answers as JSON.

    Args:
        asked: what was asked; its kind says which of the two there must be.
        source: None where it was left out.
        answers: None where they were left out.

    Raises:
        RequestError: invalid or source-too-long.
        UnicodeEncodeError: the text holds lone surrogates; requests are checked for them.
    """
    quiz = isinstance(asked, QuizExercise)
    complaints = list(_of_a_quiz(source, answers) if quiz else _of_a_program(source, answers))
    if complaints:
        kind = "is a quiz" if quiz else "is answered by a program"
        raise RequestError(INVALID, f"The exercise {asked.slug} {kind}.", complaints)
    text = written(answers or {}) if quiz else source or ""
    _check_length(text, "answers" if quiz else "source")
    return text


def require_version(asked: AnyExercise, version: str) -> None:
    """Let what was sent pass if it answers the exercise as it is now; "" was not said.

    Raises:
        RequestError: exercise-changed.
    """
    if version and version != asked.version:
        raise RequestError(
            EXERCISE_CHANGED,
            f"The exercise {asked.slug} is at version {asked.version} now, and what was sent "
            "answers an older one. Nothing was accepted.",
            [Complaint("This must be the exercise's present version.", "#/exercise_version")],
        )


def _of_a_quiz(source: str | None, answers: Choices | None) -> Iterator[Complaint]:
    if source is not None:
        yield Complaint("This is for programs. Leave it out, and send “answers”.", "#/source")
    if answers is None:
        yield Complaint(f"This is required: {FORM}.", "#/answers")


def _of_a_program(source: str | None, answers: Choices | None) -> Iterator[Complaint]:
    if answers is not None:
        yield Complaint("This is for quizzes. Leave it out, and send “source”.", "#/answers")
    if source is None:
        yield Complaint("This is required.", "#/source")


def _check_length(text: str, field: str) -> None:
    size = len(text.encode("utf-8"))
    if size > SOURCE_BYTES:
        raise RequestError(
            SOURCE_TOO_LONG,
            f"The {field} {'has' if field == 'source' else 'have'} {size:,} bytes; the limit is "
            f"{SOURCE_BYTES:,}.",
            [Complaint(f"At most {SOURCE_BYTES:,} bytes of UTF-8.", pointer=f"#/{field}")],
        )
