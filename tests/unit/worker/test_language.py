"""Running behind the language wall: seeds, output, lines, descriptions, messages."""

import subprocess
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.patience import PATIENCE_SECONDS
from worker.sandbox import language, printing
from worker.sandbox.allowed import allowed
from worker.sandbox.policy_rules import REFUSED_BUILTINS


@pytest.fixture(autouse=True)
def quiet_numerics() -> Iterator[None]:
    with np.errstate(all="ignore"), np.printoptions(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def run(source: str, seed: int = 1, printed: language.Printed | None = None) -> dict[str, Any]:
    program = language.compile_submission(source)
    return language.run_module(program, seed=seed, printed=printed or language.Printed())


def error_of(source: str) -> BaseException:
    with pytest.raises(BaseException) as caught:  # noqa: PT011
        run(source)
    return caught.value


DRAWS = """
import random
import numpy as np
from scipy.stats import norm
drawn = [
    np.random.randn(), np.random.default_rng().normal(), np.random.default_rng().normal(),
    np.random.RandomState().randn(), np.random.Generator(np.random.PCG64()).normal(),
    random.gauss(0, 1), random.Random().random(), norm.rvs(), np.random.rand(),
]
np.random.seed()
drawn.append(np.random.rand())
random.seed()
drawn.append(random.random())
"""


def test_unseeded_randomness_follows_from_the_seed() -> None:
    first, again, other = run(DRAWS, 5)["drawn"], run(DRAWS, 5)["drawn"], run(DRAWS, 6)["drawn"]
    assert first == again
    assert all(a != b for a, b in zip(first, other, strict=True))


def test_unseeded_generators_differ_from_one_another() -> None:
    drawn = run(DRAWS)["drawn"]
    assert len(set(drawn)) == len(drawn)


def test_seeded_randomness_is_numpys_own() -> None:
    names = run(
        "import numpy as np, random\nnp.random.seed(3)\na = np.random.randn(4)\n"
        "b = np.random.default_rng(0).normal(size=4)\nc = np.random.RandomState(7).rand(4)\n"
        "random.seed(2)\nd = random.random()\n"
    )
    import random

    assert np.array_equal(names["a"], np.random.RandomState(3).randn(4))
    assert np.array_equal(names["b"], np.random.default_rng(0).normal(size=4))
    assert np.array_equal(names["c"], np.random.RandomState(7).rand(4))
    assert names["d"] == random.Random(2).random()


def test_print_keeps_the_first_part_and_says_so() -> None:
    printed = language.Printed()
    run("for i in range(10_000):\n    print('θ', i, sep='=')", printed=printed)
    assert printed.text.startswith("θ=0\nθ=1\n")
    assert printed.truncated
    assert 8000 < len(printed.text.encode()) <= 8192


def test_print_of_little_is_kept_whole_and_without_addresses() -> None:
    printed = language.Printed()
    run("print(1, 'a', end='!')\nprint()\nprint(lambda: 0, object())", printed=printed)
    assert printed.text.startswith("1 a!\n<function <lambda>>")
    assert "0x" not in printed.text
    assert not printed.truncated


def test_too_much_output_ends_the_run_past_except_exception() -> None:
    printed = language.Printed()
    source = "s = 'x' * 2**20\nwhile True:\n    try:\n        print(s)\n"
    source += "    except Exception:\n        pass"
    with pytest.raises(language.OutputLimit):
        run(source, printed=printed)
    assert printed.exceeded
    assert printing.LIMIT == 16 * 2**20


def test_output_limit_is_remembered_when_it_is_caught() -> None:
    printed = language.Printed()
    run("try:\n    print('x' * 2**25)\nexcept BaseException:\n    pass", printed=printed)
    assert printed.exceeded


def test_student_line_is_the_deepest_of_their_own() -> None:
    source = "import numpy as np\ndef g(x):\n    return np.linalg.inv(x)\n\ng(np.zeros((2, 2)))"
    error = error_of(source)
    assert language.student_line(error) == 3
    assert language.describe(error) == "LinAlgError: Singular matrix"


def test_student_line_of_endless_recursion() -> None:
    error = error_of("def f(z):\n    return 1 + f(z)\nf(1)")
    assert isinstance(error, RecursionError)
    assert language.student_line(error) == 2


def test_student_line_in_rewritten_statements() -> None:
    source = "class A: pass\na = A()\na.x: int = 0\n\na.x += (\n    a.missing\n)"
    error = error_of(source)
    assert language.student_line(error) == 6
    assert language.describe(error) == "AttributeError: 'A' object has no attribute 'missing'"


def test_no_line_where_no_student_code_ran() -> None:
    assert language.student_line(ValueError("x")) is None


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("import numpy as np\nnp.zeros(2)[:, 0]", "IndexError: too many indices for array"),
        ("{}['k']", "KeyError: there is no key 'k'"),
        ("raise ValueError('a\\x1b[31mb\\nc\\u202ed')", "ValueError: a [31mb c d"),
        ("raise ValueError('/usr/lib/python3/x.py is bad')", "ValueError: … is bad"),
        ("raise ValueError(2.5, None)", "ValueError: 2.5, None"),
        ("raise KeyError(10**5000)", "KeyError: there is no key an integer of about 5000 digits"),
        ("class A: pass\nraise ValueError(A())", "ValueError: <A>"),
        ("raise ValueError", "ValueError"),
        (
            "import numpy as np\nnp.load('x')",
            "AttributeError: numpy has no load here: there are no files",
        ),
        (
            "import numpy as np\nnp.float(1)",
            "AttributeError: numpy has no float here: write float without np.",
        ),
        ("import numpy as np\nnp.tahn(1)", "numpy has no tahn here: did you mean tan or tanh?"),
        ("import numpy as np\nz = np.zeros(2)\nz.shape = (2, 1)", "write a = a.reshape"),
        ("import numpy as np\nnp.zeros(2).__add__", "the attribute __add__ of an array is not"),
        ("(1).x", "AttributeError: this int has no x here"),
        ("None.x", "AttributeError: None has no x here"),
    ],
)
def test_description_reads_well(source: str, text: str) -> None:
    assert text in language.describe(error_of(source))


def test_description_is_bounded() -> None:
    assert len(language.describe(error_of("raise ValueError('x' * 10**6)"))) < 400
    assert (
        len(language.describe(error_of(f"class {'E' * 5000}(Exception): pass\nraise {'E' * 5000}")))
        < 400
    )


@pytest.mark.parametrize("method", ["__str__", "__repr__"])
def test_description_runs_no_student_code(method: str) -> None:
    source = (
        f"ran = []\nclass E(Exception):\n    def {method}(self):\n        ran.append(1)\n"
        "        raise SystemExit\n"
        f"class S(str):\n    def {method}(self):\n        ran.append(2)\n        return 'x'\n"
        "def f(z):\n    raise E(S('text'), [S('a')], E())"
    )
    names = run(source)
    with pytest.raises(Exception) as caught:  # noqa: PT011
        names["f"](1)
    assert language.describe(caught.value) == "E: <S>, <list>, <E>"
    assert names["ran"] == []


def test_namespaces_of_two_runs_are_apart() -> None:
    first = run("class A: pass\na = A()\na.x = 1")
    second = run("def g(a):\n    return a.x\ndef h(a):\n    a.x = 2")
    with pytest.raises(AttributeError):
        second["g"](first["a"])
    with pytest.raises(TypeError):
        second["h"](first["a"])


def test_rows_of_what_is_allowed_are_true() -> None:
    rows = allowed()
    assert {row.group for row in rows} == {
        *("language", "builtins", "special methods", "modules", "not available"),
    }
    for row in rows:
        assert row.text
        if row.group == "modules":
            run(f"import {row.name}\n" + "".join(f"{row.name}.{n}\n" for n in row.text.split()))
        elif row.group == "builtins":
            run("\n".join(row.text.split()))
        elif row.group == "special methods":
            run("class A:\n" + "".join(f"    def {n}(self): pass\n" for n in row.text.split()))


def test_what_is_listed_as_not_available_is_not() -> None:
    for row in allowed():
        if row.group == "not available" and row.name != "sys":
            use = f"{row.name}()" if row.name in REFUSED_BUILTINS else f"import {row.name}"
            with pytest.raises(language.Refused) as caught:
                language.compile_submission(use)
            assert row.text in caught.value.refusal.message


PREPARED = """
import warnings
from worker.sandbox import language
language.prepare()
import builtins, io, linecache, sys
import numpy as np
def no_files(*args, **kwargs):
    raise AssertionError(f"opened {args[0]}")
builtins.open = io.open = no_files
before = set(sys.modules)
program = language.compile_submission('''
import numpy as np
from scipy import linalg, special, stats, integrate, optimize
x = np.float64(1e308) * np.float64(10) + np.zeros(1) / 0 + np.log(-np.ones(1))
print(np.linalg.svd(np.eye(3)), stats.gamma(2).ppf(0.5), linalg.expm(np.eye(2)))
print(integrate.solve_ivp(lambda t, y: -y, (0, 1), [1.0]).y, special.softmax(np.ones(3)))
print(stats.multivariate_normal([0, 0], np.eye(2)).logpdf([0, 0]), stats.norm.rvs(size=2))
print(linalg.logm(np.eye(2) * 2), linalg.sqrtm(np.eye(2)), integrate.quad(lambda t: t, 0, 1))
print(np.unique([1, 2]), np.median([1, 2]), np.polynomial.Polynomial([1, 2]), np.array(["a"]))
print(f"{np.array([1 + 2j, np.nan])} {np.poly1d([1, 2])}", np.einsum("ij,jk", np.eye(2), np.eye(2)))
''')
language.run_module(program, seed=1, printed=language.Printed())
names = language.run_module(language.compile_submission('''
import math, numpy as np, scipy, statistics
from numpy import linalg, fft, random
from scipy import special, stats
'''), seed=1, printed=language.Printed())
from worker.sandbox.namespace import Namespace, names_in
functions = [
    getattr(made, name)
    for made in names.values() if isinstance(made, Namespace)
    for name in sorted(names_in(made))
] + [
    getattr(module, name)
    for module in (names["scipy"].linalg, names["scipy"].integrate, names["scipy"].optimize)
    for name in sorted(names_in(module))
]
# New arrays for each call: a third argument is written to, and infinities stop vonmises.
arguments = lambda: [
    (), (2,), (0.5,), (np.eye(3),), (np.ones(3),), (np.eye(3), np.eye(3)), (np.ones(3), np.ones(3)),
    (0.5, 0.5), (np.eye(3), np.ones(3)), (np.ones(3), 2), (3, np.ones(3)), (0.5, 0.5, 0.5),
    (lambda x: x, -1.0, 2.0), (lambda x: x, np.ones(3)), (lambda t, y: -y, (0, 1), [1.0]),
]
called = 0
for function in filter(callable, functions):
    for given in arguments():
        try:
            str(function(*given))
            called += 1
        except Exception as error:
            assert not isinstance(error, (ImportError, AssertionError)), (function, given, error)
assert called > 2000, called
late = sorted(set(sys.modules) - before)
assert not late, late
assert linecache.getline("/etc/passwd", 1) == ""
"""


def test_after_prepare_nothing_is_read_imported_or_warned_of() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PREPARED],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "submission" not in done.stdout  # LAPACK itself complains of NaN, there
