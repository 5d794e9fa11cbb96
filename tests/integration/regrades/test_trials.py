"""Trials of another version: each is graded once, shown to staff alone, and changes nothing."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from grader.store.assignment.standing import Standings
from grader.store.database import reading
from grader.store.grading.attempts import Attempts
from grader.store.lookups import Lookups
from grader.store.models import TrialRow
from grader.store.regrade.regrading import Direction, Fate, Stage, Which
from grader.store.regrade.selection import UnfitSelection
from grader.store.submission.state import MAX_FAILURES, Ended, State
from grader.store.submission.walls import View
from tests.integration.regrades.classroom import (
    LEASE,
    NEW,
    SECOND,
    Class,
    figure,
    on_sqlite,
    report,
)


def test_trials_show_up_in_nothing_that_lists_counts_or_orders_submissions(room: Class) -> None:
    ann, bob, _ = room.students
    limited = room.assign(attempts=3, cooldown_seconds=3600)
    sent = room.graded(ann, 4, limited)
    everything = View(everything=True)
    standings = Standings(room.engine, clock=room.clock)

    def seen() -> list[object]:
        views = (everything, View(person=ann), View(staffed=frozenset({"flows"})))
        lookups = Lookups(room.engine, clock=room.clock)
        return [
            *(room.submissions.latest(view=view, limit=1000) for view in views),
            standings.one(ann, limited.id),
            *(standings.of(one, ["flows"]) for one in room.students),
            lookups.open_exercises(ann),
            room.attempts.in_flight(),
        ]

    before = seen()
    regrade = room.regrades.begin(room.actor, limited.id, NEW, Which.ALL)
    assert seen() == before, "while it waits"
    (job,) = room.attempts.trials.hand_out(9, now=room.now, lease=LEASE)
    assert room.submissions.get(job.submission) is None
    assert seen() == before, "while it is in flight"
    # Somebody who submits now is first, whatever is tried.
    mine = room.send(bob)
    assert room.submissions.place(mine).ahead == 0
    (real,) = room.attempts.hand_out(9, now=room.now, lease=LEASE)
    assert real.submission == mine
    room.grades.record(mine, 1, report(1), [], now=room.now)
    before = seen()
    room.tried(regrade, {sent: 9})
    room.grades.record(job.submission, 1, report(9, NEW), [], now=room.now)
    room.applying.settle(room.now)
    assert room.look(regrade).stage is Stage.READY
    assert seen() == before, "when it has ended"
    with reading(room.engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM submissions")) == 2
        assert connection.scalar(text("SELECT count(*) FROM attempts")) == 2


@on_sqlite
def test_a_trial_is_graded_as_its_submission_was_and_by_the_other_version(room: Class) -> None:
    sent = room.get(room.graded(room.students[0], 4))
    regrade = room.begin()
    (job,) = room.attempts.trials.hand_out(9, now=room.now, lease=LEASE)
    assert (job.source, job.seed, job.exercise) == (sent.source, sent.seed, "affine")
    assert job.exercise_version == regrade.exercise_version == NEW
    assert job.submission != sent.id


def test_a_trial_is_recorded_once_and_under_its_fence(room: Class) -> None:
    sent = room.graded(room.students[0], 4)
    regrade = room.begin()
    trials, now = room.attempts.trials, room.now
    (job,) = trials.hand_out(9, now=now, lease=LEASE)
    name = job.submission
    assert trials.hand_out(9, now=now, lease=LEASE) == []
    assert room.attempts.begin(name, 1, worker="w", now=now, lease=LEASE)
    assert not room.attempts.begin(name, 1, worker="v", now=now, lease=LEASE)
    (open_,) = room.attempts.open()
    assert (open_.submission, open_.number, open_.worker) == (name, 1, "w")
    assert room.grades.fail(name, 1, Ended.LOST, "gone", now=now) is State.ACCEPTED
    assert not room.grades.record(name, 1, report(1, NEW), [], now=now)
    (again,) = trials.hand_out(9, now=now, lease=LEASE)
    assert again.attempt == 2
    assert not room.grades.record(name, 1, report(1, NEW), [], now=now), "the first one, late"
    assert room.grades.fail(name, 1, Ended.LOST, "late", now=now) is None
    assert room.grades.record(name, 2, report(8, NEW), [figure(b"x")], now=now)
    assert not room.grades.record(name, 2, report(1, NEW), [figure(b"y")], now=now)
    assert room.grades.fail(name, 2, Ended.LOST, "late", now=now) is None
    assert [one.counted_after for one in room.trials(regrade)] == [8]
    assert room.get(sent).score == 4


def test_a_trial_is_handed_out_once_however_many_do_it(room: Class) -> None:
    for _ in range(15):
        room.graded(room.students[0], 4)
    room.begin()
    found: list[str] = []
    barrier = threading.Barrier(4)

    def work() -> None:
        mine = Attempts(room.engine).trials
        barrier.wait()
        for _ in range(9):
            found.extend(job.submission for job in mine.hand_out(3, now=room.now, lease=LEASE))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(set(found)) == 15


def test_what_the_grader_fails_on_is_named_and_never_applied(room: Class) -> None:
    ann, bob, _ = room.students
    broken, fine = room.graded(ann, 4), room.graded(bob, 4)
    regrade = room.begin()
    for _ in range(MAX_FAILURES):
        room.now += 60 * SECOND
        for job in room.attempts.trials.hand_out(9, now=room.now, lease=LEASE):
            if room.submission_of(job.submission) == broken:
                room.grades.fail(job.submission, job.attempt, Ended.FAILED, "broken", now=room.now)
            else:
                room.grades.record(job.submission, job.attempt, report(8, NEW), [], now=room.now)
    room.applying.settle(room.now)
    assert room.look(regrade).stage is Stage.READY
    (failed,) = room.trials(regrade, direction=Direction.FAILED)
    assert failed.submission.id == broken
    room.apply(regrade)
    assert room.fates(regrade) == {broken: Fate.UNTRIED, fine: Fate.APPLIED}
    assert room.get(broken).score == 4


@on_sqlite
def test_a_version_that_a_worker_lacks_is_sent_for(room: Class) -> None:
    room.graded(room.students[0], 4)
    room.begin()
    (job,) = room.attempts.trials.hand_out(9, now=room.now, lease=LEASE)
    room.grades.fail(job.submission, 1, Ended.UNAVAILABLE, "another", now=room.now)
    with reading(room.engine) as connection:
        assert connection.scalar(select(TrialRow.needs_files)) is True


@on_sqlite
def test_the_change_is_what_counts_after_the_late_penalty(room: Class) -> None:
    due = room.now - timedelta(days=1)
    late = room.assign(
        opens_at=due - timedelta(days=9),
        due_at=due,
        closes_at=room.now + timedelta(days=9),
        late_penalty=0.25,
    )
    sent = room.graded(room.students[0], 4, late)
    room.assignment = late
    (trial,) = room.trials(room.tried(room.begin(), {sent: 8}))
    kept = room.get(sent).lateness.kept
    assert kept < 1
    assert (trial.counted_before, trial.counted_after) == (4 * kept, 8 * kept)
    assert trial.change == 4 * kept


def test_the_largest_changes_come_first_and_page_by_page(room: Class) -> None:
    ann = room.students[0]
    scores = {room.graded(ann, 5): new for new in (5, 10, 0, 7, 4, 5, 6)}
    regrade = room.tried(room.begin(), scores)
    whole = [one.id for one in room.trials(regrade)]
    sizes = [abs(one.change) for one in room.trials(regrade)]
    assert sizes == sorted(sizes, reverse=True)
    pages, after = [], None
    while page := room.lists.page(regrade.id, limit=2, after=after):
        pages += [one.id for one in page]
        after = page[-1].id
    assert pages == whole
    found = {
        direction: sorted(one.change for one in room.trials(regrade, direction=direction))
        for direction in (Direction.UP, Direction.DOWN, Direction.SAME)
    }
    assert found == {
        Direction.UP: [1, 2, 5],
        Direction.DOWN: [-5, -1],
        Direction.SAME: [0, 0],
    }
    progress = room.lists.progress(regrade, room.now)
    assert (progress.up, progress.down, progress.same, progress.ended) == (3, 2, 2, 7)
    bars = {(bar.low, bar.high): bar.count for bar in progress.bars if bar.count}
    assert bars == {(-5, -4): 1, (-1, 0): 1, (0, 0): 2, (0, 1): 1, (1, 2): 1, (4, 5): 1}


@on_sqlite
def test_which_submissions_are_tried(room: Class) -> None:
    ann, bob, cas = room.students
    ann_best, ann_last = room.graded(ann, 9), room.graded(ann, 3)
    bob_first, bob_equal = room.graded(bob, 5), room.graded(bob, 5)
    elsewhere = room.graded(cas, 5, room.assign())
    room.send(cas)  # is not graded yet

    def tried(which: Which, *named: str) -> set[str]:
        return {one.submission.id for one in room.trials(room.begin(which, *named))}

    assert tried(Which.LATEST) == {ann_last, bob_equal}
    assert tried(Which.BEST) == {ann_best, bob_first}
    assert tried(Which.ALL) == {ann_best, ann_last, bob_first, bob_equal}
    assert tried(Which.THESE, ann_last) == {ann_last}
    with pytest.raises(UnfitSelection, match=elsewhere):
        tried(Which.THESE, ann_last, elsewhere)
    with pytest.raises(UnfitSelection):
        tried(Which.THESE)
    assert len(room.regrades.latest("flows", limit=50)) == 4, "what was refused left nothing"


@on_sqlite
def test_each_regrade_gets_its_turn(room: Class) -> None:
    ann, bob, _ = room.students
    many = [room.graded(ann, 4) for _ in range(6)]
    few = room.graded(bob, 4)
    room.begin(Which.THESE, *many)
    room.now += SECOND
    room.begin(Which.THESE, few)
    jobs = room.attempts.trials.hand_out(3, now=room.now, lease=LEASE)
    assert few in {room.submission_of(job.submission) for job in jobs}
