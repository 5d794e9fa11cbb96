"""The desk of courses: everything that the API and the pages ask of them, for one principal.

Who may ask is decided before, by the rules of access. What is looked for here is looked for within
the person's own walls all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from exercises.exercise import AnyExercise
from grader.access.principal import Principal
from grader.desks.pinned import PinnedExercises
from grader.desks.problems import NOT_FOUND, RequestError
from grader.store.assignment.assignments import Assignment, Assignments
from grader.store.assignment.standing import Standing, Standings
from grader.store.assignment.terms import Phase
from grader.store.course.courses import Course, Courses
from grader.store.course.invitations import Invitations
from grader.store.course.memberships import Member, Memberships
from grader.store.course.roles import Role
from grader.store.course.roster import Roster
from grader.store.identity.people import People
from grader.store.moments import Clock, utc_now

_ID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Assigned:
    """An assignment as somebody sees it."""

    assignment: Assignment
    #: The exercise at the assignment's version.
    exercise: AnyExercise
    standing: Standing


@dataclass(frozen=True, slots=True)
class CourseDesk:
    """What the web process holds to serve courses."""

    courses: Courses
    assignments: Assignments
    memberships: Memberships
    roster: Roster
    invitations: Invitations
    people: People
    standings: Standings
    pinned: PinnedExercises
    clock: Clock = utc_now

    def of(self, who: Principal) -> list[tuple[Course, Role | None]]:
        """The courses that somebody is in, the newest first; for operators all."""
        if who.id is None:
            return []
        found = self.courses.all() if who.is_operator else self._own(who)
        return [(course, who.roles.get(course.id)) for course in found]

    def course(self, who: Principal, id_: str) -> Course:
        """One course that somebody is in.

        Raises:
            RequestError: not-found.
        """
        found = self.courses.get(id_) if _ID.fullmatch(id_) and who.is_member(id_) else None
        if found is None:
            raise RequestError(NOT_FOUND, "There is no such course.")
        return found

    def assigned(self, who: Principal, course: str) -> list[Assigned]:
        """The assignments of a course in its order, students' only those that have opened."""
        if who.id is None or not who.is_member(course):
            return []
        return self._seen(who, self.standings.of(who.id, [course]))

    def all_assigned(self, who: Principal) -> list[Assigned]:
        """The assignments of all courses that somebody is in and that go on."""
        if who.id is None:
            return []
        going_on = [course.id for course in self._own(who) if not course.archived_at]
        return self._seen(who, self.standings.of(who.id, going_on))

    def assignment(self, who: Principal, id_: str) -> Assigned:
        """One assignment, of a course that somebody is in, if it has opened.

        Raises:
            RequestError: not-found.
        """
        found = self.entity(who, id_)
        standing = None if who.id is None else self.standings.one(who.id, id_)
        seen = [] if standing is None else self._seen(who, [(found, standing)])
        if not seen:
            raise RequestError(NOT_FOUND, "There is no such assignment.")
        return seen[0]

    def entity(self, who: Principal, id_: str) -> Assignment:
        """An assignment by itself, whether it has opened or not.

        Raises:
            RequestError: not-found.
        """
        found = self.find(who, id_)
        if found is None:
            raise RequestError(NOT_FOUND, "There is no such assignment.")
        return found

    def find(self, who: Principal, id_: str) -> Assignment | None:
        """The same, or None."""
        found = self.assignments.get(id_) if _ID.fullmatch(id_) else None
        return found if found is not None and who.is_member(found.course) else None

    def member(self, course: str, named: str) -> Member | None:
        """Somebody in a course, named by the person's id, or by an external one as `kind:value`."""
        kind, colon, value = named.partition(":")
        person = self.roster.find(course, kind, value) if colon else named
        known = person is not None and _ID.fullmatch(person)
        return self.memberships.get(course, person) if person is not None and known else None

    def _own(self, who: Principal) -> list[Course]:
        """The courses that somebody is in, as far as the request reaches."""
        found = [] if who.id is None else self.courses.of(who.id)
        return [course for course, _ in found if course.id in who.roles]

    def _seen(self, who: Principal, found: list[tuple[Assignment, Standing]]) -> list[Assigned]:
        seen = []
        for assignment, standing in found:
            hidden = standing.phase is Phase.NOT_OPEN and not who.is_staff(assignment.course)
            exercise = self.pinned.get(assignment.exercise, assignment.exercise_version)
            if not hidden and exercise is not None:
                seen.append(Assigned(assignment, exercise, standing))
        return seen
