"""The roles that somebody can have in a course."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What somebody is in a course."""

    #: Hands work in, and sees his or her own.
    STUDENT = "student"
    #: Sees everybody's work.
    ASSISTANT = "assistant"
    #: Also changes the course: its assignments, its people.
    INSTRUCTOR = "instructor"

    @property
    def is_staff(self) -> bool:
        """Whether this role sees the work of others."""
        return self is not Role.STUDENT

    @property
    def rank(self) -> int:
        """From 0: a higher role may do all that a lower one may."""
        return list(Role).index(self)
