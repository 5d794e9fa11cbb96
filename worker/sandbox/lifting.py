"""Calling f once for all points: an array whose last axis, the batch, student code does not see.

A Lifted object, over an array of shape (2, N), behaves as the one point z of shape (2,) would:
z[0] is a number, W @ z a vector, np.array([z[1], z[0]]) a point. At a branch (`if z[0] > 0`) the
points are divided and f is called again for each part. Where neither will do (float(z[0]), a
function of numpy that is not in the table), the call is declined and f is called point by point. A
lifted answer is never believed by itself: the oracle compares it with single calls in another
process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

Real = NDArray[Any]


class NotLiftable(BaseException):
    """This operation has no meaning for all points at once; no honest `except` catches it."""


class Branch(NotLiftable):
    """f branches, and the points do not all go one way."""


class _Call:
    """The lifted call that is under way."""

    #: How many points it is for; 0 where none is under way.
    size = 0
    #: It met something that it cannot do, even where student code caught the exception.
    declined = False
    #: At a branch: which points go one way.
    mask: Real | None = None


#: So many parts may a batch be divided into; a program that needs more is a loop anyway.
_MOST_PARTS = 64
#: So many numbers may an array of zeros hold when it is made for all points.
_MOST_ZEROS = 2_000_000


def decline(*_: Any, **__: Any) -> NoReturn:
    """End a lifted call."""
    _Call.declined = True
    raise NotLiftable


def under_way() -> bool:
    """Whether a lifted call is under way."""
    return _Call.size > 0


def lift(points: Real) -> Lifted:
    """The points, shape (N, d), as one array that behaves as a single point of shape (d,)."""
    lifted: Lifted = _lifted(np.ascontiguousarray(points.T))
    return lifted


def call_lifted(function: Callable[[Any], Any], points: Real, outputs: int) -> Real | None:
    """f at all points in a few calls, shape (N, outputs), or None where it was declined.

    Args:
        function: the student's.
        points: shape (N, inputs).
        outputs: the length of each answer.
    """
    values = np.empty((len(points), outputs))
    parts = [np.arange(len(points))]
    for _ in range(_MOST_PARTS):
        if not parts:
            return values
        chosen = parts.pop()
        answer = _call_part(function, points[chosen], outputs)
        if answer is not None:
            values[chosen] = answer
        elif _Call.mask is not None and not _Call.declined:
            parts += [chosen[_Call.mask], chosen[~_Call.mask]]
        else:
            return None
    return None


def _call_part(function: Callable[[Any], Any], points: Real, outputs: int) -> Real | None:
    """One call for all of the points; None where it declined or came to a branch."""
    _Call.size, _Call.declined, _Call.mask = len(points), False, None
    try:
        x = stack_parts(function(lift(points)))
        if not isinstance(x, Lifted):  # a constant
            x = _lifted(_spread(x, len(points)))
    except MemoryError:
        return None
    except BaseException:
        # Whatever it was, the calls point by point will say it better.
        return None
    finally:
        _Call.size = 0
    if _Call.declined or _Call.mask is not None:
        return None
    if not isinstance(x, Lifted) or x.shape != (outputs,) or _real(x).dtype.kind not in "fiub":
        return None
    return _real(x).T


def stack_parts(parts: Any, dtype: Any = None) -> Any:
    """np.array for parts that may be lifted: a list of numbers becomes a point, and so on."""
    if isinstance(parts, Lifted):
        return _lifted(np.array(_real(parts), dtype=dtype))
    if type(parts) not in (list, tuple) or not _holds_lifted(parts):
        return parts if dtype is None else np.array(parts, dtype=dtype)
    made = [stack_parts(part) for part in parts]
    size = next(_real(part).shape[-1] for part in made if isinstance(part, Lifted))
    shapes = {np.shape(_real(p))[:-1] if isinstance(p, Lifted) else np.shape(p) for p in made}
    if len(shapes) != 1:
        decline()
    shape = (*shapes.pop(), size)
    rows = [np.broadcast_to(_aligned(part, True), shape) for part in made]
    return _lifted(np.array(rows, dtype=dtype))


def array(obj: Any, dtype: Any = None, **options: Any) -> Any:
    """np.array, np.asarray and their kin for student code: also of lifted parts."""
    if isinstance(obj, Lifted) or (type(obj) in (list, tuple) and _holds_lifted(obj)):
        if options.keys() - {"copy"}:
            decline()
        return stack_parts(obj, dtype)
    return np.array(obj, dtype=dtype, **options)


def filled(make: Callable[..., Real]) -> Callable[..., Any]:
    """np.zeros and its kin for student code: in a lifted call, an array that points can go into."""

    def make_filled(*args: Any, **options: Any) -> Any:
        made = make(*args, **options)
        if not _Call.size or made.dtype.kind not in "fiub":
            return made
        if made.size * _Call.size > _MOST_ZEROS:
            return made
        return _lifted(np.repeat(made[..., None], _Call.size, axis=-1))

    return make_filled


def of_numbers(func: Callable[..., float], lifted: np.ufunc) -> Callable[..., Any]:
    """A function of the math module for student code: also of lifted numbers."""

    def of_number(*numbers: Any) -> Any:
        for number in numbers:
            if type(number) is Lifted:
                return lifted(*numbers)
        return func(*numbers)

    return of_number


def _holds_lifted(parts: Sequence[Any]) -> bool:
    for part in parts:
        if type(part) is Lifted or (type(part) in (list, tuple) and _holds_lifted(part)):
            return True
    return False


class Lifted(np.lib.mixins.NDArrayOperatorsMixin):
    """All points at once, seen as one; see the module's first lines.

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
        if ufunc is np.matmul:
            result: Any = _matmul(*inputs)
        elif ufunc.signature is not None:
            decline()
        else:
            result = ufunc(*_align(inputs), **options)
        if out is not None:
            return _into(out, result)
        return tuple(map(_lifted, result)) if isinstance(result, tuple) else _lifted(result)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return _FUNCTIONS.get(func, decline)(*args, **kwargs)

    def __getitem__(self, key: Any) -> Any:
        return _lifted(_real(self)[_index(key, _depth(self))])

    def __setitem__(self, key: Any, value: Any) -> None:
        target = _real(self)
        value = _real(value) if isinstance(value, Lifted) else _aligned(value, True)
        target[_index(key, _depth(self))] = value

    def __iter__(self) -> Any:
        if not _depth(self):
            decline()
        return (_lifted(part) for part in _real(self))

    def __bool__(self) -> bool:
        if _depth(self):
            decline()
        truth = _real(self).astype(bool)
        if truth.all() or not truth.any():
            return bool(truth.all())
        _Call.mask = truth
        raise Branch

    def __len__(self) -> int:
        if not _depth(self):
            decline()
        return int(_real(self).shape[0])

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(_real(self).shape[:-1])

    @property
    def ndim(self) -> int:
        return _depth(self)

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))

    @property
    def dtype(self) -> np.dtype[Any]:
        return _real(self).dtype

    @property
    def itemsize(self) -> int:
        return _real(self).itemsize

    @property
    def real(self) -> Any:
        return _lifted(_real(self).real)

    @property
    def imag(self) -> Any:
        return _lifted(_real(self).imag)

    @property
    def T(self) -> Any:  # noqa: N802
        return _transpose(self)

    def __copy__(self) -> Any:
        return _copy(self)

    def __deepcopy__(self, _memo: object) -> Any:
        return _copy(self)


def _real(x: Any) -> Real:
    """The array with its batch axis, as numpy itself sees it."""
    held: Real = x._held
    return held


def _lifted(x: Any) -> Any:
    return Lifted(np.asarray(x))


def _depth(x: Any) -> int:
    """The number of axes that student code sees."""
    return _real(x).ndim - 1


def _aligned(x: Any, deep: bool) -> Any:
    """An operand with a place for the batch: numbers need none, arrays get a last axis."""
    if isinstance(x, Lifted):
        return _real(x)
    plain = np.asarray(x)
    if plain.dtype.kind not in "fiubc":
        decline()
    return plain[..., None] if plain.ndim and deep else plain


def _align(inputs: Sequence[Any]) -> list[Any]:
    return [_aligned(x, True) for x in inputs]


def _into(out: Any, result: Any) -> Any:
    """In-place operators: the result goes into the lifted array that is on the left."""
    (target,) = out if isinstance(out, tuple) else (out,)
    if not isinstance(target, Lifted) or isinstance(result, tuple):
        decline()
    if not np.can_cast(result.dtype, _real(target).dtype, "same_kind"):
        decline()
    _real(target)[...] = result
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


_LETTERS = "abcdefgh"


def _matmul(a: Any, b: Any) -> Real:
    """a @ b for one or two axes each, as student code sees them (numpy.matmul's rules)."""
    left, right = _axes(a), _axes(b)
    if not 1 <= left <= 2 or not 1 <= right <= 2:
        decline()
    if not isinstance(a, Lifted) and right == 1:
        product: Real = np.matmul(np.asarray(a), _real(b))  # the common case, W @ z
        return product
    rows, inner, columns = "a" * (left == 2), "k", "b" * (right == 2)
    return _einsum(a, rows + inner, b, inner + columns, rows + columns)


def _einsum(a: Any, left: str, b: Any, right: str, result: str) -> Real:
    left += "n" * isinstance(a, Lifted)
    right += "n" * isinstance(b, Lifted)
    product: Real = np.einsum(f"{left},{right}->{result}n", _raw(a), _raw(b))
    return product


def _raw(x: Any) -> Real:
    return _real(x) if isinstance(x, Lifted) else np.asarray(x)


def _axes(x: Any) -> int:
    return _depth(x) if isinstance(x, Lifted) else np.ndim(x)


def _dot(a: Any, b: Any) -> Any:
    if not _axes(a) or not _axes(b):
        return np.multiply(a, b)
    return _lifted(_matmul(a, b))


def _inner(a: Any, b: Any) -> Any:
    if _axes(a) != 1 or _axes(b) != 1:
        decline()
    return _lifted(_matmul(a, b))


def _outer(a: Any, b: Any) -> Any:
    if _axes(a) != 1 or _axes(b) != 1:
        decline()
    return _lifted(_einsum(a, "a", b, "b", "ab"))


def _axis(axis: Any, depth: int) -> Any:
    """An axis of student code, counted from the front; None is all of them."""
    if axis is None:
        return tuple(range(depth))
    axes = axis if isinstance(axis, tuple) else (axis,)
    if not all(isinstance(a, (int, np.integer)) and -depth <= a < depth for a in axes):
        decline()
    return tuple(int(a) % depth for a in axes)


def _reduction(func: Any) -> Callable[..., Any]:
    def reduce(x: Any, axis: Any = None, *, keepdims: bool = False, **options: Any) -> Any:
        if not isinstance(x, Lifted):
            x = stack_parts(x)
        if not isinstance(x, Lifted) or options.keys() - {"ddof"}:
            decline()
        axes = _axis(axis, _depth(x))
        return _lifted(np.asarray(func(_real(x), axis=axes, keepdims=keepdims, **options)))

    return reduce


def _single_axis(func: Any) -> Callable[..., Any]:
    """Functions along one axis that stay within it: cumsum, sort, flip, …"""

    def along(x: Any, axis: Any = None, **options: Any) -> Any:
        if not isinstance(x, Lifted) or options:
            decline()
        depth = _depth(x)
        if axis is None and depth != 1:
            decline()
        (only,) = _axis(0 if axis is None else axis, depth)
        return _lifted(func(_real(x), axis=only))

    return along


def _last_axis(func: Any) -> Callable[..., Any]:
    """The same, for functions whose axis is the last one where it is not given."""
    along = _single_axis(func)
    return lambda x, axis=-1, **options: along(x, axis=axis, **options)


def _elementwise(func: Any) -> Callable[..., Any]:
    def each(*args: Any, **options: Any) -> Any:
        if options:
            decline()
        return _lifted(func(*_align(args)))

    return each


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    if not isinstance(x, Lifted):
        x = stack_parts(x)
    if not isinstance(x, Lifted):
        decline()
    axes = _axis(axis, _depth(x))
    if ord is not None and len(axes) != 1:
        decline()
    if len(axes) == 1:
        return _lifted(np.linalg.norm(_real(x), ord, axis=axes[0], keepdims=keepdims))
    return _lifted(np.sqrt((np.abs(_real(x)) ** 2).sum(axis=axes, keepdims=keepdims)))


def _clip(x: Any, a_min: Any = None, a_max: Any = None, **options: Any) -> Any:
    low, high = options.pop("min", a_min), options.pop("max", a_max)
    if options:
        decline()
    real = _aligned(x, True)
    if low is not None:
        real = np.maximum(real, _aligned(low, True))
    if high is not None:
        real = np.minimum(real, _aligned(high, True))
    return _lifted(real)


def _like(fill: Callable[..., Real]) -> Callable[..., Any]:
    def make(x: Any, *value: Any, dtype: Any = None) -> Any:
        if not isinstance(x, Lifted) or any(isinstance(v, Lifted) for v in value):
            decline()
        return _lifted(fill(_real(x), *value, dtype=dtype))

    return make


def _joined(join: Callable[[list[Any], int], Any]) -> Callable[..., Any]:
    """concatenate and stack: parts with their batch axes, joined along one that is seen."""

    def joined(parts: Any, axis: int = 0) -> Any:
        lifted = [part if isinstance(part, Lifted) else stack_parts(part) for part in parts]
        size = next((_real(p).shape[-1] for p in lifted if isinstance(p, Lifted)), None)
        if size is None or not isinstance(axis, int) or axis < 0:
            decline()
        full = [_real(p) if isinstance(p, Lifted) else _spread(p, size) for p in lifted]
        return _lifted(join(full, axis))

    return joined


def _spread(plain: Any, size: int) -> Real:
    aligned = np.asarray(plain)[..., None]
    return np.broadcast_to(aligned, (*aligned.shape[:-1], size))


def _concatenate(parts: list[Any], axis: int) -> Real:
    if any(part.ndim - 1 <= axis for part in parts):
        decline()
    return np.concatenate(parts, axis=axis)


def _hstack(parts: Any) -> Any:
    made = [np.atleast_1d(p) if not isinstance(p, Lifted) else p for p in parts]
    made = [_reshape(p, 1) if isinstance(p, Lifted) and not _depth(p) else p for p in made]
    return _joined(_concatenate)(made, 0 if all(_axes(p) == 1 for p in made) else 1)


def _reshape(x: Any, *shape: Any, **options: Any) -> Any:
    wanted = shape[0] if len(shape) == 1 else shape
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    if options or not all(isinstance(n, (int, np.integer)) for n in wanted):
        decline()
    real = _real(x)
    if -1 in wanted:
        rest = -int(np.prod(wanted))
        if wanted.count(-1) != 1 or not rest or x.size % rest:
            decline()
        wanted = tuple(x.size // rest if n == -1 else n for n in wanted)
    if int(np.prod(wanted)) != x.size:
        decline()
    return _lifted(real.reshape(*wanted, real.shape[-1]))


def _transpose(x: Any, axes: Any = None) -> Any:
    if axes is not None:
        decline()
    depth = _depth(x)
    return _lifted(_real(x).transpose(*range(depth - 1, -1, -1), depth))


def _copy(x: Any) -> Any:
    return _lifted(_real(x).copy())


def _astype(x: Any, dtype: Any) -> Any:
    return _lifted(_real(x).astype(dtype))


def _of_matrices(func: Any) -> Callable[..., Any]:
    """Functions of numpy.linalg that take a stack of matrices with the stack's axis first."""

    def apply(x: Any) -> Any:
        if not isinstance(x, Lifted) or _depth(x) != 2:
            decline()
        return _lifted(np.moveaxis(np.atleast_1d(func(np.moveaxis(_real(x), -1, 0))), 0, -1))

    return apply


_REDUCTIONS = {
    name: _reduction(getattr(np, name))
    for name in ("sum", "mean", "prod", "max", "min", "std", "var", "median", "ptp")
} | {"all": _reduction(np.all), "any": _reduction(np.any)}

#: What numpy's functions do with lifted arrays; any other declines.
_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    **{getattr(np, name): reduction for name, reduction in _REDUCTIONS.items()},
    np.amax: _REDUCTIONS["max"],
    np.amin: _REDUCTIONS["min"],
    **{f: _single_axis(f) for f in (np.cumsum, np.cumprod, np.flip)},
    **{f: _last_axis(f) for f in (np.sort, np.diff)},
    **{f: _elementwise(f) for f in (np.where, np.sinc, np.isclose, np.real, np.imag, np.angle)},
    **{f: _elementwise(f) for f in (np.nan_to_num, np.round, np.around, np.i0, np.fix)},
    np.linalg.norm: _norm,
    np.linalg.det: _of_matrices(np.linalg.det),
    np.linalg.inv: _of_matrices(np.linalg.inv),
    np.dot: _dot,
    np.inner: _inner,
    np.vdot: _inner,
    np.outer: _outer,
    np.clip: _clip,
    np.zeros_like: _like(np.zeros_like),
    np.ones_like: _like(np.ones_like),
    np.empty_like: _like(np.zeros_like),
    np.full_like: _like(np.full_like),
    np.concatenate: _joined(_concatenate),
    np.stack: _joined(lambda parts, axis: np.stack(parts, axis=axis)),
    np.vstack: _joined(lambda parts, _: np.stack(parts)),
    np.hstack: _hstack,
    np.copy: _copy,
    np.reshape: _reshape,
    np.ravel: lambda x: _reshape(x, -1),
    np.transpose: _transpose,
    np.shape: lambda x: x.shape,
    np.size: lambda x: x.size,
    np.ndim: lambda x: x.ndim,
}

#: Methods that student code may call on a lifted array.
_METHODS: dict[str, Callable[..., Any]] = {
    **_REDUCTIONS,
    "cumsum": _FUNCTIONS[np.cumsum],
    "cumprod": _FUNCTIONS[np.cumprod],
    "dot": _dot,
    "clip": _clip,
    "copy": _copy,
    "flatten": lambda x: _reshape(x, -1).copy(),
    "ravel": lambda x: _reshape(x, -1),
    "reshape": _reshape,
    "transpose": _transpose,
    "astype": _astype,
    "round": _FUNCTIONS[np.round],
    "squeeze": decline,
}
_NUMBERS = ("__float__", "__int__", "__index__", "__complex__", "__contains__", "__round__")
_TEXTS = ("__repr__", "__str__", "__format__", "__hash__", "__reduce_ex__")


def _close_the_class() -> None:
    """Give each method of ndarray the meaning that it should have, or none."""
    for name in dir(np.ndarray):
        if not name.startswith("_") and name not in vars(Lifted):
            setattr(Lifted, name, _METHODS.get(name, decline))
    for name in (*_NUMBERS, *_TEXTS):
        setattr(Lifted, name, decline)


_close_the_class()
