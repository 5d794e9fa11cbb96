"""Which names a submission may bind, and which it does bind."""

from __future__ import annotations

import ast

from worker.sandbox import policy_rules as rules


def name_problem(name: str, *, in_class: bool) -> str | None:
    """What is wrong with binding or reading `name` as a variable, or None.

    The parser has brought identifiers into their NFKC form already, so that no look-alike of a
    reserved name gets past. Names of the form `_x_` are ours: the guards and the temporaries.
    """
    if not name.startswith("_") or not name.strip("_"):
        return None
    if name.startswith("__"):
        if in_class and name in rules.DEFINABLE:
            return None
        if in_class and name.endswith("__"):
            return (
                f"A class may not define {name} here: names between double underscores are "
                "limited to ordinary ones such as __init__, __call__ and the operators."
            )
        return f"The name {name} is not allowed: write it with one leading underscore or none."
    if name.endswith("_"):
        return f"The name {name} is not allowed: leave the last underscore out."
    return None


class BoundNames:
    """All names that a program binds anywhere, so that `input = z` is no use of the builtin."""

    def __init__(self, tree: ast.AST) -> None:
        self._names: set[str] = set()
        # Not recursive: the tree may be as deep as the parser let it be.
        for node in ast.walk(tree):
            self._names.update(_bound_by(node))

    def __contains__(self, name: str) -> bool:
        return name in self._names


def _bound_by(node: ast.AST) -> set[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            return {name}
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
            return {name}
        case ast.alias(name=name, asname=asname):
            return {asname or name}
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            return {name}
        case _:
            return set()
