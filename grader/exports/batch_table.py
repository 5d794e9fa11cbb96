"""A batch as a table: CSV, one row for each file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from grader.store.batch.entities import Item

COLUMNS = (
    *("file", "student", "username", "person", "state", "why", "submission"),
    *("verdict", "score", "max_score"),
)
#: What a spreadsheet would take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def batch_csv(items: Iterable[Item]) -> str:
    """The table; what is not known yet is an empty cell."""
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in items:
        summary = one.summary
        known = ("", "", "")
        if summary is not None:
            verdict = summary.standing_verdict
            known = (verdict or "", _number(summary.counted_score), _number(summary.max_score))
        texts = (one.file, one.name, one.username, one.person, one.state, one.why, one.submission)
        writer.writerow((*(_cell(text or "") for text in texts), *known))
    return rows.getvalue()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _cell(text: str) -> str:
    """A text as text, whatever it begins with."""
    return f"'{text}" if text.startswith(_FORMULA) else text
