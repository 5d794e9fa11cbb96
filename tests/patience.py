"""How long tests wait for what must come."""

from __future__ import annotations

import time
from collections.abc import Callable

#: A limit for a broken build, not a measure: a busy machine needs many times what a quiet one does.
PATIENCE_SECONDS = 300.0


def until(holds: Callable[[], object]) -> None:
    """Return once it holds.

    Raises:
        AssertionError: it never came to hold.
    """
    deadline, pause = time.monotonic() + PATIENCE_SECONDS, 0.01
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(pause)
        # Who asks a service a hundred times a second takes the processor from what it does.
        pause = min(1.5 * pause, 0.1)
