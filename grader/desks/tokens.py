"""The desk of access tokens: who may make which, see which, and revoke which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from grader.access.principal import Principal
from grader.desks.courses import CourseDesk
from grader.desks.insufficient import insufficient
from grader.desks.problems import FORBIDDEN, INVALID, NOT_FOUND, Complaint, RequestError
from grader.desks.unfit import unfit
from grader.store.course.roles import Role
from grader.store.identifiers import is_id
from grader.store.identity.access_tokens import AccessToken, AccessTokens, Wanted
from grader.store.identity.scopes import Scope

#: A token, and the secret that is shown this once.
Fresh = tuple[AccessToken, str]


@dataclass(frozen=True, slots=True)
class TokensDesk:
    """What the web process holds to serve tokens."""

    tokens: AccessTokens
    courses: CourseDesk

    def own(
        self, who: Principal, *, limit: int = 200, before: str | None = None
    ) -> list[AccessToken]:
        """One's own tokens that work, the newest first; to a token, those below it."""
        if who.id is None:
            return []
        within = who.bound_to
        return self.tokens.of_person(
            who.id, scopes=_reached(who), course=within, limit=limit, before=before
        )

    def make_own(
        self, who: Principal, *, name: str, scope: Scope, course: str | None, days: int
    ) -> Fresh:
        """A new token that acts as oneself; made by a token, it is below that one and ends with it.

        Raises:
            RequestError: invalid or insufficient-scope.
        """
        assert who.id is not None  # by the rule of the address
        if scope is Scope.PLATFORM:
            complaint = Complaint("A platform's token is made in its course.", pointer="#/scope")
            raise RequestError(INVALID, "You are no platform.", [complaint])
        if scope not in _reached(who):
            raise insufficient(min(_above(scope), key=lambda one: one.rank))
        course = course or who.bound_to
        if course is not None and course not in who.roles:
            complaint = Complaint("This must be a course of yours, or null.", pointer="#/course")
            raise RequestError(INVALID, "You are not in this course.", [complaint])
        return self._make(who, who.id, Wanted(name, scope, course, timedelta(days=days), who.token))

    def revoke_own(self, who: Principal, id_: str) -> None:
        """End one of one's own tokens; a token ends itself, or one that is below it.

        Raises:
            RequestError: not-found.
        """
        found = self._get(id_)
        if found is None or found.person != who.id or not _reaches(who, found):
            raise RequestError(NOT_FOUND, "You have no token of this id.")
        self.tokens.revoke(found.id, who.actor)

    def of_course(
        self, who: Principal, course: str, *, limit: int = 200, before: str | None = None
    ) -> list[AccessToken]:
        """The tokens of a course, and those by which its staff reach it, the newest first."""
        self.courses.course(who, course)
        return self.tokens.of_course(course, scopes=_reached(who), limit=limit, before=before)

    def make_for_platform(self, who: Principal, course: str, *, name: str, days: int) -> Fresh:
        """A new token for the platform of a course.

        Raises:
            RequestError: not-found or invalid.
        """
        self.courses.course(who, course)
        wanted = Wanted(name, Scope.PLATFORM, course, timedelta(days=days))
        try:
            return self.tokens.make_for_platform(wanted, who.actor)
        except ValueError as error:
            raise unfit(error) from error

    def revoke_in_course(self, who: Principal, course: str, id_: str) -> None:
        """End a token that is bound to a course.

        Raises:
            RequestError: not-found, or not-allowed: it reaches other courses too.
        """
        self.courses.course(who, course)
        found = self._get(id_)
        if found is None or not _reaches(who, found) or not self._is_here(found, course):
            raise RequestError(NOT_FOUND, "The course has no token of this id.")
        if found.course != course:
            raise RequestError(
                FORBIDDEN,
                "This token reaches other courses too: who has made it revokes it. It reaches "
                "yours only for as long as that person is in it.",
            )
        self.tokens.revoke(found.id, who.actor)

    def mint(
        self, who: Principal, course: str, named: str, *, name: str, lifetime: timedelta
    ) -> Fresh:
        """A new token that acts as a student of a platform's course, in it, for a short time.

        Raises:
            RequestError: not-found, not-allowed (no student) or invalid.
        """
        member = self.courses.member(course, named)
        if member is None or who.token is None:
            raise RequestError(NOT_FOUND, "There is nobody of this id in the course.")
        if member.role is not Role.STUDENT:
            raise RequestError(FORBIDDEN, "A platform acts for students, and this is none.")
        wanted = Wanted(name or who.token.name, Scope.STUDENT, course, lifetime, who.token)
        return self._make(who, member.person.id, wanted)

    def _make(self, who: Principal, person: str, wanted: Wanted) -> Fresh:
        try:
            return self.tokens.make(person, wanted, who.actor)
        except ValueError as error:
            raise unfit(error) from error

    def _get(self, id_: str) -> AccessToken | None:
        return self.tokens.get(id_) if is_id(id_) else None

    def _is_here(self, token: AccessToken, course: str) -> bool:
        """Whether a token is in the list of a course."""
        if token.course is not None:
            return token.course == course
        role = self.courses.memberships.role(course, token.person)
        return token.scope is not Scope.STUDENT and role is not None and role.is_staff


def _above(scope: Scope) -> Iterable[Scope]:
    return (other for other in Scope if scope in other.below)


def _reached(who: Principal) -> frozenset[Scope]:
    """The scopes of the tokens that somebody sees and makes: all, or those below the token."""
    return frozenset(Scope) if who.token is None else who.token.scope.below


def _reaches(who: Principal, token: AccessToken) -> bool:
    if who.token is None or who.token.id == token.id:
        return True
    return token.scope in _reached(who) and who.bound_to in {None, token.course}
