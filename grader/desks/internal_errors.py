"""The desk of internal errors: what the grader failed on, and grading it again."""

from __future__ import annotations

from dataclasses import dataclass

from redis import Redis

from grader.access.principal import Principal
from grader.desks.problems import NOT_FAILED, RequestError
from grader.desks.reviews import require_cursor
from grader.dispatch.wait import wake_dispatcher
from grader.store.database import when_committed
from grader.store.grading.internal_errors import Extent, Failure, InternalErrors
from grader.store.submission.submissions import Submission


@dataclass(frozen=True, slots=True)
class InternalErrorDesk:
    """What the web process holds to serve them."""

    errors: InternalErrors
    broker: Redis

    def page(
        self, who: Principal, course: str | None, *, limit: int, before: str | None = None
    ) -> tuple[list[Failure], str | None]:
        """A page of what fails, the newest first, and the next one's cursor or None.

        Args:
            who: asks.
            course: which; None: all that is seen.
            limit: how many at most.
            before: a cursor.

        Raises:
            RequestError: bad-cursor.
        """
        require_cursor(before, "before")
        found = self.errors.page(who.view, course=course, limit=limit + 1, before=before)
        page = found[:limit]
        return page, page[-1].submission.id if len(found) > limit else None

    def extent(self, who: Principal, course: str | None) -> Extent:
        """How much fails, and how many people that touches."""
        return self.errors.extent(who.view, course)

    def again(self, who: Principal, submission: Submission) -> None:
        """Grade one again now.

        Raises:
            RequestError: not-failed.
        """
        if not self.errors.again(who.actor, submission.id):
            raise RequestError(NOT_FAILED, "The grader has not failed on this submission.")
        when_committed(lambda: wake_dispatcher(self.broker))

    def again_all(self, who: Principal, course: str | None) -> int:
        """Grade all of a course again now, or of the server; returns how many those are."""
        count = self.errors.again_all(who.actor, course)
        when_committed(lambda: wake_dispatcher(self.broker))
        return count
