"""The people of an archive: who is in a course, or was, each with the name of a folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from grader.desks.courses import CourseDesk
from grader.exports.file_names import distinct_names
from grader.exports.gradebook import cell_text
from grader.store.course.memberships import Member
from grader.store.course.roles import Role

#: So many members are read at once.
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose work is in an archive."""

    id: str
    name: str
    username: str | None
    #: None: who has left the course.
    role: Role | None
    since: datetime | None
    #: By kind what platforms call the person in the course.
    ids: Mapping[str, str]
    #: No other of the archive has it.
    folder: str


def people_of(courses: CourseDesk, course: str, further: set[str]) -> tuple[Person, ...]:
    """The members of a course, and `further` people who have left it, in the order of names."""
    members = {member.person.id: member for member in _members(courses, course)}
    gone = {id_: courses.people.get(id_) for id_ in sorted(further - members.keys())}
    people = {id_: member.person for id_, member in members.items()}
    people |= {id_: person for id_, person in gone.items() if person is not None}
    folders = distinct_names({id_: person.name for id_, person in people.items()})
    ids = courses.roster.ids_of(course, [*people])
    return tuple(
        Person(
            id=id_,
            name=person.name,
            username=person.username,
            role=members[id_].role if id_ in members else None,
            since=members[id_].since if id_ in members else None,
            ids=ids[id_],
            folder=folders[id_],
        )
        for id_, person in sorted(people.items(), key=lambda one: (one[1].name.casefold(), one[0]))
    )


def people_csv(people: Sequence[Person]) -> str:
    """The people as a table, with the folder of each."""
    kinds = sorted({kind for person in people for kind in person.ids})
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["folder", "person", "name", "username", "role", "since", *kinds])
    for one in people:
        role = "left" if one.role is None else one.role.value
        since = "" if one.since is None else one.since.isoformat()
        said = [one.folder, one.id, one.name, one.username or "", role, since]
        table.writerow([cell_text(cell) for cell in (*said, *(one.ids.get(k, "") for k in kinds))])
    return text.getvalue()


def _members(courses: CourseDesk, course: str) -> Iterator[Member]:
    after = None
    while page := courses.memberships.of(course, limit=_PAGE, after=after):
        yield from page
        after = page[-1].person.id
