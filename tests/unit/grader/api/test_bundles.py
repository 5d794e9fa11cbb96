"""A student's copy over HTTP, and what is answered when an exercise changes under the service."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from exercises.catalog.bundle import unpack
from exercises.catalog.reading import COURSE, read_exercise
from grader.app import create_app
from grader.settings import Settings
from grader.store.assignment.versions import Versions
from grader.store.database import migrate, open_database

SOURCE = "def f(z):\n    return 2 * z + 1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(COURSE / "affine", tmp_path / "course" / "affine")
    return tmp_path / "course"


@pytest.fixture
def open_service(tmp_path: Path, broker: str, folder: Path) -> Callable[[], FlaskClient]:
    def open_service() -> FlaskClient:
        settings = Settings(
            database_url=f"sqlite:///{tmp_path / 'grader.db'}",
            broker_url=broker,
            exercises_dir=folder,
        )
        engine = open_database(settings.database)
        migrate(engine)
        engine.dispose()
        return signed_in(create_app(settings))

    return open_service


def signed_in(app: OpenAPI) -> FlaskClient:
    """The browser of an operator: the demo would keep the exercises at its start."""
    people, sessions = app.extensions["door"].people, app.extensions["door"].sessions
    ada = people.by_username("ada") or people.create("Ada", "ada", is_operator=True)
    client = app.test_client()
    client.set_cookie("pushforward_session", sessions.begin(ada.id))
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


def submit(client: FlaskClient) -> int:
    return client.post(
        "/api/v1/submissions", json={"exercise": "affine", "source": SOURCE}
    ).status_code


def test_a_bundle_is_a_students_copy_of_the_version_that_is_served(
    open_service: Callable[[], FlaskClient], folder: Path, tmp_path: Path
) -> None:
    client = open_service()
    answer = client.get("/api/v1/exercises/affine/bundle")
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    version = read_exercise(folder / "affine").version
    assert f"affine-{version}.zip" in answer.headers["Content-Disposition"]
    names = zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    assert not any("reference" in name or "mistakes" in name for name in names)
    unpack(answer.data, tmp_path / "copy")
    assert read_exercise(tmp_path / "copy" / "affine").version == version
    headers = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/api/v1/exercises/affine/bundle", headers=headers).status_code == 304


def test_there_is_no_bundle_of_an_exercise_that_is_not_served(
    open_service: Callable[[], FlaskClient],
) -> None:
    answer = open_service().get("/api/v1/exercises/nothing/bundle")
    assert (answer.status_code, answer.get_json()["type"]) == (404, "/problems/not-found")


def test_the_files_of_a_version_are_kept_with_its_first_submission(
    open_service: Callable[[], FlaskClient], folder: Path, tmp_path: Path
) -> None:
    client = open_service()
    version = read_exercise(folder / "affine").version
    versions = Versions(open_database(f"sqlite:///{tmp_path / 'grader.db'}"))
    assert versions.archive("affine", version) is None
    assert submit(client) == 202
    kept = versions.archive("affine", version)
    assert kept is not None
    assert "reference.py" in zipfile.ZipFile(io.BytesIO(kept)).namelist()


def test_what_changed_before_it_was_kept_is_not_accepted(
    open_service: Callable[[], FlaskClient], folder: Path
) -> None:
    client = open_service()
    (folder / "affine" / "statement.md").write_text("Something else.\n")
    answer = client.post("/api/v1/submissions", json={"exercise": "affine", "source": SOURCE})
    assert (answer.status_code, answer.get_json()["type"]) == (
        503,
        "/problems/exercise-unavailable",
    )
    assert client.get("/api/v1/exercises/affine/bundle").status_code == 503
    assert submit(open_service()) == 202


def test_what_changed_after_it_was_kept_is_accepted_for_the_version_that_is_shown(
    open_service: Callable[[], FlaskClient], folder: Path
) -> None:
    client = open_service()
    version = read_exercise(folder / "affine").version
    assert submit(client) == 202
    (folder / "affine" / "statement.md").write_text("Something else.\n")
    answer = client.post("/api/v1/submissions", json={"exercise": "affine", "source": SOURCE})
    assert (answer.status_code, answer.get_json()["exercise_version"]) == (202, version)


def test_health_and_log_name_an_exercise_that_is_broken(
    open_service: Callable[[], FlaskClient], folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(folder / "affine", folder / "mine")
    (folder / "mine" / "exercise.toml").write_text('title = "T"\nanswer = "secret"\n')
    health = open_service().get("/api/v1/health").get_json()
    (part,) = [part for part in health["parts"] if part["name"] == "exercises"]
    assert not part["ok"]
    assert health["status"] == "degraded"
    assert "mine" in part["message"]
    assert "answer" not in part["message"]
    assert "mine/exercise.toml: answer: there is no such key here" in caplog.text
