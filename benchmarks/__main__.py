"""Runs every benchmark, one after the other: `make bench`, or `python -m benchmarks NAME …`."""

from __future__ import annotations

import importlib
import sys

NAMES = ("grading", "figure", "sandbox")


def main(names: list[str]) -> None:
    """Run the benchmarks of these names; all where none is given."""
    for name in names or NAMES:
        print(f"== {name} ==", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
