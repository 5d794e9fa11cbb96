"""Formulas in plain text, for names that are read aloud: browsers leave MathML out of those."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from html.parser import HTMLParser

#: Elements that have no end.
_VOID = frozenset({"br", "hr", "img", "mspace", "mprescripts"})
#: Signs of application and multiplication, and of a letter's shape, which nobody sees.
_INVISIBLE = str.maketrans("", "", "\u2061\u2062\u2063\u2064\ufe00\ufe01")


@lru_cache(maxsize=1024)
def spoken(html: str) -> str:
    """The text of our own HTML, its formulas in a line: f_A, z_1^2, e^(2 a), (a + b) / 2.

    Args:
        html: as render_statement or render_inline writes it.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return " ".join(reader.text().split())


class _Reader(HTMLParser):
    """Puts the text of each element together when it ends, from those of its children."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, list[str]]] = [("", [])]

    def text(self) -> str:
        """What was read, elements that were never ended included."""
        while len(self._open) > 1:
            self.handle_endtag(self._open[-1][0])
        return "".join(self._open[0][1])

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self._open[-1][1].append(f" {dict(attrs).get('alt') or ''} ")
        else:
            self._open.append((tag, []))

    def handle_endtag(self, tag: str) -> None:
        if tag not in {name for name, _ in self._open}:
            return
        name = ""
        while name != tag:
            name, parts = self._open.pop()
            self._open[-1][1].append(_put_together(name, parts))

    def handle_data(self, data: str) -> None:
        self._open[-1][1].append(data.translate(_INVISIBLE))


def _put_together(tag: str, parts: Sequence[str]) -> str:
    form = _FORMS.get(tag)
    if form is not None and len(parts) == form[0]:
        return form[1](*(part.strip() for part in parts))
    if tag in {"math", "mrow", "mstyle", "mpadded", "mtd"}:
        return " ".join(part.strip() for part in parts)
    if tag in {"mtr", "mtable"}:
        return ", ".join(part.strip() for part in parts)
    return f" {''.join(parts)} " if tag in {"p", "li", "pre", "td", "th"} else "".join(parts)


def _group(text: str) -> str:
    return text if len(text) == 1 or text.isalnum() else f"({text})"


#: By element of MathML: how many children it has, and how they are written in a line.
_FORMS: Mapping[str, tuple[int, Callable[..., str]]] = {
    "msub": (2, lambda base, low: f"{base}_{_group(low)}"),
    "munder": (2, lambda base, low: f"{base}_{_group(low)}"),
    "msup": (2, lambda base, high: f"{base}^{_group(high)}"),
    "mover": (2, lambda base, high: f"{base}^{_group(high)}"),
    "msubsup": (3, lambda base, low, high: f"{base}_{_group(low)}^{_group(high)}"),
    "munderover": (3, lambda base, low, high: f"{base}_{_group(low)}^{_group(high)}"),
    "mfrac": (2, lambda above, below: f"{_group(above)} / {_group(below)}"),
    "mroot": (2, lambda inside, degree: f"{degree}√({inside})"),
    "msqrt": (1, lambda inside: f"√({inside})"),
}
