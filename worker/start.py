"""What a worker does before it is one: reads its settings, and shows that the sandbox holds."""

from __future__ import annotations

import sys

from worker.environment import SettingError
from worker.sandbox.sandbox import Sandbox
from worker.sandbox.zygote_client import SandboxBroken
from worker.settings import WorkerSettings, read_worker_settings


def settings_of_a_worker() -> WorkerSettings:
    """The settings; the process ends here, and says why, where it can not be a worker."""
    try:
        settings = read_worker_settings()
        with Sandbox() as sandbox:
            layers = sandbox.layers
    except SettingError as error:
        sys.exit(f"grader worker: {error}")
    except SandboxBroken as error:
        sys.exit(f"grader worker: the sandbox does not hold here, so nothing is graded: {error}")
    # Always, whatever the log's level: what stands between student code and this machine.
    print(f"grader worker: the sandbox's layers here: {', '.join(layers)}", file=sys.stderr)
    return settings
