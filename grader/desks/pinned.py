"""Pinned exercises: those at the versions that assignments ask for, as the store keeps them."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
import weakref
from collections import OrderedDict
from pathlib import Path

from exercises.catalog.bundle import unpack
from exercises.catalog.reading import BrokenExercise, Catalog, read_exercise
from exercises.exercise import AnyExercise
from grader.store.assignment.versions import Versions

log = logging.getLogger(__name__)

#: So many old versions are held unpacked at once: a few courses' worth, each of some 100 KB.
_MOST = 64


class PinnedExercises:
    """Reads exercises at any version that was kept. Threads may share one."""

    def __init__(self, catalog: Catalog, versions: Versions) -> None:
        self._catalog = catalog
        self._versions = versions
        self._lock = threading.Lock()
        #: A folder of this process's own, which goes with it.
        self._folder: Path | None = None
        #: The one that was used last is the last.
        self._found: OrderedDict[tuple[str, str], AnyExercise] = OrderedDict()

    def get(self, slug: str, version: str) -> AnyExercise | None:
        """The exercise at this version; None where it is neither served nor kept."""
        served = self._catalog.get(slug)
        if served is not None and served.version == version:
            return served
        # One at a time: of a class that opens a page at once, one thread unpacks.
        with self._lock:
            found = self._found.pop((slug, version), None) or self._unpack(slug, version)
            if found is not None:
                self._found[slug, version] = found
                self._forget_oldest()
        return found

    def _unpack(self, slug: str, version: str) -> AnyExercise | None:
        packed = self._versions.archive(slug, version)
        if packed is None:
            return None
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="pushforward-pinned-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        folder = self._folder / version / slug
        try:
            unpack(packed, folder)
            exercise = read_exercise(folder)
        except (BrokenExercise, ValueError, OSError):
            # Kept by an earlier version of ours, with keys that are no longer known.
            log.exception("version %s of %s can't be read", version, slug)
            shutil.rmtree(folder.parent, ignore_errors=True)
            return None
        return exercise

    def _forget_oldest(self) -> None:
        while len(self._found) > _MOST:
            (slug, version), _ = self._found.popitem(last=False)
            if self._folder is not None:
                shutil.rmtree(self._folder / version / slug, ignore_errors=True)
