"""The scopes of access tokens: as what a program may act at most, whoever it acts as."""

from __future__ import annotations

from enum import StrEnum

from grader.store.course.roles import Role


class Scope(StrEnum):
    """What an access token is good for, the lowest first."""

    #: Reads the person's own work, and submits.
    STUDENT = "student"
    #: Also reads and judges the work of a course, as an assistant does.
    TA = "ta"
    #: Runs one course, as an instructor does; also submits for its students.
    PLATFORM = "platform"

    @property
    def cap(self) -> Role:
        """The highest role that somebody has through a token of this scope."""
        return _CAPS[self]

    @property
    def rank(self) -> int:
        """From 0: a higher scope allows all that a lower one does."""
        return list(Scope).index(self)

    @property
    def below(self) -> frozenset[Scope]:
        """The lower scopes: those of the tokens that a token of this one may make and revoke."""
        return frozenset(scope for scope in Scope if scope.rank < self.rank)


_CAPS = {
    Scope.STUDENT: Role.STUDENT,
    Scope.TA: Role.ASSISTANT,
    Scope.PLATFORM: Role.INSTRUCTOR,
}
