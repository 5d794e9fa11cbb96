"""Which attributes may be read, type by type: an allow-list, so that what is new is closed."""

from __future__ import annotations

import fractions
import functools
import itertools
import random
import statistics
import types
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterable

import numpy as np

from worker.sandbox import lifting

#: An array's attributes. Not here: data, ctypes, base, strides, flags, setflags, getfield,
#: setfield, tofile, dump, dumps (memory, files, pickles); resize frees memory that others see.
#: `view` is here and goes through numeric_view below.
ARRAY = frozenset(
    """T all any argmax argmin argpartition argsort astype choose clip compress conj conjugate copy
    cumprod cumsum diagonal dot dtype fill flat flatten imag item itemsize mT max mean min nbytes
    ndim nonzero partition prod ptp put ravel real repeat reshape round searchsorted shape size sort
    squeeze std sum swapaxes take tolist trace transpose var view""".split()
)

#: A random generator's methods; not its bit generator, which knows its own address.
GENERATOR = frozenset(
    """beta binomial chisquare choice dirichlet exponential f gamma geometric gumbel hypergeometric
    integers laplace logistic lognormal logseries multinomial multivariate_hypergeometric
    multivariate_normal negative_binomial noncentral_chisquare noncentral_f normal pareto
    permutation permuted poisson power random rayleigh shuffle spawn standard_cauchy
    standard_exponential standard_gamma standard_normal standard_t triangular uniform vonmises wald
    weibull zipf""".split()
)

#: The older interface; not set_state, which believes a position that may lie outside its table.
RANDOM_STATE = (GENERATOR - {"integers", "permuted", "spawn", "multivariate_hypergeometric"}) | {
    *("rand", "randint", "randn", "random_sample", "seed", "tomaxint"),
}

#: Methods of a distribution of scipy.stats, frozen or not.
DISTRIBUTION = frozenset(
    """cdf entropy expect interval isf logcdf logpdf logpmf logsf mean median moment pdf pmf ppf rvs
    sf std stats support var""".split()
)

_PYTHON_RANDOM = frozenset(
    """betavariate choice choices expovariate gammavariate gauss getrandbits lognormvariate
    normalvariate paretovariate randint random randrange sample seed shuffle triangular uniform
    vonmisesvariate weibullvariate""".split()
)


def public(*classes: type) -> frozenset[str]:
    """Every name of these types without a leading underscore."""
    return frozenset(name for cls in classes for name in dir(cls) if not name.startswith("_"))


#: The allow-list. A type has what its bases have, too (see Guards); `object` is never looked up.
READABLE: dict[type, frozenset[str]] = {
    # format and format_map walk attributes by themselves: see formatting.py (CVE-2023-41039).
    str: public(str),
    bytes: public(bytes),
    **{
        cls: public(cls)
        for cls in (int, float, complex, list, tuple, dict, set, frozenset, range, slice)
    },
    **{cls: public(cls) for cls in (ChainMap, deque, Counter, OrderedDict, defaultdict)},
    fractions.Fraction: public(fractions.Fraction),
    statistics.NormalDist: public(statistics.NormalDist),
    random.Random: _PYTHON_RANDOM,
    # args only: obj and name lead from an error to the object behind it (CVE-2024-47532).
    BaseException: frozenset({"args"}),
    StopIteration: frozenset({"value"}),
    # Nothing that leads to a frame or a function's globals (CVE-2023-37271).
    types.GeneratorType: frozenset({"send", "close", "throw"}),
    property: frozenset({"getter", "setter", "deleter"}),
    functools.partial: frozenset({"args", "keywords"}),
    type(functools.lru_cache(lambda: None)): frozenset({"cache_info", "cache_clear"}),
    itertools.chain: frozenset({"from_iterable"}),
    np.ndarray: ARRAY,
    lifting.Lifted: ARRAY - {"view"},
    np.generic: ARRAY - {"flat", "view"},
    np.dtype: frozenset({"name", "kind", "itemsize", "char", "str", "num"}),
    np.ufunc: frozenset({"accumulate", "at", "nargs", "nin", "nout", "outer", "reduce"})
    | {"reduceat"},
    np.finfo: frozenset("bits dtype eps epsneg max min tiny resolution precision".split())
    | {"smallest_normal", "smallest_subnormal"},
    np.iinfo: frozenset({"bits", "dtype", "max", "min"}),
    np.poly1d: frozenset("c coef coefficients coeffs deriv integ o order r roots".split()),
    np.polynomial.Polynomial: frozenset(
        "coef copy cutdeg degree deriv domain integ linspace mapparms roots trim truncate window"
        " convert".split()
    ),
    np.random.Generator: GENERATOR,
    np.random.RandomState: RANDOM_STATE,
}

#: What may be read on a class itself, beside what the student's own classes have.
ON_CLASSES: dict[type, frozenset[str]] = {
    # str.format as a function would take any text: the rest only works on text.
    str: public(str) - {"format", "format_map"},
    bytes: public(bytes),
    **{cls: public(cls) for cls in (int, float, complex, list, tuple, dict, set, frozenset)},
    Counter: public(Counter),
    OrderedDict: public(OrderedDict),
    fractions.Fraction: frozenset({"from_float"}),
    statistics.NormalDist: frozenset({"from_samples"}),
    itertools.chain: frozenset({"from_iterable"}),
    np.polynomial.Polynomial: frozenset({"fit", "fromroots", "identity", "basis"}),
}

#: Why an attribute of arrays is closed, where a student may ask.
ADVICE: dict[str, str] = {
    "resize": "write np.resize(a, shape)",
    "strides": "use slices",
    "flags": "make a copy with a.copy()",
    "setflags": "make a copy with a.copy()",
    "tofile": "there are no files here",
    "tobytes": "use a.tolist()",
    "dump": "there are no files here",
    "data": "use the array itself",
    "ctypes": "use the array itself",
    "base": "make a copy with a.copy()",
}


def names_of(cls: type, extra: Iterable[type] = ()) -> frozenset[str]:
    """What may be read on instances of `cls`, a type that is not the student's."""
    names: set[str] = set()
    for base in (*cls.__mro__, *extra):
        names |= READABLE.get(base, frozenset())
    if issubclass(cls, tuple):
        # The results of svd, eigh, unique, …: named tuples of numpy.
        names |= {str(name) for name in getattr(cls, "_fields", ())}
    return frozenset(names)


def numeric_view(array: np.ndarray, dtype: object = None) -> np.ndarray:
    """`array.view(dtype)` for numbers only: other types would read memory as something else.

    Raises:
        TypeError: `dtype` is not one of numbers.
    """
    if dtype is None:
        return array.view()
    wanted = np.dtype(dtype)  # type: ignore[call-overload]
    if wanted.kind not in "biufc" or array.dtype.kind not in "biufc":
        raise TypeError("view is for numbers: write x.view(complex) or x.astype(…)")
    return array.view(wanted)
