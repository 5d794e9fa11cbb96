"""The code of a question's options, run: the author's own, so off line and in this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from exercises.oracle import Array
from exercises.quiz.questions import Option, Question

Transformation = Callable[[Array], object]


def transformation(question: Question, option: Option) -> Transformation:
    """The f that an option's code defines; `np` is there without an import.

    Raises:
        ValueError: the code does not run, or defines no f.
    """
    names: dict[str, Any] = {"np": np, "__name__": "option"}
    where = f"{question.id}, option {option.id}"
    try:
        exec(compile(option.code, f"<{where}>", "exec"), names)
    except Exception as error:
        raise ValueError(f"{where}: its code does not run: {_told(error)}") from error
    f = names.get("f")
    if not callable(f):
        raise ValueError(f"{where}: its code defines no f")
    return f  # type: ignore[no-any-return]


def image(question: Question, option: Option, z: Array) -> Array:
    """x = f(z) for each row of z, shape (n, 2); values need not be finite.

    Raises:
        ValueError: the code does not run, or f raises or answers in another form.
    """
    f = transformation(question, option)
    where = f"{question.id}, option {option.id}"
    try:
        with np.errstate(all="ignore"):
            x = np.array([f(point.copy()) for point in z], dtype=np.float64)
    except Exception as error:
        raise ValueError(f"{where}: f does not answer: {_told(error)}") from error
    if x.shape != z.shape:
        raise ValueError(f"{where}: f must return two numbers, not an array of shape {x.shape[1:]}")
    return x


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
