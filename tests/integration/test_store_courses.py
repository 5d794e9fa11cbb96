"""What the store promises of assignments and who may hand in, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from exercises.outcome import Verdict
from grader.store.assignment.admission import NotAdmitted, Refusal
from grader.store.assignment.assignments import Assignment, Assignments, Extension, Rules
from grader.store.assignment.standing import Standing, Standings
from grader.store.assignment.terms import Phase
from grader.store.course.courses import Courses
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.identity.people import People
from grader.store.submission.submissions import State, Submission, Submissions
from grader.store.submission.walls import View
from worker.failure import our_failure

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
LEASE = timedelta(minutes=5)


class School:
    """A course with a student, a teacher and a clock that a test sets."""

    def __init__(self, engine: Engine) -> None:
        self.now = NOW
        self.engine = engine
        clock = self.clock
        self.courses = Courses(engine, clock=clock)
        self.people = People(engine, clock=clock)
        self.members = Memberships(engine, clock=clock)
        self.assignments = Assignments(engine, clock=clock)
        self.submissions = Submissions(engine, clock=clock)
        self.standings = Standings(engine, clock=clock)
        self.courses.create("flows", "Flows", "Europe/Amsterdam")
        self.kim = self.person("kim", Role.STUDENT)

    def clock(self) -> datetime:
        return self.now

    def person(self, username: str, role: Role | None, course: str = "flows") -> str:
        made = self.people.create(username.title(), username)
        if role is not None:
            self.members.put(course, made.id, role)
        return made.id

    def assign(self, course: str = "flows", **rules: object) -> Assignment:
        return self.assignments.assign(course, "affine", "v1", Rules(**rules))

    def send(self, assignment: Assignment, person: str = "", **more: object) -> Submission:
        asked: dict[str, object] = {"exercise": "affine", "exercise_version": "v1", "seed": 1}
        return self.submissions.hand_in(
            assignment.id, person or self.kim, source="f", **(asked | more)
        )

    def refusal(self, assignment: Assignment, person: str = "", **more: object) -> Refusal:
        before = len(self.submissions.latest(limit=1000))
        with pytest.raises(NotAdmitted) as refused:
            self.send(assignment, person, **more)
        assert len(self.submissions.latest(limit=1000)) == before, "something was stored"
        return refused.value.why

    def grade(self, sent: Submission, score: float, verdict: Verdict = Verdict.PARTIAL) -> None:
        Attempts(self.engine).hand_out(100, now=self.now, lease=LEASE)
        report = our_failure("affine", "v1", 5).model_copy(
            update={"verdict": verdict, "score": score, "max_score": 10.0}
        )
        assert Grades(self.engine).record(sent.id, 1, report, [], now=self.now)

    def standing(self, assignment: Assignment, person: str = "") -> Standing:
        found = self.standings.one(person or self.kim, assignment.id)
        assert found is not None
        return found


@pytest.fixture
def school(engine: Engine) -> School:
    return School(engine)


def at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """What `act` gave or raised, in threads that start together."""
    results: list[object] = [None] * count
    start = threading.Barrier(count)

    def run(number: int) -> None:
        start.wait()
        try:
            results[number] = act(number)
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_an_assignment_is_kept_as_it_was_made(school: School) -> None:
    rules = Rules(
        opens_at=NOW,
        due_at=NOW + DAY,
        closes_at=NOW + 2 * DAY,
        late_penalty=0.25,
        attempts=3,
        cooldown_seconds=60,
    )
    made = school.assignments.assign("flows", "affine", "v1", rules)
    assert school.assignments.get(made.id) == made
    assert (made.rules, made.position, made.created_at) == (rules, 0, NOW)
    changed = school.assignments.change(made.id, exercise_version="v2")
    assert changed == replace(made, exercise_version="v2")
    assert school.assignments.change(made.id, rules=Rules()) == replace(changed, rules=Rules())
    assert school.assignments.get("unknown") is None
    assert school.assignments.change("unknown", rules=rules) is None


def test_assignments_stand_in_the_order_in_which_they_are_put(school: School) -> None:
    ids = [school.assign().id for _ in range(4)]
    assert [one.id for one in school.assignments.of("flows")] == ids
    school.assignments.move(ids[3], 0)
    school.assignments.move(ids[0], 99)
    moved = school.assignments.of("flows")
    assert [one.id for one in moved] == [ids[3], ids[1], ids[2], ids[0]]
    assert [one.position for one in moved] == [0, 1, 2, 3]
    assert school.assignments.move("unknown", 0) is None


def test_assignments_made_at_once_take_places_of_their_own(school: School) -> None:
    at_once(8, lambda _: school.assign())
    assert [one.position for one in school.assignments.of("flows")] == list(range(8))


def test_what_is_handed_in_is_its_persons_and_its_courses(school: School) -> None:
    assigned = school.assign()
    sent = school.send(assigned)
    assert (sent.person, sent.student, sent.course) == (school.kim, school.kim, "flows")
    assert (sent.assignment, sent.state) == (assigned.id, State.ACCEPTED)
    assert school.submissions.get(sent.id) == sent


def test_who_is_not_in_the_course_can_hand_nothing_in(school: School) -> None:
    assigned = school.assign()
    school.courses.create("other", "Other")
    stranger, other = school.person("lee", None), school.person("zoe", Role.STUDENT, "other")
    assert school.refusal(assigned, stranger) is Refusal.UNKNOWN
    assert school.refusal(assigned, other) is Refusal.UNKNOWN
    assert school.send(assigned, stranger, is_operator=True).course == "flows"
    school.members.remove("flows", school.kim)
    assert school.refusal(assigned) is Refusal.UNKNOWN
    with pytest.raises(NotAdmitted):
        school.submissions.hand_in(
            "unknown", school.kim, exercise="affine", exercise_version="v1", source="", seed=1
        )


def test_an_assignment_takes_work_from_its_opening_to_its_close(school: School) -> None:
    assigned = school.assign(opens_at=NOW, due_at=NOW + DAY, closes_at=NOW + 2 * DAY)
    school.now = NOW - timedelta(microseconds=1)
    assert school.refusal(assigned) is Refusal.NOT_OPEN
    assert school.standing(assigned).phase is Phase.NOT_OPEN
    school.now = NOW
    school.send(assigned)
    school.now = NOW + 2 * DAY + timedelta(microseconds=999_999)
    assert school.standing(assigned).phase is Phase.LATE
    school.send(assigned)
    school.now = NOW + 2 * DAY + SECOND
    assert school.refusal(assigned) is Refusal.CLOSED
    assert school.standing(assigned).phase is Phase.CLOSED


def test_an_extension_is_one_students_own(school: School) -> None:
    assigned = school.assign(due_at=NOW, attempts=1)
    lee = school.person("lee", Role.STUDENT)
    given = Extension(due_at=NOW + DAY, more_attempts=1, reason="ill")
    school.assignments.extend(assigned.id, school.kim, Extension(due_at=NOW + 9 * DAY))
    school.assignments.extend(assigned.id, school.kim, given)
    assert school.assignments.extensions(assigned.id) == {school.kim: given}
    school.now = NOW + DAY
    sent = school.send(assigned)
    assert sent.lateness is not None
    assert sent.lateness.days == 0
    school.send(assigned)
    assert school.refusal(assigned) is Refusal.NO_ATTEMPTS_LEFT
    assert school.refusal(assigned, lee) is Refusal.CLOSED
    own = school.standing(assigned)
    assert (own.terms.due_at, own.terms.is_extended) == (NOW + DAY, True)
    school.assignments.extend(assigned.id, school.kim, None)
    assert school.assignments.extensions(assigned.id) == {}
    assert school.refusal(assigned) is Refusal.CLOSED


def test_attempts_run_out_and_what_is_no_attempt_costs_none(school: School) -> None:
    assigned = school.assign(attempts=2)
    failed = school.send(assigned)
    school.grade(failed, 0.0, Verdict.INTERNAL_ERROR)
    syntax = school.send(assigned)
    school.grade(syntax, 0.0, Verdict.NOT_GRADABLE)
    real = school.send(assigned)
    school.grade(real, 0.0, Verdict.FAILED)
    assert school.standing(assigned).attempts_left == 1
    school.send(assigned)
    # It waits, and may come to cost an attempt.
    assert school.standing(assigned).attempts_left == 0
    assert school.standing(assigned).pending == 1
    assert school.refusal(assigned) is Refusal.NO_ATTEMPTS_LEFT


def test_of_twenty_at_once_no_more_are_taken_than_there_are_attempts(school: School) -> None:
    assigned = school.assign(attempts=3)
    results = at_once(20, lambda _: school.send(assigned))
    taken = [one for one in results if isinstance(one, Submission)]
    refused = [one for one in results if isinstance(one, NotAdmitted)]
    assert (len(taken), len(refused)) == (3, 17)
    assert {one.why for one in refused} == {Refusal.NO_ATTEMPTS_LEFT}
    assert {one.id for one in school.submissions.latest()} == {one.id for one in taken}


def test_of_many_at_once_one_is_taken_where_there_is_a_cooldown(school: School) -> None:
    assigned = school.assign(cooldown_seconds=10)
    results = at_once(20, lambda _: school.send(assigned))
    assert sum(isinstance(one, Submission) for one in results) == 1
    others = {one.why for one in results if isinstance(one, NotAdmitted)}
    assert others == {Refusal.COOLING_DOWN}


def test_two_students_do_not_wait_for_each_other(school: School) -> None:
    assigned = school.assign(attempts=1, cooldown_seconds=60)
    crowd = [school.person(f"s{number}", Role.STUDENT) for number in range(10)]
    results = at_once(10, lambda number: school.send(assigned, crowd[number]))
    assert all(isinstance(one, Submission) for one in results), results


def test_the_cooldown_ends_to_the_moment(school: School) -> None:
    assigned = school.assign(cooldown_seconds=10)
    school.send(assigned)
    school.now += timedelta(seconds=9, microseconds=999_999)
    assert school.refusal(assigned) is Refusal.COOLING_DOWN
    assert school.standing(assigned).next_attempt_at == NOW + timedelta(seconds=10)
    school.now = NOW + timedelta(seconds=10)
    assert school.standing(assigned).next_attempt_at is None
    school.send(assigned)


def test_our_failure_starts_no_cooldown(school: School) -> None:
    assigned = school.assign(cooldown_seconds=3600)
    school.grade(school.send(assigned), 0.0, Verdict.INTERNAL_ERROR)
    school.send(assigned)


def test_what_is_handed_in_elsewhere_or_by_others_counts_nothing_here(school: School) -> None:
    here, there = school.assign(attempts=1), school.assign(attempts=1)
    lee = school.person("lee", Role.STUDENT)
    school.send(there)
    school.send(here, lee)
    school.submissions.accept(
        exercise="affine", exercise_version="v1", source="", seed=1, person=school.kim
    )
    assert school.standing(here).attempts_left == 1
    school.send(here)


def test_a_course_that_is_over_takes_nothing_and_can_be_read(school: School) -> None:
    assigned = school.assign()
    sent = school.send(assigned)
    teacher = school.person("tess", Role.INSTRUCTOR)
    school.courses.archive("flows")
    assert school.refusal(assigned) is Refusal.ARCHIVED
    assert school.refusal(assigned, teacher) is Refusal.ARCHIVED
    assert school.submissions.get(sent.id, View(person=school.kim)) is not None
    school.courses.archive("flows", archived=False)
    school.send(assigned)


@pytest.mark.parametrize("role", [Role.ASSISTANT, Role.INSTRUCTOR])
def test_staff_try_an_assignment_out_whenever_they_like(school: School, role: Role) -> None:
    assigned = school.assign(opens_at=NOW + DAY, attempts=1, cooldown_seconds=60)
    teacher = school.person("tess", role)
    assert school.refusal(assigned) is Refusal.NOT_OPEN
    for _ in range(3):
        school.send(assigned, teacher)


def test_an_answer_to_another_version_is_refused(school: School) -> None:
    assigned = school.assign()
    assert school.refusal(assigned, exercise_version="v0") is Refusal.CHANGED
    school.assignments.change(assigned.id, exercise_version="v2")
    assert school.refusal(assigned) is Refusal.CHANGED
    school.send(assigned, exercise_version="v2")


def test_the_best_score_is_after_the_penalty_and_the_first_of_equals(school: School) -> None:
    assigned = school.assign(due_at=NOW, closes_at=NOW + 5 * DAY, late_penalty=0.1)
    first = school.send(assigned)
    same = school.send(assigned)
    school.now = NOW + DAY + SECOND
    late = school.send(assigned)
    for sent, score in ((first, 7.0), (same, 7.0), (late, 8.0)):
        school.grade(sent, score)
    best = school.standing(assigned).best
    assert best is not None
    # Two days late: 8 counts 6.4.
    assert (best.score, best.earned, best.max_score) == (7.0, 7.0, 10.0)
    assert best.submission == min(first.id, same.id)
    shown = school.submissions.get(late.id)
    assert shown is not None
    assert (shown.score, shown.counted_score) == (8.0, 6.4)
    assert shown.lateness is not None
    assert (shown.lateness.days, shown.lateness.kept) == (2, 0.8)
    # Later rules hold for what was handed in before.
    school.assignments.extend(assigned.id, school.kim, Extension(due_at=NOW + 2 * DAY))
    best = school.standing(assigned).best
    assert best is not None
    assert (best.submission, best.score) == (late.id, 8.0)
    listed = {one.id: one.counted_score for one in school.submissions.latest()}
    assert listed[late.id] == 8.0


def test_a_late_day_is_that_of_the_courses_clocks(school: School) -> None:
    # The night from 27 to 28 March 2027 has 23 hours in Amsterdam.
    due = datetime(2027, 3, 27, 22, 59, 59, tzinfo=UTC)
    assigned = school.assign(due_at=due, closes_at=due + 9 * DAY, late_penalty=0.5)
    school.now = due + timedelta(hours=23)
    in_one_day = school.send(assigned)
    school.now += SECOND
    in_two_days = school.send(assigned)
    assert in_one_day.lateness is not None
    assert in_two_days.lateness is not None
    assert (in_one_day.lateness.kept, in_two_days.lateness.kept) == (0.5, 0.0)


def test_what_is_not_graded_or_failed_on_our_side_is_no_best(school: School) -> None:
    assigned = school.assign()
    assert school.standing(assigned).best is None
    school.grade(school.send(assigned), 9.0, Verdict.INTERNAL_ERROR)
    school.send(assigned)
    assert school.standing(assigned).best is None
    assert not school.standing(assigned).passed


def test_passing_is_kept(school: School) -> None:
    assigned = school.assign()
    school.grade(school.send(assigned), 10.0, Verdict.PASSED)
    school.send(assigned)
    assert school.standing(assigned).passed


def test_one_query_tells_a_person_how_he_or_she_stands_everywhere(school: School) -> None:
    school.courses.create("other", "Other")
    first, second = school.assign(), school.assign(attempts=4)
    foreign = school.assign("other")
    lee = school.person("lee", Role.STUDENT)
    school.send(second)
    school.send(second)
    school.send(first, lee)
    found = school.standings.of(school.kim, ["flows"])
    assert [assigned.id for assigned, _ in found] == [first.id, second.id]
    assert [standing.attempts_used for _, standing in found] == [0, 2]
    assert found[1][1] == school.standing(second)
    both = school.standings.of(school.kim, ["other", "flows"])
    assert [assigned.id for assigned, _ in both] == [first.id, second.id, foreign.id]
    assert school.standings.of(school.kim, []) == []
    assert school.standings.one(school.kim, "unknown") is None


def test_an_assignment_that_was_answered_stays(school: School) -> None:
    answered, unanswered = school.assign(), school.assign()
    school.assignments.extend(unanswered.id, school.kim, Extension(more_attempts=1))
    school.send(answered)
    assert not school.assignments.remove(answered.id)
    assert school.assignments.remove(unanswered.id)
    assert not school.assignments.remove(unanswered.id)
    assert [one.id for one in school.assignments.of("flows")] == [answered.id]


def test_walls_stand_in_the_queries(school: School) -> None:
    school.courses.create("other", "Other")
    zoe = school.person("zoe", Role.STUDENT, "other")
    here = school.send(school.assign()).id
    there = school.send(school.assign("other"), zoe).id
    practice = school.submissions.accept(
        exercise="affine", exercise_version="v1", source="", seed=1, person=zoe, student=zoe
    ).id
    # A label may be the id of a course: it opens nothing to the course's staff.
    labelled = school.submissions.accept(
        exercise="affine", exercise_version="v1", source="", seed=1, course="flows", student="Kim"
    ).id
    everything = {here, there, practice, labelled}
    views = {
        View(): set(),
        View(person=school.kim): {here},
        View(person=zoe): {there, practice},
        View(person=zoe, staffed=frozenset({"flows"})): {here, there, practice},
        View(staffed=frozenset({"flows"})): {here},
        View(staffed=frozenset({"flows", "other"})): {here, there},
        View(unsigned=True): {labelled},
        View(person=school.kim, unsigned=True): {here, labelled},
        View(everything=True): everything,
    }
    for view, seen in views.items():
        assert {one.id for one in school.submissions.latest(view=view)} == seen, view
        for one in everything:
            found = school.submissions.get(one, view)
            assert (found is not None) == (one in seen), view
            whole = school.submissions.get(one)
            assert view.sees(whole) == (one in seen), view


def test_lists_are_narrowed_within_the_wall(school: School) -> None:
    first, second = school.assign(), school.assign()
    lee = school.person("lee", Role.STUDENT)
    mine, others = school.send(first).id, school.send(first, lee).id
    elsewhere = school.send(second).id
    staff, own = View(staffed=frozenset({"flows"})), View(person=school.kim)

    def listed(view: View, **only: str) -> set[str]:
        return {one.id for one in school.submissions.latest(view=view, **only)}

    assert listed(staff, assignment=first.id) == {mine, others}
    assert listed(own, assignment=first.id) == {mine}
    assert listed(staff, student=lee) == {others}
    assert listed(own, student=lee) == set()
    assert listed(staff, course="flows") == {mine, others, elsewhere}
    assert listed(staff, course="other") == set()
