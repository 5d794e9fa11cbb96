"""The principal: who makes the request, and what he or she is in which course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import cast

from flask import current_app, g

from grader.access.bearer import BadToken, TooManyWrongTokens
from grader.store.audit import Actor
from grader.store.course.roles import Role
from grader.store.identity.access_tokens import AccessToken
from grader.store.identity.people import Person
from grader.store.identity.scopes import Scope
from grader.store.submission.walls import View


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
    #: The access token that the request carries; None: a browser's.
    token: AccessToken | None = None
    #: Who sees the service as this person does, and in which course; None: the person.
    seen_by: Person | None = None
    seen_in: str | None = None

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
        """As whom the audit log knows who makes the request."""
        person = self.id if self.seen_by is None else self.seen_by.id
        return Actor(person, None if self.token is None else self.token.id)

    @property
    def bound_to(self) -> str | None:
        """The one course that the request can reach; None: all of the person's."""
        if self.seen_in is not None:
            return self.seen_in
        return None if self.token is None else self.token.course

    @property
    def is_platform(self) -> bool:
        """Whether a platform asks, by a token of its course."""
        return self.token is not None and self.token.scope is Scope.PLATFORM

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
            within=self.bound_to,
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


def acting_by(token: AccessToken, person: Person, roles: Mapping[str, Role]) -> Principal:
    """The principal of a request that carries a token.

    Never more than the person is, nor than the token's scope allows, nor beyond its course; an
    operator's token is that of his or her roles alone.

    Args:
        token: a good one.
        person: whom it acts as.
        roles: by course what the person is.
    """
    capped = {
        course: min(role, token.scope.cap, key=lambda one: one.rank)
        for course, role in roles.items()
        if token.course in {None, course}
    }
    return Principal(person=person, roles=MappingProxyType(capped), token=token)


def in_guise(who: Principal, student: Person, course: str) -> Principal:
    """The principal of somebody who sees a course as one of its students does.

    All that is asked of a principal is answered as for the student, so nothing need know of this
    to show no more. That nothing can be sent is the gate's to say.

    Args:
        who: somebody of the course's staff.
        student: one of its students.
        course: its id.
    """
    roles = MappingProxyType({course: Role.STUDENT})
    return Principal(
        person=student, roles=roles, token=who.token, seen_by=who.person, seen_in=course
    )


#: Nobody, with no rights.
NOBODY = Principal()


def principal() -> Principal:
    """The request's principal, found when it is first asked for and then kept.

    Not before each request: health must answer, and say so, while the database is away.

    Raises:
        BadToken: the request carries an access token that does not work.
        TooManyWrongTokens: nor did many others that came from its address.
    """
    if "principal" not in g:
        try:
            g.principal = current_app.extensions["identify"]()
        except (BadToken, TooManyWrongTokens) as error:
            g.principal = error  # one request has one wrong token, however often it is asked
    if isinstance(g.principal, Exception):
        raise g.principal
    return cast(Principal, g.principal)
