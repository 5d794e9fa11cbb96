"""The road of a submission, with real processes that are killed where it hurts most."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import func, select, text

from exercises.outcome import Verdict
from grader.dispatch import wait
from grader.dispatch.wait import Waiting, wake_dispatcher
from grader.store.models import AttemptRow, FileRow
from grader.store.submission.state import Ended, State
from grader.store.submission.submissions import Submission
from tests.patience import PATIENCE_SECONDS
from worker.channel import NEWS, connect
from worker.failure import our_failure
from worker.messages import Failed, Finished, encode

NOW = datetime(2100, 1, 1, tzinfo=UTC)

on_sqlite = pytest.mark.parametrize("road", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("road", ["postgresql"], indirect=True)


def ends(road, id: str) -> list[str | None]:
    """How each attempt ended, in order."""
    query = select(AttemptRow.ended).where(AttemptRow.submission == id).order_by(AttemptRow.number)
    with road.engine.connect() as connection:
        return list(connection.scalars(query))


def recorded_once(road, id: str) -> bool:
    with road.engine.connect() as connection:
        files = connection.scalar(select(func.count()).where(FileRow.submission == id))
    return ends(road, id).count(Ended.GRADED) == 1 and files == 1


def exists(pid: int) -> bool:
    """Whether a process lives; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A file that is not there yet: a grading that waits for it ends when the test makes it."""
    return tmp_path / "gate"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def standing(request: pytest.FixtureRequest, make_road: Callable[[str], Any]) -> Iterator[Standing]:
    """A road that stands for several tests, with submissions of each kind under way."""
    with make_road(request.param) as road:
        road.start_dispatch(patient=True)
        road.start_worker(slots=2)
        deadly = ("die", "die-first") if request.param == "sqlite" else ()
        sources = (*deadly, "θ = '\0'", "raise", "raise-first")
        yield Standing(road, {source: road.send(source, student="Zoë") for source in sources})


@dataclass
class Standing:
    road: Any
    sent: dict[str, str]

    def graded(self, source: str) -> Submission:
        return self.road.until_state(self.sent[source], State.GRADED)

    def ends(self, source: str) -> list[str | None]:
        return ends(self.road, self.sent[source])


def test_what_is_accepted_is_graded_and_found_with_its_files(standing: Standing) -> None:
    graded = standing.graded("θ = '\0'")
    assert (graded.source, graded.student) == ("θ = '\0'", "Zoë")
    assert graded.report.verdict is Verdict.PASSED
    assert graded.report.seed == graded.seed == 7
    assert graded.accepted_at <= graded.started_at <= graded.graded_at
    submissions = standing.road.submissions
    file = submissions.file(graded.id, "density.png")
    assert file.media_type == "image/png"
    assert file.content == b"\x89PNG\0" + bytes(30_000)
    assert submissions.place(graded.id) is None
    assert standing.ends("θ = '\0'") == [Ended.GRADED]


def test_an_exception_in_grading_is_tried_again(standing: Standing) -> None:
    assert standing.graded("raise-first").report.verdict is Verdict.PASSED
    assert standing.ends("raise-first") == [Ended.FAILED, Ended.GRADED]


def test_an_exception_each_time_is_our_failure_and_told_to_operators_only(
    standing: Standing,
) -> None:
    report = standing.graded("raise").report
    assert report.verdict is Verdict.INTERNAL_ERROR
    assert "broke" not in report.model_dump_json()
    assert standing.ends("raise") == [Ended.FAILED] * 3
    with standing.road.engine.connect() as connection:
        query = select(AttemptRow.problem).where(AttemptRow.submission == standing.sent["raise"])
        problems = connection.scalars(query).all()
    assert all("RuntimeError: the grading broke" in problem for problem in problems)


def test_a_report_that_comes_twice_or_late_changes_nothing(standing: Standing) -> None:
    graded = standing.graded("raise-first")
    forged = graded.report.model_copy(update={"score": 5.0, "verdict": Verdict.FAILED})
    with connect(standing.road.valkey.url) as redis:
        for attempt in (1, 2, 3):
            late = Finished(graded.id, attempt, "w", forged, {"other.png": b"x"})
            redis.xadd(NEWS, encode(late))
            redis.xadd(NEWS, encode(Failed(graded.id, attempt, "w", "late", lost=True)))
        redis.xadd(NEWS, encode(Finished("nobody", 1, "w", forged)))
        redis.xadd(NEWS, {"kind": "nonsense"})
        standing.road.until(lambda: redis.xlen(NEWS) == 0)
    assert standing.road.look(graded.id) == graded
    assert standing.ends("raise-first") == [Ended.FAILED, Ended.GRADED]
    assert standing.road.submissions.file(graded.id, "other.png") is None


def test_all_who_wait_are_woken_by_the_report(
    standing: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without the word of the recorder they would wait until the end of their time.
    monkeypatch.setattr(wait, "_LOOK_SECONDS", 3600.0)
    with connect(standing.road.valkey.url) as redis:
        waiting = Waiting(redis, standing.road.submissions)
        sent = standing.road.send("sleep 0.3")
        wake_dispatcher(redis)
        found: list[Submission] = []
        threads = [
            threading.Thread(target=lambda: found.append(waiting.wait_for(sent, 3600)), daemon=True)
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=PATIENCE_SECONDS)
        assert [submission.state for submission in found] == [State.GRADED] * 3
        assert waiting.wait_for(sent, 0).state is State.GRADED


@pytest.mark.parametrize("standing", ["sqlite"], indirect=True)
def test_a_killed_grading_process_costs_no_submission(standing: Standing) -> None:
    graded = standing.graded("die-first")
    assert graded.attempt == 2
    assert graded.report.verdict is Verdict.PASSED
    assert standing.ends("die-first") == [Ended.LOST, Ended.GRADED]


@pytest.mark.parametrize("standing", ["sqlite"], indirect=True)
def test_a_submission_that_kills_each_process_ends_as_our_failure(standing: Standing) -> None:
    report = standing.graded("die").report
    assert report.verdict is Verdict.INTERNAL_ERROR
    assert report.max_score == 0
    assert "our fault" in report.findings[0].message
    assert standing.ends("die") == [Ended.LOST] * 3
    assert standing.road.workers[0].process.poll() is None


@on_postgresql
def test_a_killed_worker_costs_no_submission_and_leaves_no_orphan(road) -> None:
    road.start_dispatch()
    worker = road.start_worker(slots=2)
    sent = [road.send("sleep-first 600"), road.send("sleep-first 600")]
    road.until(lambda: all(road.look(id).state is State.RUNNING for id in sent))
    sent.append(road.send())
    orphans = worker.children()
    assert len(orphans) == 2
    worker.kill()
    road.until(lambda: not any(exists(pid) for pid in orphans))
    road.start_worker(slots=2)
    for id in sent:
        assert road.until_state(id, State.GRADED).report.verdict is Verdict.PASSED
        assert recorded_once(road, id)


@on_sqlite
def test_a_killed_valkey_costs_no_submission(road) -> None:
    road.start_dispatch()
    road.supervise(road.start_worker(slots=2))
    sent = [road.send("sleep 0.2") for _ in range(12)]
    road.until_state(sent[2], State.GRADED)
    road.valkey.kill()
    late = road.send("sleep 0.1")
    road.valkey.restart()
    for id in [*sent, late]:
        assert road.until_state(id, State.GRADED).report.verdict is Verdict.PASSED
        assert recorded_once(road, id)


@on_sqlite
def test_a_recorder_killed_before_it_commits_records_once(road, gate: Path) -> None:
    dispatch = road.start_dispatch(patient=True)
    road.start_worker()
    sent = road.send(f"wait {gate}")
    road.until_state(sent, State.RUNNING)
    road.until(lambda: road.redis.xlen(NEWS) == 0)  # That it began is acknowledged too.
    with road.engine.execution_options(grader_writes=True).begin():
        gate.touch()
        # No other process can write now: the recorder has read the news and waits.
        road.until(lambda: pending(road.redis) == 1)
        dispatch.kill()
    assert road.look(sent).state is State.RUNNING
    road.start_dispatch(patient=True)
    road.until_state(sent, State.GRADED)
    road.until(lambda: road.redis.xlen(NEWS) == 0)
    assert ends(road, sent) == [Ended.GRADED]
    assert recorded_once(road, sent)


@on_sqlite
def test_a_recorder_killed_between_commit_and_acknowledgement_records_once(
    road, gate: Path
) -> None:
    dispatch = road.start_dispatch(patient=True)
    road.start_worker()
    sent = road.send(f"wait {gate}")
    road.until_state(sent, State.RUNNING)
    road.until(lambda: road.redis.xlen(NEWS) == 0)  # That it began is acknowledged too.
    with road.engine.execution_options(grader_writes=True).begin():
        gate.touch()
        road.until(lambda: pending(road.redis) == 1)
        road.redis.client_pause(600_000, all=False)
    road.until(lambda: road.look(sent).state is State.GRADED)
    dispatch.kill()
    road.redis.client_unpause()
    assert pending(road.redis) == 1
    graded_at = road.look(sent).graded_at
    road.start_dispatch(patient=True)
    road.until(lambda: road.redis.xlen(NEWS) == 0)
    assert pending(road.redis) == 0
    assert road.look(sent).graded_at == graded_at
    assert recorded_once(road, sent)


def pending(redis: Redis) -> int:
    groups = redis.xinfo_groups(NEWS)
    return groups[0]["pending"] if groups else 0


@on_postgresql
def test_two_hundred_of_one_student_do_not_hold_up_another(road) -> None:
    many = [road.send(student="A") for _ in range(200)]
    one = road.send(student="B")
    road.start_dispatch(patient=True)
    road.start_worker(slots=2)
    done = road.until_state(one, State.GRADED)
    before = [road.look(id) for id in many]
    earlier = [s for s in before if s.graded_at and s.graded_at < done.graded_at]
    # What was in flight when B came to be next: at most two for each slot.
    assert len(earlier) <= 4


@on_postgresql
def test_a_worker_that_is_told_to_stop_finishes_what_it_runs(road, gate: Path) -> None:
    road.start_dispatch(patient=True)
    worker = road.start_worker()
    sent = road.send(f"wait {gate}")
    road.until_state(sent, State.RUNNING)
    worker.process.terminate()
    road.until(lambda: b"Warm shutdown" in worker.log.read_bytes())
    gate.touch()
    assert worker.process.wait(timeout=PATIENCE_SECONDS) == 0
    assert road.until_state(sent, State.GRADED).attempt == 1


@on_sqlite
def test_a_wait_without_a_queue_looks_at_the_database(road) -> None:
    sent = road.send()
    road.valkey.kill()
    with connect(road.valkey.url) as redis:
        waiting = Waiting(redis, road.submissions)
        assert waiting.wait_for(sent, 0.1).state is State.ACCEPTED
        found: list[Submission] = []
        thread = threading.Thread(
            target=lambda: found.append(waiting.wait_for(sent, PATIENCE_SECONDS))
        )
        thread.start()
        number = road.attempts.hand_out(1, now=NOW, lease=timedelta(minutes=5))[0].attempt
        road.grades.record(sent, number, our_failure("affine", "v1", 7), [], now=NOW)
        thread.join()
        assert found[0].state is State.GRADED
        with pytest.raises(LookupError):
            waiting.wait_for("nobody", 0)


@on_sqlite
def test_the_dispatch_waits_for_a_database_that_is_not_there(road, gate: Path) -> None:
    """It keeps its news: nothing is acknowledged before it is committed."""
    dispatch = road.start_dispatch()
    road.start_worker()
    sent = road.send(f"wait {gate}")
    road.until_state(sent, State.RUNNING)
    with road.engine.begin() as connection:
        connection.execute(text("ALTER TABLE attempts RENAME TO hidden"))
    gate.touch()
    road.until(lambda: b"waits" in dispatch.log.read_bytes())
    with road.engine.begin() as connection:
        connection.execute(text("ALTER TABLE hidden RENAME TO attempts"))
    road.until_state(sent, State.GRADED)
    assert recorded_once(road, sent)
    log = dispatch.log.read_text()
    assert log.count("the recorder waits") <= 1
    assert log.count("the hand-out waits") <= 1
