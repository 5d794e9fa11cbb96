"""The desk of privacy: takes away what a course holds of its students, where that is confirmed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.access.principal import Principal
from grader.desks.courses import CourseDesk
from grader.desks.problems import (
    COURSE_BUSY,
    FORBIDDEN,
    INVALID,
    NOT_FOUND,
    Complaint,
    RequestError,
)
from grader.store.anonymity.anonymity import Anonymised, Anonymity, Keep, NoStudents, Unquiet
from grader.store.erasure import Erased, Erasure, NobodyThere, NotAStudent
from grader.store.identity.people import Person

_ID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PrivacyDesk:
    """What the web process holds to erase people."""

    courses: CourseDesk
    erasure: Erasure
    anonymity: Anonymity

    def person(self, who: Principal, course: str, named: str) -> Person:
        """A student of a course, by the person's id or an external one as `kind:value`.

        Raises:
            RequestError: not-found.
        """
        self.courses.course(who, course)
        member = self.courses.member(course, named)
        if member is not None:
            return member.person
        # Who has left the course may be asked for all the same: something may have stayed.
        found = self.courses.people.get(named) if _ID.fullmatch(named) else None
        if found is None or not self.erasure.holds(course, found.id):
            raise _nobody()
        return found

    def erase(self, who: Principal, course: str, named: str, confirm: str) -> Erased:
        """Take away all that a course holds of a student.

        Args:
            who: asks for it.
            course: its id.
            named: the student.
            confirm: the student's name, so that nobody does it to somebody else.

        Raises:
            RequestError: not-found, not-allowed (no student), or invalid: it is not the name.
        """
        person = self.person(who, course, named)
        if not _is_same(confirm, person.name):
            complaint = Complaint("This must be the name of whom you erase.", pointer="#/confirm")
            raise RequestError(INVALID, "The name is not that of this student.", [complaint])
        try:
            return self.erasure.erase(course, person.id, actor=who.actor)
        except NotAStudent as error:
            raise RequestError(
                FORBIDDEN, "Only students are erased: take the role away first."
            ) from error
        except NobodyThere as error:
            raise _nobody() from error

    def anonymise(self, who: Principal, course: str, confirm: str, keep: Keep) -> Anonymised:
        """Take away who the students of a course were, and keep what they did.

        Args:
            who: asks for it.
            course: its id.
            confirm: the course's title, so that nobody does it to another one.
            keep: what is kept of what people wrote.

        Raises:
            RequestError: not-found, invalid (it is not the title) or course-busy.
        """
        found = self.courses.course(who, course)
        if not _is_same(confirm, found.title):
            complaint = Complaint("This must be the title of the course.", pointer="#/confirm")
            raise RequestError(INVALID, "The title is not that of this course.", [complaint])
        try:
            return self.anonymity.anonymise(course, keep, actor=who.actor)
        except Unquiet as error:
            raise RequestError(COURSE_BUSY, str(error)) from error
        except NoStudents as error:
            raise RequestError(NOT_FOUND, "The course holds nothing of any student.") from error


def _is_same(text: str, other: str) -> bool:
    """Whether two names are the same but for the space in them."""
    return text.split() == other.split()


def _nobody() -> RequestError:
    return RequestError(NOT_FOUND, "The course holds nothing of such a person.")
