"""The desk of guises: lets staff see a course as one of its students does, and back again."""

from __future__ import annotations

from dataclasses import dataclass

from grader.access.guise import HEADER
from grader.access.principal import Principal, in_guise
from grader.desks.courses import CourseDesk
from grader.desks.problems import FORBIDDEN, NOT_FOUND, RequestError
from grader.store.course.roles import Role
from grader.store.identity.guises import Guise, Guises


@dataclass(frozen=True, slots=True)
class GuiseDesk:
    """What the web process holds to serve guises."""

    guises: Guises
    courses: CourseDesk

    def begin(self, who: Principal, course: str, named: str, session: str) -> Principal:
        """Let a browser see a course as a student of it, for an hour; the log says so.

        Args:
            who: somebody of the course's staff, by the rule of the address.
            course: its id.
            named: the student, by the person's id or an external one as `kind:value`.
            session: the token of the browser's session.

        Raises:
            RequestError: not-found, or not-allowed: it is no student.
        """
        guise = self._guise(who, course, named)
        self.guises.begin(session, guise, who.actor)
        return in_guise(who, guise.student, guise.course)

    def end(self, session: str) -> None:
        """See all as oneself again."""
        self.guises.end(session)

    def of_header(self, who: Principal, said: str) -> Principal:
        """The student as whom a program asks, by what the header See-As says.

        Args:
            who: the principal of the program's token.
            said: COURSE/PERSON.

        Raises:
            RequestError: not-found, or not-allowed: not by a token, not by staff, or no student.
        """
        course, _, named = said.strip().partition("/")
        if who.token is None:
            raise RequestError(
                FORBIDDEN,
                f"The header {HEADER} goes with an access token. In a browser, begin on the page "
                "of the student.",
            )
        if not who.is_member(course):
            raise _nobody()
        if not who.is_staff(course):
            raise RequestError(FORBIDDEN, "Only who teaches a course sees it as its students do.")
        guise = self._guise(who, course, named)
        self.guises.note_of_token(guise, who.actor)
        return in_guise(who, guise.student, guise.course)

    def _guise(self, who: Principal, course: str, named: str) -> Guise:
        self.courses.course(who, course)
        member = self.courses.member(course, named)
        if member is None:
            raise _nobody()
        if member.role is not Role.STUDENT:
            raise RequestError(FORBIDDEN, "A course is seen only as its students see it.")
        return Guise(member.person, course)


def _nobody() -> RequestError:
    return RequestError(NOT_FOUND, "There is no such student in such a course.")
