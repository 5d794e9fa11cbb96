"""How likely something is by chance, in words; and by which symmetry two functions agree."""

from __future__ import annotations

import math

from flask_babel import gettext as _

from exercises.numerics.behaviour import Likeness
from grader.web.words import whole

#: From here on nobody should be told that something is rare.
_USUAL = 0.2


def chance_words(chance: float) -> str:
    """A chance as one of so many pairs."""
    if chance >= _USUAL:
        return str(_("usual here"))
    return str(_("at most 1 in %(count)s", count=whole(_round(1 / chance))))


def symmetry_words(likeness: Likeness) -> str:
    """By which rotation or reflection of z two functions agree best."""
    if not likeness.turned:
        return str(_("as they are"))
    degrees = f"{likeness.degrees:.4g}"
    if likeness.mirrored and likeness.degrees == 0:
        return str(_("with z2 mirrored"))
    if likeness.mirrored:
        return str(_("with z2 mirrored, then z turned by %(degrees)s°", degrees=degrees))
    return str(_("with z turned by %(degrees)s°", degrees=degrees))


def difference_words(difference: float) -> str:
    """A relative difference, so that one can see how many digits agree."""
    return "0" if difference == 0 else f"{difference:.1e}"


def _round(value: float) -> int:
    """Two digits; the rest would be made up."""
    digits = max(0, int(math.log10(value)) - 1)
    return int(round(value, -digits))
