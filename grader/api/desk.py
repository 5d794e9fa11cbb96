"""The desk: everything that the API and the pages ask of the service, so that both ask the same."""

from __future__ import annotations

import logging
import re
import secrets
import threading
from dataclasses import dataclass
from typing import cast

from flask import current_app
from redis import Redis
from sqlalchemy import Engine

from exercises.catalog.bundle import ChangedExercise, archive
from exercises.catalog.manifest import BrokenManifest
from exercises.catalog.reading import Catalog
from exercises.exercise import AnyExercise, QuizExercise
from exercises.quiz.answers import read_answers
from grader.api.problems import (
    BAD_CURSOR,
    EXERCISE_UNAVAILABLE,
    NOT_FOUND,
    UNKNOWN_EXERCISE,
    Complaint,
    RequestError,
)
from grader.api.sent import Choices, require_version, text_of
from grader.dispatch.wait import Waiting, wake_dispatcher
from grader.store.submissions import Place, State, StoredFile, Submission, Submissions, Summary
from grader.store.versions import Versions

log = logging.getLogger(__name__)

#: Every id of ours looks so; anything else is not looked up (PostgreSQL refuses NUL in text).
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)

#: One more than the largest seed: a float64, and so any JSON reader, holds it exactly.
_SEEDS = 2**53


@dataclass(frozen=True, slots=True)
class Desk:
    """What the web process holds while it runs."""

    submissions: Submissions
    waiting: Waiting
    catalog: Catalog
    broker: Redis
    engine: Engine
    versions: Versions
    #: As many requests as may wait at once; each one holds a thread of the web server.
    waits: threading.Semaphore

    def accept(
        self,
        *,
        exercise: str,
        source: str | None,
        answers: Choices | None,
        exercise_version: str,
        course: str,
        student: str,
    ) -> Submission:
        """Store a submission; it is committed when this returns.

        Args:
            exercise: the slug.
            source: the program, or None where it was left out.
            answers: those to a quiz, or None where they were left out.
            exercise_version: the version that was answered; "" where that was not said.
            course: a label.
            student: a label.

        Raises:
            RequestError: unknown-exercise, exercise-changed, exercise-unavailable, invalid or
                source-too-long.
            UnicodeEncodeError: a text holds lone surrogates; requests are checked for them.
        """
        asked = self.catalog.get(exercise)
        if asked is None:
            known = ", ".join(self.catalog.exercises)
            raise RequestError(
                UNKNOWN_EXERCISE,
                f"There is no exercise {exercise[:64]!r}. There are: {known}.",
                [Complaint("This must be the slug of an exercise.", pointer="#/exercise")],
            )
        require_version(asked, exercise_version)
        text = text_of(asked, source, answers)
        self._keep_version(asked)
        submission = self.submissions.accept(
            exercise=asked.slug,
            exercise_version=asked.version,
            source=text,
            # Never the client's choice: who knows the seed foresees the points that f is asked.
            seed=secrets.randbelow(_SEEDS),
            course=course,
            student=student,
        )
        # Only to save time: the database has it, and the hand-out looks there by itself.
        wake_dispatcher(self.broker)
        return submission

    def _keep_version(self, asked: AnyExercise) -> None:
        """Keep the files that this submission will be graded by, before it is accepted.

        Raises:
            RequestError: exercise-unavailable: they are no longer those that the student saw.
        """
        try:
            self.versions.keep(asked.slug, asked.version, lambda: archive(asked))
        except (ChangedExercise, OSError, BrokenManifest) as error:
            raise changed(asked) from error

    def submission(self, id_: str) -> Submission:
        """One submission.

        Raises:
            RequestError: not-found.
        """
        found = self.submissions.get(id_) if _ID.fullmatch(id_) else None
        if found is None:
            raise RequestError(NOT_FOUND, "There is no submission of this id.")
        return found

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
            return self.waiting.wait_for(submission.id, seconds), True
        finally:
            self.waits.release()

    def latest(
        self,
        *,
        limit: int,
        before: str | None = None,
        exercise: str | None = None,
        student: str | None = None,
    ) -> tuple[list[Summary], str | None]:
        """A page of submissions, newest first, and the cursor of the next page or None.

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
            limit=limit + 1, before=before, exercise=exercise, student=student
        )
        page = found[:limit]
        return page, (page[-1].id if len(found) > limit else None)

    def exercise(self, slug: str) -> AnyExercise:
        """One exercise.

        Raises:
            RequestError: not-found.
        """
        found = self.catalog.get(slug)
        if found is None:
            raise RequestError(NOT_FOUND, "There is no exercise of this name.")
        return found

    def answers(self, submission: Submission) -> Choices | None:
        """The answers that a submission to a quiz holds; None for a program."""
        if not isinstance(self.catalog.get(submission.exercise), QuizExercise):
            return None
        return read_answers(submission.source)

    def file(self, submission: Submission, name: str) -> StoredFile:
        """A file that the grading of a submission made.

        Raises:
            RequestError: not-found.
        """
        found = self.submissions.file(submission.id, name)
        if found is None:
            raise RequestError(NOT_FOUND, "This submission has no such figure.")
        return found


def changed(exercise: AnyExercise) -> RequestError:
    """The problem of an exercise whose files are not those that were read at the start."""
    log.error("the files of %s have changed: restart the service to serve them", exercise.slug)
    return RequestError(
        EXERCISE_UNAVAILABLE, f"The files of {exercise.slug} were changed while the service runs."
    )


def desk() -> Desk:
    """The desk of the running application."""
    return cast(Desk, current_app.extensions["desk"])
