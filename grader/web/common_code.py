"""What two programs have in common, token by token, whatever names and numbers they have.

What the exercise's own programs hold too is told apart: it says nothing that two students have it.
"""

from __future__ import annotations

import ast
import io
import keyword
import token
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from exercises.likeness.code_shape import unusual_numbers
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


class Shared(StrEnum):
    """Who else has a part of a program."""

    #: The other program, and none of the exercise's own.
    BOTH = "both"
    #: The other program, and so have the exercise's own.
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line."""

    text: str
    #: None: the other program does not have it.
    shared: Shared | None = None


Lines = tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int
    start: int
    end_line: int
    end: int


def common_code(a: str, b: str, own: Sequence[str] = ()) -> tuple[Lines, Lines] | None:
    """The lines of both programs, with what they have in common marked.

    Args:
        a: a program.
        b: another one.
        own: programs of the exercise.

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
    numbers = _numbers(a) & _numbers(b) - {number for text in own for number in _numbers(text)}
    found = {i for block in blocks for i in range(block.a, block.a + block.size)}
    found_there = {i for block in blocks for i in range(block.b, block.b + block.size)}
    return (
        _lines(a, mine, _told_apart(mine, found, known, numbers)),
        _lines(b, theirs, _told_apart(theirs, found_there, known, numbers)),
    )


def _told_apart(
    tokens: Sequence[_Token], found: set[int], known: set[tuple[str, ...]], numbers: set[float]
) -> dict[int, Shared]:
    """By the place of a token in common who else has it; unusual numbers stand for themselves."""
    beyond = _long(found - _of_own([one.kind for one in tokens], known))
    alone = {i for i, one in enumerate(tokens) if numbers and _number(one) in numbers}
    return {i: Shared.BOTH if i in beyond or i in alone else Shared.OWN for i in found | alone}


def _numbers(source: str) -> set[float]:
    """The unusual numbers of a program."""
    try:
        return unusual_numbers(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()


def _number(one: _Token) -> float | None:
    """The number that a token is; None: it is none."""
    if one.kind != "number":
        return None
    value = ast.literal_eval(one.text)
    return None if isinstance(value, complex) else float(value)


def _tokens(source: str) -> list[_Token] | None:
    """The tokens that Python reads, names and numbers without what they are."""
    text = "\n".join(code_lines(source)) + "\n"
    try:
        read = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return None
    kept = [one for one in read if one.type not in _LAYOUT]
    before = ["", *(one.string for one in kept)]
    return [
        _Token(
            _kind(one, last), one.string, one.start[0] - 1, one.start[1], one.end[0] - 1, one.end[1]
        )
        for one, last in zip(kept, before, strict=False)
    ]


def _kind(one: tokenize.TokenInfo, before: str) -> str:
    if one.type == token.NAME and not keyword.iskeyword(one.string):
        # Names of a library are not the student's to choose.
        return f".{one.string}" if before == "." else "name"
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


def _lines(source: str, tokens: Sequence[_Token], shared: Mapping[int, Shared]) -> Lines:
    lines = code_lines(source)
    spans: list[list[tuple[int, int, Shared]]] = [[] for _ in lines]
    for place, one in enumerate(tokens):
        kind = shared.get(place)
        if kind is None:
            continue
        for line in range(one.line, min(one.end_line, len(lines) - 1) + 1):
            start = one.start if line == one.line else 0
            end = one.end if line == one.end_line else len(lines[line])
            _add(spans[line], (start, end, kind), joined=shared.get(place - 1) is kind)
    return tuple(tuple(_pieces(text, found)) for text, found in zip(lines, spans, strict=True))


def _add(
    spans: list[tuple[int, int, Shared]], span: tuple[int, int, Shared], *, joined: bool
) -> None:
    """Add a span, as one with the last where the token before it is shared in the same way."""
    if spans and joined:
        spans[-1] = (spans[-1][0], span[1], span[2])
    elif span[1] > span[0]:
        spans.append(span)


def _pieces(text: str, spans: Sequence[tuple[int, int, Shared]]) -> Iterator[Piece]:
    place = 0
    for start, end, kind in spans:
        if start > place:
            yield Piece(text[place:start])
        yield Piece(text[start:end], kind)
        place = end
    if place < len(text) or not text:
        yield Piece(text[place:])
