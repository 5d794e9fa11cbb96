"""Databases that do not wait for the disk at each commit: no test cuts the power."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from grader.store import database


@contextmanager
def never_cut() -> Iterator[None]:
    """Meanwhile a SQLite that is opened in this process does not wait until a commit is on disk."""
    prepare = database._prepare_sqlite

    @functools.wraps(prepare)
    def hurried(connection: Any, record: Any) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous = OFF")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_prepare_sqlite", hurried)
        yield
