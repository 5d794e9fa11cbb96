"""The array that is all points at once and behaves as one: what student code gets in hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

Real = NDArray[Any]
#: What numpy's functions do with lifted arrays (lifted_functions.py); any other declines.
FUNCTIONS: dict[Any, Callable[..., Any]] = {}


class NotLiftable(BaseException):
    """This operation has no meaning for all points at once; no honest `except` catches it."""


class Branch(NotLiftable):
    """f branches, and the points do not all go one way."""


class Call:
    """The lifted call that is under way."""

    #: How many points it is for; 0 where none is under way.
    size = 0
    #: It met something that it cannot do, even where student code caught the exception.
    declined = False
    #: At a branch: which points go one way.
    mask: Real | None = None


def decline(*_: Any, **__: Any) -> NoReturn:
    """End a lifted call."""
    Call.declined = True
    raise NotLiftable


def under_way() -> bool:
    """Whether a lifted call is under way."""
    return Call.size > 0


class Lifted(np.lib.mixins.NDArrayOperatorsMixin):
    """All points at once, seen as one; see lifting.py.

    It holds an array but is none: code in C that takes arrays (scipy, bytes, the buffer protocol,
    an assignment into an array) would look past every method here, at all points of the batch.
    """

    __slots__ = ("_held",)

    def __init__(self, held: Real) -> None:
        self._held = held

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        # What isinstance asks: the one point that student code sees is an array.
        return np.ndarray

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        decline()

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any
    ) -> Any:
        if method != "__call__" or options.keys() - {"dtype", "casting", "where"}:
            decline()
        if "where" in options and options["where"] is not True:
            decline()
        if ufunc.signature is not None:  # matmul and its kin
            result: Any = FUNCTIONS.get(ufunc, decline)(*inputs)
        else:
            result = ufunc(*align(inputs), **options)
        if out is not None:
            return _into(out, result)
        return tuple(map(wrapped, result)) if isinstance(result, tuple) else wrapped(result)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return FUNCTIONS.get(func, decline)(*args, **kwargs)

    def __getitem__(self, key: Any) -> Any:
        return wrapped(whole(self)[_index(key, depth_of(self))])

    def __setitem__(self, key: Any, value: Any) -> None:
        target = whole(self)
        value = whole(value) if isinstance(value, Lifted) else aligned(value, True)
        target[_index(key, depth_of(self))] = value

    def __iter__(self) -> Any:
        if not depth_of(self):
            decline()
        return (wrapped(part) for part in whole(self))

    def __bool__(self) -> bool:
        if depth_of(self):
            decline()
        truth = whole(self).astype(bool)
        if truth.all() or not truth.any():
            return bool(truth.all())
        Call.mask = truth
        raise Branch

    def __len__(self) -> int:
        if not depth_of(self):
            decline()
        return int(whole(self).shape[0])

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(whole(self).shape[:-1])

    @property
    def ndim(self) -> int:
        return depth_of(self)

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))

    @property
    def dtype(self) -> np.dtype[Any]:
        return whole(self).dtype

    @property
    def itemsize(self) -> int:
        return whole(self).itemsize

    @property
    def real(self) -> Any:
        return wrapped(whole(self).real)

    @property
    def imag(self) -> Any:
        return wrapped(whole(self).imag)

    @property
    def T(self) -> Any:  # noqa: N802
        return FUNCTIONS[np.transpose](self)

    def __copy__(self) -> Any:
        return FUNCTIONS[np.copy](self)

    def __deepcopy__(self, _memo: object) -> Any:
        return FUNCTIONS[np.copy](self)


def whole(x: Any) -> Real:
    """The array with its batch axis, as numpy itself sees it."""
    held: Real = x._held
    return held


def wrapped(x: Any) -> Any:
    """An array with a batch axis, as student code sees it."""
    return Lifted(np.asarray(x))


def depth_of(x: Any) -> int:
    """The number of axes that student code sees."""
    return whole(x).ndim - 1


def aligned(x: Any, deep: bool) -> Any:
    """An operand with a place for the batch: numbers need none, arrays get a last axis."""
    if isinstance(x, Lifted):
        return whole(x)
    plain = np.asarray(x)
    if plain.dtype.kind not in "fiubc":
        decline()
    return plain[..., None] if plain.ndim and deep else plain


def align(inputs: Sequence[Any]) -> list[Any]:
    """Operands that numpy can broadcast with the batch on the last axis."""
    return [aligned(x, True) for x in inputs]


def _into(out: Any, result: Any) -> Any:
    """In-place operators: the result goes into the lifted array that is on the left."""
    (target,) = out if isinstance(out, tuple) else (out,)
    if not isinstance(target, Lifted) or isinstance(result, tuple):
        decline()
    if not np.can_cast(result.dtype, whole(target).dtype, "same_kind"):
        decline()
    whole(target)[...] = result
    return target


def _index(key: Any, depth: int) -> tuple[Any, ...]:
    """A key of student code, with all of the batch behind it."""
    parts = key if isinstance(key, tuple) else (key,)
    used = 0
    for part in parts:
        if part is None or part is Ellipsis:
            continue
        if isinstance(part, (bool, np.bool_, Lifted)):
            decline()
        if not isinstance(part, (int, np.integer, slice)):
            part = np.asarray(part)
            if part.dtype.kind not in "iu":
                decline()
        used += 1
    if used > depth:
        decline()
    return (*parts, slice(None)) if Ellipsis in parts else (*parts, ...)


def stack_parts(parts: Any, dtype: Any = None) -> Any:
    """np.array for parts that may be lifted: a list of numbers becomes a point, and so on."""
    if isinstance(parts, Lifted):
        return wrapped(np.array(whole(parts), dtype=dtype))
    if type(parts) not in (list, tuple) or not holds_lifted(parts):
        return parts if dtype is None else np.array(parts, dtype=dtype)
    made = [stack_parts(part) for part in parts]
    size = next(whole(part).shape[-1] for part in made if isinstance(part, Lifted))
    shapes = {np.shape(whole(p))[:-1] if isinstance(p, Lifted) else np.shape(p) for p in made}
    if len(shapes) != 1:
        decline()
    shape = (*shapes.pop(), size)
    rows = [np.broadcast_to(aligned(part, True), shape) for part in made]
    return wrapped(np.array(rows, dtype=dtype))


def holds_lifted(parts: Sequence[Any]) -> bool:
    """Whether a nested list or tuple has a lifted array in it."""
    for part in parts:
        if type(part) is Lifted or (type(part) in (list, tuple) and holds_lifted(part)):
            return True
    return False


def spread(plain: Any, size: int) -> Real:
    """A plain array, the same for each of `size` points."""
    deep = np.asarray(plain)[..., None]
    return np.broadcast_to(deep, (*deep.shape[:-1], size))
