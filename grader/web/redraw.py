"""Gives a program that draws its weights from a seed another seed."""

from __future__ import annotations

import re
import secrets

#: The first generator of the program, with its seed or without one.
_GENERATOR = re.compile(r"(\bdefault_rng\()\s*\d*\s*(\))")
#: As many seeds as are easy to read and to tell apart.
_SEEDS = 10_000


def redrawn(source: str, seed: int) -> str:
    """The program with this seed in its first `default_rng(…)`; unchanged where there is none."""
    return _GENERATOR.sub(rf"\g<1>{seed}\g<2>", source, count=1)


def another_seed() -> int:
    """A seed for the next draw."""
    return secrets.randbelow(_SEEDS)
