"""A worker's life: what happens in its main process and in those that it forks."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable
from typing import Any

from celery import Celery, signals
from celery.exceptions import CPendingDeprecationWarning
from celery.platforms import SecurityWarning
from celery.worker import state

from worker.broker import celery_app
from worker.channel import GRADING, PREVIEWING, Role, connect
from worker.kinship import die_with_parent
from worker.live_task import LiveProcess, Previewer
from worker.live_task import register as register_previews
from worker.logs import log_to_stderr
from worker.presence import Presence, worker_name
from worker.settings import WorkerSettings
from worker.tasks import Grader, Process, register

log = logging.getLogger(__name__)


def worker_program(settings: WorkerSettings, equip: Callable[[], Grader]) -> Celery:
    """The Celery application of a worker whose processes grade with what `equip` returns."""
    name = worker_name()
    process = Process(settings.broker_url, name, equip)
    app = _program(settings, name, GRADING, settings.effective_slots, process)
    register(app, process)
    return app


def live_program(settings: WorkerSettings, equip: Callable[[], Previewer]) -> Celery:
    """The Celery application of a worker whose processes preview with what `equip` returns."""
    process = LiveProcess(settings.broker_url, equip)
    app = _program(settings, worker_name(), PREVIEWING, settings.effective_live_slots, process)
    register_previews(app, process)

    def end_soon(**_: Any) -> None:
        process.end_soon()

    _connect(signals.worker_shutting_down, end_soon)
    return app


def _program(
    settings: WorkerSettings, name: str, role: Role, slots: int, process: Process | LiveProcess
) -> Celery:
    # Celery warns of root because of pickle, which this worker does not accept.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    app = celery_app(settings.broker_url, role)
    app.conf.worker_concurrency = slots
    _in_every_process(settings, process)
    _in_main_process(settings, name, role, slots)
    return app


def _in_every_process(settings: WorkerSettings, process: Process | LiveProcess) -> None:
    main = os.getpid()

    def set_up_logging(**_: Any) -> None:
        log_to_stderr(settings.log_level)

    def open_process(**_: Any) -> None:
        die_with_parent(main)
        process.open()

    def close_process(**_: Any) -> None:
        process.close()

    _connect(signals.setup_logging, set_up_logging)
    _connect(signals.worker_process_init, open_process)
    _connect(signals.worker_process_shutdown, close_process)


def _in_main_process(settings: WorkerSettings, name: str, role: Role, slots: int) -> None:
    presence = Presence(
        connect(settings.broker_url),
        name,
        role,
        slots,
        taken=lambda: sum(state.total_count.values()),
        running=lambda: len(state.reserved_requests),
    )

    def announce(**_: Any) -> None:
        # At each loss of the connection it explains a setting that worker.broker has decided on.
        # Not earlier: Celery turns these warnings on while it starts.
        warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)
        presence.start()
        log.info("worker %s %s %d at once", name, role.does, slots)

    def close(**_: Any) -> None:
        presence.close()

    def withdraw(**_: Any) -> None:
        presence.end()

    _connect(signals.worker_ready, announce)
    _connect(signals.worker_shutting_down, close)
    _connect(signals.worker_shutdown, withdraw)


def _connect(signal: Any, receiver: Callable[..., None]) -> None:
    # Celery holds receivers weakly unless told otherwise, and these are closures.
    signal.connect(receiver, weak=False)
