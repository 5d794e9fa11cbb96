"""A quiz from one f: candidates for its other options, and the files that it is written into."""

from __future__ import annotations

import ast
import copy
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exercises.authoring.mutants import Mutant, mutants
from exercises.numerics.streams import stream
from exercises.numerics.two_sample import distance
from exercises.oracle import Array

#: Options of a question.
OPTIONS = 4
#: A distractor's law is so far from the plotted one: seen in a plot, and not absurd.
NEAREST, FURTHEST = 0.03, 0.3
_IMPORT = "import numpy as np"


@dataclass(frozen=True, slots=True)
class Judged:
    """A program whose law was looked at."""

    source: str
    #: How it differs from the plotted one; "" for that itself.
    change: str
    kind: str
    #: How far its law is from the plotted one.
    distance: float
    #: Its shares of the plotted law's events, shape (views, thresholds).
    shares: Array


@dataclass(frozen=True, slots=True)
class Choice:
    """An option: its code and what is said to who chose it."""

    source: str
    feedback: str
    right: bool


def normal_form(source: str) -> str:
    """The program without comments and in one style, as all options are shown in.

    Raises:
        SyntaxError: it is none.
    """
    plain = ast.unparse(ast.parse(source))
    return plain if _IMPORT in plain else f"{_IMPORT}\n{plain}"


def candidates(source: str) -> tuple[Mutant, ...]:
    """Programs that could be taken for `source`, which is in normal form."""
    return (*_folds(source), *mutants(source))


def choose(found: Sequence[Judged], count: int = OPTIONS - 1) -> list[Judged]:
    """The distractors: near enough to be plausible, and unlike each other."""
    left = [judged for judged in found if NEAREST <= judged.distance <= FURTHEST]
    chosen: list[Judged] = []
    while left and len(chosen) < count:
        best = max(left, key=lambda judged: _value(judged, chosen))
        if chosen and _apart(best, chosen) < NEAREST / 2:
            break
        chosen.append(best)
        left.remove(best)
    return chosen


def question(
    id_: str, text: str, choices: Sequence[Choice], explanation: str, *, plots: bool
) -> str:
    """A question of questions.toml; its options are a, b, c, … in an order of chance."""
    order = stream(0, id_ + "".join(choice.source for choice in choices)).permutation(len(choices))
    placed = [(chr(ord("a") + at), choices[index]) for at, index in enumerate(order)]
    right = next(name for name, choice in placed if choice.right)
    lines = ["[[questions]]", f"id = {_string(id_)}", f"text = {_string(text)}"]
    lines += [f"answer = {_string(right)}", f"explanation = {_string(explanation)}"]
    lines += [f"plots = {_string(right)}"] if plots else []
    for name, choice in placed:
        lines += ["", "[[questions.options]]", f"id = {_string(name)}"]
        lines += [f"code = {_block(_shown(choice.source))}"]
        lines += [f"feedback = {_string(choice.feedback)}"]
    return "\n".join(lines) + "\n"


def _value(judged: Judged, chosen: Sequence[Judged]) -> float:
    """How well a candidate goes with those chosen: the first is near, the others are different."""
    fresh = all(other.kind != judged.kind for other in chosen)
    if not chosen:
        return -judged.distance
    return min(_apart(judged, chosen), judged.distance) * (1.5 if fresh else 1.0)


def _apart(judged: Judged, chosen: Sequence[Judged]) -> float:
    return min(distance(judged.shares - other.shares) for other in chosen)


def _folds(source: str) -> Iterator[Mutant]:
    """Programs that take the absolute value or the square of what f is given: not invertible."""
    tree = ast.parse(source)
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "f"]
    if not functions or not functions[0].args.args:
        return
    argument = functions[0].args.args[0].arg
    entries = any(_is_entry(node, argument) for node in ast.walk(functions[0]))
    name = f"{argument}[0]" if entries else argument
    for written in (f"np.abs({name})", f"{name} ** 2"):
        changed = _Folded(argument, written, first=entries).visit(copy.deepcopy(tree))
        text = ast.unparse(ast.fix_missing_locations(changed))
        if text != source:
            yield Mutant(f"{name} becomes {written}", "fold", text)


def _is_entry(node: ast.AST, argument: str) -> bool:
    """Whether the node reads the first entry of f's argument."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=0), ctx=ast.Load()):
            return name == argument
    return False


class _Folded(ast.NodeTransformer):
    """Puts another expression in the place of f's argument, or of its first entry."""

    def __init__(self, argument: str, written: str, *, first: bool) -> None:
        self._argument, self._first = argument, first
        self._new = ast.parse(written, mode="eval").body

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Other functions stay as they are."""
        return self.generic_visit(node) if node.name == "f" else node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """The argument as a whole."""
        mine = node.id == self._argument and isinstance(node.ctx, ast.Load) and not self._first
        return copy.deepcopy(self._new) if mine else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Its first entry."""
        if self._first and _is_entry(node, self._argument):
            return copy.deepcopy(self._new)
        return self.generic_visit(node)


def _shown(source: str) -> str:
    """An option's code: np is there without an import."""
    lines = [line for line in source.splitlines() if line != _IMPORT]
    return "\n".join(lines).strip("\n") + "\n"


def _string(text: str) -> str:
    """A TOML string: JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False)


def _block(code: str) -> str:
    return _string(code) if "'''" in code else f"'''\n{code}'''"
