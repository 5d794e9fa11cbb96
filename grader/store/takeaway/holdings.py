"""Holdings: what the tables hold of a person beside the work, for who teaches and for oneself.

A test goes through all tables that there are: what is in none of these lists, nor with the work,
stands there with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, or_, select, true

from grader.store.audit import Deed
from grader.store.database import reading
from grader.store.models import (
    AccessTokenRow,
    AssignmentRow,
    AuditRow,
    BatchItemRow,
    BatchRow,
    CommentRow,
    DeliveryRow,
    ExtensionRow,
    ExternalIdRow,
    InvitationRow,
    MembershipRow,
    OverrideRow,
    RegradeRow,
    ReviewRow,
    SessionRow,
    SubmissionRow,
    TallyRow,
    TrialFileRow,
    TrialRow,
    WebhookRow,
)
from grader.store.submission.entities import StoredFile

#: One row as names with what JSON can hold.
Held = Mapping[str, Any]

#: What was done about a student and says nothing of a grade: the rest comes with the work, and
#: only once it is shown.
_TOLD = (
    *(Deed.ROLE_GIVEN, Deed.MEMBER_REMOVED, Deed.EXTENDED, Deed.EXTENSION_TAKEN_BACK),
    *(
        Deed.INVITED,
        Deed.REVIEW_ASKED,
        Deed.TOKEN_MADE,
        Deed.TOKEN_REVOKED,
        Deed.EXPORTED,
        Deed.SEEN_AS,
    ),
)


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of one table."""

    name: str
    columns: tuple[Any, ...]
    order: tuple[Any, ...]
    #: By course (None: all) and person which rows.
    which: Callable[[str | None, str], ColumnElement[bool]]


def _within(column: Any, course: str | None) -> ColumnElement[bool]:
    return true() if course is None else column == course


def _asked_in(column: Any, course: str | None) -> ColumnElement[bool]:
    """The condition on an assignment to be one of a course."""
    if course is None:
        return true()
    found: ColumnElement[bool] = column.in_(
        select(AssignmentRow.id).where(AssignmentRow.course == course)
    )
    return found


def _own(course: str | None, person: str) -> Any:
    """The submissions of a person."""
    S = SubmissionRow
    return select(S.id).where(S.person == person, _asked_in(S.assignment, course))


def _of_others(table: Any, course: str | None, person: str) -> ColumnElement[bool]:
    """The condition on what was said of a submission to be said of somebody else's."""
    others = select(SubmissionRow.id).where(_asked_in(SubmissionRow.assignment, course))
    found: ColumnElement[bool] = table.submission.in_(
        others.where(SubmissionRow.person.is_distinct_from(person))
    )
    return found


def _columns(table: Any, *without: str) -> tuple[Any, ...]:
    return tuple(one for one in table.__table__.columns if one.name not in without)


#: Where a delivery went.
_SENT_TO = (
    select(WebhookRow.url)
    .where(WebhookRow.id == DeliveryRow.webhook)
    .scalar_subquery()
    .label("sent_to")
)


def _handed_in(*without: str) -> _Part:
    """What staff have handed in for somebody with the work of a class, or want to."""
    batches = select(BatchRow.id)
    return _Part(
        "handed_in_by_staff",
        _columns(BatchItemRow, "person", *without),
        (BatchItemRow.batch, BatchItemRow.place),
        lambda c, p: and_(
            BatchItemRow.person == p,
            BatchItemRow.batch.in_(batches.where(_within(BatchRow.course, c))),
        ),
    )


_MEMBERSHIPS = _Part(
    "memberships",
    _columns(MembershipRow, "person"),
    (MembershipRow.course,),
    lambda c, p: and_(MembershipRow.person == p, _within(MembershipRow.course, c)),
)
_EXTERNAL_IDS = _Part(
    "external_ids",
    _columns(ExternalIdRow, "person"),
    (ExternalIdRow.course, ExternalIdRow.kind),
    lambda c, p: and_(ExternalIdRow.person == p, _within(ExternalIdRow.course, c)),
)
_TOKENS = _Part(
    "access_tokens",
    _columns(AccessTokenRow, "digest", "person"),
    (AccessTokenRow.id,),
    lambda c, p: and_(AccessTokenRow.person == p, _within(AccessTokenRow.course, c)),
)
_WRITTEN = (
    _Part(
        "comments_on_others",
        _columns(CommentRow, "person"),
        (CommentRow.id,),
        lambda c, p: and_(CommentRow.person == p, _of_others(CommentRow, c, p)),
    ),
    _Part(
        "points_given_to_others",
        _columns(OverrideRow, "person"),
        (OverrideRow.id,),
        lambda c, p: and_(OverrideRow.person == p, _of_others(OverrideRow, c, p)),
    ),
    _Part(
        "reviews_of_others",
        (ReviewRow.id, ReviewRow.submission, ReviewRow.answer, ReviewRow.answered_at),
        (ReviewRow.id,),
        lambda c, p: and_(
            or_(ReviewRow.answered_by == p, ReviewRow.taken_by == p), _of_others(ReviewRow, c, p)
        ),
    ),
    _Part(
        "batches_sent",
        (BatchRow.id, BatchRow.course, BatchRow.created_at, BatchRow.name),
        (BatchRow.id,),
        lambda c, p: and_(BatchRow.person == p, _within(BatchRow.course, c)),
    ),
    _Part(
        "regrades_begun",
        (RegradeRow.id, RegradeRow.course, RegradeRow.created_at, RegradeRow.reason),
        (RegradeRow.id,),
        lambda c, p: and_(
            or_(RegradeRow.person == p, RegradeRow.decided_person == p),
            _within(RegradeRow.course, c),
        ),
    ),
)
#: For who teaches the course.
_BY_STAFF = (
    *(_MEMBERSHIPS, _EXTERNAL_IDS, _TOKENS, *_WRITTEN, _handed_in()),
    _Part(
        "extensions",
        _columns(ExtensionRow, "person"),
        (ExtensionRow.assignment,),
        lambda c, p: and_(ExtensionRow.person == p, _asked_in(ExtensionRow.assignment, c)),
    ),
    _Part(
        "tallies",
        _columns(TallyRow, "person"),
        (TallyRow.assignment,),
        lambda c, p: and_(TallyRow.person == p, _within(TallyRow.course, c)),
    ),
    _Part(
        "trials",
        _columns(TrialRow, "worker", "problem", "lease_expires_at"),
        (TrialRow.id,),
        lambda c, p: TrialRow.submission.in_(_own(c, p)),
    ),
    _Part(
        "deliveries",
        (*_columns(DeliveryRow, "claim", "answer", "problem"), _SENT_TO),
        (DeliveryRow.id,),
        lambda c, p: and_(
            DeliveryRow.person == p,
            DeliveryRow.webhook.in_(select(WebhookRow.id).where(_within(WebhookRow.course, c))),
        ),
    ),
    _Part(
        "log",
        _columns(AuditRow),
        (AuditRow.id,),
        lambda c, p: and_(
            _within(AuditRow.course, c),
            or_(AuditRow.about == p, AuditRow.person == p, AuditRow.submission.in_(_own(c, p))),
        ),
    ),
)
#: For oneself: nothing that would tell a grade before it is shown, and no note that is for staff.
_BY_ONESELF = (
    *(_MEMBERSHIPS, _EXTERNAL_IDS, _TOKENS, *_WRITTEN),
    # Its detail may name others.
    _handed_in("detail"),
    _Part(
        "extensions",
        _columns(ExtensionRow, "person", "reason"),
        (ExtensionRow.assignment,),
        lambda c, p: ExtensionRow.person == p,
    ),
    _Part(
        "deliveries",
        (DeliveryRow.id, DeliveryRow.type, DeliveryRow.submission, DeliveryRow.created_at),
        (DeliveryRow.id,),
        lambda c, p: DeliveryRow.person == p,
    ),
    _Part(
        "done_about_you",
        (AuditRow.at, AuditRow.course, AuditRow.deed),
        (AuditRow.id,),
        lambda c, p: and_(AuditRow.about == p, AuditRow.deed.in_(_TOLD)),
    ),
    _Part(
        "done_by_you",
        (AuditRow.at, AuditRow.course, AuditRow.deed, AuditRow.reason, AuditRow.submission),
        (AuditRow.id,),
        lambda c, p: AuditRow.person == p,
    ),
    _Part(
        "sessions",
        _columns(SessionRow, "digest", "person"),
        (SessionRow.created_at,),
        lambda c, p: SessionRow.person == p,
    ),
    _Part(
        "links_to_a_new_password",
        (InvitationRow.created_at, InvitationRow.expires_at),
        (InvitationRow.created_at,),
        lambda c, p: InvitationRow.person == p,
    ),
)


class Holdings:
    """What the database that `engine` opens holds of people."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def in_course(self, course: str, person: str) -> dict[str, list[Held]]:
        """By name what a course holds of somebody, as who teaches it may see it."""
        return self._read(_BY_STAFF, course, person)

    def own(self, person: str) -> dict[str, list[Held]]:
        """By name what is held of somebody, as he or she may see it."""
        return self._read(_BY_ONESELF, None, person)

    def trial_files(self, course: str, person: str) -> Iterator[tuple[str, StoredFile]]:
        """By the id of the trial the files of trial gradings of somebody's work."""
        query = select(TrialRow.id).where(TrialRow.submission.in_(_own(course, person)))
        with reading(self._engine) as connection:
            trials: Sequence[str] = connection.scalars(query.order_by(TrialRow.id)).all()
        F = TrialFileRow
        files = select(F.name, F.media_type, F.content).order_by(F.name)
        for trial in trials:
            with reading(self._engine) as connection:
                rows = connection.execute(files.where(F.trial == trial)).all()
            for row in rows:
                yield trial, StoredFile(row.name, row.media_type, row.content)

    def _read(
        self, parts: tuple[_Part, ...], course: str | None, person: str
    ) -> dict[str, list[Held]]:
        with reading(self._engine) as connection:
            found = {part.name: _rows(connection, part, course, person) for part in parts}
        return {name: rows for name, rows in found.items() if rows}


def _rows(connection: Connection, part: _Part, course: str | None, person: str) -> list[Held]:
    query = select(*part.columns).where(part.which(course, person)).order_by(*part.order)
    return [_held(row) for row in connection.execute(query).mappings()]


#: Columns that are JSON themselves.
_JSON = frozenset({"before", "after", "body", "report", "criteria"})


def _held(row: Mapping[Any, Any]) -> Held:
    return {str(name): _value(str(name), value) for name, value in row.items()}


def _value(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if name in _JSON and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
