"""Whose row of a platform's table is whose, and what is learnt from it of their ids there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.exports.gradebook import CANVAS_IDS, MOODLE_IDS, Gradebook

#: In Moodle in German what the columns are called in English.
IN_ENGLISH: Mapping[str, str] = {
    "Anmeldename": "Username",
    "ID-Nummer": "ID number",
    "E-Mail-Adresse": "Email address",
    "Vorname": "First name",
    "Nachname": "Last name",
    "Vollständiger Name": "Full name",
}
#: The kind of id that people share; see `grader.store.course.roster`.
_SECTION = "section"


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a table calls one student, of kinds of which we know nothing yet."""

    #: The student's id.
    person: str
    #: By kind.
    ids: Mapping[str, str]


class Matching:
    """The rows of a table with their students: by an id, else by a name that one alone has."""

    def __init__(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        book: Gradebook,
        *,
        is_canvas: bool,
    ) -> None:
        """Find everybody.

        Args:
            header: the titles, in English.
            rows: those that are somebody's.
            book: the grades of a class.
            is_canvas: whether it is Canvas's table; else it is Moodle's.
        """
        self._header = header
        self._book = book
        kinds = CANVAS_IDS if is_canvas else MOODLE_IDS
        self._kinds = {header.index(title): kinds[title] for title in kinds if title in header}
        self._logins = [header.index(one) for one in ("SIS Login ID", "Username") if one in header]
        self._sections = [header.index("Section")] if is_canvas and "Section" in header else []
        self._known = {
            kind: _once(row.ids.get(kind, "").casefold() for row in book.rows)
            for kind in self._kinds.values()
        }
        self._usernames = _once((row.username or "").casefold() for row in book.rows)
        self._names = _once(_key(row.name) for row in book.rows)
        # Of two rows with one name it is not known which is meant, of our two neither.
        self._names_here = Counter(_key(self._name(row)) for row in rows)
        self.found = self._each_once([self._find(row) for row in rows])
        self.learnt = tuple(self._learn(rows))

    def _find(self, row: Sequence[str]) -> int | None:
        """The place of the student in the gradebook; None: nobody, or not who."""
        for place, kind in self._kinds.items():
            found = self._known[kind].get(_at(row, place).casefold())
            if found is not None:
                return found
        for place in self._logins:
            found = self._usernames.get(_at(row, place).casefold())
            if found is not None:
                return found
        name = _key(self._name(row))
        return self._names.get(name) if self._names_here[name] == 1 else None

    @staticmethod
    def _each_once(found: Sequence[int | None]) -> tuple[int | None, ...]:
        """The first row of each student: nobody has two."""
        seen: set[int] = set()
        kept: list[int | None] = []
        for one in found:
            kept.append(None if one in seen else one)
            if one is not None:
                seen.add(one)
        return tuple(kept)

    def _learn(self, rows: Sequence[Sequence[str]]) -> Iterable[Learnt]:
        """What is new of each student: no id that two rows have, or another one of ours."""
        columns = [*self._kinds.items(), *((place, _SECTION) for place in self._sections)]
        often = {place: Counter(_at(row, place).casefold() for row in rows) for place, _ in columns}
        for row, student in zip(rows, self.found, strict=True):
            if student is None:
                continue
            ids = {}
            for place, kind in columns:
                value = _at(row, place)
                if not value or kind in self._book.rows[student].ids:
                    continue
                alone = often[place][value.casefold()] == 1 and not self._is_taken(kind, value)
                if alone or kind == _SECTION:
                    ids[kind] = value
            if ids:
                yield Learnt(self._book.rows[student].id, ids)

    def _is_taken(self, kind: str, value: str) -> bool:
        return any(row.ids.get(kind, "").casefold() == value.casefold() for row in self._book.rows)

    def _name(self, row: Sequence[str]) -> str:
        cells = dict(zip(self._header, row, strict=False))
        for given, family in _NAMES:
            if given in cells:
                return f"{cells[given]} {cells.get(family, '')}"
        name = cells.get("Student", cells.get("Full name", ""))
        family, comma, given = name.partition(",")
        return f"{given} {family}" if comma else name


#: Moodle's columns (the second as it was called before Moodle 4.0), and Canvas's where a name is
#: exported in two (a setting of the gradebook there).
_NAMES = (("First name", "Last name"), ("First name", "Surname"), ("FirstName", "LastName"))


def _key(text: str) -> str:
    return " ".join(text.split()).casefold()


def _at(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _once(keys: Iterable[str]) -> dict[str, int]:
    """By key the place of the one that has it; not those that several have, or that are empty."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        places[key].append(place)
    return {key: found[0] for key, found in places.items() if key and len(found) == 1}
