"""Remembers what takes long to compute, until what it was computed from has changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """Values by key, each with the stamp of what it was computed from. Threads may share one."""

    def __init__(self, most: int) -> None:
        """Keep `most` values; the one that was asked for longest ago goes first."""
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[Hashable, Value]] = OrderedDict()

    def get(self, key: Hashable, stamp: Hashable, compute: Callable[[], Value]) -> Value:
        """The value of `key`, computed where there is none of this stamp.

        Two threads that miss at once both compute: to wait could be longer.
        """
        with self._lock:
            found = self._kept.get(key)
            if found is not None and found[0] == stamp:
                self._kept.move_to_end(key)
                return found[1]
        value = compute()
        with self._lock:
            self._kept[key] = stamp, value
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return value
