"""The cells of an overview as its page shows them: a sign, a number, and what they say in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from grader.desks.classes import Column, Overview
from grader.store.gradebook.cells import Cell, Order, Student, Wanted
from grader.store.gradebook.progress import Look, Progress
from grader.web.words import number

#: A sign for each state that needs no colour, and its words.
STATES: Mapping[Progress, tuple[str, str]] = MappingProxyType(
    {
        Progress.PASSED: ("✓", lazy_gettext("passed")),
        Progress.PARTIAL: ("◐", lazy_gettext("partly right")),
        Progress.FAILED: ("✗", lazy_gettext("not passed")),
        Progress.NOT_GRADABLE: ("∅", lazy_gettext("could not be graded")),
        Progress.INTERNAL_ERROR: ("!", lazy_gettext("our failure")),
        Progress.WAITING: ("…", lazy_gettext("being graded")),
        Progress.NOT_BEGUN: ("·", lazy_gettext("not begun")),
    }
)

LOOKS: Mapping[Look, str] = MappingProxyType(
    {
        Look.OUR_ERROR: lazy_gettext("a failure of ours is in the way"),
        Look.NO_ATTEMPTS: lazy_gettext("not passed, and no attempt is left"),
        Look.INCONCLUSIVE: lazy_gettext("a check could not tell"),
        Look.NEVER_RAN: lazy_gettext("what was handed in never ran"),
    }
)

ORDERS: Mapping[Order, str] = MappingProxyType(
    {
        Order.NAME: lazy_gettext("by name"),
        Order.HIGHEST: lazy_gettext("highest total first"),
        Order.LOWEST: lazy_gettext("lowest total first"),
        Order.LATEST: lazy_gettext("newest work first"),
    }
)


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell, as text."""

    #: A `Progress`; part of a class in the style sheet.
    state: str
    sign: str
    #: What counts; "" where nothing is graded.
    score: str
    #: Such as “×3” and “+2 d”; "" for one attempt, and in time.
    tries: str
    late: str
    #: All of it as a sentence.
    said: str
    #: The submission that counts, else the newest; "" where nothing was handed in.
    href: str
    #: Whether somebody should look at it, and whether it is one that the filter asks for.
    look: bool
    fits: bool


@dataclass(frozen=True, slots=True)
class ShownStudent:
    """A row."""

    name: str
    section: str
    href: str
    cells: tuple[ShownCell, ...]
    total: str


def shown_students(found: Overview, wanted: Wanted) -> list[ShownStudent]:
    """The rows of a page; what all cells share is made once, as there are thousands."""
    words = {state: (sign, str(word)) for state, (sign, word) in STATES.items()}
    writer = _Writer(words, url_for("pages.submission", id_="-").removesuffix("-"), {})
    record = url_for("pages.student", course=found.course.id, person="-").removesuffix("-")
    return [
        ShownStudent(
            name=one.name,
            section=one.section or "",
            href=record + one.id,
            cells=tuple(_cell(one, column, wanted, writer) for column in found.columns),
            total=writer.number(one.total),
        )
        for one in found.students
    ]


@dataclass(frozen=True, slots=True)
class _Writer:
    words: Mapping[Progress, tuple[str, str]]
    submission: str
    numbers: dict[float, str]

    def number(self, value: float) -> str:
        """A number as the page's language writes it; most of them come often."""
        found = self.numbers.get(value)
        if found is None:
            found = self.numbers[value] = number(value)
        return found


def _cell(student: Student, column: Column, wanted: Wanted, writer: _Writer) -> ShownCell:
    cell = student.cells.get(column.id)
    fits = wanted.asks_of_work and wanted.fits(column.id, cell)
    if cell is None:
        sign, word = writer.words[Progress.NOT_BEGUN]
        return ShownCell("not_begun", sign, "", "", "", word, "", look=False, fits=fits)
    sign, word = writer.words[cell.state]
    score = "" if cell.score is None else writer.number(cell.score)
    return ShownCell(
        state=cell.state.value,
        sign=sign,
        score=score,
        tries=f"×{cell.attempts_used}" if cell.attempts_used > 1 else "",
        late=f"+{cell.days_late} d" if cell.days_late else "",
        said=_said(cell, word, score),
        href=writer.submission + (cell.best or cell.latest),
        look=cell.look is not None,
        fits=fits,
    )


def _said(cell: Cell, word: str, score: str) -> str:
    said = [word]
    if cell.attempts_used > 1:
        said.append(ngettext("%(num)s attempt", "%(num)s attempts", cell.attempts_used))
    if cell.days_late:
        said.append(ngettext("%(num)s day late", "%(num)s days late", cell.days_late))
    if cell.look is not None:
        said.append(str(LOOKS[cell.look]))
    return ", ".join(said)


def asked_words(wanted: Wanted) -> str:
    """Of which work the students are asked for; "" where that is all."""
    said = []
    if wanted.state is not None:
        said.append(str(STATES[wanted.state][1]))
    if wanted.late:
        said.append(str(_("late")))
    if wanted.look:
        said.append(str(_("needs a look")))
    return ", ".join(said)
