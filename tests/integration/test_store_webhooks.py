"""What the store promises of webhooks and their outbox, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from exercises.outcome import Verdict
from exercises.report import Report
from grader.store.assignment.assignments import Assignments, Rules
from grader.store.audit import NOBODY_IN_PARTICULAR, Actor, Audit, Deed
from grader.store.course.courses import Courses
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.database import one_transaction, writing
from grader.store.grading.attempts import Attempts
from grader.store.grading.grades import Grades
from grader.store.identity.people import People
from grader.store.models import ExternalIdRow
from grader.store.submission.state import MAX_FAILURES, Ended
from grader.store.submission.submissions import Submissions
from grader.store.webhook.announcements import announce, announce_all
from grader.store.webhook.deliveries import Deliveries, Delivery, DeliveryState
from grader.store.webhook.outbox import Claim, Outbox, Settled
from grader.store.webhook.webhooks import (
    MOST,
    OLD_SECRET_LASTS,
    Paused,
    TooManyWebhooks,
    Webhook,
    Webhooks,
)
from grader.webhooks.event import SUBSCRIBABLE, Event
from grader.webhooks.patience import GIVE_UP_AFTER, KEEP_SETTLED, PAUSE_AFTER
from grader.webhooks.tried import Tried
from worker.failure import our_failure

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
LEASE = timedelta(minutes=1)
IVO = Actor("01h00000000000000000000ivo")
TAKEN, BROKEN = Tried(200, "ok", seconds=0.1), Tried(500, "oh no")
URL = "https://lms.example.org/hook"


class Undone(Exception):
    """Something went wrong on the way."""


class School:
    """A course with an assignment, a student and a clock that a test sets."""

    def __init__(self, engine: Engine) -> None:
        self.now = NOW
        self.engine = engine
        self.webhooks = Webhooks(engine, clock=self.clock)
        self.deliveries = Deliveries(engine, clock=self.clock)
        self.outbox = Outbox(engine)
        self.audit = Audit(engine)
        for course in ("red", "blue"):
            Courses(engine, clock=self.clock).create(course, course.title())
        self.kim = People(engine, clock=self.clock).create("Kim", "kim").id
        Memberships(engine, clock=self.clock).put("red", self.kim, Role.STUDENT)
        rules = Rules(due_at=NOW - SECOND, closes_at=NOW + 9 * DAY, late_penalty=0.25)
        assignments = Assignments(engine, clock=self.clock)
        self.assignment = assignments.assign("red", "affine", "v1", rules).id

    def clock(self) -> datetime:
        return self.now

    def hook(self, *events: Event, course: str = "red") -> Webhook:
        return self.webhooks.create(course, URL, events or SUBSCRIBABLE, actor=IVO)[0]

    def send(self) -> str:
        sent = Submissions(self.engine, clock=self.clock).hand_in(
            self.assignment, self.kim, exercise="affine", exercise_version="v1", source="f", seed=1
        )
        Attempts(self.engine).hand_out(100, now=self.now, lease=LEASE)
        return sent.id

    def grade(self, sent: str, report: Report | None = None) -> bool:
        grades = Grades(self.engine)
        return grades.record(sent, 1, report or passed(), [], now=self.now)

    def sent_to(self, webhook: Webhook) -> list[Delivery]:
        return self.deliveries.of(webhook.course, webhook.id, limit=1000)

    def payloads(self, webhook: Webhook) -> list[Any]:
        return [json.loads(one.body) for one in self.sent_to(webhook)]

    def take(self, webhook: Webhook, count: int = 1) -> list[Claim]:
        return self.outbox.take(webhook.id, count, now=self.now, lease=LEASE)

    def ping(self, webhook: Webhook) -> Delivery:
        sent = self.deliveries.ping(webhook.course, webhook.id)
        assert sent is not None
        return sent

    def event(self, webhook: Webhook) -> Delivery:
        """A delivery that is due now."""
        sent = self.send()
        with writing(self.engine) as connection:
            announce(connection, Event.GRADED, sent, now=self.now)
        return self.sent_to(webhook)[0]

    def look(self, delivery: Delivery) -> Delivery:
        found = self.deliveries.get("red", delivery.webhook, delivery.id)
        assert found is not None
        return found

    def tried(self, webhook: Webhook, tried: Tried) -> Settled:
        """Try what is due for a webhook once."""
        (claim,) = self.take(webhook)
        settled = self.outbox.settle(claim, tried, now=self.now)
        assert settled is not None
        return settled


def passed(**changes: object) -> Report:
    fields = {"verdict": Verdict.PARTIAL, "score": 8.0, "max_score": 10.0}
    return our_failure("affine", "v1", 5).model_copy(update=fields | changes)


@pytest.fixture
def school(engine: Engine) -> School:
    return School(engine)


def test_a_grade_is_told_to_each_webhook_of_its_course_once(school: School) -> None:
    hooks = [school.hook(), school.hook(Event.GRADED, Event.REVIEW_ASKED)]
    others = [school.hook(Event.REGRADED), school.hook(course="blue")]
    sent = school.send()
    with writing(school.engine) as connection:
        ids = {"course": "red", "person": school.kim, "kind": "canvas_id", "value": "c-77"}
        connection.execute(insert(ExternalIdRow).values(**ids))
    assert school.grade(sent)
    assert not school.grade(sent), "a report that comes twice"
    for hook in hooks:
        (told,) = school.payloads(hook)
        (delivery,) = school.sent_to(hook)
        assert told["id"] == delivery.event
        assert told | {"id": ""} == {
            "version": 1,
            "id": "",
            "type": "submission.graded",
            "timestamp": "2026-12-01T12:00:00Z",
            "course": "red",
            "data": {
                "submission": sent,
                "assignment": school.assignment,
                "exercise": "affine",
                "exercise_version": "v1",
                "student": {
                    "id": school.kim,
                    "username": "kim",
                    "external_ids": {"canvas_id": "c-77"},
                },
                "accepted_at": "2026-12-01T12:00:00Z",
                "graded_at": "2026-12-01T12:00:00Z",
                "verdict": "partial",
                "score": 8.0,
                "max_score": 10.0,
                "counted_score": 6.0,
                "days_late": 1,
                "shown": "whole",
                "links": {
                    "submission": f"/api/v1/submissions/{sent}",
                    "page": f"/submissions/{sent}",
                },
            },
        }
    # One event, whoever is told of it.
    assert len({school.sent_to(hook)[0].event for hook in hooks}) == 1
    assert [school.sent_to(hook) for hook in others] == [[], []]


def test_what_is_not_graded_is_not_told(school: School) -> None:
    hook, sent = school.hook(), school.send()

    def grade_and_fail() -> None:
        with one_transaction(school.engine):
            assert school.grade(sent)
            assert len(school.sent_to(hook)) == 1
            raise Undone

    with pytest.raises(Undone):
        grade_and_fail()
    assert school.sent_to(hook) == []
    assert school.grade(sent)
    assert len(school.sent_to(hook)) == 1


def test_what_is_practised_or_under_labels_is_told_to_nobody(school: School) -> None:
    hook = school.hook()
    sent = Submissions(school.engine).accept(
        exercise="affine", exercise_version="v1", source="f", seed=1, course="red", student="x"
    )
    Attempts(school.engine).hand_out(9, now=datetime.now(UTC), lease=LEASE)
    assert school.grade(sent.id)
    assert school.sent_to(hook) == []


def test_a_failure_of_ours_is_told_without_a_score_and_its_mending_as_a_regrade(
    school: School,
) -> None:
    hook, sent = school.hook(), school.send()
    attempts, grades = Attempts(school.engine), Grades(school.engine)
    for number in range(1, MAX_FAILURES + 1):
        grades.fail(sent, number, Ended.FAILED, "broken", now=school.now)
        school.now += timedelta(minutes=1)
        attempts.hand_out(1, now=school.now, lease=LEASE)
    (told,) = school.payloads(hook)
    assert (told["type"], told["data"]["verdict"]) == ("submission.graded", "internal_error")
    assert (told["data"]["score"], told["data"]["counted_score"]) == (None, None)
    assert grades.regrade(sent, now=school.now)
    attempts.hand_out(1, now=school.now, lease=LEASE)
    assert grades.record(sent, MAX_FAILURES + 1, passed(), [], now=school.now)
    mended, _ = school.payloads(hook)
    assert (mended["type"], mended["data"]["score"]) == ("submission.regraded", 8.0)


def test_a_whole_class_is_told_by_an_event_each(school: School) -> None:
    hook = school.hook()
    sent = [school.send() for _ in range(5)]
    with writing(school.engine) as connection:
        assert announce_all(connection, Event.GRADE_CHANGED, sent, now=school.now) == 5
    told = school.payloads(hook)
    assert {one["data"]["submission"] for one in told} == set(sent)
    assert len({one["id"] for one in told}) == 5


def test_a_grade_says_whether_its_student_sees_it(school: School) -> None:
    from grader.store.assignment.disclosure import Release

    hook, sent = school.hook(), school.send()
    assignments = Assignments(school.engine)
    assignments.change(school.assignment, rules=Rules(release=Release.BY_HAND))
    assert school.grade(sent)
    assert school.payloads(hook)[0]["data"]["shown"] == "receipt"


def test_what_is_taken_is_not_taken_twice_before_the_lease_is_over(school: School) -> None:
    hook = school.hook()
    school.event(hook)
    school.event(hook)
    first = school.take(hook, 1)
    second = school.take(hook, 5)
    assert len({one.delivery for one in first + second}) == 2
    assert school.take(hook, 5) == []
    assert school.outbox.due(school.now) == []
    school.now += LEASE
    again = school.take(hook, 5)
    assert {one.delivery for one in again} == {one.delivery for one in first + second}
    assert {one.event for one in again} == {one.event for one in first + second}
    # The first one comes back late: what it says does not count any more.
    assert school.outbox.settle(first[0], TAKEN, now=school.now) is None
    assert Counter(one.state for one in school.sent_to(hook)) == {DeliveryState.PENDING: 2}


def test_what_was_taken_by_the_receiver_is_not_sent_again(school: School) -> None:
    hook = school.hook()
    delivery = school.event(hook)
    assert school.tried(hook, TAKEN) == Settled(DeliveryState.DELIVERED)
    found = school.look(delivery)
    assert (found.state, found.tries, found.settled_at) == (DeliveryState.DELIVERED, 1, NOW)
    assert (found.status, found.answer, found.seconds) == (200, "ok", 0.1)
    school.now += 30 * DAY
    assert school.take(hook) == []


def test_what_was_not_taken_is_tried_again_later_and_at_last_given_up(school: School) -> None:
    hook = school.hook()
    delivery, begun = school.event(hook), school.now
    tries = 0
    while True:
        tries += 1
        settled = school.tried(hook, BROKEN)
        found = school.look(delivery)
        assert (found.tries, found.status, found.answer) == (tries, 500, "oh no")
        if settled.paused:
            school.webhooks.change("red", hook.id, active=True, actor=IVO)
        if settled.state is DeliveryState.DEAD:
            break
        assert school.now < found.due_at <= begun + GIVE_UP_AFTER
        school.now = found.due_at - SECOND / 10
        assert school.take(hook) == []
        school.now = found.due_at
    assert 10 < tries < 20
    assert school.now - begun > GIVE_UP_AFTER - 2 * DAY
    school.now += 30 * DAY
    assert school.take(hook) == []


def test_a_receiver_that_is_gone_is_paused_and_what_waits_is_sent_when_it_goes_on(
    school: School,
) -> None:
    hook = school.hook()
    delivery = school.event(hook)
    assert school.tried(hook, Tried(410)) == Settled(DeliveryState.PENDING, Paused.GONE)
    found = school.webhooks.get("red", hook.id)
    assert (found.paused, found.paused_at) == (Paused.GONE, NOW)
    assert school.webhooks.stopped("red") == 1
    (entry,) = school.audit.of_course("red", deed=Deed.WEBHOOK_CHANGED)
    assert (entry.actor, entry.after) == (NOBODY_IN_PARTICULAR, {"paused": "gone"})
    school.now += DAY
    later = school.event(hook)
    assert school.outbox.due(school.now) == []
    assert school.take(hook, 9) == []
    going_on = school.webhooks.change("red", hook.id, active=True, actor=IVO)
    assert (going_on.paused, going_on.failing_since) == (None, None)
    assert {one.delivery for one in school.take(hook, 9)} == {delivery.id, later.id}


def test_a_receiver_that_fails_for_days_is_paused_and_one_success_forgives(
    school: School,
) -> None:
    hook = school.hook()
    school.event(hook)
    assert school.tried(hook, Tried(None, problem="no")).paused is None
    assert school.webhooks.get("red", hook.id).failing_since == NOW
    assert [due.is_failing for due in school.outbox.due(NOW + DAY)] == [True]
    school.now += PAUSE_AFTER - SECOND
    assert school.tried(hook, TAKEN).paused is None
    assert school.webhooks.get("red", hook.id).failing_since is None
    school.event(hook)
    assert school.tried(hook, BROKEN).paused is None
    school.now += PAUSE_AFTER
    assert school.tried(hook, BROKEN).paused is Paused.FAILING
    assert school.webhooks.stopped("red") == 1


def test_a_ping_is_tried_once_also_in_a_pause_and_says_nothing_of_the_webhook(
    school: School,
) -> None:
    hook = school.hook(Event.REVIEW_ASKED)
    school.webhooks.change("red", hook.id, active=False, actor=IVO)
    ping = school.ping(hook)
    assert [due.webhook for due in school.outbox.due(school.now)] == [hook.id]
    assert school.tried(hook, Tried(410)) == Settled(DeliveryState.DEAD)
    assert school.look(ping).tries == 1
    found = school.webhooks.get("red", hook.id)
    assert (found.paused, found.failing_since) == (Paused.BY_HAND, None)
    assert json.loads(ping.body)["data"] == {"webhook": hook.id}
    assert school.deliveries.ping("blue", hook.id) is None


def test_a_delivery_can_be_sent_again_under_its_own_id(school: School) -> None:
    hook = school.hook()
    delivery = school.event(hook)
    (claim,) = school.take(hook)
    again = school.deliveries.replay("red", hook.id, delivery.id, actor=IVO)
    assert (again.state, again.tries, again.settled_at) == (DeliveryState.PENDING, 0, None)
    assert school.outbox.settle(claim, TAKEN, now=NOW) is None, "that try was before"
    assert school.tried(hook, TAKEN).state is DeliveryState.DELIVERED
    school.now += 20 * DAY
    assert school.deliveries.replay("red", hook.id, delivery.id, actor=IVO) is not None
    (claim,) = school.take(hook)
    assert (claim.event, claim.body) == (delivery.event, delivery.body)
    # With patience as at the first time, although the event is old.
    assert school.outbox.settle(claim, BROKEN, now=school.now).state is DeliveryState.PENDING
    assert school.deliveries.replay("blue", hook.id, delivery.id, actor=IVO) is None
    assert school.deliveries.replay("red", "other", delivery.id, actor=IVO) is None
    replays = school.audit.of_course("red", deed=Deed.DELIVERY_REPLAYED)
    assert [(one.actor, one.after["delivery"]) for one in replays] == [(IVO, delivery.id)] * 2


def test_for_a_day_after_a_new_secret_both_sign(school: School) -> None:
    hook, first = school.webhooks.create("red", URL, [Event.GRADED], actor=IVO)
    school.event(hook)
    second = school.webhooks.rotate("red", hook.id, actor=IVO)
    assert second not in {None, first}
    (claim,) = school.take(hook)
    assert claim.secrets == (second, first)
    school.now += OLD_SECRET_LASTS
    (claim,) = school.take(hook)
    assert claim.secrets == (second,)
    third = school.webhooks.rotate("red", hook.id, actor=IVO)
    school.now += LEASE
    (claim,) = school.take(hook)
    assert claim.secrets == (third, second)
    assert school.webhooks.rotate("blue", hook.id, actor=IVO) is None


def test_a_webhook_is_that_of_its_course_and_each_deed_is_written_down(school: School) -> None:
    hook, secret = school.webhooks.create("red", URL, [Event.GRADED], actor=IVO)
    assert school.webhooks.get("red", hook.id) == hook
    assert school.webhooks.of("red") == [hook]
    assert school.webhooks.get("blue", hook.id) is None
    assert school.webhooks.change("blue", hook.id, active=False, actor=IVO) is None
    assert not school.webhooks.remove("blue", hook.id, actor=IVO)
    school.now += SECOND
    changed = school.webhooks.change(
        "red", hook.id, url=URL + "/2", events=[Event.REVIEW_ASKED, Event.GRADED], actor=IVO
    )
    assert (changed.url, changed.events) == (URL + "/2", (Event.GRADED, Event.REVIEW_ASKED))
    school.webhooks.change("red", hook.id, url=changed.url, active=True, actor=IVO)  # as it is
    school.event(hook)
    school.now += SECOND
    assert school.webhooks.remove("red", hook.id, actor=IVO)
    assert school.webhooks.of("red") == []
    assert school.sent_to(hook) == []
    log = [one for one in school.audit.of_course("red") if one.deed.startswith("webhook")]
    assert [one.deed for one in log] == [
        Deed.WEBHOOK_REMOVED,
        Deed.WEBHOOK_CHANGED,
        Deed.WEBHOOK_MADE,
    ]
    assert {one.actor for one in log} == {IVO}
    assert log[1].before == {"webhook": hook.id, "url": URL, "events": "submission.graded"}
    assert log[1].after["url"] == URL + "/2"
    assert secret not in str(log)


def test_a_webhook_is_told_of_something_and_a_course_has_no_more_than_it_may(
    school: School,
) -> None:
    for events in ([], [Event.PING]):
        with pytest.raises(ValueError, match="at least one event"):
            school.webhooks.create("red", URL, events, actor=IVO)
    for _ in range(MOST):
        school.hook()
    with pytest.raises(TooManyWebhooks):
        school.hook()
    assert school.hook(course="blue")


def test_pages_of_deliveries_follow_each_other(school: School) -> None:
    hook = school.hook()
    made = [school.ping(hook).id for _ in range(3)]
    first = school.deliveries.of("red", hook.id, limit=2)
    rest = school.deliveries.of("red", hook.id, limit=2, before=first[-1].id)
    assert [one.id for one in first + rest] == sorted(made, reverse=True)
    assert school.deliveries.of("blue", hook.id, limit=9) == []
    school.tried(hook, TAKEN)
    pending = school.deliveries.of("red", hook.id, limit=9, state=DeliveryState.PENDING)
    assert len(pending) == 2


def test_what_could_not_be_sent_for_a_week_is_given_up_and_what_is_over_is_forgotten(
    school: School,
) -> None:
    hook = school.hook()
    school.webhooks.change("red", hook.id, active=False, actor=IVO)
    delivery = school.event(hook)
    school.now += GIVE_UP_AFTER
    assert school.outbox.sweep(school.now) == 0
    school.now += SECOND
    assert school.outbox.sweep(school.now) == 1
    found = school.look(delivery)
    assert (found.state, found.problem) == (DeliveryState.DEAD, "It was not sent within a week.")
    school.now += KEEP_SETTLED
    assert school.outbox.sweep(school.now) == 0
    school.now += SECOND
    assert school.outbox.sweep(school.now) == 1
    assert school.sent_to(hook) == []
