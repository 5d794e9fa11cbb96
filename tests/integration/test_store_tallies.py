"""What the store promises of tallies, overviews and failures, on SQLite and on PostgreSQL."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, delete, event, func, insert, select, update

from benchmarks.school import COURSE, build
from exercises.catalog.reading import read_catalog
from exercises.criteria import AnyCriterion
from exercises.exercise import AnyExercise, CodeExercise
from exercises.outcome import Verdict
from exercises.report import Finding, Status
from grader.desks.report.score_summaries import spread_of
from grader.store.assignment.assignments import Assignment, Extension, Rules
from grader.store.assignment.standing import Standings
from grader.store.course.roles import Role
from grader.store.database import MIGRATIONS, migrate, open_database, reading, writing
from grader.store.gradebook.cells import Order, Wanted
from grader.store.gradebook.course_report import CourseReports
from grader.store.gradebook.failing_laws import FailingLaws
from grader.store.gradebook.failures import Failures
from grader.store.gradebook.overview import Overviews
from grader.store.gradebook.progress import Look, Progress
from grader.store.gradebook.tallies import Tallies
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.models import (
    AssignmentRow,
    AttemptRow,
    MembershipRow,
    OutcomeRow,
    PersonRow,
    SubmissionRow,
    TallyDueRow,
    TallyRow,
)
from grader.store.submission.snags import SnagKind
from grader.store.submission.submissions import State, Submission
from tests.integration.test_store_courses import DAY, LEASE, NOW, School
from worker.failure import our_failure


@pytest.fixture
def school(engine: Engine) -> School:
    return School(engine)


def tally(school: School, assignment: Assignment, person: str = "") -> Any:
    """The tally of a student, counted anew where it is due."""
    Tallies(school.engine, clock=school.clock).catch_up("flows")
    mine = (TallyRow.assignment == assignment.id, TallyRow.person == (person or school.kim))
    with reading(school.engine) as connection:
        return connection.execute(select(*TallyRow.__table__.columns).where(*mine)).one_or_none()


def agrees(school: School, assignment: Assignment) -> None:
    """Whether the tally says what the standing says, as staff see it."""
    found = tally(school, assignment)
    standing = school.standings.one(school.kim, assignment.id, in_full=True)
    assert standing is not None
    best = standing.best
    assert (found.attempts_used, found.pending) == (standing.attempts_used, standing.pending)
    assert found.score == (best and best.score)
    assert found.earned == (best and best.earned)
    assert found.best == (best and best.submission)
    assert found.days_late == (best.lateness.days if best else 0)
    assert (found.state == Progress.PASSED) == standing.passed


def report(verdict: Verdict, score: float, *findings: Finding):
    shown = {"verdict": verdict, "score": score, "max_score": 10.0, "findings": list(findings)}
    return our_failure("affine", "v1", 5).model_copy(update=shown)


def record(school: School, sent: Submission, graded, number: int = 1) -> None:
    Attempts(school.engine).hand_out(100, now=school.now, lease=LEASE)
    assert Grades(school.engine).record(sent.id, number, graded, [], now=school.now)


def failed(check: str, **evidence: Any) -> Finding:
    return Finding(
        check=check, status=Status.FAILED, max_points=5, message=f"{check}!", evidence=evidence
    )


def test_a_tally_says_what_the_standing_says_whatever_happens(school: School) -> None:
    assignment = school.assign(due_at=NOW + DAY, closes_at=NOW + 9 * DAY, late_penalty=0.1)
    assert tally(school, assignment) is None
    first = school.send(assignment)
    agrees(school, assignment)
    school.grade(first, 4.0)
    agrees(school, assignment)
    school.now = NOW + 4 * DAY
    late = school.send(assignment)
    school.grade(late, 9.0)
    agrees(school, assignment)
    assert tally(school, assignment).days_late == 3
    change, extend = school.assignments.change, school.assignments.extend
    rules = assignment.rules
    for happens in (
        lambda: extend(assignment.id, school.kim, Extension(due_at=NOW + 3 * DAY)),
        lambda: extend(assignment.id, school.kim, Extension(due_at=NOW + 4 * DAY)),
        lambda: extend(assignment.id, school.kim, None),
        lambda: change(assignment.id, rules=changed(rules, late_penalty=0.3)),
        lambda: change(assignment.id, rules=changed(rules, due_at=NOW + 2 * DAY)),
        lambda: change_row(school, first, given_score=10.0),
        lambda: change_row(school, first, given_score=None),
    ):
        before = tally(school, assignment)
        happens()
        agrees(school, assignment)
        assert tally(school, assignment) != before, "nothing was counted again"


def changed(rules: Rules, **new: Any) -> Rules:
    return Rules(**({name: getattr(rules, name) for name in rules.__slots__} | new))


def change_row(school: School, sent: Submission, **values: Any) -> None:
    with writing(school.engine) as connection:
        connection.execute(
            update(SubmissionRow).where(SubmissionRow.id == sent.id).values(**values)
        )


def test_a_day_that_the_time_zone_makes_late_is_counted(school: School) -> None:
    # In Amsterdam the clocks go forward before the second day is over, in UTC they do not.
    due = NOW.replace(year=2026, month=3, day=28, hour=12)
    school.now = due - DAY
    assignment = school.assign(due_at=due, closes_at=due + 9 * DAY, late_penalty=0.1)
    school.now = due + DAY - timedelta(minutes=30)
    school.grade(school.send(assignment), 10.0)
    assert tally(school, assignment).days_late == 2
    school.courses.change("flows", time_zone="UTC")
    assert tally(school, assignment).days_late == 1
    agrees(school, assignment)


def test_what_goes_away_is_counted_no_more(school: School) -> None:
    assignment, other = school.assign(), school.assign()
    sent, moved = school.send(assignment), school.send(other)
    assert tally(school, assignment)
    assert tally(school, other)
    change_row(school, moved, assignment=assignment.id)
    assert tally(school, other) is None
    assert tally(school, assignment).attempts_used == 2
    change_row(school, moved, person=None)
    assert tally(school, assignment).attempts_used == 1
    with writing(school.engine) as connection:
        connection.execute(delete(SubmissionRow).where(SubmissionRow.id == sent.id))
    assert tally(school, assignment) is None


def test_a_submission_on_its_way_makes_nothing_due(school: School) -> None:
    assignment = school.assign()
    sent = school.send(assignment)
    tally(school, assignment)
    attempts = Attempts(school.engine)
    attempts.hand_out(1, now=school.now, lease=LEASE)
    attempts.begin(sent.id, 1, worker="w", now=school.now, lease=LEASE)
    with reading(school.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(TallyDueRow)) == 0


def test_the_outcomes_are_those_of_the_newest_report_and_of_the_one_that_counts(
    school: School,
) -> None:
    assignment = school.assign()
    sent = []
    for score in (7.0, 3.0, 5.0):
        # Two ids of one millisecond have no order.
        school.now += timedelta(seconds=1)
        sent.append(school.send(assignment))
        finding = failed("law", mistake=f"m{score}")
        record(school, sent[-1], report(Verdict.PARTIAL, score, finding, failed("fit")))
        assert tally(school, assignment).snag == f"m{score}"
    with reading(school.engine) as connection:
        kept = Counter(connection.scalars(select(OutcomeRow.submission)))
    assert kept == {sent[0].id: 2, sent[2].id: 2}


def test_a_report_that_takes_anothers_place_takes_that_of_its_outcomes(school: School) -> None:
    assignment = school.assign()
    sent = school.send(assignment)
    record(school, sent, our_failure("affine", "v1", 5))
    found = tally(school, assignment)
    assert (found.state, found.look) == (Progress.INTERNAL_ERROR, Look.OUR_ERROR)
    assert (found.judged, found.snag_kind, found.attempts_used) == (None, None, 0)
    assert Grades(school.engine).regrade(sent.id, now=school.now)
    assert tally(school, assignment).state == Progress.WAITING
    record(school, sent, report(Verdict.FAILED, 0.0, failed("law", mistake="shift")), number=2)
    found = tally(school, assignment)
    assert (found.state, found.snag, found.judged) == (Progress.FAILED, "shift", sent.id)
    # Graded once more, by another version, with the same score.
    change_row(school, sent, state=State.QUEUED, attempt=3)
    again = report(Verdict.FAILED, 0.0, failed("fit"), failed("law", mistake="scale"))
    with writing(school.engine) as connection:
        row = {"submission": sent.id, "number": 3, "handed_out_at": NOW, "lease_expires_at": NOW}
        connection.execute(insert(AttemptRow).values(**row, report=again.model_dump_json()))
    change_row(school, sent, state=State.GRADED)
    assert tally(school, assignment).snag_part == "fit"
    with reading(school.engine) as connection:
        parts = connection.execute(select(OutcomeRow.part, OutcomeRow.attempt)).all()
    assert sorted(map(tuple, parts)) == [("fit", 3), ("law", 3)]


UNCLEAR = Finding(check="law", status=Status.INCONCLUSIVE, message="?")
HALF = Finding(check="fit", status=Status.PARTIAL, message="half")
RIGHT = Finding(check="law", status=Status.PASSED, message="ok")
AT_A_POINT = Finding(
    check="shape",
    status=Status.FAILED,
    message="f(np.array([-0.57, 2.9e-05])) gave 3 numbers, not 2.",
)
SNAGS: tuple[tuple[list[Finding], tuple[object, ...]], ...] = (
    ([RIGHT, failed("law", mistake="shift")], ("law", SnagKind.MISTAKE, "shift", "law!")),
    (
        [failed("function", exception="ZeroDivisionError: by 0\0"), failed("law")],
        ("function", SnagKind.ERROR, "ZeroDivisionError", "ZeroDivisionError: by 0"),
    ),
    ([failed("function", outcome="refused")], ("function", SnagKind.ERROR, "refused", "function!")),
    ([failed("shape")], ("shape", SnagKind.UNNAMED, "", "shape!")),
    ([failed("question", question="q1")], ("q1", SnagKind.UNNAMED, "", "question!")),
    ([UNCLEAR, HALF], ("fit", SnagKind.UNNAMED, "", "half")),
    ([HALF, failed("law")], ("law", SnagKind.UNNAMED, "", "law!")),
    ([UNCLEAR], ("law", SnagKind.UNNAMED, "", "?")),
    ([RIGHT], (None, None, None, None)),
    # Many say the same of different points.
    ([AT_A_POINT], ("shape", SnagKind.UNNAMED, "", "f(np.array([…, …])) gave 3 numbers, not 2.")),
)


def test_a_snag_is_the_first_thing_that_is_not_right(school: School) -> None:
    for findings, snag in SNAGS:
        assignment = school.assign()
        record(school, school.send(assignment), report(Verdict.FAILED, 0.0, *findings))
        found = tally(school, assignment)
        assert (found.snag_part, found.snag_kind, found.snag, found.snag_said) == snag


def test_somebody_should_look_where_a_student_is_stuck(school: School) -> None:
    for rules, verdict, findings, look in (
        ({}, Verdict.PARTIAL, [failed("law")], None),
        ({}, Verdict.PARTIAL, [UNCLEAR], Look.INCONCLUSIVE),
        ({}, Verdict.NOT_GRADABLE, [failed("function")], Look.NEVER_RAN),
        ({"attempts": 1}, Verdict.PARTIAL, [failed("law")], Look.NO_ATTEMPTS),
        ({"attempts": 1}, Verdict.PASSED, [], None),
    ):
        assignment = school.assign(**rules)
        score = 10.0 if verdict is Verdict.PASSED else 0.0
        record(school, school.send(assignment), report(verdict, score, *findings))
        assert tally(school, assignment).look == look, (rules, verdict)


def test_what_is_written_while_tallies_are_counted_is_counted_the_next_time(
    school: School,
) -> None:
    assignment = school.assign()
    sent = school.send(assignment)
    school.grade(sent, 4.0)
    if school.engine.dialect.name == "sqlite":
        # There whoever writes is alone, so that it would wait for the transaction below.
        tally(school, assignment)
    with writing(school.engine) as connection:
        here = update(SubmissionRow).where(SubmissionRow.id == sent.id)
        connection.execute(here.values(given_score=8.0))
        assert tally(school, assignment).score == 4.0
    assert tally(school, assignment).score == 8.0


def test_the_migration_counts_what_was_there_before(school: School) -> None:
    assignment = school.assign()
    school.grade(school.send(assignment), 4.0)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(school.engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0010")
    migrate(school.engine)
    agrees(school, assignment)


def test_dues_of_assignments_that_are_gone_are_forgotten(school: School) -> None:
    gone, assignment = school.assign(), school.assign()
    school.assignments.extend(gone.id, school.kim, Extension(more_attempts=1))
    assert school.assignments.remove(gone.id)
    school.send(assignment)
    assert Tallies(school.engine).catch_up_all() > 0
    with reading(school.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(TallyDueRow)) == 0
        assert connection.scalar(select(TallyRow.assignment)) == assignment.id


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def crowd(request: pytest.FixtureRequest, empty_database: Callable[[str], Any]) -> Iterator[Engine]:
    """A course of 60 students and 4 assignments, which tests leave as it is."""
    with empty_database(request.param) as url:
        engine = open_database(url)
        migrate(engine)
        made = build(engine, read_catalog(), students=60, exercises=4)
        # Somebody who teaches and tries things out is no student.
        with writing(engine) as connection:
            connection.execute(
                update(SubmissionRow)
                .where(SubmissionRow.person == made.students[0])
                .values(person=made.instructor.id)
            )
            names = update(PersonRow).where(PersonRow.id.in_(made.students[1:8]))
            connection.execute(names.values(name="Ana_100% Öz"))
        yield engine
        engine.dispose()


def truth(engine: Engine) -> dict[str, dict[str, Any]]:
    """By student and assignment the standings, as they are counted one by one."""
    with reading(engine) as connection:
        query = select(MembershipRow.person).where(MembershipRow.role == Role.STUDENT)
        students = connection.scalars(query).all()
    standings = Standings(engine)
    return {
        person: {one.id: standing for one, standing in standings.of(person, [COURSE], in_full=True)}
        for person in students
    }


def all_pages(engine: Engine, wanted: Wanted, limit: int = 7) -> list[Any]:
    overviews, found = Overviews(engine), []
    while page := overviews.page(
        COURSE, wanted, limit=limit, after=found[-1].id if found else None
    ):
        found += page
    return found


@pytest.mark.parametrize("order", Order)
def test_the_pages_hold_every_student_once_in_their_order(crowd: Engine, order: Order) -> None:
    found = all_pages(crowd, Wanted(order=order))
    known = truth(crowd)
    assert sorted(one.id for one in found) == sorted(known)
    newest = {
        one.id: max((cell.latest for cell in one.cells.values()), default="") for one in found
    }
    keys = {
        Order.NAME: [one.name for one in found],
        Order.HIGHEST: [-one.total for one in found],
        Order.LOWEST: [one.total for one in found],
        Order.LATEST: [newest[one.id] for one in reversed(found)],
    }[order]
    if order is Order.NAME:
        # PostgreSQL has its own idea of the alphabet; equal names stay together in both.
        assert keys.count("Ana_100% Öz") == 7
        start = keys.index("Ana_100% Öz")
        assert keys[start : start + 7] == ["Ana_100% Öz"] * 7
    else:
        assert keys == sorted(keys)
    for one in found:
        total = sum(s.best.score for s in known[one.id].values() if s.best)
        assert one.total == pytest.approx(total)


FILTERS = (
    *(Wanted(state=state) for state in Progress),
    Wanted(late=True),
    Wanted(look=True),
    Wanted(state=Progress.PARTIAL, late=True),
    Wanted(state=Progress.NOT_BEGUN, look=True),
)


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
@pytest.mark.parametrize("column", [None, 2])
def test_a_filter_finds_those_whose_work_fits_it(
    crowd: Engine, wanted: Wanted, column: int | None
) -> None:
    everybody = all_pages(crowd, Wanted())
    ids = sorted(Overviews(crowd).totals(COURSE))
    asked = Wanted(
        assignment=None if column is None else ids[column],
        state=wanted.state,
        late=wanted.late,
        look=wanted.look,
    )
    fitting = [
        one.id for one in everybody if any(asked.fits(id_, one.cells.get(id_)) for id_ in ids)
    ]
    assert [one.id for one in all_pages(crowd, asked)] == fitting
    assert Overviews(crowd).count(COURSE, asked) == len(fitting)


def test_a_search_finds_names_and_user_names_as_they_are_typed(crowd: Engine) -> None:
    # With ten whose user names begin so; % and _ mean themselves.
    sought = {"ana_100%": 7, "ANA_1": 7, "öz": 7, "Öz": 7, "S0000": 10, "a%z": 0, "": 60}
    found = {text: Overviews(crowd).count(COURSE, Wanted(text=text)) for text in sought}
    assert found == sought


def test_the_totals_are_those_of_the_students_alone(crowd: Engine) -> None:
    known = truth(crowd)
    for id_, total in Overviews(crowd).totals(COURSE).items():
        standings = [of_one[id_] for of_one in known.values()]
        best = [one.best for one in standings if one.best]
        assert total.students == len(known) == 60
        assert total.states[Progress.PASSED] == sum(one.passed for one in standings)
        assert sum(total.states.values()) == 60
        assert total.mean == pytest.approx(sum(one.score for one in best) / len(best))
        assert total.late == sum(one.lateness.days > 0 for one in best)


def test_a_course_report_counts_as_the_overview_and_the_failures_do(crowd: Engine) -> None:
    reports, failures = CourseReports(crowd), Failures(crowd)
    totals, efforts = Overviews(crowd).totals(COURSE), failures.efforts(COURSE)
    catalog, standings = read_catalog(), reports.standings(COURSE)
    with reading(crowd) as connection:
        slugs = dict(connection.execute(select(AssignmentRow.id, AssignmentRow.exercise)).all())
        sent = connection.scalar(select(func.count()).select_from(SubmissionRow))
    known = {
        id_: {str(one.check): one.points for one in code(catalog[slugs[id_]])} for id_ in slugs
    }
    assert standings.keys() == totals.keys()
    for id_, total in totals.items():
        states: Counter[Progress] = Counter()
        for one in standings[id_]:
            states[one.state] += one.students
        assert states == Counter(total.states) - Counter({Progress.NOT_BEGUN: 60})
        assert sum(one.students for one in standings[id_] if one.late) == total.late
        assert spread_of(reports.tries(COURSE)[id_]) == efforts[id_].tries
        right = {
            one.part: one.best.get(Status.PASSED, 0)
            for one in failures.parts(COURSE, id_)
            if one.max_points
        }
        for told in (known, {}):
            assert {p.part: p.right for p in reports.parts(COURSE, told, ())[id_]} == right
    assert sum(one.submissions for one in reports.handed(COURSE).values()) == sent
    assert (reports.people(COURSE).students, reports.people(COURSE).staff) == (60, 1)
    # No fingerprints were kept, and no points given.
    assert FailingLaws(crowd).newest(COURSE, most=5) == {}
    assert reports.given(COURSE) == {}


def code(exercise: AnyExercise) -> tuple[AnyCriterion, ...]:
    """The criteria of a program."""
    assert isinstance(exercise, CodeExercise)
    return exercise.criteria


def test_quartiles_are_the_values_at_the_ranks(crowd: Engine) -> None:
    with reading(crowd) as connection:
        rows = connection.execute(
            select(TallyRow.assignment, TallyRow.tries, TallyRow.pass_seconds)
            .join(
                MembershipRow,
                (MembershipRow.person == TallyRow.person) & (MembershipRow.role == Role.STUDENT),
            )
            .where(TallyRow.tries.is_not(None))
        ).all()
    for id_, effort in Failures(crowd).efforts(COURSE).items():
        for name, spread in (("tries", effort.tries), ("pass_seconds", effort.seconds)):
            values = sorted(getattr(row, name) for row in rows if row.assignment == id_)
            ranked = [values[math.ceil(q * len(values) / 4) - 1] for q in (1, 2, 3)]
            assert spread is not None
            assert [spread.lower, spread.median, spread.upper] == ranked
            assert spread.count == len(values)


def test_clusters_and_criteria_add_up_to_the_class(crowd: Engine) -> None:
    failures = Failures(crowd)
    sizes = failures.sizes(COURSE)
    students = truth(crowd)
    for id_ in Overviews(crowd).totals(COURSE):
        clusters = failures.clusters(COURSE, id_)
        assert [(one.snag, one.students, one.passed) for one in clusters] == [
            (one.snag, one.students, one.passed) for one in sizes[id_]
        ]
        caught: list[str] = []
        for one in clusters:
            members = failures.members(COURSE, id_, one.snag, limit=100)
            assert len(members) == one.students == failures.size(COURSE, id_, one.snag)
            assert set(one.examples) <= {member.submission for member in members}
            assert sum(count for _, count in one.said) <= one.students
            again = failures.members(COURSE, id_, one.snag, limit=100, after=members[0].person)
            assert again == members[1:]
            caught += [member.person for member in members]
        assert len(set(caught)) == len(caught)
        assert set(caught) <= students.keys()
        parts = {one.part: one for one in failures.parts(COURSE, id_)}
        for name, column in (("latest", TallyRow.judged), ("best", TallyRow.best)):
            with reading(crowd) as connection:
                rows = connection.execute(
                    select(TallyRow.person, OutcomeRow.part, OutcomeRow.status)
                    .join(OutcomeRow, OutcomeRow.submission == column)
                    .where(TallyRow.assignment == id_)
                ).all()
            counts = Counter((row.part, row.status) for row in rows if row.person in students)
            shown = {
                (part, key): n for part in parts for key, n in getattr(parts[part], name).items()
            }
            assert shown == counts
        assert parts["law"].best != parts["law"].latest
        assert parts["function"].latest[Status.FAILED] == sum(
            one.students for one in clusters if one.snag.kind is SnagKind.ERROR
        )


@contextmanager
def plans(engine: Engine) -> Iterator[list[str]]:
    """What SQLite says that it will do, of each query that is made."""
    found: list[str] = []

    def explain(connection, cursor, statement, parameters, *_: object) -> None:
        if statement.startswith("SELECT"):
            own = connection.connection.cursor()
            own.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found.extend(row[3] for row in own.fetchall())

    event.listen(engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", explain)


def test_no_page_reads_a_table_from_end_to_end(crowd: Engine) -> None:
    if crowd.dialect.name != "sqlite":
        # PostgreSQL reads small tables whole, rightly.
        return
    overviews, failures = Overviews(crowd), Failures(crowd)
    one = next(iter(overviews.totals(COURSE)))
    snag = failures.clusters(COURSE, one)[0].snag
    with plans(crowd) as found:
        for wanted in (*FILTERS, *(Wanted(order=order) for order in Order), Wanted(text="a")):
            page = overviews.page(COURSE, wanted, limit=5)
            overviews.page(COURSE, wanted, limit=5, after=page[-1].id if page else "x")
            overviews.count(COURSE, wanted)
        overviews.totals(COURSE)
        overviews.cells(COURSE, page[0].id)
        failures.efforts(COURSE)
        failures.sizes(COURSE)
        failures.clusters(COURSE, one)
        failures.parts(COURSE, one)
        failures.members(COURSE, one, snag, limit=5)
    assert len(found) > 100
    tables = ("submissions", "attempts", "tallies", "tally_dues", "outcomes", "people", "files")
    scans = [plan for plan in found if plan.startswith("SCAN") and plan.split()[1] in tables]
    assert scans == []
