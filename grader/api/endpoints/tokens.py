"""The API's access tokens: one's own, those of a course, and who a token makes one."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import Response, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from grader.access.principal import principal
from grader.api import resources
from grader.api.http.answers import answer, documented
from grader.desks import problems
from grader.desks.desk import desk
from grader.desks.problems import BAD_CURSOR, Complaint, RequestError
from grader.desks.tokens import Fresh
from grader.store.identity.access_tokens import AccessToken

blueprint = APIBlueprint(
    "tokens",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="access", description="Who you are, and tokens for programs.")],
)

_GONE = {HTTPStatus.NO_CONTENT: None}
_MADE = {HTTPStatus.CREATED: resources.FreshToken}


@blueprint.get("/me", responses=documented({HTTPStatus.OK: resources.Me}))
def me() -> Response:
    """Say who you are, and what your token lets you do."""
    who = principal()
    assert who.person is not None  # by the rule of the address
    return answer(
        resources.Me(
            person=who.person.id,
            name=who.person.name,
            username=who.person.username,
            demo=who.is_demo,
            operator=who.is_operator,
            roles=dict(who.roles),
            token=None if who.token is None else _shown(who.token),
        )
    )


@blueprint.get(
    "/tokens",
    responses=documented(
        {HTTPStatus.OK: resources.TokenList}, problems.INVALID, problems.BAD_CURSOR
    ),
)
def index(query: resources.TokensQuery) -> Response:
    """List your tokens that work; to a token, those that are below it."""
    _require_cursor(query)
    found = desk().tokens.own(principal(), limit=query.limit + 1, before=query.before)
    return _listed(found, query, "tokens.index")


@blueprint.post("/tokens", responses=documented(_MADE, *problems.OF_A_BODY))
def make(body: resources.NewToken) -> Response:
    """Make a token that acts as you, or, by a token, one that is below it. It is shown once."""
    fresh = desk().tokens.make_own(principal(), **body.model_dump())
    return _fresh(fresh, url_for("tokens.revoke", id=fresh[0].id))


@blueprint.delete("/tokens/<id>", responses=documented(_GONE, problems.NOT_FOUND))
def revoke(path: resources.TokenPath) -> Response:
    """Revoke one of your tokens, and those that were made by it. A token can revoke itself."""
    desk().tokens.revoke_own(principal(), path.id)
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.get(
    "/courses/<course>/tokens",
    responses=documented(
        {HTTPStatus.OK: resources.TokenList},
        problems.INVALID,
        problems.BAD_CURSOR,
        problems.NOT_FOUND,
    ),
)
def of_course(path: resources.CoursePath, query: resources.TokensQuery) -> Response:
    """List the tokens of a course, and those by which its staff reach it. For instructors."""
    _require_cursor(query)
    found = desk().tokens.of_course(
        principal(), path.course, limit=query.limit + 1, before=query.before
    )
    return _listed(found, query, "tokens.of_course", course=path.course)


@blueprint.post(
    "/courses/<course>/tokens",
    responses=documented(_MADE, *problems.OF_A_BODY, problems.NOT_FOUND),
)
def make_for_course(path: resources.CoursePath, body: resources.NewPlatformToken) -> Response:
    """Make a token for the platform of a course. For instructors, signed in. It is shown once."""
    fresh = desk().tokens.make_for_platform(principal(), path.course, **body.model_dump())
    where = url_for("tokens.revoke_in_course", course=path.course, id=fresh[0].id)
    return _fresh(fresh, where)


@blueprint.delete("/courses/<course>/tokens/<id>", responses=documented(_GONE, problems.NOT_FOUND))
def revoke_in_course(path: resources.CourseTokenPath) -> Response:
    """Revoke a token that is bound to a course, and those that were made by it. For instructors."""
    desk().tokens.revoke_in_course(principal(), path.course, path.id)
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.post(
    "/courses/<course>/members/<person>/tokens",
    responses=documented(_MADE, *problems.OF_A_BODY, problems.NOT_FOUND),
)
def mint(path: resources.MemberPath, body: resources.NewStudentToken) -> Response:
    """Make a token that acts as one student of the course, for a day at most. For platforms."""
    lifetime = timedelta(minutes=body.minutes)
    fresh = desk().tokens.mint(
        principal(), path.course, path.person, name=body.name, lifetime=lifetime
    )
    where = url_for("tokens.revoke_in_course", course=path.course, id=fresh[0].id)
    return _fresh(fresh, where)


def _require_cursor(query: resources.TokensQuery) -> None:
    if query.before is not None and not desk().is_id(query.before):
        complaint = Complaint("This must come from a “next” link.", parameter="before")
        raise RequestError(BAD_CURSOR, "The cursor is not one of ours.", [complaint])


def _listed(
    found: list[AccessToken], query: resources.TokensQuery, endpoint: str, **parts: Any
) -> Response:
    page, following = found[: query.limit], None
    if len(found) > query.limit:
        following = url_for(endpoint, **parts, limit=query.limit, before=page[-1].id)
    listed = resources.TokenList(items=[_shown(one) for one in page], next=following)
    return answer(listed, headers={"Link": f'<{following}>; rel="next"'} if following else None)


def _fresh(fresh: Fresh, where: str) -> Response:
    token, secret = fresh
    shown = resources.FreshToken(**dict(_shown(token)), token=secret)
    return answer(shown, HTTPStatus.CREATED, {"Cache-Control": "no-store", "Location": where})


def _shown(token: AccessToken) -> resources.Token:
    return resources.Token(
        id=token.id,
        name=token.name,
        person=token.person,
        scope=token.scope,
        course=token.course,
        created_by=token.created_by,
        made_by_token=token.parent,
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
    )
