"""Turns: how many archives go out at once. Each holds a thread of the web server till its end."""

from __future__ import annotations

import threading

from grader.desks.problems import TOO_MANY_ARCHIVES, RequestError

#: Seconds after which another try is worth it.
_RETRY_AFTER = 30


class Turns:
    """As many archives as may go out at once, one of each person; threads may share it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._taken: set[str] = set()

    def take(self, person: str) -> None:
        """Take a turn, to be given back by `give_back`.

        Raises:
            RequestError: too-many-archives.
        """
        with self._lock:
            own = person in self._taken
            if not own and len(self._taken) < self._most:
                self._taken.add(person)
                return
        whose = "One of yours goes" if own else f"{self._most} go"
        raise RequestError(
            TOO_MANY_ARCHIVES,
            f"{whose} out at the moment.",
            headers={"Retry-After": str(_RETRY_AFTER)},
        )

    def give_back(self, person: str) -> None:
        """End a turn; one that has ended stays so."""
        with self._lock:
            self._taken.discard(person)
