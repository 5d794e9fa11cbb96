"""A web application on a real database and a real queue, with no worker: tests grade by hand."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from werkzeug.test import TestResponse

from exercises.catalog.reading import COURSE, read_catalog
from exercises.exercise import QuizExercise
from exercises.figures.density import alt_text, density_panels, render_png
from exercises.outcome import Outcome, Verdict
from exercises.report import Figure, Finding, Printed, Report, Status, Usage
from grader.app import create_app
from grader.desks.desk import Desk
from grader.dispatch.wait import wake_waiting
from grader.embedded import valkey
from grader.settings import Settings
from grader.store.course.demo import ready_demo
from grader.store.database import migrate, open_database
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.submission.submissions import StoredFile, Submission
from tests.patience import until
from tests.power import never_cut
from tests.unit.grader.town import Town
from tests.unlimited import UNLIMITED
from worker.grading import grade_quiz
from worker.kinship import die_with_parent

LEASE = timedelta(minutes=5)
SOURCE = "import numpy as np\n\n\ndef f(z):\n    return z**2\n"

#: What a witness looks like in the report of a fold.
WITNESS = {"z1": [0.5, -1.25], "z2": [-0.5, -1.25], "x": [0.25, 1.5625], "gap": 0.0}


def make_report(**changes: Any) -> Report:
    """A report such as the judge writes, of the fold z²."""
    fields: dict[str, Any] = {
        "exercise": "playground",
        "exercise_version": "0123456789abcdef",
        "verdict": Verdict.PASSED,
        "outcome": Outcome.COMPLETED,
        "score": 0,
        "max_score": 0,
        "findings": [
            Finding(check="function", status=Status.PASSED, message="f takes one argument."),
            Finding(
                check="invertibility",
                status=Status.INFORMATIVE,
                message="f is not invertible: here are two inputs with one output.",
                line=5,
                evidence={"verdict": "not_invertible", "radius": 4.0, "witness": WITNESS},
            ),
        ],
        "printed": Printed(text="hello\n"),
        "seed": 424242,
        "samples": 2_000,
        "usage": Usage(cpu_seconds=0.12, wall_seconds=0.15, memory_bytes=64_000_000),
        "layers": ["seccomp", "landlock"],
        "figures": [Figure(name="density", alt="p(x) has one mode.")],
    }
    return Report(**(fields | changes))


@dataclass(frozen=True, slots=True)
class Service:
    """The application, and what a worker and a recorder would do."""

    app: OpenAPI
    client: FlaskClient

    @property
    def desk(self) -> Desk:
        desk: Desk = self.app.extensions["desk"]
        return desk

    def submit(self, source: str = SOURCE, **fields: str) -> str:
        """Send a submission; returns its id."""
        answer = self.post({"source": source, **fields})
        assert answer.status_code == 202, answer.text
        return str(answer.get_json()["id"])

    def post(self, body: object, **headers: str) -> TestResponse:
        return self.client.post("/api/v1/submissions", json=body, headers=headers)

    def form(self, address: str, fields: Mapping[str, str], **kept: Any) -> TestResponse:
        """Send the form of a page, with the token that a page of this browser holds."""
        page = self.client.get("/account").text
        token = re.search(r'name="csrf_token"[^>]* value="([0-9a-f]+)"', page)
        assert token is not None
        return self.client.post(address, data={**fields, "csrf_token": token[1]}, **kept)

    def get(self, id_: str, **headers: str) -> TestResponse:
        return self.client.get(f"/api/v1/submissions/{id_}", headers=headers)

    def exercise(self, slug: str) -> Any:
        """An exercise of the catalogue, whoever sees it."""
        return self.desk.catalog.exercises[slug]

    def stored(self, id_: str) -> Submission:
        """A submission as the store has it, whoever may see it."""
        found = self.desk.submissions.get(id_)
        assert found is not None
        return found

    def hand_out(self) -> None:
        """Open the next attempt of every waiting submission, as the hand-out does."""
        Attempts(self.desk.engine).hand_out(1000, now=datetime.now(UTC), lease=LEASE)

    def marked(self, id_: str) -> None:
        """Mark a submission to a quiz as a worker does, by what the hand-out gives it."""
        attempts = Attempts(self.desk.engine)
        (given,) = attempts.hand_out(1, now=datetime.now(UTC), lease=LEASE)
        assert given.submission == id_
        self.begin(id_)
        exercise = self.exercise(given.exercise)
        assert isinstance(exercise, QuizExercise)
        graded = grade_quiz(given.source.encode(), exercise, given.seed, given.variant)
        self.record(id_, graded.report)

    def begin(self, id_: str) -> None:
        attempts = Attempts(self.desk.engine)
        assert attempts.begin(id_, 1, worker="test", now=datetime.now(UTC), lease=LEASE)

    def record(self, id_: str, report: Report, files: Mapping[str, bytes] | None = None) -> None:
        """Record a report as the grade, as the recorder does."""
        types = {"png": "image/png", "npz": "application/vnd.numpy.npz"}
        stored = [
            StoredFile(name, types[name.rpartition(".")[2]], content)
            for name, content in (files or {}).items()
        ]
        grades = Grades(self.desk.engine)
        assert grades.record(id_, 1, report, stored, now=datetime.now(UTC))
        wake_waiting(self.desk.broker, id_)

    def report(self, **changes: Any) -> Report:
        return make_report(**changes)

    def graded(
        self,
        report: Report | None = None,
        files: Mapping[str, bytes] | None = None,
        **fields: str,
    ) -> str:
        """Send a submission and grade it with this report; returns its id."""
        id_ = self.submit(**fields)
        self.hand_out()
        self.begin(id_)
        self.record(id_, report or make_report(), files)
        return id_


@pytest.fixture(scope="session")
def drawn() -> dict[str, bytes]:
    """The files of a real density figure, of z²."""
    z = np.random.default_rng(1).standard_normal((2_000, 2))
    panels = density_panels(z, z**2)
    assert alt_text(panels)
    return {"density.png": render_png(panels), "density.npz": panels.to_bytes()}


@pytest.fixture(scope="session")
def broker() -> Iterator[str]:
    """The address of a real Valkey, as the embedded service starts it."""
    # Short: the path of a socket ends at 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="pf-", dir="/tmp"))
    socket = valkey.socket_path(folder)
    parent = os.getpid()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            valkey.command(folder, socket),
            cwd=folder,
            stdout=log,
            stderr=log,
            preexec_fn=lambda: die_with_parent(parent),
        )
    try:
        address = valkey.url(socket)

        def answers() -> bool:
            assert process.poll() is None, (folder / "log").read_text()
            return valkey.is_ready(address)

        until(answers)
        yield address
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def without_power_cuts() -> Iterator[None]:
    with never_cut():
        yield


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with every migration applied and the demo in it, to be copied."""
    path = tmp_path_factory.mktemp("database") / "empty.db"
    engine = open_database(f"sqlite:///{path}")
    migrate(engine)
    # Here, so that not every application has to pack the exercises.
    ready_demo(engine, read_catalog(COURSE).exercises)
    engine.dispose()
    return path


@pytest.fixture
def settings(tmp_path: Path, broker: str, empty_database: Path) -> Settings:
    shutil.copy(empty_database, tmp_path / "grader.db")
    # The demo student asks, without signing in: who is who has tests of its own (test_access_…).
    return Settings(data_dir=tmp_path, broker_url=broker, max_waits=1, demo=True, **UNLIMITED)


@contextmanager
def serving(settings: Settings) -> Iterator[Service]:
    """The service with these settings."""
    app = create_app(settings)
    made = Service(app, app.test_client())
    yield made
    made.desk.engine.dispose()
    made.desk.broker.close()


@pytest.fixture
def quizzes(settings: Settings, small_course: Path) -> Iterator[Service]:
    """The service with the exercises of tests/data/course."""
    with serving(replace(settings, exercises_dir=small_course)) as made:
        yield made


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    with serving(settings) as made:
        yield made


@pytest.fixture(scope="module")
def module_settings(
    tmp_path_factory: pytest.TempPathFactory, broker: str, empty_database: Path
) -> Settings:
    """Settings on a database that the tests of a module share."""
    folder = tmp_path_factory.mktemp("module")
    shutil.copy(empty_database, folder / "grader.db")
    return Settings(data_dir=folder, broker_url=broker, max_waits=1, demo=True, **UNLIMITED)


@pytest.fixture(scope="module")
def town(module_settings: Settings) -> Iterator[Town]:
    """Two courses and somebody of every kind; each module has its own, which its tests share."""
    app = create_app(replace(module_settings, demo=False))
    made = Town(app)
    made.build()
    yield made
    made.desk.engine.dispose()
    made.desk.broker.close()
