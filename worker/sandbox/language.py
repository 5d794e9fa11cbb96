"""The language wall: what may be written, and what it can reach when it runs.

`prepare` is called once before the zygote forks; `compile_submission` and `run_module` in the
confined child, once each. The wall is for clear messages and against tampering with the child's
own numbers; the boundary is the kernel wall.
"""

from __future__ import annotations

import importlib
import linecache
import pkgutil
import warnings
from collections.abc import Iterator

import numpy as np

from worker.sandbox import builtin_names
from worker.sandbox.compiling import Program, Refusal, Refused, compile_submission
from worker.sandbox.errors import describe, student_line
from worker.sandbox.guards import FILENAME
from worker.sandbox.printing import OutputLimit, Printed
from worker.sandbox.randomness import STREAMS

__all__ = [
    "FILENAME",
    "OutputLimit",
    "Printed",
    "Program",
    "Refusal",
    "Refused",
    "compile_submission",
    "describe",
    "prepare",
    "run_module",
    "student_line",
]

#: Modules that numpy, scipy and Python import at first use; the child has no file system by then.
_LATE_IMPORTS = (
    *("numpy.ma", "numpy.char", "numpy.strings", "numpy.polynomial", "numpy.rec", "numpy.fft"),
    *("numpy._core._methods", "numpy._core._dtype", "numpy._core._internal", "numpy.random"),
    *("numpy._core._exceptions", "numpy._core._ufunc_config", "numpy._core.arrayprint"),
    *("scipy.linalg.lapack", "scipy.linalg.blas", "scipy.linalg.interpolative", "scipy.sparse"),
    *("scipy.special", "scipy.stats", "scipy.integrate", "scipy.optimize"),
    *("statistics", "fractions", "decimal", "dataclasses", "string", "copy", "numbers"),
    *("encodings.utf_8", "encodings.ascii", "encodings.latin_1", "encodings.idna", "unicodedata"),
)

_PACKAGES = (
    *("numpy.lib", "numpy.linalg", "numpy.fft", "numpy.random", "numpy.polynomial"),
    *("scipy.linalg", "scipy.special", "scipy.integrate"),
)


def prepare() -> None:
    """Bring this process into the state in which submissions run; once, before it is forked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in (*_LATE_IMPORTS, *_private_parts()):
            importlib.import_module(name)
    # Overflow and division by zero are values, not events: students see inf and nan.
    np.seterr(all="ignore")
    warnings.resetwarnings()
    warnings.simplefilter("ignore")
    _forget_source_files()
    _warm_up()


def run_module(program: Program, *, seed: int, printed: Printed) -> dict[str, object]:
    """Execute the module level of a submission and return its names.

    Args:
        program: what compile_submission returned.
        seed: all random numbers that the program does not seed itself follow from it.
        printed: collects what is printed, now and in later calls of its functions.

    Raises:
        BaseException: whatever the student's code raises.
    """
    STREAMS.reseed(seed)
    namespace: dict[str, object] = {
        "__builtins__": builtin_names.build(printed),
        "__name__": "submission",
    }
    exec(program.code, namespace)
    return namespace


def _private_parts() -> Iterator[str]:
    """The modules inside numpy and scipy that some of their functions import when called."""
    for name in _PACKAGES:
        package = importlib.import_module(name)
        for part in pkgutil.iter_modules(package.__path__):
            # Not their tests' helpers, such as _mptestutils: those need pytest.
            private = part.name.startswith("_") and not part.name.startswith("__")
            if private and "test" not in part.name:
                yield f"{name}.{part.name}"


def _forget_source_files() -> None:
    # A traceback or a warning would look for the source's file, which the child may not.
    linecache.clearcache()
    linecache.updatecache = lambda *_args, **_keywords: []
    linecache.checkcache = lambda *_args, **_keywords: None


def _warm_up() -> None:
    """Run what imports or allocates at first use."""
    source = (
        "import numpy as np\nfrom dataclasses import dataclass\n"
        "@dataclass\nclass Net:\n    W: np.ndarray\n    def __call__(self, z):\n"
        "        return np.tanh(self.W @ z)\n"
        "f = Net(np.random.randn(2, 2))\nprint(f'{f(np.ones(2))}')\n"
        "np.linalg.svd(f.W), np.linalg.inv(f.W), np.linalg.eig(f.W)\n"
    )
    run_module(compile_submission(source), seed=0, printed=Printed())
