"""Turns an exercise's statement, Markdown with LaTeX mathematics, into HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup, escape

from grader.web.formula import formula

#: What stands for a command of TeX in running text.
_SYMBOLS = {
    "sim": "∼", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈",
    "times": "×", "cdot": "·", "pm": "±", "to": "→", "mapsto": "↦", "in": "∈", "infty": "∞",
    "top": "⊤", "circ": "∘", "partial": "∂", "sum": "∑", "int": "∫", "sqrt": "√", "ldots": "…",
    "dots": "…", "cdots": "⋯", "quad": "\u2003", "colon": ":", "mid": "∣", "left": "", "right": "",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε",
    "theta": "θ", "lambda": "λ", "mu": "μ", "nu": "ν", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "phi": "φ", "varphi": "φ", "psi": "ψ", "omega": "ω", "Delta": "Δ", "Sigma": "Σ",
    "Phi": "Φ", "Omega": "Ω",
}  # fmt: skip

_SCRIPT = str.maketrans("LNU", "ℒ𝒩𝒰")
_WRAPPED = re.compile(r"\\(mathcal|mathbf|mathrm|mathbb|operatorname|text)\{([^{}]*)\}")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_RAISED = re.compile(r"([_^])(?:\{([^{}]*)\}|(.))")
#: A formula within a line touches its signs, so that sums of money are none.
_MATHEMATICS = re.compile(r"(\$\$)((?:\\.|[^$\\])+?)\$\$|(\$)(?=\S)((?:\\.|[^$\\])+?)(?<=\S)\$")


@lru_cache(maxsize=256)
def render_statement(markdown: str, pictures: str = "") -> Markup:
    """HTML of a statement. HTML inside the Markdown is shown as text, never let through.

    Its highest headings are those below a page's title, h2, however many # an author writes.

    Args:
        markdown: the statement.
        pictures: where the pictures that it names are, with {+name} for the name of one.
    """
    parser = _parser()
    tokens = parser.parse(markdown)
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    lift = min((int(token.tag[1]) for token in headings), default=2) - 2
    for token in headings:
        token.tag = f"h{int(token.tag[1]) - lift}"
    for image in _images(tokens):
        source = str(image.attrGet("src") or "")
        if not urlsplit(source).scheme and not source.startswith(("/", "#")):
            image.attrSet("src", pictures.replace("{+name}", source) if pictures else source)
        image.attrSet("loading", "lazy")
    return Markup(parser.renderer.render(tokens, parser.options, {}))


@lru_cache(maxsize=1024)
def render_comment(markdown: str) -> Markup:
    """HTML of what people write to each other: as a statement, without headings and pictures.

    A line that ends is a line that ends; links tell nobody where they were.
    """
    parser = _comment_parser()
    return Markup(parser.render(markdown))


def _images(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.type == "image":
            yield token
        yield from _images(token.children or [])


def parse_statement(markdown: str) -> list[Token]:
    """The parts of a statement: what its authors' tools look at."""
    return _parser().parse(markdown)


@lru_cache(maxsize=256)
def render_inline(markdown: str) -> Markup:
    """The same for a text within a line: without paragraphs, lists or headings."""
    return Markup(_parser().renderInline(markdown))


def readable(tex: str) -> Markup:
    """TeX as text with symbols, letters raised and lowered: for what cannot be typeset.

    A command that is not known stays as it was written.
    """
    html = _WRAPPED.sub(_styled, str(escape(tex)))
    html = _COMMAND.sub(lambda match: _SYMBOLS.get(match[1], match[1]), html)
    html = _RAISED.sub(_shifted, html).replace("\\,", "\u2009").replace("\\", "")
    return Markup(html.replace("-", "−"))


def _styled(match: re.Match[str]) -> str:
    command, inside = match[1], match[2]
    if command == "mathcal":
        return inside.translate(_SCRIPT)
    return f"<b>{inside}</b>" if command in {"mathbf", "mathbb"} else f"<i>{inside}</i>"


def _shifted(match: re.Match[str]) -> str:
    tag = "sub" if match[1] == "_" else "sup"
    return f"<{tag}>{match[2] or match[3]}</{tag}>"


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.inline.ruler.before("escape", "mathematics", _mathematics)
    parser.add_render_rule("mathematics", _render_mathematics)
    return parser


@lru_cache(maxsize=1)
def _comment_parser() -> MarkdownIt:
    options = {"html": False, "breaks": True}
    parser = MarkdownIt("commonmark", options).enable("table")
    parser.disable(["image", "heading", "lheading"])
    parser.inline.ruler.before("escape", "mathematics", _mathematics)
    parser.add_render_rule("mathematics", _render_mathematics)
    parser.add_render_rule("link_open", _render_link)
    return parser


def _render_link(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    tokens[index].attrSet("rel", "nofollow noreferrer")
    return str(self.renderToken(tokens, index, options, env))


def _mathematics(state: StateInline, silent: bool) -> bool:
    match = _MATHEMATICS.match(state.src, state.pos)
    tex = (match[2] or match[4]).strip() if match else ""
    if match is None or not tex:
        return False
    if not silent:
        token = state.push("mathematics", "", 0)
        token.content = tex
        token.markup = match[1] or match[3]
    state.pos = match.end()
    return True


def _render_mathematics(
    _self: object, tokens: Sequence[Token], index: int, _options: Any, _env: Any
) -> str:
    token = tokens[index]
    display = token.markup == "$$"
    html = formula(token.content, display=display) or readable(token.content)
    # A formula that is wider than a phone is scrolled, so a keyboard must get there too.
    kind = 'class="math display" tabindex="0"' if display else 'class="math"'
    return f"<span {kind}>{html}</span>"
