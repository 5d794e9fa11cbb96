"""What keeps an exercise from being published is told, with the file and what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from exercises.catalog.reading import COURSE, read_exercise
from grader.authoring.step import Level
from grader.authoring.stray import unknown_files
from tests.integration.authoring.bench import Check, add, edit, problems, run

#: What is wrong with a program's exercise: the change, what it is told of, and in which words.
WRONG = {
    "a right answer fails": (
        add("alternatives/other.py", "def f(z):\n    return 3 * z\n"),
        "alternatives/other.py",
        "a right answer must pass: seed 1: ",
    ),
    "a right answer that is no Python": (
        add("alternatives/other.py", "import numpy as np\n\n\ndef f(z:\n"),
        "alternatives/other.py",
        "line 4: This is not Python: '(' was never closed",
    ),
    "a right answer in another encoding": (
        lambda folder: (folder / "alternatives" / "o.py").write_bytes(b"# A\n# \xe4\n"),
        "alternatives/o.py",
        "line 2 is not UTF-8: save the file in this encoding",
    ),
    "a right answer that is a folder": (
        lambda folder: (folder / "alternatives" / "o.py").mkdir(),
        "alternatives/o.py",
        "can't be read (Is a directory)",
    ),
    "a reference that is no Python": (
        lambda folder: (folder / "reference.py").write_text("\ndef f(z:\n"),
        "reference.py",
        "line 2: '(' was never closed",
    ),
    "the starter solves it": (
        lambda folder: shutil.copy(folder / "reference.py", folder / "starter.py"),
        "starter.py",
        "it earns full marks",
    ),
    "the starter is no Python": (
        add("starter.py", "\ndef g(:\n"),
        "starter.py",
        "students begin with an error",
    ),
    "a mistake without a header": (
        add("mistakes/other.py", "def f(z):\n    return z\n"),
        "mistakes/other.py",
        'its first line must say the verdict, as # verdict = "failed" does',
    ),
    "a mistake that gets another verdict": (
        edit("mistakes/no_shift.py", '"partial"', '"failed"'),
        "mistakes/no_shift.py",
        "the verdict is partial, not failed",
    ),
    "a mistake that is called something else": (
        edit("mistakes/no_shift.py", '"shift"', '"rotation"'),
        "mistakes/no_shift.py",
        "the misconception that is named is shift, not rotation",
    ),
    "no reference": (
        lambda folder: (folder / "reference.py").unlink(),
        "reference.py",
        "nothing shows that this exercise can be solved",
    ),
    "a mistake with a misconception that there is not": (
        edit("mistakes/no_shift.py", '"shift"', '"shfit"'),
        "mistakes/no_shift.py",
        'misconception: there is no misconception "shfit"; did you mean shift?',
    ),
    "a mistake with a finding that there is not": (
        edit("mistakes/noise.py", 'finding = "', 'finding = "im'),
        "mistakes/noise.py",
        "there are function, shape, finite, purity",
    ),
    "a table that is none": (
        lambda folder: (folder / "target.npz").write_bytes(b"PK"),
        "tables",
        "affine/target.npz is no table; build it with: grader exercises build",
    ),
    "a link to no exercise": (
        add("statement.md", "\n[Before](/exercises/nothing)\n"),
        "statement.md",
        "/exercises/nothing is no exercise of this course",
    ),
    "a table that is out of date": (
        add("reference.py", "# another one\n"),
        "tables",
        "affine/target.npz is older than reference.py",
    ),
    "no table": (
        lambda folder: (folder / "target.npz").unlink(),
        "tables",
        "affine/target.npz is missing; build it with",
    ),
    "a formula that is none": (
        add("statement.md", "\nAnd $\\frac{1$.\n"),
        "statement.md",
        "this formula can't be typeset (not TeX): $\\frac{1$",
    ),
    "a link to nothing": (
        add("statement.md", "\n[Read](more.md)\n"),
        "statement.md",
        "more.md is no file of this folder",
    ),
    "a link to the answer": (
        add("statement.md", "\n[Read](reference.py)\n"),
        "statement.md",
        "reference.py is a file that students do not get",
    ),
    "a picture without words": (
        add("statement.md", "\n![](https://example.org/p.png)\n"),
        "statement.md",
        "has no words for who can't see it",
    ),
    "no address": (add("reading.md", "[Read](https://nowhere)\n"), "reading.md", "is no address"),
    "a hint with a broken formula": (
        edit("exercise.toml", "hints = [", 'hints = ["$\\\\frac{1$", '),
        "exercise.toml: hints 1",
        "can't be typeset",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_keeps_a_program_from_being_published_is_told(
    name: str, lean: Path, check: Check
) -> None:
    change, part, words = WRONG[name]
    change(lean)
    assert any(p == part and words in message for p, message in problems(check(lean)))


#: What is wrong with other kinds of files: in which exercise, the change, what is told, the words.
WRONG_KINDS = {
    "a sketch is missing": (
        "playground",
        lambda folder: (folder / "gallery" / "ring.py").unlink(),
        "tables",
        "playground/gallery/ring.py: the file is missing",
    ),
    "a sketch is no Python": (
        "playground",
        lambda folder: (folder / "gallery" / "ring.py").write_text("def f(z:\n"),
        "gallery/ring.py",
        "a sketch must run: not gradable: function: line 1: This is not Python",
    ),
    "data are missing": (
        "learn-theta",
        lambda folder: (folder / "train.csv").unlink(),
        "tables",
        "learn-theta/train.csv: the file is missing",
    ),
    "points are none": (
        "discriminator",
        lambda folder: (folder / "points.npz").write_bytes(b""),
        "tables",
        "discriminator/points.npz is no table; build it with: grader exercises build",
    ),
    "points are missing": (
        "score",
        lambda folder: (folder / "points.npz").unlink(),
        "tables",
        "score/points.npz is missing; build it with: grader exercises build",
    ),
    "a figure is missing": (
        "which-a",
        lambda folder: (folder / "figures" / "plot-a.png").unlink(),
        "tables",
        "which-a/figures/plot-a.png: the file is missing; build it with: grader exercises build",
    ),
    "a figure is of another option": (
        "which-a",
        lambda folder: shutil.copy(
            COURSE / "which-b" / "figures" / "plot-b.npz", folder / "figures" / "plot-a.npz"
        ),
        "figures",
        "which-a/figures/plot-a.npz does not show the option that the question plots; build it",
    ),
    "a figure is half a picture": (
        "which-a",
        lambda folder: (folder / "figures" / "plot-a.png").write_bytes(b"\x89PNG\r\n\x1a\n"),
        "figures",
        "which-a/figures/plot-a.png is no whole picture; build it with",
    ),
    "a figure's words are of another": (
        "which-a",
        lambda folder: (folder / "figures" / "plot-a.txt").write_text("A ring.\n"),
        "figures",
        "which-a/figures/plot-a.txt does not say what the figure shows; build it with",
    ),
    "an option's code does not run": (
        "which-a",
        edit("questions.toml", "def f(z):", "def f(z:"),
        "figures",
        "its code does not run: SyntaxError",
    ),
}


@pytest.mark.parametrize("name", WRONG_KINDS)
def test_a_broken_file_of_each_kind_is_told_with_what_to_do(
    name: str, tmp_path: Path, check: Check
) -> None:
    slug, change, part, words = WRONG_KINDS[name]
    folder = Path(shutil.copytree(COURSE / slug, tmp_path / slug))
    change(folder)
    said = problems(check(folder))
    assert any(p == part and words in message for p, message in said), said
    assert str(tmp_path) not in str(said)


#: Files that nothing looks at: the exercise, the file, and what is said of it.
STRAY = [
    ("affine", "alternative/other.py", "did you mean alternatives?"),
    ("affine", "alternatives/other.txt", "alternatives/ is for files that end with .py"),
    ("affine", "mistakes/more/other.py", "mistakes/ is for files that end with .py"),
    ("affine", "refrence.py", "did you mean reference.py?"),
    ("affine", "questions.toml", "the exercise asks for a program"),
    ("affine", "gallery/other.py", "exercise.toml lists no such sketch under gallery"),
    ("which-b", "starter.py", "the exercise is a quiz"),
    ("which-b", "mistakes/other.py", "the exercise is a quiz"),
]


@pytest.mark.parametrize(("slug", "name", "said"), STRAY)
def test_a_file_that_nothing_looks_at_is_noted(
    slug: str, name: str, said: str, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(COURSE / slug, tmp_path / slug))
    (folder / "notes.txt").write_text("Mine.\n")
    (folder / "plan").mkdir()
    (folder / "plan" / "draft.py").write_text("")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("")
    (step,) = unknown_files(read_exercise(folder))
    assert (step.part, step.level) == (name, Level.NOTE)
    assert said in step.message


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("\ndef f(z:\n", "reference.py, line 2: '(' was never closed"),
        ("x = 1\ny = x / 0\n", "reference.py, line 2: ZeroDivisionError: division by zero"),
        ("def g(z):\n    return z\n", "a law needs a reference.py that defines f"),
        ("def f(z):\n    return 1 / 0\n", "f of the reference raised ZeroDivisionError"),
        ("def f(z):\n    return None\n", "f of the reference must return two numbers"),
        ("def f(z):\n    return z * float('inf')\n", "must return finite numbers; it does not at"),
    ],
)
def test_a_reference_that_gives_no_table_is_told(affine: Path, source: str, said: str) -> None:
    (affine / "reference.py").write_text(source)
    built = run("build", affine)
    assert built.exit_code == 1
    assert said in built.output
    assert "Traceback" not in built.output


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (b"a,b\n", "heldout.csv: the first line must be x1,x2"),
        (b"x1,x2\n1,2\n1;2\n", "heldout.csv, line 3: there must be two numbers"),
        (b"x1,x2\n1,2\n", "at least 2,000 rows, not 1"),
        (b"x1,x2\n\xe4,2\n", "heldout.csv: line 2 is not UTF-8"),
        (b"x1,x2\n" + 2_000 * b"1,2\n" + b"nan,1\n", "must be finite numbers; row 2001 is not"),
    ],
)
def test_held_out_data_that_give_no_table_are_told(affine: Path, rows: bytes, said: str) -> None:
    (affine / "heldout.csv").write_bytes(rows)
    built = run("build", affine)
    assert built.exit_code == 1
    assert said in built.output


WRONG_QUIZ = {
    "a statement without a source": (
        edit("questions.toml", 'source = "Papamakarios', 'source = "" # "Papamakarios'),
        "questions.toml: determinant",
        "a statement needs a source",
    ),
    "two options that look the same": (
        edit("questions.toml", "$f(z) = 4z$", "$f(z) = 2z$"),
        "questions.toml: scale",
        "two options look the same",
    ),
    "an explanation with a broken formula": (
        edit("questions.toml", "$2^2 I$", "$2^{2 I$"),
        "questions.toml: scale: explanation",
        "can't be typeset",
    ),
}


@pytest.mark.parametrize("name", WRONG_QUIZ)
def test_what_keeps_a_quiz_from_being_published_is_told(
    name: str, quiz: Path, check: Check
) -> None:
    change, part, words = WRONG_QUIZ[name]
    change(quiz)
    assert any(p == part and words in message for p, message in problems(check(quiz)))
