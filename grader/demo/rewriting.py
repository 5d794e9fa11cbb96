"""Writes a program in other words: what comments and names tell nobody, and what may be broken."""

from __future__ import annotations

import ast
from random import Random

#: What students call what they need on the way.
_CALLED = (
    *("tmp", "val", "res", "out1", "aux", "part", "first", "second", "foo", "mid", "val2"),
    *("new", "old", "step", "w", "q", "h1", "h2", "inner", "piece", "vec", "coord"),
)


def plain(source: str) -> str:
    """The program without its comments and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef) and _begins_with_text(node):
            del node.body[0]
            if not node.body:
                node.body.append(ast.Pass())
    return ast.unparse(tree) + "\n"


def renamed(source: str, draw: Random) -> str:
    """The program with other names for what its functions keep on the way: the same function.

    Arguments keep their names, as those that call a function by them need these.
    """
    tree = ast.parse(source)
    taken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    taken |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    own = sorted(_kept_on_the_way(tree))
    free = [name for name in _CALLED if name not in taken]
    for name, other in zip(own, draw.sample(free, min(len(own), len(free))), strict=False):
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id == name:
                node.id = other
    return ast.unparse(tree) + "\n"


def remarked(source: str, draw: Random) -> str:
    """The program with a remark of its own at the top."""
    remark = draw.choice(
        ("first try", "second version", "now without the loop", "see the lecture of week 3",
         "TODO: check the scale", "tried it on paper", "is this invertible?", "final")
    )  # fmt: skip
    return f"# {remark}\n{source}"


def misspelt(source: str, draw: Random) -> str:
    """The program with a slip that Python does not read, or that fails when f is called."""
    lines = source.splitlines()
    defs = [number for number, line in enumerate(lines) if line.startswith("def ")]
    which = draw.choice(("colon", "bracket", "name", "indent"))
    if which == "colon" and defs:
        lines[defs[0]] = lines[defs[0]].rstrip().removesuffix(":")
    elif which == "bracket":
        lines[-1] += ")"
    elif which == "indent" and defs:
        lines[defs[-1] + 1] = lines[defs[-1] + 1].lstrip()
    else:
        lines[-1] = f"{_indent(lines[-1])}return resullt"
    return "\n".join(lines) + "\n"


def endless(source: str) -> str:
    """The program with a search in f that never ends."""
    lines = source.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("def "))
    search = ["    error = 1.0", "    while error > 0:", "        error = error / 2 + 1"]
    return "\n".join([*lines[: at + 1], *search, *lines[at + 1 :]]) + "\n"


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _begins_with_text(node: ast.Module | ast.FunctionDef) -> bool:
    first = node.body[0] if node.body else None
    return (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )


def _kept_on_the_way(tree: ast.Module) -> set[str]:
    """The names that functions give to values of their own, and nothing outside uses."""
    inside: set[str] = set()
    elsewhere: set[str] = set()
    for top in tree.body:
        for node in ast.walk(top):
            if isinstance(node, ast.arg):
                elsewhere.add(node.arg)
            if isinstance(node, ast.FunctionDef | ast.Global | ast.Nonlocal):
                elsewhere |= {node.name} if isinstance(node, ast.FunctionDef) else {*node.names}
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                (inside if isinstance(top, ast.FunctionDef) else elsewhere).add(node.id)
    return inside - elsewhere
