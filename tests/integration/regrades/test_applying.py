"""Applying a regrade: each grade changes once, and what should stay stays."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from sqlalchemy import update

from grader.store.audit import Audit, Deed
from grader.store.database import writing
from grader.store.models import TrialRow
from grader.store.regrade.applying import Applying
from grader.store.regrade.regrades import KEPT_FOR, WrongStage
from grader.store.regrade.regrading import Direction, Fate, Stage, TrialState, Which
from grader.store.review.overrides import Overrides
from grader.store.submission.gradings import Gradings
from grader.store.submission.walls import View
from tests.integration.regrades.classroom import (
    BATCH,
    LEASE,
    NEW,
    OLD,
    SECOND,
    Class,
    figure,
    on_sqlite,
    report,
)


def test_a_trial_changes_nothing_that_anybody_sees_until_it_is_applied(room: Class) -> None:
    ann, bob, _ = room.students
    sent = [room.graded(ann, 4), room.graded(bob, 6)]
    before = [room.get(id_) for id_ in sent]
    regrade = room.tried(room.begin(), dict(zip(sent, (8, 6), strict=True)))
    assert regrade.stage is Stage.READY
    assert [room.get(id_) for id_ in sent] == before
    up, same = room.trials(regrade)
    assert (up.submission.id, up.name) == (sent[0], "Ann")
    assert (up.counted_before, up.counted_after, up.change) == (4, 8, 4)
    assert [(one.check, one.points_before, one.points_after) for one in up.criteria] == [
        ("law", 4, 8)
    ]
    assert (same.submission.id, same.change, same.criteria) == (sent[1], 0, ())
    room.apply(regrade)
    after = room.get(sent[0])
    assert (after.score, after.attempt, after.exercise_version) == (8, 2, NEW)
    assert after.report == report(8, NEW)
    assert room.submissions.file(sent[0], "density.png").content == b"new"
    assert room.files_of_trials() == 0


@on_sqlite
def test_the_earlier_grading_can_still_be_read(room: Class) -> None:
    ann, bob, _ = room.students
    sent = room.graded(ann, 4)
    room.apply(room.tried(room.begin(), {sent: 8}))
    gradings = Gradings(room.engine, clock=room.clock)
    (earlier,) = gradings.earlier(sent)
    assert earlier == gradings.get(sent, 1)
    assert (earlier.report, earlier.score, earlier.exercise_version) == (report(4), 4, OLD)
    assert room.submissions.file(sent, "density.png", 1).content == b"old"
    assert gradings.get(sent, 2) is None, "that is the one that counts"
    assert gradings.get(sent, 1, View(person=bob)) is None
    assert gradings.get(sent, 1, View(person=ann)).score == 4


@on_sqlite
def test_no_grade_is_lowered_unless_that_is_said(room: Class) -> None:
    ann, bob, cas = room.students
    sent = {room.graded(ann, 6): 2, room.graded(bob, 6): 6, room.graded(cas, 6): 10}
    down, same, up = sent
    first = room.tried(room.begin(), sent)
    assert room.lists.progress(first, room.now).lower == 1
    assert room.apply(first).stage is Stage.APPLIED
    assert room.fates(first) == {down: Fate.KEPT, same: Fate.APPLIED, up: Fate.APPLIED}
    assert [room.get(id_).score for id_ in sent] == [6, 6, 10]
    assert room.get(down).exercise_version == OLD
    second = room.tried(room.begin(Which.THESE, down), sent)
    room.apply(second, never_lower=False)
    assert room.fates(second) == {down: Fate.APPLIED}
    assert room.get(down).score == 2


@on_sqlite
def test_what_staff_gave_by_hand_stays(room: Class) -> None:
    ann, bob, _ = room.students
    given, lowered = room.graded(ann, 6), room.graded(bob, 6)
    overrides = Overrides(room.engine, clock=room.clock)
    overrides.give(room.actor, given, None, 9, "a fine idea")
    regrade = room.tried(room.begin(), {given: 2, lowered: 2})
    unchanged = next(one for one in room.trials(regrade) if one.submission.id == given)
    assert (unchanged.is_overridden, unchanged.change, unchanged.is_lower) == (True, 0, False)
    room.apply(regrade)
    assert room.fates(regrade) == {given: Fate.APPLIED, lowered: Fate.KEPT}
    after = room.get(given)
    assert (after.score, after.counted_score, after.attempt) == (2, 9, 2)


@on_sqlite
def test_a_submission_that_came_meanwhile_is_left_alone(room: Class) -> None:
    ann = room.students[0]
    first = room.graded(ann, 4)
    regrade = room.begin(Which.LATEST)
    newer = room.graded(ann, 5)
    room.apply(room.tried(regrade, {first: 9}))
    assert (room.get(newer).score, room.get(newer).attempt) == (5, 1)
    assert room.fates(regrade) == {first: Fate.APPLIED}


def test_what_was_graded_again_meanwhile_is_left_alone(room: Class) -> None:
    ann = room.students[0]
    sent = room.graded(ann, 4)
    slow, quick = room.begin(), room.begin()
    slow = room.tried(slow, {sent: 9})
    assert room.look(quick).stage is Stage.READY
    room.apply(quick)
    assert room.apply(slow).stage is Stage.APPLIED
    assert room.fates(slow) == {sent: Fate.OVERTAKEN}
    assert (room.get(sent).attempt, len(Gradings(room.engine).earlier(sent))) == (2, 1)


def test_what_is_cancelled_while_it_is_tried_is_dropped(room: Class) -> None:
    ann, bob, _ = room.students
    sent = [room.graded(ann, 4), room.graded(bob, 4)]
    regrade = room.begin()
    (job,) = room.attempts.trials.hand_out(1, now=room.now, lease=LEASE)
    room.regrades.cancel(room.actor, regrade.id)
    assert room.attempts.open() == []
    assert not room.grades.record(job.submission, 1, report(9, NEW), [figure(b"x")], now=room.now)
    assert room.attempts.trials.hand_out(9, now=room.now, lease=LEASE) == []
    assert room.files_of_trials() == 0
    assert {one.state for one in room.trials(regrade)} == {TrialState.DROPPED}
    assert room.applying.settle(room.now) == 0
    assert room.look(regrade).stage is Stage.CANCELLED
    assert [room.get(id_).score for id_ in sent] == [4, 4]
    with pytest.raises(WrongStage):
        room.regrades.apply(room.actor, regrade.id, never_lower=True, moves_version=False)


def test_what_is_cancelled_while_it_is_applied_says_how_far_it_came(room: Class) -> None:
    sent = [room.graded(room.students[0], 4) for _ in range(BATCH + 2)]
    regrade = room.tried(room.begin(), dict.fromkeys(sent, 9))
    room.regrades.apply(room.actor, regrade.id, never_lower=True, moves_version=False)
    assert room.applying.step(regrade.id, room.now) == BATCH
    room.regrades.cancel(room.actor, regrade.id)
    assert room.applying.step(regrade.id, room.now) == 0
    assert room.applying.next() is None
    progress = room.lists.progress(room.look(regrade), room.now)
    assert progress.fates == {Fate.APPLIED: BATCH, Fate.STOPPED: 2}
    assert [room.get(id_).score for id_ in sent] == [9] * BATCH + [4] * 2


def test_applying_goes_on_where_it_was_killed_and_applies_each_once(
    room: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = [room.graded(room.students[0], 4) for _ in range(BATCH + 2)]
    regrade = room.tried(room.begin(), dict.fromkeys(sent, 9))
    room.regrades.apply(room.actor, regrade.id, never_lower=True, moves_version=False)
    assert room.applying.step(regrade.id, room.now) == BATCH
    calls = []

    def killed(*_: object, **__: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("grader.store.regrade.applying.announce", killed)
        with pytest.raises(KeyboardInterrupt):
            room.applying.step(regrade.id, room.now)
    assert [room.get(id_).score for id_ in sent[BATCH:]] == [4] * 2, "the step is one"
    restarted = Applying(room.engine)
    assert restarted.next() == regrade.id
    while restarted.step(regrade.id, room.now):
        continue
    assert room.look(regrade).stage is Stage.APPLIED
    assert {(room.get(id_).score, room.get(id_).attempt) for id_ in sent} == {(9, 2)}


@on_sqlite
def test_what_can_not_be_stored_keeps_its_grade_and_stops_no_other(
    room: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, late, fine = (room.graded(room.students[0], 4) for _ in range(3))
    regrade = room.tried(room.begin(), {broken: 9, late: 9, fine: 9})

    def refuse(_: object, event: object, submission: str, **__: object) -> None:
        if submission == late:
            raise ValueError("refused, when all else was written")

    monkeypatch.setattr("grader.store.regrade.applying.announce", refuse)
    with writing(room.engine) as connection:
        here = (TrialRow.submission == broken) & (TrialRow.regrade == regrade.id)
        connection.execute(update(TrialRow).where(here).values(report='{"version": 2}'))
    assert room.apply(regrade).stage is Stage.APPLIED
    assert room.fates(regrade) == {
        broken: Fate.BROKEN,
        late: Fate.BROKEN,
        fine: Fate.APPLIED,
    }
    for id_ in (broken, late):
        assert (room.get(id_).score, room.get(id_).attempt) == (4, 1)


def test_two_that_apply_at_once_apply_each_once(room: Class) -> None:
    sent = [room.graded(room.students[0], 4) for _ in range(4 * BATCH)]
    regrade = room.tried(room.begin(), dict.fromkeys(sent, 9))
    room.regrades.apply(room.actor, regrade.id, never_lower=True, moves_version=False)
    counts: list[int] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            mine = Applying(room.engine)
            while step := mine.step(regrade.id, room.now):
                counts.append(step)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sum(counts) == 4 * BATCH
    assert {(room.get(id_).score, room.get(id_).attempt) for id_ in sent} == {(9, 2)}


@on_sqlite
def test_who_is_left_out_keeps_the_grade(room: Class) -> None:
    ann, bob, cas = room.students
    sent = [room.graded(ann, 4), room.graded(bob, 4)]
    regrade = room.tried(room.begin(), dict.fromkeys(sent, 9))
    assert room.regrades.choose(regrade.id, sent[0], chosen=False)
    assert not room.regrades.choose(regrade.id, room.graded(cas, 1), chosen=False)
    assert [one.submission.id for one in room.trials(regrade, direction=Direction.LEFT_OUT)] == [
        sent[0]
    ]
    room.apply(regrade)
    assert room.fates(regrade) == {sent[0]: Fate.LEFT_OUT, sent[1]: Fate.APPLIED}
    with pytest.raises(WrongStage):
        room.regrades.choose(regrade.id, sent[0], chosen=True)


@on_sqlite
def test_the_assignment_asks_for_the_version_only_if_that_is_said(room: Class) -> None:
    sent = room.graded(room.students[0], 4)

    def asked() -> str:
        return room.assignments.get(room.assignment.id).exercise_version

    room.apply(room.tried(room.begin(), {sent: 9}))
    assert asked() == OLD
    room.apply(room.tried(room.begin(), {sent: 9}), moves_version=True)
    assert asked() == NEW


@on_sqlite
def test_what_nobody_applies_is_cancelled_in_the_end(room: Class) -> None:
    sent = room.graded(room.students[0], 4)
    regrade = room.tried(room.begin(), {sent: 9})
    assert room.regrades.sweep(room.now + KEPT_FOR - SECOND) == 0
    assert room.files_of_trials() == 1
    assert room.regrades.sweep(room.now + KEPT_FOR + SECOND) == 1
    assert room.look(regrade).stage is Stage.CANCELLED
    assert room.files_of_trials() == 0
    assert room.get(sent).score == 4


def test_the_log_says_who_did_what(room: Class) -> None:
    ann, bob, _ = room.students
    changed, same = room.graded(ann, 4), room.graded(bob, 4)
    room.apply(room.tried(room.begin(), {changed: 9, same: 4}))
    room.regrades.cancel(room.actor, room.begin().id)
    entries = Audit(room.engine).of_course("flows", limit=100)
    said = Counter((entry.deed, entry.submission) for entry in entries)
    assert said[Deed.REGRADE_BEGUN, None] == 2
    assert said[Deed.REGRADE_APPLIED, None] == said[Deed.REGRADE_CANCELLED, None] == 1
    assert said[Deed.REGRADE_APPLIED, changed] == 1
    assert said[Deed.REGRADE_APPLIED, same] == 0, "nothing changed"
    grade = next(entry for entry in entries if entry.submission == changed)
    assert (grade.actor, grade.before["score"], grade.after["score"]) == (room.actor, 4, 9)
