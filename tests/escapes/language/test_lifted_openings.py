"""A Lifted object stands for all points of a batch: nothing may look past it, at the batch."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from worker.sandbox import language, lifted, lifting, modules
from worker.sandbox.guards import Guards

BATCH = 384
POINTS = np.random.default_rng(0).standard_normal((BATCH, 2))
#: The modules whose functions take arrays.
_FAMILIES = ("numpy", "scipy", "math", "cmath", "statistics", "random", "operator", "copy")


@pytest.fixture
def z() -> Iterator[lifting.Lifted]:
    """What f gets in a lifted call, while one is under way."""
    lifted.Call.size, lifted.Call.declined, lifted.Call.mask = BATCH, False, None
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield lifting.lift(POINTS)
    finally:
        lifted.Call.size = 0


def _holds_the_batch(x: object) -> bool:
    if type(x) is np.ndarray:
        return x.size >= BATCH
    if isinstance(x, (bytes, str)):
        return len(x) >= BATCH
    if isinstance(x, (list, tuple)):
        return len(x) >= BATCH or any(map(_holds_the_batch, x))
    return False


def _functions() -> Iterator[tuple[str, Callable[..., object]]]:
    for module, names in modules.available().items():
        if module.partition(".")[0] in _FAMILIES:
            program = language.compile_submission(f"import {module} as m\n")
            run = language.run_module(program, seed=0, printed=language.Printed())
            for name in sorted(names):
                function = getattr(run["m"], name)
                if callable(function):
                    yield f"{module}.{name}", function


def test_no_function_of_any_module_looks_past_a_lifted_array(z: lifting.Lifted) -> None:
    found = []
    tried = 0
    for name, function in _functions():
        for part in (z, z[0]):
            for arguments in ((part,), (part, part), (part, part, part), ([part],), (2, part)):
                tried += 1
                try:
                    answer = function(*arguments)
                except BaseException:
                    continue
                if _holds_the_batch(answer):
                    found.append(name)
    assert tried > 4000
    assert found == []


@pytest.mark.parametrize(
    "look",
    [
        bytes,
        list,
        lambda z: b"".join([z]),
        lambda z: b"%b" % z,
        lambda z: np.empty((2, BATCH)).__setitem__(..., z),
        lambda z: np.frombuffer(z),
        lambda z: np.array([z], dtype=object).astype(float),
        lambda z: z.tolist(),
        lambda z: z.tobytes(),
        lambda z: z.view(),
        lambda z: z.flat[5],
        lambda z: z.nbytes // 16,
        lambda z: z.base[0],
        lambda z: str(z),
        lambda z: f"{z}",
        lambda z: hash(z),
    ],
)
def test_no_protocol_of_python_looks_past_it(z: lifting.Lifted, look: Callable) -> None:
    try:
        answer = look(z)
    except (lifted.NotLiftable, TypeError, BufferError):
        return
    assert not _holds_the_batch(answer)
    assert answer != BATCH


def test_it_is_an_array_to_those_who_ask(z: lifting.Lifted) -> None:
    assert isinstance(z, np.ndarray)
    assert type(z) is not np.ndarray
    assert len(z) == 2


@pytest.mark.parametrize("name", ["_held", "base", "data", "ctypes", "strides", "__array__"])
def test_the_guards_do_not_read_what_it_holds(z: lifting.Lifted, name: str) -> None:
    with pytest.raises(AttributeError):
        Guards().checked_read(z, name)


def test_the_readers_of_the_real_modules_would_see_the_batch() -> None:
    """The first test's eyes are open: scipy on the plain array does show it."""
    norm = importlib.import_module("scipy.linalg").pinv
    assert _holds_the_batch(norm(POINTS))
