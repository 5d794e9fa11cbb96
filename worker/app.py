"""The worker as a program: `celery -A worker.app worker`."""

from __future__ import annotations

import os

# Before numpy is imported: a process of the worker has one core, and so has its judge.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from celery import Celery

from worker.equipment import Equipment
from worker.program import worker_program
from worker.start import settings_of_a_worker


def _program() -> Celery:
    """The worker; it does not start where the sandbox does not hold."""
    settings = settings_of_a_worker()
    return worker_program(settings, lambda: Equipment(settings.exercises_dir))


app = _program()
