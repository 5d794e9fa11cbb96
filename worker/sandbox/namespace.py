"""Stand-ins for modules and for classes: read-only, with the names that were listed and no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn


class Namespace:
    """A stand-in for a module.

    It has slots only, and no `__name__`: `from numpy import ctypeslib` would otherwise let CPython
    look for "numpy.ctypeslib" in sys.modules and find the real one.
    """

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("the names of a module can't be assigned here")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("the names of a module can't be deleted here")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a module can't be copied")


def namespace(
    name: str, members: Mapping[str, object], *, star: tuple[str, ...] | None = None
) -> Namespace:
    """A Namespace with these members.

    Args:
        name: what the module is called in messages.
        members: its names and their values.
        star: the names that `from … import *` brings; all public ones by default.
    """
    slots = (*members, "__all__")
    body = {"__slots__": slots, "__repr__": lambda _self: f"<module {name}>"}
    made: Namespace = type(name, (Namespace,), body)()
    public = tuple(member for member in members if not member.startswith("_"))
    for slot, value in {**members, "__all__": public if star is None else star}.items():
        object.__setattr__(made, slot, value)
    return made


def names_in(made: Namespace) -> frozenset[str]:
    """The names that a Namespace has."""
    slots: tuple[str, ...] = type(made).__slots__
    return frozenset(slots) - {"__all__"}


class _TokenType(type):
    """The type of tokens: isinstance works as for the class they stand for, calling as allowed."""

    _real: type
    _make: Callable[..., Any] | None
    _advice: str

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls._real)

    def __subclasscheck__(cls, other: type) -> bool:
        return other is cls or issubclass(other, cls._real)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls._make is None:
            raise TypeError(f"{cls.__name__} can't be called here{cls._advice}")
        return cls._make(*args, **kwargs)

    def __getitem__(cls, _parameters: object) -> type:
        return cls

    def __or__(cls, _other: object) -> Any:
        return cls

    def __ror__(cls, _other: object) -> Any:
        return cls

    def __setattr__(cls, name: str, value: object) -> NoReturn:
        raise AttributeError("the attributes of a class of Python or numpy can't be assigned")

    def __repr__(cls) -> str:
        return f"<class {cls.__name__}>"


#: Tells a stand-in for a class from a class.
Token = _TokenType


def token(
    real: type, name: str = "", *, make: Callable[..., Any] | None = None, advice: str = ""
) -> type:
    """A stand-in for a class that can be named, compared and asked about, but not misused.

    The real np.ndarray, called, makes arrays of whatever memory it is told; the real `type`,
    called with three arguments, makes classes that no guard has seen.
    """
    hint = f": {advice}" if advice else ""
    body = {"__slots__": (), "_real": real, "_make": staticmethod(make) if make else None}
    return _TokenType(name or real.__name__, (), {**body, "_advice": hint})
