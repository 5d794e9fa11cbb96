"""The API's previews: what is refused, what is answered at once, what a result becomes."""

from __future__ import annotations

import gzip
import json
import re
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from redis import Redis
from redis.exceptions import ConnectionError
from werkzeug.test import TestResponse

from exercises.catalog.bundle import archive
from exercises.catalog.reading import read_exercise
from exercises.exercise import AnyExercise
from exercises.outcome import Outcome
from exercises.preview import PreviewResult
from exercises.report import Finding, Printed, Status
from grader.api.http import owner as owners
from grader.dispatch import previews
from grader.dispatch.capacity import live_workers
from tests.patience import until
from worker import live_streams
from worker.channel import GRADING, LIVE_QUEUE, LIVE_WORKERS, PREVIEWING, heartbeat
from worker.live_streams import LiveJob, LiveStreams
from worker.source import SOURCE_BYTES
from worker.versions import SentVersions

if TYPE_CHECKING:
    from tests.unit.grader.conftest import Service

SOURCE = "def f(z):\n    return 2 * z + 1\n"
RESULT = PreviewResult(
    outcome=Outcome.COMPLETED,
    findings=[Finding(check="function", status=Status.PASSED, message="f takes one argument.")],
)


class Worker:
    """A worker that announces itself; the test does what it would do."""

    def __init__(self, service: Service, redis: Redis) -> None:
        self.service, self.redis = service, redis
        self.streams = LiveStreams(redis)
        self.stream = secrets.token_hex(8)
        redis.flushdb()
        redis.sadd(LIVE_WORKERS, "live-1")
        redis.set(heartbeat("live-1"), 1)

    def ask(self, wait: int = 0, **changes: object) -> TestResponse:
        body = {"exercise": "affine", "source": SOURCE, "stream": self.stream, "number": 1}
        headers = {"Prefer": f"wait={wait}"} if wait else {}
        return self.service.client.post("/api/v1/previews", json=body | changes, headers=headers)

    def take(self) -> LiveJob | None:
        with self.service.app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
            return self.streams.take(owners.owner(), self.stream)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take longer for what follows than a student would wait."""
    monkeypatch.setattr(live_streams, "_WAIT_SECONDS", 600)
    monkeypatch.setattr(live_streams, "_RUN_SECONDS", 600)


@pytest.fixture
def worker(service: Service, broker: str) -> Iterator[Worker]:
    with Redis.from_url(broker) as redis:
        yield Worker(service, redis)
        redis.flushdb()


def problem(answer: TestResponse) -> str:
    assert answer.mimetype == "application/problem+json", answer.text
    return str(answer.get_json()["type"]).removeprefix("/problems/")


def test_a_preview_is_taken_and_followed_to_its_result(worker: Worker) -> None:
    answer = worker.ask()
    assert answer.status_code == 202
    said = answer.get_json()
    assert answer.headers["Location"] == said["links"]["self"]
    assert answer.headers["Retry-After"] == "1"
    assert (said["state"], said["number"], said["result"]) == ("waiting", 1, None)
    job = worker.take()
    assert job is not None
    assert (job.id, job.source, job.exercise) == (said["id"], SOURCE, "affine")
    assert job.exercise_version == worker.service.exercise("affine").version
    assert job.seed >= 2**53
    client = worker.service.client
    assert client.get(said["links"]["self"]).get_json()["state"] == "running"
    worker.streams.finish(job, RESULT.model_dump_json())
    ready = client.get(said["links"]["self"])
    assert ready.status_code == 200
    assert ready.get_json()["state"] == "ready"
    assert PreviewResult.model_validate(ready.get_json()["result"]) == RESULT
    assert "Retry-After" not in ready.headers
    assert ready.headers["Cache-Control"] == "no-store"


def test_whoever_waits_is_answered_when_it_is_ready(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without the word of the worker it would wait to the end of its time.
    monkeypatch.setattr(previews, "_LOOK_SECONDS", 3600.0)

    def work() -> None:
        until(lambda: worker.redis.pubsub_channels("*preview*"))
        job = worker.take()
        assert job is not None
        worker.streams.finish(job, RESULT.model_dump_json())

    thread = threading.Thread(target=work)
    thread.start()
    answer = worker.ask(wait=30)
    thread.join()
    assert (answer.status_code, answer.get_json()["state"]) == (200, "ready")
    assert answer.headers["Preference-Applied"] == "wait=30"


def test_whoever_waits_for_an_older_one_hears_at_once_that_it_is_superseded(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "_LOOK_SECONDS", 3600.0)
    found: list[TestResponse] = []
    thread = threading.Thread(target=lambda: found.append(worker.ask(wait=30)))
    thread.start()
    until(lambda: worker.redis.pubsub_channels("*preview*"))
    assert worker.ask(number=2).status_code == 202
    thread.join()
    assert (found[0].status_code, found[0].get_json()["state"]) == (200, "superseded")


def test_an_older_number_is_superseded_from_the_first(worker: Worker) -> None:
    worker.ask(number=7)
    answer = worker.ask(number=6)
    assert (answer.status_code, answer.get_json()["state"]) == (200, "superseded")


def test_typing_fast_puts_one_message_into_the_queue(worker: Worker) -> None:
    for number in range(20):
        worker.ask(number=number)
    assert worker.redis.llen(LIVE_QUEUE) == 1


def test_nothing_is_stored(worker: Worker) -> None:
    job_id = worker.ask().get_json()["id"]
    job = worker.take()
    assert job is not None
    worker.streams.finish(job, RESULT.model_dump_json())
    page, _ = worker.service.desk.submissions.latest(limit=10), None
    assert list(page) == []
    assert worker.service.get(job_id).status_code == 404


def test_an_owners_third_editor_is_refused(worker: Worker) -> None:
    worker.ask(stream="editor-11")
    worker.ask(stream="editor-22")
    answer = worker.ask(stream="editor-33")
    assert (answer.status_code, problem(answer)) == (429, "too-many-previews")
    assert answer.headers["Retry-After"] == "1"
    assert worker.ask(stream="editor-22", number=2).status_code == 202


def test_a_quiz_has_no_preview(worker: Worker) -> None:
    quiz = next(e for e in worker.service.desk.catalog.exercises.values() if e.kind == "quiz")
    answer = worker.ask(exercise=quiz.slug)
    assert (answer.status_code, problem(answer)) == (422, "no-preview")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"stream": "short"}, "#/stream"),
        ({"stream": "a" * 65}, "#/stream"),
        ({"stream": "with space"}, "#/stream"),
        ({"stream": "line-end\n"}, "#/stream"),
        ({"stream": 12345678}, "#/stream"),
        ({"number": -1}, "#/number"),
        ({"number": 2**53}, "#/number"),
        ({"number": "1"}, "#/number"),
        ({"source": None}, "#/source"),
        ({"seed": 5}, "#/seed"),
    ],
)
def test_a_body_that_does_not_fit_is_refused(
    worker: Worker, changes: dict[str, Any], pointer: str
) -> None:
    answer = worker.ask(**changes)
    assert (answer.status_code, problem(answer)) == (422, "invalid")
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]
    assert worker.redis.llen(LIVE_QUEUE) == 0


def test_a_source_has_the_limit_of_a_submission(worker: Worker) -> None:
    assert worker.ask(source="#" * SOURCE_BYTES).status_code == 202
    answer = worker.ask(source="#" * (SOURCE_BYTES + 1), number=2)
    assert (answer.status_code, problem(answer)) == (413, "source-too-long")


def test_an_exercise_that_is_unknown_or_has_changed_is_told_so(worker: Worker) -> None:
    assert problem(worker.ask(exercise="nope")) == "unknown-exercise"
    assert problem(worker.ask(exercise_version="older")) == "exercise-changed"


def test_without_a_worker_for_previews_there_are_none(worker: Worker) -> None:
    worker.redis.delete(heartbeat("live-1"))
    answer = worker.ask()
    assert (answer.status_code, problem(answer)) == (503, "previews-unavailable")
    assert answer.headers["Retry-After"]


def test_without_a_queue_there_are_none(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise ConnectionError("nobody listens")

    monkeypatch.setattr(previews, "live_workers", gone)
    assert problem(worker.ask()) == "previews-unavailable"


def test_the_workers_of_previews_are_no_capacity_to_grade_with(worker: Worker) -> None:
    assert live_workers(worker.redis, PREVIEWING) == {"live-1": 1}
    assert live_workers(worker.redis, GRADING) == live_workers(worker.redis) == {}


@pytest.mark.parametrize("id_", ["nobody", "x" * 65, "%00", "a%20b"])
def test_an_id_that_was_never_given_is_not_found(worker: Worker, id_: str) -> None:
    answer = worker.service.client.get(f"/api/v1/previews/{id_}")
    assert (answer.status_code, problem(answer)) == (404, "not-found")


def test_what_failed_says_so_and_a_worker_that_lies_is_not_believed(worker: Worker) -> None:
    address = worker.ask().get_json()["links"]["self"]
    job = worker.take()
    assert job is not None
    worker.streams.fail(job, "It broke.")
    said = worker.service.client.get(address).get_json()
    assert (said["state"], said["problem"], said["result"]) == ("failed", "It broke.", None)
    address = worker.ask(number=2).get_json()["links"]["self"]
    job = worker.take()
    assert job is not None
    worker.streams.finish(job, '{"outcome": "completed", "findings": [], "score": 10}')
    answer = worker.service.client.get(address)
    assert answer.status_code == 500


def test_as_many_wait_as_may_and_the_others_are_answered_at_once(worker: Worker) -> None:
    held = worker.service.desk
    for places, other in ((held.waits, held.live_waits), (held.live_waits, held.waits)):
        assert places.acquire(blocking=False)
        answer = worker.ask(wait=30, number=1)
        assert answer.status_code == 202
        assert "Preference-Applied" not in answer.headers
        places.release()
        assert other.acquire(blocking=False), "what was not used is given back"
        other.release()


def test_large_answers_are_packed_for_who_can_unpack_them(worker: Worker) -> None:
    address = worker.ask().get_json()["links"]["self"]
    job = worker.take()
    assert job is not None
    printed = Printed(text="la " * 5_000)
    worker.streams.finish(job, RESULT.model_copy(update={"printed": printed}).model_dump_json())
    client = worker.service.client
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    packed = client.get(address, headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.data)) == plain.get_json()
    assert len(packed.data) < len(plain.data) / 10
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert client.get(address, headers={"Accept-Encoding": "gzip;q=0"}).data == plain.data


def test_an_owner_is_an_address_or_a_person(service: Service) -> None:
    def of(address: str) -> str:
        with service.app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return owners.owner()

    assert of("10.0.0.1") == of("10.0.0.1")
    assert of("10.0.0.1") != of("10.0.0.2")
    assert "10.0.0.1" not in of("10.0.0.1")
    bare = Flask("bare")
    with bare.test_request_context(environ_base={"REMOTE_ADDR": "10.0.0.1"}):
        assert owners.owner() == of("10.0.0.1")


def test_the_target_is_shown_and_kept_by_its_version(service: Service) -> None:
    version = service.exercise("affine").version
    answer = service.client.get(f"/api/v1/exercises/affine/target?version={version}")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    said = answer.get_json()
    assert set(said) == {"density", "alt"}
    assert set(said["density"]) == {"extent", "shape", "values", "peak"}
    asked = service.client.get("/api/v1/exercises/affine/target")
    assert asked.headers["Cache-Control"] == "private, no-cache"
    again = service.client.get(
        "/api/v1/exercises/affine/target", headers={"If-None-Match": asked.headers["ETag"]}
    )
    assert again.status_code == 304
    for slug in ("playground", "which-a", "score", "nope"):
        assert service.client.get(f"/api/v1/exercises/{slug}/target").status_code == 404
    assert service.client.get("/api/v1/exercises/affine/target?version=x").status_code == 404


def test_an_older_version_that_was_kept_is_run_as_it_was(worker: Worker, tmp_path: Path) -> None:
    older = copied(worker.service.exercise("affine").folder, tmp_path / "affine")
    worker.service.desk.versions.keep(older.slug, older.version, lambda: archive(older))
    answer = worker.ask(exercise_version=older.version)
    assert answer.status_code == 202, answer.text
    job = worker.take()
    assert job is not None
    assert job.exercise_version == older.version
    with closing(SentVersions()) as sent:
        unpacked = sent.unpack(job.exercise, job.exercise_version, job.archive)
        assert "An older affine" in unpacked.title
        assert not (unpacked.folder / "reference.py").exists()


def copied(folder: Path, to: Path) -> AnyExercise:
    """A copy of an exercise with another title, and so another version."""
    shutil.copytree(folder, to)
    text = (to / "exercise.toml").read_text(encoding="utf-8")
    changed = re.sub(r"(?m)^title = .*$", 'title = "An older affine"', text, count=1)
    (to / "exercise.toml").write_text(changed, encoding="utf-8")
    return read_exercise(to)
