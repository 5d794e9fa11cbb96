"""What a database promises before anything is kept in it."""

from __future__ import annotations

import inspect
import sqlite3
from contextlib import closing
from pathlib import Path

from grader.store import database

#: The number of FULL: https://sqlite.org/pragma.html#pragma_synchronous.
FULL = 2


def test_what_was_accepted_outlives_a_power_cut(tmp_path: Path) -> None:
    # The tests themselves do not wait for the disk (tests/power.py).
    prepare = inspect.unwrap(database._prepare_sqlite)
    with closing(sqlite3.connect(tmp_path / "grader.db")) as connection:
        prepare(connection, None)
        assert connection.execute("PRAGMA synchronous").fetchone() == (FULL,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
