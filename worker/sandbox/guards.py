"""The guards that every attribute of student code goes through: what is read, what is written.

One Guards a run: it knows the classes that the submission made, and nothing survives it.
"""

from __future__ import annotations

import enum
import types
from typing import Any, NoReturn

import numpy as np

from worker.sandbox import policy_rules as rules
from worker.sandbox import readable
from worker.sandbox.formatting import SafeFormatter
from worker.sandbox.missing import advice as name_advice
from worker.sandbox.namespace import Namespace, Token, names_in, token
from worker.sandbox.plotting import Nothing
from worker.sandbox.types_table import stand_in_for

#: The name under which student code is compiled.
FILENAME = "<submission>"


class Guards:
    """Reads and writes attributes for student code."""

    def __init__(self) -> None:
        #: The classes that the submission made.
        self.own: set[type] = set()
        # What was found readable, by type; for the student's own classes it grows as they are used.
        self._readable: dict[type, set[str] | frozenset[str]] = {}
        self._hidden: dict[type, frozenset[str]] = {}
        self._formatter = SafeFormatter(self.checked_read)
        self.read = self._make_read()
        self.write = self._make_write()
        #: What `type` is in student code: one argument, and isinstance.
        self.type_token = token(type, make=self._type)

    def _make_read(self) -> Any:
        """The `_getattr_` of compiled code; names are constants that the policy has passed.

        A closure: it is called in the innermost loops.
        """
        known = self._readable
        slowly = self._read_slowly

        def _getattr_(
            obj: Any, name: str, known: Any = known, getattr: Any = getattr, type: Any = type
        ) -> Any:
            cls = type(obj)
            if cls in known and name in known[cls]:
                return getattr(obj, name)
            return slowly(obj, name)

        return _getattr_

    def checked_read(self, obj: Any, name: str) -> Any:
        """Read an attribute whose name was computed: getattr, attrgetter, format strings.

        Raises:
            AttributeError: there is none, or none that may be read.
        """
        check_computed_name(name)
        if name == "__class__":
            return self.type_of(obj)
        return self.read(obj, name)

    def _make_write(self) -> Any:
        """The `_write_` of compiled code: the object itself, if its attributes may be set."""
        own = self.own
        slowly = self._write_slowly

        def _write_(obj: Any, own: Any = own, type: Any = type) -> Any:
            return obj if type(obj) in own else slowly(obj)

        return _write_

    def _write_slowly(self, obj: Any) -> Any:
        if isinstance(obj, type) and obj in self.own:
            return obj
        if is_own_function(obj) or type(obj) is Nothing:
            return obj
        advice = "only those of your own classes can"
        if isinstance(obj, np.ndarray):
            advice = "write a = a.reshape(…) or a[...] = …"
        raise TypeError(f"the attributes of {_called(obj)} can't be set here: {advice}")

    def type_of(self, obj: Any) -> type:
        """`type(obj)`: the class itself where that is harmless, else a stand-in for it."""
        if isinstance(obj, type):
            return self.type_token
        cls = type(obj)
        return cls if cls in self.own else stand_in_for(cls)

    def _type(self, *arguments: Any) -> type:
        if len(arguments) != 1:
            raise TypeError("type takes one argument here: classes are made with class")
        return self.type_of(arguments[0])

    def adopt(self, cls: type) -> type:
        """Note that the submission made `cls`."""
        self.own.add(cls)
        return cls

    def check_hidden(self, cls: type, name: str) -> None:
        """Whether a pattern may read `name` from instances of the student's class `cls`.

        Raises:
            AttributeError: a base of Python's hides it.
        """
        subclasses_too = {hidden for known in self.own for hidden in self._hidden_of(known)}
        if name in subclasses_too or self._is_hidden(cls, name):
            self._refuse(cls, name)

    def _read_slowly(self, obj: Any, name: str) -> Any:
        cls = type(obj)
        if cls is str and name in ("format", "format_map"):
            return self._formatter.bound(obj, name)
        if cls is super:
            return self._read_super(obj, name)
        if isinstance(obj, type):
            return self._read_class(obj, name)
        if cls in self.own:
            if self._is_hidden(cls, name):
                self._refuse(obj, name)
            value = getattr(obj, name)
            self._readable.setdefault(cls, set()).add(name)  # type: ignore[union-attr]
            return value
        if isinstance(obj, np.ndarray) and name == "view":
            return lambda dtype=None: readable.numeric_view(obj, dtype)
        if cls is Nothing and not name.startswith("_"):
            return getattr(obj, name)
        if cls is types.FunctionType and is_own_function(obj) and not name.startswith("__"):
            return getattr(obj, name)
        if name in rules.READABLE_TEXTS and _text(obj, name) is not None:
            return _text(obj, name)
        return self._read_listed(obj, cls, name)

    def _read_listed(self, obj: Any, cls: type, name: str) -> Any:
        if cls not in self._readable:
            own = isinstance(obj, Namespace)
            names = names_in(obj) if own else readable.names_of(cls)
            self._readable[cls] = names - {"view"} if issubclass(cls, np.ndarray) else names
            if cls is str:
                self._readable[cls] = names - {"format", "format_map"}
        if name not in self._readable[cls]:
            self._refuse(obj, name)
        return getattr(obj, name)

    def _read_class(self, cls: type, name: str) -> Any:
        """An attribute of a class object."""
        if name in rules.READABLE_TEXTS:
            return _text(cls, name)
        if cls in self.own:
            on_metaclass = name in dir(type(cls)) and not self._defines(cls, name)
            if self._is_hidden(cls, name) or (on_metaclass and name not in rules.DEFINABLE):
                self._refuse(cls, name)
            return getattr(cls, name)
        if name == "__init__" and (cls is object or issubclass(cls, BaseException | dict | list)):
            return getattr(cls, name)
        if name not in readable.ON_CLASSES.get(cls, ()):
            self._refuse(cls, name)
        return getattr(cls, name)

    def _read_super(self, obj: Any, name: str) -> Any:
        bound = obj.__self__
        cls = bound if isinstance(bound, type) else type(bound)
        if cls not in self.own or self._is_hidden(cls, name):
            self._refuse(bound, name)
        return getattr(obj, name)

    def _defines(self, cls: type, name: str) -> bool:
        return any(name in vars(base) for base in cls.__mro__ if base in self.own)

    def _is_hidden(self, cls: type, name: str) -> bool:
        """Whether instances of the student's class `cls` have `name` from a base that hides it."""
        if name.startswith("__"):
            return name not in rules.DEFINABLE and name not in rules.READABLE_TEXTS
        return name in self._hidden_of(cls)

    def _hidden_of(self, cls: type) -> frozenset[str]:
        if cls not in self._hidden:
            native = [base for base in cls.__mro__ if base not in self.own and base is not object]
            hidden = {n for base in native for n in dir(base) if not n.startswith("__")}
            shown = {n for base in native for n in readable.names_of(base)}
            shown |= {"name", "value"} if _is_enum(cls) else set()
            self._hidden[cls] = frozenset(hidden - shown) | {"format", "format_map"} & hidden
        return self._hidden[cls]

    def _refuse(self, obj: Any, name: str) -> NoReturn:
        """Say that there is no such attribute, and what to write."""
        if name.startswith("__"):
            raise AttributeError(f"the attribute {name} of {_called(obj)} is not available here")
        hint = ""
        if isinstance(obj, np.ndarray) and name in readable.ADVICE:
            hint = f": {readable.ADVICE[name]}"
        elif isinstance(obj, Namespace):
            hint = name_advice(type(obj).__name__, name, names_in(obj))
        raise AttributeError(f"{_called(obj)} has no {name} here{hint}")


def check_computed_name(name: object) -> None:
    """Hold a computed attribute name to the rules that the policy has for written ones.

    Raises:
        TypeError: it is not a plain string (a subclass of str could change its mind).
        AttributeError: no object may be asked for it.
    """
    if type(name) is not str:
        raise TypeError("the name of an attribute must be a string")
    allowed = name in rules.DEFINABLE or name in rules.READABLE_TEXTS or name == "__class__"
    reserved = name.startswith("_") and name.endswith("_") and name != "_"
    if name in rules.FRAME_ATTRIBUTES or (not allowed and (name.startswith("__") or reserved)):
        raise AttributeError(f"the attribute {name} is not available here")


def is_own_function(obj: object) -> bool:
    """Whether `obj` is a function that the submission defined."""
    return type(obj) is types.FunctionType and obj.__code__.co_filename == FILENAME


def _is_enum(cls: type) -> bool:
    return issubclass(cls, enum.Enum)


def _text(obj: Any, name: str) -> str | None:
    """A readable text of a function, class or module, where it is one."""
    if isinstance(obj, Namespace) and name != "__version__":
        return None
    value = getattr(obj, name, None)
    return value if type(value) is str else None


def _called(obj: Any) -> str:
    """What messages call `obj`."""
    if isinstance(obj, Namespace):
        return type(obj).__name__
    if isinstance(obj, type):
        return f"the class {obj.__name__}"
    if type(obj) is np.ndarray:
        return "an array"
    if isinstance(type(obj), Token) or type(obj).__module__ == "builtins":
        kind = {"builtin_function_or_method": "function", "NoneType": "None"}
        return kind.get(type(obj).__name__, f"this {type(obj).__name__}")
    return f"this {type(obj).__name__}"
