"""From source to report with its figure, warm, against two programs that anyone can run.

(a) `python -c "import numpy"` as a new process: what other graders pay before they begin.
(b) the course page's way: a fresh script that draws both panels with scipy's gaussian_kde on a
    200 × 200 grid and a matplotlib contour plot.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import partial

from benchmarks.timing import medians
from exercises.catalog.reading import read_catalog
from exercises.exercise import AnyExercise, CodeExercise
from worker.grading import grade
from worker.heap import keep_freed_memory
from worker.sandbox.limits import Limits
from worker.sandbox.sandbox import Sandbox
from worker.sandbox.submission import Account

IMPORT_NUMPY = "import numpy"

#: Our own rendering of what the course page describes: 10,000 samples, one call of f for each.
PAGES_WAY = """
import io
import sys
import numpy as np
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
from scipy.stats import gaussian_kde

namespace = {}
exec(sys.argv[1], namespace)
z = np.random.default_rng(0).standard_normal((10_000, 2))
x = np.array([namespace["f"](point) for point in z])
figure, axes = plt.subplots(1, 2, figsize=(9.6, 4.8))
for panel, sample in zip(axes, (z, x)):
    low, high = sample.min(axis=0), sample.max(axis=0)
    grid = np.meshgrid(*(np.linspace(a, b, 200) for a, b in zip(low, high)))
    density = gaussian_kde(sample.T)(np.array([g.ravel() for g in grid])).reshape(200, 200)
    panel.contourf(*grid, density, levels=20)
figure.savefig(io.BytesIO(), format="png", dpi=100)
"""


def main(rounds: int = 7) -> None:
    """Measure and print."""
    catalog = read_catalog()
    playground, affine = catalog["playground"], catalog["affine"]
    assert isinstance(playground, CodeExercise)
    keep_freed_memory()
    net = playground.starter
    with Sandbox() as sandbox:
        ways: dict[str, Callable[[], object]] = {
            "report: playground's net": partial(_report, net, playground, sandbox),
            "report: affine, 2z + 1": partial(
                _report, (affine.folder / "reference.py").read_text(), affine, sandbox
            ),
            "sandbox alone: open, one point, close": partial(_one_point, net, sandbox),
            '(a) python -c "import numpy"': partial(_python, IMPORT_NUMPY),
        }
        fast = medians(ways, rounds=3 * rounds)
        slow = medians(
            {
                "report: playground's net": ways["report: playground's net"],
                "(b) the page's way, a fresh script": partial(_python, PAGES_WAY, net),
            },
            rounds=max(3, rounds // 2),
        )
    _table(fast, '(a) python -c "import numpy"')
    _table(slow, "(b) the page's way, a fresh script")


def _report(source: str, exercise: AnyExercise, sandbox: Sandbox) -> None:
    graded = grade(source.encode(), exercise, 1, sandbox)
    assert graded.files["density.png"], "a report without its figure is not what is measured"


def _one_point(source: str, sandbox: Sandbox) -> None:
    import numpy as np

    with sandbox.open(source.encode(), seed=1, account=Account(Limits())) as oracle:
        oracle.evaluate(np.zeros((1, 2)))


def _python(*arguments: str) -> None:
    subprocess.run([sys.executable, "-c", *arguments], check=True, stdout=subprocess.DEVNULL)


def _table(times: dict[str, float], baseline: str) -> None:
    unit = times[baseline]
    print(f"\n{'':45}{'median':>10}   {'÷ baseline':>10}")
    for name, seconds in times.items():
        print(f"{name:45}{seconds * 1e3:8.1f} ms   {seconds / unit:10.3f}")


if __name__ == "__main__":
    main()
