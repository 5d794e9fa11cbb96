"""A class's grades as the tables that Canvas and Moodle read.

Canvas (lib/gradebook_importer.rb of its code) wants Student, ID, both SIS ids or neither, and
Section as the last before the grades, in this order. It looks for a person by these ids, then by
name, and for an assignment by a title with its number after it, or by the title alone; the row
Points Possible says how much there is to earn. Moodle (grade/import/csv/classes/load_data.php)
asks which column tells the person and which grade each other one is. Both read UTF-8, with a byte
order mark or without, commas between cells, and a point as the decimal mark in every language.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

#: What a spreadsheet would take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
#: As Canvas itself writes it, spaces included.
POINTS_POSSIBLE = "    Points Possible"
#: By its title in Canvas the kind of external id that a column has.
CANVAS_IDS: Mapping[str, str] = {
    "ID": "canvas_id",
    "SIS User ID": "sis_user_id",
    "SIS Login ID": "sis_login_id",
}
#: The same in Moodle, in the order of the columns.
MOODLE_IDS: Mapping[str, str] = {
    "Username": "moodle_username",
    "ID number": "idnumber",
    "Email address": "email",
}
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class GradeColumn:
    """An assignment as a column."""

    #: The assignment's id.
    id: str
    #: Of the exercise.
    slug: str
    title: str
    #: The most that a grade in it can be.
    most: float


@dataclass(frozen=True, slots=True)
class GradeRow:
    """A student with a grade for each column; None: there is none, and the cell stays empty."""

    name: str
    username: str | None
    #: By kind what platforms call the student.
    ids: Mapping[str, str]
    grades: tuple[float | None, ...]
    #: The person's id.
    id: str = ""


@dataclass(frozen=True, slots=True)
class Gradebook:
    """The grades of a class."""

    columns: tuple[GradeColumn, ...]
    rows: tuple[GradeRow, ...]

    def lacking(self, kinds: Iterable[str]) -> tuple[GradeRow, ...]:
        """The students whom none of these ids tells a platform."""
        wanted = set(kinds)
        return tuple(row for row in self.rows if not wanted & row.ids.keys())

    @property
    def moodle_kind(self) -> str:
        """The kind of id that most have, of those by which Moodle may look for people.

        Nobody without it may be in Moodle's table: where the column that tells the person is empty,
        its importer gives the grades to the student of the row before (`$this->studentid` stays).
        """
        return max(MOODLE_IDS.values(), key=lambda kind: sum(kind in row.ids for row in self.rows))


def canvas_csv(book: Gradebook) -> str:
    """The table that Canvas imports (Gradebook, Import)."""
    titles = [cell_text(title) for title in headings(book)]
    table = [
        ["Student", *CANVAS_IDS, "Section", *titles],
        [POINTS_POSSIBLE, "", "", "", "", *(number(column.most) for column in book.columns)],
    ]
    for row in book.rows:
        ids = (row.ids.get(kind, "") for kind in CANVAS_IDS.values())
        known = [cell_text(text) for text in (row.name, *ids, row.ids.get("section", ""))]
        table.append([*known, *map(number, row.grades)])
    return written(table)


def moodle_csv(book: Gradebook) -> str:
    """The table that Moodle imports (Grades, Import, CSV file): with whom it knows alone."""
    told_by = book.moodle_kind
    rows = [row for row in book.rows if told_by in row.ids]
    # A column with a gap in it must not be taken for the one that tells the person.
    kinds = {title: kind for title, kind in MOODLE_IDS.items() if all(kind in r.ids for r in rows)}
    table = [[*kinds, "Student", *(cell_text(title) for title in headings(book))]]
    for row in rows:
        ids = (row.ids[kind] for kind in kinds.values())
        table.append([*(cell_text(text) for text in (*ids, row.name)), *map(number, row.grades)])
    return written(table)


def plain_csv(book: Gradebook) -> str:
    """A table for people and programs of one's own: all ids that there are, then the grades."""
    kinds = sorted({kind for row in book.rows for kind in row.ids})
    titles = [cell_text(title) for title in headings(book)]
    table = [["Student", "Username", *kinds, *titles]]
    for row in book.rows:
        ids = (row.ids.get(kind, "") for kind in kinds)
        known = [cell_text(text) for text in (row.name, row.username or "", *ids)]
        table.append([*known, *map(number, row.grades)])
    return written(table)


def as_percent(book: Gradebook) -> Gradebook:
    """The same grades as hundredths of what there is to earn."""
    rows = tuple(
        replace(
            row,
            grades=tuple(
                None if grade is None else round(100 * grade / column.most, 9)
                for grade, column in zip(row.grades, book.columns, strict=True)
            ),
        )
        for row in book.rows
    )
    return Gradebook(tuple(replace(column, most=100.0) for column in book.columns), rows)


def headings(book: Gradebook) -> list[str]:
    """A title for each column, no two of them the same."""
    titles = [column.title for column in book.columns]
    return [
        f"{column.title} ({column.slug})" if titles.count(column.title) > 1 else column.title
        for column in book.columns
    ]


def number(grade: float | None) -> str:
    """A grade as every program reads it: no more than four decimals, none that say nothing."""
    if grade is None:
        return ""
    plain = f"{grade:.4f}".rstrip("0").rstrip(".")
    return "0" if plain == "-0" else plain


def cell_text(text: str) -> str:
    """A text of somebody's choosing as a cell that no spreadsheet runs; numbers stay numbers."""
    runs = text.startswith(_FORMULA) and not _NUMBER.fullmatch(text)
    return f"'{text}" if runs else text


def written(table: Iterable[Sequence[str]], delimiter: str = ",", line_end: str = "\n") -> str:
    """The table as text: cells with commas, quotes or line ends in them are quoted."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end).writerows(table)
    return text.getvalue()
