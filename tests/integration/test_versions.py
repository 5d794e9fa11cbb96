"""A version's files are kept, and a submission is graded by the version that it was sent for."""

from __future__ import annotations

import base64
import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import Engine, select

from exercises.catalog.bundle import archive, grading_copy
from exercises.catalog.reading import COURSE, read_exercise
from exercises.exercise import AnyExercise
from exercises.outcome import Verdict
from grader.dispatch.recorder import Recorder
from grader.store.assignment.versions import Versions
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.models import AttemptRow
from grader.store.submission.state import MAX_FAILURES, Ended, State
from grader.store.submission.submissions import Submissions
from tests.patience import PATIENCE_SECONDS
from worker.attempt import ExerciseUnavailable
from worker.channel import NEWS
from worker.equipment import Equipment
from worker.messages import Failed, GradingJob, encode

LEASE = timedelta(minutes=5)
NOW = datetime(2100, 1, 1, tzinfo=UTC)
RIGHT = "def f(z):\n    return 1 - 2 * z[::-1]\n"


def course(folder: Path, points: int) -> AnyExercise:
    """A course with one exercise, whose version depends on its points."""
    shutil.copytree(COURSE / "affine", folder / "affine")
    toml = folder / "affine" / "exercise.toml"
    text = toml.read_text()
    assert "points = 10" in text
    toml.write_text(text.replace("points = 10", f"points = {points}"))
    return read_exercise(folder / "affine")


@pytest.fixture
def old(tmp_path: Path) -> AnyExercise:
    return course(tmp_path / "old", 7)


@pytest.fixture
def new(tmp_path: Path) -> AnyExercise:
    return course(tmp_path / "new", 10)


def accept(submissions: Submissions, exercise: AnyExercise, source: str = RIGHT) -> str:
    return submissions.accept(
        exercise=exercise.slug, exercise_version=exercise.version, source=source, seed=7
    ).id


def ends(engine: Engine, id: str) -> list[str | None]:
    query = select(AttemptRow.ended).where(AttemptRow.submission == id).order_by(AttemptRow.number)
    with engine.connect() as connection:
        return list(connection.scalars(query))


def test_a_version_is_kept_once_and_as_it_was(engine: Engine, old: AnyExercise) -> None:
    made = []

    def make() -> bytes:
        made.append(1)
        return archive(old)

    versions = Versions(engine)
    assert versions.keep("affine", old.version, make)
    assert not versions.keep("affine", old.version, make)
    assert not Versions(engine).keep("affine", old.version, make)
    assert made == [1]
    assert versions.archive("affine", old.version) == archive(old)
    assert versions.archive("affine", "another") is None


def test_two_that_keep_the_same_version_at_once_keep_it_once(
    engine: Engine, old: AnyExercise
) -> None:
    barrier = threading.Barrier(4)
    fresh: list[bool] = []

    def make() -> bytes:
        barrier.wait(timeout=PATIENCE_SECONDS)
        return archive(old)

    def keep() -> None:
        fresh.append(Versions(engine).keep("affine", old.version, make))

    threads = [threading.Thread(target=keep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(fresh) == [False, False, False, True]


def test_a_version_that_a_worker_lacks_comes_with_the_next_attempt(
    engine: Engine,
    submissions: Submissions,
    attempts: Attempts,
    grades: Grades,
    redis: Redis,
    old: AnyExercise,
    new: AnyExercise,
) -> None:
    Versions(engine).keep("affine", old.version, lambda: archive(old))
    refused, lost = accept(submissions, old), accept(submissions, old)
    first = {a.submission: a for a in attempts.hand_out(9, now=NOW, lease=LEASE)}
    assert {job.archive for job in first.values()} == {""}
    redis.xadd(NEWS, encode(Failed(refused, 1, "w", "another version", unavailable=True)))
    redis.xadd(NEWS, encode(Failed(lost, 1, "w", "gone", lost=True)))
    stop = threading.Event()
    stop.set()
    Recorder(attempts, grades, redis, name="r", lease=LEASE).run(stop)
    assert ends(engine, refused) == [Ended.UNAVAILABLE]
    second = {a.submission: a for a in attempts.hand_out(9, now=NOW, lease=LEASE)}
    assert second[lost].archive == ""
    assert second[refused].archive
    equipment = Equipment(new.folder.parent)
    try:
        report = equipment.grade(second[refused]).report
    finally:
        equipment.close()
    assert (report.exercise_version, report.score) == (old.version, 7)


def test_a_version_that_was_never_kept_ends_as_our_failure(
    submissions: Submissions, attempts: Attempts, grades: Grades, old: AnyExercise
) -> None:
    sent = accept(submissions, old)
    for number in range(1, MAX_FAILURES + 1):
        now = NOW + number * timedelta(minutes=1)
        (job,) = attempts.hand_out(1, now=now, lease=LEASE)
        assert job.archive == ""
        grades.fail(sent, number, Ended.UNAVAILABLE, "another version", now=now)
    graded = submissions.get(sent)
    assert graded is not None
    assert graded.report is not None
    assert graded.report.verdict is Verdict.INTERNAL_ERROR


@pytest.mark.parametrize("road", ["sqlite"], indirect=True)
def test_a_real_worker_of_another_version_grades_by_the_one_that_was_sent_for(
    road, old: AnyExercise, new: AnyExercise
) -> None:
    versions = Versions(road.engine)
    for exercise in (old, new):
        versions.keep("affine", exercise.version, lambda exercise=exercise: archive(exercise))
    road.start_dispatch(patient=True)
    road.start_worker(app="worker.app", GRADER_EXERCISES_DIR=str(new.folder.parent))
    sent = [accept(road.submissions, exercise) for exercise in (old, new, old)]
    graded = [road.until_state(id, State.GRADED).report for id in sent]
    assert [(r.exercise_version, r.verdict, r.score) for r in graded] == [
        (old.version, Verdict.PASSED, 7),
        (new.version, Verdict.PASSED, 10),
        (old.version, Verdict.PASSED, 7),
    ]
    assert ends(road.engine, sent[0]) == [Ended.UNAVAILABLE, Ended.GRADED]
    assert ends(road.engine, sent[1]) == [Ended.GRADED]


class TestAWorker:
    """What a worker's process does with versions that it was sent."""

    @pytest.fixture
    def equipment(self, new: AnyExercise):
        made = Equipment(new.folder.parent)
        yield made
        made.close()

    @staticmethod
    def job(exercise: AnyExercise, archive: str = "") -> GradingJob:
        return GradingJob("s", 1, RIGHT, "affine", exercise.version, 7, archive=archive)

    @staticmethod
    def packed(exercise: AnyExercise) -> str:
        return base64.b64encode(grading_copy(archive(exercise))).decode()

    def test_it_refuses_what_it_lacks_and_remembers_what_it_was_sent(
        self, equipment: Equipment, old: AnyExercise, new: AnyExercise
    ) -> None:
        with pytest.raises(ExerciseUnavailable, match=f"here is {new.version}"):
            equipment.grade(self.job(old))
        for sent in (self.packed(old), ""):
            report = equipment.grade(self.job(old, sent)).report
            assert (report.exercise_version, report.score) == (old.version, 7)
        assert equipment.grade(self.job(new)).report.score == 10

    @pytest.mark.parametrize("sent", ["!", "AAAA", "other"])
    def test_it_refuses_what_does_not_hold_that_version(
        self, equipment: Equipment, old: AnyExercise, new: AnyExercise, sent: str
    ) -> None:
        packed = self.packed(new) if sent == "other" else sent
        with pytest.raises(ExerciseUnavailable, match="sent"):
            equipment.grade(self.job(old, packed))

    def test_it_leaves_nothing_behind(
        self, old: AnyExercise, new: AnyExercise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(scratch))
        equipment = Equipment(new.folder.parent)
        equipment.grade(self.job(old, self.packed(old)))
        assert list(scratch.glob("pushforward-versions-*/*/affine/target.npz"))
        equipment.close()
        assert not list(scratch.glob("pushforward-versions-*"))
