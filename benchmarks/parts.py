"""The parts of one grading, and its total as a multiple of what no grader can do without.

The floor is: fork a process that has imported numpy, one pass of f over the figure's samples, the
Fourier transforms of two densities, and packing one picture. The floor's pass is one call for all
samples, in this process, with nothing around it; the same pass by single calls is shown beside it.
"""

from __future__ import annotations

import io
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np
from PIL import Image
from scipy import fft

from benchmarks.stopwatch import Stopwatch
from benchmarks.timing import medians
from exercises import judge
from exercises.catalog.reading import read_catalog
from exercises.exercise import CodeExercise
from exercises.figures import canvas
from exercises.figures.density import DensityPanels
from exercises.figures.layout import DPI
from exercises.figures.png import encode
from exercises.oracle import Signature
from worker import figures, grading
from worker.heap import keep_freed_memory
from worker.sandbox import language
from worker.sandbox.lifting import call_lifted
from worker.sandbox.process import SubmissionProcess
from worker.sandbox.sandbox import Sandbox

#: Nodes of the Fourier transform of a density of 200 × 200 nodes with room around it.
_NODES = 250
_SAMPLES = 10_000
#: A process with numpy and nothing else, that forks and reaps a child for each line it reads.
_FORKER = """
import gc, os, sys
import numpy
gc.freeze()
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    print(flush=True)
"""
_PARTS = {
    "fork": "a process that waited is confined",
    "run": "the program is loaded; f at the figure's samples",
    "probes": "f at the points of all checks",
    "purity": "the comparisons",
    "invertibility": "the judge's numerics",
    "law": "the judge's numerics",
    "KDE": "both densities",
    "render": "words, lines and pixels",
    "encode": "PNG, and what is kept to draw it again",
    "others": "what the figures on demand are drawn from, and their words",
    "rest": "opening, closing, and the report",
}


def main(rounds: int = 21) -> None:
    """Measure and print both exercises."""
    keep_freed_memory()
    language.prepare()
    catalog = read_catalog()
    playground, affine = catalog["playground"], catalog["affine"]
    assert isinstance(playground, CodeExercise)
    assert isinstance(affine, CodeExercise)
    gradings = {
        "playground's net": (playground.starter, playground),
        "affine, 2z + 1": ((affine.folder / "reference.py").read_text(), affine),
    }
    with Sandbox() as sandbox, _forker() as fork:
        for name, (source, exercise) in gradings.items():
            _measure(name, source, exercise, sandbox, fork, rounds)


def _measure(
    name: str,
    source: str,
    exercise: CodeExercise,
    sandbox: Sandbox,
    fork: Callable[[], object],
    rounds: int,
) -> None:
    stopwatch = Stopwatch("rest")
    graded = grading.grade(source.encode(), exercise, 1, sandbox)
    pixels = np.asarray(Image.open(io.BytesIO(graded.files["density.png"])))
    floor = {"fork": fork, **_floor(_function(source), pixels)}
    single = partial(_singly, _function(source))

    def grade() -> None:
        with _watched(stopwatch), stopwatch.lap():
            grading.grade(source.encode(), exercise, 1, sandbox)

    times = medians({**floor, "singly": single, "grade": grade}, rounds=rounds)
    least = sum(times[part] for part in floor)
    print(f"\n{name:16}{'median':>12}{'÷ floor':>10}")
    for part, what in _PARTS.items():
        seconds = statistics.median(lap.get(part, 0.0) for lap in stopwatch.laps)
        print(f"  {part:14}{seconds * 1e3:9.2f} ms{seconds / least:10.2f}   {what}")
    print(f"  {'total':14}{times['grade'] * 1e3:9.2f} ms{times['grade'] / least:10.2f}")
    print(f"  {'floor':14}{least * 1e3:9.2f} ms{1:10.2f}   ", end="")
    print(", ".join(f"{part} {times[part] * 1e3:.2f}" for part in floor), end="")
    print(f"; f by {_SAMPLES:,} single calls would be {times['singly'] * 1e3:.0f}")


def _floor(f: Callable[[Any], Any], pixels: np.ndarray) -> dict[str, Callable[[], object]]:
    z = np.random.default_rng(0).standard_normal((2, _SAMPLES))
    mass = np.random.default_rng(0).random((_NODES, _NODES), np.float32)

    def transforms() -> None:
        for _ in "zx":
            fft.irfft2(fft.rfft2(mass), s=mass.shape)

    return {
        "one pass of f": partial(_for_all, f, z),
        "FFT": transforms,
        "PNG": partial(encode, pixels, DPI),
    }


@contextmanager
def _forker() -> Iterator[Callable[[], object]]:
    """What forks one child, in a process of its own, each time it is called."""
    with subprocess.Popen(
        [sys.executable, "-c", _FORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        send, hear = process.stdin, process.stdout

        def fork() -> None:
            send.write(b"\n")
            send.flush()
            hear.readline()

        yield fork


def _for_all(f: Callable[[Any], Any], z: np.ndarray) -> None:
    """One call of f for all samples, by the means of the sandbox but outside of it."""
    assert call_lifted(f, z.T, Signature()) is not None


def _singly(f: Callable[[Any], Any]) -> None:
    for z in np.random.default_rng(0).standard_normal((_SAMPLES, 2)):
        f(z)


def _function(source: str) -> Callable[[Any], Any]:
    """The function of a program of our own, loaded in this process."""
    program = language.compile_submission(source)
    function: Any = language.run_module(program, seed=0, printed=language.Printed())["f"]
    return function  # type: ignore[no-any-return]


@contextmanager
def _watched(stopwatch: Stopwatch) -> Iterator[None]:
    """Have the product's own functions press the stopwatch."""

    def answers() -> str:
        return "run" if stopwatch.part == "rest" else "probes"

    def criterion(*arguments: Any, **_: Any) -> str:
        _case, judged = arguments
        return str(judged.check)

    watched: dict[tuple[object, str], str | Callable[..., str]] = {
        (SubmissionProcess, "__init__"): "fork",
        (SubmissionProcess, "_greet"): "fork",
        (SubmissionProcess, "ask"): lambda *_, **__: answers(),
        (SubmissionProcess, "hear"): lambda *_, **__: answers(),
        (judge, "find_impurity"): "purity",
        (judge, "find_late_impurity"): "purity",
        (judge, "check_criterion"): criterion,
        (figures, "density_panels"): "KDE",
        (figures, "render_png"): "render",
        (canvas, "encode"): "encode",
        (DensityPanels, "to_bytes"): "encode",
        (figures, "fold_figures"): "others",
        (figures, "comparison_figure"): "others",
    }
    with ExitStack() as stack:
        for (owner, attribute), part in watched.items():
            original = getattr(owner, attribute)
            pressed = stopwatch.pressed(original, part)
            stack.enter_context(patch.object(owner, attribute, pressed))
        yield


if __name__ == "__main__":
    main()
