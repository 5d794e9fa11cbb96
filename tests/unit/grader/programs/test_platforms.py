"""Packages for other platforms: what their rules ask, tried in folders like their containers'."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from exercises.catalog.reading import COURSE, read_catalog
from exercises.exercise import CodeExercise
from exercises.outcome import Outcome, Verdict
from exercises.report import Finding, Printed, Report, Status
from grader.cli import main
from grader.exports.gradescope import NotGraded
from grader.platforms import gradescope, prairielearn
from grader.platforms.contents import NEEDED
from grader.platforms.run import main as run
from worker.failure import our_failure
from worker.grading import Graded

RIGHT = "def f(z):\n    return 2 * z + 1\n"
IMAGE = "registry.example.org/pushforward:1"


@pytest.fixture(scope="module")
def affine() -> CodeExercise:
    exercise = read_catalog()["affine"]
    assert isinstance(exercise, CodeExercise)
    return exercise


@pytest.fixture(scope="module")
def made(affine: CodeExercise) -> bytes:
    return gradescope.package(affine)


@pytest.fixture
def autograder(made: bytes, tmp_path: Path) -> Path:
    """/autograder, as Gradescope fills it."""
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        packed.extractall(tmp_path / "source")
    (tmp_path / "submission").mkdir()
    return tmp_path


def unpacked(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def results_of(root: Path) -> Any:
    return json.loads((root / "results" / "results.json").read_text())


def hand_in(root: Path, source: str, name: str = "f.py") -> None:
    folder = root / "submission" if (root / "submission").is_dir() else root / "student"
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(source)


# Gradescope


def test_the_scripts_are_where_gradescope_looks_and_can_be_run(made: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        modes = {entry.filename: entry.external_attr >> 16 for entry in packed.infolist()}
    for name in ("setup.sh", "run_autograder"):
        assert modes[name] & 0o111 == 0o111
        script = unpacked(made)[name]
        assert script.startswith(b"#!/usr/bin/env bash\n")
        assert subprocess.run(["bash", "-n"], input=script, check=False).returncode == 0


#: Runs the package in a Python that lets nothing in but what its requirements name.
_ONLY = """
import importlib.abc, importlib.metadata, re, runpy, sys

def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()

allowed = {plain(line.partition("==")[0]) for line in open(sys.argv[1])}
owners = importlib.metadata.packages_distributions()

class Only(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        found = {plain(owner) for owner in owners.get(name.partition(".")[0], ())}
        if found and not found & allowed and "pushforward" not in found:
            raise ModuleNotFoundError(f"{name} is not in requirements.txt", name=name)
        return None

sys.meta_path.insert(0, Only())
sys.argv = ["run", *sys.argv[2:]]
runpy.run_module("grader.platforms.run", run_name="__main__")
"""


def test_the_package_grades_by_itself_with_nothing_but_what_it_names(autograder: Path) -> None:
    hand_in(autograder, RIGHT)
    source = autograder / "source"
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            _ONLY,
            str(source / "requirements.txt"),
            "gradescope",
            str(autograder),
        ],
        cwd=source / "code",
        env=os.environ | {"PYTHONPATH": str(source / "code")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    found = results_of(autograder)
    assert found["score"] == 10
    assert {test["name"] for test in found["tests"]} >= {"shape", "law"}
    assert found["extra_data"]["exercise"] == "affine"


def test_requirements_name_each_version(made: bytes) -> None:
    lines = unpacked(made)["requirements.txt"].decode().splitlines()
    assert all(line.count("==") == 1 for line in lines)
    assert {line.partition("==")[0] for line in lines} >= set(NEEDED)


def test_the_same_exercise_is_the_same_package_without_answers(
    made: bytes, affine: CodeExercise
) -> None:
    assert gradescope.package(affine) == made
    names = unpacked(made).keys()
    inside = {name.removeprefix("exercise/affine/") for name in names}
    assert "target.npz" in inside
    assert not {name for name in inside if name.startswith(("reference.py", "mistakes/"))}
    assert not [name for name in names if name.startswith("code/exercises/course/")]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "Hand in one file of Python"),
        ({"notes.txt": "f"}, "There is notes.txt"),
        ({"a.py": RIGHT, "b.py": RIGHT}, "there are 2: a.py, b.py"),
    ],
)
def test_what_is_no_one_program_is_told_and_earns_nothing(
    autograder: Path, files: dict[str, str], said: str
) -> None:
    for name, source in files.items():
        hand_in(autograder, source, name)
    assert run(["gradescope", str(autograder)]) == 0
    found = results_of(autograder)
    assert (found["score"], found["tests"]) == (0, [])
    assert said in found["output"]


def test_a_file_in_a_folder_is_found_and_what_a_mac_adds_is_not(autograder: Path) -> None:
    hand_in(autograder, RIGHT, "answer/solution.py")
    hand_in(autograder, "\0", "__MACOSX/answer/._solution.py")
    assert run(["gradescope", str(autograder)]) == 0
    assert results_of(autograder)["score"] == 10


def test_a_mistake_of_syntax_is_a_result_with_its_line(autograder: Path) -> None:
    hand_in(autograder, "def f(z):\n    return (z\n")
    assert run(["gradescope", str(autograder)]) == 0
    found = results_of(autograder)
    assert found["score"] == 0
    assert any("line 2" in test["output"] for test in found["tests"])


def test_a_failure_of_ours_leaves_no_score(
    autograder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in(autograder, RIGHT)
    failed = Graded(our_failure("affine", "0" * 16, 1))
    monkeypatch.setattr(gradescope, "grade_once", lambda *_: failed)
    assert run(["gradescope", str(autograder)]) == 3
    assert "no zero" in capsys.readouterr().err
    assert not (autograder / "results" / "results.json").exists()


def test_a_broken_package_is_no_fault_of_the_students(
    autograder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in(autograder, RIGHT)
    (autograder / "source" / "exercise" / "affine" / "exercise.toml").write_text("title = 1")
    assert run(["gradescope", str(autograder)]) == 3
    assert "should hold one exercise" in capsys.readouterr().err
    assert not (autograder / "results").exists()


def test_what_came_late_is_said(autograder: Path) -> None:
    hand_in(autograder, RIGHT)
    metadata = {
        "created_at": "2026-11-23T09:00:01.000000-08:00",
        "assignment": {"due_date": "2026-11-23T17:00:00.000000+00:00"},
    }
    (autograder / "submission_metadata.json").write_text(json.dumps(metadata))
    assert run(["gradescope", str(autograder)]) == 0
    assert results_of(autograder)["output"].startswith("This was handed in after the deadline.")


# PrairieLearn


@pytest.fixture
def grade(affine: CodeExercise, tmp_path: Path) -> Path:
    """/grade, as PrairieLearn fills it from the question's folder."""
    files = unpacked(prairielearn.package(affine, IMAGE, lambda text, _: text))
    for name, content in files.items():
        if name.startswith("questions/affine/tests/"):
            path = tmp_path / name.removeprefix("questions/affine/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    (tmp_path / "student").mkdir()
    return tmp_path


def test_a_right_answer_earns_all_and_shows_its_density(grade: Path) -> None:
    hand_in(grade, RIGHT + "print('hello')\n")
    assert run(["prairielearn", str(grade)]) == 0
    found = results_of(grade)
    assert (found["gradable"], found["score"]) == (True, 1.0)
    assert found["output"] == "hello\n"
    assert found["images"][0]["url"].startswith("data:image/png;base64,")
    (law,) = (test for test in found["tests"] if test["name"] == "law")
    assert (law["points"], law["max_points"]) == (10, 10)


def test_what_can_not_be_graded_costs_no_attempt(grade: Path) -> None:
    hand_in(grade, "def f(z):\n    return (z\n")
    assert run(["prairielearn", str(grade)]) == 0
    found = results_of(grade)
    assert found["gradable"] is False
    assert "score" not in found
    assert found["format_errors"]
    (grade / "student" / "f.py").unlink()
    assert run(["prairielearn", str(grade)]) == 0
    assert results_of(grade)["format_errors"] == [
        "Hand in one file of Python, with a name that ends in .py."
    ]


def report(**changes: Any) -> Report:
    finding = Finding(check="law", status=Status.PARTIAL, points=3, max_points=12, message="Wide.")
    values: dict[str, Any] = {
        "exercise": "affine",
        "exercise_version": "0" * 16,
        "verdict": Verdict.PARTIAL,
        "outcome": Outcome.COMPLETED,
        "score": 3.0,
        "max_score": 12.0,
        "findings": [finding],
        "seed": 7,
        "samples": 0,
        "layers": [],
    }
    return Report(**(values | changes))


def test_the_score_is_the_share_of_what_can_be_earned() -> None:
    assert prairielearn.results(Graded(report()))["score"] == 0.25
    nothing = report(score=0, max_score=0, verdict=Verdict.PASSED)
    assert prairielearn.results(Graded(nothing))["score"] == 1
    assert "seed 7" in prairielearn.results(Graded(report()))["message"]


def test_our_failure_is_no_result() -> None:
    with pytest.raises(NotGraded):
        prairielearn.results(Graded(our_failure("affine", "0" * 16, 1)))


def test_a_result_stays_within_a_megabyte_and_says_what_is_left_out() -> None:
    long = report(printed=Printed(text="é" * 400_000))
    found = prairielearn.results(Graded(long, {"density.png": b"\0" * 10}))
    assert len(json.dumps(found)) <= prairielearn.LIMIT_BYTES
    assert found["output"].endswith("more was printed than is shown here.")
    assert len(found["images"]) == 1
    large = prairielearn.results(Graded(long, {"density.png": b"\0" * 900_000}))
    assert len(json.dumps(large)) <= prairielearn.LIMIT_BYTES
    assert large["images"] == []
    assert "too large" in large["message"]
    said = Finding(check="law", status=Status.PARTIAL, points=3, max_points=12, message="é" * 9000)
    many = prairielearn.results(Graded(report(findings=[said] * 400)))
    assert len(json.dumps(many)) <= prairielearn.LIMIT_BYTES
    assert many["tests"][0]["message"].startswith("éé")
    assert many["message"].endswith("shortened here.")
    failed = said.model_copy(update={"status": Status.FAILED})
    untold = report(findings=[failed] * 400, verdict=Verdict.NOT_GRADABLE)
    errors = prairielearn.results(Graded(untold))
    assert len(json.dumps(errors)) <= prairielearn.LIMIT_BYTES
    assert errors["format_errors"][0].startswith("éé")


def test_the_question_is_described_as_prairielearn_asks(affine: CodeExercise) -> None:
    files = unpacked(prairielearn.package(affine, IMAGE, lambda text, _: f"<p>{text}</p>"))
    info = json.loads(files["questions/affine/info.json"])
    assert info["externalGradingOptions"]["enabled"] is True
    assert info["externalGradingOptions"]["image"] == IMAGE
    assert info["externalGradingOptions"]["entrypoint"].startswith("/")
    assert affine.limits.wall_seconds < info["externalGradingOptions"]["timeout"] <= 600
    assert (info["type"], info["gradingMethod"]) == ("v3", "External")
    again = unpacked(prairielearn.package(affine, IMAGE, lambda text, _: text))
    assert json.loads(again["questions/affine/info.json"])["uuid"] == info["uuid"]
    assert files["questions/affine/starter.py"].decode() == affine.starter


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: dict[str, dict[str, str | None]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.setdefault(tag, dict(attrs))


@pytest.mark.parametrize(
    "slug", [slug for slug, one in read_catalog().exercises.items() if one.kind == "code"]
)
def test_the_page_of_every_exercise_has_its_editor_and_its_pictures(
    slug: str, tmp_path: Path
) -> None:
    output = tmp_path / "question.zip"
    said = CliRunner().invoke(
        main, ["package", "prairielearn", slug, "--image", IMAGE, "-o", str(output)]
    )
    assert said.exit_code == 0, said.output
    files = unpacked(output.read_bytes())
    page = files[f"questions/{slug}/question.html"].decode()
    first, _, rest = page.partition("\n")
    assert first == "{{=<% %>=}}", "so that braces of formulas are not tags of Mustache"
    tags = _Tags()
    tags.feed(rest)
    assert tags.tags["pl-file-editor"]["file-name"] == "f.py"
    assert tags.tags["pl-file-editor"]["source-file-name"] == "starter.py"
    address = "<%options.client_files_question_url%>/"
    named = {part.partition('"')[0] for part in rest.split(address)[1:]}
    assert {f"questions/{slug}/clientFilesQuestion/{name}" for name in named} <= files.keys()
    assert rest.count("<%") == rest.count(address)


# The command


@pytest.mark.parametrize("platform", ["gradescope", "prairielearn"])
@pytest.mark.parametrize(
    ("slug", "said"),
    [("nothing", "There is no exercise 'nothing'"), ("which-a", "is a quiz")],
)
def test_what_can_not_be_packed_is_said(platform: str, slug: str, said: str) -> None:
    image = ["--image", IMAGE] if platform == "prairielearn" else []
    ended = CliRunner().invoke(main, ["package", platform, slug, *image])
    assert ended.exit_code == 2
    assert said in ended.output


def test_where_it_can_not_be_written_is_said(tmp_path: Path) -> None:
    output = tmp_path / "none" / "a.zip"
    ended = CliRunner().invoke(
        main, ["package", "gradescope", "affine", "-o", str(output), "--exercises", str(COURSE)]
    )
    assert ended.exit_code == 1
    assert "can't be written" in ended.output
