"""The worker's settings: the queue and the exercises; nothing that leads to the database."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from exercises.catalog.reading import COURSE
from worker.environment import LOG_LEVELS, SettingError, read_environment, require


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Each field is read from the variable of its name: `slots` from GRADER_SLOTS."""

    #: redis://…, rediss://… or unix:///path.
    broker_url: str
    #: A folder of exercises.
    exercises_dir: Path = COURSE
    #: How many submissions are graded at once; 0: one for each core.
    slots: int = 0
    #: How many previews run at once, in a worker of their own; 0: one for every two cores.
    live_slots: int = 0
    #: debug, info, warning or error.
    log_level: str = "warning"

    def __post_init__(self) -> None:
        require(
            self.broker_url.startswith(("redis://", "rediss://", "unix://")),
            "broker_url",
            "must be redis://…, rediss://… or unix:///path",
        )
        require(0 <= self.slots <= 1024, "slots", "must be from 0 to 1024")
        require(0 <= self.live_slots <= 1024, "live_slots", "must be from 0 to 1024")
        require(self.log_level in LOG_LEVELS, "log_level", f"must be of {', '.join(LOG_LEVELS)}")

    @property
    def effective_slots(self) -> int:
        """The slots, the default filled in: the cores that this process may use."""
        return self.slots or cores()

    @property
    def effective_live_slots(self) -> int:
        """The slots for previews, the default filled in: half the cores, at least one."""
        return self.live_slots or max(1, cores() // 2)


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def read_worker_settings(environment: Mapping[str, str] | None = None) -> WorkerSettings:
    """Read the worker's settings from the environment.

    Raises:
        SettingError: a variable has a bad value, is unknown, is missing, or is a credential that
            a process beside student code must not hold.
    """
    environment = os.environ if environment is None else environment
    if environment.get("GRADER_DATABASE_URL"):
        raise SettingError(
            "the worker runs beside student code and must not know the database: "
            "take GRADER_DATABASE_URL out of its environment"
        )
    if not environment.get("GRADER_BROKER_URL"):
        raise SettingError("set GRADER_BROKER_URL to the address of the queue, redis://…")
    return read_environment(WorkerSettings, environment)
