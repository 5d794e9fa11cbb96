"""`grader serve` for tests that stop it, kill it and its programs, and look at its processes."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE_SECONDS, until
from tests.unlimited import UNLIMITED_VARIABLES
from tests.whole_service import PLAIN
from worker.kinship import die_with_parent

PROGRAM = """
import sys
from grader.embedded.service import serve
from grader.settings import read_settings
sys.exit(serve("127.0.0.1", int(sys.argv[1]), read_settings()))
"""


class Service:
    """One `serve` in a process of its own."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        self._port = port
        self.start()

    def start(self) -> None:
        """Start it, for the first time or again."""
        parent = os.getpid()
        self.log = self.folder.parent / f"serve-{time.monotonic_ns()}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(self._port)],
                env={
                    **PLAIN,
                    **UNLIMITED_VARIABLES,
                    "GRADER_DATA_DIR": str(self.folder),
                    "GRADER_SLOTS": "1",
                    "GRADER_LIVE_SLOTS": "1",
                    "SECRET_OF_THE_SHELL": "s3cret",
                },
                cwd=self.folder.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: die_with_parent(parent),
            )

    def runs(self) -> bool:
        return self.process.poll() is None

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_until(self, holds: Callable[[], object]) -> None:
        try:
            until(holds)
        except AssertionError as late:
            raise AssertionError(self.said()) from late

    def ready(self) -> str:
        """The address, once the service has told it."""
        self.wait_until(lambda: "serves on" in self.said() or not self.runs())
        assert self.runs(), self.said()
        return self.said().partition("serves on ")[2].split()[0]

    def send(self, source: str = "def f(z):\n    return 2 * z + 1\n") -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.ready()}/api/v1/submissions",
            json.dumps({"source": source, "exercise": "affine"}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return dict(json.load(answer))

    def graded(self, submission: dict[str, Any]) -> dict[str, Any]:
        """The submission once it is graded."""
        self.wait_until(lambda: self.look(submission, wait=30)["state"] == "graded")
        return self.look(submission)

    def look(self, submission: dict[str, Any], wait: int = 0) -> dict[str, Any]:
        address = f"{self.ready()}/api/v1/submissions/{submission['id']}"
        request = urllib.request.Request(address, headers={"Prefer": f"wait={wait}"})
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return dict(json.load(answer))

    def under_way(self, source: str) -> dict[str, Any]:
        """A submission that has been seen to run.

        On a busy machine one may be graded before we look: then another one is sent.
        """
        found: dict[str, Any] = {"state": "graded"}

        def runs() -> bool:
            found.update(self.send(source) if found["state"] == "graded" else self.look(found))
            return bool(found["state"] == "running")

        self.wait_until(runs)
        return found

    def state(self, submission: dict[str, Any]) -> str:
        """Where a submission is, by the database, whether the service runs or not."""
        query = "SELECT state FROM submissions WHERE id = ?"
        with closing(sqlite3.connect(self.folder / "grader.db")) as database:
            return str(database.execute(query, (submission["id"],)).fetchone()[0])

    def program(self, name: str) -> int:
        """The process of one program, by its command line."""
        for pid in children(self.process.pid):
            try:
                words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            except GONE:
                continue
            if name in " ".join(words):
                return pid
        raise LookupError(name)

    def kill(self) -> None:
        """End it with no time to say goodbye."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Tell it to end; its exit code."""
        self.process.terminate()
        return self.process.wait(timeout=PATIENCE_SECONDS)


#: What comes of reading about a process that has ended since it was listed.
GONE = (FileNotFoundError, ProcessLookupError)


def children(pid: int) -> list[int]:
    """The processes that one has started; none of one that has ended."""
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except GONE:
        return []
    return [int(p) for p in found.split()]


def descendants(pid: int) -> set[int]:
    found = set(children(pid))
    return found.union(*(descendants(child) for child in found))


def alive(pids: set[int]) -> set[int]:
    """Those that still run, zombies not counted: init may be slow to reap."""

    def runs(pid: int) -> bool:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except GONE:
            return False
        return state != "Z"

    return {pid for pid in pids if runs(pid)}
