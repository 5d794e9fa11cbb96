"""The road of a submission, with real processes that are killed where it hurts most."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import func, select, text

from exercises.outcome import Verdict
from grader.dispatch.wait import Waiting, wake_dispatcher
from grader.store.models import AttemptRow, FileRow
from grader.store.state import Ended, State
from grader.store.submissions import Submission, Submissions
from worker.channel import NEWS
from worker.messages import Failed, Finished, encode

one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def until(road, holds, seconds: float = 30.0) -> None:
    """Wait for what must come, while what is supervised is kept alive."""
    from time import monotonic, sleep

    deadline = monotonic() + seconds
    while not holds():
        road.keep_alive()
        assert monotonic() < deadline, "it did not happen in time"
        sleep(0.01)


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
    except FileNotFoundError:
        return False


def test_what_is_accepted_is_graded_and_found_with_its_files(road) -> None:
    road.start_dispatch()
    road.start_worker(slots=2)
    sent = road.send("θ = '\0'", course="flows", student="Zoë")
    graded = road.until_state(sent, State.GRADED)
    assert graded.source == "θ = '\0'"
    assert graded.report is not None
    assert graded.report.verdict is Verdict.PASSED
    assert graded.report.seed == graded.seed == 7
    assert graded.accepted_at <= graded.started_at <= graded.graded_at
    file = road.submissions.file(sent, "density.png")
    assert file.media_type == "image/png"
    assert file.content == b"\x89PNG\0" + bytes(30_000)
    assert road.submissions.place(sent) is None
    assert ends(road, sent) == [Ended.GRADED]


def test_a_killed_grading_process_costs_no_submission(road) -> None:
    road.start_dispatch()
    worker = road.start_worker()
    sent = road.send("sleep 0.5")
    road.until_state(sent, State.RUNNING)
    os.kill(worker.children()[0], signal.SIGKILL)
    graded = road.until_state(sent, State.GRADED)
    assert graded.attempt == 2
    assert graded.report.verdict is Verdict.PASSED
    assert ends(road, sent) == [Ended.LOST, Ended.GRADED]
    assert worker.process.poll() is None


def test_a_killed_worker_costs_no_submission_and_leaves_no_orphan(road) -> None:
    road.start_dispatch()
    worker = road.start_worker(slots=2)
    sent = [road.send("sleep 1.5") for _ in range(3)]
    road.until_state(sent[0], State.RUNNING)
    orphans = worker.children()
    assert len(orphans) == 2
    worker.kill()
    until(road, lambda: not any(exists(pid) for pid in orphans), seconds=5)
    road.start_worker(slots=2)
    for id in sent:
        assert road.until_state(id, State.GRADED).report.verdict is Verdict.PASSED
        assert recorded_once(road, id)


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


@one_database
def test_a_valkey_that_forgets_everything_costs_no_submission(road, redis: Redis) -> None:
    road.start_dispatch()
    road.start_worker()
    first, second = road.send("sleep 1"), road.send("sleep 0.1")
    road.until_state(first, State.RUNNING)
    road.until_state(second, State.QUEUED)
    redis.flushall()
    for id in (first, second):
        road.until_state(id, State.GRADED)
        assert recorded_once(road, id)


@one_database
def test_a_recorder_killed_before_it_commits_records_once(road, redis: Redis) -> None:
    dispatch = road.start_dispatch()
    road.start_worker()
    sent = road.send("sleep 0.5")
    road.until_state(sent, State.RUNNING)
    with road.engine.execution_options(grader_writes=True).begin():
        # No other process can write now: the recorder has read the news and waits.
        until(road, lambda: pending(redis) == 1)
        dispatch.kill()
    assert road.look(sent).state is State.RUNNING
    road.start_dispatch()
    road.until_state(sent, State.GRADED)
    until(road, lambda: redis.xlen(NEWS) == 0)
    assert ends(road, sent) == [Ended.GRADED]
    assert recorded_once(road, sent)


@one_database
def test_a_recorder_killed_between_commit_and_acknowledgement_records_once(
    road, redis: Redis
) -> None:
    dispatch = road.start_dispatch()
    road.start_worker()
    sent = road.send("sleep 0.5")
    road.until_state(sent, State.RUNNING)
    with road.engine.execution_options(grader_writes=True).begin():
        until(road, lambda: pending(redis) == 1)
        redis.client_pause(60_000, all=False)
    until(road, lambda: road.look(sent).state is State.GRADED)
    dispatch.kill()
    redis.client_unpause()
    assert pending(redis) == 1
    graded_at = road.look(sent).graded_at
    road.start_dispatch()
    until(road, lambda: redis.xlen(NEWS) == 0)
    assert pending(redis) == 0
    assert road.look(sent).graded_at == graded_at
    assert recorded_once(road, sent)


def pending(redis: Redis) -> int:
    groups = redis.xinfo_groups(NEWS)
    return groups[0]["pending"] if groups else 0


def test_a_report_that_comes_twice_or_late_changes_nothing(road, redis: Redis) -> None:
    road.start_dispatch()
    road.start_worker()
    sent = road.send("die-until 2")
    graded = road.until_state(sent, State.GRADED)
    assert graded.attempt == 2
    forged = graded.report.model_copy(update={"score": 5.0, "verdict": Verdict.FAILED})
    for attempt in (1, 2, 3):
        redis.xadd(NEWS, encode(Finished(sent, attempt, "w", forged, {"other.png": b"x"})))
        redis.xadd(NEWS, encode(Failed(sent, attempt, "w", "late", lost=True)))
    redis.xadd(NEWS, encode(Finished("nobody", 1, "w", forged)))
    redis.xadd(NEWS, {"kind": "nonsense"})
    until(road, lambda: redis.xlen(NEWS) == 0)
    assert road.look(sent) == graded
    assert ends(road, sent) == [Ended.LOST, Ended.GRADED]
    assert road.submissions.file(sent, "other.png") is None


def test_a_submission_that_kills_each_process_ends_as_our_failure(road) -> None:
    road.start_dispatch()
    road.start_worker()
    deadly, honest = road.send("die"), road.send()
    report = road.until_state(deadly, State.GRADED).report
    assert report.verdict is Verdict.INTERNAL_ERROR
    assert report.max_score == 0
    assert "our fault" in report.findings[0].message
    assert ends(road, deadly) == [Ended.LOST] * 3
    assert road.until_state(honest, State.GRADED).report.verdict is Verdict.PASSED


def test_an_exception_in_grading_is_kept_for_the_operators_only(road) -> None:
    road.start_dispatch()
    road.start_worker()
    sent = road.send("raise")
    report = road.until_state(sent, State.GRADED).report
    assert report.verdict is Verdict.INTERNAL_ERROR
    assert "broke" not in report.model_dump_json()
    assert ends(road, sent) == [Ended.FAILED] * 3
    with road.engine.connect() as connection:
        problems = connection.scalars(select(AttemptRow.problem)).all()
    assert all("RuntimeError: the grading broke" in problem for problem in problems)


def test_two_hundred_of_one_student_do_not_hold_up_another(road) -> None:
    many = [road.send(student="A") for _ in range(200)]
    one = road.send(student="B")
    road.start_dispatch()
    road.start_worker(slots=2)
    done = road.until_state(one, State.GRADED)
    before = [road.look(id) for id in many]
    earlier = [s for s in before if s.graded_at and s.graded_at < done.graded_at]
    # What was in flight when B came to be next: at most two for each slot.
    assert len(earlier) <= 4


@one_database
def test_two_dispatches_share_the_work_and_one_takes_over(road) -> None:
    first = road.start_dispatch()
    second = road.start_dispatch()
    road.start_worker(slots=2)
    sent = [road.send() for _ in range(60)]
    road.until_state(sent[10], State.GRADED)
    first.kill()
    for id in sent:
        road.until_state(id, State.GRADED)
        assert recorded_once(road, id)
    # No attempt was lost with the first: what it had published was graded and recorded.
    assert Counter(len(ends(road, id)) for id in sent)[1] >= 56
    second.stop()


@one_database
def test_a_worker_that_is_told_to_stop_finishes_what_it_runs(road) -> None:
    road.start_dispatch()
    worker = road.start_worker()
    sent = road.send("sleep 1")
    road.until_state(sent, State.RUNNING)
    assert worker.stop() == 0
    assert road.until_state(sent, State.GRADED).attempt == 1


@one_database
def test_a_wait_ends_as_soon_as_the_report_is_there(road, redis: Redis) -> None:
    road.start_dispatch()
    road.start_worker()
    waiting = Waiting(redis, road.submissions)
    sent = road.send("sleep 0.3")
    wake_dispatcher(redis)
    found: list[Submission] = []
    threads = [
        threading.Thread(target=lambda: found.append(waiting.wait_for(sent, 30))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [submission.state for submission in found] == [State.GRADED] * 3
    assert waiting.wait_for(sent, 0).state is State.GRADED


@one_database
def test_a_wait_without_a_queue_looks_at_the_database(road, redis: Redis) -> None:
    sent = road.send()
    road.valkey.kill()
    assert Waiting(redis, road.submissions).wait_for(sent, 0.3).state is State.ACCEPTED
    with pytest.raises(LookupError):
        Waiting(redis, Submissions(road.engine)).wait_for("nobody", 0)


@one_database
def test_the_dispatch_waits_for_a_database_that_is_not_there(road) -> None:
    """It keeps its news: nothing is acknowledged before it is committed."""
    dispatch = road.start_dispatch()
    road.start_worker()
    sent = road.send("sleep 0.5")
    road.until_state(sent, State.RUNNING)
    with road.engine.begin() as connection:
        connection.execute(text("ALTER TABLE attempts RENAME TO hidden"))
    until(road, lambda: b"waits" in dispatch.log.read_bytes())
    with road.engine.begin() as connection:
        connection.execute(text("ALTER TABLE hidden RENAME TO attempts"))
    road.until_state(sent, State.GRADED)
    assert recorded_once(road, sent)
    log = dispatch.log.read_text()
    assert log.count("the recorder waits") <= 1
    assert log.count("the hand-out waits") <= 1
