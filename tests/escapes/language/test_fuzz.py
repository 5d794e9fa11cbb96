"""Random programs against the language wall (fuzz.py has what they are, and a longer run)."""

from __future__ import annotations

import types

import numpy as np
import pytest

from tests.escapes import fuzz


def test_random_programs_are_refused_or_run_and_reach_nothing_real() -> None:
    fuzz.fuzz(250, seed_is_fixed=True)


@pytest.mark.parametrize("treasure", [types, type, [(1, {"a": types})], ValueError(np.ndarray)])
def test_the_fuzzers_eyes_see_what_should_not_be_held(treasure: object) -> None:
    assert fuzz.treasures({"won": treasure})


def test_most_random_programs_say_something() -> None:
    assert fuzz.check(f"{fuzz.HEADER}\nwon = np.add(z, 1), C().m(), D()") == "ran"
    assert fuzz.check(f"{fuzz.HEADER}\nwon = z.__array_interface__").startswith("refused: ")
