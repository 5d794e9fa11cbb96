"""What the store promises of grades that are shown since a closing time, on both databases."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from exercises.outcome import Verdict
from grader.dispatch.herald import Herald
from grader.store.assignment import closings as module
from grader.store.assignment.assignments import Assignments, Extension, Rules
from grader.store.assignment.closings import Closings
from grader.store.assignment.disclosure import Release
from grader.store.assignment.releases import Releases
from grader.store.audit import Actor
from grader.store.course.courses import Courses
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.database import MIGRATIONS, migrate, writing
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.identity.people import People
from grader.store.submission.submissions import Submissions
from grader.store.webhook.announcements import announce_all
from grader.store.webhook.deliveries import Deliveries
from grader.store.webhook.webhooks import Webhooks
from grader.webhooks.event import Event
from tests.patience import PATIENCE_SECONDS, until
from worker.failure import our_failure

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
AFTER_CLOSE = Rules(due_at=NOW + DAY, release=Release.AFTER_CLOSE)


class School:
    """A course with two students, a webhook, and a clock that a test sets."""

    def __init__(self, engine: Engine) -> None:
        self.now = NOW
        self.engine = engine
        self.assignments = Assignments(engine, clock=self.clock)
        self.closings = Closings(engine)
        Courses(engine, clock=self.clock).create("red", "Red")
        self.kim, self.lou = (self._student(name) for name in ("kim", "lou"))
        self.hook = Webhooks(engine, clock=self.clock).create(
            "red", "https://lms.example.org/hook", [Event.GRADE_CHANGED], actor=Actor("0" * 26)
        )[0]

    def clock(self) -> datetime:
        return self.now

    def _student(self, name: str) -> str:
        person = People(self.engine, clock=self.clock).create(name.title(), name).id
        Memberships(self.engine, clock=self.clock).put("red", person, Role.STUDENT)
        return person

    def assign(self, rules: Rules = AFTER_CLOSE) -> str:
        return self.assignments.assign("red", "affine", "v1", rules).id

    def send(self, assignment: str, person: str | None = None) -> str:
        sent = Submissions(self.engine, clock=self.clock).hand_in(
            assignment,
            person or self.kim,
            exercise="affine",
            exercise_version="v1",
            source="f",
            seed=1,
        )
        Attempts(self.engine).hand_out(100, now=self.now, lease=timedelta(minutes=1))
        return sent.id

    def graded(self, assignment: str, person: str | None = None) -> str:
        sent = self.send(assignment, person)
        report = our_failure("affine", "v1", 5).model_copy(
            update={"verdict": Verdict.PARTIAL, "score": 8.0, "max_score": 10.0}
        )
        assert Grades(self.engine).record(sent, 1, report, [], now=self.now)
        return sent

    def herald(self, at: datetime) -> None:
        """Do what the program does when it looks at a moment."""
        self.now = at
        while self.closings.step(at):
            pass

    def told(self) -> list[dict[str, Any]]:
        """What was told, the oldest first."""
        found = Deliveries(self.engine).of("red", self.hook.id, limit=1000)
        payloads = [json.loads(one.body) for one in reversed(found)]
        assert {one["type"] for one in payloads} <= {"grade.changed"}
        return [one["data"] for one in payloads]

    def told_of(self) -> Counter[str]:
        return Counter(one["submission"] for one in self.told())


@pytest.fixture
def school(engine: Engine) -> School:
    return School(engine)


def test_a_class_is_told_of_once_when_its_assignment_has_closed(school: School) -> None:
    assignment = school.assign()
    sent = [school.graded(assignment), school.graded(assignment, school.lou)]
    school.send(assignment)  # What has no report yet is told of with its report.
    school.graded(school.assign(Rules(due_at=NOW + DAY)))
    unanswered = school.assign()
    school.herald(NOW + DAY)
    assert school.told() == [], "within the second of the deadline it is open"
    school.herald(NOW + DAY + SECOND)
    assert [one["shown"] for one in school.told()] == ["whole", "whole"]
    assert school.told_of() == Counter(sent)
    school.herald(NOW + 9 * DAY)
    assert school.told_of() == Counter(sent)
    assert school.assignments.remove(unanswered)


def test_who_has_more_time_is_told_of_when_that_is_over(school: School) -> None:
    # Late work is waited for; further attempts alone put nothing off.
    rules = Rules(due_at=NOW, closes_at=NOW + DAY, release=Release.AFTER_CLOSE)
    assignment = school.assign(rules)
    kim, lou = school.graded(assignment), school.graded(assignment, school.lou)
    school.assignments.extend(assignment, school.kim, Extension(more_attempts=2))
    school.assignments.extend(assignment, school.lou, Extension(due_at=NOW + 3 * DAY))
    school.herald(NOW + DAY)
    assert school.told() == []
    school.herald(NOW + 2 * DAY)
    assert school.told_of() == Counter([kim])
    school.herald(NOW + 3 * DAY + SECOND)
    assert school.told_of() == Counter([kim, lou])


def test_hidden_criteria_are_told_of_when_they_are_shown(school: School) -> None:
    hidden = Rules(hidden_criteria=("law",), due_at=NOW + DAY)
    at_once = school.graded(school.assign(hidden))
    by_hand = school.assign(replace(hidden, release=Release.BY_HAND))
    school.graded(by_hand)
    before = school.assign()
    released = school.graded(before)
    Releases(school.engine, clock=school.clock).release(before)
    school.herald(NOW + 2 * DAY)
    # Time does not release what is released by hand, and what was is told of already.
    assert school.told_of() == Counter([at_once, released])
    assert school.told()[-1]["shown"] == "whole"


def test_rules_that_are_changed_are_told_of_when_grades_are_shown_by_them(school: School) -> None:
    def closes(at: datetime) -> Rules:
        return Rules(due_at=at, release=Release.AFTER_CLOSE)

    assignment = school.assign(closes(NOW + 5 * DAY))
    sent = school.graded(assignment)
    school.herald(NOW + 3 * DAY)
    assert school.told() == []
    school.assignments.change(assignment, rules=closes(NOW + 2 * DAY))
    school.herald(NOW + 3 * DAY)
    assert school.told_of() == Counter([sent])
    # It opens again, and so closes again.
    school.assignments.change(assignment, rules=closes(NOW + 6 * DAY))
    school.herald(NOW + 4 * DAY)
    assert school.told_of() == Counter([sent])
    school.herald(NOW + 7 * DAY)
    assert school.told_of() == Counter([sent, sent])


def test_one_that_was_killed_goes_on_where_it_was(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    assignment = school.assign()
    sent = [school.graded(assignment) for _ in range(5)]
    later = NOW + 2 * DAY
    assert school.closings.step(later)
    assert sum(school.told_of().values()) == 2

    def tell_and_die(*args: Any, **named: Any) -> int:
        announce_all(*args, **named)
        raise RuntimeError("killed before the commit")

    with monkeypatch.context() as patched:
        patched.setattr(module, "announce_all", tell_and_die)
        with pytest.raises(RuntimeError):
            school.closings.step(later)
    assert sum(school.told_of().values()) == 2
    school.herald(later)
    assert school.told_of() == Counter(sent)


def test_two_that_tell_at_once_tell_once(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH", 1)
    assignment = school.assign()
    sent = [school.graded(assignment) for _ in range(6)]
    threads = [threading.Thread(target=school.herald, args=(NOW + 2 * DAY,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert school.told_of() == Counter(sent)


def test_nothing_is_told_of_what_had_closed_before_this_was_kept(school: School) -> None:
    school.now = datetime(2020, 1, 1, tzinfo=UTC)
    school.graded(school.assign(Rules(due_at=school.now + DAY, release=Release.AFTER_CLOSE)))
    never = datetime(2999, 1, 1, tzinfo=UTC)
    sent = school.graded(school.assign(Rules(due_at=never, release=Release.AFTER_CLOSE)))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(school.engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0011")
    migrate(school.engine)
    school.herald(never + DAY)
    assert school.told_of() == Counter([sent])


def test_the_program_looks_by_itself_until_it_is_told_to_stop(school: School) -> None:
    school.now = datetime(2020, 1, 1, tzinfo=UTC)
    rules = Rules(due_at=school.now + DAY, release=Release.AFTER_CLOSE)
    sent = school.graded(school.assign(rules))
    stop = threading.Event()
    program = threading.Thread(target=Herald(school.closings).run, args=(stop,))
    program.start()
    try:
        until(school.told)
    finally:
        stop.set()
    program.join(PATIENCE_SECONDS)
    assert not program.is_alive()
    assert school.told_of() == Counter([sent])
