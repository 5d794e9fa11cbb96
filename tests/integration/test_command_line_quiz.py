"""`grader check` with the answers to a quiz, as a person at a terminal meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli import main
from tests.patience import PATIENCE_SECONDS

RIGHT = '{"answers": {"plot": "banana", "invertible": true}}'
HALF = '{"answers": {"plot": "double", "invertible": true}}'

Check = Callable[..., Result]


@pytest.fixture
def check(small_course: Path) -> Check:
    """The command in this process, as marking answers needs no other."""

    def check(text: str, slug: str = "which", *arguments: str) -> Result:
        command = ["check", "-", "--exercise", slug, "--exercises", str(small_course), *arguments]
        return CliRunner().invoke(main, command, input=text)

    return check


def test_a_quiz_is_marked_by_the_command_of_programs(small_course: Path, tmp_path: Path) -> None:
    files = []
    for name, text in (("right", RIGHT), ("wrong", HALF), ("code", "def f(z):\n    return z\n")):
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(text)
    command = [sys.executable, "-m", "grader", "check", *files, "--exercise", "which", "--json"]
    done = subprocess.run(
        [*command, "--exercises", small_course],
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert [report["verdict"] for report in reports] == ["passed", "failed", "not_gradable"]


def test_answers_to_a_program_are_told_apart_from_code(small_course: Path) -> None:
    command = [sys.executable, "-m", "grader", "check", "-", "--exercise", "sketched"]
    done = subprocess.run(
        [*command, "--exercises", small_course],
        input=RIGHT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 1
    assert "These are answers to a quiz." in done.stdout
    assert "not gradable" in done.stdout


def test_right_answers_are_exit_code_0_with_the_reasons(check: Check) -> None:
    done = check(RIGHT)
    assert done.exit_code == 0, done.stderr
    text = " ".join(done.stdout.split())
    assert "passed 2/2 points which" in text
    assert "Both answers are right." in text
    assert "your answer: banana" in text
    assert "SECRET-6 The second coordinate bends." in text
    assert "processor time" not in text


def test_wrong_answers_are_exit_code_1_with_feedback_and_question(check: Check) -> None:
    done = check(HALF)
    assert done.exit_code == 1
    text = " ".join(done.stdout.split())
    assert "✗ plot: Which $f$ is shown?" in text
    assert "Not right. That would stay round." in text
    assert "banana" not in text


def test_whose_questions_are_meant_is_said_by_name(check: Check) -> None:
    asked = {}
    for name in ("Kim", "Ada"):
        report = json.loads(check('{"answers": {}}', "mixed", "--student", name, "--json").stdout)
        asked[name] = [finding["evidence"]["question"] for finding in report["findings"][1:]]
    assert asked["Kim"] != asked["Ada"]
    report = json.loads(
        check('{"answers": {}}', "mixed", "--student", "Kim", "--course", "ML", "--json").stdout
    )
    assert [f["evidence"]["question"] for f in report["findings"][1:]] != asked["Kim"]


@pytest.mark.parametrize(
    ("text", "slug", "words"),
    [
        ("def f(z):\n    return z\n", "which", "and no program"),
        ("", "which", "JSON of the form"),
        (" " * 70_000, "which", "the limit is 65,536"),
    ],
)
def test_what_was_sent_to_the_wrong_kind_gets_a_sentence(
    check: Check, text: str, slug: str, words: str
) -> None:
    done = check(text, slug)
    assert done.exit_code == 1
    assert words in " ".join(done.stdout.split())
    assert "not gradable" in done.stdout


@pytest.mark.parametrize(
    ("slug", "arguments", "words"),
    [
        ("which", ["--plot", "x.png"], "which has no f to draw"),
        ("sketched", ["--student", "Kim"], "for quizzes"),
        ("nix", [], "There is no exercise 'nix'"),
    ],
)
def test_wrong_usage_is_exit_code_2(
    check: Check, slug: str, arguments: list[str], words: str
) -> None:
    done = check(RIGHT, slug, *arguments)
    assert done.exit_code == 2
    assert words in done.stderr


def test_the_figures_of_a_quiz_are_built_by_the_command_for_tables(small_course: Path) -> None:
    done = CliRunner().invoke(main, ["exercises", "build", str(small_course / "which")])
    assert done.exit_code == 0
    assert "which: figures/plot.png" in done.stdout
