"""What numpy's functions and an array's methods do with lifted arrays: a table, and its rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from worker.sandbox.lifted import (
    FUNCTIONS,
    Lifted,
    Real,
    align,
    aligned,
    decline,
    depth_of,
    spread,
    stack_parts,
    whole,
    wrapped,
)


def _matmul(a: Any, b: Any) -> Real:
    """a @ b for one or two axes each, as student code sees them (numpy.matmul's rules)."""
    left, right = _axes(a), _axes(b)
    if not 1 <= left <= 2 or not 1 <= right <= 2:
        decline()
    if not isinstance(a, Lifted) and right == 1:
        product: Real = np.matmul(np.asarray(a), whole(b))  # the common case, W @ z
        return product
    rows, inner, columns = "a" * (left == 2), "k", "b" * (right == 2)
    return _einsum(a, rows + inner, b, inner + columns, rows + columns)


def _einsum(a: Any, left: str, b: Any, right: str, result: str) -> Real:
    left += "n" * isinstance(a, Lifted)
    right += "n" * isinstance(b, Lifted)
    product: Real = np.einsum(f"{left},{right}->{result}n", _raw(a), _raw(b))
    return product


def _raw(x: Any) -> Real:
    return whole(x) if isinstance(x, Lifted) else np.asarray(x)


def _axes(x: Any) -> int:
    return depth_of(x) if isinstance(x, Lifted) else np.ndim(x)


def _dot(a: Any, b: Any) -> Any:
    if not _axes(a) or not _axes(b):
        return np.multiply(a, b)
    return wrapped(_matmul(a, b))


def _inner(a: Any, b: Any) -> Any:
    if _axes(a) != 1 or _axes(b) != 1:
        decline()
    return wrapped(_matmul(a, b))


def _outer(a: Any, b: Any) -> Any:
    if _axes(a) != 1 or _axes(b) != 1:
        decline()
    return wrapped(_einsum(a, "a", b, "b", "ab"))


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
        axes = _axis(axis, depth_of(x))
        return wrapped(np.asarray(func(whole(x), axis=axes, keepdims=keepdims, **options)))

    return reduce


def _single_axis(func: Any) -> Callable[..., Any]:
    """Functions along one axis that stay within it: cumsum, sort, flip, …"""

    def along(x: Any, axis: Any = None, **options: Any) -> Any:
        if not isinstance(x, Lifted) or options:
            decline()
        depth = depth_of(x)
        if axis is None and depth != 1:
            decline()
        (only,) = _axis(0 if axis is None else axis, depth)
        return wrapped(func(whole(x), axis=only))

    return along


def _last_axis(func: Any) -> Callable[..., Any]:
    """The same, for functions whose axis is the last one where it is not given."""
    along = _single_axis(func)
    return lambda x, axis=-1, **options: along(x, axis=axis, **options)


def _elementwise(func: Any) -> Callable[..., Any]:
    def each(*args: Any, **options: Any) -> Any:
        if options:
            decline()
        return wrapped(func(*align(args)))

    return each


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    if not isinstance(x, Lifted):
        x = stack_parts(x)
    if not isinstance(x, Lifted):
        decline()
    axes = _axis(axis, depth_of(x))
    if ord is not None and len(axes) != 1:
        decline()
    if len(axes) == 1:
        return wrapped(np.linalg.norm(whole(x), ord, axis=axes[0], keepdims=keepdims))
    return wrapped(np.sqrt((np.abs(whole(x)) ** 2).sum(axis=axes, keepdims=keepdims)))


def _clip(x: Any, a_min: Any = None, a_max: Any = None, **options: Any) -> Any:
    low, high = options.pop("min", a_min), options.pop("max", a_max)
    if options:
        decline()
    real = aligned(x, True)
    if low is not None:
        real = np.maximum(real, aligned(low, True))
    if high is not None:
        real = np.minimum(real, aligned(high, True))
    return wrapped(real)


def _like(fill: Callable[..., Real]) -> Callable[..., Any]:
    def make(x: Any, *value: Any, dtype: Any = None) -> Any:
        if not isinstance(x, Lifted) or any(isinstance(v, Lifted) for v in value):
            decline()
        return wrapped(fill(whole(x), *value, dtype=dtype))

    return make


def _joined(join: Callable[[list[Any], int], Any]) -> Callable[..., Any]:
    """concatenate and stack: parts with their batch axes, joined along one that is seen."""

    def joined(parts: Any, axis: int = 0) -> Any:
        lifted = [part if isinstance(part, Lifted) else stack_parts(part) for part in parts]
        size = next((whole(p).shape[-1] for p in lifted if isinstance(p, Lifted)), None)
        if size is None or not isinstance(axis, int) or axis < 0:
            decline()
        full = [whole(p) if isinstance(p, Lifted) else spread(p, size) for p in lifted]
        return wrapped(join(full, axis))

    return joined


def _concatenate(parts: list[Any], axis: int) -> Real:
    if any(part.ndim - 1 <= axis for part in parts):
        decline()
    return np.concatenate(parts, axis=axis)


def _hstack(parts: Any) -> Any:
    made = [np.atleast_1d(p) if not isinstance(p, Lifted) else p for p in parts]
    made = [_reshape(p, 1) if isinstance(p, Lifted) and not depth_of(p) else p for p in made]
    return _joined(_concatenate)(made, 0 if all(_axes(p) == 1 for p in made) else 1)


def _reshape(x: Any, *shape: Any, **options: Any) -> Any:
    wanted = shape[0] if len(shape) == 1 else shape
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    if options or not all(isinstance(n, (int, np.integer)) for n in wanted):
        decline()
    real = whole(x)
    if -1 in wanted:
        rest = -int(np.prod(wanted))
        if wanted.count(-1) != 1 or not rest or x.size % rest:
            decline()
        wanted = tuple(x.size // rest if n == -1 else n for n in wanted)
    if int(np.prod(wanted)) != x.size:
        decline()
    return wrapped(real.reshape(*wanted, real.shape[-1]))


def _transpose(x: Any, axes: Any = None) -> Any:
    if axes is not None:
        decline()
    depth = depth_of(x)
    return wrapped(whole(x).transpose(*range(depth - 1, -1, -1), depth))


def _copy(x: Any) -> Any:
    return wrapped(whole(x).copy())


def _astype(x: Any, dtype: Any) -> Any:
    return wrapped(whole(x).astype(dtype))


def _of_matrices(func: Any) -> Callable[..., Any]:
    """Functions of numpy.linalg that take a stack of matrices with the stack's axis first."""

    def apply(x: Any) -> Any:
        if not isinstance(x, Lifted) or depth_of(x) != 2:
            decline()
        return wrapped(np.moveaxis(np.atleast_1d(func(np.moveaxis(whole(x), -1, 0))), 0, -1))

    return apply


def _split(x: Any, sections: Any, axis: int = 0) -> Any:
    if not isinstance(x, Lifted) or axis != 0 or not depth_of(x):
        decline()
    return [wrapped(part) for part in np.split(whole(x), sections)]


def _slogdet(x: Any) -> Any:
    if not isinstance(x, Lifted) or depth_of(x) != 2:
        decline()
    result = np.linalg.slogdet(np.moveaxis(whole(x), -1, 0))
    return type(result)(wrapped(result.sign), wrapped(result.logabsdet))


_REDUCTIONS = {
    name: _reduction(getattr(np, name))
    for name in ("sum", "mean", "prod", "max", "min", "std", "var", "median", "ptp")
} | {"all": _reduction(np.all), "any": _reduction(np.any)}


#: What numpy's functions do with lifted arrays; any other declines.
_TABLE: dict[Any, Callable[..., Any]] = {
    np.matmul: _matmul,
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
    np.linalg.slogdet: _slogdet,
    np.split: _split,
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
    "cumsum": _TABLE[np.cumsum],
    "cumprod": _TABLE[np.cumprod],
    "dot": _dot,
    "clip": _clip,
    "copy": _copy,
    "flatten": lambda x: _reshape(x, -1).copy(),
    "ravel": lambda x: _reshape(x, -1),
    "reshape": _reshape,
    "transpose": _transpose,
    "astype": _astype,
    "round": _TABLE[np.round],
    "squeeze": decline,
}


_NUMBERS = ("__float__", "__int__", "__index__", "__complex__", "__contains__", "__round__")


_TEXTS = ("__repr__", "__str__", "__format__", "__hash__", "__reduce_ex__")


def _close_the_class() -> None:
    """Give each function and each method of ndarray the meaning that it should have, or none."""
    FUNCTIONS.update(_TABLE)
    for name in dir(np.ndarray):
        if not name.startswith("_") and name not in vars(Lifted):
            setattr(Lifted, name, _METHODS.get(name, decline))
    for name in (*_NUMBERS, *_TEXTS):
        setattr(Lifted, name, decline)


_close_the_class()
