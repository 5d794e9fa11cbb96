"""The gallery: every figure by its name, drawn from what was stored of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

# The figures themselves are imported when one is drawn: they bring matplotlib, which whoever only
# wants the names (the web process, for nearly all of its time) should not wait for.

PNG, SVG = "image/png", "image/svg+xml"
Draw = Callable[[Sequence[bytes], str], bytes]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One figure: what it is drawn from, and how large it is."""

    #: The stored files that it is drawn from, in this order.
    sources: tuple[str, ...]
    #: Width and height of the PNG in pixels.
    size: tuple[int, int]
    draw: Draw
    #: What it is called in an SVG and in lists.
    title: str


def draw(name: str, stored: Sequence[bytes], media_type: str) -> bytes:
    """Draw the figure `name` in PNG or SVG; the same stored bytes give the same picture.

    Args:
        stored: the contents of its `sources`.

    Raises:
        KeyError: there is no such figure.
        ValueError: the bytes are damaged, or the media type is neither of the two.
    """
    if media_type not in (PNG, SVG):
        raise ValueError(f"a figure is drawn as {PNG} or {SVG}, not {media_type}")
    return GALLERY[name].draw(stored, media_type)


def _density(stored: Sequence[bytes], media_type: str) -> bytes:
    from exercises.figures.density import DensityPanels, render_png, render_svg

    panels = DensityPanels.from_bytes(stored[0])
    return render_png(panels) if media_type == PNG else render_svg(panels)


def _fold_map(stored: Sequence[bytes], media_type: str) -> bytes:
    from exercises.figures.fold_drawing import fold_plate
    from exercises.figures.fold_map import FoldMap
    from exercises.figures.fold_words import fold_alt_text
    from exercises.figures.plate import render

    fold = FoldMap.from_bytes(stored[0])
    return render(fold_plate(fold), media_type, "Fold map", fold_alt_text(fold))


def _two_ways(stored: Sequence[bytes], media_type: str) -> bytes:
    from exercises.figures.density import DensityPanels
    from exercises.figures.fold_map import FoldMap
    from exercises.figures.plate import render
    from exercises.figures.two_ways import two_ways, two_ways_alt_text, two_ways_plate

    ways = two_ways(DensityPanels.from_bytes(stored[0]), FoldMap.from_bytes(stored[1]))
    return render(two_ways_plate(ways), media_type, "Density two ways", two_ways_alt_text(ways))


def _comparison(stored: Sequence[bytes], media_type: str) -> bytes:
    from exercises.figures.comparison import Comparison
    from exercises.figures.comparison_drawing import comparison_plate
    from exercises.figures.comparison_words import comparison_alt_text
    from exercises.figures.plate import render

    found = Comparison.from_bytes(stored[0])
    words = comparison_alt_text(found)
    return render(comparison_plate(found), media_type, "Target and yours", words)


GALLERY: Mapping[str, Exhibit] = MappingProxyType(
    {
        "density": Exhibit(("density.npz",), (960, 480), _density, "p(z) and p(x)"),
        "fold_map": Exhibit(("fold_map.npz",), (960, 504), _fold_map, "Fold map"),
        "two_ways": Exhibit(
            ("density.npz", "fold_map.npz"), (960, 480), _two_ways, "Density two ways"
        ),
        "comparison": Exhibit(("comparison.npz",), (960, 388), _comparison, "Target and yours"),
    }
)
