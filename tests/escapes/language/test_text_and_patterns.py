"""Format strings, pattern matching, annotations and decorators."""

from collections.abc import Callable

Attack = Callable[..., None]


def test_format_walks_attributes(attack: Attack) -> None:
    """CVE-2023-41039."""
    source = "def f(z): pass\nwon = '{0.__globals__}'.format(f)"
    attack(source, "AttributeError: the attribute __globals__")


def test_format_map_walks_attributes(attack: Attack) -> None:
    source = "def f(z): pass\nwon = '{f.__globals__}'.format_map({'f': f})"
    attack(source, "AttributeError: the attribute __globals__")


def test_format_walks_in_a_nested_specification(attack: Attack) -> None:
    source = "def f(z): pass\nwon = '{0:{1.__code__.co_argcount}}'.format(1, f)"
    attack(source, "AttributeError: the attribute __code__")


def test_format_walks_after_an_index(attack: Attack) -> None:
    source = "import math\nwon = '{0[0].__self__}'.format([math.sin])"
    attack(source, "AttributeError: the attribute __self__")


def test_format_of_the_class_str(attack: Attack) -> None:
    source = "def f(z): pass\nwon = str.format('{0.__globals__}', f)"
    attack(source, "AttributeError: the class str has no format")


def test_format_of_a_subclass_of_str(attack: Attack) -> None:
    source = "class S(str): pass\ndef f(z): pass\nwon = S('{0.__globals__}').format(f)"
    attack(source, "AttributeError: this S has no format")


def test_format_of_super_in_a_subclass_of_str(attack: Attack) -> None:
    source = (
        "class S(str):\n    def walk(self, x): return super().format(x)\n"
        "def f(z): pass\nwon = S('{0.__globals__}').walk(f)"
    )
    attack(source, "AttributeError: this S has no format")


def test_format_mapped_over_text(attack: Attack) -> None:
    source = "def f(z): pass\nwon = list(map(str.format, ['{0.__code__}'], [f]))"
    attack(source, "AttributeError: the class str has no format")


def test_string_formatter(attack: Attack) -> None:
    """CVE-2026-76825."""
    source = "import string\ndef f(z): pass\nwon = string.Formatter().format('{0.__globals__}', f)"
    attack(source, "AttributeError: string has no Formatter")


def test_f_string_walks(attack: Attack) -> None:
    source = "def f(z): pass\nwon = f'{f.__globals__}'"
    attack(source, "refused: The attribute __globals__")


def test_f_string_walks_in_its_specification(attack: Attack) -> None:
    source = "won = f'{1:{(1).__class__.__base__.__name__[0]}<9}'"
    attack(source, "refused: The attribute __base__")


def test_pattern_value_hands_an_attribute_to_eq(attack: Attack) -> None:
    source = (
        "import math\nseen = []\nclass Spy:\n    def __eq__(self, other):\n"
        "        seen.append(other)\n        return True\n"
        "match Spy():\n    case math.sin.__self__:\n        won = seen"
    )
    attack(source, "refused: The attribute __self__")


def test_pattern_value_reads_past_the_type_list(attack: Attack) -> None:
    source = (
        "import numpy as np\nseen = []\na = np.zeros(2)\nclass Spy:\n"
        "    def __eq__(self, other):\n        seen.append(other)\n        return True\n"
        "match Spy():\n    case a.ctypes:\n        won = seen"
    )
    attack(source, "AttributeError: an array has no ctypes")


def test_pattern_class_reads_an_attribute(attack: Attack) -> None:
    source = "import numpy as np\nmatch np.zeros(2):\n    case object(ctypes=c):\n        won = c"
    attack(source, "TypeError: a pattern can't look inside object")


def test_pattern_class_reads_a_frame(attack: Attack) -> None:
    source = "match (x for x in ()):\n    case object(gi_frame=fr):\n        won = fr"
    attack(source, "refused: The attribute gi_frame")


def test_pattern_class_reads_a_dunder(attack: Attack) -> None:
    source = "match 1:\n    case object(__class__=c):\n        won = c"
    attack(source, "refused: The attribute __class__")


def test_pattern_class_that_isinstance_takes_for_anything(attack: Attack) -> None:
    source = (
        "import numpy as np\nfrom typing import Protocol, runtime_checkable\n"
        "@runtime_checkable\nclass C(Protocol):\n    ctypes: object\n"
        "won = None\nmatch np.zeros(2):\n    case C(ctypes=c):\n        won = c\n"
        "assert won is not None, 'no match'"
    )
    attack(source, "AssertionError: no match")


def test_pattern_class_registered_for_arrays(attack: Attack) -> None:
    source = (
        "import numpy as np\nfrom abc import ABC\nclass C(ABC): pass\n"
        "C.register(type(np.zeros(2)))\n"
        "match np.zeros(2):\n    case C(ctypes=c):\n        won = c"
    )
    attack(source, "AttributeError: the class C has no register")


def test_pattern_class_swapped_between_check_and_use(attack: Attack) -> None:
    source = (
        "import numpy as np\nclass C: pass\n"
        "def swap():\n    global C\n    C = object\n    return False\n"
        "won = None\nmatch np.zeros(2):\n    case _ if swap():\n        pass\n"
        "    case C(ctypes=c):\n        won = c\nassert won is not None, 'no match'"
    )
    attack(source, "AssertionError: no match")


def test_pattern_match_args_set_by_hand(attack: Attack) -> None:
    source = (
        "class C:\n    __match_args__ = ('__class__',)\nmatch C():\n    case C(c):\n        won = c"
    )
    attack(source, "refused: A class may not define __match_args__")


def test_pattern_rest_takes_a_hook_name(attack: Attack) -> None:
    source = "match {'a': 1}:\n    case {**_write_}:\n        won = True"
    attack(source, "refused: The name _write_")


def test_annotation_runs_code(attack: Attack) -> None:
    source = "seen = []\ndef f(z: seen.append(1)): pass\nf.__annotations__\nwon = seen or True"
    attack(source, "refused: The attribute __annotations__")


def test_annotation_as_text_is_evaluated(attack: Attack) -> None:
    source = (
        "import typing\ndef f(z: '__import__(\"os\").getpid'): pass\nwon = typing.get_type_hints(f)"
    )
    attack(source, "AttributeError: typing has no get_type_hints")


def test_forward_reference_is_evaluated(attack: Attack) -> None:
    source = "import typing\nwon = typing.ForwardRef('__import__(\"os\")')"
    attack(source, "AttributeError: typing has no ForwardRef")


def test_decorator_walks(attack: Attack) -> None:
    source = "@(lambda g: g.__globals__)\ndef won(): pass"
    attack(source, "refused: The attribute __globals__")


def test_decorator_makes_a_class_of_a_function(attack: Attack) -> None:
    source = "@type\ndef won(): pass\nx = won((lambda: 0).__code__, {})"
    attack(source, "refused: The attribute __code__")
