"""The roster of a course: its people by the ids that platforms know them by."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from grader.store.audit import NOBODY_IN_PARTICULAR, Actor, Deed, note
from grader.store.course.memberships import give_role
from grader.store.course.roles import Role
from grader.store.database import reading, writing
from grader.store.identity.people import PERSON, checked_name, insert_person, person_of
from grader.store.models import CourseRow, MembershipRow, PersonRow
from grader.store.models import ExternalIdRow as X
from grader.store.moments import Clock, utc_now

#: What people share: it is kept for exports, and tells nobody apart.
SHARED_KINDS = frozenset({"section"})
#: Kinds that exports to platforms ask for; others are kept as well.
USUAL_KINDS = (
    *("canvas_id", "sis_user_id", "sis_login_id", "section"),
    *("moodle_username", "idnumber", "email"),
)
KINDS_LIMIT, VALUE_LIMIT = 20, 200
_KIND = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)


class TwoPeople(Exception):
    """The ids are those of different people in the course."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody as a platform knows him or her."""

    name: str
    #: By its kind an id, one of which tells this person apart.
    external_ids: Mapping[str, str] = field(default_factory=dict)
    #: None: as it is, or a student who was not in the course.
    role: Role | None = None


class Roster:
    """The rosters in the database that `engine` opens."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def put(
        self, course: str, newcomer: Newcomer, actor: Actor = NOBODY_IN_PARTICULAR
    ) -> tuple[str, bool]:
        """Bring somebody into a course, or up to date: who has one of the ids already.

        However often it is sent, there is one person. Ids of kinds that are not named stay. Who
        has an account of his or her own keeps its name, and to a token an instructor stays one.

        Returns:
            the person's id, and whether the person was made.

        Raises:
            ValueError: the name or an id can not be one, or no id tells the person apart.
            TwoPeople: the ids belong to several people.
        """
        ids, name = checked_ids(newcomer.external_ids), checked_name(newcomer.name)
        if not ids.keys() - SHARED_KINDS:
            raise ValueError("one external id at least must tell the person apart")
        with writing(self._engine) as connection:
            now = self._clock()
            _hold(connection, course)
            known = _owners(connection, course, ids)
            if len(known) > 1:
                raise TwoPeople
            person = next(iter(known), None)
            fresh = person is None
            if person is None:
                person = insert_person(connection, name, None, None, now=now).id
            else:
                _rename(connection, course, person, name)
            _merge(connection, course, person, ids)
            _give(connection, course, person, newcomer.role, actor, now)
        return person, fresh

    def set_ids(self, course: str, person: str, external_ids: Mapping[str, str]) -> None:
        """Let these be the ids of somebody in a course, and no others.

        Raises:
            ValueError: an id can not be one.
            TwoPeople: somebody else in the course has one of them.
        """
        ids = checked_ids(external_ids)
        with writing(self._engine) as connection:
            _hold(connection, course)
            if _owners(connection, course, ids) - {person}:
                raise TwoPeople
            connection.execute(delete(X).where(X.course == course, X.person == person))
            _merge(connection, course, person, ids)

    def add_ids(
        self,
        course: str,
        external_ids: Mapping[str, Mapping[str, str]],
        actor: Actor = NOBODY_IN_PARTICULAR,
    ) -> int:
        """Add ids to what is known of members of a course; the log has how many of each kind.

        What would be no id, a kind that somebody has already, and an id that somebody else has
        (or two of these would have) are passed over.

        Args:
            course: its id.
            external_ids: by person, and by kind.
            actor: who wants them kept.

        Returns:
            how many people have an id more.
        """
        with writing(self._engine) as connection:
            _hold(connection, course)
            rows = _new_ids(connection, course, external_ids)
            if rows:
                connection.execute(insert(X), rows)
                kinds = dict(sorted(Counter(row["kind"] for row in rows).items()))
                now = self._clock()
                note(connection, actor, Deed.IDS_KEPT, now=now, course=course, after=kinds)
        return len({row["person"] for row in rows})

    def ids_of(self, course: str, people: Collection[str]) -> dict[str, dict[str, str]]:
        """The ids of people in a course, by person and kind; {} for who has none."""
        query = select(X.person, X.kind, X.value).where(X.course == course, X.person.in_(people))
        found: dict[str, dict[str, str]] = defaultdict(dict)
        with reading(self._engine) as connection:
            for row in connection.execute(query.order_by(X.person, X.kind)):
                found[row.person][row.kind] = row.value
        return {person: found.get(person, {}) for person in people}

    def find(self, course: str, kind: str, value: str) -> str | None:
        """The id of the member of a course whom an external id tells apart, or None."""
        try:
            plain = checked_ids({kind: value})[kind]
        except ValueError:
            return None
        if kind in SHARED_KINDS:
            return None
        query = (
            select(X.person)
            .join(
                MembershipRow,
                (MembershipRow.course == X.course) & (MembershipRow.person == X.person),
            )
            .where(X.course == course, X.kind == kind, X.value == plain)
        )
        with reading(self._engine) as connection:
            return connection.scalar(query)


def checked_ids(external_ids: Mapping[str, str]) -> dict[str, str]:
    """External ids as they are kept, without spaces around them.

    Raises:
        ValueError: one of them can not be one; the message says which.
    """
    if len(external_ids) > KINDS_LIMIT:
        raise ValueError(f"somebody has at most {KINDS_LIMIT} external ids")
    kept = {}
    for kind, value in external_ids.items():
        plain = value.strip()
        if not _KIND.fullmatch(kind):
            raise ValueError(
                "the kind of an external id has 1 to 32 lower-case letters, digits and _, "
                f"such as canvas_id, and is not {kind[:40]!r}"
            )
        if not plain or len(plain) > VALUE_LIMIT or not plain.isprintable():
            raise ValueError(f"an external id has 1 to {VALUE_LIMIT} characters, all to be seen")
        kept[kind] = plain
    return kept


def _new_ids(
    connection: Connection, course: str, external_ids: Mapping[str, Mapping[str, str]]
) -> list[dict[str, str]]:
    """The rows of those ids that are new, and that nobody else has."""
    query = select(X.person, X.kind, X.value).where(X.course == course)
    known = connection.execute(query).all()
    has = {(row.person, row.kind) for row in known}
    taken = Counter((row.kind, row.value) for row in known)
    members = select(MembershipRow.person).where(MembershipRow.course == course)
    people = {*connection.scalars(members)}
    rows = []
    for person, ids in external_ids.items():
        for kind, value in ids.items():
            if person in people and (person, kind) not in has and _is_id(kind, value):
                rows.append({"course": course, "person": person, "kind": kind, "value": value})
    taken.update((row["kind"], row["value"]) for row in rows)
    return [
        row for row in rows if row["kind"] in SHARED_KINDS or taken[row["kind"], row["value"]] == 1
    ]


def _is_id(kind: str, value: str) -> bool:
    try:
        return checked_ids({kind: value}) == {kind: value}
    except ValueError:
        return False


def _hold(connection: Connection, course: str) -> None:
    """Until the transaction ends nobody else (on PostgreSQL) changes the ids of a course."""
    held = select(CourseRow.id).where(CourseRow.id == course).with_for_update(key_share=True)
    connection.execute(held)


def _owners(connection: Connection, course: str, ids: Mapping[str, str]) -> set[str]:
    """Who in the course has one of the ids that tell people apart, former members too."""
    telling = [
        and_(X.kind == kind, X.value == value)
        for kind, value in ids.items()
        if kind not in SHARED_KINDS
    ]
    if not telling:
        return set()
    return {*connection.scalars(select(X.person).where(X.course == course, or_(*telling)))}


def _merge(connection: Connection, course: str, person: str, ids: Mapping[str, str]) -> None:
    here = (X.course == course) & (X.person == person)
    connection.execute(delete(X).where(here, X.kind.in_([*ids])))
    rows = [{"course": course, "person": person, "kind": k, "value": v} for k, v in ids.items()]
    if rows:
        try:
            connection.execute(insert(X), rows)
        except IntegrityError as error:
            raise TwoPeople from error


def _rename(connection: Connection, course: str, person: str, name: str) -> None:
    """Take over a platform's name of somebody who has no account and is in no other course."""
    row = connection.execute(select(*PERSON).where(PersonRow.id == person)).one()
    M = MembershipRow
    elsewhere = select(func.count()).where(M.person == person, M.course != course)
    if person_of(row).username is None and not connection.scalar(elsewhere):
        connection.execute(update(PersonRow).where(PersonRow.id == person).values(name=name))


def _give(
    connection: Connection,
    course: str,
    person: str,
    role: Role | None,
    actor: Actor,
    now: datetime,
) -> None:
    M = MembershipRow
    found = connection.scalar(select(M.role).where(M.course == course, M.person == person))
    wanted = role or (Role.STUDENT if found is None else Role(found))
    if found == Role.INSTRUCTOR and actor.token is not None:
        return  # no program takes a course from who teaches it
    give_role(connection, course, person, wanted, actor, now=now)
