"""The desk of regrades: grading submissions again, on trial first, for who teaches a course.

Who may ask is decided before, by the rules of access. What is looked for here is looked for within
one course all the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from redis import Redis

from exercises.catalog.reading import Catalog
from exercises.exercise import AnyExercise
from grader.access.principal import Principal
from grader.desks.acceptance import Acceptance, unavailable
from grader.desks.courses import CourseDesk
from grader.desks.problems import (
    BAD_CURSOR,
    FORBIDDEN,
    INVALID,
    NOT_FOUND,
    REGRADE_STAGE,
    Complaint,
    RequestError,
)
from grader.desks.unfit import unfit
from grader.dispatch.wait import wake_dispatcher
from grader.store.assignment.assignments import Assignment
from grader.store.assignment.versions import KeptVersion, Versions
from grader.store.database import when_committed
from grader.store.moments import Clock, utc_now
from grader.store.regrade.lists import TrialLists
from grader.store.regrade.regrades import Regrades, WrongStage
from grader.store.regrade.regrading import Direction, Progress, Regrade, Stage, Trial, Which
from grader.store.regrade.selection import UnfitSelection

_ID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
_VERSION = re.compile(r"[0-9a-z]{1,64}", re.ASCII)
_STAGES = {
    Stage.TRYING: "Its trials have not ended yet.",
    Stage.READY: "It waits for somebody to apply it.",
    Stage.APPLYING: "It is being applied.",
    Stage.APPLIED: "It is applied.",
    Stage.CANCELLED: "It was cancelled.",
}


@dataclass(frozen=True, slots=True)
class RegradeDesk:
    """What the web process holds to serve regrades."""

    regrades: Regrades
    trials: TrialLists
    versions: Versions
    catalog: Catalog
    courses: CourseDesk
    acceptance: Acceptance
    broker: Redis
    clock: Clock = utc_now

    def begin(
        self,
        who: Principal,
        assignment: str,
        which: Which,
        named: Collection[str] = (),
        *,
        version: str | None = None,
        reason: str = "",
    ) -> Regrade:
        """Let submissions to an assignment be graded again on trial.

        Args:
            who: asks for it.
            assignment: its id.
            which: of whose submissions which.
            named: for `Which.THESE`, their ids.
            version: of the exercise, one that is kept; None: the one that is served now.
            reason: in the words of who asks; may be empty.

        Raises:
            RequestError: not-found, invalid, exercise-unavailable.
        """
        found = self.courses.entity(who, assignment)
        graded_by = self._version(found, version)
        for index, id_ in enumerate(named):
            if not _ID.fullmatch(id_):
                complaint = Complaint("This must be a submission.", f"#/submissions/{index}")
                raise RequestError(INVALID, "Not all of these are submissions.", [complaint])
        try:
            begun = self.regrades.begin(who.actor, found.id, graded_by, which, named, reason=reason)
        except UnfitSelection as error:
            named_wrong = which is Which.THESE
            raise unfit(error, "#/submissions" if named_wrong else "#/which") from error
        when_committed(lambda: wake_dispatcher(self.broker))
        return begun

    def newer_version(self, assignment: Assignment) -> str | None:
        """The version of its exercise that is served, where the assignment asks for another one."""
        served = self.catalog.get(assignment.exercise)
        if served is None or served.version == assignment.exercise_version:
            return None
        return served.version

    def kept_versions(self, who: Principal, assignment: str) -> list[KeptVersion]:
        """The versions of an assignment's exercise that can grade, the newest first.

        Raises:
            RequestError: not-found.
        """
        return self.versions.of(self.courses.entity(who, assignment).exercise)

    def served(self, slug: str) -> AnyExercise | None:
        """An exercise as it is served now; None: it is not any more."""
        return self.catalog.get(slug)

    def page(
        self,
        who: Principal,
        course: str,
        *,
        limit: int,
        assignment: str | None = None,
        before: str | None = None,
    ) -> tuple[list[Regrade], str | None]:
        """A page of a course's regrades, the newest first, and the next one's cursor or None.

        Raises:
            RequestError: not-found, bad-cursor.
        """
        self.courses.course(who, course)
        _require_cursor(before, "before")
        found = self.regrades.latest(course, assignment=assignment, limit=limit + 1, before=before)
        page = found[:limit]
        return page, page[-1].id if len(found) > limit else None

    def regrade(self, who: Principal, id_: str) -> Regrade:
        """One regrade of a course that somebody teaches.

        Raises:
            RequestError: not-found.
        """
        found = self.regrades.get(id_) if _ID.fullmatch(id_) else None
        if found is None or not who.is_staff(found.course):
            raise RequestError(NOT_FOUND, "There is no such regrade.")
        return found

    def progress(self, regrade: Regrade) -> Progress:
        """How far a regrade is, in numbers."""
        return self.trials.progress(regrade, self.clock())

    def preview(
        self,
        regrade: Regrade,
        *,
        limit: int,
        direction: Direction | None = None,
        after: str | None = None,
    ) -> tuple[list[Trial], str | None]:
        """A page of a regrade's trials, the largest change first, and the next one's cursor.

        Raises:
            RequestError: bad-cursor.
        """
        _require_cursor(after, "after")
        found = self.trials.page(regrade.id, limit=limit + 1, direction=direction, after=after)
        page = found[:limit]
        return page, page[-1].id if len(found) > limit else None

    def choose(self, who: Principal, id_: str, submission: str, *, chosen: bool) -> None:
        """Take a submission along when the regrade is applied, or leave it out.

        Raises:
            RequestError: not-found, regrade-stage.
        """
        regrade = self.regrade(who, id_)
        try:
            known = _ID.fullmatch(submission) and self.regrades.choose(
                regrade.id, submission, chosen=chosen
            )
        except WrongStage as error:
            raise _wrong_stage(error) from error
        if not known:
            raise RequestError(NOT_FOUND, "This submission is not one of the regrade's.")

    def apply(self, who: Principal, id_: str, *, never_lower: bool, moves_version: bool) -> Regrade:
        """Let the trials' reports become the grades.

        Raises:
            RequestError: not-found, not-allowed (assistants don't change what is asked),
                regrade-stage.
        """
        regrade = self.regrade(who, id_)
        if moves_version and not who.is_instructor(regrade.course):
            raise RequestError(FORBIDDEN, "What an assignment asks is for its instructors to say.")
        try:
            applied = self.regrades.apply(
                who.actor, regrade.id, never_lower=never_lower, moves_version=moves_version
            )
        except WrongStage as error:
            raise _wrong_stage(error) from error
        return applied or self.regrade(who, id_)

    def cancel(self, who: Principal, id_: str) -> Regrade:
        """End a regrade; what was applied stays.

        Raises:
            RequestError: not-found, regrade-stage.
        """
        regrade = self.regrade(who, id_)
        try:
            cancelled = self.regrades.cancel(who.actor, regrade.id)
        except WrongStage as error:
            raise _wrong_stage(error) from error
        return cancelled or self.regrade(who, id_)

    def _version(self, assignment: Assignment, named: str | None) -> str:
        """The version that grades, with its files kept.

        Raises:
            RequestError: invalid, exercise-unavailable.
        """
        served = self.catalog.get(assignment.exercise)
        if served is not None and named in {None, served.version}:
            self.acceptance.keep(served)
            return served.version
        if named is None:
            raise unavailable(assignment.exercise)
        kept = _VERSION.fullmatch(named) and self.versions.has(assignment.exercise, named)
        if not kept:
            complaint = Complaint("This must be a version that is kept.", "#/exercise_version")
            raise RequestError(INVALID, "There is no such version of the exercise.", [complaint])
        return named


def _wrong_stage(error: WrongStage) -> RequestError:
    return RequestError(REGRADE_STAGE, _STAGES[error.stage])


def _require_cursor(cursor: str | None, name: str) -> None:
    if cursor is not None and not _ID.fullmatch(cursor):
        raise RequestError(
            BAD_CURSOR,
            "The cursor is not one of ours.",
            [Complaint("This must come from a “next” link.", parameter=name)],
        )
