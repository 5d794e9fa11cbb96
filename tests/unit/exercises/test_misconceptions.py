"""Each misconception has one name, in plain words, and lists the checks that do name it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

from exercises import checks
from exercises.criteria import ORDER
from exercises.misconceptions import Misconception

CHECKS = Path(checks.__file__).parent
#: The modules that name misconceptions, and the checks that they do it for.
NAMING = {
    "mistakes.py": {"law"},
    "mode_mistakes.py": {"law"},
    "rotation.py": {"law"},
    "difference.py": {"law"},
    "inverse_mistakes.py": {"inverse"},
    "density_mistakes.py": {"log_det", "log_prob"},
    "comparison.py": {"log_det", "log_prob"},
    "normalization.py": {"normalization"},
    "coupling.py": {"coupling"},
    "slips.py": {"values"},
    "exchanged.py": {"values"},
    "accuracy.py": {"accuracy"},
}


def named_in(module: Path) -> set[Misconception]:
    """The members that a module speaks of."""
    return {
        Misconception[node.attr]
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == Misconception.__name__
    }


NAMED = {path.name: found for path in CHECKS.glob("*.py") if (found := named_in(path))}


@pytest.mark.parametrize("one", Misconception, ids=str)
def test_a_name_is_plain_words_and_its_checks_exist_in_their_order(one: Misconception) -> None:
    assert re.fullmatch(r"[a-z]+( [a-z0-9]+)*", one)
    assert one.meaning
    assert list(one.checks) == [check for check in ORDER if check in one.checks]
    assert one.checks


def test_no_two_mean_the_same() -> None:
    assert len({one.meaning for one in Misconception}) == len(Misconception)


def test_the_modules_that_name_them_are_those_that_are_known() -> None:
    assert NAMED.keys() == NAMING.keys()


@pytest.mark.parametrize("module", NAMING)
def test_what_a_module_names_lists_a_check_of_that_module(module: str) -> None:
    for one in NAMED[module]:
        assert NAMING[module] & set(one.checks), one


def test_the_checks_that_are_listed_do_name_it() -> None:
    by_check = defaultdict(set)
    for module, found in NAMED.items():
        for check in NAMING[module]:
            by_check[check] |= found
    for one in Misconception:
        assert all(one in by_check[check] for check in one.checks), one
