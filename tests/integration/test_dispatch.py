"""The dispatch's parts, on a real Valkey and a real database, with a clock of the test's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from sqlalchemy import Engine, update

from exercises.outcome import Verdict
from grader.dispatch import leader as leading
from grader.dispatch import recorder as recording
from grader.dispatch.capacity import live_workers
from grader.dispatch.handout import PER_SLOT, HandOut
from grader.dispatch.leader import Leader
from grader.dispatch.recorder import GROUP, Recorder
from grader.dispatch.sweep import GONE_SECONDS, UNHEARD_SECONDS, Sweep
from grader.store.assignment.assignments import Assignments
from grader.store.audit import Actor
from grader.store.course.courses import Courses
from grader.store.database import writing
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.identity.people import People
from grader.store.models import SubmissionRow
from grader.store.regrade.names import is_trial
from grader.store.regrade.regrades import Regrades
from grader.store.regrade.regrading import Which
from grader.store.submission.state import MAX_FAILURES, Ended, State
from grader.store.submission.submissions import Submissions
from tests.patience import until
from worker.attempt import run
from worker.channel import GRADING, LEADER, NEWS, QUEUE, WORKERS, connect, heartbeat
from worker.failure import our_failure
from worker.messages import Began, Failed, Finished, GradingJob, News, decode, encode
from worker.presence import Presence

NOW = datetime(2100, 1, 1, tzinfo=UTC)
LEASE = timedelta(minutes=5)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, migrated_database) -> Iterator[str]:
    """The parts do not care which one it is; test_store.py shows that both keep their word."""
    with migrated_database(getattr(request, "param", "sqlite")) as url:
        yield url


@pytest.fixture
def seconds() -> list[float]:
    """A clock: the test sets its one entry."""
    return [0.0]


@pytest.fixture
def sweep(
    attempts: Attempts, grades: Grades, redis: Redis, seconds: list[float]
) -> Iterator[Sweep]:
    return Sweep(attempts, grades, redis, clock=lambda: seconds[0])


def send(submissions: Submissions, attempts: Attempts | None = None) -> str:
    sent = submissions.accept(exercise="affine", exercise_version="v1", source="s", seed=1).id
    if attempts is not None:
        attempts.hand_out(1, now=NOW, lease=LEASE)
    return sent


def announce(redis: Redis, name: str, slots: int) -> None:
    redis.sadd(WORKERS, name)
    redis.set(heartbeat(name), slots)


def state(submissions: Submissions, id: str) -> State:
    return submissions.get(id).state


def test_a_lease_that_ran_out_is_handed_out_again(submissions, attempts, sweep, redis) -> None:
    sent = send(submissions, attempts)
    redis.lpush(QUEUE, "its message")
    assert sweep.look(NOW + LEASE - timedelta(seconds=1)) == 0
    assert sweep.look(NOW + LEASE) == 1
    assert state(submissions, sent) is State.ACCEPTED


def test_the_sweep_lets_an_internal_error_wait_for_another_attempt(
    submissions, attempts, grades, sweep
) -> None:
    sent = send(submissions)
    for number in range(1, MAX_FAILURES + 1):
        now = NOW + number * timedelta(minutes=1)
        attempts.hand_out(1, now=now, lease=LEASE)
        grades.fail(sent, number, Ended.FAILED, "broken", now=now)
    due = submissions.get(sent).regrade_at
    sweep.look(due - timedelta(seconds=1))
    assert state(submissions, sent) is State.GRADED
    sweep.look(due)
    assert state(submissions, sent) is State.ACCEPTED


def test_a_worker_that_is_gone_costs_seconds_not_the_lease(
    submissions, attempts, sweep, seconds, redis
) -> None:
    announce(redis, "there", 1)
    announce(redis, "gone", 1)
    stays, lost = send(submissions, attempts), send(submissions, attempts)
    attempts.begin(stays, 1, worker="there", now=NOW, lease=LEASE)
    attempts.begin(lost, 1, worker="gone", now=NOW, lease=LEASE)
    assert sweep.look(NOW) == 0
    redis.delete(heartbeat("gone"))
    assert sweep.look(NOW) == 0
    seconds[0] += GONE_SECONDS + 0.1
    assert sweep.look(NOW) == 1
    assert state(submissions, lost) is State.ACCEPTED
    assert state(submissions, stays) is State.RUNNING


def test_an_outage_of_the_queue_is_held_against_no_worker(
    submissions, attempts, sweep, seconds, redis
) -> None:
    sent = send(submissions, attempts)
    attempts.begin(sent, 1, worker="w", now=NOW, lease=LEASE)
    sweep.look(NOW)
    seconds[0] += 60
    sweep.forget()
    assert sweep.look(NOW) == 0
    announce(redis, "w", 1)
    seconds[0] += 60
    assert sweep.look(NOW) == 0


def test_a_message_that_the_queue_lost_is_sent_again(
    submissions, attempts, sweep, seconds, redis
) -> None:
    sent = send(submissions, attempts)
    redis.lpush(QUEUE, "its message")
    sweep.look(NOW)
    seconds[0] += UNHEARD_SECONDS + 1
    assert sweep.look(NOW) == 0
    redis.delete(QUEUE)
    assert sweep.look(NOW) == 0
    # The news that it has begun may be on its way: the count begins anew.
    redis.xadd(NEWS, {"kind": "x"})
    seconds[0] += UNHEARD_SECONDS + 1
    assert sweep.look(NOW) == 0
    redis.delete(NEWS)
    assert sweep.look(NOW) == 0
    seconds[0] += UNHEARD_SECONDS + 1
    assert sweep.look(NOW) == 1
    assert state(submissions, sent) is State.ACCEPTED


def test_no_more_is_handed_out_than_the_workers_can_take(
    submissions, attempts, grades, redis
) -> None:
    sent = [send(submissions) for _ in range(20)]
    published: list[GradingJob] = []
    hand_out = HandOut(attempts, grades, redis, published.append, lease=LEASE)
    assert hand_out.top_up() == 0
    announce(redis, "a", 2)
    announce(redis, "b", 1)
    announce(redis, "closing", 0)
    assert hand_out.top_up() == 3 * PER_SLOT
    assert hand_out.top_up() == 0
    redis.delete(heartbeat("a"))
    assert hand_out.top_up() == 0
    assert live_workers(redis) == {"b": 1, "closing": 0}
    assert {a.submission for a in published} < set(sent)
    assert published[0].source == "s"


def trials_of(engine: Engine, count: int) -> None:
    """Trials that wait, of as many graded submissions."""
    Courses(engine).create("flows", "Flows")
    person = People(engine).create("Ann", "ann", is_operator=True).id
    assignment = Assignments(engine).assign("flows", "affine", "v1").id
    for _ in range(count):
        sent = Submissions(engine).hand_in(
            assignment,
            person,
            exercise="affine",
            exercise_version="v1",
            source="s",
            seed=1,
            is_operator=True,
        )
    with writing(engine) as connection:
        connection.execute(update(SubmissionRow).values(state=State.GRADED, attempt=1))
    assert sent.assignment == assignment
    Regrades(engine).begin(Actor(), assignment, "v2", Which.ALL)


def test_trials_fill_idle_slots_and_whoever_submits_is_next(
    submissions, attempts, grades, redis, engine
) -> None:
    trials_of(engine, 100)
    published: list[GradingJob] = []
    hand_out = HandOut(attempts, grades, redis, published.append, lease=LEASE)
    announce(redis, "a", 2)
    assert hand_out.top_up() == 2, "one for each idle slot, and none that waits behind it"
    assert all(is_trial(job.submission) for job in published)
    assert hand_out.top_up() == 0
    sent = send(submissions)
    assert hand_out.top_up() == 1
    assert published[-1].submission == sent, "no trial is before it, and it takes no trial's place"
    # A trial ends: what runs and waits is the submission's, so that no slot is idle.
    first = published[0]
    grades.fail(first.submission, first.attempt, Ended.FAILED, "x", now=datetime.now(UTC))
    assert hand_out.top_up() == 0
    more = [send(submissions) for _ in range(9)]
    assert hand_out.top_up() == 2 * PER_SLOT - 1
    assert {job.submission for job in published[3:]} <= set(more)


def test_a_slot_that_gets_a_submission_gets_no_trial(
    submissions, attempts, grades, redis, engine
) -> None:
    trials_of(engine, 5)
    published: list[GradingJob] = []
    hand_out = HandOut(attempts, grades, redis, published.append, lease=LEASE)
    announce(redis, "a", 2)
    sent = send(submissions)
    assert hand_out.top_up() == 2
    assert published[0].submission == sent
    assert is_trial(published[1].submission)


def test_what_the_queue_refuses_waits_again(submissions, attempts, grades, redis) -> None:
    sent = [send(submissions) for _ in range(3)]
    announce(redis, "a", 2)
    published: list[GradingJob] = []

    def refuse_the_second(job: GradingJob) -> None:
        if published:
            raise ConnectionError("the queue is away")
        published.append(job)

    hand_out = HandOut(attempts, grades, redis, refuse_the_second, lease=LEASE)
    with pytest.raises(ConnectionError):
        hand_out.top_up()
    states = sorted(state(submissions, id) for id in sent)
    assert states == [State.ACCEPTED, State.ACCEPTED, State.QUEUED]


def test_one_leads_until_it_resigns_or_is_gone(redis, monkeypatch) -> None:
    # Longer than any busy machine takes for what follows.
    monkeypatch.setattr(leading, "_TERM_SECONDS", 600)
    first, second = Leader(redis), Leader(redis)
    assert first.leads()
    assert not second.leads()
    assert first.leads()
    first.resign()
    assert second.leads()
    assert not first.leads()
    # Its claim ran out while it was stopped: it must see that it leads no more.
    redis.delete(LEADER)
    assert first.leads()
    assert not second.leads()
    assert 0 < redis.pttl(LEADER) <= 600_000


def make_recorder(attempts: Attempts, grades: Grades, redis: Redis, name: str) -> Recorder:
    return Recorder(attempts, grades, redis, name=name, lease=LEASE)


def stopped() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


def test_a_recorder_takes_over_what_a_dead_one_had_read(
    submissions, attempts, grades, redis, monkeypatch
) -> None:
    sent = send(submissions, attempts)
    redis.xgroup_create(NEWS, GROUP, id="0", mkstream=True)
    report = our_failure("affine", "v1", 1).model_copy(update={"verdict": Verdict.PASSED})
    redis.xadd(NEWS, encode(Finished(sent, 1, "w", report)))
    monkeypatch.setattr(recording, "CLAIM_AFTER_MS", 3_600_000)
    assert redis.xreadgroup(GROUP, "dead", {NEWS: ">"})
    make_recorder(attempts, grades, redis, "other").run(stopped())
    assert state(submissions, sent) is State.QUEUED
    monkeypatch.setattr(recording, "CLAIM_AFTER_MS", 0)
    make_recorder(attempts, grades, redis, "other").run(stopped())
    assert state(submissions, sent) is State.GRADED
    assert redis.xlen(NEWS) == 0


def test_a_report_of_an_internal_error_is_tried_again(submissions, attempts, grades, redis) -> None:
    sent = send(submissions, attempts)
    redis.xadd(NEWS, encode(Finished(sent, 1, "w", our_failure("affine", "v1", 1))))
    make_recorder(attempts, grades, redis, "r").run(stopped())
    assert state(submissions, sent) is State.ACCEPTED


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_news_that_the_database_refuses_stops_no_other(
    submissions, attempts, grades, redis
) -> None:
    bad, good = send(submissions, attempts), send(submissions, attempts)
    report = our_failure("affine", "v1", 1).model_copy(update={"verdict": Verdict.PASSED})
    redis.xadd(NEWS, encode(Finished(bad, 1, "w", report, {"nul\0.png": b""})))
    redis.xadd(NEWS, {"kind": "nonsense"})
    redis.xadd(NEWS, encode(Finished(good, 1, "w", report)))
    make_recorder(attempts, grades, redis, "r").run(stopped())
    assert state(submissions, bad) is State.ACCEPTED
    assert state(submissions, good) is State.GRADED
    assert redis.xlen(NEWS) == 0


def told(redis: Redis) -> list[News]:
    return [decode(fields) for _, fields in redis.xrange(NEWS)]


def test_an_attempt_that_is_delivered_twice_is_graded_once(redis) -> None:
    job = GradingJob("s", 1, "", "affine", "v1", 1)
    calls = []

    class Graded:
        report = our_failure("affine", "v1", 1)
        files = {"density.png": b"\0"}  # noqa: RUF012

    def grade(given: GradingJob) -> Graded:
        calls.append(given)
        return Graded()

    run(job, grade, redis=redis, worker="first")
    run(job, grade, redis=redis, worker="second")
    assert calls == [job]
    assert told(redis) == [
        Began("s", 1, "first"),
        Finished("s", 1, "first", Graded.report, Graded.files),
        Failed("s", 1, "second", "its process is gone", lost=True),
    ]


def test_a_worker_announces_itself_until_it_ends(redis, valkey) -> None:
    with connect(valkey.url) as own:
        presence = Presence(own, "w", GRADING, 3, taken=lambda: 0, running=lambda: 0)
        presence.start()
        until(lambda: live_workers(redis) == {"w": 3})
        # It may run out on a busy machine, and is announced again.
        until(lambda: 0 < redis.ttl(heartbeat("w")) <= 4)
        presence.end()
    assert live_workers(redis) == {}
