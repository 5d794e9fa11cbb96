"""What the staff of a demo's course has done with graded work, and what students say to it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from sqlalchemy import Engine

from exercises.outcome import Verdict
from grader.demo.plan import CoursePlan, Someone
from grader.store.assignment.assignments import Assignment, Assignments
from grader.store.audit import Actor
from grader.store.database import one_transaction
from grader.store.identity.access_tokens import AccessTokens, Wanted
from grader.store.identity.people import People
from grader.store.identity.scopes import Scope
from grader.store.regrade.regrades import Regrades
from grader.store.regrade.regrading import Which
from grader.store.review.comments import Comments
from grader.store.review.overrides import Overrides
from grader.store.review.reviews import Reviews
from grader.store.submission.entities import Summary
from grader.store.submission.submissions import Submissions
from grader.store.webhook.webhooks import Webhooks
from grader.webhooks.event import Event

#: No name of the public internet ends in .example (RFC 2606): nothing is ever sent there.
_WEBHOOK = "https://lms.example/hooks/grades"
_MOST = 1000
_COMMENTS = (
    "Try f at $z = (0, 0)$ by hand first: what should come out?",
    "Look at the right panel: its *spread* is what is off, not its centre.",
    "Nearly. Which of the two operations comes first, the scale or the shift?",
    "Draw a few points on paper and follow where each of them goes.",
    "You are welcome in the Thursday group; this is easier at a board.",
)
_THANKS = ("Thanks, found it!", "I see. So the order matters.", "Is it the square that folds?")
_ASKED = (
    "My figure looks the same as the target. Why does it not pass?",
    "I only mixed up the two coordinates. Could that count for something?",
    "It passed on my laptop with 100 samples.",
)
_ANSWERED = (
    "The law differs in the tails, which a figure hardly shows: see the table of the report.",
    "The rubric counts the law alone, and that is another one here. You can still hand in again.",
)
_WHY = "The idea is right and well explained; the slip is in one constant."


@dataclass(frozen=True, slots=True)
class _Room:
    """A course after its work was graded."""

    engine: Engine
    course: str
    teacher: Actor
    assistants: tuple[Actor, ...]
    draw: Random

    def anybody(self) -> Actor:
        return self.draw.choice((self.teacher, *self.assistants))


def do_deeds(engine: Engine, course: CoursePlan, seed: int) -> bool:
    """Comment, override, ask, answer, regrade and connect; all of it or nothing.

    Returns False where it was done before: nothing is done then.
    """
    with one_transaction(engine):
        if Webhooks(engine).of(course.id):
            return False
        room = _Room(
            engine,
            course.id,
            _actor(engine, course.instructor),
            tuple(_actor(engine, one) for one in course.assistants),
            Random(f"{seed}/{course.id}/deeds"),
        )
        assignments = Assignments(engine).of(course.id)
        for assignment in assignments:
            failed, stuck = _failed(engine, assignment)
            _comment(room, failed)
            _override(room, stuck)
            _ask_and_answer(room, stuck)
        _regrade(room, assignments)
        _connect(room)
    return True


def _actor(engine: Engine, someone: Someone) -> Actor:
    person = People(engine).by_username(someone.username)
    assert person is not None, "fill() has made everybody"
    return Actor(person.id)


def _failed(engine: Engine, assignment: Assignment) -> tuple[list[Summary], list[Summary]]:
    """Work that did not pass, and of it the newest of each who has not passed at all."""
    newest_first = Submissions(engine).latest(assignment=assignment.id, limit=_MOST)
    failed = [one for one in newest_first if one.verdict in (Verdict.FAILED, Verdict.PARTIAL)]
    passed = {one.person for one in newest_first if one.verdict is Verdict.PASSED}
    stuck: dict[str | None, Summary] = {}
    for one in failed:
        if one.person not in passed:
            stuck.setdefault(one.person, one)
    return failed, [*stuck.values()]


def _few(room: _Room, found: list[Summary], one_of: int) -> list[Summary]:
    return room.draw.sample(found, min(len(found), 1 + len(found) // one_of))


def _comment(room: _Room, failed: list[Summary]) -> None:
    comments = Comments(room.engine)
    for one in _few(room, failed, 12):
        line = 1 if room.draw.random() < 0.4 and not one.exercise.startswith("which") else None
        text = room.draw.choice(_COMMENTS)
        written = comments.write(room.anybody(), one.id, text, line=line)
        if room.draw.random() < 0.4:
            answer = room.draw.choice(_THANKS)
            student = Actor(one.person)
            comments.write(student, one.id, answer, thread=written.id, is_staff=False)


def _override(room: _Room, failed: list[Summary]) -> None:
    counted = [one for one in failed if one.score is not None and one.max_score]
    for one in _few(room, counted, 40):
        assert one.score is not None
        assert one.max_score is not None
        points = round((one.score + one.max_score) / 2, 1)
        Overrides(room.engine).give(room.anybody(), one.id, None, points, _WHY)


def _ask_and_answer(room: _Room, failed: list[Summary]) -> None:
    reviews = Reviews(room.engine)
    for place, one in enumerate(_few(room, failed, 25)):
        asked = reviews.ask(Actor(one.person), one.id, room.draw.choice(_ASKED))
        if place % 2:
            text = room.draw.choice(_ANSWERED)
            reviews.answer(room.anybody(), room.course, asked.id, text)


def _regrade(room: _Room, assignments: list[Assignment]) -> None:
    """A regrade of everybody's latest work, which stands to be looked at."""
    first = assignments[0]
    Regrades(room.engine).begin(
        room.teacher,
        first.id,
        first.exercise_version,
        Which.LATEST,
        reason="Nothing should change: a rehearsal before the exam.",
    )


def _connect(room: _Room) -> None:
    """A webhook, which is paused, and a token of an assistant's."""
    webhooks = Webhooks(room.engine)
    made, _ = webhooks.create(
        room.course, _WEBHOOK, (Event.GRADED, Event.GRADE_CHANGED), actor=room.teacher
    )
    webhooks.change(room.course, made.id, active=False, actor=room.teacher)
    who = room.assistants[0]
    assert who.person is not None
    wanted = Wanted("Script for the weekly report", Scope.TA, room.course)
    AccessTokens(room.engine).make(who.person, wanted, who)
