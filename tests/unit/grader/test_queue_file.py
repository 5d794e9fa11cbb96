"""The file of the embedded queue forgets what has passed, so that who is erased leaves it too."""

from __future__ import annotations

import os
from pathlib import Path

from redis import Redis

from tests.patience import until


def test_what_has_passed_leaves_the_file_of_the_queue(broker: str) -> None:
    code = b"def f(z):  # by Mia Zwicky"
    with Redis.from_url(broker) as queue:
        folder = Path(queue.config_get("dir")["dir"]) / "appendonlydir"

        def is_kept() -> bool:
            try:
                return any(code in path.read_bytes() for path in folder.iterdir())
            except FileNotFoundError:  # one that was written anew a moment ago
                return True

        queue.set("passing", code)
        until(is_kept)
        for _ in range(60):
            queue.set("passing", os.urandom(100_000))
        queue.delete("passing")
        until(lambda: not is_kept())
