"""The rules: of every address, who may ask it. One table, and nothing is allowed outside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from types import MappingProxyType
from typing import Protocol

from grader.access.principal import Principal
from grader.store.submission.walls import View

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
    #: To this person, but not to a program.
    BY_HAND = auto()
    #: Only to the program of a platform.
    BY_PLATFORM = auto()


class Records(Protocol):
    """What rules ask of the store and the catalogue."""

    def sees_submission(self, view: View, id_: str) -> bool:
        """Whether there is such a submission within a view."""

    def sees_exercise(self, who: Principal, slug: str) -> bool:
        """Whether there is such an exercise, for somebody."""

    def course_of(self, assignment: str) -> str | None:
        """The course of an assignment; None: there is no such assignment."""

    def course_of_regrade(self, regrade: str) -> str | None:
        """The course of a regrade; None: there is no such regrade."""

    def course_of_batch(self, batch: str) -> str | None:
        """The course of a batch; None: there is no such batch."""

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
class OfSubmission:
    """Whoever sees the submission that the address names as its course's staff do."""

    part: str = "id"

    def decide(self, who: Principal, arguments: Arguments, records: Records) -> Decision:
        """Whether its course is one of those; its student knows that it is there."""
        id_ = str(arguments[self.part])
        if records.sees_submission(replace(who.view, person=None, unsigned=False), id_):
            return Decision.ALLOWED
        seen = _known(who, records.sees_submission(who.view, id_))
        return Decision.FORBIDDEN if seen is Decision.ALLOWED else seen


@dataclass(frozen=True, slots=True)
class Author:
    """Whoever has sent the submission that the address names."""

    part: str = "id"

    def decide(self, who: Principal, arguments: Arguments, records: Records) -> Decision:
        """Whether it is the person's own; staff know that it is there."""
        id_ = str(arguments[self.part])
        own = replace(who.view, staffed=frozenset(), unsigned=False, everything=False)
        if records.sees_submission(own, id_):
            return Decision.ALLOWED
        seen = _known(who, records.sees_submission(who.view, id_))
        return Decision.FORBIDDEN if seen is Decision.ALLOWED else seen


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
class OfRegrade:
    """Whoever teaches the course of the regrade that the address names."""

    part: str = "regrade"

    def decide(self, who: Principal, arguments: Arguments, records: Records) -> Decision:
        """Whether the person does; to who is not in the course at all it is not there."""
        if not who.is_known:
            return Decision.SIGN_IN
        course = records.course_of_regrade(str(arguments[self.part]))
        if course is None or not who.is_member(course):
            return Decision.HIDDEN
        return Decision.ALLOWED if who.is_staff(course) else Decision.FORBIDDEN


@dataclass(frozen=True, slots=True)
class OfBatch:
    """Whoever teaches the course of the batch that the address names."""

    part: str = "batch"

    def decide(self, who: Principal, arguments: Arguments, records: Records) -> Decision:
        """Whether the person does; to who is not in the course at all it is not there."""
        if not who.is_known:
            return Decision.SIGN_IN
        course = records.course_of_batch(str(arguments[self.part]))
        if course is None or not who.is_member(course):
            return Decision.HIDDEN
        return Decision.ALLOWED if who.is_staff(course) else Decision.FORBIDDEN


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever runs this server."""

    def decide(self, who: Principal, arguments: Arguments, records: Records) -> Decision:
        """Whether the person is an operator."""
        if not who.is_known:
            return Decision.SIGN_IN
        return Decision.ALLOWED if who.is_operator else Decision.FORBIDDEN


@dataclass(frozen=True, slots=True)
class ByHand:
    """Whoever another rule lets in, and no program: what would outlive its token."""

    rule: Rule

    def decide(self, who: Principal, arguments: Arguments, records: Records) -> Decision:
        """Whether the other rule allows it, to somebody in a browser."""
        decision = self.rule.decide(who, arguments, records)
        if decision is Decision.ALLOWED and who.token is not None:
            return Decision.BY_HAND
        return decision


@dataclass(frozen=True, slots=True)
class ByPlatform:
    """The platform of the course that the address names."""

    def decide(self, who: Principal, arguments: Arguments, records: Records) -> Decision:
        """Whether it is an instructor of the course, by a platform's token."""
        decision = INSTRUCTOR.decide(who, arguments, records)
        if decision is Decision.ALLOWED and not who.is_platform:
            return Decision.BY_PLATFORM
        return decision


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
        "schemas.webhook": EVERYONE,
        "stable_schemas.versioned_webhook": EVERYONE,
        "pages.choose_language": EVERYONE,
        "pages.favicon": EVERYONE,
        "pages.help_page": EVERYONE,
        "pages.interface": EVERYONE,
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
        "target.thumbnail": Viewer(),
        # Previews: whoever knows the id of one may read it, as it cannot be guessed.
        "previews.start": SIGNED_IN,
        "previews.show": SIGNED_IN,
        # Courses.
        "pages.courses": SIGNED_IN,
        "pages.course": MEMBER,
        "pages.assignment": of_assignment(MEMBER, "id_"),
        "pages.overview": STAFF,
        "pages.student": STAFF,
        "pages.begin_guise": STAFF,
        "pages.end_guise": SIGNED_IN,
        "pages.extend": STAFF,
        "pages.course_report": STAFF,
        "pages.failures": STAFF,
        "pages.assignment_failures": of_assignment(STAFF, "id_"),
        "pages.caught": of_assignment(STAFF, "id_"),
        "pages.comment_on_caught": of_assignment(STAFF, "id_"),
        "pages.webhooks": INSTRUCTOR,
        "pages.make_webhook": INSTRUCTOR,
        "pages.webhook": INSTRUCTOR,
        "pages.change_webhook": INSTRUCTOR,
        "pages.rotate_webhook": INSTRUCTOR,
        "pages.ping_webhook": INSTRUCTOR,
        "pages.replay_delivery": INSTRUCTOR,
        "pages.remove_webhook": INSTRUCTOR,
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
        "submissions.gradings": Reader(),
        "figures.show": Reader(),
        "exports.bundle": Reader(),
        "exports.gradescope": Reader(),
        # What people say of a submission and its grade.
        "pages.write_comment": Reader("id_"),
        "pages.change_comment": Reader("id_"),
        "pages.withdraw_comment": Reader("id_"),
        "pages.give_points": OfSubmission("id_"),
        "pages.take_back_points": OfSubmission("id_"),
        "pages.ask_review": Author("id_"),
        "pages.reviews": STAFF,
        "pages.take_review": STAFF,
        "pages.give_back_review": STAFF,
        "pages.answer_review": STAFF,
        "pages.log": STAFF,
        "pages.policies": of_assignment(INSTRUCTOR, "id_"),
        "pages.change_policies": of_assignment(INSTRUCTOR, "id_"),
        "pages.release_grades": of_assignment(INSTRUCTOR, "id_"),
        "pages.withhold_grades": of_assignment(INSTRUCTOR, "id_"),
        "pages.extensions": of_assignment(STAFF, "id_"),
        "pages.give_extension": of_assignment(STAFF, "id_"),
        "pages.take_back_extension": of_assignment(STAFF, "id_"),
        "comments.index": Reader(),
        "comments.write": Reader(),
        "comments.change": Reader(),
        "comments.withdraw": Reader(),
        "comments.write_on_each": of_assignment(STAFF),
        "overrides.index": Reader(),
        "overrides.give": OfSubmission(),
        "overrides.take_back": OfSubmission(),
        "reviews.of_submission": Reader(),
        "reviews.ask": Author(),
        "reviews.queue": STAFF,
        "reviews.take": STAFF,
        "reviews.give_back": STAFF,
        "reviews.answer_review": STAFF,
        "reviews.audit": STAFF,
        "assignments.release": of_assignment(INSTRUCTOR),
        "assignments.withhold": of_assignment(INSTRUCTOR),
        # Courses.
        "courses.index": SIGNED_IN,
        "courses.create": OPERATOR,
        "courses.show": MEMBER,
        "courses.change": INSTRUCTOR,
        "overview.index": STAFF,
        "overview.record": STAFF,
        "course_reports.show": STAFF,
        "failures.index": STAFF,
        "failures.show": of_assignment(STAFF),
        "failures.students": of_assignment(STAFF),
        # Grades for other platforms.
        "gradebook.index": INSTRUCTOR,
        "gradebook.canvas": INSTRUCTOR,
        "gradebook.moodle": INSTRUCTOR,
        "gradebook.fill": INSTRUCTOR,
        "gradebook.grades": INSTRUCTOR,
        # What is taken away as a whole; one's own holds more than a token reaches.
        "takeaway.sizes": INSTRUCTOR,
        "takeaway.course": INSTRUCTOR,
        "takeaway.results": of_assignment(INSTRUCTOR),
        "takeaway.student": INSTRUCTOR,
        "takeaway.own": ByHand(OWN_ACCOUNT),
        # What can not be undone is done by hand.
        "privacy.erase": ByHand(INSTRUCTOR),
        "privacy.anonymise": ByHand(INSTRUCTOR),
        "pages.anonymising": INSTRUCTOR,
        "pages.anonymise": INSTRUCTOR,
        "pages.erasing": INSTRUCTOR,
        "pages.erase": INSTRUCTOR,
        "pages.exports": INSTRUCTOR,
        "pages.fill_table": INSTRUCTOR,
        "members.index": STAFF,
        "members.show": STAFF,
        "members.bring": INSTRUCTOR,
        "members.put": INSTRUCTOR,
        "members.remove": INSTRUCTOR,
        "members.link": ByHand(INSTRUCTOR),
        "members.invitations": INSTRUCTOR,
        "members.invite": INSTRUCTOR,
        "members.withdraw": INSTRUCTOR,
        "webhooks.index": INSTRUCTOR,
        "webhooks.create": INSTRUCTOR,
        "webhooks.show": INSTRUCTOR,
        "webhooks.change": INSTRUCTOR,
        "webhooks.remove": INSTRUCTOR,
        "webhooks.rotate": INSTRUCTOR,
        "webhooks.ping": INSTRUCTOR,
        "webhooks.deliveries": INSTRUCTOR,
        "webhooks.delivery": INSTRUCTOR,
        "webhooks.replay": INSTRUCTOR,
        # Access tokens.
        "tokens.me": SIGNED_IN,
        "tokens.index": OWN_ACCOUNT,
        "tokens.make": OWN_ACCOUNT,
        "tokens.revoke": OWN_ACCOUNT,
        "tokens.of_course": INSTRUCTOR,
        "tokens.make_for_course": ByHand(INSTRUCTOR),
        "tokens.revoke_in_course": INSTRUCTOR,
        "tokens.mint": ByPlatform(),
        "pages.make_token": OWN_ACCOUNT,
        "pages.revoke_token": OWN_ACCOUNT,
        "pages.access": INSTRUCTOR,
        "pages.make_platform_token": INSTRUCTOR,
        "pages.revoke_course_token": INSTRUCTOR,
        "assignments.index": MEMBER,
        "assignments.assign": INSTRUCTOR,
        "assignments.show": of_assignment(MEMBER),
        "assignments.change": of_assignment(INSTRUCTOR),
        "assignments.remove": of_assignment(INSTRUCTOR),
        "assignments.extensions": of_assignment(STAFF),
        "assignments.extend": of_assignment(STAFF),
        "assignments.take_back": of_assignment(STAFF),
        # What a class hands in, compared.
        "atlas.show": of_assignment(STAFF),
        "atlas.cluster": of_assignment(STAFF),
        "atlas.thumbnail": OfSubmission(),
        "similarity.index": of_assignment(STAFF),
        "similarity.show": of_assignment(STAFF),
        "similarity.dolos": of_assignment(STAFF),
        "similarity.jplag": of_assignment(STAFF),
        "pages.atlases": STAFF,
        "pages.atlas": of_assignment(STAFF, "id_"),
        "pages.law_cluster": of_assignment(STAFF, "id_"),
        "pages.comment_cluster": of_assignment(STAFF, "id_"),
        "pages.similarities": STAFF,
        "pages.similarity": of_assignment(STAFF, "id_"),
        "pages.similar_pair": of_assignment(STAFF, "id_"),
        # Grading again.
        "regrades.begin": of_assignment(STAFF),
        "regrades.begin_one": OfSubmission(),
        "regrades.of_assignment": of_assignment(STAFF),
        "regrades.versions": of_assignment(STAFF),
        "regrades.index": STAFF,
        "regrades.show": OfRegrade(),
        "regrades.items": OfRegrade(),
        "regrades.choose": OfRegrade(),
        "regrades.apply": OfRegrade(),
        "regrades.cancel": OfRegrade(),
        "pages.regrades": STAFF,
        "pages.new_regrade": STAFF,
        "pages.begin_regrade": STAFF,
        "pages.regrade": STAFF,
        "pages.choose_regraded": STAFF,
        "pages.apply_regrade": STAFF,
        "pages.cancel_regrade": STAFF,
        # Handing in for a class.
        "batches.create": of_assignment(STAFF),
        "batches.dry_run": of_assignment(STAFF),
        "batches.index": of_assignment(STAFF),
        "batches.show": OfBatch(),
        "batches.items": OfBatch(),
        "batches.table": OfBatch(),
        "batches.choose": OfBatch(),
        "batches.begin": OfBatch(),
        "batches.cancel": OfBatch(),
        "pages.batches": of_assignment(STAFF, "id_"),
        "pages.send_batch": of_assignment(STAFF, "id_"),
        "pages.batch": STAFF,
        "pages.begin_batch": STAFF,
        "pages.cancel_batch": STAFF,
        "internal_errors.of_course": STAFF,
        "internal_errors.again": OfSubmission(),
        "internal_errors.again_in_course": STAFF,
        "internal_errors.index": OPERATOR,
        "internal_errors.again_everywhere": OPERATOR,
        "pages.internal_errors": STAFF,
        "pages.grade_again": STAFF,
        "pages.all_internal_errors": OPERATOR,
        "pages.grade_again_anywhere": OPERATOR,
    }
)
