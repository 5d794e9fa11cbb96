"""The numpy of student code: an explicit list of names, and no way from them to the real module."""

from __future__ import annotations

from typing import Any

import numpy as np

from worker.sandbox import lifting
from worker.sandbox.namespace import Namespace, namespace, token
from worker.sandbox.randomness import numpy_random
from worker.sandbox.types_table import DTYPE, NDARRAY, SCALARS

#: Functions and constants that are the real ones. They take arrays, numbers and functions, and
#: give arrays and numbers back; none reads files, frames, attributes by name, or raw memory.
NAMES: tuple[str, ...] = tuple(
    """
    e euler_gamma inf nan newaxis pi False_ True_

    array arange asarray ascontiguousarray atleast_1d atleast_2d atleast_3d copy diag
    diagflat empty empty_like eye fromfunction fromiter full full_like geomspace identity
    indices linspace logspace mask_indices meshgrid ones ones_like tri tril tril_indices
    triu triu_indices diag_indices vander zeros zeros_like array_equal array_equiv
    asanyarray astype

    append apply_along_axis apply_over_axes argwhere array_split block broadcast_arrays
    broadcast_shapes broadcast_to choose column_stack compress concat concatenate copyto
    delete diagonal dsplit dstack expand_dims extract fill_diagonal flatnonzero flip fliplr
    flipud hsplit hstack insert ix_ matrix_transpose moveaxis ndim nonzero pad permute_dims
    piecewise place put put_along_axis putmask ravel ravel_multi_index repeat reshape resize
    roll rollaxis rot90 select shape size split squeeze stack swapaxes take take_along_axis
    tile transpose trim_zeros unravel_index unstack vectorize vsplit vstack where
    ndenumerate ndindex

    abs absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh acos acosh asin
    asinh atan atan2 atanh around bitwise_and bitwise_not bitwise_or bitwise_xor cbrt ceil
    clip conj conjugate copysign cos cosh deg2rad degrees divide divmod equal exp exp2 expm1
    fabs fix float_power floor floor_divide fmax fmin fmod frexp gcd greater greater_equal
    heaviside hypot i0 imag invert isclose iscomplex iscomplexobj isfinite isinf isnan
    isneginf isposinf isreal isrealobj isscalar lcm ldexp left_shift less less_equal log
    log10 log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or logical_xor
    maximum minimum mod modf multiply nan_to_num negative nextafter not_equal positive pow
    power rad2deg radians real real_if_close reciprocal remainder right_shift rint round
    sign signbit sin sinc sinh spacing sqrt square subtract tan tanh true_divide trunc
    unwrap angle

    all allclose amax amin any argmax argmin argpartition argsort average bincount convolve
    corrcoef correlate count_nonzero cov cross cumprod cumsum cumulative_prod cumulative_sum
    diff digitize dot ediff1d einsum gradient histogram histogram2d histogram_bin_edges
    histogramdd inner interp intersect1d isin kron lexsort matmul matvec max mean median min
    nanargmax nanargmin nancumprod nancumsum nanmax nanmean nanmedian nanmin nanpercentile
    nanprod nanquantile nanstd nansum nanvar outer partition percentile prod ptp quantile
    searchsorted setdiff1d setxor1d sort sort_complex std sum tensordot trace trapezoid
    union1d unique var vdot vecdot vecmat

    poly poly1d polyadd polyder polydiv polyfit polyint polymul polysub polyval roots
    bartlett blackman hamming hanning kaiser

    array2string array_repr array_str can_cast errstate finfo format_float_positional
    format_float_scientific geterr get_printoptions iinfo isdtype issubdtype iterable
    may_share_memory promote_types result_type seterr shares_memory

    generic number integer signedinteger unsignedinteger inexact floating complexfloating
    """.split()
)

LINALG = tuple(
    """LinAlgError cholesky cond cross det diagonal eig eigh eigvals eigvalsh inv lstsq matmul
    matrix_norm matrix_power matrix_rank matrix_transpose multi_dot norm outer pinv qr slogdet solve
    svd svdvals tensordot tensorinv tensorsolve trace vecdot vector_norm""".split()
)

FFT = tuple(
    """fft fft2 fftfreq fftn fftshift hfft ifft ifft2 ifftn ifftshift ihfft irfft irfft2 irfftn rfft
    rfft2 rfftfreq rfftn""".split()
)

#: Older names that courses still use, and the functions that they name.
ALIASES = {"trapz": np.trapezoid, "in1d": np.isin, "product": np.prod, "row_stack": np.vstack}

#: Print options that are numbers or words: `formatter` and `override_repr` would have numpy call
#: student code where the grader prints.
_PRINT_OPTIONS = frozenset(
    "precision threshold edgeitems linewidth suppress nanstr infstr sign floatmode".split()
)


def _set_printoptions(precision: int | None = None, **options: Any) -> None:
    np.set_printoptions(precision, **_checked(options))


def _printoptions(**options: Any) -> Any:
    return np.printoptions(**_checked(options))


def _checked(options: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(options.keys() - _PRINT_OPTIONS)
    if unknown:
        raise TypeError(f"the print option {unknown[0]} is not available here")
    return options


class _Indexer:
    """np.r_, np.c_ and their like, with no text as index.

    np.r_["a b"] looks names up in the caller's frame, `__builtins__` among them.
    """

    __slots__ = ("_real",)

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            raise TypeError("text can't be an index here: write the arrays themselves")
        return self._real[key]


def build() -> Namespace:
    """numpy, with linalg, random and fft."""
    members: dict[str, Any] = {name: getattr(np, name) for name in NAMES if hasattr(np, name)}
    members |= SCALARS
    # In a lifted call (see lifting.py) these make arrays of all points at once.
    members |= dict.fromkeys(("array", "asarray", "asanyarray"), lifting.array)
    members |= {n: lifting.filled(getattr(np, n)) for n in ("zeros", "ones", "empty", "full")}
    members |= {name: _Indexer(getattr(np, name)) for name in ("r_", "c_", "s_", "mgrid", "ogrid")}
    members |= {"index_exp": _Indexer(np.index_exp), "ndarray": NDARRAY, "dtype": DTYPE}
    members |= {**ALIASES, "set_printoptions": _set_printoptions, "printoptions": _printoptions}
    members["linalg"] = namespace("numpy.linalg", _pick(np.linalg, LINALG))
    members["fft"] = namespace("numpy.fft", _pick(np.fft, FFT))
    members["random"] = namespace("numpy.random", numpy_random())
    members["polynomial"] = namespace("numpy.polynomial", {"Polynomial": np.polynomial.Polynomial})
    hints = {name: token(list, name) for name in ("NDArray", "ArrayLike", "DTypeLike")}
    members["typing"] = namespace("numpy.typing", hints)
    members["bool"] = np.bool_
    members["__version__"] = np.__version__
    star = tuple(name for name in members if name in np.__all__)
    return namespace("numpy", members, star=star)


def _pick(module: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(module, name) for name in names if hasattr(module, name)}
