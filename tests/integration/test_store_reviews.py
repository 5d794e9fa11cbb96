"""What the store promises of comments, given points and reviews, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from exercises.outcome import Outcome, Verdict
from exercises.report import Finding, Report, Status
from grader.store.assignment.assignments import Rules
from grader.store.assignment.disclosure import Release
from grader.store.assignment.releases import Releases
from grader.store.audit import Actor, Audit, Deed
from grader.store.course.roles import Role
from grader.store.database import writing
from grader.store.gradebook.rounds import Among, Rounds
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.review.comments import Comments, threads
from grader.store.review.overrides import NotOverridden, Overrides
from grader.store.review.points import Earned
from grader.store.review.reviews import AlreadyAsked, QueuePart, Reviews
from grader.store.submission.submissions import Submission
from grader.store.submission.walls import View
from tests.integration.test_store_courses import LEASE, NOW, School


@pytest.fixture
def school(engine: Engine) -> School:
    return School(engine)


def report(law: float, of: float = 10.0) -> Report:
    status = Status.PASSED if law == of else Status.PARTIAL
    verdict = Verdict.PASSED if law == of else Verdict.PARTIAL
    return Report(
        exercise="affine",
        exercise_version="v1",
        verdict=verdict,
        outcome=Outcome.COMPLETED,
        score=law,
        max_score=of,
        findings=[Finding(check="law", status=status, points=law, max_points=of, message="So.")],
        seed=1,
        samples=1,
        layers=[],
    )


def grade(school: School, id_: str, given: Report) -> None:
    (job,) = Attempts(school.engine).hand_out(1, now=school.now, lease=LEASE)
    assert job.submission == id_
    assert Grades(school.engine).record(id_, job.attempt, given, [], now=school.now)


def handed_in(school: School, assignment: str, who: str | None = None) -> str:
    made = school.submissions.hand_in(
        assignment, who or school.kim, exercise="affine", exercise_version="v1", source="x", seed=1
    )
    grade(school, made.id, report(6))
    school.now += timedelta(seconds=1)
    return made.id


def stored(school: School, id_: str, view: View | None = None) -> Submission:
    found = school.submissions.get(id_) if view is None else school.submissions.get(id_, view)
    assert found is not None
    return found


def test_given_points_are_kept_beside_the_graders(school: School) -> None:
    tess = Actor(school.person("tess", Role.ASSISTANT))
    id_ = handed_in(school, school.assign().id)
    overrides = Overrides(school.engine, clock=school.clock)
    first = overrides.give(tess, id_, "law", 8, "so")
    found = stored(school, id_)
    assert (found.score, found.given_score, found.counted_score) == (6, 8, 8)
    assert found.points == {"law": Earned(6, 10, 8)}
    whole = overrides.give(tess, id_, None, 3, "or so")
    assert stored(school, id_).given_score == 3
    with pytest.raises(NotOverridden):
        overrides.give(tess, id_, None, 10.5, "more")
    assert [one.holds for one in overrides.of(id_)] == [True, True]
    assert overrides.take_back(tess, id_, whole.id)
    assert not overrides.take_back(tess, id_, whole.id)
    assert stored(school, id_).given_score == 8
    with writing(school.engine) as connection:
        connection.execute(text("UPDATE submissions SET state = 'accepted'"))
    grade(school, id_, report(2, 7))
    assert (stored(school, id_).score, stored(school, id_).given_score) == (2, 7)
    assert overrides.take_back(tess, id_, first.id)
    assert stored(school, id_).given_score is None
    log = Audit(school.engine).of_course("flows", submission=id_)
    assert [entry.deed for entry in log].count(Deed.OVERRIDDEN) == 2


def test_a_comment_and_its_answers_come_back_as_a_thread(school: School) -> None:
    tess, kim = Actor(school.person("tess", Role.ASSISTANT)), Actor(school.kim)
    id_ = handed_in(school, school.assign().id)
    comments = Comments(school.engine, clock=school.clock)
    first = comments.write(tess, id_, " Why? ", line=1)
    school.now += timedelta(seconds=1)
    answer = comments.write(kim, id_, "Because.", thread=first.id, is_staff=False)
    (thread,) = threads(comments.of(id_))
    assert (thread.first.text, thread.first.name) == ("Why?", "Tess")
    assert [one.text for one in thread.answers] == ["Because."]
    comments.withdraw(kim, id_, answer.id)
    comments.withdraw(tess, id_, first.id)
    assert comments.of(id_) == []
    deeds = {entry.deed for entry in Audit(school.engine).of_course("flows", submission=id_)}
    assert deeds == {Deed.COMMENTED, Deed.COMMENT_REMOVED}


def test_of_two_reviews_that_are_asked_at_once_one_is_open(school: School) -> None:
    id_ = handed_in(school, school.assign().id)
    reviews = Reviews(school.engine, clock=school.clock)
    refused: list[bool] = []

    def ask() -> None:
        try:
            reviews.ask(Actor(school.kim), id_, "Why?")
            refused.append(False)
        except AlreadyAsked:
            refused.append(True)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert sorted(refused) == [False, True, True, True]
    (queued,) = reviews.in_course("flows")
    assert (queued.score, queued.review.name) == (6, "Kim")
    tess = school.person("tess", Role.ASSISTANT)
    reviews.take("flows", queued.review.id, tess)
    assert len(reviews.in_course("flows", QueuePart.MINE, taker=tess)) == 1
    assert reviews.in_course("flows", QueuePart.MINE, taker=school.kim) == []
    reviews.answer(Actor(tess), "flows", queued.review.id, "So.")
    assert reviews.in_course("flows") == []
    assert reviews.count_open("flows") == 0
    (answered,) = reviews.in_course("flows", QueuePart.ANSWERED)
    assert (answered.review.answerer, answered.review.answer) == ("Tess", "So.")


def test_a_round_meets_each_student_once(school: School) -> None:
    assignment = school.assign().id
    # Ids of one millisecond have no order between them.
    people = sorted([school.kim, *(school.person(one, Role.STUDENT) for one in ("lea", "max"))])
    for who in [*people, people[0]]:
        handed_in(school, assignment, who)
    handed_in(school, assignment, school.person("tess", Role.ASSISTANT))
    rounds = Rounds(school.engine)
    latest = {one.person: one.id for one in reversed(school.submissions.latest(limit=50))}
    for index, who in enumerate(people):
        at = rounds.at(assignment, "flows", who)
        after = latest[people[index + 1]] if index < 2 else None
        assert (at.count, at.before, at.next) == (3, index, after)
    Comments(school.engine).write(Actor(), latest[people[1]], "seen")
    left = rounds.at(assignment, "flows", people[0], Among.UNTOUCHED)
    assert (left.count, left.next) == (2, latest[people[2]])
    Reviews(school.engine).ask(Actor(people[1]), latest[people[1]], "Why?")
    assert rounds.at(assignment, "flows", people[0], Among.ASKED).next == latest[people[1]]
    assert rounds.at(assignment, "flows", people[0], Among.FAILED).count == 3


def test_a_grade_is_read_as_far_as_it_is_released(school: School) -> None:
    due = NOW + timedelta(days=1)
    assignment = school.assign(due_at=due, release=Release.AFTER_CLOSE).id
    id_ = handed_in(school, assignment)
    own, staff = View(person=school.kim), View(staffed=frozenset({"flows"}))
    assert stored(school, id_, own).report is None
    assert stored(school, id_, own).score is None
    assert stored(school, id_, staff).score == 6
    (listed,) = school.submissions.latest(view=own)
    assert (listed.score, listed.verdict, listed.counted_score) == (None, None, None)
    stands = school.standings.one(school.kim, assignment)
    assert stands is not None
    assert stands.best is None
    full = school.standings.one(school.kim, assignment, in_full=True)
    assert full is not None
    assert full.best is not None
    releases = Releases(school.engine, clock=school.clock)
    assert releases.release(assignment) is not None
    assert stored(school, id_, own).score == 6
    releases.release(assignment, released=False)
    assert stored(school, id_, own).score is None
    school.now = due + timedelta(seconds=1)
    assert stored(school, id_, own).score == 6


def test_rules_of_release_come_back_as_they_were_written(school: School) -> None:
    made = school.assign(release=Release.BY_HAND, hidden_criteria=("law", "log_prob"))
    kept = school.assignments.get(made.id)
    assert kept is not None
    assert kept.rules == Rules(release=Release.BY_HAND, hidden_criteria=("law", "log_prob"))
    with pytest.raises(ValueError, match="deadline"):
        Rules(release=Release.AFTER_CLOSE)


def test_what_stands_on_several_alike_is_told_with_how_many(school: School) -> None:
    assignment = school.assign().id
    works = [handed_in(school, assignment) for _ in range(3)]
    comments = Comments(school.engine, clock=school.clock)
    actor = Actor(school.person("tess", Role.ASSISTANT))
    comments.write_on_each(actor, works, "To all.")
    school.now += timedelta(minutes=1)
    comments.write_on_each(actor, works[:2], "To two.")
    comments.write(actor, works[0], "To one.")
    comments.write(actor, works[0], "A line.", line=1)
    comments.write(actor, works[1], "A line.", line=1)
    told = comments.said_to_all(works)
    assert [(one.text, one.submissions) for one in told] == [("To two.", 2), ("To all.", 3)]
    assert told[0].at == school.now
    # Of one submission alone all is told; what is withdrawn is not.
    (two,) = (one.id for one in comments.of(works[0]) if one.text == "To two.")
    comments.withdraw(actor, works[0], two)
    assert {told.text for told in comments.said_to_all(works[:1])} == {"To all.", "To one."}
    assert comments.said_to_all([]) == []
