"""How student code makes classes: `class`, dataclasses, named tuples, enumerations."""

from __future__ import annotations

import abc
import builtins
import collections
import dataclasses
import enum
import functools
import typing
from collections.abc import Callable
from typing import Any

from worker.sandbox.guards import Guards


class _EnumType(enum.EnumMeta):
    """Enumerations without the functional form, `Enum("E", {...})`.

    That form makes a class with any names at all, `__array_interface__` among them.
    """

    def __call__(cls, value: Any) -> Any:  # type: ignore[override]
        new: Any = cls.__new__
        return new(cls, value)


class Enum(enum.Enum, metaclass=_EnumType):
    """enum.Enum."""


class IntEnum(enum.IntEnum, metaclass=_EnumType):
    """enum.IntEnum."""


class Protocol:
    """typing.Protocol without runtime checks, by which isinstance could be made to lie."""

    def __class_getitem__(cls, _parameters: object) -> type:
        return cls


#: What a class of the student may be derived from, beside other classes of the student.
_BASES: tuple[object, ...] = (
    *(object, dict, list, tuple, set, float, int, str, collections.OrderedDict),
    *(collections.defaultdict, collections.Counter, abc.ABC, typing.Generic, typing.NamedTuple),
    *(Enum, IntEnum, Protocol),
)

#: Classes whose inside a pattern may name by position: the value itself.
_PATTERN_CLASSES = (bool, bytes, dict, float, frozenset, int, list, set, str, tuple)


class _Held:
    """A guarded value on its way into a pattern (see policy_patterns)."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


class ClassRules:
    """The hooks of compiled code that make and examine classes."""

    def __init__(self, guards: Guards) -> None:
        self._guards = guards
        self._checked: set[tuple[type, tuple[str, ...], bool, int]] = set()

    def build_class(self, body: Callable[[], object], name: str, *bases: Any) -> Any:
        """What a class statement calls (`__build_class__`).

        Raises:
            TypeError: a base that can't be one here.
        """
        for base in bases:
            if not self._is_base(base):
                called = getattr(base, "__name__", None) or type(base).__name__
                raise TypeError(f"the class {name} can't be derived from {called} here")
        made: type = builtins.__build_class__(body, name, *bases)
        return self._guards.adopt(made)

    def _is_base(self, base: Any) -> bool:
        if isinstance(base, type):
            own = base in self._guards.own or any(base is listed for listed in _BASES)
            return own or issubclass(base, Exception)
        origin = typing.get_origin(base)
        generic = type(base) is type(typing.Generic[_T])  # type: ignore[index]
        return any(base is listed for listed in _BASES) or (
            generic and (origin is typing.Generic or origin in self._guards.own)
        )

    def pattern_value(self, value: object) -> _Held:
        """`case Color.RED:`: hold the value where a pattern finds it."""
        return _Held(value)

    def pattern_class(self, cls: Any, names: tuple[str, ...], inside: bool) -> type:
        """`case C(x=p):`: the class, if a pattern may look inside its instances.

        Raises:
            TypeError: it may not: reading past the guards is for the student's own classes.
        """
        own = isinstance(cls, type) and cls in self._guards.own
        # A class that is made later may hide more: what was checked holds for those of now.
        check = (cls, names, inside, len(self._guards.own))
        if own and check in self._checked:
            return cls  # type: ignore[no-any-return]
        if inside and not own and not (cls in _PATTERN_CLASSES and not names):
            called = getattr(cls, "__name__", "this class")
            raise TypeError(
                f"a pattern can't look inside {called} here: only inside your own classes"
            )
        for name in names:
            self._guards.check_hidden(cls, name)
        if own:
            self._checked.add(check)
        return cls  # type: ignore[no-any-return]

    def dataclass(self, cls: type | None = None, /, **options: bool) -> Any:
        """dataclasses.dataclass, for the student's own classes."""
        if cls is None:
            return lambda decorated: self.dataclass(decorated, **options)
        self._own(cls, "dataclass")
        decorate: Any = dataclasses.dataclass(**options)
        return self._guards.adopt(decorate(cls))

    def namedtuple(
        self, typename: str, field_names: Any, *, rename: bool = False, defaults: Any = None
    ) -> type:
        """collections.namedtuple."""
        make: Any = collections.namedtuple
        return self._guards.adopt(make(typename, field_names, rename=rename, defaults=defaults))

    def total_ordering(self, cls: type) -> type:
        """functools.total_ordering, for the student's own classes."""
        self._own(cls, "total_ordering")
        return functools.total_ordering(cls)

    def unique(self, cls: Any) -> Any:
        """enum.unique, for the student's own classes."""
        self._own(cls, "unique")
        return enum.unique(cls)

    def _own(self, cls: object, decorator: str) -> None:
        if not (isinstance(cls, type) and cls in self._guards.own):
            raise TypeError(f"{decorator} is for classes that you define yourself")


_T = typing.TypeVar("_T")
