"""What `match` may do: patterns that look at attributes are made to go through the guards.

A pattern reads attributes without any function call that could be guarded: `case np.x.y:` walks
attributes and hands the value to `__eq__`, `case C(ctypes=c):` reads from whatever isinstance says
is a C. So every dotted name in a pattern is read before the match, through the guard, into a name
that student code cannot write, and every class pattern that looks inside names a class that was
checked the same way.
"""

from __future__ import annotations

import ast

from worker.sandbox.policy_base import PolicyBase


class PatternRules(PolicyBase):
    """The part of the policy that handles `match` statements."""

    _before: list[ast.stmt]

    def visit_Match(self, node: ast.Match) -> list[ast.stmt]:  # noqa: N802
        """Put the guarded reads of all patterns in front of the statement."""
        outer = getattr(self, "_before", [])
        self._before = []
        node.subject = self.visit(node.subject)
        for case in node.cases:
            case.pattern = self.visit(case.pattern)
        before, self._before = self._before, outer
        for case in node.cases:
            if case.guard is not None:
                case.guard = self.visit(case.guard)
            case.body = self._statements(case.body)
        return [*before, node]

    def _temporary(self, value: ast.expr, where: ast.AST) -> str:
        name = self.gen_tmp_name()
        target = ast.Name(name, ast.Store())
        statement = ast.copy_location(ast.Assign(targets=[target], value=value), where)
        self._before.append(ast.fix_missing_locations(statement))
        return str(name)

    def _held(self, value: ast.expr) -> ast.expr:
        """A dotted name as a pattern's value: its guarded value, held by an object of ours."""
        if not isinstance(value, ast.Attribute):
            return self.visit(value)  # type: ignore[no-any-return]
        call = ast.Call(ast.Name("_pattern_value_", ast.Load()), [self.visit(value)], [])
        holder = ast.Name(self._temporary(call, value), ast.Load())
        held = ast.Attribute(holder, "value", ast.Load())
        return ast.fix_missing_locations(ast.copy_location(held, value))

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.AST:  # noqa: N802
        """`case 0:` or `case Color.RED:`."""
        node.value = self._held(node.value)
        return node

    def visit_MatchMapping(self, node: ast.MatchMapping) -> ast.AST:  # noqa: N802
        """`case {"scale": s, **rest}:`."""
        self.check_name(node, node.rest)
        node.keys = [self._held(key) for key in node.keys]
        node.patterns = [self.visit(pattern) for pattern in node.patterns]
        return node

    def visit_MatchClass(self, node: ast.MatchClass) -> ast.AST:  # noqa: N802
        """`case float():`, `case Circle(radius=r):`."""
        for name in node.kwd_attrs:
            self.check_attribute(node, name, ast.Store())
        names = ast.Tuple([ast.Constant(name) for name in node.kwd_attrs], ast.Load())
        inside = ast.Constant(bool(node.patterns or node.kwd_patterns))
        call = ast.Call(
            ast.Name("_pattern_class_", ast.Load()), [self.visit(node.cls), names, inside], []
        )
        cls = ast.Name(self._temporary(call, node), ast.Load())
        node.cls = ast.copy_location(cls, node.cls)
        node.patterns = [self.visit(pattern) for pattern in node.patterns]
        node.kwd_patterns = [self.visit(pattern) for pattern in node.kwd_patterns]
        return node

    def visit_MatchAs(self, node: ast.MatchAs) -> ast.AST:  # noqa: N802
        """`case x:`, `case _:`, `case [a, b] as pair:`."""
        self.check_name(node, node.name)
        if node.pattern is not None:
            node.pattern = self.visit(node.pattern)
        return node

    def visit_MatchStar(self, node: ast.MatchStar) -> ast.AST:  # noqa: N802
        """`case [first, *rest]:`."""
        self.check_name(node, node.name)
        return node

    def visit_MatchSequence(self, node: ast.MatchSequence) -> ast.AST:  # noqa: N802
        """`case [a, b]:`."""
        node.patterns = [self.visit(pattern) for pattern in node.patterns]
        return node

    def visit_MatchOr(self, node: ast.MatchOr) -> ast.AST:  # noqa: N802
        """`case 1 | 2:`."""
        node.patterns = [self.visit(pattern) for pattern in node.patterns]
        return node

    def visit_MatchSingleton(self, node: ast.MatchSingleton) -> ast.AST:  # noqa: N802
        """`case None:`."""
        return node
