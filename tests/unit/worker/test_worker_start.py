from __future__ import annotations

import os
import subprocess
import sys

from tests.patience import PATIENCE_SECONDS

SURROUNDINGS = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a Python of its own that has a queue's address (nothing connects to it)."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**SURROUNDINGS, "GRADER_BROKER_URL": "redis://127.0.0.1:1/0"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def test_the_sandbox_needs_no_package_that_only_tests_have() -> None:
    # None in sys.modules makes an import fail as if the package were not installed.
    ended = run(
        "import sys\n"
        "for name in ('pytest', 'hypothesis', 'httpx', 'playwright'):\n"
        "    sys.modules[name] = None\n"
        "from worker.sandbox import language\n"
        "language.prepare()\n"
        "print('prepared')\n"
    )
    assert ended.stdout == "prepared\n", ended.stderr


def test_a_worker_does_not_start_where_a_layer_of_the_sandbox_is_missing() -> None:
    ended = run(
        "from worker.sandbox import sandbox\n"
        "sandbox.REQUIRED |= {'moat'}\n"
        "import worker.app\n"
        "print('started')\n"
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == (
        "grader worker: the sandbox does not hold here, so nothing is graded: "
        "not in force here: moat\n"
    )


def test_a_worker_says_at_its_start_which_layers_hold() -> None:
    ended = run("import worker.app\nprint(worker.app.app.main)\n")
    assert ended.returncode == 0, ended.stderr
    layers = ended.stderr.partition("grader worker: the sandbox's layers here: ")[2]
    assert {"language", "process", "rlimits", "no_new_privs", "seccomp"} <= set(
        layers.strip().split(", ")
    )
