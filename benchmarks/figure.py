"""Prints how much faster our density figure is than the course page's way, measured in one run.

The page's way: scipy's `gaussian_kde` on a 200 × 200 grid for both panels, and matplotlib's filled
contours by pyplot. Both start from the same samples and end with the bytes of a PNG; both are
warm. Run it from the root of the clone: python benchmarks/figure.py
"""

from __future__ import annotations

import io
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from scipy.stats import gaussian_kde

sys.path.insert(0, str(Path(__file__).parent.parent))

from exercises.figures.density import density_panels, render_png, render_svg

Array = NDArray[np.float64]

SAMPLES = 10_000
LAWS: dict[str, Callable[[Array], Array]] = {
    "2z + 1": lambda z: 2 * z + 1,
    "exp(z)": np.exp,
    "ring": lambda z: 3 * z / np.linalg.norm(z, axis=1, keepdims=True) + 0.3 * z,
}


def ours(z: Array, x: Array) -> bytes:
    """Samples to PNG by this project."""
    return render_png(density_panels(z, x))


def the_pages_way(z: Array, x: Array) -> bytes:
    """Samples to PNG by scipy and pyplot."""
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, 2, figsize=(9.6, 4.8))
    for axes, points, title in zip(panels, (z, x), ("p(z)", "p(x)"), strict=True):
        (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
        across, along = np.meshgrid(np.linspace(left, right, 200), np.linspace(bottom, top, 200))
        density = gaussian_kde(points.T)(np.stack([across.ravel(), along.ravel()]))
        axes.contourf(across, along, density.reshape(200, 200))
        axes.set_title(title)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=100)
    plt.close(figure)
    return file.getvalue()


def milliseconds(work: Callable[[], object], repeats: int) -> tuple[float, float]:
    """The median wall and processor time of one call, once warm."""
    work()
    wall, processor = [], []
    for _ in range(repeats):
        began, spent = time.perf_counter(), time.process_time()
        work()
        wall.append(1e3 * (time.perf_counter() - began))
        processor.append(1e3 * (time.process_time() - spent))
    return statistics.median(wall), statistics.median(processor)


def main() -> None:
    """Print one line a law."""
    mpl.use("Agg")
    z = np.random.default_rng(0).standard_normal((SAMPLES, 2))
    print(f"{'x':8} {'ours, ms':>9} {'page, ms':>9} {'ratio':>6} {'ratio, CPU':>11}   of which")
    for name, law in LAWS.items():
        x = law(z)
        panels = density_panels(z, x)
        mine, mine_cpu = milliseconds(lambda x=x: ours(z, x), 30)
        page, page_cpu = milliseconds(lambda x=x: the_pages_way(z, x), 2)
        estimate, _ = milliseconds(lambda x=x: density_panels(z, x), 30)
        png, _ = milliseconds(lambda panels=panels: render_png(panels), 30)
        svg, _ = milliseconds(lambda panels=panels: render_svg(panels), 5)
        print(
            f"{name:8} {mine:9.1f} {page:9.0f} {page / mine:6.0f} {page_cpu / mine_cpu:11.0f}   "
            f"estimate {estimate:.1f}, PNG {png:.1f} ({len(render_png(panels)) // 1000} kB); "
            f"kept in {len(panels.to_bytes()) // 1000} kB; SVG on demand {svg:.0f} "
            f"({len(render_svg(panels)) // 1000} kB)"
        )


if __name__ == "__main__":
    main()
