"""The whole service, by its own command, as tests of pages and roads meet it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.patience import until
from tests.unlimited import UNLIMITED_VARIABLES
from worker.kinship import die_with_parent

#: What a program needs of its surroundings.
PLAIN = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
GRADER = str(Path(sys.executable).parent / "grader")


@dataclass(frozen=True, slots=True)
class WholeService:
    """One that serves."""

    address: str
    #: The folder that it was started in; its data are in var/.
    folder: Path

    def command(self, *words: str) -> str:
        """What one of its commands prints, such as `grader courses`."""
        return subprocess.run(
            [GRADER, *words],
            env=PLAIN | {"GRADER_DATA_DIR": str(self.folder / "var")},
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
        ).stdout


@contextmanager
def serving(folder: Path, **variables: str) -> Iterator[WholeService]:
    """A service with one slot and its data in `folder`, once all of its parts are there."""
    port = _free_port()
    process = _start(folder, port, variables)
    try:

        def answers() -> bool:
            nonlocal port, process
            if process.poll() is None:
                return _has_all_parts(f"http://127.0.0.1:{port}")
            said = (folder / "log").read_text()
            # Somebody else can have taken it since we asked.
            assert f"port {port} on 127.0.0.1 is taken" in said, said
            port = _free_port()
            process = _start(folder, port, variables)
            return False

        until(answers)
        yield WholeService(f"http://127.0.0.1:{port}", folder)
    finally:
        # At once, and nothing of it is left: tests/integration/test_serve.py asks for that.
        process.kill()
        process.wait()


def _start(folder: Path, port: int, variables: dict[str, str]) -> subprocess.Popen[bytes]:
    parent = os.getpid()
    with (folder / "log").open("wb") as output:
        return subprocess.Popen(
            [GRADER, "serve", "--port", str(port)],
            env={
                **PLAIN,
                **UNLIMITED_VARIABLES,
                "GRADER_DATA_DIR": str(folder / "var"),
                "GRADER_SLOTS": "1",
                **variables,
            },
            cwd=folder,
            stdout=output,
            stderr=output,
            # A run that is stopped by hand ends its processes without a teardown.
            preexec_fn=lambda: die_with_parent(parent),
        )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _has_all_parts(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/api/v1/health", timeout=5) as answer:
            return all(part["ok"] for part in json.load(answer)["parts"])
    except OSError:
        return False
