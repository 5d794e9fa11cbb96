"""Runs every benchmark, one after the other: `make bench`, or `python -m benchmarks NAME …`."""

from __future__ import annotations

import importlib
import os
import sys

# As in worker/app.py, before numpy is imported: BLAS' threads would wait for work in busy loops.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

NAMES = (
    *("grading", "previews", "page", "parts", "figure", "sandbox"),
    *("throughput", "overview", "atlas"),
)


def main(names: list[str]) -> None:
    """Run the benchmarks of these names; all where none is given."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        sys.exit(f"There is no benchmark “{unknown[0]}”; there are {', '.join(NAMES)}.")
    print(importlib.import_module("benchmarks.timing").machine(), flush=True)
    for name in names or NAMES:
        print(f"== {name} ==", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
