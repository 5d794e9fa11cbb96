"""What the store promises of regrades, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, text, update

from exercises.outcome import Verdict
from exercises.report import Finding, Report, Status
from grader.store.assignment.assignments import Assignment, Assignments, Rules
from grader.store.assignment.standing import Standings
from grader.store.audit import Actor, Audit, Deed
from grader.store.course.courses import Courses
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.database import reading, writing
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.identity.people import People
from grader.store.lookups import Lookups
from grader.store.models import TrialFileRow, TrialRow
from grader.store.regrade.applying import Applying
from grader.store.regrade.lists import TrialLists
from grader.store.regrade.regrades import KEPT_FOR, Regrades, WrongStage
from grader.store.regrade.regrading import Direction, Fate, Regrade, Stage, Trial, TrialState, Which
from grader.store.regrade.selection import UnfitSelection
from grader.store.review.overrides import Overrides
from grader.store.submission.gradings import Gradings
from grader.store.submission.state import MAX_FAILURES, Ended, State
from grader.store.submission.submissions import StoredFile, Submission, Submissions
from grader.store.submission.walls import View
from worker.failure import our_failure

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LEASE = timedelta(minutes=5)
OLD, NEW = "v1", "v2"
#: So many submissions are applied in one step here.
BATCH = 3


def report(score: float, version: str = OLD, law: Status = Status.PARTIAL) -> Report:
    verdict = Verdict.PASSED if score == 10 else Verdict.PARTIAL if score else Verdict.FAILED
    finding = Finding(check="law", status=law, points=score, max_points=10, message="The law.")
    return our_failure("affine", version, 5).model_copy(
        update={
            "verdict": verdict,
            "score": score,
            "max_score": 10.0,
            "findings": [finding],
        }
    )


def figure(content: bytes) -> StoredFile:
    return StoredFile("density.png", "image/png", content)


class Class:
    """A course with students, whose work was graded by one version of an exercise."""

    def __init__(self, engine: Engine) -> None:
        self.now = NOW
        self.engine = engine
        clock = self.clock
        Courses(engine, clock=clock).create("flows", "Flows", "Europe/Amsterdam")
        self.people = People(engine, clock=clock)
        self.assignments = Assignments(engine, clock=clock)
        self.submissions = Submissions(engine, clock=clock)
        self.attempts = Attempts(engine)
        self.grades = Grades(engine)
        self.regrades = Regrades(engine, clock=clock)
        self.lists = TrialLists(engine)
        self.applying = Applying(engine)
        self.teacher = self.person("tess", Role.ASSISTANT)
        self.students = [self.person(name, Role.STUDENT) for name in ("ann", "bob", "cas")]
        self.assignment = self.assign()

    def clock(self) -> datetime:
        return self.now

    @property
    def actor(self) -> Actor:
        return Actor(self.teacher)

    def person(self, username: str, role: Role) -> str:
        made = self.people.create(username.title(), username)
        Memberships(self.engine, clock=self.clock).put("flows", made.id, role)
        return made.id

    def assign(self, **rules: object) -> Assignment:
        return self.assignments.assign("flows", "affine", OLD, Rules(**rules))

    def send(self, person: str, assignment: Assignment | None = None) -> str:
        """Hand something in; each submission has a moment of its own."""
        self.now += SECOND
        asked = (assignment or self.assignment).id
        version = self.assignments.get(asked).exercise_version
        return self.submissions.hand_in(
            asked, person, exercise="affine", exercise_version=version, source="f", seed=7
        ).id

    def graded(self, person: str, score: float, assignment: Assignment | None = None) -> str:
        sent = self.send(person, assignment)
        (job,) = self.attempts.hand_out(1, now=self.now, lease=LEASE)
        assert job.submission == sent
        assert self.grades.record(sent, 1, report(score), [figure(b"old")], now=self.now)
        return sent

    def begin(self, which: Which = Which.ALL, *named: str) -> Regrade:
        return self.regrades.begin(self.actor, self.assignment.id, NEW, which, named)

    def tried(self, regrade: Regrade, scores: dict[str, float]) -> Regrade:
        """Let the trials of a regrade be graded, each submission with its score."""
        while jobs := self.attempts.trials.hand_out(100, now=self.now, lease=LEASE):
            for job in jobs:
                score = scores[self.submission_of(job.submission)]
                files = [figure(b"new")]
                self.grades.record(job.submission, job.attempt, report(score, NEW), files, now=NOW)
        self.applying.settle(self.now)
        return self.look(regrade)

    def apply(self, regrade: Regrade, **how: bool) -> Regrade:
        how = {"never_lower": True, "moves_version": False} | how
        self.regrades.apply(self.actor, regrade.id, **how)
        while self.applying.step(regrade.id, self.now):
            continue
        return self.look(regrade)

    def look(self, regrade: Regrade) -> Regrade:
        found = self.regrades.get(regrade.id)
        assert found is not None
        return found

    def trials(self, regrade: Regrade, **more: object) -> list[Trial]:
        return self.lists.page(regrade.id, limit=100, **more)

    def fates(self, regrade: Regrade) -> dict[str, Fate | None]:
        return {one.submission.id: one.fate for one in self.trials(regrade)}

    def get(self, id_: str) -> Submission:
        found = self.submissions.get(id_)
        assert found is not None
        return found

    def submission_of(self, name: str) -> str:
        with reading(self.engine) as connection:
            query = select(TrialRow.submission).where(TrialRow.id == name.partition("-")[2])
            return connection.scalar(query)

    def files_of_trials(self) -> int:
        with reading(self.engine) as connection:
            return connection.scalar(select(func.count()).select_from(TrialFileRow))


#: What rests on no database in particular.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def room(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Class:
    monkeypatch.setattr("grader.store.regrade.applying.BATCH", BATCH)
    return Class(engine)


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
