"""`grader serve` as its user meets it: one process to start and to stop, nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.patience import PATIENCE_SECONDS
from worker.kinship import die_with_parent

PROGRAM = """
import sys
from grader.embedded.service import serve
from grader.settings import read_settings
sys.exit(serve("127.0.0.1", int(sys.argv[1]), read_settings()))
"""

#: About a second of the processor.
SLOW = "for i in range(20_000_000):\n    pass\ndef f(z):\n    return 2 * z + 1\n"


class Service:
    """One `serve` in a process of its own."""

    def __init__(self, folder: Path, port: int = 0, **variables: str) -> None:
        parent = os.getpid()
        surroundings = {n: os.environ[n] for n in ("PATH", "HOME", "LANG") if n in os.environ}
        self.folder = folder
        self.log = folder.parent / f"serve-{time.monotonic_ns()}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(port)],
                env={
                    **surroundings,
                    "GRADER_DATA_DIR": str(folder),
                    "GRADER_SLOTS": "1",
                    "SECRET_OF_THE_SHELL": "s3cret",
                    **variables,
                },
                cwd=folder.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: die_with_parent(parent),
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_until(self, holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.02)

    def ready(self) -> str:
        """The address, once the service has told it."""
        self.wait_until(lambda: "serves on" in self.said() or self.process.poll() is not None)
        return self.said().partition("serves on ")[2].split()[0]

    def send(self, source: str = "def f(z):\n    return 2 * z + 1\n") -> dict:
        request = urllib.request.Request(
            f"{self.ready()}/api/v1/submissions",
            json.dumps({"source": source, "exercise": "affine"}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return json.load(answer)

    def graded(self, submission: dict) -> dict:
        """The submission once it is graded."""
        self.wait_until(lambda: look(self, submission, wait=30)["state"] == "graded")
        return look(self, submission)

    def program(self, name: str) -> int:
        """The process of one program, by its command line."""
        for pid in children(self.process.pid):
            try:
                words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            except FileNotFoundError:  # it has ended since it was listed
                continue
            if name in " ".join(words):
                return pid
        raise LookupError(name)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=PATIENCE_SECONDS)


def children(pid: int) -> list[int]:
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def descendants(pid: int) -> set[int]:
    found = set(children(pid))
    return found.union(*(descendants(child) for child in found))


def alive(pids: set[int]) -> set[int]:
    """Those that still run, zombies not counted: init may be slow to reap."""

    def runs(pid: int) -> bool:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        return state != "Z"

    return {pid for pid in pids if runs(pid)}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One that serves, from a folder that is deep and has a difficult name."""
    folder = tmp_path_factory.mktemp("serve") / ("d" * 100) / "a %41?#b" / "var"
    folder.parent.mkdir(parents=True)
    made = Service(folder)
    yield made
    if made.process.poll() is None:
        made.stop()
    print(made.said())


def test_it_grades_what_is_sent(service: Service) -> None:
    submission = service.graded(service.send())
    assert submission["report"]["verdict"] == "passed"
    assert submission["report"]["exercise"] == "affine"
    figure = f"{service.ready()}/api/v1/submissions/{submission['id']}/figures/density.png"
    with urllib.request.urlopen(figure) as answer:
        assert answer.read(8) == b"\x89PNG\r\n\x1a\n"


def test_it_keeps_everything_in_its_folder(service: Service) -> None:
    service.ready()
    assert {path.name for path in service.folder.iterdir()} >= {"grader.db", "lock", "valkey"}
    assert service.folder.stat().st_mode & 0o077 == 0
    assert list(service.folder.parent.iterdir()) == [
        path for path in service.folder.parent.iterdir() if path.name.startswith(("var", "serve-"))
    ]


def test_the_worker_knows_no_database_and_no_secret(service: Service) -> None:
    service.ready()
    for pid in {service.program("worker.app"), *descendants(service.program("worker.app"))}:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        assert b"s3cret" not in environment
        assert b"DATABASE" not in environment
        assert b"grader.db" not in environment


@pytest.mark.parametrize("name", ["valkey-server", "worker.app", "dispatch.run", "gunicorn"])
def test_a_program_that_dies_is_started_again(service: Service, name: str) -> None:
    service.ready()
    before = service.program(name)
    os.kill(before, signal.SIGKILL)

    def another_runs() -> bool:
        try:
            return service.program(name) != before
        except LookupError:
            return False

    service.wait_until(another_runs)
    service.wait_until(lambda: "ended (signal 9) and is started again" in service.said())
    assert service.graded(service.send())["report"]["verdict"] == "passed"


def test_a_second_one_on_the_same_folder_is_refused(service: Service) -> None:
    service.ready()
    second = Service(service.folder)
    assert second.process.wait(timeout=PATIENCE_SECONDS) == 3
    assert f"another grader (process {service.process.pid}) serves from" in second.said()
    assert len(second.said().splitlines()) == 1


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = Service(tmp_path / "var", port)
        assert refused.process.wait(timeout=PATIENCE_SECONDS) == 3
    assert refused.said().splitlines() == [
        f"grader serve: port {port} on 127.0.0.1 is taken: stop what uses it, or choose "
        "another one with --port N (make run ARGS='--port N')"
    ]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = Service(tmp_path / "file")
    assert refused.process.wait(timeout=PATIENCE_SECONDS) == 3
    assert "cannot be used" in refused.said()
    assert len(refused.said().splitlines()) == 1


def test_what_runs_when_it_is_told_to_stop_is_finished_and_recorded(tmp_path: Path) -> None:
    service = Service(tmp_path / "var")
    submission = service.send(SLOW)
    database = sqlite3.connect(service.folder / "grader.db")

    def state() -> str:
        query = "SELECT state FROM submissions WHERE id = ?"
        return database.execute(query, (submission["id"],)).fetchone()[0]

    service.wait_until(lambda: state() == "running")
    family = descendants(service.process.pid)
    assert len(family) >= 6
    assert (service.folder / "valkey.sock").is_socket()
    assert service.stop() == 0
    assert alive(family) == set()
    assert not (service.folder / "valkey.sock").exists()
    assert state() == "graded"
    database.close()
    assert "Traceback" not in service.said()


def test_a_killed_service_leaves_no_process_and_goes_on_where_it_was(tmp_path: Path) -> None:
    service = Service(tmp_path / "var")
    submission = service.send(SLOW)
    family = descendants(service.process.pid)
    service.wait_until(lambda: look(service, submission)["state"] == "running")
    service.process.kill()
    service.process.wait()
    service.wait_until(lambda: not alive(family))
    again = Service(service.folder)
    found = again.graded(submission)
    assert found["report"]["verdict"] == "passed"
    assert found["attempt"] == 2
    assert again.stop() == 0


def look(service: Service, submission: dict, wait: int = 0) -> dict:
    address = f"{service.ready()}/api/v1/submissions/{submission['id']}"
    request = urllib.request.Request(address, headers={"Prefer": f"wait={wait}"})
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
        return json.load(answer)
