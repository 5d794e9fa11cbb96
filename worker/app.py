"""The worker as a program: `celery -A worker.app worker`."""

from __future__ import annotations

import os
import sys

# Before numpy is imported: a process of the worker has one core, and so has its judge.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from celery import Celery

from worker.environment import SettingError
from worker.equipment import Equipment
from worker.program import worker_program
from worker.sandbox.sandbox import Sandbox
from worker.sandbox.zygote_client import SandboxBroken
from worker.settings import read_worker_settings


def _program() -> Celery:
    """The worker; it does not start where the sandbox does not hold."""
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
    return worker_program(settings, lambda: Equipment(settings.exercises_dir))


app = _program()
