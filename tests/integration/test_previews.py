"""Previews over HTTP with the real worker: uncounted, ended by newer ones, in nobody's way."""

from __future__ import annotations

import os
import secrets
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.service import Service, descendants
from tests.patience import PATIENCE_SECONDS, until
from worker.priority import NICE
from worker.source import SOURCE_BYTES

RIGHT = "def f(z):\n    return 2 * z + 1\n"
ENDLESS = "def f(z):\n    while True:\n        pass\n"


class Site:
    """The whole service with its one place for previews."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.client = httpx.Client(base_url=service.ready(), timeout=PATIENCE_SECONDS)
        self.wait_for_worker()

    def wait_for_worker(self) -> None:
        def is_there() -> bool:
            parts = self.client.get("/api/v1/health").json()["parts"]
            return any(part["name"] == "previews" and part["ok"] for part in parts)

        until(is_there)

    def ask(self, source: str, stream: str, number: int = 1, wait: int = 0) -> httpx.Response:
        return self.client.post(
            "/api/v1/previews",
            json={"exercise": "affine", "source": source, "stream": stream, "number": number},
            headers={"Prefer": f"wait={wait}"} if wait else {},
        )

    def look(self, preview: dict[str, Any], wait: int = 0) -> dict[str, Any]:
        headers = {"Prefer": f"wait={wait}"} if wait else {}
        answer = self.client.get(preview["links"]["self"], headers=headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def under_way(self, source: str, stream: str) -> dict[str, Any]:
        """A preview that has been seen to run.

        On a busy machine what ran before may not be over, or this be over before we look: then it
        is sent again.
        """
        found: dict[str, Any] = {"state": "none"}

        def runs() -> bool:
            if found["state"] in ("waiting", "running"):
                found.update(self.look(found))
            else:
                answer = self.ask(source, stream)
                found.update(answer.json() if answer.status_code in (200, 202) else {})
            return bool(found["state"] == "running")

        until(runs)
        return found

    def over(self, source: str, stream: str | None = None, number: int = 1) -> dict[str, Any]:
        """The preview once it is over. On a busy machine one that came too late is sent again."""
        found: dict[str, Any] = {}

        def is_over() -> bool:
            nonlocal number
            answer = self.ask(source, stream or secrets.token_hex(8), number, wait=30)
            if answer.status_code in (429, 503):  # what ran before is not over, or nobody there yet
                return False
            assert answer.status_code in (200, 202), answer.text
            found.update(answer.json())
            while found["state"] in ("waiting", "running"):
                found.update(self.look(found, wait=30))
            number += 1
            return bool(found["state"] != "failed")

        until(is_over)
        return found

    def rows(self) -> list[tuple[Any, ...]]:
        """How much there is in each table of the store."""
        with closing(sqlite3.connect(self.service.folder / "grader.db")) as database:
            names = [
                name
                for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type='table'")
            ]
            return [
                (name, *database.execute(f'SELECT count(*) FROM "{name}"').fetchone())
                for name in sorted(names)
            ]


@pytest.fixture
def site(service: Service) -> Iterator[Site]:
    made = Site(service)
    with closing(made.client):
        yield made


def check(result: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = (finding for finding in result["findings"] if finding["check"] == name)
    return dict(found)


def test_a_right_f_is_shown(site: Site) -> None:
    found = site.over(RIGHT)
    assert found["state"] == "ready"
    result = found["result"]
    assert result["outcome"] == "completed"
    assert result["samples"]["count"] == 3_000
    assert result["densities"]["x"]["shape"] == [200, 200]
    assert result["mesh"]["lines"] == 30
    assert check(result, "invertibility")["evidence"]["verdict"] == "invertible"
    assert site.look(found) == found, "it may be read again"


def test_a_mistake_is_told_with_its_line(site: Site) -> None:
    result = site.over("def f(z):\n    a = 1\n    return y\n")["result"]
    assert result["outcome"] == "runtime_error"
    assert check(result, "function")["line"] == 3
    assert result["samples"] is None


def test_an_endless_loop_ends_at_the_limit_of_a_preview(site: Site) -> None:
    result = site.over(ENDLESS)["result"]
    assert result["outcome"] == "cpu_limit"
    assert "3 s of processor time" in check(result, "function")["message"]


def test_a_newer_number_ends_an_endless_loop(site: Site) -> None:
    def older_one_is_superseded() -> bool:
        stream = secrets.token_hex(8)
        older = site.under_way(ENDLESS, stream)
        newer = site.over(RIGHT, stream, 2)
        # There is one place: the newer one could run because the older one had gone.
        assert newer["state"] == "ready"
        # On a busy machine it may have come to its limit before the newer one was there.
        return bool(site.look(older)["state"] == "superseded")

    until(older_one_is_superseded)


def test_nothing_in_the_store_changes(site: Site) -> None:
    before = site.rows()
    assert site.over(RIGHT)["state"] == "ready"
    assert site.over("import os\n")["state"] == "ready"
    assert site.rows() == before


def test_a_flood_of_one_owner_does_not_hold_up_a_graded_submission(site: Site) -> None:
    stop, sent = threading.Event(), []

    def flood(stream: str) -> None:
        with httpx.Client(base_url=str(site.client.base_url), timeout=PATIENCE_SECONDS) as client:
            number = 0
            while not stop.is_set():
                number += 1
                body = {"source": ENDLESS, "stream": stream, "number": number}
                sent.append(client.post("/api/v1/previews", json=body).status_code)
            body = {"source": RIGHT, "stream": stream, "number": number + 1}
            client.post("/api/v1/previews", json=body)

    threads = [threading.Thread(target=flood, args=(secrets.token_hex(8),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        until(lambda: len(sent) > 30)
        graded = site.service.graded(site.service.send(RIGHT))
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert graded["report"]["verdict"] == "passed"
    # 503: on a busy machine the worker may be late to say that it is there.
    assert set(sent) <= {202, 429, 503}
    assert 429 in sent, "a third editor is one too many"
    assert site.over(RIGHT)["state"] == "ready", "and the flood leaves no queue behind"


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.system('ls')\ndef f(z):\n    return z\n",
        "def f(z):\n    print('x' * 10**7)\n    return z\n",
        "x = [0] * 10**9\ndef f(z):\n    return z\n",
        "def f(z):\n    return f(z)\n",
        "().__class__.__bases__[0].__subclasses__()\ndef f(z):\n    return z\n",
        "#" * (SOURCE_BYTES - len(RIGHT) - 1) + "\n" + RIGHT,
    ],
    ids=["imports", "prints", "memory", "recursion", "classes", "64 kB"],
)
def test_hostile_code_is_told_what_it_is_and_the_next_preview_runs(site: Site, source: str) -> None:
    found = site.over(source)
    assert found["state"] == "ready"
    assert (found["result"]["outcome"] == "completed") is source.startswith("#")
    assert site.over(RIGHT)["result"]["outcome"] == "completed"


def test_after_a_kill_of_its_worker_the_next_preview_runs(site: Site) -> None:
    site.under_way(ENDLESS, secrets.token_hex(8))
    worker = site.service.program("worker.live")
    before = site.rows()
    os.kill(worker, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{worker}").exists())
    until(lambda: _runs_anew(site, worker))
    site.wait_for_worker()
    assert site.over(RIGHT)["state"] == "ready"
    assert site.rows() == before
    graded = site.service.graded(site.service.send(RIGHT))
    assert graded["report"]["verdict"] == "passed"


def test_all_that_runs_previews_steps_back_behind_what_grades(site: Site) -> None:
    def nice(name: str) -> set[int]:
        main = site.service.program(name)
        found = set()
        for pid in {main, *descendants(main)}:
            with suppress(ProcessLookupError):  # a child of the sandbox, which serves once
                found.add(os.getpriority(os.PRIO_PROCESS, pid))
        return found

    site.over(RIGHT)
    (usual,) = nice("worker.app")
    assert nice("worker.live") == {min(usual + NICE, 19)}


def test_a_worker_that_is_told_to_end_does_not_run_its_preview_to_the_end(site: Site) -> None:
    ends: list[dict[str, Any]] = []

    def is_cut_off() -> bool:
        lost = site.under_way(ENDLESS, secrets.token_hex(8))
        os.kill(site.service.program("worker.live"), signal.SIGTERM)
        until(lambda: site.look(lost)["state"] != "running")
        ends.append(site.look(lost))
        # On a busy machine it may have come to its limit before the worker was told.
        return bool(ends[-1]["state"] != "ready")

    until(is_cut_off)
    assert ends[-1]["state"] == "failed"
    assert "again" in ends[-1]["problem"]


def _runs_anew(site: Site, before: int) -> bool:
    try:
        return site.service.program("worker.live") != before
    except LookupError:
        return False
