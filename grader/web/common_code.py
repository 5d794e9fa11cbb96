"""What two programs have in common, token by token, whatever names and numbers they have."""

from __future__ import annotations

import io
import keyword
import token
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from grader.web.listing import code_lines

#: Fewer tokens in a row are in any two programs.
SHORTEST = 6
#: Fewer that are left of a run, where the rest is the exercise's own, say nothing.
_CRUMB = 4
#: Longer programs are not compared: that takes a time that grows with the square of their length.
LONGEST_TOKENS = 3_000
_LAYOUT = frozenset(
    {token.NEWLINE, token.NL, token.INDENT, token.DEDENT, token.COMMENT, token.ENDMARKER}
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line."""

    text: str
    #: Whether the other program has it too.
    common: bool


Lines = tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    line: int
    start: int
    end_line: int
    end: int


def common_code(a: str, b: str, own: Sequence[str] = ()) -> tuple[Lines, Lines] | None:
    """The lines of both programs, with what they have in common marked.

    Args:
        a: a program.
        b: another one.
        own: programs of the exercise: what these hold too is not marked.

    Returns:
        None where they are too long to compare, or no Python.
    """
    mine, theirs = _tokens(a), _tokens(b)
    if mine is None or theirs is None or max(len(mine), len(theirs)) > LONGEST_TOKENS:
        return None
    kinds, others = [one.kind for one in mine], [one.kind for one in theirs]
    matcher = SequenceMatcher(None, kinds, others, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size >= SHORTEST]
    known = {run for text in own for run in _runs([one.kind for one in _tokens(text) or []])}
    marked = {i for block in blocks for i in range(block.a, block.a + block.size)}
    marked_there = {i for block in blocks for i in range(block.b, block.b + block.size)}
    return (
        _lines(a, mine, _long(marked - _of_own(kinds, known))),
        _lines(b, theirs, _long(marked_there - _of_own(others, known))),
    )


def _tokens(source: str) -> list[_Token] | None:
    """The tokens that Python reads, names and numbers without what they are."""
    text = "\n".join(code_lines(source)) + "\n"
    try:
        read = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return None
    return [
        _Token(_kind(one), one.start[0] - 1, one.start[1], one.end[0] - 1, one.end[1])
        for one in read
        if one.type not in _LAYOUT
    ]


def _kind(one: tokenize.TokenInfo) -> str:
    if one.type == token.NAME and not keyword.iskeyword(one.string):
        return "name"
    if one.type == token.NUMBER:
        return "number"
    return "text" if one.type == token.STRING else one.string


def _runs(kinds: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for start in range(len(kinds) - SHORTEST + 1):
        yield tuple(kinds[start : start + SHORTEST])


def _of_own(kinds: Sequence[str], known: set[tuple[str, ...]]) -> set[int]:
    """The tokens that are part of a run that a program of the exercise holds too."""
    if not known:
        return set()
    starts = [start for start, run in enumerate(_runs(kinds)) if run in known]
    return {place for start in starts for place in range(start, start + SHORTEST)}


def _long(marked: set[int]) -> set[int]:
    """What is marked, without the crumbs that are left where the rest is the exercise's own."""
    kept: set[int] = set()
    run: list[int] = []
    for place in sorted(marked):
        if run and place != run[-1] + 1:
            run = []
        run.append(place)
        if len(run) >= _CRUMB:
            kept.update(run)
    return kept


def _lines(source: str, tokens: Sequence[_Token], marked: set[int]) -> Lines:
    lines = code_lines(source)
    spans: list[list[tuple[int, int]]] = [[] for _ in lines]
    for place, one in enumerate(tokens):
        if place not in marked:
            continue
        for line in range(one.line, min(one.end_line, len(lines) - 1) + 1):
            start = one.start if line == one.line else 0
            end = one.end if line == one.end_line else len(lines[line])
            _add(spans[line], start, end, joined=place - 1 in marked)
    return tuple(tuple(_pieces(text, found)) for text, found in zip(lines, spans, strict=True))


def _add(spans: list[tuple[int, int]], start: int, end: int, *, joined: bool) -> None:
    """Add a span, as one with the last where the token before it is marked as well."""
    if spans and joined:
        spans[-1] = (spans[-1][0], end)
    elif end > start:
        spans.append((start, end))


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    place = 0
    for start, end in spans:
        if start > place:
            yield Piece(text[place:start], common=False)
        yield Piece(text[start:end], common=True)
        place = end
    if place < len(text) or not text:
        yield Piece(text[place:], common=False)
