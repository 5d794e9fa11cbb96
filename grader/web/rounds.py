"""The round of a teaching assistant: from one student's submission to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from grader.access.principal import principal
from grader.desks.desk import desk
from grader.store.audit import Entry
from grader.store.course.roles import Role
from grader.store.gradebook.rounds import Among, Round
from grader.store.submission.submissions import Submission

#: So many of the last entries of the log are on the page of a submission.
_ENTRIES = 20


@dataclass(frozen=True, slots=True)
class Walk:
    """Where one is in a round, and what else staff want to know here."""

    round: Round
    #: By value the words for each list.
    lists: Mapping[Among, str]
    #: The newest first.
    log: list[Entry]
    names: Mapping[str, str]
    #: Whether a student of the course has sent it.
    is_students: bool


def walk(found: Submission) -> Walk | None:
    """The round that a submission's page is part of; None for who is no staff of its course."""
    held, who = desk().reviews, principal()
    if not held.is_staff(who, found):
        return None
    at = held.round(found, among())
    if at is None:
        return None
    log, _next = held.log(found.course, limit=_ENTRIES, submission=found.id)
    people = {id_ for one in log for id_ in (one.actor.person, one.about) if id_}
    names = desk().courses.people.names(people)
    role = desk().courses.memberships.role(found.course, found.person or "")
    return Walk(at, _lists(), log, names, is_students=role is Role.STUDENT)


def among() -> Among:
    """The list that the address asks for; what is none is that of all."""
    asked = request.values.get("in", "")
    return Among(asked) if asked in {one.value for one in Among} else Among.ALL


def _lists() -> dict[Among, str]:
    return {
        Among.ALL: str(_("the latest of each student")),
        Among.FAILED: str(_("not passed")),
        Among.UNTOUCHED: str(_("not commented on or changed")),
        Among.ASKED: str(_("a review is asked for")),
    }
