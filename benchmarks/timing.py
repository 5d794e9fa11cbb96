"""Timing several ways of doing a thing in turn, so that a busy machine is unfair to none."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping


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
