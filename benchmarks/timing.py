"""Timing several ways of doing a thing in turn, so that a busy machine is unfair to none."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np


def machine() -> str:
    """What this runs on, and how busy it is: ratios mean little where much else runs."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    model = named[0] if named else platform.machine()
    return (
        f"{len(os.sched_getaffinity(0))} × {model}, Linux {platform.release()}, "
        f"Python {platform.python_version()}, numpy {np.__version__}, "
        f"load {os.getloadavg()[0]:.1f}"
    )


def medians(ways: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, float]:
    """The median wall time of each way, in seconds, over rounds in which all take turns."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way()
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(all_times) for name, all_times in times.items()}
