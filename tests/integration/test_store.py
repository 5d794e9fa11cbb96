"""What the store promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, event, insert, select, update
from sqlalchemy.exc import IntegrityError, StatementError

from exercises.outcome import Verdict
from grader.store.database import migrate, open_database, writing
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.identifiers import new_id
from grader.store.models import AttemptRow, FileRow, SubmissionRow, Table
from grader.store.submission import places
from grader.store.submission.state import MAX_ATTEMPTS, MAX_FAILURES, REGRADE_AFTER, Ended, State
from grader.store.submission.submissions import Place, StoredFile, Submissions
from worker.failure import our_failure

LEASE = timedelta(minutes=5)
LATER = datetime(2100, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def send(submissions: Submissions, source: str = "", **labels: str) -> str:
    return submissions.accept(
        exercise=labels.pop("exercise", "affine"),
        exercise_version="v1",
        source=source,
        seed=2**53 - 1,
        **labels,
    ).id


def report(score: float = 1.0):
    return our_failure("affine", "v1", 5).model_copy(
        update={"verdict": Verdict.PARTIAL, "score": score, "max_score": 2.0}
    )


def hand_out_all(attempts: Attempts, now: datetime = LATER) -> list[str]:
    """The order in which submissions are handed out one at a time, all staying in flight."""
    order = []
    while assignments := attempts.hand_out(1, now=now, lease=LEASE):
        order.append(assignments[0].submission)
    return order


def test_the_migrations_make_the_tables_that_the_models_describe(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_migrating_twice_is_migrating_once(engine: Engine, submissions: Submissions) -> None:
    sent = send(submissions)
    migrate(engine)
    assert [summary.id for summary in submissions.latest()] == [sent]


def test_a_migration_that_fails_leaves_nothing_behind(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_database(empty_url)

    def refuse(connection, cursor, statement, *_: object) -> None:
        if "CREATE TABLE capacity" in statement:
            raise RuntimeError("broken half-way")

    event.listen(engine, "before_cursor_execute", refuse)
    with pytest.raises(RuntimeError):
        migrate(engine)
    event.remove(engine, "before_cursor_execute", refuse)
    migrate(engine)
    assert Submissions(engine).latest() == []
    engine.dispose()


@pytest.mark.parametrize("source", ["", "\0", "θ = '🙂'\r\n\0", "x" * 65_536])
def test_a_source_comes_back_as_it_was_sent(submissions: Submissions, source: str) -> None:
    sent = submissions.accept(
        exercise="affine",
        exercise_version="v1",
        source=source,
        seed=2**53 - 1,
        course="Flüsse",
        student="Zoë 🙂",
    )
    assert submissions.get(sent.id) == sent
    assert sent.source == source
    assert sent.accepted_at.utcoffset() == timedelta(0)
    assert abs(sent.accepted_at - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("broken", [{"source": "\ud800"}, {"student": "a\0"}, {"course": "\udfff"}])
def test_what_no_database_holds_is_refused(
    submissions: Submissions, broken: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=r"NUL|surrogates"):
        send(submissions, **broken)
    assert submissions.latest() == []


def test_an_unknown_submission_is_none(submissions: Submissions) -> None:
    unknown = new_id()
    assert submissions.get(unknown) is None
    assert submissions.place(unknown) is None
    assert submissions.file(unknown, "density.png") is None


def test_the_list_goes_back_page_by_page(submissions: Submissions) -> None:
    sent = sorted(
        (send(submissions, student=f"s{n % 2}", exercise=f"e{n % 3}") for n in range(12)),
        reverse=True,
    )
    first = submissions.latest(limit=5)
    second = submissions.latest(limit=5, before=first[-1].id)
    rest = submissions.latest(limit=5, before=second[-1].id)
    assert [summary.id for summary in [*first, *second, *rest]] == sent
    assert {s.student for s in submissions.latest(student="s1")} == {"s1"}
    assert len(submissions.latest(student="s1", exercise="e1")) == 2


def test_the_fewest_in_flight_come_first(submissions: Submissions, attempts: Attempts) -> None:
    """By course, by student, then by age: what picking one at a time would give."""
    a = [send(submissions, course="1", student="a") for _ in range(3)]
    b = [send(submissions, course="1", student="b") for _ in range(2)]
    c = [send(submissions, course="2", student="c") for _ in range(3)]
    for ids in (a, b, c):
        ids.sort()
    # One by one, each time for the course and then the student with the least in flight.
    in_turns = hand_out_all(attempts)
    owner = {**dict.fromkeys(a, "a"), **dict.fromkeys(b, "b"), **dict.fromkeys(c, "c")}
    owners = "".join(owner[id] for id in in_turns)
    assert all(set(owners[n : n + 2]) & {"a", "b"} and "c" in owners[n : n + 2] for n in (0, 2, 4))
    assert [o for o in owners if o != "c"][:4] in (list("abab"), list("baba"))
    assert [id for id in in_turns if owner[id] == "a"] == a


def test_handing_out_many_at_once_keeps_the_order(
    submissions: Submissions, attempts: Attempts, engine: Engine
) -> None:
    for n in range(30):
        send(submissions, course=str(n % 3 % 2), student=str(n % 7))
    at_once = attempts.hand_out(30, now=LATER, lease=LEASE)
    with writing(engine) as connection:
        connection.execute(update(SubmissionRow).values(state=State.ACCEPTED))
    assert [a.submission for a in at_once] == hand_out_all(attempts)


def test_an_attempt_is_handed_out_once_however_many_do_it(
    submissions: Submissions, engine: Engine
) -> None:
    sent = {send(submissions) for _ in range(40)}
    found: list[str] = []
    barrier = threading.Barrier(4)

    def work() -> None:
        mine = Attempts(engine)
        barrier.wait()
        for _ in range(20):
            found.extend(a.submission for a in mine.hand_out(5, now=LATER, lease=LEASE))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(sent)


def test_of_a_long_queue_the_order_is_found_once_for_all_who_ask(
    engine: Engine, submissions: Submissions, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [send(submissions, student=student) for student in ("kim", "kim", "kim", "lou")]
    exact = [submissions.place(id_) for id_ in many]
    now = [0.0]
    monkeypatch.setattr(places, "_MANY", 3)
    monkeypatch.setattr(places, "_orders", places._Orders(lambda: now[0]))
    asked: list[str] = []

    def listen(connection, cursor, statement, *_: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    assert [submissions.place(id_) for id_ in many] == exact
    assert sum("row_number()" in one for one in asked) == 1
    # Who comes in between is found for itself, and is in the next order.
    late = send(submissions, student="kim")
    assert submissions.place(late) == Place(4, None)
    assert sum("row_number()" in one for one in asked) == 2
    now[0] += 3.0
    assert [submissions.place(late), submissions.place(many[3])] == [Place(4, None), exact[3]]
    assert sum("row_number()" in one for one in asked) == 3
    event.remove(engine, "before_cursor_execute", listen)


def test_the_place_is_what_will_be_graded_first(
    submissions: Submissions, attempts: Attempts, grades: Grades
) -> None:
    many = [send(submissions, student="a") for _ in range(5)]
    one = send(submissions, student="b")
    first = attempts.hand_out(1, now=LATER, lease=LEASE)[0].submission
    assert first == sorted(many)[0]
    assert submissions.place(first) == Place(0, None)
    # One of a's is in flight; b has none, and so comes next in spite of its age.
    assert submissions.place(one).ahead == 1
    assert [submissions.place(id).ahead for id in sorted(many)[1:]] == [2, 3, 4, 5]
    attempts.begin(first, 1, worker="w", now=LATER, lease=LEASE)
    assert submissions.place(first) is None
    grades.record(first, 1, report(), [], now=LATER + 4 * SECOND)
    attempts.note_capacity(2, now=LATER)
    # Four seconds each, two at once: the fifth in line is in the third round.
    assert submissions.place(one) == Place(1, 4.0)
    assert submissions.place(sorted(many)[-1]) == Place(4, 12.0)


def test_a_grade_is_recorded_once_and_under_its_fence(
    submissions: Submissions, attempts: Attempts, grades: Grades
) -> None:
    sent = send(submissions)
    assert not grades.record(sent, 1, report(), [], now=LATER)
    attempts.hand_out(1, now=LATER, lease=LEASE)
    assert grades.fail(sent, 1, Ended.LOST, "gone", now=LATER) is State.ACCEPTED
    attempts.hand_out(1, now=LATER, lease=LEASE)
    file = StoredFile("density.png", "image/png", b"\0png")
    assert not grades.record(sent, 1, report(9.0), [file], now=LATER)
    assert not attempts.begin(sent, 1, worker="w", now=LATER, lease=LEASE)
    assert grades.record(sent, 2, report(), [file], now=LATER)
    assert not grades.record(sent, 2, report(9.0), [file], now=LATER + SECOND)
    assert grades.fail(sent, 2, Ended.LOST, "late", now=LATER) is None
    assert not attempts.begin(sent, 2, worker="w", now=LATER, lease=LEASE)
    graded = submissions.get(sent)
    assert (graded.report, graded.graded_at, graded.attempt) == (report(), LATER, 2)
    assert submissions.file(sent, "density.png") == file
    summary = submissions.latest()[0]
    assert (summary.verdict, summary.score, summary.max_score) == (Verdict.PARTIAL, 1.0, 2.0)
    assert attempts.open() == []
    assert attempts.in_flight() == 0


def test_a_report_with_any_text_is_kept(
    submissions: Submissions, attempts: Attempts, grades: Grades
) -> None:
    sent = send(submissions)
    attempts.hand_out(1, now=LATER, lease=LEASE)
    printed = report().printed.model_copy(update={"text": "\0 \x1b[31m θ 🙂 </script>"})
    hostile = report().model_copy(update={"printed": printed})
    grades.record(sent, 1, hostile, [], now=LATER)
    assert submissions.get(sent).report == hostile


def test_attempts_that_begin_and_fail_are_capped(
    submissions: Submissions, attempts: Attempts, grades: Grades
) -> None:
    sent = send(submissions)
    for number in range(1, MAX_FAILURES + 1):
        now = LATER + number * 60 * SECOND
        assert attempts.hand_out(1, now=now, lease=LEASE)[0].attempt == number
        state = grades.fail(sent, number, Ended.FAILED, "broken", now=now)
    assert state is State.GRADED
    graded = submissions.get(sent)
    assert graded.report.verdict is Verdict.INTERNAL_ERROR
    assert attempts.hand_out(1, now=LATER + 600 * SECOND, lease=LEASE) == []


def test_an_internal_error_is_graded_again_after_growing_pauses_and_not_for_ever(
    submissions: Submissions, attempts: Attempts, grades: Grades
) -> None:
    sent, now = send(submissions), LATER
    for number in range(1, MAX_FAILURES + 1):
        now += 60 * SECOND
        attempts.hand_out(1, now=now, lease=LEASE)
        grades.fail(sent, number, Ended.FAILED, "broken", now=now)
    for number, pause in enumerate(REGRADE_AFTER, MAX_FAILURES + 1):
        assert submissions.get(sent).regrade_at == now + pause
        assert grades.regrade_due(now + pause - SECOND) == 0
        assert submissions.get(sent).state is State.GRADED
        now += pause
        assert (grades.regrade_due(now), grades.regrade_due(now)) == (1, 0)
        waiting = submissions.get(sent)
        assert (waiting.state, waiting.report, waiting.verdict) == (State.ACCEPTED, None, None)
        assert attempts.hand_out(1, now=now, lease=LEASE)[0].attempt == number
        assert grades.fail(sent, number, Ended.LOST, "broken", now=now) is State.GRADED
    last = submissions.get(sent)
    assert (last.report.verdict, last.regrade_at) == (Verdict.INTERNAL_ERROR, None)
    assert grades.regrade_due(now + timedelta(days=1000)) == 0


def test_an_internal_error_that_is_graded_again_takes_the_new_report_and_no_old_one(
    submissions: Submissions, attempts: Attempts, grades: Grades
) -> None:
    sent, other = send(submissions), send(submissions)
    for number in range(1, MAX_FAILURES + 1):
        attempts.hand_out(2, now=LATER + number * 60 * SECOND, lease=LEASE)
        grades.fail(sent, number, Ended.EXPIRED, "", now=LATER + number * 60 * SECOND)
    assert grades.record(other, 1, report(), [], now=LATER)
    later = LATER + timedelta(hours=1)
    assert grades.regrade_due(later) == 1
    # The worker that was thought lost reports at last: its attempt is over.
    assert not grades.record(sent, MAX_FAILURES, report(9.0), [], now=later)
    attempts.hand_out(1, now=later, lease=LEASE)
    assert not grades.record(sent, MAX_FAILURES, report(9.0), [], now=later)
    assert grades.record(sent, MAX_FAILURES + 1, report(2.0), [], now=later)
    found = submissions.get(sent)
    assert (found.report.score, found.verdict, found.regrade_at) == (2.0, Verdict.PARTIAL, None)
    assert grades.regrade_due(later + timedelta(days=1000)) == 0


def test_only_an_internal_error_is_graded_again_on_demand(
    submissions: Submissions, attempts: Attempts, grades: Grades
) -> None:
    failed, graded, waiting = (send(submissions) for _ in range(3))
    for number in range(1, MAX_FAILURES + 1):
        attempts.hand_out(9, now=LATER + number * 60 * SECOND, lease=LEASE)
        grades.fail(failed, number, Ended.FAILED, "", now=LATER + number * 60 * SECOND)
    grades.record(graded, 1, report(), [], now=LATER)
    changed = [grades.regrade(id, now=LATER) for id in (failed, graded, waiting, new_id())]
    assert changed == [True, False, False, False]
    assert submissions.get(failed).state is State.ACCEPTED
    assert submissions.get(graded).state is State.GRADED


def test_messages_that_the_queue_loses_are_not_held_against_a_submission(
    submissions: Submissions, attempts: Attempts, grades: Grades
) -> None:
    sent = send(submissions)
    for number in range(1, MAX_ATTEMPTS):
        attempts.hand_out(1, now=LATER, lease=LEASE)
        assert grades.fail(sent, number, Ended.UNDELIVERED, "lost", now=LATER) is State.ACCEPTED
    attempts.hand_out(1, now=LATER, lease=LEASE)
    assert grades.fail(sent, MAX_ATTEMPTS, Ended.UNDELIVERED, "", now=LATER) is State.GRADED


def test_what_fails_twice_waits_a_moment(
    submissions: Submissions, attempts: Attempts, grades: Grades
) -> None:
    sent = send(submissions)
    for number in (1, 2):
        attempts.hand_out(1, now=LATER, lease=LEASE)
        grades.fail(sent, number, Ended.FAILED, "broken", now=LATER)
    assert attempts.hand_out(1, now=LATER + SECOND, lease=LEASE) == []
    assert len(attempts.hand_out(1, now=LATER + 2 * SECOND, lease=LEASE)) == 1


def test_the_lease_counts_from_the_beginning(submissions: Submissions, attempts: Attempts) -> None:
    sent = send(submissions)
    attempts.hand_out(1, now=LATER, lease=LEASE)
    assert attempts.open()[0].lease_expires_at == LATER + LEASE
    attempts.begin(sent, 1, worker="w", now=LATER + SECOND, lease=LEASE)
    found = attempts.open()[0]
    assert (found.lease_expires_at, found.worker) == (LATER + SECOND + LEASE, "w")
    assert submissions.get(sent).state is State.RUNNING


def test_a_transaction_that_breaks_leaves_nothing(
    submissions: Submissions, attempts: Attempts, grades: Grades, engine: Engine
) -> None:
    sent = send(submissions)
    attempts.hand_out(1, now=LATER, lease=LEASE)
    twice = [StoredFile("density.png", "image/png", b"")] * 2
    with pytest.raises(IntegrityError):
        grades.record(sent, 1, report(), twice, now=LATER)
    assert submissions.get(sent).state is State.QUEUED
    with engine.connect() as connection:
        assert connection.scalars(select(FileRow.name)).all() == []
        assert connection.scalars(select(AttemptRow.ended)).all() == [None]


def test_a_file_of_no_attempt_is_refused(submissions: Submissions, engine: Engine) -> None:
    """Foreign keys hold on SQLite too, where they are off unless asked for."""
    values = {"submission": new_id(), "attempt": 1, "name": "x", "media_type": "", "content": b""}
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(insert(FileRow).values(values))


def test_a_moment_without_a_zone_is_refused(attempts: Attempts) -> None:
    with pytest.raises(StatementError, match="time zone"):
        attempts.note_capacity(1, now=datetime(2026, 1, 1))
