"""The resources of courses: themselves, their people, and the links that let people in."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from grader.api.resources.fields import Answer, Request, Text
from grader.store.course.roles import Role

ExternalIds = dict[Text, Text]


class CoursePath(BaseModel):
    """The path of one course."""

    course: str = Field(description="The course's id.")


class MemberPath(CoursePath):
    """The path of one member of a course."""

    person: str = Field(description="The person's id.")


class MembersQuery(BaseModel):
    """Which members to list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(200, ge=1, le=1000, description="How many at most.")
    after: str | None = Field(
        None,
        max_length=200,
        description="A cursor: the id of the last person of the page before.",
        json_schema_extra={"pattern": "^[0-9A-Za-z_-]{1,64}$"},
    )


class NewCourse(Request):
    """A course to be."""

    id: Text = Field(
        max_length=64,
        description="Lower-case letters, digits, and single hyphens between them; it is part of "
        "addresses and stays.",
        examples=["flows-2026"],
    )
    title: Text = Field(max_length=200, examples=["Normalizing flows"])
    time_zone: Text = Field(
        "UTC", max_length=64, description="An IANA name.", examples=["Europe/Amsterdam"]
    )


class CourseChange(Request):
    """What is to change of a course; what is left out stays."""

    title: Text = Field("", max_length=200, examples=["Normalizing flows, 2026"])
    time_zone: Text = Field(
        "", max_length=64, description="An IANA name. Deadlines are moments: none of them moves."
    )
    archived: bool = Field(
        False, description="Whether it is over: it can be read, and nothing can be handed in."
    )


class CourseLinks(Answer):
    """Where else to look."""

    self: str
    assignments: str


class Course(Answer):
    """A course, as one of its members sees it."""

    id: str
    title: str
    time_zone: str = Field(description="Times without an offset are meant in it.")
    role: Role | None = Field(description="What you are in it; null for operators.")
    created_at: datetime
    archived_at: datetime | None = Field(
        description="Since then nothing can be handed in; null: it goes on."
    )
    links: CourseLinks


class CourseList(Answer):
    """The courses that you are in, the newest first."""

    items: list[Course]


class Member(Answer):
    """Somebody in a course."""

    person: str = Field(description="The person's id.")
    name: str
    username: str | None
    role: Role
    external_ids: dict[str, str] | None = Field(
        description="By kind, what a platform knows the person by in this course; null: not "
        "told here."
    )
    since: datetime
    disabled: bool = Field(description="Whether nobody can sign in as this person any more.")


class MemberList(Answer):
    """The members of a course."""

    items: list[Member]
    next: str | None = Field(description="The address of the next page, or null.")


class NewRole(Request):
    """What somebody is to be in a course."""

    role: Role = Field(strict=False)
    external_ids: ExternalIds | None = Field(
        None, description="In place of those that there are; null: they stay."
    )


class NewMember(Request):
    """Somebody as a platform knows him or her."""

    name: Text = Field(max_length=100, examples=["Kim Noor"])
    external_ids: ExternalIds = Field(
        description="By kind: `canvas_id`, `sis_user_id`, `sis_login_id`, `moodle_username`, "
        "`idnumber`, `email`, or another; `section` is kept too, and tells nobody apart. Whoever "
        "in the course has one of them is this person.",
        examples=[{"canvas_id": "4711", "section": "Tuesday"}],
    )
    role: Role | None = Field(
        None, strict=False, description="Null: as it is; a student where there was nobody."
    )


class NewInvitation(Request):
    """A link to be, for whoever gets it."""

    role: Role = Field(Role.STUDENT, strict=False)
    days: int = Field(14, ge=1, le=366, description="How long it works.", examples=[14])
    uses: int | None = Field(
        None, ge=1, le=100_000, description="How many may use it; null: any number."
    )


class Invitation(Answer):
    """A link into a course."""

    role: Role
    created_at: datetime
    expires_at: datetime
    uses_left: int | None = Field(description="How many may still use it; null: any number.")


class InvitationList(Answer):
    """The links into a course that still work. The links themselves are kept nowhere."""

    items: list[Invitation]


class InvitationLink(Invitation):
    """A link that was just made; it is shown this once."""

    link: str = Field(description="Whoever opens it can join.")


class PasswordLink(Answer):
    """A link by which one person chooses a new password, once; it is shown this once."""

    link: str
    expires_at: datetime
