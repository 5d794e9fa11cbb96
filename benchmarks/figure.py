"""Prints how much faster our density figure is than the course page's way, measured in one run.

The page's way: scipy's `gaussian_kde` on a 200 × 200 grid for both panels, and matplotlib's filled
contours by pyplot. Both start from the same samples and end with the bytes of a PNG, axes included;
both are warm.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from scipy.stats import gaussian_kde

from benchmarks.timing import medians
from exercises.figures.density import density_panels, render_png, render_svg
from worker.heap import keep_freed_memory

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


def main(rounds: int = 5) -> None:
    """Print one line a law."""
    mpl.use("Agg")
    keep_freed_memory()
    z = np.random.default_rng(0).standard_normal((SAMPLES, 2))
    print(f"{'x':8} {'page, ms':>9} {'ours, ms':>9} {'ratio':>6}   of which")
    for name, law in LAWS.items():
        x = law(z)
        panels = density_panels(z, x)
        ways: dict[str, Callable[[], object]] = {
            "ours": partial(ours, z, x),
            "estimate": partial(density_panels, z, x),
            "PNG": partial(render_png, panels),
            "SVG": partial(render_svg, panels),
            "page": partial(the_pages_way, z, x),
        }
        # The page's way takes seconds and ours milliseconds: ours takes more turns.
        few = medians(ways, rounds=rounds)
        many = medians({way: ways[way] for way in ("ours", "estimate", "PNG")}, rounds=8 * rounds)
        ms = {way: 1e3 * seconds for way, seconds in (few | many).items()}
        print(
            f"{name:8} {ms['page']:9.0f} {ms['ours']:9.1f} {ms['page'] / ms['ours']:6.0f}   "
            f"estimate {ms['estimate']:.1f}, PNG {ms['PNG']:.1f} "
            f"({len(render_png(panels)) // 1000} kB); kept in {len(panels.to_bytes()) // 1000} kB; "
            f"SVG on demand {ms['SVG']:.0f} ({len(render_svg(panels)) // 1000} kB)"
        )


if __name__ == "__main__":
    main()
