"""Disclosure: how much of a grade its student is shown, and from when on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from grader.store.assignment.deadlines import whole_second


class Release(StrEnum):
    """When students see their grades."""

    #: As soon as a submission is graded.
    AT_ONCE = "at_once"
    #: Once nothing is accepted from the student any more.
    AFTER_CLOSE = "after_close"
    #: When staff release them.
    BY_HAND = "by_hand"


class Extent(StrEnum):
    """How much of a graded submission somebody is shown."""

    #: All of it.
    WHOLE = "whole"
    #: All but the hidden criteria, and what they earned.
    PART = "part"
    #: That it was received, and whether it ran: no verdict and no score.
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What is shown of a graded submission."""

    extent: Extent
    #: The criteria that are not shown.
    hidden: frozenset[str] = frozenset()


WHOLE = Disclosure(Extent.WHOLE)


@dataclass(frozen=True, slots=True)
class Policy:
    """When the grades of one student in one assignment are shown. Times are aware, in UTC."""

    release: Release
    #: When staff released them by hand; None: not.
    released_at: datetime | None
    hidden: frozenset[str]
    #: When nothing is accepted from this student any more; None: that does not happen.
    closes_at: datetime | None

    def disclosed(self, now: datetime) -> Disclosure:
        """What the student is shown at a moment.

        By hand grades are released whatever the policy says. Hidden criteria stay so until the
        assignment has also closed, as who may still hand in could work towards them; where it
        never closes, only a release by hand shows them.
        """
        closed = self.closes_at is not None and whole_second(now) > self.closes_at
        by_hand = self.released_at is not None
        released = by_hand or self.release is Release.AT_ONCE
        if self.release is Release.AFTER_CLOSE:
            released = released or closed
        if not released:
            return Disclosure(Extent.RECEIPT, self.hidden)
        if not self.hidden or closed or (by_hand and self.closes_at is None):
            return WHOLE
        return Disclosure(Extent.PART, self.hidden)
