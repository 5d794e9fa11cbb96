"""What all parts of the policy share: how problems are told, and how bodies are visited."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from RestrictedPython.transformer import RestrictingNodeTransformer

from worker.sandbox import policy_rules as rules


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that the policy does not allow."""

    line: int
    column: int
    message: str


class PolicyBase(RestrictingNodeTransformer):
    """RestrictedPython's transformer, with problems as values."""

    def __init__(self) -> None:
        super().__init__()
        #: Everything that is not allowed, in the order in which it was found.
        self.problems: list[Problem] = []

    def report(self, node: ast.AST, message: str) -> None:
        """Record that `node` is not allowed."""
        line = getattr(node, "lineno", 1)
        self.problems.append(Problem(line, getattr(node, "col_offset", 0), message))

    def error(self, node: ast.AST, info: str) -> None:
        """RestrictedPython's own way to record one."""
        self.report(node, info)

    def not_allowed(self, node: ast.AST) -> None:
        """Refuse a construct, with what to write instead where the rules know."""
        kind = type(node).__name__
        name, advice = rules.REFUSED_NODES.get(kind, (kind, "write it another way"))
        self.report(node, f"{name} is not allowed here: {advice}.")

    def gen_tmp_name(self) -> str:
        """A name that the rule on names keeps from students."""
        self._tmp_idx += 1
        return f"_tmp{self._tmp_idx}_"

    def _statements(self, body: list[ast.stmt]) -> list[ast.stmt]:
        visited: list[ast.stmt] = []
        for statement in body:
            result = self.visit(statement)
            visited.extend(result if isinstance(result, list) else [result])
        return visited

    def check_attribute(self, node: ast.AST, name: str, context: ast.expr_context) -> None:
        """Report `name` where no attribute may be called so."""
        raise NotImplementedError
