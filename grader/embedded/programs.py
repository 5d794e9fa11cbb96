"""The programs of the service, with the environment that each one gets and no more."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from grader.embedded.process import Program
from grader.settings import Settings
from worker.environment import PREFIX
from worker.settings import WorkerSettings

#: What a Python program needs of its surroundings. Nothing else reaches the worker, whose
#: neighbour is student code: a shell holds tokens and passwords that no program of ours uses.
_SURROUNDINGS = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH")

# -P: the folder that it is started in holds no code of ours.
_PYTHON = (sys.executable, "-P", "-m")


def valkey(command: list[str], folder: Path) -> Program:
    """The private Valkey."""
    return Program("valkey", command, _surroundings(), folder, stop_seconds=10, stage=0)


def dispatch(settings: Settings, folder: Path) -> Program:
    """Recorder and hand-out."""
    command = (*_PYTHON, "grader.dispatch.run")
    environment = {**_inherited(), **_variables(settings, Settings)}
    return Program("dispatch", command, environment, folder, stop_seconds=10, stage=1)


def worker(settings: Settings, folder: Path) -> Program:
    """The worker, with a process for each slot. What it runs when asked to end, it finishes."""
    return _worker("worker", "worker.app", settings, folder, stop_seconds=30)


def live(settings: Settings, folder: Path) -> Program:
    """The worker for previews, which steps back behind the other one."""
    return _worker("previews", "worker.live", settings, folder, stop_seconds=8)


def web(settings: Settings, folder: Path, listener: int) -> Program:
    """The web server, on a listening socket that it inherits."""
    command = (
        *_PYTHON,
        *("gunicorn", "--config", "python:grader.embedded.gunicorn_config"),
        *("--bind", f"fd://{listener}"),
    )
    environment = {**_inherited(), **_cache(folder), **_variables(settings, Settings)}
    return Program(
        "web", command, environment, folder, stop_seconds=8, stage=3, descriptors=(listener,)
    )


def _worker(
    name: str, module: str, settings: Settings, folder: Path, *, stop_seconds: float
) -> Program:
    command = (
        *_PYTHON,
        *("celery", "--quiet", "-A", module, "worker", "--loglevel", settings.log_level),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    )
    environment = {**_surroundings(), **_cache(folder), **_variables(settings, WorkerSettings)}
    return Program(name, command, environment, folder, stop_seconds=stop_seconds, stage=2)


def _surroundings() -> dict[str, str]:
    return {name: os.environ[name] for name in _SURROUNDINGS if name in os.environ}


def _cache(folder: Path) -> dict[str, str]:
    """Where matplotlib keeps its list of fonts: with the data, not in somebody's home folder."""
    return {"MPLCONFIGDIR": str(folder / "cache" / "matplotlib")}


def _inherited() -> dict[str, str]:
    """All but our own settings: PGPASSFILE, proxies, certificates."""
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}


def _variables(settings: Settings, kind: type[Any]) -> Mapping[str, str]:
    """The settings as the variables that `kind` is read from."""
    values = {field.name: getattr(settings, field.name) for field in fields(kind)}
    return {PREFIX + name.upper(): _text(value) for name, value in values.items()}


def _text(value: object) -> str:
    if value is None:  # an empty variable counts as absent
        return ""
    return ",".join(value) if isinstance(value, tuple) else str(value)
