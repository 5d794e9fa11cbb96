"""Memory that a grading frees is there for the next one."""

from __future__ import annotations

import subprocess
import sys

#: Page faults of the second hundred of arrays of a megabyte, each touched and freed.
FAULTS = """
import resource
import numpy as np
from worker.heap import keep_freed_memory
if {kept}:
    keep_freed_memory()
def touch():
    for _ in range(100):
        first, second, third = np.ones(2**17), np.ones(2**17), np.ones(2**17)
        del first, second, third
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
print(-touch() + touch())
"""


def faults(*, kept: bool) -> int:
    done = subprocess.run(
        [sys.executable, "-c", FAULTS.format(kept=kept)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def test_kept_memory_costs_no_page_faults_when_it_is_used_again() -> None:
    assert faults(kept=True) < 100
    # What it is for; where the C library keeps memory by itself this module has no use.
    assert faults(kept=False) > 10_000
