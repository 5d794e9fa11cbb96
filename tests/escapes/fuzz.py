"""Random programs against the language wall alone: what they are made of, and what must hold.

The suite runs a few hundred (test_fuzz.py); by hand, `python -m tests.escapes.fuzz 20000`.
"""

from __future__ import annotations

import builtins
import functools
import linecache
import os
import resource
import signal
import sys
import types
import warnings
from collections import ChainMap, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import worker.sandbox
from worker.sandbox import language, lifted, lifting
from worker.sandbox.guards import Guards

HEADER = """
import math, functools, itertools, collections, operator, copy, dataclasses, typing, enum, random
import statistics, string
import numpy as np
import scipy.special, scipy.stats, scipy.linalg
z = np.array([0.5, -1.0])
class C:
    w = 1
    def __init__(self, *given): self.given = given
    def m(self): return super().__init__
    def __call__(self, *given, **more): return (given, more)
class S(str):
    pass
@dataclasses.dataclass
class D:
    a: float = 1.0
def g(*given, **more): return (given, more)
def gen(): yield 1
try: raise KeyError(z)
except KeyError as e: error = e
"""

_ATOMS = (
    """z np math functools itertools collections operator copy dataclasses typing enum random scipy
    C C() S S('x') D D() g gen gen() error 1 2.5 1j 'abc' b'abc' None True ... [1,2] (1,z) {'a':z}
    {1,2} print type type(z) type(C) type(type) getattr hasattr setattr str object Exception super
    property classmethod map zip (lambda:z) z.dtype z[0] np.r_ np.ndarray np.dtype np.random
    np.linalg np.vectorize(g) np.poly1d([1,2]) np.errstate(all='ignore') np.random.default_rng(0)
    np.add np.random.RandomState(0) functools.partial(g,1) functools.lru_cache(g)
    itertools.repeat(1,2)
    collections.deque([1]) collections.Counter('ab') collections.namedtuple('N',['a'])
    operator.attrgetter('real') typing.List typing.NamedTuple enum.Enum scipy.stats.norm
    scipy.stats.norm() scipy.special.erf scipy.linalg.norm string.digits statistics.NormalDist()
    C().m np.array np.zeros math.sin (n:=z) [*z] f'{z}'"""
).split()

_ATTRIBUTES = (
    """__class__ __globals__ __dict__ __subclasses__ __mro__ __bases__ __base__ __init__ __call__
    __builtins__ __code__ __closure__ __self__ __func__ __module__ __name__ __doc__ __wrapped__
    __traceback__ __context__ __cause__ __reduce_ex__ __getattribute__ __array_interface__
    __array_struct__ __array__ __array_ufunc__ __loader__ __spec__ __import__ __annotations__
    __defaults__ __get__ __set_name__ __init_subclass__ __class_getitem__ __origin__ __args__
    gi_frame gi_code f_back f_globals f_locals tb_frame tb_next co_consts cr_frame ag_frame args
    obj name path msg with_traceback add_note func keywords cache_info pyfunc mro register base
    ctypes data flags strides tofile dump dumps tobytes getfield setflags resize view T real flat
    dtype type fields newbyteorder format format_map bit_generator capsule lock generator random
    state set_state get_state default_factory maps items get pop sort append _held _real _read
    _make _advice _fields _asdict _replace _value_ value fget fset getter cdf rvs dist _pdf a w
    given m subclass_where_it_is_not sys os lib testing core _core ctypeslib"""
).split()

names, attributes = st.sampled_from(_ATOMS), st.sampled_from(_ATTRIBUTES)
#: Those that a program may write: the policy refuses the others before anything runs.
open_attributes = st.sampled_from([a for a in _ATTRIBUTES if not a.startswith("__")])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, open_attributes).map(lambda p: f"({p[0]}).{p[1]}"),
        st.tuples(inner, attributes).map(lambda p: f"getattr({p[0]}, {p[1]!r})"),
        st.tuples(inner, attributes).map(
            lambda p: f"getattr({p[0]}, {p[1][:3]!r} + {p[1][3:]!r}, None)"
        ),
        st.tuples(inner, attributes).map(lambda p: f"'{{0.{p[1]}}}'.format({p[0]})"),
        st.tuples(inner, attributes).map(lambda p: f"operator.attrgetter({p[1]!r})({p[0]})"),
        st.tuples(inner, attributes).map(lambda p: f"operator.methodcaller({p[1]!r})({p[0]})"),
        st.tuples(inner, st.lists(inner, max_size=2)).map(lambda p: f"({p[0]})({', '.join(p[1])})"),
        st.tuples(inner, attributes, inner).map(lambda p: f"({p[0]})(**{{{p[1]!r}: {p[2]}}})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]})[{p[1]}]"),
        st.tuples(inner, st.sampled_from("+ - * @ | & == < in is and or".split()), inner).map(
            lambda p: f"({p[0]}) {p[1]} ({p[2]})"
        ),
        st.tuples(inner, inner).map(lambda p: f"[{p[0]} for q in ({p[1]}, 1)]"),
        inner.map(lambda e: f"(lambda q=({e}): q)()"),
        inner.map(lambda e: f"copy.copy({e})"),
        inner.map(lambda e: f"next(iter({e}))"),
        inner.map(lambda e: f'f"{{({e})!r:>4}}"'),
    )


expressions = st.recursive(names, _larger, max_leaves=6)


def _statements(e: str, a: str, other: str) -> st.SearchStrategy[str]:
    return st.sampled_from(
        [
            f"won = {e}",
            f"won = {e}",
            f"try: won = {e}\nexcept BaseException as caught: won = caught, caught.args",
            f"try: ({e}).missing_name\nexcept Exception as caught: won = caught.{a}",
            f"class K(C):\n    won = {e}\n    def {a}(self): return {other}\nwon = K(), K.{a}",
            f"class K({e}): pass\nwon = K, K()",
            f"@({e})\ndef h(x={other}): return x\nwon = h",
            f"@({e})\nclass K: x = {other}\nwon = K",
            f"match {e}:\n    case C({a}=won): pass\n    case [won, *_]: pass\n    case won: pass",
            f"match {e}:\n    case {{'a': won}}: pass\n    case z.{a}: won = 1",
            f"with {e} as won: pass",
            f"for won in itertools.islice({e}, 2): pass",
            f"won, *rest = {e}",
            f"C.{a} = {e}\nwon = C.{a}, C().{a}",
            f"setattr(C, {a!r}, {e})\nwon = C()",
            f"from numpy import {a.strip('_') or 'x'} as won",
            f"import numpy.{a} as won",
            f"def h():\n    won = yield {e}\nwon = [*h()]",
            f"del ({e}).{a}\nwon = {other}",
            f"won = (({e}).{a} if {other} else {other})",
        ]
    )


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A program of a few statements around what walls are climbed by."""
    made = [
        draw(
            _statements(
                draw(expressions), draw(st.one_of(open_attributes, attributes)), draw(expressions)
            )
        )
        for _ in range(draw(st.integers(1, 2)))
    ]
    return f"{HEADER}\n" + "\n".join(made) + "\n"


#: What no submission may ever hold.
_REAL = (
    types.ModuleType, types.FrameType, types.CodeType, types.TracebackType, memoryview, Guards,
    types.GetSetDescriptorType, types.MemberDescriptorType, types.MappingProxyType,
)  # fmt: skip
_EXACT = (
    type, builtins.__dict__, sys.modules, builtins.eval, builtins.exec, builtins.open,
    builtins.getattr, builtins.__import__, builtins.vars, builtins.compile, np.__dict__, np.ndarray,
    np.dtype, lifted.Call, lifting.Lifted, types.FunctionType, os.__dict__,
)  # fmt: skip


def treasures(names_of_program: Mapping[str, object]) -> list[object]:
    """What is reachable from these names that should not be: through containers and instances."""
    start = [v for k, v in names_of_program.items() if k not in ("__builtins__", "__name__")]
    return [x for x in _reachable(start) if isinstance(x, _REAL) or any(x is e for e in _EXACT)]


def _reachable(start: list[object]) -> Iterator[object]:
    seen: dict[int, object] = {}
    queue = deque(start)
    while queue and len(seen) < 5000:
        x = queue.popleft()
        if id(x) in seen:
            continue
        seen[id(x)] = x
        yield x
        queue.extend(_parts(x))


def _parts(x: object) -> Iterator[object]:
    if isinstance(x, (dict, ChainMap)):
        yield from list(x.keys()) + list(x.values())
    elif isinstance(x, (list, tuple, set, frozenset, deque)):
        yield from list(x)
    elif isinstance(x, functools.partial):
        yield from (x.args, x.keywords)
    elif isinstance(x, BaseException):
        yield x.args
    elif isinstance(x, np.ndarray) and x.dtype == object:
        yield from x.ravel().tolist()
    own = type(x).__module__ == "submission"
    if own and hasattr(x, "__dict__"):
        yield from list(vars(x).values())


#: What one program may take; the longest that ends takes a hundredth of it.
_CPU_SECONDS = 2.0

#: Where the wall itself may raise: it says no. Anything else out of it is a fault of ours.
_REFUSALS = (TypeError, AttributeError, ImportError, ValueError, language.OutputLimit)
_OURS = str(Path(worker.sandbox.__file__).parent)


class _TimeIsUp(BaseException):
    """The program loops, as `a, *b = np.r_` does: in a child the processor limit ends it."""


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def end(_number: int, _frame: object) -> None:
        raise _TimeIsUp

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def check(source: str) -> str:
    """Run one program and assert what must hold; how it went, in a word."""
    try:
        program = language.compile_submission(source)
    except language.Refused as refused:
        return f"refused: {refused.refusal.message}"
    names_of_program: dict[str, object] = {}
    try:
        with _limited(_CPU_SECONDS):
            names_of_program = language.run_module(program, seed=1, printed=language.Printed())
    except _TimeIsUp:
        return "looped"
    except Exception as error:
        _assert_not_ours(error)
        language.describe(error)
        names_of_program = {"error": error.args}
    found = treasures(names_of_program)
    assert not found, f"{found!r} was reached by\n{source}"
    return "ran"


def _assert_not_ours(error: BaseException) -> None:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = trace.tb_frame.f_code.co_filename if trace else ""
    if where.startswith(_OURS):
        assert isinstance(error, (*_REFUSALS, RecursionError)), f"{error!r} in {where}"


def fuzz(count: int, *, seed_is_fixed: bool) -> None:
    """Check that many random programs."""
    lines = linecache.updatecache, linecache.checkcache

    @settings(
        max_examples=count,
        deadline=None,
        derandomize=seed_is_fixed,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(programs())
    def run(source: str) -> None:
        with np.errstate(all="ignore"), np.printoptions(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check(source)

    try:
        run()
    finally:
        linecache.updatecache, linecache.checkcache = lines


if __name__ == "__main__":
    # A program that builds something huge ends as a MemoryError of its own, as in a child.
    resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))
    fuzz(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, seed_is_fixed=False)
