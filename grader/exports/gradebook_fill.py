"""Fills a table that Canvas or Moodle has exported: its people and titles fit by construction.

Nothing else in it changes: cells, their order, the delimiter and the line ends stay as they came.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from grader.exports.gradebook import (
    BYTE_ORDER_MARK,
    CANVAS_IDS,
    MOODLE_IDS,
    Gradebook,
    GradeRow,
    headings,
    number,
    written,
)

#: What Canvas (the assignment's number) and Moodle (how the grade is shown) put after a title, and
#: what Moodle puts before it.
_AFTER = re.compile(r" *\([^()]{1,40}\)\Z")
_BEFORE = re.compile(r"[^:]{1,40}: *")
#: Rows of Canvas that are nobody's.
_NOT_PEOPLE = {"points possible", "student, test"}
_DELIMITERS = (",", ";", "\t")
_ROWS = 20_000


class Kind(StrEnum):
    """What kind of table it is."""

    CANVAS = "canvas"
    MOODLE = "moodle"
    #: Moodle's for one activity: its grades go into the column Grade.
    WORKSHEET = "worksheet"


class Unreadable(ValueError):
    """It is no table of either; the message says why."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The same table with grades in it."""

    kind: Kind
    text: str
    #: How many students were found.
    matched: int
    #: The rows of people whom nobody of the course is, by their first cells.
    strangers: tuple[str, ...]
    #: The students of the course who have no row.
    absent: tuple[str, ...]
    #: The ids of the assignments whose columns were filled, and of those that have none.
    filled: tuple[str, ...]
    unfilled: tuple[str, ...]


def fill(text: str, book: Gradebook, assignment: str | None = None) -> Filled:
    """Fill the columns of a table with the grades of a class.

    A grade that is not there leaves its cell as it was.

    Args:
        text: the table, as the platform has exported it.
        book: the grades.
        assignment: of an offline worksheet, the id of the assignment that it is for.

    Raises:
        Unreadable: it is no such table, or a worksheet and no assignment is named.
    """
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    plain = text.removeprefix(BYTE_ORDER_MARK)
    delimiter, table = _read(plain)
    header = [cell.strip() for cell in table[0]]
    kind = _kind(header)
    targets = _targets(kind, header, book, assignment)
    finder = _Finder(kind, header, book)
    seen: set[int] = set()
    strangers = []
    for row in table[1:]:
        if not _is_person(row):
            continue
        found = finder.find(row)
        if found is None or found in seen:
            strangers.append(row[0])
            continue
        seen.add(found)
        _put(row, targets, book.rows[found])
    line_end = "\r\n" if "\r\n" in plain else "\n"
    filled = tuple(book.columns[index].id for index in targets.values())
    return Filled(
        kind=kind,
        text=mark + written(table, delimiter, line_end),
        matched=len(seen),
        strangers=tuple(strangers),
        absent=tuple(row.name for index, row in enumerate(book.rows) if index not in seen),
        filled=filled,
        unfilled=tuple(column.id for column in book.columns if column.id not in filled),
    )


def _read(text: str) -> tuple[str, list[list[str]]]:
    """The delimiter and the rows, the first of them the header."""
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        table = [row for row in reader if row]
    except csv.Error as error:
        raise Unreadable("the file is no table: a quote in it has no end") from error
    if len(table) < 2:
        raise Unreadable("the table has no rows below its header")
    if len(table) > _ROWS:
        raise Unreadable(f"the table has more than {_ROWS:,} rows")
    return delimiter, table


def _kind(header: Sequence[str]) -> Kind:
    names = set(header)
    if "Identifier" in names and "Grade" in names:
        return Kind.WORKSHEET
    if "Student" in names and names & CANVAS_IDS.keys():
        return Kind.CANVAS
    if names & MOODLE_IDS.keys():
        return Kind.MOODLE
    raise Unreadable(
        "the header is neither Canvas's (Student, ID, SIS User ID …) nor Moodle's in English "
        "(Username, ID number, Email address; or Identifier and Grade)"
    )


def _targets(
    kind: Kind, header: Sequence[str], book: Gradebook, assignment: str | None
) -> dict[int, int]:
    """By the place of a column in the table that of the assignment in the gradebook."""
    if kind is Kind.WORKSHEET:
        ids = [column.id for column in book.columns]
        if assignment not in ids:
            raise Unreadable("a worksheet is for one assignment: say for which")
        return {header.index("Grade"): ids.index(assignment)}
    ours = {_key(title): index for index, title in enumerate(headings(book))}
    places: dict[int, list[int]] = defaultdict(list)
    for place, title in enumerate(header):
        for candidate in _titles(title):
            if _key(candidate) in ours:
                places[ours[_key(candidate)]].append(place)
                break
    # Of two columns with one title it is not known which is meant.
    return {found[0]: index for index, found in places.items() if len(found) == 1}


def _titles(title: str) -> Iterable[str]:
    """What a column may be called by whom it belongs to."""
    for one in (title, _AFTER.sub("", title)):
        yield one
        before = _BEFORE.match(one)
        if before is not None:
            yield one[before.end() :]


def _key(text: str) -> str:
    return " ".join(text.split()).casefold()


def _is_person(row: Sequence[str]) -> bool:
    """Canvas has a row for the points, and maybe one before it that says how grades are posted."""
    first = _key(row[0])
    return first not in _NOT_PEOPLE and any(cell.strip() for cell in row[:3])


def _put(row: list[str], targets: Mapping[int, int], student: GradeRow) -> None:
    for place, index in targets.items():
        grade = student.grades[index]
        if grade is not None:
            row.extend([""] * (place + 1 - len(row)))
            row[place] = number(grade)


class _Finder:
    """Finds the student of a row: by an id, else by a name that one student alone has."""

    def __init__(self, kind: Kind, header: Sequence[str], book: Gradebook) -> None:
        self._header = header
        kinds = CANVAS_IDS if kind is Kind.CANVAS else MOODLE_IDS
        self._ids: list[tuple[int, Mapping[str, int]]] = []
        for title, id_kind in kinds.items():
            if title in header:
                known = {
                    row.ids[id_kind].casefold(): index
                    for index, row in enumerate(book.rows)
                    if id_kind in row.ids
                }
                self._ids.append((header.index(title), known))
        self._usernames = _once((row.username or "").casefold() for row in book.rows)
        self._logins = [header.index(one) for one in ("SIS Login ID", "Username") if one in header]
        self._names = _once(_key(row.name) for row in book.rows)

    def find(self, row: Sequence[str]) -> int | None:
        """The place of the student in the gradebook; None: nobody, or not who."""
        for place, known in self._ids:
            found = known.get(_at(row, place).casefold())
            if found is not None:
                return found
        for place in self._logins:
            found = self._usernames.get(_at(row, place).casefold())
            if found is not None:
                return found
        return self._names.get(_key(self._name(row)))

    def _name(self, row: Sequence[str]) -> str:
        cells = dict(zip(self._header, row, strict=False))
        if "First name" in cells:
            surname = cells.get("Last name", cells.get("Surname", ""))
            return f"{cells['First name']} {surname}"
        name = cells.get("Student", cells.get("Full name", ""))
        family, comma, given = name.partition(",")
        return f"{given} {family}" if comma else name


def _at(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _once(keys: Iterable[str]) -> dict[str, int]:
    """By key the place of the one that has it; not those that several have, or that are empty."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        places[key].append(place)
    return {key: found[0] for key, found in places.items() if key and len(found) == 1}
