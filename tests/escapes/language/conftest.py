"""One attack a test: it must win as plain Python, and be stopped behind the wall for its cause."""

import re
import warnings
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from worker.sandbox import language

Attack = Callable[..., None]


@pytest.fixture(autouse=True)
def quiet_numerics() -> Iterator[None]:
    """What prepare() sets for the whole process of a child, here for one test."""
    with np.errstate(all="ignore"), np.printoptions(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def outcome_behind_the_wall(source: str) -> str:
    """`refused: …`, the exception, or `won`."""
    try:
        program = language.compile_submission(source)
        names = language.run_module(program, seed=1, printed=language.Printed())
    except language.Refused as refused:
        return f"refused: {refused.refusal.message}"
    except Exception as error:
        return language.describe(error)
    return "won" if "won" in names else "lost"


@pytest.fixture
def attack() -> Attack:
    """Check one attack: it sets `won` to what it is after (None or False: it did not get it)."""

    def check(source: str, cause: str, *, wins: bool = True) -> None:
        if wins:
            plain: dict[str, object] = {"__name__": "submission"}
            exec(compile(source, "<plain>", "exec"), plain)
            won = plain.get("won")
            assert won is not None, "the attack does not win as plain Python: it tests nothing"
            assert won is not False, "the attack does not win as plain Python: it tests nothing"
        found = outcome_behind_the_wall(source)
        assert re.search(cause, found), f"expected {cause!r}, found {found!r}"

    return check
