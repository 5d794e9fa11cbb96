"""numpy and scipy: memory, files, modules, and the code that they run."""

from collections.abc import Callable

import pytest

Attack = Callable[..., None]
CLOSED = """ctypes data base tofile dump dumps setflags flags strides getfield setfield resize
byteswap tobytes device to_device""".split()


@pytest.mark.parametrize("name", CLOSED)
def test_array_attribute(attack: Attack, name: str) -> None:
    source = f"import numpy as np\na = np.zeros(2)\nwon = hasattr(a, '{name}')\na.{name}"
    attack(source, f"AttributeError: an array has no {name}")


@pytest.mark.parametrize(
    "name", ["data", "base", "setflags", "dump", "tobytes", "view", "getfield"]
)
def test_scalar_attribute(attack: Attack, name: str) -> None:
    source = f"import numpy as np\na = np.float64(2)\nwon = hasattr(a, '{name}')\na.{name}"
    attack(source, f"AttributeError: this float64 has no {name}")


@pytest.mark.parametrize("name", ["shape", "dtype", "real", "imag", "flat", "T"])
def test_array_attribute_set(attack: Attack, name: str) -> None:
    source = f"import numpy as np\na = np.zeros(2)\nwon = True\na.{name} = a.{name}"
    attack(source, "TypeError: the attributes of an array can't be set", wins=name not in "imagT")


@pytest.mark.parametrize(
    "name",
    """load save savez savez_compressed loadtxt savetxt genfromtxt fromfile fromregex memmap
    frombuffer ctypeslib f2py testing lib core _core rec char ma sctypeDict nditer nested_iters
    frompyfunc fromstring from_dlpack set_string_function setbufsize seterrcall geterrcall
    show_config get_include matrix asmatrix bmat info object_ void record recarray strings dtypes
    exceptions ufunc flatiter busdaycalendar""".split(),
)
def test_numpy_name(attack: Attack, name: str) -> None:
    attack(
        f"import numpy as np\nwon = np.{name}", f"AttributeError: numpy has no {name}", wins=False
    )
    attack(
        f"from numpy import {name}\nwon = 1", f"refused: There is no {name} in numpy", wins=False
    )


def test_from_import_falls_back_to_loaded_modules(attack: Attack) -> None:
    attack(
        "from numpy import ctypeslib\nwon = ctypeslib", "refused: There is no ctypeslib in numpy"
    )


def test_from_import_behind_try(attack: Attack) -> None:
    source = "try:\n    from numpy import ctypeslib as won\nexcept ImportError as e:\n    raise"
    attack(source, "ImportError: There is no ctypeslib in numpy")


def test_from_import_of_a_nested_module(attack: Attack) -> None:
    attack(
        "from numpy.linalg import _linalg\nwon = 1", "refused: There is no _linalg in numpy.linalg"
    )


def test_import_of_a_private_module(attack: Attack) -> None:
    attack("import numpy._core.multiarray as won", "refused: There is no numpy._core.multiarray")


def test_real_numpy_behind_a_submodule(attack: Attack) -> None:
    source = "import numpy as np\nwon = np.polynomial.polynomial.np"
    attack(source, "AttributeError: numpy.polynomial has no polynomial")


def test_array_over_given_memory(attack: Attack) -> None:
    source = "import numpy as np\nwon = np.ndarray((1,), float, buffer=np.zeros(2))"
    attack(source, "TypeError: ndarray can't be called here")


def test_array_class_from_type(attack: Attack) -> None:
    source = "import numpy as np\nwon = type(np.zeros(2))((1,), float, buffer=np.zeros(2))"
    attack(source, "TypeError: ndarray can't be called here")


def test_array_class_from_dunder_class(attack: Attack) -> None:
    source = "import numpy as np\nwon = np.zeros(2).__class__((1,), float)"
    attack(source, "TypeError: ndarray can't be called here")


def test_dtype_of_records_with_objects(attack: Attack) -> None:
    source = "import numpy as np\nwon = np.dtype([('a', 'O')])"
    attack(source, "TypeError: only the dtypes of numbers")


def test_dtype_type_leads_to_classes(attack: Attack) -> None:
    source = "import numpy as np\nwon = np.zeros(2).dtype.type"
    attack(source, "AttributeError: this Float64DType has no type")


def test_stride_tricks(attack: Attack) -> None:
    source = "import numpy as np\nwon = np.lib.stride_tricks.as_strided(np.zeros(2), (1,), (8,))"
    attack(source, "AttributeError: numpy has no lib")


def test_view_as_objects(attack: Attack) -> None:
    source = "import numpy as np\nwon = np.zeros(1).view('V8')"
    attack(source, "TypeError: view is for numbers")


def test_view_of_objects_as_addresses(attack: Attack) -> None:
    source = "import numpy as np\na = np.array([None])\nwon = a.view('O')"
    attack(source, "TypeError: view is for numbers")


def test_view_by_getattr(attack: Attack) -> None:
    source = "import numpy as np\nwon = getattr(np.zeros(1), 'view')('V8')"
    attack(source, "TypeError: view is for numbers")


def test_matrix_text_reads_the_callers_names(attack: Attack) -> None:
    """np.r_["…"] looks names up in the frame that indexes it."""
    source = "import numpy as np\nsecret = np.ones(1)\nwon = np.r_['secret'].any()"
    attack(source, "TypeError: text can't be an index here")


def test_matrix_text_finds_the_builtins(attack: Attack) -> None:
    source = "import numpy as np\nwon = np.r_['__builtins__']"
    attack(source, "TypeError: text can't be an index here", wins=False)


def test_matrix_text_as_a_subclass(attack: Attack) -> None:
    source = "import numpy as np\nclass S(str): pass\nsecret = np.ones(1)\n"
    source += "won = np.r_[S('secret')].any()"
    attack(source, "TypeError: text can't be an index here")


def test_bit_generator_address(attack: Attack) -> None:
    source = "import numpy as np\nwon = np.random.default_rng(0).bit_generator.ctypes"
    attack(source, "AttributeError: this Generator has no bit_generator")


@pytest.mark.parametrize("name", ["ctypes", "cffi", "capsule", "state", "lock"])
def test_bit_generator_attribute(attack: Attack, name: str) -> None:
    source = f"import numpy as np\ng = np.random.PCG64(0)\nwon = True\ng.{name}"
    attack(source, f"AttributeError: this PCG64 has no {name}", wins=name != "cffi")


def test_random_state_with_a_forged_position(attack: Attack) -> None:
    source = "import numpy as np\nnp.random.set_state(np.random.get_state())\nwon = True"
    attack(source, "AttributeError: numpy.random has no (set|get)_state")


def test_random_state_object_with_a_forged_position(attack: Attack) -> None:
    source = (
        "import numpy as np\nr = np.random.RandomState(0)\n"
        "r.set_state(('MT19937', [0] * 624, 624))\n"
        "won = True"
    )
    attack(source, "AttributeError: this RandomState has no set_state")


def test_python_random_state(attack: Attack) -> None:
    source = "import random\nrandom.setstate(random.getstate())\nwon = True"
    attack(source, "AttributeError: random has no (set|get)state")


def test_random_from_the_system(attack: Attack) -> None:
    attack(
        "import random\nwon = random.SystemRandom()", "AttributeError: random has no SystemRandom"
    )


def test_print_options_call_student_code(attack: Attack) -> None:
    source = "import numpy as np\nwith np.printoptions(formatter={'all': str}):\n    won = True"
    attack(source, "TypeError: the print option formatter is not available")


def test_ufunc_documentation_object(attack: Attack) -> None:
    source = "import numpy as np\nwon = np.vectorize(int).pyfunc"
    attack(source, "AttributeError: this vectorize has no pyfunc")


def test_distribution_behind_a_frozen_one(attack: Attack) -> None:
    source = "from scipy.stats import norm\nwon = norm(0, 1).dist"
    attack(source, "AttributeError: this .* has no dist")


def test_distribution_generator_state(attack: Attack) -> None:
    source = "from scipy.stats import norm\nwon = norm.random_state"
    attack(source, "AttributeError: this norm_gen has no random_state")


def test_lapack_routines(attack: Attack) -> None:
    attack("import scipy.linalg.lapack as won", "refused: There is no scipy.linalg.lapack")


def test_low_level_callables(attack: Attack) -> None:
    attack(
        "from scipy import LowLevelCallable as won",
        "refused: There is no LowLevelCallable in scipy",
    )


def test_scipy_io(attack: Attack) -> None:
    attack("from scipy import io\nwon = io", "refused: There is no io in scipy")


def test_numpy_memory_through_copy(attack: Attack) -> None:
    source = "import copy, numpy as np\nwon = copy.copy(np)"
    attack(source, "TypeError: a module can't be copied", wins=False)


def test_stand_in_for_numpy_has_no_name(attack: Attack) -> None:
    attack(
        "import numpy as np\nwon = np.__name__", "AttributeError: the attribute __name__ of numpy"
    )


def test_stand_in_for_numpy_has_no_dict(attack: Attack) -> None:
    source = "import numpy as np\nwon = getattr(np, '__di' + 'ct__')"
    attack(source, "AttributeError: the attribute __dict__")
