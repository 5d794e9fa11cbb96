"""Erasing: takes what batches say of somebody away, also where they did not know who it was."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, delete, select, true, update

from grader.collected.members import squashed
from grader.store.models import BatchItemRow as I
from grader.store.models import BatchRow as B
from grader.store.models import ExternalIdRow, PersonRow

#: A name of fewer letters is in too much that has nothing to do with it.
_SHORTEST = 3


def erase_from_batches(connection: Connection, course: str | None, person: str) -> None:
    """Delete the files of somebody in a course's batches, and those that bear the person's name.

    Args:
        connection: of a transaction that writes.
        course: its id; None: everywhere.
        person: the person's id.
    """
    within: ColumnElement[bool] = true() if course is None else B.course == course
    batches = select(B.id).where(within)
    names = _names(connection, person)
    nameless = select(I.batch, I.place, I.file, I.detail)
    nameless = nameless.where(I.batch.in_(batches), I.person.is_(None))
    for row in connection.execute(nameless).all():
        if _tells(f"{row.file} {row.detail}", names):
            connection.execute(delete(I).where(I.batch == row.batch, I.place == row.place))
    connection.execute(delete(I).where(I.batch.in_(batches), I.person == person))
    for batch in connection.execute(select(B.id, B.name, B.passed_over).where(within)).all():
        pairs = json.loads(batch.passed_over)
        kept = [pair for pair in pairs if not _tells(pair[0], names)]
        name = "" if _tells(batch.name, names) else batch.name
        if (kept, name) != (pairs, batch.name):
            changed = {"passed_over": json.dumps(kept), "name": name}
            connection.execute(update(B).where(B.id == batch.id).values(**changed))


def _names(connection: Connection, person: str) -> set[str]:
    """What the person is known by, as it is compared."""
    query = select(PersonRow.name, PersonRow.username).where(PersonRow.id == person)
    found: list[str | None] = []
    for row in connection.execute(query):
        found += [row.name, row.username, *row.name.split()[-1:]]
    ids = select(ExternalIdRow.value).where(ExternalIdRow.person == person)
    found += [*connection.scalars(ids), person]
    squeezed = {squashed(text) for text in found if text}
    return {text for text in squeezed if len(text) >= _SHORTEST}


def _tells(text: str, names: Iterable[str]) -> bool:
    plain = squashed(text)
    return any(name in plain for name in names)
