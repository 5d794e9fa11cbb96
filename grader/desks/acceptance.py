"""Acceptance: stores what was sent, to an assignment under its rules or as practice."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass

from exercises.catalog.bundle import ChangedExercise, archive
from exercises.catalog.manifest import BrokenManifest
from exercises.exercise import AnyExercise
from grader.access.principal import Principal
from grader.desks.courses import CourseDesk
from grader.desks.insufficient import insufficient
from grader.desks.problems import EXERCISE_UNAVAILABLE, INVALID, Complaint, RequestError
from grader.desks.refusals import refused, unknown_assignment
from grader.desks.sent import Choices, require_version, text_of
from grader.store.assignment.admission import NotAdmitted
from grader.store.assignment.versions import Versions
from grader.store.course.roles import Role
from grader.store.identity.scopes import Scope
from grader.store.submission.submissions import Submission, Submissions

log = logging.getLogger(__name__)

#: One more than the largest seed: a float64, and so any JSON reader, holds it exactly.
_SEEDS = 2**53


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent, before anything of it is looked at."""

    #: None where it was left out.
    source: str | None
    answers: Choices | None
    #: The version that was answered; "" where that was not said.
    exercise_version: str
    #: Labels; "" where they were left out.
    course: str
    student: str
    #: Whom a platform submits for; "": for nobody else.
    on_behalf_of: str = ""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What accepting needs."""

    submissions: Submissions
    versions: Versions
    courses: CourseDesk

    def practise(self, who: Principal, asked: AnyExercise, sent: Sent) -> Submission:
        """Store a submission to no assignment; it is committed when this returns.

        Free labels are for who has not signed in: such a submission is nobody's.

        Raises:
            RequestError: exercise-changed, exercise-unavailable, invalid or source-too-long.
            UnicodeEncodeError: a text holds lone surrogates; requests are checked for them.
        """
        if who.bound_to is not None or sent.on_behalf_of:
            # Practice is in no course, so that the token could not read what it has sent.
            complaint = Complaint("This must be the id of an assignment.", pointer="#/assignment")
            raise RequestError(
                INVALID, "A token of one course submits to its assignments only.", [complaint]
            )
        labelled = bool(sent.course or sent.student)
        if labelled and not who.is_demo:
            raise RequestError(INVALID, "You have signed in, so labels say nothing.", _labels(sent))
        if not who.sees_all_exercises and self._is_assigned(who, asked.slug):
            complaint = Complaint("This must be the id of the assignment.", pointer="#/assignment")
            raise RequestError(
                INVALID, f"A course of yours has assigned {asked.slug}.", [complaint]
            )
        require_version(asked, sent.exercise_version)
        text = text_of(asked, sent.source, sent.answers)
        self.keep(asked)
        return self.submissions.accept(
            exercise=asked.slug,
            exercise_version=asked.version,
            source=text,
            seed=_fresh_seed(),
            course=sent.course,
            student=sent.student if labelled else (who.id or ""),
            person=None if labelled else who.id,
            sent_by_token=who.actor.token,
        )

    def hand_in(
        self, who: Principal, assignment: str, exercise: str | None, sent: Sent
    ) -> Submission:
        """Store a submission to an assignment, if its rules let it in; committed on return.

        Raises:
            RequestError: unknown-assignment, not-open, closed, no-attempts-left, cooling-down,
                archived, exercise-changed, exercise-unavailable, invalid, source-too-long, or
                insufficient-scope (for somebody else).
            UnicodeEncodeError: a text holds lone surrogates; requests are checked for them.
        """
        found = self.courses.find(who, assignment)
        if found is None or who.id is None:
            raise unknown_assignment()
        complaints = list(_labels(sent))
        if exercise is not None and exercise != found.exercise:
            complaints.append(Complaint(f"This is {found.exercise} here.", pointer="#/exercise"))
        if complaints:
            raise RequestError(INVALID, "The assignment says what is answered.", complaints)
        asked = self.courses.pinned.get(found.exercise, found.exercise_version)
        if asked is None:
            raise unavailable(found.exercise)
        require_version(asked, sent.exercise_version)
        author, as_student = who.id, not who.is_staff(found.course)
        if sent.on_behalf_of:
            author, as_student = self._student(who, found.course, sent.on_behalf_of), True
        try:
            return self.submissions.hand_in(
                found.id,
                author,
                exercise=asked.slug,
                exercise_version=asked.version,
                source=text_of(asked, sent.source, sent.answers),
                seed=_fresh_seed(),
                is_operator=who.is_operator,
                as_student=as_student,
                sent_by_token=who.actor.token,
            )
        except NotAdmitted as error:
            raise refused(error) from error

    def keep(self, asked: AnyExercise) -> None:
        """Keep the files that submissions to an exercise are graded by, before one is accepted.

        Raises:
            RequestError: exercise-unavailable: they are no longer those that the student saw.
        """
        try:
            self.versions.keep(asked.slug, asked.version, lambda: archive(asked))
        except (ChangedExercise, OSError, BrokenManifest) as error:
            raise changed(asked) from error

    def _student(self, who: Principal, course: str, named: str) -> str:
        """The id of the student for whom a platform submits.

        Raises:
            RequestError: insufficient-scope or invalid.
        """
        if not who.is_platform:
            raise insufficient(Scope.PLATFORM)
        member = self.courses.member(course, named)
        if member is None or member.role is not Role.STUDENT:
            complaint = Complaint(
                "This must be a student of the course: the person's id, or KIND:VALUE of an "
                "external id.",
                pointer="#/on_behalf_of",
            )
            raise RequestError(INVALID, "The course has no such student.", [complaint])
        return member.person.id

    def _is_assigned(self, who: Principal, slug: str) -> bool:
        return any(one.assignment.exercise == slug for one in self.courses.all_assigned(who))


def changed(exercise: AnyExercise) -> RequestError:
    """The problem of an exercise whose files are not those that were read at the start."""
    log.error("the files of %s have changed: restart the service to serve them", exercise.slug)
    return unavailable(exercise.slug)


def unavailable(slug: str) -> RequestError:
    """The problem of an exercise that can not be answered at the moment."""
    return RequestError(
        EXERCISE_UNAVAILABLE, f"The files of {slug} were changed while the service runs."
    )


def _labels(sent: Sent) -> list[Complaint]:
    given = {"course": sent.course, "student": sent.student}
    return [
        Complaint("This is a label for who has not signed in. Leave it out.", pointer=f"#/{name}")
        for name, value in given.items()
        if value
    ]


def _fresh_seed() -> int:
    # Never the client's choice: who knows the seed foresees the points that f is asked.
    return secrets.randbelow(_SEEDS)
