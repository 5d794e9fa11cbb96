"""The builtins of student code."""

from __future__ import annotations

import builtins
from typing import Any

from worker.sandbox.classes import ClassRules
from worker.sandbox.guards import Guards
from worker.sandbox.modules import Modules
from worker.sandbox.printing import Printed
from worker.sandbox.stand_ins import Getters

#: Builtins that are the real ones.
NAMES: tuple[str, ...] = tuple(
    """
    None True False Ellipsis NotImplemented __debug__

    abs all any ascii bin bool bytes callable chr classmethod complex dict divmod enumerate
    filter float format frozenset hash hex int isinstance issubclass iter len list map max
    min next object oct ord pow property range repr reversed round set slice sorted
    staticmethod str sum super tuple zip

    ArithmeticError AssertionError AttributeError BaseException DeprecationWarning EOFError
    Exception FloatingPointError FutureWarning GeneratorExit ImportError IndexError KeyError
    KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError
    NotImplementedError OSError OverflowError RecursionError RuntimeError RuntimeWarning
    StopIteration SystemExit TypeError UnboundLocalError UserWarning ValueError Warning
    ZeroDivisionError
    """.split()
)

#: Builtins of ours under the names of Python's.
GUARDED = ("delattr", "getattr", "hasattr", "print", "setattr", "type")


def build(printed: Printed) -> dict[str, Any]:
    """The `__builtins__` of one run, with the hooks that compiled code calls."""
    guards = Guards()
    rules = ClassRules(guards)
    getters = Getters(guards)
    return {
        **{name: getattr(builtins, name) for name in NAMES},
        "getattr": getters.getattr,
        "hasattr": getters.hasattr,
        "setattr": getters.setattr,
        "delattr": getters.delattr,
        "type": guards.type_token,
        "print": printed.print,
        "__build_class__": rules.build_class,
        "__import__": Modules(guards, rules).import_,
        "_getattr_": guards.read,
        "_write_": guards.write,
        "_type_": guards.type_of,
        "_pattern_class_": rules.pattern_class,
        "_pattern_value_": rules.pattern_value,
    }
