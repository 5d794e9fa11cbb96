"""Turns TeX mathematics into MathML, which browsers typeset by themselves: no script, no font."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html.parser import HTMLParser

from markupsafe import Markup, escape
from math_core import LatexError, LatexToMathML

#: The longest formula that is typeset. The converter calls itself for each nested group, and some
#: ten thousand of them end the process; a formula that people read has a few hundred characters.
LONGEST = 2_000
_EXPANSIONS = 100

#: Elements and attributes of MathML Core that a formula needs. Nothing that loads, links or runs.
_ELEMENTS = frozenset(
    "math mi mn mo ms mtext mspace mrow mfrac msqrt mroot mstyle mpadded mphantom merror "
    "msub msup msubsup munder mover munderover mmultiscripts mprescripts "
    "mtable mtr mtd".split()
)
_ATTRIBUTES = frozenset(
    "accent accentunder depth display displaystyle fence form height largeop linethickness lspace "
    "mathvariant maxsize minsize movablelimits rspace scriptlevel separator stretchy symmetric "
    "voffset width columnspan rowspan".split()
)
#: The pages allow no inline styles. Of those that the converter writes, alignment becomes a class.
_ALIGNED = re.compile(r"text-align: ?(left|right)")


def formula(tex: str, *, display: bool) -> Markup | None:
    """MathML of a formula, or None where it is none that can be typeset.

    What the converter writes is not believed: only elements and attributes of a short list pass,
    and all text is escaped anew.

    Args:
        tex: LaTeX between its dollars.
        display: whether it stands on a line of its own.
    """
    if len(tex) > LONGEST:
        return None
    try:
        written = _converter().convert_with_local_state(tex, displaystyle=display)
        return _Rewriter().rewrite(written)
    except (LatexError, _NotMathML):
        return None


class _NotMathML(Exception):
    """The converter wrote something that is not on the list."""


class _Rewriter(HTMLParser):
    """Writes MathML again from its parts; comments and declarations fall away."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[Markup] = []

    def rewrite(self, text: str) -> Markup:
        self.feed(text)
        self.close()
        return Markup().join(self._parts)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag not in _ELEMENTS:
            raise _NotMathML(tag)
        kept = Markup().join(_attribute(name, value or "") for name, value in attrs)
        self._parts.append(Markup(f"<{tag}{kept}>"))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _ELEMENTS:
            raise _NotMathML(tag)
        self._parts.append(Markup(f"</{tag}>"))

    def handle_data(self, data: str) -> None:
        self._parts.append(escape(data))


def _attribute(name: str, value: str) -> Markup:
    if name == "style":
        aligned = _ALIGNED.search(value)
        return Markup(' class="{}"').format(aligned[1]) if aligned else Markup()
    if name == "id":  # a \label; a statement links to no formula, and ids of a page are its own
        return Markup()
    if name not in _ATTRIBUTES:
        raise _NotMathML(name)
    return Markup(' {}="{}"').format(name, value)


@lru_cache(maxsize=1)
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False, max_expansions=_EXPANSIONS)
