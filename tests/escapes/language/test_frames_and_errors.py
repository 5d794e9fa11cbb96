"""Frames, tracebacks, exceptions and generators."""

from collections.abc import Callable

import pytest

Attack = Callable[..., None]


def test_generator_frame(attack: Attack) -> None:
    """CVE-2023-37271."""
    attack("won = (x for x in ()).gi_frame", "refused: The attribute gi_frame")


def test_generator_frame_by_getattr(attack: Attack) -> None:
    attack(
        "won = getattr((x for x in ()), 'gi_' + 'frame')", "AttributeError: the attribute gi_frame"
    )


def test_generator_code_by_attrgetter(attack: Attack) -> None:
    source = "import operator\nwon = operator.attrgetter('gi_code')(x for x in ())"
    attack(source, "AttributeError: the attribute gi_code")


def test_generator_yields_from_its_own_frame(attack: Attack) -> None:
    source = "def g():\n    yield gen.gi_frame.f_back\ngen = g()\nwon = next(gen)"
    attack(source, "refused: The attribute f_back .* The attribute gi_frame")


def test_async_generator_expression(attack: Attack) -> None:
    source = "def g():\n    return (x async for x in ())\nwon = True"
    attack(source, "refused: async for is not allowed", wins=False)


def test_coroutine_frame(attack: Attack) -> None:
    source = "async def g(): pass\nc = g()\nwon = c.cr_frame\nc.close()"
    attack(source, "refused: async def is not allowed")


def test_traceback_of_an_exception(attack: Attack) -> None:
    source = "try:\n    1 / 0\nexcept Exception as e:\n    won = e.__traceback__.tb_frame"
    attack(source, "refused: The attribute __traceback__.*tb_frame|refused: The attribute tb_frame")


def test_traceback_given_to_exit(attack: Attack) -> None:
    source = (
        "class C:\n    def __enter__(self): pass\n"
        "    def __exit__(self, kind, error, trace):\n"
        "        global won\n        won = getattr(trace, 'tb_' + 'frame')\n        return True\n"
        "with C():\n    1 / 0"
    )
    attack(source, "AttributeError: the attribute tb_frame")


def test_traceback_method_of_exceptions(attack: Attack) -> None:
    source = "won = ValueError().with_traceback(None)"
    attack(source, "AttributeError: this ValueError has no with_traceback")


def test_object_of_an_attribute_error(attack: Attack) -> None:
    """CVE-2024-47532."""
    source = "import math\ntry:\n    math.missing\nexcept AttributeError as e:\n    won = e.obj"
    attack(source, "AttributeError: this AttributeError has no obj")


def test_object_of_an_attribute_error_by_pattern(attack: Attack) -> None:
    source = (
        "import math\ntry:\n    math.missing\nexcept AttributeError as e:\n"
        "    match e:\n        case AttributeError(obj=o):\n            won = o"
    )
    attack(source, "TypeError: a pattern can't look inside AttributeError")


def test_object_of_an_own_attribute_error(attack: Attack) -> None:
    source = "class E(AttributeError): pass\ne = E()\nwon = e.obj is None"
    attack(source, "AttributeError: this E has no obj")


def test_exception_groups(attack: Attack) -> None:
    """CVE-2025-22153."""
    source = (
        "try:\n    raise ExceptionGroup('', [ValueError()])\nexcept* ValueError as e:\n    won = e"
    )
    attack(source.replace("won = e", "won = True"), r"refused: except\* is not allowed")


def test_exception_group_by_name(attack: Attack) -> None:
    attack("won = ExceptionGroup('x', [ValueError()])", "NameError: name 'ExceptionGroup'")


def test_module_of_an_import_error(attack: Attack) -> None:
    source = "try:\n    from math import nix\nexcept ImportError as e:\n    won = e.path or e.name"
    attack(source, "AttributeError: this ImportError has no path")


def test_context_of_an_exception(attack: Attack) -> None:
    source = (
        "try:\n    try:\n        1 / 0\n    except Exception:\n        [][0]\n"
        "except IndexError as e:\n    won = e.__context__"
    )
    attack(source, "refused: The attribute __context__")


def test_system_frames(attack: Attack) -> None:
    attack("import sys\nwon = sys._getframe()", "AttributeError: sys has no _getframe")


def test_system_modules(attack: Attack) -> None:
    attack("import sys\nwon = sys.modules['os']", "AttributeError: sys has no modules")


def test_system_modules_by_from(attack: Attack) -> None:
    attack("from sys import modules\nwon = modules", "refused: There is no modules in sys")


@pytest.mark.parametrize("module", ["inspect", "gc", "types", "traceback", "ctypes", "os", "io"])
def test_module_that_looks_inside(attack: Attack, module: str) -> None:
    attack(f"import {module}\nwon = {module}", f"refused: There is no {module} here")


def test_import_behind_try_is_still_stopped(attack: Attack) -> None:
    source = "try:\n    import os\nexcept ImportError:\n    raise\nwon = os"
    attack(source, "ModuleNotFoundError: There is no os here")


def test_import_of_a_private_part(attack: Attack) -> None:
    source = "from collections import _sys\nwon = _sys"
    attack(source, "refused: There is no _sys in collections")


def test_relative_import(attack: Attack) -> None:
    attack("from . import os\nwon = True", "refused: Relative imports", wins=False)
