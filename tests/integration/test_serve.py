"""`grader serve` as its user meets it: one process to start and to stop, nothing left behind."""

from __future__ import annotations

import os
import signal
import socket
import urllib.request
from pathlib import Path

import pytest

from grader.embedded import valkey
from tests.integration.service import GONE, Service, alive, descendants
from tests.patience import PATIENCE_SECONDS

#: About a second of the processor.
SLOW = "for i in range(20_000_000):\n    pass\ndef f(z):\n    return 2 * z + 1\n"


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
    worker = service.program("worker.app")
    looked_at = set()
    for pid in {worker, *descendants(worker)}:
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
        except GONE:  # a child of the sandbox, which serves once
            continue
        looked_at.add(pid)
        assert b"s3cret" not in environment
        assert b"DATABASE" not in environment
        assert b"grader.db" not in environment
    assert worker in looked_at
    assert len(looked_at) > 1


@pytest.mark.parametrize("name", ["valkey-server", "worker.app", "dispatch.run", "gunicorn"])
def test_a_program_that_dies_is_started_again(service: Service, name: str) -> None:
    service.ready()
    before, words = service.program(name), "ended (signal 9) and is started again"
    deaths = service.said().count(words)
    os.kill(before, signal.SIGKILL)

    def another_runs() -> bool:
        try:
            return service.program(name) != before
        except LookupError:
            return False

    service.wait_until(another_runs)
    service.wait_until(lambda: service.said().count(words) > deaths)
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


def test_a_killed_service_leaves_no_process_and_goes_on_where_it_was(service: Service) -> None:
    while True:
        submission = service.under_way(SLOW)
        family = descendants(service.process.pid)
        service.kill()
        service.wait_until(lambda family=family: not alive(family))
        # On a busy machine it may be graded in the moment before the end.
        is_cut_off = service.state(submission) == "running"
        service.start()
        if is_cut_off:
            break
    found = service.graded(submission)
    assert found["report"]["verdict"] == "passed"
    # On a busy machine the new worker may be given up for lost, too.
    assert found["attempt"] > 1


def test_what_runs_when_it_is_told_to_stop_is_finished_and_recorded(service: Service) -> None:
    submission = service.under_way(SLOW)
    family = descendants(service.process.pid)
    assert len(family) >= 6
    # The path of the data is too long for a socket: it lies in a folder of its own.
    broker = valkey.socket_path(service.folder)
    assert broker.is_socket()
    assert service.stop() == 0
    assert alive(family) == set()
    assert not broker.parent.exists()
    assert service.state(submission) == "graded"
    assert "Traceback" not in service.said()
