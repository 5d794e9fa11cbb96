"""A stopwatch with parts: at each moment the time goes to the innermost part that is under way."""

from __future__ import annotations

import functools
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Stopwatch:
    """Adds up the seconds of each part, lap by lap."""

    def __init__(self, rest: str) -> None:
        """Start with no lap; `rest` is the part of what no other claims."""
        self.part = rest
        #: Seconds by part, of each lap.
        self.laps: list[dict[str, float]] = []
        self._since = 0.0

    @contextmanager
    def lap(self) -> Iterator[None]:
        """Measure one lap."""
        self.laps.append(defaultdict(float))
        self._since = time.perf_counter()
        try:
            yield
        finally:
            self._turn(self.part)

    def pressed(
        self, function: Callable[..., Any], part: str | Callable[..., str]
    ) -> Callable[..., Any]:
        """The function, whose time goes to `part`, or to what that says of its arguments."""

        @functools.wraps(function)
        def timed(*arguments: Any, **options: Any) -> Any:
            outer = self.part
            self._turn(part if isinstance(part, str) else part(*arguments, **options))
            try:
                return function(*arguments, **options)
            finally:
                self._turn(outer)

        return timed

    def _turn(self, part: str) -> None:
        now = time.perf_counter()
        self.laps[-1][self.part] += now - self._since
        self._since, self.part = now, part
