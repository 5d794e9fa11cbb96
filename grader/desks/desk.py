"""The desk: everything that the API and the pages ask of the service, so that both ask the same."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import cast

from flask import current_app
from redis import Redis
from sqlalchemy import Engine

from exercises.catalog.reading import Catalog
from exercises.exercise import AnyExercise, QuizExercise
from exercises.quiz.answers import read_answers
from grader.access.principal import principal
from grader.access.shelf import shelf
from grader.desks.acceptance import Acceptance, Sent
from grader.desks.atlas import AtlasDesk
from grader.desks.batches import BatchDesk
from grader.desks.classes import ClassDesk
from grader.desks.courses import CourseDesk
from grader.desks.gradebooks import GradebookDesk
from grader.desks.guises import GuiseDesk
from grader.desks.internal_errors import InternalErrorDesk
from grader.desks.privacy import PrivacyDesk
from grader.desks.problems import (
    BAD_CURSOR,
    NOT_FOUND,
    UNKNOWN_EXERCISE,
    Complaint,
    RequestError,
)
from grader.desks.regrades import RegradeDesk
from grader.desks.report.desk import CourseReportDesk
from grader.desks.reviews import ReviewDesk
from grader.desks.sent import Choices
from grader.desks.similarity import SimilarityDesk
from grader.desks.takeaway.desk import TakeawayDesk
from grader.desks.tokens import TokensDesk
from grader.desks.webhooks import WebhookDesk
from grader.dispatch.previews import Previews
from grader.dispatch.wait import Waiting, wake_dispatcher
from grader.store.assignment.versions import Versions
from grader.store.database import when_committed
from grader.store.lookups import Lookups
from grader.store.requests import Requests
from grader.store.submission.gradings import Gradings
from grader.store.submission.submissions import (
    Place,
    State,
    StoredFile,
    Submission,
    Submissions,
    Summary,
)

#: Every id of ours looks so; anything else is not looked up (PostgreSQL refuses NUL in text).
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)

#: What is answered where nothing is said of that.
START = "playground"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the web process holds while it runs."""

    submissions: Submissions
    waiting: Waiting
    catalog: Catalog
    broker: Redis
    engine: Engine
    versions: Versions
    lookups: Lookups
    courses: CourseDesk
    classes: ClassDesk
    course_reports: CourseReportDesk
    gradebooks: GradebookDesk
    privacy: PrivacyDesk
    takeaway: TakeawayDesk
    guises: GuiseDesk
    reviews: ReviewDesk
    regrades: RegradeDesk
    batches: BatchDesk
    internal_errors: InternalErrorDesk
    gradings: Gradings
    atlas: AtlasDesk
    similarity: SimilarityDesk
    acceptance: Acceptance
    tokens: TokensDesk
    requests: Requests
    webhooks: WebhookDesk
    #: As many requests as may wait at once; each one holds a thread of the web server.
    waits: threading.Semaphore
    previews: Previews
    #: As many of those as may wait for a preview.
    live_waits: threading.Semaphore

    def accept(
        self,
        *,
        source: str | None,
        answers: Choices | None,
        exercise: str | None = None,
        assignment: str = "",
        exercise_version: str = "",
        course: str = "",
        student: str = "",
        on_behalf_of: str = "",
    ) -> Submission:
        """Store a submission of the principal's: committed on return, or with what is around it.

        Args:
            source: the program, or None where it was left out.
            answers: those to a quiz, or None where they were left out.
            exercise: the slug; None where it was left out.
            assignment: the id of what it answers to; "" for practice.
            exercise_version: the version that was answered; "" where that was not said.
            course: a label.
            student: a label.
            on_behalf_of: whom a platform submits for; "": for nobody else.

        Raises:
            RequestError: unknown-exercise, exercise-changed, exercise-unavailable, invalid,
                source-too-long, or what an assignment's rules say; see `Acceptance`.
            UnicodeEncodeError: a text holds lone surrogates; requests are checked for them.
        """
        who = principal()
        sent = Sent(source, answers, exercise_version, course, student, on_behalf_of)
        if assignment:
            submission = self.acceptance.hand_in(who, assignment, exercise, sent)
        else:
            asked = self.asked(START if exercise is None else exercise)
            submission = self.acceptance.practise(who, asked, sent)
        # Only to save time: the database has it, and the hand-out looks there by itself.
        when_committed(lambda: wake_dispatcher(self.broker))
        return submission

    def asked(self, slug: str) -> AnyExercise:
        """The exercise that a request's body names.

        Raises:
            RequestError: unknown-exercise.
        """
        exercises = self.exercises()
        asked = exercises.get(slug)
        if asked is None:
            known = ", ".join(exercises)
            raise RequestError(
                UNKNOWN_EXERCISE,
                f"There is no exercise {slug[:64]!r}. There are: {known}.",
                [Complaint("This must be the slug of an exercise.", pointer="#/exercise")],
            )
        return asked

    @staticmethod
    def is_id(text: str) -> bool:
        """Whether a text can be one of our ids; what can not is not looked up."""
        return _ID.fullmatch(text) is not None

    def submission(self, id_: str, attempt: int | None = None) -> Submission:
        """One submission that the principal may read.

        Args:
            id_: its id.
            attempt: as an earlier grading of it found it; None: as it is.

        Raises:
            RequestError: not-found, also where somebody else may read it.
        """
        view = principal().view
        found = self.submissions.get(id_, view) if self.is_id(id_) else None
        if found is None:
            raise RequestError(NOT_FOUND, "There is no submission of this id.")
        if attempt is None or attempt == found.attempt:
            return found
        # A larger number is none that the database could hold, maybe.
        earlier = self.gradings.get(id_, attempt, view) if attempt < found.attempt else None
        if earlier is None:
            raise RequestError(NOT_FOUND, f"Attempt {attempt} has no report of this submission.")
        return earlier

    def place(self, submission: Submission) -> Place | None:
        """Where a submission waits, or None once it runs or is graded."""
        if submission.state in {State.RUNNING, State.GRADED}:
            return None
        return self.submissions.place(submission.id)

    def wait(self, submission: Submission, seconds: int) -> tuple[Submission, bool]:
        """The submission as soon as it is graded or the time is over, and whether it was waited.

        It is not waited when as many requests wait already as may.
        """
        if not self.waits.acquire(blocking=False):
            return submission, False
        try:
            self.waiting.wait_for(submission.id, seconds)
        finally:
            self.waits.release()
        # Read again, within the person's walls: what was waited for is more than all may see.
        return self.submission(submission.id), True

    def latest(
        self,
        *,
        limit: int,
        before: str | None = None,
        exercise: str | None = None,
        student: str | None = None,
        course: str | None = None,
        assignment: str | None = None,
    ) -> tuple[list[Summary], str | None]:
        """A page of the submissions that the principal may read, and the next one's cursor or None.

        The newest come first.

        Raises:
            RequestError: bad-cursor.
        """
        if before is not None and not _ID.fullmatch(before):
            raise RequestError(
                BAD_CURSOR,
                "The cursor is not one of ours.",
                [Complaint("This must come from a “next” link.", parameter="before")],
            )
        found = self.submissions.latest(
            view=principal().view,
            limit=limit + 1,
            before=before,
            exercise=exercise,
            student=student,
            course=course,
            assignment=assignment,
        )
        page = found[:limit]
        return page, (page[-1].id if len(found) > limit else None)

    def exercises(self) -> dict[str, AnyExercise]:
        """The exercises that the principal sees, by slug, in the order of the course."""
        return shelf(self.catalog.exercises, principal(), self.lookups)

    def exercise(self, slug: str) -> AnyExercise:
        """One exercise that the principal sees.

        Raises:
            RequestError: not-found.
        """
        found = self.exercises().get(slug)
        if found is None:
            raise RequestError(NOT_FOUND, "There is no exercise of this name.")
        return found

    def answers(self, submission: Submission) -> Choices | None:
        """The answers that a submission to a quiz holds; None for a program."""
        asked = self.asked_by(submission)
        return read_answers(submission.source) if isinstance(asked, QuizExercise) else None

    def asked_by(self, submission: Submission) -> AnyExercise | None:
        """The exercise that a submission answered: at its version where that is kept."""
        asked = self.courses.pinned.get(submission.exercise, submission.exercise_version)
        return asked or self.catalog.get(submission.exercise)

    def file(self, submission: Submission, name: str) -> StoredFile:
        """A file that the grading of a submission made.

        Raises:
            RequestError: not-found.
        """
        found = self.submissions.file(submission.id, name, submission.attempt)
        if found is None:
            raise RequestError(NOT_FOUND, "This submission has no such figure.")
        return found


def desk() -> Desk:
    """The desk of the running application."""
    return cast(Desk, current_app.extensions["desk"])
