"""The API's members: who is in a course, and the links that let people in."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from flask import Response, request, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.door import door
from grader.access.principal import principal
from grader.api import problems, represent_courses, resources
from grader.api.answers import answer, documented
from grader.api.body import require_json_object
from grader.api.desk import desk
from grader.api.problems import BAD_CURSOR, FORBIDDEN, NOT_FOUND, Complaint, RequestError
from grader.store.memberships import Member
from grader.store.people import Person

blueprint = APIBlueprint(
    "members",
    __name__,
    url_prefix="/api/v1/courses/<course>",
    abp_tags=[Tag(name="courses", description="Courses, and the people in them.")],
)


@blueprint.before_request
def _read_strictly() -> None:
    if request.method in {"POST", "PUT"} and request.endpoint != "members.link":
        require_json_object(request)


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
    items = [represent_courses.member(one) for one in page]
    headers = {"Link": f'<{following}>; rel="next"'} if following else None
    return answer(resources.MemberList(items=items, next=following), headers=headers)


@blueprint.put(
    "/members/<person>",
    responses=documented(
        {HTTPStatus.OK: resources.Member}, *problems.OF_A_BODY, problems.NOT_FOUND
    ),
)
def put(path: resources.MemberPath, body: resources.NewRole) -> Response:
    """Give a member another role. For instructors; operators can let anybody in so."""
    person = _person(path)
    desk().courses.memberships.put(path.course, person.id, body.role)
    return answer(represent_courses.member(_member(path)))


@blueprint.delete(
    "/members/<person>",
    responses=documented({HTTPStatus.NO_CONTENT: None}, problems.NOT_FOUND),
)
def remove(path: resources.MemberPath) -> Response:
    """Take somebody out of a course. For instructors. The submissions stay."""
    _member(path)
    desk().courses.memberships.remove(path.course, path.person)
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
    elsewhere = held.people.roles(path.person).keys() != {path.course}
    if member.role.is_staff or member.person.is_operator or elsewhere:
        raise RequestError(
            FORBIDDEN, "This person is more than a student of this course: ask an operator."
        )
    token = held.invitations.let_back_in(path.person)
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
    items = [represent_courses.invitation(one) for one in found]
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
    token = held.invitations.invite(path.course, body.role, expires_at=ends, uses=body.uses)
    made = held.invitations.look(token)
    if made is None:
        raise RequestError(problems.ARCHIVED, "The course is over: nobody can join it.")
    fields = dict(represent_courses.invitation(made))
    shown = resources.InvitationLink(**fields, link=_address(token))
    return answer(shown, HTTPStatus.CREATED, {"Cache-Control": "no-store"})


@blueprint.delete(
    "/invitations",
    responses=documented({HTTPStatus.NO_CONTENT: None}, problems.NOT_FOUND),
)
def withdraw(path: resources.CoursePath) -> Response:
    """End all links into a course. For instructors."""
    desk().courses.invitations.withdraw(path.course)
    return Response(status=HTTPStatus.NO_CONTENT)


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
    found = None
    if desk().is_id(path.person):
        found = desk().courses.memberships.get(path.course, path.person)
    if found is None:
        raise RequestError(NOT_FOUND, "There is nobody of this id in the course.")
    return found
