"""How many submissions a second the whole service accepts by its API, and how many it grades.

Several clients send at once, without waiting for reports, while the worker grades what has come;
the baseline is how many new Pythons that import numpy run one after the other in the same time.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from benchmarks.grading import IMPORT_NUMPY
from benchmarks.previews import serving
from benchmarks.timing import medians
from exercises.catalog.reading import read_catalog

_CLIENTS = 4
_PATIENCE_SECONDS = 600
_SLUG = "affine"


def main(count: int = 300, rounds: int = 5) -> None:
    """Measure and print."""
    source = (read_catalog()[_SLUG].folder / "reference.py").read_text()
    with serving(slots=0) as client:
        _sent(client, source, 8)
        _until_graded(client)
        start = time.perf_counter()
        _sent(client, source, count)
        accepted = time.perf_counter() - start
        _until_graded(client)
        graded = time.perf_counter() - start
    unit = medians({"": _import_numpy}, rounds=rounds)[""]
    print(f"\n{f'{count} submissions to {_SLUG}':45}{'a second':>10}   {'÷ imports':>10}")
    for name, seconds in (
        (f"accepted, {_CLIENTS} clients at once", accepted),
        ("accepted and graded, a slot for each core", graded),
        ('(a) python -c "import numpy"', count * unit),
    ):
        print(f"{name:45}{count / seconds:10.1f}   {count * unit / seconds:10.2f}")


def _sent(client: httpx.Client, source: str, count: int) -> None:
    """Send so many, each of a student of its own."""

    def send(number: int) -> None:
        body = {"exercise": _SLUG, "source": source, "student": f"s{number}", "course": "bench"}
        answer = client.post("/api/v1/submissions", json=body)
        assert answer.status_code == 202, answer.text[:300]

    with ThreadPoolExecutor(_CLIENTS) as pool:
        list(pool.map(send, range(count)))


def _until_graded(client: httpx.Client) -> None:
    """Return when nothing waits: where each student has sent one, the newest is graded last."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        shown = client.get("/api/v1/submissions", params={"limit": 200}).json()["items"]
        if all(one["state"] == "graded" for one in shown):
            return
        time.sleep(0.1)
    raise RuntimeError("the submissions were not graded in time")


def _import_numpy() -> None:
    subprocess.run([sys.executable, "-c", IMPORT_NUMPY], check=True)


if __name__ == "__main__":
    main()
