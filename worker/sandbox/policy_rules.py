"""The rules of the policy as tables: names, methods and constructs, and what to write instead."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from RestrictedPython.transformer import INSPECT_ATTRIBUTES

#: The longest source that is read, in bytes of UTF-8.
SOURCE_BYTES = 64 * 1024

#: What a class of the student may define beside ordinary methods, by what it is for. Everything
#: else between double underscores stays out: numpy and Python read those from C, past every guard
#: (`__array_interface__` is an address, `__getattr__` can forge it, `__del__` runs at the end).
DEFINABLE_METHODS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "making and calling": ("__init__", "__post_init__", "__call__"),
        "text": ("__repr__", "__str__", "__format__"),
        "comparison": (
            *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__bool__"),
        ),
        "containers": (
            *("__len__", "__getitem__", "__setitem__", "__delitem__", "__contains__"),
            *("__iter__", "__next__", "__reversed__", "__missing__"),
        ),
        "numbers": (
            *("__int__", "__float__", "__complex__", "__round__", "__floor__", "__ceil__"),
            *("__trunc__", "__abs__", "__neg__", "__pos__", "__invert__"),
        ),
        "operators": tuple(
            f"__{side}{name}__"
            for name in (
                *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "divmod"),
                *("and", "or", "xor", "lshift", "rshift"),
            )
            for side in ("", "r", "i")
            if (side, name) != ("i", "divmod")
        ),
        "with and copy": ("__enter__", "__exit__", "__copy__", "__deepcopy__"),
    }
)

DEFINABLE = frozenset(name for names in DEFINABLE_METHODS.values() for name in names)

#: Names between double underscores that may be read: of functions and classes they are text.
READABLE_TEXTS = frozenset({"__name__", "__qualname__", "__doc__", "__version__"})

#: Assignments to these say nothing that a grading needs: they are passed over.
PASSED_OVER_NAMES = frozenset(
    {
        *("__all__", "__author__", "__version__", "__date__", "__license__", "__email__"),
        *("__copyright__", "__credits__", "__slots__", "__doc__"),
    }
)

#: Attributes of frames, code, tracebacks and generators: never, on anything.
FRAME_ATTRIBUTES = INSPECT_ATTRIBUTES | {"gi_running", "tb_lasti", "f_lasti", "co_consts"}

#: Functions of Python that are not here, and what to do instead.
REFUSED_BUILTINS: Mapping[str, str] = MappingProxyType(
    {
        "open": "there are no files here: write the numbers into the program",
        "input": "nobody is there to type: f gets its input as z",
        "eval": "text is never run as code: write the expression itself",
        "exec": "text is never run as code: write the statements themselves",
        "compile": "text is never run as code: write the statements themselves",
        "__import__": "write an import statement",
        "globals": "use the variable by its name",
        "locals": "use the variable by its name",
        "vars": "use the attributes by their names",
        "dir": "use the attributes by their names",
        "id": "compare with `is` or `==`",
        "help": "use the documentation of numpy",
        "breakpoint": "there is no debugger here: use print",
        "exit": "end a function with return",
        "quit": "end a function with return",
        "memoryview": "use an array",
        "bytearray": "use an array or a list",
        "get_ipython": "this is no notebook: leave that line out",
        "display": "this is no notebook: use print",
    }
)

#: Modules that are not here, and what to do instead; the key is the first part of the name.
MODULE_ADVICE: Mapping[str, str] = MappingProxyType(
    {
        "torch": (
            "numpy has what an f needs: write W @ z + b for a linear layer, np.tanh(h) or "
            "np.maximum(h, 0) for an activation"
        ),
        "tensorflow": "numpy has what an f needs: write W @ z + b for a dense layer",
        "keras": "numpy has what an f needs: write W @ z + b for a dense layer",
        "jax": "numpy has what an f needs: import numpy as np instead of jax.numpy",
        "pandas": "f works on one point of two numbers: numpy is enough",
        "sklearn": "write the formula with numpy",
        "sympy": "write the formula with numpy, as numbers",
        "numba": "leave the decorator out: f is fast enough without it",
        "autograd": "import numpy as np instead; the grader takes no derivatives of your code",
        "os": "a submission has no files and no system to ask",
        "sys": "only sys.float_info and sys.maxsize are here",
        "io": "a submission has no files",
        "pathlib": "a submission has no files",
        "shutil": "a submission has no files",
        "tempfile": "a submission has no files",
        "pickle": "write the numbers into the program",
        "json": "write the numbers into the program",
        "csv": "write the numbers into the program",
        "subprocess": "a submission runs no other programs",
        "multiprocessing": "a submission runs in one process",
        "threading": "a submission runs in one thread",
        "asyncio": "a submission runs in one thread",
        "concurrent": "a submission runs in one thread",
        "socket": "a submission has no network",
        "requests": "a submission has no network",
        "urllib": "a submission has no network",
        "http": "a submission has no network",
        "ctypes": "numpy has what an f needs",
        "inspect": "code cannot look at itself here",
        "gc": "code cannot look at itself here",
        "importlib": "write an import statement",
        "builtins": "the builtin functions are there by their names",
        "re": "f works on numbers: text patterns are not here",
        "nflows": "write the flow with numpy",
        "normflows": "write the flow with numpy",
        "grader": "leave the line out: the grader draws p(x) by itself",
        "tqdm": "leave the progress bar out: iterate over the range itself",
    }
)

#: Names of numpy that students meet and that stay out: the reason, and what to write.
NUMPY_ADVICE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            ("load", "save", "savez", "loadtxt", "savetxt", "genfromtxt", "fromfile", "memmap"),
            "there are no files here: write the numbers into the program",
        ),
        **dict.fromkeys(("frombuffer", "ctypeslib", "lib"), "it reaches raw memory: use np.array"),
        **{name: f"write {name} without np." for name in ("float", "int", "complex")},
        **dict.fromkeys(("matrix", "mat", "asmatrix", "bmat"), "write np.array and @"),
        **dict.fromkeys(("f2py", "testing"), "it has no use in an f"),
        "object_": "arrays of objects are slow and have no use in an f",
        "frompyfunc": "write np.vectorize",
        "nditer": "iterate over the array itself",
        "cumproduct": "write np.cumprod",
        "alltrue": "write np.all",
        "sometrue": "write np.any",
        "Inf": "write np.inf",
        "NaN": "write np.nan",
        "infty": "write np.inf",
    }
)

#: Constructs of Python that the policy refuses: node → (name of the construct, what to do).
REFUSED_NODES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "AsyncFunctionDef": ("async def", "write an ordinary def: nothing here waits"),
        "AsyncFor": ("async for", "write an ordinary for"),
        "AsyncWith": ("async with", "write an ordinary with"),
        "Await": ("await", "call the function directly: nothing here waits"),
        "TryStar": ("except*", "write except instead"),
        "TypeAlias": ("the type statement", "assign the type to a name"),
        "TemplateStr": ("a t-string", "write an f-string, with f in front of the quotes"),
        "Interpolation": ("a t-string", "write an f-string, with f in front of the quotes"),
    }
)

#: Constructs that run, for the page that shows what is allowed.
ALLOWED_CONSTRUCTS: tuple[tuple[str, str], ...] = (
    ("arithmetic and comparison", "2 * z + 1, W @ z, 0 < r <= 1, a if c else b"),
    ("assignment", "x, y = z; a[i] += v; self.w *= 2; x: float = 1; first, *rest = z; (n := 3)"),
    ("slicing", "z[0], W[:, 1], a[::-1], a[mask] = 0, del d['k']"),
    ("functions", "def, lambda, recursion, closures, nonlocal, global, *args, **kwargs, / and *"),
    ("generators and comprehensions", "yield, yield from, [..], {..}, (.. for ..)"),
    ("classes", "methods, properties, inheritance, super(), dataclasses, Enum, NamedTuple, ABC"),
    ("control flow", "if, for, while, break, continue, match, try, with, raise, assert"),
    ("decorators", "@property, @lru_cache, @dataclass and your own"),
    ("type hints", "they are passed over: any hint may stand there"),
    ("text", "print, f-strings, str.format, docstrings"),
    ("names", "in any alphabet (θ, σ), with a leading underscore too"),
    ('if __name__ == "__main__":', "the block is passed over, whatever it does"),
    ("plotting", "matplotlib may be imported and called; nothing is drawn"),
)
