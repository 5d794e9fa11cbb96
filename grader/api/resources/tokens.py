"""The resources of access tokens, and of who asks."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from grader.api.resources.courses import CoursePath
from grader.api.resources.fields import Answer, Request, Text
from grader.store.course.roles import Role
from grader.store.identity.access_tokens import LIFETIME, LONGEST, MINTED_LONGEST
from grader.store.identity.scopes import Scope

_NAME = "What you will know it by."
_DAYS = "How long it works."


class TokenPath(BaseModel):
    """The path of one of your tokens."""

    id: str = Field(description="The token's id, which is not the token itself.")


class CourseTokenPath(CoursePath):
    """The path of one token of a course."""

    id: str = Field(description="The token's id, which is not the token itself.")


class TokensQuery(BaseModel):
    """Which tokens to list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(50, ge=1, le=200, description="How many at most.")
    before: str | None = Field(
        None,
        max_length=200,
        description="A cursor: the id of the last token of the page before.",
        json_schema_extra={"pattern": "^[0-9A-Za-z_-]{1,64}$"},
    )


class NewToken(Request):
    """A token to be, which acts as you."""

    name: Text = Field(max_length=100, description=_NAME, examples=["My laptop"])
    scope: Scope = Field(
        Scope.STUDENT,
        strict=False,
        description="What it may do at most: `student` reads your work and submits; `ta` also "
        "reads and judges the work of your courses. A `platform` token is made in its course.",
    )
    course: Text | None = Field(
        None, max_length=64, description="The one course that it reaches; null: all of yours."
    )
    days: int = Field(LIFETIME.days, ge=1, le=LONGEST.days, description=_DAYS)


class NewPlatformToken(Request):
    """A token to be, for the platform of a course."""

    name: Text = Field(max_length=100, description="The platform's name.", examples=["Canvas"])
    days: int = Field(LIFETIME.days, ge=1, le=LONGEST.days, description=_DAYS)


class NewStudentToken(Request):
    """A token to be, by which a platform lets one student in."""

    name: Text = Field("", max_length=100, description="Left out: the platform's own.")
    minutes: int = Field(60, ge=1, le=int(MINTED_LONGEST.total_seconds() // 60), description=_DAYS)


class Token(Answer):
    """An access token, without its secret."""

    id: str
    name: str
    person: str = Field(description="The id of whom it acts as.")
    scope: Scope
    course: str | None = Field(description="The one course that it reaches; null: all.")
    created_by: str | None = Field(description="A person's id; null: the command line.")
    made_by_token: str | None = Field(description="The id of the token that it ends with.")
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = Field(description="To the minute; null: never.")


class FreshToken(Token):
    """A token that was just made; its secret is shown this once."""

    token: str = Field(description="What the header Authorization carries after “Bearer ”.")


class TokenList(Answer):
    """Tokens that work, the newest first."""

    items: list[Token]
    next: str | None = Field(description="The address of the next page, or null.")


class Me(Answer):
    """Who asks."""

    person: str = Field(description="The person's id.")
    name: str
    username: str | None
    demo: bool = Field(description="Whether it is the demo student, who has not signed in.")
    operator: bool = Field(description="Whether everything on this server is allowed.")
    roles: dict[str, Role] = Field(
        description="By a course's id what you are in it, as far as the token lets you."
    )
    token: Token | None = Field(description="The token of this request; null: there is none.")
