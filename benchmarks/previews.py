"""A preview, warm, against the same answer's grading and against a new Python that imports numpy.

In the sandbox alone, and over HTTP with the service's own programs: from the request to the result
in the client's hands, which is what a student waits for after the last key.
"""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path

import httpx

from benchmarks.grading import IMPORT_NUMPY
from benchmarks.timing import medians
from exercises.catalog.reading import read_catalog
from exercises.exercise import CodeExercise
from exercises.live import live_seed
from worker.grading import grade
from worker.heap import keep_freed_memory
from worker.preview import preview
from worker.sandbox.sandbox import Sandbox

_IMPORT = '(a) python -c "import numpy"'
_START_SECONDS = 180


def main(rounds: int = 15) -> None:
    """Measure and print."""
    playground = read_catalog()["playground"]
    assert isinstance(playground, CodeExercise)
    net = playground.starter
    keep_freed_memory()
    with Sandbox() as sandbox:
        seed = live_seed("benchmark", playground.slug)
        ways: dict[str, Callable[[], object]] = {
            "preview": partial(preview, net.encode(), playground, seed, sandbox),
            "report with its figure": partial(grade, net.encode(), playground, 1, sandbox),
            _IMPORT: _import_numpy,
        }
        _table("the playground's net, sandbox", medians(ways, rounds=rounds))
    with serving() as client:
        numbers = count()
        ways = {
            "preview": partial(_preview, client, net, secrets.token_hex(8), numbers),
            "submission": partial(_submission, client, net),
            _IMPORT: _import_numpy,
        }
        _table("the playground's net, over HTTP", medians(ways, rounds=rounds))


def _preview(client: httpx.Client, source: str, stream: str, numbers: Iterator[int]) -> None:
    body = {"source": source, "stream": stream, "number": next(numbers)}
    answer = client.post("/api/v1/previews", json=body, headers={"Prefer": "wait=30"})
    assert answer.json()["state"] == "ready", answer.text[:300]


def _submission(client: httpx.Client, source: str) -> None:
    body = {"source": source}
    answer = client.post("/api/v1/submissions", json=body, headers={"Prefer": "wait=30"})
    assert answer.json()["state"] == "graded", answer.text[:300]


def _import_numpy() -> None:
    subprocess.run([sys.executable, "-c", IMPORT_NUMPY], check=True)


@contextmanager
def serving(slots: int = 1) -> Iterator[httpx.Client]:
    """The whole service on a free port, until its workers are there; 0 slots: one a core."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="pf-bench-", dir="/tmp"))
    command = [sys.executable, "-m", "grader", "serve", "--port", str(port)]
    environment = {"GRADER_DATA_DIR": str(folder / "var"), "GRADER_SLOTS": f"{slots}"}
    environment |= {"PATH": "/usr/bin"}
    # No person makes as many requests a minute.
    environment |= dict.fromkeys(("GRADER_RATE_PREVIEWS", "GRADER_RATE_SUBMISSIONS"), "0")
    environment |= dict.fromkeys(("GRADER_RATE_PLATFORM_SUBMISSIONS", "GRADER_RATE_REQUESTS"), "0")
    service = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            _wait(client, service)
            yield client
    finally:
        service.terminate()
        service.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait(client: httpx.Client, service: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and service.poll() is None:
        try:
            if client.get("/api/v1/health").json()["status"] == "ok":
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError("the service did not get ready")


def _table(title: str, times: dict[str, float]) -> None:
    unit = times[_IMPORT]
    print(f"\n{title:45}{'median':>10}   {'÷ import':>10}")
    for name, seconds in times.items():
        print(f"{name:45}{seconds * 1e3:8.1f} ms   {seconds / unit:10.3f}")


if __name__ == "__main__":
    main()
