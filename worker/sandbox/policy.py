"""The policy: which Python a submission may be written in, and what it is turned into.

Only attributes and imports go through guards of ours (`_getattr_`, `_write_`, `__import__`).
Subscripts, iteration, calls and in-place operators stay as they are: no object that student code
can reach does more by them than student code may, and f is called tens of thousands of times.
"""

from __future__ import annotations

import ast
import re

from worker.sandbox import policy_rules as rules
from worker.sandbox.policy_imports import ImportRules, ModuleNames
from worker.sandbox.policy_names import BoundNames, name_problem
from worker.sandbox.policy_patterns import PatternRules

_CLASS_VARIABLE = re.compile(r"\bClassVar\b")
_FIELD_MARKER = re.compile(r"\b(InitVar|KW_ONLY)\b")


class Policy(ImportRules, PatternRules):
    """Checks and rewrites the syntax tree of one submission; problems collect in `problems`."""

    def __init__(self, bound: BoundNames, module_names: ModuleNames) -> None:
        super().__init__()
        self._bound = bound
        self._module_names = module_names
        self._classes: list[str] = []
        self._in_class_body = False

    # Names

    def check_name(
        self, node: ast.AST, name: str | None, allow_magic_methods: bool = False
    ) -> None:
        """Report a name that may not be bound."""
        if name is None:
            return
        problem = name_problem(name, in_class=self._in_class_body)
        if problem:
            self.report(node, problem)

    def check_attribute(self, node: ast.AST, name: str, context: ast.expr_context) -> None:
        """Report an attribute that no object may be asked for, or that none may be given."""
        if name in rules.FRAME_ATTRIBUTES:
            self.report(node, f"The attribute {name} is not allowed: code cannot look at itself.")
        elif name.startswith("__"):
            readable = name in rules.DEFINABLE or name in rules.READABLE_TEXTS
            if not (readable and isinstance(context, ast.Load)):
                advice = (
                    "use the attributes by their names"
                    if name == "__dict__"
                    else ("names between double underscores belong to Python")
                )
                self.report(node, f"The attribute {name} is not allowed: {advice}.")
        elif name.startswith("_") and name.endswith("_") and name != "_":
            self.report(node, f"The attribute {name} is not allowed: leave the last _ out.")

    def _mangled(self, name: str) -> str:
        """`__w` inside class Net is `_Net__w`, as Python has it."""
        if not self._classes or not name.startswith("__") or name.endswith("__"):
            return name
        owner = self._classes[-1].lstrip("_")
        return f"_{owner}{name}" if owner else name

    def visit_Name(self, node: ast.Name) -> ast.AST:  # noqa: N802
        """Check a variable's name, and the builtins that are not here."""
        node.id = self._mangled(node.id)
        if isinstance(node.ctx, ast.Load):
            if node.id == "__name__":
                return node
            advice = rules.REFUSED_BUILTINS.get(node.id)
            if advice and node.id not in self._bound:
                self.report(node, f"{node.id} is not available: {advice}.")
                return node
        self.check_name(node, node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:  # noqa: N802
        """`a.b` becomes `_getattr_(a, "b")`; `a.b = c` becomes `_write_(a).b = c`."""
        node.attr = self._mangled(node.attr)
        node.value = self.visit(node.value)
        loading = isinstance(node.ctx, ast.Load)
        if loading and node.attr == "__class__":
            return self._hook(node, "_type_", node.value)
        self.check_attribute(node, node.attr, node.ctx)
        if loading:
            return self._hook(node, "_getattr_", node.value, ast.Constant(node.attr))
        node.value = self._hook(node.value, "_write_", node.value)
        return node

    def _hook(self, where: ast.AST, name: str, *arguments: ast.expr) -> ast.Call:
        call = ast.Call(ast.Name(name, ast.Load()), list(arguments), [])
        return ast.fix_missing_locations(ast.copy_location(call, where))

    # Expressions and statements that need no guard of ours

    def _contents(self, node: ast.AST) -> ast.AST:
        return self.node_contents_visit(node)

    visit_Subscript = visit_Call = visit_AugAssign = visit_Assign = _contents  # noqa: N815
    visit_For = visit_With = visit_ListComp = visit_SetComp = _contents  # noqa: N815
    visit_DictComp = visit_GeneratorExp = _contents  # noqa: N815

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        """`for x in xs if c` inside brackets."""
        if node.is_async:
            self.report(node.target, "async for is not allowed here: write an ordinary for.")
        return self._contents(node)

    def visit_Global(self, node: ast.Global | ast.Nonlocal) -> ast.AST:  # noqa: N802
        """`global` and `nonlocal`."""
        node.names = [self._mangled(name) for name in node.names]
        for name in node.names:
            self.check_name(node, name)
        return node

    visit_Nonlocal = visit_Global  # noqa: N815

    def visit_TemplateStr(self, node: ast.AST) -> ast.AST:  # noqa: N802
        """t-strings hand out objects of their own: refused."""
        self.not_allowed(node)
        return node

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:  # noqa: N802
        """`if`; the block of `if __name__ == "__main__":` is passed over."""
        if not _is_main_block(node.test):
            return self._contents(node)
        skipped = ast.copy_location(ast.Pass(), node)
        return self._statements(node.orelse) or [skipped]

    # Hints are passed over: they say nothing that is run

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:  # noqa: N802
        """`x: float = 1` is `x = 1`, except for the fields of a class."""
        hint = ast.unparse(node.annotation)
        is_field = self._in_class_body and isinstance(node.target, ast.Name)
        if is_field and not _CLASS_VARIABLE.search(hint):
            return self._field(node, marker=bool(_FIELD_MARKER.search(hint)))
        if node.value is None:
            self.visit(node.target)
            return ast.copy_location(ast.Pass(), node)
        plain = ast.copy_location(ast.Assign([node.target], node.value), node)
        return self.visit(plain)  # type: ignore[no-any-return]

    def _field(self, node: ast.AnnAssign, *, marker: bool) -> ast.AnnAssign:
        # dataclasses and NamedTuple read which fields there are; what type one has, nobody reads.
        none = ast.copy_location(ast.Constant(None), node.annotation)
        node.annotation = self.visit(node.annotation) if marker else none
        node.target = self.visit(node.target)
        node.value = node.value and self.visit(node.value)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """An argument: its name counts, its hint does not."""
        node.arg = self._mangled(node.arg)
        self.check_name(node, node.arg)
        node.annotation = None
        return node

    # Functions and classes

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:  # noqa: N802
        """`def`."""
        node.name = self._mangled(node.name)
        self.check_name(node, node.name)
        node.returns = None
        node.decorator_list = [self.visit(decorator) for decorator in node.decorator_list]
        self._in_class_body, outside = False, self._in_class_body
        node.args = self.visit(node.args)
        node.body = self._statements(node.body)
        self._in_class_body = outside
        _drop_type_parameters(node)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:  # noqa: N802
        """`lambda`."""
        self._in_class_body, outside = False, self._in_class_body
        node = self._contents(node)  # type: ignore[assignment]
        self._in_class_body = outside
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:  # noqa: N802
        """`class`; which bases it may have is checked when it is made."""
        self.check_name(node, node.name)
        keywords = [word for word in node.keywords if not _is_abstract_metaclass(word)]
        for keyword in keywords:
            self.report(
                node,
                f"{keyword.arg or '**'} in the head of a class is not allowed: "
                "write the class without it.",
            )
        node.keywords = []
        node.bases = [self.visit(base) for base in node.bases]
        node.decorator_list = [self.visit(decorator) for decorator in node.decorator_list]
        self._classes.append(node.name)
        self._in_class_body, outside = True, self._in_class_body
        node.body = self._statements(_without_passed_over(node.body))
        self._in_class_body = outside
        self._classes.pop()
        _drop_type_parameters(node)
        return node

    def visit_Module(self, node: ast.Module) -> ast.AST:  # noqa: N802
        """The whole submission."""
        node.body = self._statements(_without_passed_over(node.body))
        return node


def _is_main_block(test: ast.expr) -> bool:
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1):
        return False
    sides = [test.left, test.comparators[0]]
    named = any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)
    main = any(isinstance(side, ast.Constant) and side.value == "__main__" for side in sides)
    return named and main and isinstance(test.ops[0], ast.Eq)


def _is_abstract_metaclass(keyword: ast.keyword) -> bool:
    value = keyword.value
    name = value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", None)
    return keyword.arg == "metaclass" and name == "ABCMeta"


def _without_passed_over(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements without `__all__ = …` and its like."""
    return [ast.copy_location(ast.Pass(), s) if _is_passed_over(s) else s for s in body]


def _is_passed_over(statement: ast.stmt) -> bool:
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    assigns = isinstance(statement, ast.Assign | ast.AnnAssign)
    return assigns and all(
        isinstance(t, ast.Name) and t.id in rules.PASSED_OVER_NAMES for t in targets
    )


def _drop_type_parameters(node: ast.FunctionDef | ast.ClassDef) -> None:
    if getattr(node, "type_params", None):
        node.type_params = []  # type: ignore[union-attr]
