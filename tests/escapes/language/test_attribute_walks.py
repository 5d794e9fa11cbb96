"""Walks along attributes, from any value to the classes and modules behind it."""

from collections.abc import Callable

import pytest

Attack = Callable[..., None]


def test_base_classes_of_a_tuple(attack: Attack) -> None:
    source = "won = ().__class__.__base__.__subclasses__()"
    attack(source, "refused: The attribute __base__ .*__subclasses__")


def test_mro_of_a_class(attack: Attack) -> None:
    attack("won = int.mro()", "AttributeError: the class int has no mro here")


def test_mro_of_an_own_class(attack: Attack) -> None:
    attack("class A: pass\nwon = A.mro()", "AttributeError: the class A has no mro here")


def test_subclasses_through_type_of(attack: Attack) -> None:
    attack("won = type(type(1)).__subclasses__(object)", "refused: The attribute __subclasses__")


def test_getattr_with_a_dunder(attack: Attack) -> None:
    attack("won = getattr(1, '__cla' + 'ss__').mro()", "AttributeError: the class int has no mro")


def test_getattr_with_globals(attack: Attack) -> None:
    source = "def f(z): pass\nwon = getattr(f, '__glob' + 'als__')"
    attack(source, "AttributeError: the attribute __globals__ is not available")


def test_getattr_with_a_string_that_changes_its_mind(attack: Attack) -> None:
    source = (
        "class S(str):\n    def startswith(self, *a): return False\n"
        "    def endswith(self, *a): return False\n"
        "import math\nwon = getattr(math.sin, S('__self__'))"
    )
    attack(source, "TypeError: the name of an attribute must be a string")


def test_hasattr_as_an_oracle(attack: Attack) -> None:
    source = "import numpy as np\nwon = hasattr(np.zeros(2), 'ctypes')\nassert won, 'closed'"
    attack(source, "AssertionError: closed")


def test_function_globals(attack: Attack) -> None:
    attack("def f(z): pass\nwon = f.__globals__", "refused: The attribute __globals__")


def test_function_code(attack: Attack) -> None:
    attack("won = (lambda: 0).__code__", "refused: The attribute __code__")


def test_function_closure(attack: Attack) -> None:
    source = "def g(x):\n    return lambda: x\nwon = g(1).__closure__[0].cell_contents"
    attack(source, "refused: The attribute __closure__")


def test_function_defaults_rewritten(attack: Attack) -> None:
    source = "def f(z=1): return z\nf.__defaults__ = (2,)\nwon = f() == 2"
    attack(source, "refused: The attribute __defaults__")


def test_bound_method_function(attack: Attack) -> None:
    source = "class A:\n    def m(self): pass\nwon = A().m.__func__"
    attack(source, "refused: The attribute __func__")


def test_builtin_function_self_is_its_module(attack: Attack) -> None:
    attack("import math\nwon = math.sin.__self__", "refused: The attribute __self__")


def test_builtins_by_name(attack: Attack) -> None:
    attack("won = __builtins__", "refused: The name __builtins__ is not allowed")


def test_builtins_by_import(attack: Attack) -> None:
    attack("import builtins\nwon = builtins.open", "refused: There is no builtins here")


def test_dunder_import_call(attack: Attack) -> None:
    attack("won = __import__('os')", "refused: __import__ is not available")


def test_hook_called_by_name(attack: Attack) -> None:
    attack("won = _getattr_(1, '__class__')", "refused: The name _getattr_", wins=False)


def test_hook_shadowed(attack: Attack) -> None:
    source = "def _getattr_(o, n): return 1\nwon = True"
    attack(source, "refused: The name _getattr_ is not allowed")


def test_hook_shadowed_by_an_import(attack: Attack) -> None:
    source = "from math import sin as _getattr_\nwon = True"
    attack(source, "refused: The name _getattr_ is not allowed")


def test_hook_shadowed_by_an_exception_name(attack: Attack) -> None:
    source = "try:\n    1 / 0\nexcept ZeroDivisionError as _write_:\n    won = True"
    attack(source, "refused: The name _write_ is not allowed")


def test_hook_shadowed_by_a_full_width_look_alike(attack: Attack) -> None:
    source = "def _ｇetattr_(o, n): return 1\nwon = _getattr_(1, 2)"
    attack(source, "refused: The name _getattr_ is not allowed")


def test_dunder_in_full_width_letters(attack: Attack) -> None:
    attack("won = (1).__ｃlass__.__base__", "refused: The attribute __base__")


def test_hook_as_positional_only_argument(attack: Attack) -> None:
    """CVE-2026-55830."""
    source = "def g(_getattr_, /):\n    return _getattr_\nwon = g(1)"
    attack(source, "refused: The name _getattr_ is not allowed")


def test_hook_as_keyword_only_argument_of_a_lambda(attack: Attack) -> None:
    source = "won = (lambda *, _write_: _write_)(_write_=1)"
    attack(source, "refused: The name _write_ is not allowed")


def test_hook_as_walrus_target(attack: Attack) -> None:
    attack("won = (_write_ := 1)", "refused: The name _write_ is not allowed")


def test_hook_as_comprehension_target(attack: Attack) -> None:
    attack("won = [1 for _type_ in [1]]", "refused: The name _type_ is not allowed")


def test_hook_as_pattern_capture(attack: Attack) -> None:
    source = "match [1]:\n    case [*_write_]:\n        won = True"
    attack(source, "refused: The name _write_ is not allowed")


def test_global_statement_names_a_hook(attack: Attack) -> None:
    source = "def g():\n    global _write_\n    _write_ = 1\ng()\nwon = True"
    attack(source, "refused: The name _write_ is not allowed")


def test_attrgetter_walks(attack: Attack) -> None:
    source = "import operator\ndef f(z): pass\nwon = operator.attrgetter('__globals__')(f)"
    attack(source, "AttributeError: the attribute __globals__")


def test_attrgetter_walks_by_dots(attack: Attack) -> None:
    source = "import operator\nwon = operator.attrgetter('imag.__class__.__base__')(1)"
    attack(source, "AttributeError: the attribute __base__")


def test_methodcaller_calls_a_dunder(attack: Attack) -> None:
    source = "import operator\nwon = operator.methodcaller('__reduce_ex__', 2)(1.5)"
    attack(source, "AttributeError: the attribute __reduce_ex__")


def test_functools_wraps_copies_globals(attack: Attack) -> None:
    source = (
        "import functools\nclass Bag:\n    pass\ndef f(z): pass\nbag = Bag()\n"
        "functools.update_wrapper(bag, f, assigned=('__globals__',), updated=())\nwon = True"
    )
    attack(source, "AttributeError: functools has no update_wrapper")


def test_functools_wraps_with_assigned(attack: Attack) -> None:
    source = (
        "import functools\ndef f(z): pass\nclass Bag: pass\n"
        "won = functools.wraps(f, assigned=('__code__',), updated=())(Bag())"
    )
    attack(source, "TypeError: .*assigned")


def test_partial_gives_its_function_away(attack: Attack) -> None:
    source = "import functools\nwon = functools.partial(print, 1).func"
    attack(source, "AttributeError: this partial has no func")


def test_property_gives_its_getter_away(attack: Attack) -> None:
    source = "class A:\n    @property\n    def p(self): pass\nwon = A.p.fget"
    attack(source, "AttributeError: this property has no fget")


def test_cached_function_wrapped(attack: Attack) -> None:
    source = "import functools\nwon = functools.lru_cache(lambda: 0).__wrapped__"
    attack(source, "refused: The attribute __wrapped__")


def test_module_dict(attack: Attack) -> None:
    attack("import math\nwon = math.__dict__", "refused: The attribute __dict__")


def test_module_loader(attack: Attack) -> None:
    attack("import math\nwon = math.__loader__", "refused: The attribute __loader__")


def test_module_attribute_set(attack: Attack) -> None:
    source = "import math\nold = math.e\nmath.e = 3\nwon = math.e == 3\nmath.e = old"
    attack(source, "TypeError: the attributes of math can't be set here")


def test_module_attribute_by_setattr(attack: Attack) -> None:
    source = (
        "import math\nold = math.e\nsetattr(math, 'e', 3)\nwon = math.e == 3\n"
        "setattr(math, 'e', old)"
    )
    attack(source, "TypeError: the attributes of math can't be set here")


def test_class_of_numpy_changed(attack: Attack) -> None:
    source = "import numpy as np\nnp.vectorize.extra = 1\n"
    source += "won = np.vectorize.extra\ndel np.vectorize.extra"
    attack(source, "TypeError: the attributes of the class vectorize can't be set here")


def test_total_ordering_on_a_class_of_numpy(attack: Attack) -> None:
    source = (
        "import functools, numpy as np\n"
        "try:\n    functools.total_ordering(np.vectorize)\n    won = True\n"
        "except ValueError:\n    won = True"
    )
    attack(source, "TypeError: total_ordering is for classes that you define")


def test_super_reads_past_the_guard(attack: Attack) -> None:
    source = (
        "class A:\n    def g(self): return super().__getattribute__('__dict__')\nwon = [A().g()]"
    )
    attack(source, "refused: The attribute __getattribute__")


def test_super_with_two_arguments_on_an_array(attack: Attack) -> None:
    source = "import numpy as np\nclass A: pass\na = np.zeros(2)\nwon = super(type(a), a).__init__"
    attack(source, "TypeError|AttributeError")


def test_object_setattr(attack: Attack) -> None:
    source = "class A: pass\na = A()\nobject.__setattr__(a, '__class__', A)\nwon = True"
    attack(source, "refused: The attribute __setattr__")


def test_class_reassigned(attack: Attack) -> None:
    source = "class A: pass\nclass B: pass\na = A()\na.__class__ = B\nwon = True"
    attack(source, "refused: The attribute __class__")


def test_setattr_with_a_dunder(attack: Attack) -> None:
    source = "class A: pass\na = A()\nsetattr(a, '__array_' + 'interface__', {})\nwon = True"
    attack(source, "AttributeError: the attribute __array_interface__ can't be set")


def test_dunder_dict_of_an_instance(attack: Attack) -> None:
    source = "class A: pass\na = A()\na.__dict__['x'] = 1\nwon = a.x"
    attack(source, "refused: The attribute __dict__ is not allowed: use the attributes")


@pytest.mark.parametrize("name", ["vars", "globals", "locals", "dir"])
def test_namespaces_by_builtin(attack: Attack, name: str) -> None:
    argument = "" if name in ("globals", "locals") else "Exception"
    attack(f"won = {name}({argument})", f"refused: {name} is not available")


@pytest.mark.parametrize("name", ["eval", "exec", "compile", "open", "input", "breakpoint"])
def test_dangerous_builtin_aliased(attack: Attack, name: str) -> None:
    attack(f"x = {name}\nwon = True", f"refused: {name} is not available")


def test_builtin_hidden_by_a_binding_elsewhere(attack: Attack) -> None:
    source = "def g(open): pass\nwon = open"
    attack(source, "NameError: name 'open' is not defined")
