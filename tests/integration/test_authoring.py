"""The tools of authors, with the real sandbox: what can be published, what is told of the rest."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exercises.authoring.scaffold import TEMPLATES, scaffold, write_files
from exercises.catalog.bundle import student_copy, unpack
from exercises.catalog.reading import COURSE, read_exercise
from exercises.exercise import QuizExercise
from exercises.tables.building import build_tables
from grader.authoring.commands import exercises
from grader.authoring.puzzle import NoPuzzle, write_puzzle
from grader.authoring.solvability import check_exercise, safely
from grader.authoring.step import Bench, Level, Step
from grader.authoring.stray import unknown_files
from worker.grading import grade
from worker.sandbox.sandbox import Sandbox

AFFINE = COURSE / "affine"
Check = Callable[..., list[Step]]


@pytest.fixture
def check(sandbox: Sandbox) -> Check:
    def check(folder: Path, mutants: int = 0) -> list[Step]:
        bench = Bench(read_exercise(folder), sandbox, (1,), mutants, lambda _: None)
        return list(safely(check_exercise(bench)))

    return check


@pytest.fixture
def quick_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables that are built here have fewer points than those of the course, to save time."""
    monkeypatch.setattr("exercises.tables.target_building._TABLE_CELLS", (256, 256))


@pytest.fixture
def affine(tmp_path: Path) -> Path:
    return Path(shutil.copytree(AFFINE, tmp_path / "affine"))


@pytest.fixture
def lean(affine: Path) -> Path:
    """The same with nothing but a reference, a starter and two mistakes: it is checked sooner."""
    shutil.rmtree(affine / "alternatives")
    (affine / "alternatives").mkdir()
    for path in (affine / "mistakes").iterdir():
        if path.name not in ("no_shift.py", "noise.py"):
            path.unlink()
    return affine


@pytest.fixture
def quiz(tmp_path: Path) -> Path:
    write_files(tmp_path / "flows", scaffold("flows", "quiz"))
    return tmp_path / "flows"


def problems(steps: list[Step]) -> list[tuple[str, str]]:
    return [(step.part, step.message) for step in steps if step.level is Level.PROBLEM]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(exercises, [str(argument) for argument in arguments])


@pytest.mark.usefixtures("quick_tables")
@pytest.mark.parametrize(("kind", "template"), [*(("code", t) for t in TEMPLATES), ("quiz", "law")])
def test_a_new_exercise_can_be_published_as_it_is(
    kind: str, template: str, tmp_path: Path, check: Check
) -> None:
    write_files(tmp_path / "mine", scaffold("mine", kind, template))
    build_tables(tmp_path / "mine")
    steps = check(tmp_path / "mine")
    assert problems(steps) == []
    looked_at = {step.part for step in steps}
    if kind == "quiz":
        assert {"texts", "questions", "marking", "error rates"} <= looked_at
    else:
        assert {"texts", "reference.py", "starter.py", "error rates"} <= looked_at
        assert any(part.startswith("mistakes/") for part in looked_at)


def test_mutants_fail_or_are_shown_to_be_right(lean: Path, check: Check) -> None:
    said = [step for step in check(lean, 40) if step.part == "mutants"]
    assert said[0].message == "7 of 8 fail, 1 are the same or as right"
    assert said[0].numbers == {"made": 8, "failed": 7, "same": 1, "survive": 0}
    (other,) = said[1:]
    assert other.message.startswith(
        "line 5: 2 becomes -2: the same law, as far as 262,144 points tell"
    )


def test_a_mutant_that_slips_through_is_told(lean: Path, check: Check) -> None:
    # Half a thousandth in a corner of the law: another law, but within the tolerance.
    (lean / "reference.py").write_text(
        "import numpy as np\n\n\ndef f(z):\n    far = 2.9\n    x = 2 * z + np.ones(2)\n"
        "    return x if z[0] < far else x + 3\n"
    )
    build_tables(lean)
    steps = [step for step in check(lean, 40) if step.part == "mutants"]
    survivors = [step for step in steps if step.message.startswith("survives: ")]
    assert any("2.9 becomes 3.19" in step.message for step in survivors)
    assert {step.level for step in survivors} == {Level.NOTE}
    assert all("within the tolerance" in step.message for step in survivors)


def test_a_classifier_that_decides_otherwise_and_passes_is_a_survivor(
    tmp_path: Path, check: Check
) -> None:
    folder = Path(shutil.copytree(COURSE / "discriminator", tmp_path / "discriminator"))
    shutil.rmtree(folder / "alternatives")
    shutil.rmtree(folder / "mistakes")
    steps = {s.message: s for s in check(folder, 18) if s.part == "mutants"}
    (same,) = (said for said in steps if "the same decision at all of" in said)
    assert "np.exp2(" in same
    assert "2 becomes 2.2" not in same
    assert any(
        said.startswith("survives: line 5: 2 becomes 2.2: another decision at")
        and step.level is Level.NOTE
        for said, step in steps.items()
    )


def test_the_error_rates_are_those_of_theory_and_of_what_was_seen(
    affine: Path, check: Check
) -> None:
    (step,) = [step for step in check(affine) if step.part == "error rates"]
    assert step.numbers == {"theory": 1e-6, "gradings": 4, "failed": 0}
    # The reference and three alternatives, once each: 1 − 0.05^(1/4).
    assert step.message == (
        "a right answer fails by theory with probability at most 1e-06 a grading; "
        "here 0 of 4 did (so below 53% with 95 % confidence)"
    )


def test_near_misses_of_a_law_are_measured(lean: Path, check: Check) -> None:
    (step,) = [step for step in check(lean, 1) if step.part == "near misses"]
    for kind in ("x scaled", "x shifted along x1", "x turned"):
        assert kind in step.message
    assert "of 10 by" in step.message


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def add(name: str, text: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(text)

    return change


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


def test_a_students_copy_repeats_a_grade(tmp_path: Path, sandbox: Sandbox) -> None:
    original = read_exercise(AFFINE)
    unpack(student_copy(original), tmp_path)
    copied = read_exercise(tmp_path / "affine")
    source = (AFFINE / "mistakes" / "no_shift.py").read_bytes()
    ours, theirs = (
        grade(source, exercise, 17, sandbox).report.model_dump(exclude={"usage", "layers"})
        for exercise in (original, copied)
    )
    assert ours == theirs
    assert ours["verdict"] == "partial"


@pytest.mark.usefixtures("quick_tables")
def test_the_commands_make_build_check_and_pack(tmp_path: Path) -> None:
    made = run("new", "mine", "--exercises", tmp_path)
    assert made.exit_code == 0, made.output
    again = run("new", "mine", "--exercises", tmp_path)
    assert (again.exit_code, "already" in again.output) == (2, True)
    assert run("build", tmp_path / "mine").exit_code == 0
    shutil.copytree(tmp_path / "mine", tmp_path / "other")
    (tmp_path / "other" / "exercise.toml").write_text("points = 3\n")
    checked = run("check", "--exercises", tmp_path, "--seeds", "1", "--mutants", "0", "--json")
    assert checked.exit_code == 1
    mine, other = (json.loads(line) for line in checked.output.splitlines())
    assert (mine["exercise"], mine["ok"]) == ("mine", True)
    assert mine["version"] == read_exercise(tmp_path / "mine").version
    assert (other["exercise"], other["ok"], other["version"]) == ("other", False, None)
    assert "other/exercise.toml: title: this key is missing" in other["steps"][0]["message"]
    packed = run("bundle", "mine", "--exercises", tmp_path, "-o", tmp_path / "mine.zip")
    assert packed.exit_code == 0
    unpack((tmp_path / "mine.zip").read_bytes(), tmp_path / "copies")
    assert read_exercise(tmp_path / "copies" / "mine").version == mine["version"]


@pytest.mark.parametrize(("draw", "all_right"), [(2, "0.25"), (1, "0.5")])
def test_a_quiz_says_what_guessing_earns(
    quiz: Path, check: Check, draw: int, all_right: str
) -> None:
    edit("exercise.toml", "[quiz]", f"[quiz]\ndraw = {draw}")(quiz)
    (step,) = [step for step in check(quiz) if step.part == "error rates"]
    assert "guessing gets 50% of the answers right on average" in step.message
    assert step.message.endswith(f"all {draw} of them with probability {all_right}")


def test_text_is_printed_for_people(tmp_path: Path) -> None:
    write_files(tmp_path / "flows", scaffold("flows", "quiz"))
    checked = run("check", "flows", "--exercises", tmp_path)
    assert checked.exit_code == 0
    assert "✓ questions: 2 with explanations and sources" in checked.output
    assert "The exercise can be published." in checked.output
    # Progress is for a terminal only.
    assert "…" not in checked.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "nothing"], "There is no exercise 'nothing'"),
        (["new", "Not A Slug"], "small letters and digits"),
        (["new", "mine", "--template", "poem"], "poem"),
        (["puzzle", "no-such-file.py"], "does not exist"),
        (["build", "no-such-folder"], "does not exist"),
        (["bundle", "affine"], "--output"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str], said: str) -> None:
    done = run(*arguments)
    assert (done.exit_code, said in done.output) == (2, True), done.output
