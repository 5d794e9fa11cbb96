"""Puzzles of authors: quizzes whose options the judge has tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from exercises.catalog.reading import read_exercise
from exercises.exercise import QuizExercise
from grader.authoring.puzzle import NoPuzzle, write_puzzle
from tests.integration.authoring.bench import Check, edit, problems
from worker.sandbox.sandbox import Sandbox


def test_an_option_with_the_law_of_the_plot_is_told(
    tmp_path: Path, sandbox: Sandbox, check: Check
) -> None:
    folder = tmp_path / "puzzle"
    write_puzzle("def f(z):\n    return 2 * z\n", folder, sandbox)
    edit("questions.toml", "return 2 / z", "return -2 * z[::-1]")(folder)
    said = problems(check(folder))
    assert any("is not shown to have another law than what is plotted" in text for _, text in said)


def test_a_puzzle_is_a_quiz_whose_options_the_judge_has_tried(
    tmp_path: Path, sandbox: Sandbox, check: Check
) -> None:
    source = (
        "import numpy as np\n\n\n# A bend: one would not see this comment in a quiz.\n"
        "def f(z):\n    return np.array([z[0] + 0.8 * np.sin(z[0]), z[1] + z[0] ** 2 / 2])\n"
    )
    folder = tmp_path / "puzzle"
    said = write_puzzle(source, folder, sandbox)
    assert sum(line.startswith("distractor, distance 0.") for line in said) == 3
    assert problems(check(folder)) == []
    quiz = read_exercise(folder)
    assert isinstance(quiz, QuizExercise)
    which, invertible = quiz.questions
    assert which.plots == which.answer
    assert "comment" not in "".join(option.code for option in which.options)
    assert (folder / "figures" / "which.png").read_bytes().startswith(b"\x89PNG")
    for option in invertible.options:
        verdict = "f is invertible" if option.id == invertible.answer else "f is not invertible"
        assert option.feedback.startswith(verdict)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f(z:\n", "line 1"),
        ("def g(z):\n    return z\n", "f does not run"),
        ("def f(z):\n    return z / 0 * None\n", "f does not"),
    ],
)
def test_what_makes_no_puzzle_is_told_and_leaves_nothing(
    tmp_path: Path, sandbox: Sandbox, source: str, said: str
) -> None:
    with pytest.raises(NoPuzzle, match=said):
        write_puzzle(source, tmp_path / "puzzle", sandbox)
    assert not (tmp_path / "puzzle").exists()
