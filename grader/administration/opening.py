"""Opens the database that the settings name, for one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine, inspect
from sqlalchemy.exc import OperationalError

from grader.settings import SettingError, Settings, read_settings
from grader.store.database import open_database
from grader.store.models import Table

_ADVICE = "start the service once, or run `grader migrate`"


@contextmanager
def opened() -> Iterator[tuple[Engine, Settings]]:
    """The database and the settings; what is wrong with either ends the command in words.

    Raises:
        click.ClickException: a setting is bad, or the database is away or has not our tables.
    """
    try:
        settings = read_settings()
        engine = open_database(settings.database)
    except (SettingError, ValueError) as error:
        raise click.UsageError(str(error)) from error
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file is not None and not Path(file).exists():
        # Opening it would make an empty one.
        raise click.ClickException(
            f"There is no database at {file}: {_ADVICE} first, or set GRADER_DATA_DIR or "
            "GRADER_DATABASE_URL to where it is."
        )
    try:
        missing = Table.metadata.tables.keys() - set(inspect(engine).get_table_names())
        if missing:
            raise click.ClickException(f"The database is of an older version: {_ADVICE} first.")
        yield engine, settings
    except OperationalError as error:
        # The driver's own words name the address, never the password.
        raise click.ClickException(f"The database does not answer: {error.orig}") from error
    finally:
        engine.dispose()
