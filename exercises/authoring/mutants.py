"""Mutants: small changes of a reference, each of which a grader should tell from it."""

from __future__ import annotations

import ast
import copy
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

#: Mutants of one reference, at most.
MOST = 40
#: Functions that students take for each other.
_CONFUSED = {
    "sin": ("cos",), "cos": ("sin",), "exp": ("sinh", "exp2"), "sinh": ("exp",),
    "tanh": ("sin",), "arctan": ("tanh",), "abs": ("square",), "square": ("abs",),
    "fabs": ("square",), "sqrt": ("cbrt",), "log": ("log2",), "log1p": ("log",),
    "maximum": ("minimum",), "minimum": ("maximum",), "floor": ("ceil",), "ceil": ("floor",),
    "ndtr": ("ndtri",), "ndtri": ("ndtr",), "sign": ("tanh",), "cumsum": ("cumprod",),
}  # fmt: skip
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed program."""

    #: The change, as "line 5: 2 becomes 2.2".
    change: str
    #: Of what kind it is: constant, sign, operator, axis, function, order.
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class _Edit:
    kind: str
    change: str
    #: Takes the place of the node.
    replacement: ast.AST


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node hangs in its tree."""

    parent: ast.AST
    #: The field of the parent,
    name: str
    #: and where in its list, if it is one.
    at: int | None
    node: ast.AST

    def put(self, node: ast.AST) -> None:
        """Hang a node here."""
        if self.at is None:
            setattr(self.parent, self.name, node)
        else:
            getattr(self.parent, self.name)[self.at] = node


def mutants(source: str, most: int = MOST) -> tuple[Mutant, ...]:
    """Mutants of a program, the same ones each time, of all kinds in turn.

    Functions named draw_… are left as they are: no student's program has them.

    Args:
        source: a program that parses.
        most: how many at most.
    """
    tree = ast.parse(source)
    plain = ast.unparse(tree)
    by_kind: dict[str, list[Mutant]] = defaultdict(list)
    seen = {plain}
    for place in _places(tree):
        for edit in _edits(place.node):
            changed = _replaced(tree, place, edit.replacement)
            if changed not in seen:
                seen.add(changed)
                line = getattr(place.node, "lineno", 1)
                by_kind[edit.kind].append(Mutant(f"line {line}: {edit.change}", edit.kind, changed))
    return tuple(_in_turns(list(by_kind.values()))[:most])


def without_draws(source: str) -> str:
    """A reference without its functions draw_…: the program that a student could have written.

    Lines keep their numbers.
    """
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if _draws(node):
            for number in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[number] = ""
    return "\n".join(lines).rstrip() + "\n"


def _draws(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("draw_")


def _places(tree: ast.AST) -> Iterator[_Place]:
    """The places of the nodes that may be changed, always in the same order."""
    for place in _below(tree):
        child = place.node
        if _draws(child) or isinstance(child, ast.Import | ast.ImportFrom):
            continue
        if isinstance(tree, ast.Subscript) and child is tree.slice:
            continue  # a wrong index raises; _of_index has those that do not
        yield place
        yield from _places(child)


def _below(parent: ast.AST) -> Iterator[_Place]:
    for name, value in ast.iter_fields(parent):
        if isinstance(value, ast.AST):
            yield _Place(parent, name, None, value)
        elif isinstance(value, list):
            for at, item in enumerate(value):
                if isinstance(item, ast.AST):
                    yield _Place(parent, name, at, item)


def _replaced(tree: ast.Module, place: _Place, replacement: ast.AST) -> str:
    """The program with the node of a place replaced. The tree is as before: a copy takes long."""
    place.put(replacement)
    changed = ast.unparse(tree)
    place.put(place.node)
    return changed


def _edits(node: ast.AST) -> Iterator[_Edit]:
    match node:
        case ast.Subscript():
            yield from _of_index(node)
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            yield from _of_constant(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand) if not isinstance(operand, ast.Constant):
            yield _Edit("sign", f"{_text(node)} loses its sign", operand)
        case ast.BinOp():
            yield from _of_operator(node)
        case ast.Compare(ops=[op], comparators=[_]) if type(op) in _COMPARISONS:
            flipped = ast.Compare(node.left, [_COMPARISONS[type(op)]()], node.comparators)
            yield _becomes("operator", node, flipped)
        case ast.Call():
            yield from _of_call(node)
        case ast.List(elts=[first, second], ctx=ast.Load()):
            yield _becomes("order", node, ast.List([second, first], ast.Load()))
        case ast.Attribute(attr="T", value=value):
            yield _becomes("order", node, value)


def _of_constant(value: float) -> Iterator[_Edit]:
    for other in (round(1.1 * value, 6), -value, value + 1):
        if other != value:
            yield _becomes("constant", ast.Constant(value), _number(other))
    if value == 0:
        yield _becomes("constant", ast.Constant(value), _number(0.1))


def _of_operator(node: ast.BinOp) -> Iterator[_Edit]:
    if type(node.op) in _OPERATORS:
        other = ast.BinOp(node.left, _OPERATORS[type(node.op)](), node.right)
        yield _becomes("operator", node, other)
    elif isinstance(node.op, ast.MatMult):
        transposed = ast.Attribute(node.left, "T", ast.Load())
        yield _becomes("order", node, ast.BinOp(transposed, ast.MatMult(), node.right))


def _of_index(node: ast.Subscript) -> Iterator[_Edit]:
    if not isinstance(node.ctx, ast.Load):
        return
    match node.slice:
        case ast.Constant(value=0 | 1 as value):
            other = ast.Subscript(node.value, ast.Constant(1 - value), ast.Load())
            yield _becomes("axis", node, other)
        case ast.Slice(lower=None, upper=None, step=ast.UnaryOp()):
            yield _becomes("axis", node, node.value)


def _of_call(node: ast.Call) -> Iterator[_Edit]:
    match node.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            for other in _CONFUSED.get(name, ()):
                function = copy.deepcopy(node.func)
                if isinstance(function, ast.Attribute):
                    function.attr = other
                elif isinstance(function, ast.Name):
                    continue  # a bare name may not be there
                yield _becomes("function", node, ast.Call(function, node.args, node.keywords))
            if name in ("abs", "fabs") and node.args:
                yield _becomes("function", node, node.args[0])


def _becomes(kind: str, old: ast.expr, new: ast.expr) -> _Edit:
    return _Edit(kind, f"{_text(old)} becomes {_text(new)}", new)


def _text(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 60 else f"{text[:57]}…"


def _number(value: float) -> ast.expr:
    """A number as the parser would read it: a negative one is a positive one with its sign."""
    if value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def _in_turns(lists: list[list[Mutant]]) -> list[Mutant]:
    """One of each list, then the next of each, so that no kind crowds out another."""
    longest = max((len(one) for one in lists), default=0)
    return [one[at] for at in range(longest) for one in lists if at < len(one)]
