"""How this process' heap grows and shrinks: what a grading frees is kept for the next one."""

from __future__ import annotations

import ctypes

#: Parameters of mallopt(3).
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
#: So much free memory at the heap's end is kept; a grading takes about 20 MB at once.
KEPT_BYTES = 64 * 2**20
#: Larger arrays than this come from the kernel one by one, and go back to it at once.
LARGE_BYTES = 16 * 2**20


def keep_freed_memory() -> None:
    """Keep freed memory instead of giving it back to the kernel each time.

    By default an array of a megabyte is new memory each time, and the kernel has to find and clear
    each of its pages when it is first touched: half of the time that a figure's numerics take.
    Does nothing where the C library has no mallopt.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(_MMAP_THRESHOLD, LARGE_BYTES)
