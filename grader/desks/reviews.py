"""The desk of reviews: what people say of a submission, and of its grade, for one principal.

Who may ask is decided before, by the rules of access. What is said of a grade that its student may
not see yet is kept from the student like the grade itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine

from grader.access.principal import Principal
from grader.desks import problems
from grader.desks.problems import INVALID, NOT_FOUND, Complaint, RequestError
from grader.desks.unfit import unfit
from grader.store.assignment.disclosure import Disclosure, Extent
from grader.store.assignment.releases import Releases
from grader.store.audit import Audit, Deed, Entry
from grader.store.database import one_transaction
from grader.store.gradebook.rounds import Among, Round, Rounds
from grader.store.lookups import Lookups
from grader.store.review.comments import (
    Comment,
    Comments,
    NoSuchComment,
    SaidToAll,
    Thread,
    threads,
)
from grader.store.review.overrides import NotOverridden, Override, Overrides
from grader.store.review.reviews import (
    AlreadyAnswered,
    AlreadyAsked,
    Queued,
    QueuePart,
    Review,
    Reviews,
)
from grader.store.submission.submissions import Submission

_ID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Points:
    """Points that staff give in place of the grader's."""

    #: None: the whole score.
    criterion: str | None
    points: float


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said of a submission."""

    threads: list[Thread] = field(default_factory=list)
    overrides: list[Override] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReviewDesk:
    """What the web process holds to serve comments, overrides, reviews and the log."""

    engine: Engine
    comments: Comments
    overrides: Overrides
    reviews: Reviews
    releases: Releases
    rounds: Rounds
    audit: Audit
    lookups: Lookups

    @staticmethod
    def is_staff(who: Principal, found: Submission) -> bool:
        """Whether somebody sees a submission as its course's staff do."""
        return who.view.sees_in_full(found)

    def threads(self, who: Principal, found: Submission) -> list[Thread]:
        """The comments on a submission that somebody may read now."""
        said = Talk(threads=threads(self.comments.of(found.id)))
        return self._as_read(who, found, said).threads

    def talks(self, who: Principal, several: Sequence[Submission]) -> dict[str, Talk]:
        """All that was said of submissions, as far as somebody may read it now, by their ids."""
        ids = [one.id for one in several]
        comments, given = self.comments.of_each(ids), self.overrides.of_each(ids)
        asked = self.reviews.of_each(ids)
        talks = {}
        for one in several:
            said = Talk(threads(comments[one.id]), given[one.id], asked[one.id])
            talks[one.id] = self._as_read(who, one, said)
        return talks

    def _as_read(self, who: Principal, found: Submission, said: Talk) -> Talk:
        return said if self.is_staff(who, found) else _shown(said, found.disclosure)

    def comment(
        self,
        who: Principal,
        found: Submission,
        text: str,
        *,
        line: int | None = None,
        thread: str | None = None,
    ) -> Comment:
        """Write a comment; students answer within a thread.

        Raises:
            RequestError: invalid, not-allowed, not-found.
        """
        staff = self.is_staff(who, found)
        if not staff and (thread is None or found.disclosure.extent is Extent.RECEIPT):
            raise RequestError(
                problems.FORBIDDEN, "Students answer comments; a review begins a talk of their own."
            )
        if line is not None and (thread is not None or not 1 <= line <= _lines(found)):
            complaint = Complaint("This must be a line of what was sent.", pointer="#/line")
            raise RequestError(INVALID, "There is no such line.", [complaint])
        if thread is not None and not _ID.fullmatch(thread):
            raise _no_comment()
        try:
            return self.comments.write(
                who.actor, found.id, text, line=line, thread=thread, is_staff=staff
            )
        except NoSuchComment as error:
            raise _no_comment() from error
        except ValueError as error:
            raise unfit(error, "#/text") from error

    def comment_on_each(
        self, who: Principal, assignment: str, submissions: Sequence[str], text: str
    ) -> int:
        """Write the same comment on several submissions to an assignment: on all, or on none.

        Raises:
            RequestError: invalid.
        """
        asked = list(dict.fromkeys(submissions))
        known = self.lookups.answers_to(assignment, [one for one in asked if _ID.fullmatch(one)])
        strange = [
            Complaint("This must be a submission to the assignment.", f"#/submissions/{index}")
            for index, one in enumerate(submissions)
            if one not in known
        ]
        if strange:
            raise RequestError(INVALID, "Not all of these answer the assignment.", strange)
        try:
            return self.comments.write_on_each(who.actor, asked, text)
        except ValueError as error:
            raise unfit(error, "#/text") from error

    def said_to_all(self, submissions: Sequence[str]) -> list[SaidToAll]:
        """What staff have written on several of these submissions alike, the newest first."""
        return self.comments.said_to_all(submissions)

    def change_comment(self, who: Principal, found: Submission, id_: str, text: str) -> Comment:
        """Write one's own comment anew.

        Raises:
            RequestError: not-found, invalid.
        """
        try:
            return self.comments.change(who.actor, found.id, _checked(id_), text)
        except NoSuchComment as error:
            raise _no_comment() from error
        except ValueError as error:
            raise unfit(error, "#/text") from error

    def withdraw_comment(self, who: Principal, found: Submission, id_: str) -> None:
        """Take one's own comment back.

        Raises:
            RequestError: not-found.
        """
        try:
            self.comments.withdraw(who.actor, found.id, _checked(id_))
        except NoSuchComment as error:
            raise _no_comment() from error

    def overrides_of(self, who: Principal, found: Submission) -> list[Override]:
        """The overrides of a submission that somebody may see now: students those that hold."""
        said = Talk(overrides=self.overrides.of(found.id))
        return self._as_read(who, found, said).overrides

    def override(self, who: Principal, found: Submission, given: Points, reason: str) -> Override:
        """Let these points count in place of the grader's.

        Raises:
            RequestError: invalid.
        """
        try:
            return self.overrides.give(who.actor, found.id, given.criterion, given.points, reason)
        except NotOverridden as error:
            raise unfit(ValueError(str(error)), "#/points") from error
        except ValueError as error:
            raise unfit(error, "#/reason") from error

    def take_back_override(self, who: Principal, found: Submission, id_: str) -> None:
        """Let the grader's points count again.

        Raises:
            RequestError: not-found.
        """
        if not _ID.fullmatch(id_) or not self.overrides.take_back(who.actor, found.id, id_):
            raise RequestError(NOT_FOUND, "This submission has no such override.")

    def reviews_of(self, who: Principal, found: Submission) -> list[Review]:
        """The reviews of a submission that somebody may read now."""
        said = Talk(reviews=self.reviews.of(found.id))
        return self._as_read(who, found, said).reviews

    def ask(self, who: Principal, found: Submission, text: str) -> Review:
        """Ask for a review of one's own submission.

        Raises:
            RequestError: not-released, not-graded, review-open, invalid.
        """
        if found.assignment is None:
            raise RequestError(problems.FORBIDDEN, "Nobody teaches what you practise by yourself.")
        if found.receipt is not None or found.disclosure.extent is Extent.RECEIPT:
            raise not_released()
        if found.report is None:
            raise RequestError(problems.NOT_GRADED, "There is no report yet.")
        try:
            return self.reviews.ask(who.actor, found.id, text)
        except AlreadyAsked as error:
            raise RequestError(
                problems.REVIEW_OPEN, "You have asked for a review of this submission already."
            ) from error
        except ValueError as error:
            raise unfit(error, "#/text") from error

    def queue(
        self,
        who: Principal,
        course: str,
        which: QueuePart,
        *,
        limit: int,
        after: str | None = None,
    ) -> tuple[list[Queued], str | None]:
        """A page of a course's reviews, and the next one's cursor or None; the oldest come first.

        Raises:
            RequestError: bad-cursor.
        """
        require_cursor(after, "after")
        found = self.reviews.in_course(course, which, taker=who.id, limit=limit + 1, after=after)
        page = found[:limit]
        return page, (page[-1].review.id if len(found) > limit else None)

    def take(self, who: Principal, course: str, id_: str, *, taken: bool = True) -> Review:
        """Note that somebody of the staff looks at a review, or no longer.

        Raises:
            RequestError: not-found, review-answered.
        """
        try:
            return self.reviews.take(course, _checked(id_), who.id if taken else None)
        except LookupError as error:
            raise _no_review() from error
        except AlreadyAnswered as error:
            raise _answered() from error

    def answer(
        self, who: Principal, course: str, id_: str, text: str, given: Points | None = None
    ) -> Review:
        """Answer a review, and let points count that are given with it: both, or neither.

        Raises:
            RequestError: not-found, review-answered, invalid.
        """
        try:
            with one_transaction(self.engine):
                answered = self.reviews.answer(who.actor, course, _checked(id_), text)
                if given is not None:
                    self.overrides.give(
                        who.actor, answered.submission, given.criterion, given.points, text
                    )
                return answered
        except LookupError as error:
            raise _no_review() from error
        except AlreadyAnswered as error:
            raise _answered() from error
        except NotOverridden as error:
            raise unfit(ValueError(str(error)), "#/points") from error
        except ValueError as error:
            raise unfit(error, "#/text") from error

    def log(
        self,
        course: str,
        *,
        limit: int,
        before: str | None = None,
        person: str | None = None,
        about: str | None = None,
        deed: Deed | None = None,
        submission: str | None = None,
        assignment: str | None = None,
    ) -> tuple[list[Entry], str | None]:
        """A page of a course's log, and the next one's cursor or None; the newest come first.

        Raises:
            RequestError: bad-cursor.
        """
        require_cursor(before, "before")
        found = self.audit.of_course(
            course,
            limit=limit + 1,
            before=before,
            by=person,
            about=about,
            deed=deed,
            submission=submission,
            assignment=assignment,
        )
        page = found[:limit]
        return page, (page[-1].id if len(found) > limit else None)

    def round(self, found: Submission, among: Among) -> Round | None:
        """Where a submission's student is among those of its assignment; None outside one."""
        if found.assignment is None or found.person is None:
            return None
        return self.rounds.at(found.assignment, found.course, found.person, among)


def _shown(said: Talk, shown: Disclosure) -> Talk:
    """What a student may read of a talk: of overrides those that hold."""
    if shown.extent is Extent.RECEIPT:
        return Talk()
    held = [one for one in said.overrides if one.holds]
    if shown.extent is not Extent.WHOLE:
        # The whole score would tell what the hidden criteria earned.
        held = [one for one in held if one.criterion and one.criterion not in shown.hidden]
    return Talk(said.threads, held, said.reviews)


def not_released() -> RequestError:
    """The problem of a grade that its student may not see yet."""
    return RequestError(problems.NOT_RELEASED, "The grades of this assignment are shown later.")


def require_cursor(cursor: str | None, name: str) -> None:
    """Let a cursor pass that can be one of ours.

    Raises:
        RequestError: bad-cursor.
    """
    if cursor is not None and not _ID.fullmatch(cursor):
        raise RequestError(
            problems.BAD_CURSOR,
            "The cursor is not one of ours.",
            [Complaint("This must come from a “next” link.", parameter=name)],
        )


def _checked(id_: str) -> str:
    # What can not be an id is looked for under one that nothing has.
    return id_ if _ID.fullmatch(id_) else "-"


def _lines(found: Submission) -> int:
    return found.source.rstrip("\n").count("\n") + 1


def _no_comment() -> RequestError:
    return RequestError(NOT_FOUND, "There is no such comment of yours on this submission.")


def _no_review() -> RequestError:
    return RequestError(NOT_FOUND, "The course has no such review.")


def _answered() -> RequestError:
    return RequestError(problems.REVIEW_ANSWERED, "The review has its answer already.")
