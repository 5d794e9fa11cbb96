"""Functions of the standard library, written anew where the real ones read attributes by name."""

from __future__ import annotations

import copy
import functools
import operator
from collections.abc import Callable
from typing import Any

from worker.sandbox.guards import Guards, is_own_function


def wraps(wrapped: Any) -> Callable[[Any], Any]:
    """functools.wraps: the name and docstring only.

    The real one copies whatever attributes it is told to, `__globals__` for instance.
    """

    def decorate(wrapper: Any) -> Any:
        if is_own_function(wrapper) and is_own_function(wrapped):
            wrapper.__name__ = wrapped.__name__
            wrapper.__qualname__ = wrapped.__qualname__
            wrapper.__doc__ = wrapped.__doc__
        return wrapper

    return decorate


def deepcopy(x: Any) -> Any:
    """copy.deepcopy without its memo, which is told addresses."""
    return copy.deepcopy(x)


class Getters:
    """operator.attrgetter and methodcaller, and getattr and its kin, through the guards."""

    def __init__(self, guards: Guards) -> None:
        self._guards = guards

    def attrgetter(self, *names: str) -> Callable[[Any], Any]:
        """operator.attrgetter."""

        def walk(obj: Any, name: str) -> Any:
            return functools.reduce(self._guards.checked_read, _split(name), obj)

        def get(obj: Any) -> Any:
            values = tuple(walk(obj, name) for name in names)
            return values[0] if len(names) == 1 else values

        return get

    def methodcaller(self, name: str, /, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        """operator.methodcaller."""
        return lambda obj: self._guards.checked_read(obj, name)(*args, **kwargs)

    def getattr(self, obj: Any, name: str, *default: Any) -> Any:
        """The builtin getattr."""
        if len(default) > 1:
            raise TypeError("getattr takes two or three arguments")
        try:
            return self._guards.checked_read(obj, name)
        except AttributeError:
            if default:
                return default[0]
            raise

    def hasattr(self, obj: Any, name: str) -> bool:
        """The builtin hasattr."""
        try:
            self._guards.checked_read(obj, name)
        except AttributeError:
            return False
        return True

    def setattr(self, obj: Any, name: str, value: Any) -> None:
        """The builtin setattr, for the student's own objects."""
        _check_writable_name(name)
        setattr(self._guards.write(obj), name, value)

    def delattr(self, obj: Any, name: str) -> None:
        """The builtin delattr, for the student's own objects."""
        _check_writable_name(name)
        delattr(self._guards.write(obj), name)


def _split(name: str) -> list[str]:
    if type(name) is not str:
        raise TypeError("the name of an attribute must be a string")
    return name.split(".")


def _check_writable_name(name: object) -> None:
    if type(name) is not str:
        raise TypeError("the name of an attribute must be a string")
    if name.startswith("__") or (name.startswith("_") and name.endswith("_") and name != "_"):
        raise AttributeError(f"the attribute {name} can't be set here")


#: Names of the operator module that are the real ones: none of them takes a name.
OPERATORS = (
    """abs add and_ concat contains countOf delitem eq floordiv ge getitem gt iadd iand ifloordiv
    ilshift imatmul imod imul index indexOf inv invert ior ipow irshift is_ is_not isub itemgetter
    itruediv ixor le length_hint lshift lt matmul mod mul ne neg not_ or_ pos pow rshift setitem
    sub truediv truth xor"""
).split()


def operators(getters: Getters) -> dict[str, Any]:
    """The members of the operator module."""
    real = {name: getattr(operator, name) for name in OPERATORS}
    return {**real, "attrgetter": getters.attrgetter, "methodcaller": getters.methodcaller}


class StillClock:
    """A clock that moves a millisecond a look: what f returns must not depend on when it runs."""

    def __init__(self) -> None:
        self._now = 0.0

    def look(self) -> float:
        """Seconds, as time.time() and time.perf_counter() give them."""
        self._now += 1e-3
        return self._now

    def sleep(self, seconds: float) -> None:
        """time.sleep, without the waiting."""
        self._now += max(float(seconds), 0.0)


class CatchWarnings:
    """warnings.catch_warnings: there are no warnings here to catch."""

    def __init__(self, *, record: bool = False, **_options: object) -> None:
        self._record = record

    def __enter__(self) -> list[object] | None:
        return [] if self._record else None

    def __exit__(self, *_error: object) -> None:
        pass


def ignore(*_args: object, **_keywords: object) -> None:
    """Do nothing: warnings are never shown, so that there is nothing to filter."""
