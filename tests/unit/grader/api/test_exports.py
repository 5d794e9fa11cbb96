"""What one takes away of a submission: a bundle that repeats the grade, and Gradescope's file."""

from __future__ import annotations

import io
import json
import shlex
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from exercises.outcome import Outcome, Verdict
from exercises.report import Figure, Report
from grader.cli import main
from worker.grading import grade
from worker.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from tests.unit.grader.conftest import Service

HALF_RIGHT = "def f(z):\n    return 2 * z\n"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as made:
        yield made


def graded(service: Service, slug: str, source: str, sandbox: Sandbox) -> tuple[str, Report]:
    """A submission with the report that the worker's own code writes."""
    id_ = service.submit(source, exercise=slug)
    stored = service.stored(id_)
    made = grade(source.encode(), service.exercise(slug), stored.seed, sandbox)
    service.hand_out()
    service.begin(id_)
    service.record(id_, made.report, made.files)
    return id_, made.report


def unpacked(service: Service, id_: str, folder: Path) -> Path:
    answer = service.client.get(f"/api/v1/submissions/{id_}/bundle")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert id_ in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        packed.extractall(folder)
    (inner,) = folder.iterdir()
    assert inner.name == id_
    return inner


def command_in(readme: str) -> list[str]:
    (line,) = (line.strip() for line in readme.splitlines() if "grader check" in line)
    return shlex.split(line)


def test_the_bundles_own_command_repeats_the_grade(
    service: Service, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_, report = graded(service, "affine", HALF_RIGHT, sandbox)
    assert 0 < report.score < report.max_score
    folder = unpacked(service, id_, tmp_path / "bundle")
    assert (folder / "affine.py").read_text() == HALF_RIGHT
    assert json.loads((folder / "report.json").read_text())["score"] == report.score
    pictures = {path.name for path in (folder / "figures").iterdir()}
    assert {f"{figure.name}.png" for figure in report.figures} <= pictures
    assert not list(folder.rglob("reference.py"))
    monkeypatch.chdir(folder)
    name, *arguments = command_in((folder / "README.txt").read_text())
    assert name == "grader"
    again = CliRunner().invoke(main, [*arguments, "--json"])
    repeated = Report.model_validate_json(again.stdout)
    assert (repeated.verdict, repeated.score) == (report.verdict, report.score)
    assert repeated.exercise_version == report.exercise_version
    assert repeated.findings == report.findings


def test_the_page_says_the_same_command(service: Service, sandbox: Sandbox, tmp_path: Path) -> None:
    id_, _ = graded(service, "affine", HALF_RIGHT, sandbox)
    folder = unpacked(service, id_, tmp_path / "bundle")
    shown = service.client.get(f"/submissions/{id_}").text
    assert shlex.join(command_in((folder / "README.txt").read_text())) in shown


def test_the_same_submission_is_the_same_bundle(service: Service, drawn: dict[str, bytes]) -> None:
    address = f"/api/v1/submissions/{service.graded(files=drawn)}/bundle"
    first = service.client.get(address)
    second = service.client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 304


def test_what_only_the_service_can_grade_says_so(
    service: Service, sandbox: Sandbox, tmp_path: Path
) -> None:
    id_, _ = graded(service, "score", "def score(x, t):\n    return x\n", sandbox)
    readme = (unpacked(service, id_, tmp_path / "code") / "README.txt").read_text()
    assert "grader check" not in readme
    assert "held-out points" in readme
    page = service.client.get(f"/submissions/{id_}").text
    assert "grader check" not in page
    assert "held-out points" in page


def test_a_quiz_says_so_too(quizzes: Service, tmp_path: Path) -> None:
    slug = next(slug for slug, one in quizzes.desk.catalog.exercises.items() if one.kind == "quiz")
    answer = quizzes.post({"exercise": slug, "answers": {}})
    id_ = str(answer.get_json()["id"])
    quizzes.marked(id_)
    folder = unpacked(quizzes, id_, tmp_path / "quiz")
    assert json.loads((folder / f"{slug}.json").read_text())
    readme = (folder / "README.txt").read_text()
    assert "It is a quiz" in readme
    assert "grader check" not in readme


def test_a_version_that_is_gone_is_no_obstacle_to_what_was_sent(
    service: Service, tmp_path: Path
) -> None:
    id_ = service.submit(exercise="affine")
    with service.desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE submissions SET exercise_version = 'gone'")
    service.hand_out()
    service.begin(id_)
    service.record(id_, service.report(exercise="affine"))
    folder = unpacked(service, id_, tmp_path / "bundle")
    assert (folder / "affine.py").is_file()
    assert not (folder / "exercises").exists()
    assert "no longer has the version" in (folder / "README.txt").read_text()
    assert "no longer has the version" in service.client.get(f"/submissions/{id_}").text


@pytest.mark.parametrize("name", ["bundle", "results.json"])
def test_before_there_is_a_grade_there_is_nothing_to_take_away(service: Service, name: str) -> None:
    waiting = service.submit()
    failed = service.report(verdict=Verdict.INTERNAL_ERROR, outcome=Outcome.INTERNAL_ERROR)
    for id_ in (waiting, service.graded(failed)):
        answer = service.client.get(f"/api/v1/submissions/{id_}/{name}")
        assert answer.status_code == 409
        assert answer.get_json()["type"] == "/problems/not-graded"
    assert service.client.get(f"/api/v1/submissions/nix/{name}").status_code == 404


def test_results_json_is_a_file_that_names_the_page(service: Service) -> None:
    report = service.report(exercise="affine", verdict=Verdict.PARTIAL, score=4, max_score=10)
    id_ = service.graded(report, exercise="affine")
    answer = service.client.get(f"/api/v1/submissions/{id_}/results.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="results.json"'
    read = answer.get_json()
    assert read["score"] == 4
    assert f"http://localhost/submissions/{id_}" in read["output"]
    assert read["stdout_visibility"] == "hidden"


def test_a_figure_that_was_not_kept_is_left_out(service: Service, tmp_path: Path) -> None:
    report = service.report(figures=[Figure(name="density", alt="A ring.")])
    folder = unpacked(service, service.graded(report), tmp_path / "bundle")
    assert not (folder / "figures").exists()
    assert "figures/" not in (folder / "README.txt").read_text()
