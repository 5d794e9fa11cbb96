"""The rules: of every address, who may ask it. One table, and nothing is allowed outside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Protocol

from grader.access.principal import Principal
from grader.store.walls import View

#: The parts of an address, by name.
Arguments = Mapping[str, object]


class Decision(Enum):
    """What a rule says of a request."""

    ALLOWED = auto()
    #: Not to nobody: sign in first.
    SIGN_IN = auto()
    #: Not to this person, who is not told either whether there is such a thing.
    HIDDEN = auto()
    #: Not to this person, who knows that it is there.
    FORBIDDEN = auto()


class Records(Protocol):
    """What rules ask of the store and the catalogue."""

    def sees_submission(self, view: View, id_: str) -> bool:
        """Whether there is such a submission within a view."""

    def sees_exercise(self, who: Principal, slug: str) -> bool:
        """Whether there is such an exercise, for somebody."""

    def course_of(self, assignment: str) -> str | None:
        """The course of an assignment; None: there is no such assignment."""

    def has_course(self, course: str) -> bool:
        """Whether there is such a course."""


class Rule(Protocol):
    """Who may ask an address."""

    def decide(self, who: Principal, arguments: Arguments, records: Records) -> Decision:
        """Whether `who` may ask it, with these parts of the address."""


@dataclass(frozen=True, slots=True)
class Everyone:
    """Whoever reaches the service."""

    def decide(self, who: Principal, arguments: Arguments, records: Records) -> Decision:
        """Always."""
        return Decision.ALLOWED


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whoever is known; what is answered is filtered by who it is."""

    def decide(self, who: Principal, arguments: Arguments, records: Records) -> Decision:
        """Whether there is a person."""
        return Decision.ALLOWED if who.is_known else Decision.SIGN_IN


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """Whoever has signed in: the demo student has no account."""

    def decide(self, who: Principal, arguments: Arguments, records: Records) -> Decision:
        """Whether there is a person with an account."""
        if not who.is_known:
            return Decision.SIGN_IN
        return Decision.FORBIDDEN if who.is_demo else Decision.ALLOWED


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever may read the submission that the address names."""

    part: str = "id"

    def decide(self, who: Principal, arguments: Arguments, records: Records) -> Decision:
        """Whether it is within the person's walls."""
        return _known(who, records.sees_submission(who.view, str(arguments[self.part])))


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever may see the exercise that the address names."""

    part: str = "slug"

    def decide(self, who: Principal, arguments: Arguments, records: Records) -> Decision:
        """Whether it is one of the person's exercises."""
        return _known(who, records.sees_exercise(who, str(arguments[self.part])))


def _member(who: Principal, course: str) -> bool:
    return who.is_member(course)


def _staff(who: Principal, course: str) -> bool:
    return who.is_staff(course)


def _instructor(who: Principal, course: str) -> bool:
    return who.is_instructor(course)


@dataclass(frozen=True, slots=True)
class InCourse:
    """Whoever is enough in the course that the address names, or in that of its assignment."""

    may: Callable[[Principal, str], bool]
    #: The part of the address that holds the course's id or the assignment's.
    part: str = "course"
    of_assignment: bool = False

    def decide(self, who: Principal, arguments: Arguments, records: Records) -> Decision:
        """Whether the person is; to who is not in the course at all it is not there."""
        if not who.is_known:
            return Decision.SIGN_IN
        named = str(arguments[self.part])
        course = records.course_of(named) if self.of_assignment else named
        if course is None or not who.is_member(course):
            return Decision.HIDDEN
        if not self.of_assignment and not records.has_course(course):
            return Decision.HIDDEN
        return Decision.ALLOWED if self.may(who, course) else Decision.FORBIDDEN


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever runs this server."""

    def decide(self, who: Principal, arguments: Arguments, records: Records) -> Decision:
        """Whether the person is an operator."""
        if not who.is_known:
            return Decision.SIGN_IN
        return Decision.ALLOWED if who.is_operator else Decision.FORBIDDEN


EVERYONE, SIGNED_IN, OWN_ACCOUNT, OPERATOR = Everyone(), SignedIn(), OwnAccount(), Operator()
MEMBER, STAFF, INSTRUCTOR = InCourse(_member), InCourse(_staff), InCourse(_instructor)


def of_assignment(rule: InCourse, part: str = "id") -> InCourse:
    """The same rule where the address names an assignment."""
    return InCourse(rule.may, part, of_assignment=True)


def _known(who: Principal, seen: bool) -> Decision:
    if not who.is_known:
        return Decision.SIGN_IN
    return Decision.ALLOWED if seen else Decision.HIDDEN


#: By endpoint who may ask it. An endpoint that is not here fails for everybody, and a test goes
#: through all there are.
RULES: Mapping[str, Rule] = MappingProxyType(
    {
        # What says nothing of anybody.
        "static": EVERYONE,
        "health.show": EVERYONE,
        "completions.show": EVERYONE,
        "schemas.openapi": EVERYONE,
        "schemas.report": EVERYONE,
        "stable_schemas.versioned_report": EVERYONE,
        "pages.choose_language": EVERYONE,
        "pages.favicon": EVERYONE,
        "pages.help_page": EVERYONE,
        "pages.problem": EVERYONE,
        "pages.problems": EVERYONE,
        "pages.schemas": EVERYONE,
        # How one comes in and goes out.
        "pages.sign_in": EVERYONE,
        "pages.try_sign_in": EVERYONE,
        "pages.enter_demo": EVERYONE,
        "pages.sign_out": EVERYONE,
        "pages.join": EVERYONE,
        "pages.try_join": EVERYONE,
        "pages.account": SIGNED_IN,
        "pages.rename": OWN_ACCOUNT,
        "pages.change_password": OWN_ACCOUNT,
        "pages.sign_out_everywhere": OWN_ACCOUNT,
        # Exercises.
        "pages.home": SIGNED_IN,
        "pages.playground": SIGNED_IN,
        "pages.exercises": SIGNED_IN,
        "pages.exercise": Viewer(),
        "exercises.index": SIGNED_IN,
        "exercises.show": Viewer(),
        "bundles.show": Viewer(),
        "material.figure": Viewer(),
        "material.data": Viewer(),
        "material.picture": Viewer(),
        "target.show": Viewer(),
        # Previews: whoever knows the id of one may read it, as it cannot be guessed.
        "previews.start": SIGNED_IN,
        "previews.show": SIGNED_IN,
        # Courses.
        "pages.courses": SIGNED_IN,
        "pages.course": MEMBER,
        "pages.assignment": of_assignment(MEMBER, "id_"),
        # Submissions.
        "pages.submit": SIGNED_IN,
        "pages.submissions": SIGNED_IN,
        "pages.submission": Reader("id_"),
        # The other one is looked for within the same walls.
        "pages.compare": Reader("id_"),
        "submissions.submit": SIGNED_IN,
        "submissions.index": SIGNED_IN,
        "submissions.show": Reader(),
        "submissions.source": Reader(),
        "figures.show": Reader(),
        "exports.bundle": Reader(),
        "exports.gradescope": Reader(),
        # Courses.
        "courses.index": SIGNED_IN,
        "courses.create": OPERATOR,
        "courses.show": MEMBER,
        "courses.change": INSTRUCTOR,
        "members.index": STAFF,
        "members.put": INSTRUCTOR,
        "members.remove": INSTRUCTOR,
        "members.link": INSTRUCTOR,
        "members.invitations": INSTRUCTOR,
        "members.invite": INSTRUCTOR,
        "members.withdraw": INSTRUCTOR,
        "assignments.index": MEMBER,
        "assignments.assign": INSTRUCTOR,
        "assignments.show": of_assignment(MEMBER),
        "assignments.change": of_assignment(INSTRUCTOR),
        "assignments.remove": of_assignment(INSTRUCTOR),
        "assignments.extensions": of_assignment(STAFF),
        "assignments.extend": of_assignment(STAFF),
        "assignments.take_back": of_assignment(STAFF),
    }
)
