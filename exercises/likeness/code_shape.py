"""The shape of code: what is left of a program without its names, its layout and its numbers.

The program is read as a syntax tree and written as a sequence of tokens, one for each node; names
that the student chose all become one token, so that renaming, comments and layout change nothing.
Of all runs of K tokens some are kept by winnowing (Schleimer, Wilkerson and Aiken, "Winnowing:
local algorithms for document fingerprinting", SIGMOD 2003): whatever two programs share over
K + WINDOW - 1 tokens, they share a kept run of it. Numbers are kept apart: 1.37 in two programs may
say more than all the rest.
"""

from __future__ import annotations

import ast
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint32]

#: Tokens of a run, and the runs of which one at least is kept.
K, WINDOW = 6, 3
#: More are not kept, of whatever program.
MOST_GRAMS = 2048
#: Whole numbers up to this are in every program, and so are these.
_COMMON_WHOLE, _COMMON = 12, frozenset({0.5, 0.25, 1.5, 0.1, 0.01, 100.0, 1000.0})


def _none() -> Hashes:
    return np.empty(0, np.uint32)


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A program as two sorted sets of hashes."""

    #: Of the runs of tokens that were kept.
    grams: Hashes = field(default_factory=_none)
    #: Of the numbers that are not in every program.
    constants: Hashes = field(default_factory=_none)

    @property
    def parts(self) -> tuple[Hashes, Hashes]:
        """Both sets."""
        return self.grams, self.constants


def shape_of(source: str) -> Shape:
    """The shape of a program; an empty one where it can't be read as Python.

    Only for programs that were compiled before: a hostile one can exhaust the parser.
    """
    try:
        tree = ast.parse(source)
        tokens = list(_tokens(tree))
        constants = sorted({_hash(repr(number)) for number in unusual_numbers(tree)})
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Shape()
    runs = [_hash("\x1f".join(tokens[i : i + K])) for i in range(max(1, len(tokens) - K + 1))]
    grams = sorted(_winnowed(runs))[:MOST_GRAMS] if tokens else []
    return Shape(np.array(grams, np.uint32), np.array(constants[:MOST_GRAMS], np.uint32))


def unusual_numbers(tree: ast.AST) -> set[float]:
    """The numbers in a program, without signs, that are not in every program."""
    found: set[float] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
            continue
        if isinstance(node.value, int | float) and abs(node.value) < 1e300:
            number = float(node.value)
            whole = number.is_integer() and number <= _COMMON_WHOLE
            if not whole and number not in _COMMON:
                found.add(number)
    return found


def _winnowed(runs: list[int]) -> set[int]:
    """The least of each window of runs; of a short program all windows there are."""
    last = max(1, len(runs) - WINDOW + 1)
    return {min(runs[i : i + WINDOW]) for i in range(last)}


def _tokens(node: ast.AST) -> Iterator[str]:
    """The nodes below one, each before what it holds, without what says nothing of the program."""
    for child in _children(node):
        if isinstance(child, ast.Import | ast.ImportFrom | ast.expr_context | ast.arguments):
            continue
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring, or a comment by other means
        yield _token(child)
        yield from _tokens(child)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """What a node holds, without annotations: they change nothing."""
    for name, value in ast.iter_fields(node):
        if name not in ("annotation", "returns", "type_params"):
            yield from (one for one in _listed(value) if isinstance(one, ast.AST))


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _token(node: ast.AST) -> str:
    match node:
        case ast.Constant():
            return "number" if isinstance(node.value, int | float) else "text"
        case ast.Attribute():
            # Names of a library are not the student's to choose.
            return f".{node.attr}"
        case ast.AnnAssign():
            return "Assign"
        case _:
            return type(node).__name__


def _hash(text: str) -> int:
    return zlib.crc32(text.encode(errors="replace"))
