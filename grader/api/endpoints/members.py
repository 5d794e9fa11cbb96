"""The API's members: who is in a course, and the links that let people in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import TypeVar

from flask import Response, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.door import door
from grader.access.principal import principal
from grader.api import represent, resources
from grader.api.http.answers import answer, documented
from grader.desks import problems
from grader.desks.desk import desk
from grader.desks.problems import (
    BAD_CURSOR,
    FORBIDDEN,
    INSUFFICIENT_SCOPE,
    NOT_FOUND,
    TAKEN,
    Complaint,
    RequestError,
)
from grader.desks.unfit import unfit
from grader.store.course.memberships import Member
from grader.store.course.roles import Role
from grader.store.course.roster import Newcomer, TwoPeople
from grader.store.identity.people import Person

_T = TypeVar("_T")

blueprint = APIBlueprint(
    "members",
    __name__,
    url_prefix="/api/v1/courses/<course>",
    abp_tags=[Tag(name="courses", description="Courses, and the people in them.")],
)


@blueprint.get(
    "/members",
    responses=documented(
        {HTTPStatus.OK: resources.MemberList},
        problems.INVALID,
        problems.BAD_CURSOR,
        problems.NOT_FOUND,
    ),
)
def index(path: resources.CoursePath, query: resources.MembersQuery) -> Response:
    """List the members of a course. For staff."""
    if query.after is not None and not desk().is_id(query.after):
        complaint = Complaint("This must come from a “next” link.", parameter="after")
        raise RequestError(BAD_CURSOR, "The cursor is not one of ours.", [complaint])
    found = desk().courses.memberships.of(path.course, limit=query.limit + 1, after=query.after)
    page, following = found[: query.limit], None
    if len(found) > query.limit:
        cursor = page[-1].person.id
        following = url_for("members.index", course=path.course, limit=query.limit, after=cursor)
    ids = desk().courses.roster.ids_of(path.course, [one.person.id for one in page])
    items = [represent.member(one, ids[one.person.id]) for one in page]
    headers = {"Link": f'<{following}>; rel="next"'} if following else None
    return answer(resources.MemberList(items=items, next=following), headers=headers)


@blueprint.post(
    "/members",
    responses=documented(
        {HTTPStatus.OK: resources.Member, HTTPStatus.CREATED: resources.Member},
        *problems.OF_A_BODY,
        problems.NOT_FOUND,
        problems.TAKEN,
    ),
)
def bring(path: resources.CoursePath, body: resources.NewMember) -> Response:
    """Bring somebody into a course whom a platform knows, or up to date. For instructors.

    However often it is sent there is one person: whoever has one of the external ids. It is 201
    where the person was made, who then has no password.
    """
    _require_may_give(body.role)
    newcomer = Newcomer(body.name, body.external_ids, body.role)
    person, fresh = _with_ids(
        lambda: desk().courses.roster.put(path.course, newcomer, principal().actor)
    )
    where = url_for("members.show", course=path.course, person=person)
    status = HTTPStatus.CREATED if fresh else HTTPStatus.OK
    return answer(_shown(path.course, person), status, {"Location": where})


@blueprint.get(
    "/members/<person>",
    responses=documented({HTTPStatus.OK: resources.Member}, problems.NOT_FOUND),
)
def show(path: resources.MemberPath) -> Response:
    """Read one member, named by the person's id or by an external one as KIND:VALUE. For staff."""
    return answer(_shown(path.course, path.person))


@blueprint.put(
    "/members/<person>",
    responses=documented(
        {HTTPStatus.OK: resources.Member},
        *problems.OF_A_BODY,
        problems.NOT_FOUND,
        problems.TAKEN,
    ),
)
def put(path: resources.MemberPath, body: resources.NewRole) -> Response:
    """Give a member another role. For instructors; operators can let anybody in so."""
    person, held = _person(path), desk().courses
    _require_may_give(body.role, before=held.memberships.role(path.course, person.id))
    if body.external_ids is not None:
        ids = body.external_ids
        _with_ids(lambda: held.roster.set_ids(path.course, person.id, ids))
    held.memberships.put(path.course, person.id, body.role, actor=principal().actor)
    return answer(_shown(path.course, person.id))


@blueprint.delete(
    "/members/<person>",
    responses=documented({HTTPStatus.NO_CONTENT: None}, problems.NOT_FOUND),
)
def remove(path: resources.MemberPath) -> Response:
    """Take somebody out of a course. For instructors. The submissions stay."""
    member = _member(path)
    _require_may_give(None, before=member.role)
    gone = member.person.id
    desk().courses.memberships.remove(path.course, gone, actor=principal().actor)
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.post(
    "/members/<person>/password-link",
    responses=documented(
        {HTTPStatus.CREATED: resources.PasswordLink}, problems.NOT_FOUND, problems.FORBIDDEN
    ),
)
def link(path: resources.MemberPath) -> Response:
    """Make a link by which a student chooses a new password, once. For instructors.

    Only for students who are in no other course: whoever has the link can read all their work.
    """
    member = _member(path)
    held = desk().courses
    person = member.person.id
    elsewhere = held.people.roles(person).keys() != {path.course}
    if member.role.is_staff or member.person.is_operator or elsewhere:
        raise RequestError(
            FORBIDDEN, "This person is more than a student of this course: ask an operator."
        )
    token = held.invitations.let_back_in(person, noted_in=path.course, actor=principal().actor)
    made = held.invitations.look(token)
    if made is None:
        raise RequestError(NOT_FOUND, "Nobody can sign in as this person any more.")
    shown = resources.PasswordLink(link=_address(token), expires_at=made.expires_at)
    return answer(shown, HTTPStatus.CREATED, {"Cache-Control": "no-store"})


@blueprint.get(
    "/invitations",
    responses=documented({HTTPStatus.OK: resources.InvitationList}, problems.NOT_FOUND),
)
def invitations(path: resources.CoursePath) -> Response:
    """List the links into a course that still work. For instructors."""
    found = desk().courses.invitations.of_course(path.course)
    items = [represent.invitation(one) for one in found]
    return answer(resources.InvitationList(items=items))


@blueprint.post(
    "/invitations",
    responses=documented(
        {HTTPStatus.CREATED: resources.InvitationLink}, *problems.OF_A_BODY, problems.NOT_FOUND
    ),
)
def invite(path: resources.CoursePath, body: resources.NewInvitation) -> Response:
    """Make a link that lets people into a course. For instructors."""
    held = desk().courses
    ends = held.clock() + timedelta(days=body.days)
    _require_may_give(body.role)
    token = held.invitations.invite(
        path.course, body.role, expires_at=ends, uses=body.uses, actor=principal().actor
    )
    made = held.invitations.look(token)
    if made is None:
        raise RequestError(problems.ARCHIVED, "The course is over: nobody can join it.")
    fields = dict(represent.invitation(made))
    shown = resources.InvitationLink(**fields, link=_address(token))
    return answer(shown, HTTPStatus.CREATED, {"Cache-Control": "no-store"})


@blueprint.delete(
    "/invitations",
    responses=documented({HTTPStatus.NO_CONTENT: None}, problems.NOT_FOUND),
)
def withdraw(path: resources.CoursePath) -> Response:
    """End all links into a course. For instructors."""
    desk().courses.invitations.withdraw(path.course, actor=principal().actor)
    return Response(status=HTTPStatus.NO_CONTENT)


def _shown(course: str, person: str) -> resources.Member:
    """Somebody in a course, with the external ids.

    Raises:
        RequestError: not-found.
    """
    found = _member(resources.MemberPath(course=course, person=person))
    ids = desk().courses.roster.ids_of(course, [found.person.id])
    return represent.member(found, ids[found.person.id])


def _with_ids(act: Callable[[], _T]) -> _T:
    """What an act returns that external ids go into.

    Raises:
        RequestError: invalid, or taken: somebody else has one of them.
    """
    try:
        return act()
    except TwoPeople as error:
        complaint = Complaint("One of these is somebody else's here.", pointer="#/external_ids")
        raise RequestError(TAKEN, "The ids belong to different people.", [complaint]) from error
    except ValueError as error:
        raise unfit(error) from error


def _require_may_give(role: Role | None, before: Role | None = None) -> None:
    """Let nobody become or cease to be an instructor by a token: that would outlive the token.

    Raises:
        RequestError: insufficient-scope.
    """
    if principal().token is not None and Role.INSTRUCTOR in {role, before}:
        raise RequestError(
            INSUFFICIENT_SCOPE, "No token makes or removes instructors: sign in for it."
        )


def _address(token: str) -> str:
    return door().address_of(url_for("pages.join", token=token))


def _person(path: resources.MemberPath) -> Person:
    """Somebody in the course; to operators, anybody.

    Raises:
        RequestError: not-found.
    """
    if not principal().is_operator:
        return _member(path).person
    found = desk().courses.people.get(path.person) if desk().is_id(path.person) else None
    if found is None:
        raise RequestError(NOT_FOUND, "There is nobody of this id.")
    return found


def _member(path: resources.MemberPath) -> Member:
    found = desk().courses.member(path.course, path.person)
    if found is None:
        raise RequestError(NOT_FOUND, "There is nobody of this id in the course.")
    return found
