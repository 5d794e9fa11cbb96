"""What one student hands in to one assignment: attempts that get better, and when they are sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from exercises.exercise import QuizExercise
from grader.demo.programs import Kind, Programs
from grader.demo.rewriting import renamed
from grader.store.assignment.assignments import Rules

#: Of students, so many hand in nothing to an assignment.
_AWAY = 0.08
#: Each attempt makes the next one so much more likely to be right.
_LEARNT = 0.12
_MOST_ATTEMPTS = 8
#: A wrong attempt is the last one so often.
_GIVES_UP = 0.14
#: Somebody goes on after a right one so often.
_GOES_ON = 0.07
#: Of students, so many begin soon after an assignment opens, the others before its deadline.
_EARLY = 0.3
#: A quiz is answered again so often.
_AGAIN = 0.4
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something that a student sends, and when."""

    student: str
    at: datetime
    kind: Kind
    #: The program; "" for a quiz.
    source: str = ""
    #: To a quiz: the chosen option of each question of the bank; the student is asked some.
    options: Mapping[str, str] = field(default_factory=dict)


def work_of(
    asked: Programs | QuizExercise,
    student: str,
    skill: float,
    rules: Rules,
    *,
    closes: datetime,
    now: datetime,
    draw: Random,
    loops: bool = False,
) -> list[Attempt]:
    """The attempts of a student, the earliest first; none before it opens, after it closes or now.

    Args:
        asked: the programs that answer, or the quiz.
        student: the user name.
        skill: how likely the first attempt is right, from 0 to 1.
        rules: of the assignment.
        closes: when it closes for this student.
        now: the present moment.
        draw: where chance comes from.
        loops: whether an attempt without an end comes first.
    """
    if draw.random() < _AWAY and not loops:
        return []
    moments = _moments(rules, closes, now, draw)
    found = []
    for at, attempt in zip(moments, _attempts(asked, skill, draw, loops=loops), strict=False):
        found.append(replace(attempt, student=student, at=at))
    return found


def copied(
    work: list[Attempt],
    one: str,
    other: str,
    programs: Programs,
    rules: Rules,
    now: datetime,
    draw: Random,
) -> list[Attempt]:
    """The work where `one` ends with something odd, and `other` hands that in with other names."""
    of_one = [attempt for attempt in work if attempt.student == one]
    latest = _last_moment(rules.closes_at, now) - 9 * _HOUR
    if not of_one or of_one[-1].at > latest:
        return work
    odd = replace(of_one[-1], kind=Kind.SLIP, source=programs.odd(draw))
    later = odd.at + draw.uniform(0.2, 8) * _HOUR
    copy = Attempt(other, later, Kind.COPY, renamed(odd.source, draw))
    rest = [attempt for attempt in work if attempt.student != other and attempt is not of_one[-1]]
    return [*rest, odd, copy]


def _moments(rules: Rules, closes: datetime, now: datetime, draw: Random) -> Iterator[datetime]:
    """When a student sends something: most shortly before the deadline, some after it."""
    assert rules.opens_at is not None
    assert rules.due_at is not None
    early = rules.opens_at + draw.gammavariate(1.5, 30) * _HOUR
    at = early
    if draw.random() > _EARLY:
        at = max(early, rules.due_at - timedelta(hours=draw.gammavariate(1.6, 30) - 10))
    while at < _last_moment(closes, now):
        yield at
        at += timedelta(minutes=1 + draw.gammavariate(0.9, 45))


def _last_moment(closes: datetime | None, now: datetime) -> datetime:
    return now if closes is None else min(closes, now)


def _attempts(
    asked: Programs | QuizExercise, skill: float, draw: Random, *, loops: bool
) -> Iterator[Attempt]:
    """What a student sends, one after the other; sender and moment are filled in by the caller."""
    nobody = Attempt("", datetime.min, Kind.RIGHT)
    knows = skill
    for number in range(_MOST_ATTEMPTS):
        right = draw.random() < knows
        if isinstance(asked, QuizExercise):
            yield replace(nobody, kind=Kind.QUIZ, options=_options(asked, knows, draw))
            goes_on = _AGAIN
        elif loops and number == 0:
            yield replace(nobody, kind=Kind.ENDLESS, source=asked.never_ending())
            goes_on = 1.0
        else:
            kind, source = (Kind.RIGHT, asked.passing(draw)) if right else asked.failing(draw)
            yield replace(nobody, kind=kind, source=source)
            goes_on = _GOES_ON if right else 1 - _GIVES_UP
        if draw.random() > goes_on:
            return
        knows = min(0.95, knows + _LEARNT)


def _options(quiz: QuizExercise, knows: float, draw: Random) -> dict[str, str]:
    """To each question the right option for who knows it, and otherwise any."""
    return {
        question.id: question.right
        if draw.random() < knows
        else draw.choice([option.id for option in question.choices])
        for question in quiz.questions
    }
