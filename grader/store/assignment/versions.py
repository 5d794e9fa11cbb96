"""Versions of exercises: keeps the files of each version that anything was accepted for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from grader.store.database import reading, when_committed, writing
from grader.store.models import VersionRow as V


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version of an exercise whose files are kept."""

    version: str
    #: Aware, in UTC.
    kept_at: datetime


class Versions:
    """The versions in the database that `engine` opens."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        #: Those known to be kept: a version never changes and none is ever removed.
        self._kept: set[tuple[str, str]] = set()

    def keep(self, slug: str, version: str, archive: Callable[[], bytes]) -> bool:
        """Keep a version's files, once. False if they were kept before.

        Args:
            archive: makes the archive of all its files; called only where it is needed.
        """
        if (slug, version) in self._kept:
            return False
        fresh = not self._is_kept(slug, version) and self._insert(slug, version, archive())
        # Not before: what is around this may still take it back.
        when_committed(lambda: self._kept.add((slug, version)))
        return fresh

    def archive(self, slug: str, version: str) -> bytes | None:
        """The archive of a version's files, or None where it was never kept."""
        query = select(V.archive).where(V.slug == slug, V.version == version)
        with reading(self._engine) as connection:
            return connection.scalar(query)

    def has(self, slug: str, version: str) -> bool:
        """Whether a version's files are kept."""
        return self._is_kept(slug, version)

    def of(self, slug: str) -> list[KeptVersion]:
        """The versions of an exercise that are kept, the newest first."""
        query = select(V.version, V.kept_at).where(V.slug == slug)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(V.kept_at.desc(), V.version))
            return [KeptVersion(*row) for row in rows]

    def _is_kept(self, slug: str, version: str) -> bool:
        query = select(V.slug).where(V.slug == slug, V.version == version)
        with reading(self._engine) as connection:
            return connection.scalar(query) is not None

    def _insert(self, slug: str, version: str, archive: bytes) -> bool:
        values = {"slug": slug, "version": version, "archive": archive}
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(V).values(**values, kept_at=datetime.now(UTC)))
        except IntegrityError:
            # Another process kept the same version at the same moment.
            return False
        return True
