"""Classes that lie: metaclasses, special methods, forged interfaces."""

from collections.abc import Callable

import pytest

Attack = Callable[..., None]


def test_metaclass(attack: Attack) -> None:
    source = (
        "class M(type):\n    def __instancecheck__(cls, x): return True\n"
        "class A(metaclass=M): pass\nwon = isinstance(1, A)"
    )
    attack(source, "refused: A class may not define __instancecheck__.*metaclass in the head")


def test_metaclass_that_is_a_function(attack: Attack) -> None:
    source = "class won(metaclass=lambda *a: a): pass"
    attack(source, "refused: metaclass in the head of a class")


def test_derived_from_type(attack: Attack) -> None:
    attack("class won(type): pass", "TypeError: the class won can't be derived from type")


def test_type_with_three_arguments(attack: Attack) -> None:
    source = "won = type('A', (), {'__getattr__': lambda s, n: n})().anything"
    attack(source, "TypeError: type takes one argument here")


def test_type_of_a_class_makes_classes(attack: Attack) -> None:
    source = "won = type(int)('A', (), {'__array_interface__': {}})"
    attack(source, "TypeError: type takes one argument here")


def test_metaclass_of_abc_makes_classes(attack: Attack) -> None:
    source = "import abc\nwon = abc.ABCMeta('A', (), {'__del__': print})"
    attack(source, "TypeError: ABCMeta can't be called here")


def test_enum_with_any_names(attack: Attack) -> None:
    source = "import enum\nwon = enum.Enum('E', {'__array_interface__': {}})"
    attack(source, "TypeError")


def test_own_enum_with_any_names(attack: Attack) -> None:
    source = "import enum\nclass B(enum.Enum): pass\nwon = B('E', {'__array_interface__': {}})"
    attack(source, "TypeError")


def test_make_dataclass(attack: Attack) -> None:
    source = (
        "import dataclasses\nwon = dataclasses.make_dataclass('A', [], namespace={'__del__': 1})"
    )
    attack(source, "AttributeError: dataclasses has no make_dataclass")


def test_dataclass_on_a_class_of_numpy(attack: Attack) -> None:
    source = "import dataclasses, numpy as np\nclass V(np.vectorize): pass\n"
    source += "won = dataclasses.dataclass(V)"
    attack(source, "TypeError: the class V can't be derived from vectorize")


def test_namedtuple_with_a_dunder_field(attack: Attack) -> None:
    source = "import collections\nwon = collections.namedtuple('A', ['__class__'], rename=False)"
    attack(source, "ValueError: Field names cannot start with an underscore", wins=False)


def test_namespace_with_any_names(attack: Attack) -> None:
    source = "import types\nwon = types.SimpleNamespace(__array_interface__={})"
    attack(source, "refused: There is no types here")


@pytest.mark.parametrize(
    "name",
    """__array_interface__ __array_struct__ __array__ __array_ufunc__ __array_function__
    __array_priority__ __array_finalize__ __getattr__ __getattribute__ __setattr__ __del__ __new__
    __init_subclass__ __set_name__ __class_getitem__ __get__ __set__ __reduce__ __reduce_ex__
    __setstate__ __getstate__ __class__ __dict__ __buffer__ __index__ __instancecheck__
    __subclasshook__ __mro_entries__ __prepare__ __length_hint__ __dir__ __sizeof__ __await__
    __signature__ __wrapped__ __annotate__""".split(),
)
def test_special_method_that_others_call(attack: Attack, name: str) -> None:
    cause = f"refused: A class may not define {name} here"
    attack(f"class A:\n    def {name}(self, *a): return 1\nwon = A", cause, wins=False)
    attack(f"class A:\n    {name} = None\nwon = A", cause, wins=False)
    attack(f"class A:\n    {name}: int = 0\nwon = A", cause, wins=False)
    attack(f"class A:\n    for {name} in (1,): pass\nwon = A", cause, wins=False)
    attack(f"class A:\n    from math import sin as {name}\nwon = A", cause, wins=False)


def test_forged_array_interface(attack: Attack) -> None:
    source = (
        "import numpy as np\na = np.arange(3.0)\nclass A:\n"
        "    __array_interface__ = {'version': 3, 'shape': (3,), 'typestr': '<f8',\n"
        "        'data': (a.ctypes.data, False)}\nwon = np.asarray(A()).tolist() == [0, 1, 2]"
    )
    attack(source, "refused: A class may not define __array_interface__")


def test_array_interface_by_getattr_hook(attack: Attack) -> None:
    source = "class A:\n    def __getattr__(self, name): return 1\nwon = A().anything"
    attack(source, "refused: A class may not define __getattr__")


def test_array_interface_by_slots(attack: Attack) -> None:
    source = (
        "class A:\n    __slots__ = ('__array_interface__',)\na = A()\n"
        "setattr(a, '__array_interface__', {})\nwon = True"
    )
    attack(source, "AttributeError: the attribute __array_interface__ can't be set")


def test_array_interface_by_items_of_a_result(attack: Attack) -> None:
    """scipy's result objects lend their items as attributes, also to numpy."""
    source = (
        "import numpy as np\nfrom scipy.integrate import solve_ivp\n"
        "r = solve_ivp(lambda t, x: x, (0, 1), [1.0])\na = np.arange(3.0)\n"
        "r['__array_interface__'] = {'version': 3, 'shape': (3,), 'typestr': '<f8',\n"
        "    'data': (getattr(a, 'ctypes', None) and a.ctypes.data, False)}\n"
        "won = np.asarray(r).tolist() == [0, 1, 2]"
    )
    attack(source, "TypeError: 'Trajectory' object does not support item assignment")


def test_derived_from_ndarray(attack: Attack) -> None:
    source = "import numpy as np\nclass won(np.ndarray):\n    pass"
    attack(source, "TypeError: the class won can't be derived from ndarray")


def test_derived_from_a_value_with_its_own_idea_of_bases(attack: Attack) -> None:
    source = "import functools\nclass won(type(functools.partial(int))): pass"
    attack(source, "TypeError: the class won can't be derived from partial")


def test_lying_class_attribute(attack: Attack) -> None:
    source = (
        "class A:\n    @property\n    def __class__(self): return int\nwon = isinstance(A(), int)"
    )
    attack(source, "refused: A class may not define __class__")


def test_class_body_dunder_through_walrus(attack: Attack) -> None:
    source = "class A:\n    x = (__getattr__ := lambda s, n: n)\nwon = A().y"
    attack(source, "refused: A class may not define __getattr__")


def test_private_name_mangles_into_a_hook(attack: Attack) -> None:
    source = "class _g:\n    def m(self):\n        self.__etattr_ = 1\nwon = True"
    attack(source, "refused: The attribute _g__etattr_ is not allowed")


def test_copy_rebuilds_objects(attack: Attack) -> None:
    source = "import copy\nclass A:\n    def __reduce_ex__(self, p): return (print, ())\nwon = True"
    attack(source, "refused: A class may not define __reduce_ex__")


def test_finalizer(attack: Attack) -> None:
    source = "class A:\n    def __del__(self): pass\nwon = A()"
    attack(source, "refused: A class may not define __del__")


def test_enum_hook_methods(attack: Attack) -> None:
    source = "import enum\nclass A(enum.Enum):\n    def _missing_(cls, v): return 1\nwon = A"
    attack(source, "refused: The name _missing_ is not allowed")
