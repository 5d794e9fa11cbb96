"""Calling a student's function point by point, and saying what is wrong with what comes back."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exercises.oracle import Fault, FaultKind, Signature
from worker.sandbox import language

#: Kinds of dtype that are real numbers: float, signed, unsigned, boolean.
_REAL = "fiub"


@dataclass(frozen=True, slots=True)
class Batch:
    """The answers to one batch; see exercises.oracle.Answer."""

    values: NDArray[np.float64]
    fault: Fault | None
    faults: int
    changed: int
    first_changed: int | None


def complaint(namespace: Mapping[str, object], signature: Signature) -> str | None:
    """What is wrong with the function that was asked for, or None."""
    name, wanted = signature.name, f"write {signature.head} …"
    if name not in namespace:
        others = [key for key, value in namespace.items() if isinstance(value, FunctionType)]
        found = f" (there is {', '.join(others[:3])})" if others else ""
        return (
            f"There is no function named {name}{found}: {wanted} and return {_answer(signature)}."
        )
    function = namespace[name]
    if not callable(function):
        return f"{name} is not a function but {_article(_type_name(function))}: {wanted}"
    try:
        found_signature = inspect.signature(function)
    except Exception:  # a ufunc, or an object that lies about itself: calling it will tell
        return None
    try:
        found_signature.bind(*signature.arguments)
    except TypeError:
        count = len(found_signature.parameters)
        return (
            f"{name} takes {count} argument{'s' if count != 1 else ''} here; it must take "
            f"{_arguments_of(signature)}: {wanted}"
        )
    return _disorder(signature, list(found_signature.parameters))


def _disorder(signature: Signature, found: list[str]) -> str | None:
    """What is wrong where a function has the arguments that were asked for in another order."""
    names = [name for name, _ in signature.arguments]
    if found == names or sorted(found) != sorted(names):
        return None
    return (
        f"{signature.name} takes {_listed(found)} here, in this order, but it is called with "
        f"{_listed(names)}: write {signature.head} …"
    )


def _answer(signature: Signature) -> str:
    count = {0: "one number", 2: "two numbers"}.get(signature.outputs)
    return count or f"an array of {signature.outputs:,} numbers"


def _arguments_of(signature: Signature) -> str:
    if len(signature.arguments) > 1:
        names = [name for name, _ in signature.arguments]
        return f"{len(names)}, {_listed(names)}"
    ((name, length),) = signature.arguments
    if length == 2:
        return f"one, the point {name} with its two numbers {name}[0] and {name}[1]"
    return f"one, {f'the array {name} of {length:,} numbers' if length else f'the number {name}'}"


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _article(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def call_each(
    function: Callable[..., Any],
    points: NDArray[np.float64],
    signature: Signature,
    *,
    tolerant: bool,
) -> Batch:
    """Call `function` at each row of `points`, as arguments of its own.

    Args:
        function: the student's.
        points: shape (n, inputs).
        signature: how it is called, and the form that each answer must have.
        tolerant: whether to go on after a fault.

    Raises:
        MemoryError: the student's code, or its answer, is over the memory budget.
        OutputLimit: the student's code printed too much.
    """
    # Rows of a working copy: as cheap as can be, and what changed in place shows afterwards.
    work = points.copy()
    values = np.full((len(points), signature.columns), np.nan)
    shape = (signature.outputs,)
    first: Fault | None = None
    faults = asked = 0
    line = _first_line(function)
    for index, arguments in enumerate(_calls(work, signature)):
        asked = index + 1
        try:
            x = function(*arguments)
            if type(x) is np.ndarray and x.shape == shape and x.dtype.kind in _REAL:
                values[index] = x
                continue
            fault = _convert(x, values[index], signature, index, line)
            del x
        except (MemoryError, language.OutputLimit):
            raise
        except BaseException as error:
            fault = Fault(
                FaultKind.RAISED, language.describe(error), index, language.student_line(error)
            )
        if fault is not None:
            values[index] = np.nan
            faults += 1
            first = first or fault
            if not tolerant:
                break
    changed = _rows_that_differ(work[:asked], points[:asked])
    return Batch(values, first, faults, len(changed), int(changed[0]) if len(changed) else None)


def _calls(
    work: NDArray[np.float64], signature: Signature
) -> Iterator[tuple[NDArray[np.float64] | np.float64, ...]]:
    """The arguments of each call: views of the rows, and of a number the number."""
    columns = []
    start = 0
    for _, length in signature.arguments:
        columns.append(work[:, start : start + length] if length else work[:, start])
        start += max(length, 1)
    return zip(*columns, strict=True)


def _first_line(function: object) -> int | None:
    """The line where the student defined the function: where to look when its answer is wrong."""
    if type(function) is not FunctionType or function.__code__.co_filename != language.FILENAME:
        return None
    return function.__code__.co_firstlineno


def _convert(
    x: object,
    row: NDArray[np.float64],
    signature: Signature,
    index: int,
    line: int | None,
) -> Fault | None:
    """Write a number, a list, a tuple or another array into `row`, or say why it can't be."""
    if x is None:
        return Fault(FaultKind.NO_RETURN, "it returned None", index, line)
    if issubclass(type(x), (list, tuple)):
        x = _plain(x)
    elif not isinstance(x, (np.ndarray, np.generic, int, float)):
        return Fault(FaultKind.DTYPE, f"it returned {_article(_type_name(x))}", index, line)
    try:
        array = np.asarray(x)
    except MemoryError:
        raise
    except Exception:
        return Fault(
            FaultKind.SHAPE,
            f"it returned {_article(_type_name(x))} of parts that do not fit",
            index,
            line,
        )
    if array.dtype.kind not in _REAL:
        return Fault(FaultKind.DTYPE, f"it returned {_named(x, array, signature)}", index, line)
    if signature.outputs == 0 and array.shape == ():
        array = array.reshape(1)  # and an array of one number is taken for the number
    if array.shape != row.shape:
        return Fault(FaultKind.SHAPE, f"it returned {_named(x, array, signature)}", index, line)
    row[:] = array
    return None


def _plain(x: Any) -> list[Any] | tuple[Any, ...]:
    """The items themselves of a named tuple and its like: a class may lie about its length."""
    if type(x) in (list, tuple):
        return x  # type: ignore[no-any-return]
    return list(list.__iter__(x)) if issubclass(type(x), list) else tuple(tuple.__iter__(x))


def _named(x: object, array: NDArray[Any], signature: Signature) -> str:
    kind = _type_name(x) if isinstance(x, (list, tuple)) else "array"
    if array.ndim == 0:
        instead = ", not an array" if signature.outputs else ""
        return f"a single value of type {array.dtype.name}{instead}"
    return f"{_article(kind)} of shape {array.shape} and type {array.dtype.name}"


def _rows_that_differ(after: NDArray[np.float64], before: NDArray[np.float64]) -> NDArray[np.intp]:
    # Bit by bit, so that a NaN that stayed is no change.
    bits = np.ascontiguousarray(after).view(np.uint64) != before.view(np.uint64)
    return np.flatnonzero(bits.any(axis=1))


def _type_name(x: object) -> str:
    return type(x).__name__[:60]
