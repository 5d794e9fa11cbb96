"""Charts of a class: bars whose parts are told apart by pattern and order, beside their numbers.

The policy of our pages allows no style in an element, so that sizes are attributes of SVG.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

#: The width of a bar, in the units of its own coordinates.
WIDTH, _HEIGHT = 200.0, 14


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar."""

    #: Of a class in the style sheet.
    name: str
    #: As people call it.
    label: str
    count: int


def bar(parts: Iterable[Part], of: int) -> Markup:
    """A bar of its parts side by side; the rest up to `of` stays empty.

    It says nothing to screen readers: the same numbers stand beside it.
    """
    pieces, at = [], 0.0
    for part in parts:
        width = WIDTH * part.count / of if of else 0.0
        if part.count:
            pieces.append(
                Markup(
                    '<rect class="bar-{}" x="{:.2f}" y="0" width="{:.2f}" height="{}">'
                    "<title>{}: {}</title></rect>"
                ).format(part.name, at, max(width - 0.6, 0.4), _HEIGHT, part.label, part.count)
            )
        at += width
    return Markup(
        '<svg class="bar" viewBox="0 0 {:.0f} {}" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="bar-rest" x="0" y="0" width="{:.0f}" height="{}"></rect>{}</svg>'
    ).format(WIDTH, _HEIGHT, WIDTH, _HEIGHT, Markup("").join(pieces))


def legend(parts: Sequence[Part]) -> str:
    """The parts and their numbers in words."""
    return ", ".join(f"{part.label} {part.count}" for part in parts if part.count)
