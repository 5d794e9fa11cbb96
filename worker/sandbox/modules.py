"""What can be imported: a stand-in for each module, and the `__import__` that hands them out."""

from __future__ import annotations

import abc
import builtins
import cmath
import collections
import copy
import dataclasses
import enum
import fractions
import functools
import itertools
import math
import numbers
import statistics
import string
import sys
import typing
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from worker.sandbox import classes, lifting, numpy_facade, randomness, scipy_facade, stand_ins
from worker.sandbox.guards import Guards
from worker.sandbox.missing import missing_module, missing_name
from worker.sandbox.namespace import Namespace, names_in, namespace, token
from worker.sandbox.plotting import NOTHING

#: The modules that are the same for every submission; they hold nothing that can be changed.
NUMPY = numpy_facade.build()
SCIPY = scipy_facade.build()

#: Modules that draw: any name may be imported from them.
PLOTTING = frozenset({"matplotlib", "mpl_toolkits", "seaborn", "pylab"})

_TYPING = (
    """Annotated Any Callable ClassVar Dict Final FrozenSet Generator Generic Iterable Iterator List
    Literal Mapping MutableMapping NamedTuple NewType NoReturn Optional Sequence Set Tuple Type
    TypeVar Union Self TypeAlias cast final overload"""
).split()
_DATACLASSES = "InitVar KW_ONLY MISSING asdict astuple field is_dataclass replace".split()
_FUNCTOOLS = "cache cached_property cmp_to_key lru_cache partial reduce".split()
_COLLECTIONS = "ChainMap Counter OrderedDict defaultdict deque".split()
_STRINGS = "ascii_letters ascii_lowercase ascii_uppercase digits hexdigits punctuation whitespace"
_STATISTICS = (
    """NormalDist StatisticsError correlation covariance fmean geometric_mean harmonic_mean
    linear_regression mean median median_high median_low mode multimode pstdev pvariance quantiles
    stdev variance"""
).split()


def _public(module: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(module).items() if not name.startswith("_")}


def _pick(module: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(module, name) for name in names if hasattr(module, name)}


#: Functions of math and the ufuncs that do the same to lifted numbers, where names differ.
_MATH = {
    **{name: name for name in "sin cos tan sinh cosh tanh exp expm1 log log2 log10 log1p".split()},
    **{name: name for name in "sqrt cbrt floor ceil trunc fabs degrees radians hypot".split()},
    **{name: name for name in "fmod copysign isnan isinf isfinite exp2".split()},
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "atan2": "arctan2",
    "pow": "power",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
}


def _lifting_math() -> dict[str, Any]:
    return {
        name: lifting.of_numbers(getattr(math, name), getattr(np, ufunc))
        for name, ufunc in _MATH.items()
        if hasattr(math, name)
    }


def _constant() -> dict[str, Mapping[str, Any]]:
    """Members of the modules that need no guards."""
    look = stand_ins.StillClock()
    ignore = stand_ins.ignore
    info = sys.float_info
    floats = {
        name: getattr(info, name) for name in dir(info) if name[0] != "_" and name[:2] != "n_"
    }
    return {
        "math": {**_public(math), **_lifting_math()},
        "cmath": _public(cmath),
        "itertools": _public(itertools),
        "random": randomness.python_random(),
        "copy": {"copy": copy.copy, "deepcopy": stand_ins.deepcopy},
        "abc": {
            "ABC": abc.ABC,
            "ABCMeta": token(abc.ABCMeta),
            "abstractmethod": abc.abstractmethod,
        },
        "statistics": _pick(statistics, _STATISTICS),
        "fractions": {"Fraction": fractions.Fraction},
        "numbers": {
            name: token(getattr(numbers, name))
            for name in ("Number", "Complex", "Real", "Rational", "Integral")
        },
        "string": _pick(string, _STRINGS.split()),
        "time": {
            **dict.fromkeys(("time", "perf_counter", "monotonic", "process_time"), look.look),
            "sleep": look.sleep,
        },
        "warnings": {
            **dict.fromkeys(("warn", "filterwarnings", "simplefilter", "resetwarnings"), ignore),
            "catch_warnings": stand_ins.CatchWarnings,
        },
        "sys": {
            "float_info": namespace("sys.float_info", floats),
            "maxsize": sys.maxsize,
            "version": sys.version.split()[0],
        },
        "typing": {
            **_pick(typing, _TYPING),
            "Protocol": classes.Protocol,
            "runtime_checkable": lambda cls: cls,
            "TYPE_CHECKING": False,
        },
    }


_CONSTANT = {name: namespace(name, members) for name, members in _constant().items()}
_COLLECTIONS_ABC = namespace(
    "collections.abc",
    {
        name: token(getattr(collections.abc, name))
        for name in (
            "Callable",
            "Generator",
            "Iterable",
            "Iterator",
            "Mapping",
            "Sequence",
            "Sized",
        )
    },
)
#: The modules of `import a.b`, by dotted name.
_NESTED = {
    f"{top}.{name}": getattr(made, name)
    for top, made in (("numpy", NUMPY), ("scipy", SCIPY))
    for name in names_in(made)
    if isinstance(getattr(made, name), Namespace)
}


class Modules:
    """The modules of one run."""

    def __init__(self, guards: Guards, rules: classes.ClassRules) -> None:
        made = {name: namespace(name, members) for name, members in _guarded(guards, rules).items()}
        nested = {**_NESTED, "collections.abc": _COLLECTIONS_ABC}
        self.modules = {**_CONSTANT, **nested, **made, "numpy": NUMPY, "scipy": SCIPY}

    def import_(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        """The `__import__` of student code.

        Raises:
            ModuleNotFoundError, ImportError: there is no such module or name here.
        """
        if type(fromlist) is list:
            # numpy's C code imports through the frame that is running, with a list; it takes what
            # it wants from sys.modules, and student code sees nothing of it.
            return builtins.__import__(name, globals, locals, fromlist, level)
        if level or name.partition(".")[0] in PLOTTING:
            return NOTHING
        if name not in self.modules:
            raise ModuleNotFoundError(missing_module(name))
        module = self.modules[name]
        if not fromlist:
            return self.modules[name.partition(".")[0]]
        for wanted in fromlist:
            if wanted != "*" and wanted not in names_in(module):
                raise ImportError(missing_name(name, wanted, names_in(module)))
        return module


def _guarded(guards: Guards, rules: classes.ClassRules) -> dict[str, Mapping[str, Any]]:
    """Members of the modules whose functions need the guards of this run."""
    getters = stand_ins.Getters(guards)
    return {
        "operator": stand_ins.operators(getters),
        "dataclasses": {**_pick(dataclasses, _DATACLASSES), "dataclass": rules.dataclass},
        "functools": {
            **_pick(functools, _FUNCTOOLS),
            "total_ordering": rules.total_ordering,
            "wraps": stand_ins.wraps,
        },
        "collections": {
            **_pick(collections, _COLLECTIONS),
            "namedtuple": rules.namedtuple,
            "abc": _COLLECTIONS_ABC,
        },
        "enum": {
            "Enum": classes.Enum,
            "IntEnum": classes.IntEnum,
            "auto": enum.auto,
            "unique": rules.unique,
        },
    }


def _all_names() -> dict[str, frozenset[str]]:
    guards = Guards()
    every = Modules(guards, classes.ClassRules(guards))
    return {name: names_in(module) for name, module in every.modules.items()}


_NAMES = _all_names()


def module_names(name: str) -> frozenset[str] | None:
    """The names of a module as student code sees it; None where there is none, {"*"} for any."""
    if name.partition(".")[0] in PLOTTING:
        return frozenset({"*"})
    return _NAMES.get(name)


def available() -> dict[str, frozenset[str]]:
    """All modules and their names, for the documentation."""
    return dict(_NAMES)
