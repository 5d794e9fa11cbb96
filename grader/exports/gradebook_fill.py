"""Fills a table that Canvas or Moodle has exported: its people and titles fit by construction.

Nothing else in it changes: cells, their order, the delimiter and the line ends stay as they came.
What is read and written here is what their own programs write and read: of Canvas
lib/gradebook_exporter.rb and lib/gradebook_importer.rb, of Moodle grade/export/lib.php,
grade/import/csv/classes/load_data.php and mod/assign/feedback/offline/importgradeslib.php.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
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
from grader.exports.gradebook_people import IN_ENGLISH, Learnt, Matching

#: What Canvas (the assignment's number) and Moodle (how the grade is shown) put after a title, and
#: what Moodle puts before it.
_AFTER = re.compile(r" *\([^()]{1,40}\)\Z")
_BEFORE = re.compile(r"[^:]{1,40}: *")
#: Rows of Canvas that are nobody's; its importer too looks for these words within the cell.
_POINTS, _TEST_STUDENT = "points possible", "student, test"
#: In the row of the points, of a column that Canvas's importer passes over.
_READ_ONLY = re.compile(r"read\s+only")
#: Cells of Canvas that stay: who is excused there, and who was not given the assignment.
_STAYS = {"ex", "n/a"}
#: What Moodle may show a grade as in a further column. Its importer takes numbers alone, and ends
#: where another column is given to it.
_NO_NUMBERS = ("(feedback)", "(percentage)", "(letter)", "(prozentsatz)")
#: A cell of a column of numbers: its importer reads a comma too where the reader's language has it.
_NUMERIC = re.compile(r"-?[\d.,\s\u00a0]*", re.ASCII)
#: By language the worksheet's columns: those that its importer looks for, and the grade.
_WORKSHEETS = (({"Identifier"}, "Grade"), ({"Zuletzt geändert (Bewertung)"}, "Bewertung"))
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
    #: Ids that the table has of students of whom we do not know them, and that are theirs alone.
    learnt: tuple[Learnt, ...]


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
    header = [IN_ENGLISH.get(cell.strip(), cell.strip()) for cell in table[0]]
    kind = _kind(header)
    targets = _targets(kind, header, table[1:], book, assignment)
    people = [row for row in table[1:] if _is_person(row)]
    matching = Matching(header, people, book, is_canvas=kind is Kind.CANVAS)
    found = dict(zip(matching.found, people, strict=True))
    strangers = [row[0] for row, who in zip(people, matching.found, strict=True) if who is None]
    found.pop(None, None)
    for student, row in found.items():
        if student is not None:
            _put(row, targets, book.rows[student], keeps=_STAYS if kind is Kind.CANVAS else set())
    line_end = "\r\n" if "\r\n" in plain else "\n"
    filled = tuple(book.columns[index].id for index in targets.values())
    return Filled(
        kind=kind,
        text=mark + written(table, delimiter, line_end),
        matched=len(found),
        strangers=tuple(strangers),
        absent=tuple(row.name for index, row in enumerate(book.rows) if index not in found),
        filled=filled,
        unfilled=tuple(column.id for column in book.columns if column.id not in filled),
        learnt=matching.learnt,
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
    if _grade_of_worksheet(names) is not None:
        return Kind.WORKSHEET
    if ("Student" in names or {"LastName", "FirstName"} <= names) and names & CANVAS_IDS.keys():
        return Kind.CANVAS
    if names & MOODLE_IDS.keys():
        return Kind.MOODLE
    raise Unreadable(
        "the header is neither Canvas's (Student, ID, SIS User ID …) nor Moodle's in English or "
        "German (Username, ID number, Email address; or Identifier and Grade)"
    )


def _grade_of_worksheet(names: Collection[str]) -> str | None:
    """The title of the grades; None: it is no worksheet."""
    found = (grade for told, grade in _WORKSHEETS if told <= {*names} and grade in names)
    return next(found, None)


def _targets(
    kind: Kind,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    book: Gradebook,
    assignment: str | None,
) -> dict[int, int]:
    """By the place of a column in the table that of the assignment in the gradebook."""
    grade = _grade_of_worksheet(header)
    if grade is not None:
        ids = [column.id for column in book.columns]
        if assignment not in ids:
            raise Unreadable("a worksheet is for one assignment: say for which")
        return {header.index(grade): ids.index(assignment)}
    ours = {_key(title): index for index, title in enumerate(headings(book))}
    places: dict[int, list[int]] = defaultdict(list)
    takes = _takes_of_canvas if kind is Kind.CANVAS else _takes_of_moodle
    for place, title in enumerate(header):
        if not takes(title, [(row[0], row[place]) for row in rows if place < len(row)]):
            continue
        for candidate in _titles(title):
            if _key(candidate) in ours:
                places[ours[_key(candidate)]].append(place)
                break
    # Of two columns with one title it is not known which is meant.
    return {found[0]: index for index, found in places.items() if len(found) == 1}


def _takes_of_canvas(_title: str, cells: Iterable[tuple[str, str]]) -> bool:
    """Whether Canvas reads a column back in; of each cell also the first one of its row."""
    return not any(_POINTS in _key(first) and _READ_ONLY.search(cell) for first, cell in cells)


def _takes_of_moodle(title: str, cells: Iterable[tuple[str, str]]) -> bool:
    """Whether Moodle reads a column back in: one of numbers."""
    if _key(title).endswith(_NO_NUMBERS):
        return False
    return all(_NUMERIC.fullmatch(cell.strip()) for _first, cell in cells)


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
    is_person = _POINTS not in first and first != _TEST_STUDENT
    return is_person and any(cell.strip() for cell in row[:3])


def _put(
    row: list[str], targets: Mapping[int, int], student: GradeRow, *, keeps: Collection[str]
) -> None:
    """Write a student's grades. A point is read everywhere, also where commas are written."""
    for place, index in targets.items():
        grade = student.grades[index]
        if grade is None or (place < len(row) and _key(row[place]) in keeps):
            continue
        row.extend([""] * (place + 1 - len(row)))
        row[place] = number(grade)
