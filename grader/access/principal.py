"""The principal: who makes the request, and what he or she is in which course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import cast

from flask import current_app, g

from grader.store.audit import Actor
from grader.store.people import Person
from grader.store.roles import Role
from grader.store.walls import View


@dataclass(frozen=True, slots=True)
class Principal:
    """Who makes a request."""

    #: None: nobody who is known.
    person: Person | None = None
    #: By the id of a course what the person is in it, archived courses too.
    roles: Mapping[str, Role] = field(default_factory=lambda: MappingProxyType({}))
    #: Whether it is the demo student, who is let in without signing in, on this machine only.
    is_demo: bool = False
    #: Whether he or she may do everything on this server.
    is_operator: bool = False

    @property
    def is_known(self) -> bool:
        """Whether somebody has signed in, or is let in as the demo student."""
        return self.person is not None

    @property
    def id(self) -> str | None:
        """The person's id; None for nobody."""
        return None if self.person is None else self.person.id

    @property
    def actor(self) -> Actor:
        """As whom the audit log knows the person."""
        return Actor(self.id)

    @property
    def staffed(self) -> frozenset[str]:
        """The courses in which the person sees the work of others."""
        return frozenset(course for course, role in self.roles.items() if role.is_staff)

    @property
    def view(self) -> View:
        """The submissions that the person may read."""
        return View(
            person=self.id,
            staffed=self.staffed,
            unsigned=self.is_demo,
            everything=self.is_operator,
        )

    @property
    def sees_all_exercises(self) -> bool:
        """Whether the person sees exercises that nobody has assigned: who teaches, or tries."""
        return self.is_operator or self.is_demo or bool(self.staffed)

    def is_member(self, course: str) -> bool:
        """Whether the person is in a course, in whatever role; operators are in every one."""
        return self.is_operator or course in self.roles

    def is_staff(self, course: str) -> bool:
        """Whether the person sees the work of others in a course."""
        role = self.roles.get(course)
        return self.is_operator or (role is not None and role.is_staff)

    def is_instructor(self, course: str) -> bool:
        """Whether the person may change a course."""
        return self.is_operator or self.roles.get(course) is Role.INSTRUCTOR


#: Nobody, with no rights.
NOBODY = Principal()


def principal() -> Principal:
    """The request's principal, found when it is first asked for and then kept.

    Not before each request: health must answer, and say so, while the database is away.
    """
    if "principal" not in g:
        g.principal = current_app.extensions["identify"]()
    return cast(Principal, g.principal)
