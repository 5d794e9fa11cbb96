"""The worker for previews as a program: `celery -A worker.live worker`."""

from __future__ import annotations

import os

# Before numpy is imported: as in worker/app.py.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from celery import Celery

from worker.equipment import Equipment
from worker.priority import step_back
from worker.program import live_program
from worker.start import settings_of_a_worker


def _program() -> Celery:
    """The worker; it does not start where the sandbox does not hold."""
    step_back()
    settings = settings_of_a_worker()
    return live_program(settings, lambda: Equipment(settings.exercises_dir))


app = _program()
