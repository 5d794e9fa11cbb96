"""What `import` may do: only modules and names that are here, said before anything runs."""

from __future__ import annotations

import ast
from collections.abc import Callable

from worker.sandbox.missing import missing_module, missing_name
from worker.sandbox.policy_base import PolicyBase

_IMPORT_HANDLERS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
#: What the importer knows: module name → the names in it, or None where there is no such module.
ModuleNames = Callable[[str], frozenset[str] | None]


class ImportRules(PolicyBase):
    """The part of the policy that handles imports."""

    _module_names: ModuleNames
    #: How many enclosing `try` blocks catch ImportError: there, a missing module is no problem.
    _may_miss_imports = 0

    def visit_Try(self, node: ast.Try) -> ast.AST:  # noqa: N802
        """`try`: where ImportError is caught, a missing module is no problem."""
        catches = any(_catches_import_error(handler) for handler in node.handlers)
        self._may_miss_imports += catches
        node.body = self._statements(node.body)
        self._may_miss_imports -= catches
        node.handlers = [self.visit(handler) for handler in node.handlers]
        node.orelse = self._statements(node.orelse)
        node.finalbody = self._statements(node.finalbody)
        return node

    def visit_Import(self, node: ast.Import) -> ast.AST:  # noqa: N802
        """`import numpy as np`."""
        for alias in node.names:
            self._check_module(node, alias.name)
            self.check_name(node, alias.asname or alias.name.partition(".")[0])
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:  # noqa: N802
        """`from numpy import tanh`; `from __future__` changes nothing here."""
        if node.module == "__future__":
            return ast.copy_location(ast.Pass(), node)
        if node.level or node.module is None:
            self.report(node, "Relative imports are not available: a submission is one file.")
            return node
        if self._check_module(node, node.module):
            self._check_imported_names(node, node.module)
        for alias in node.names:
            if alias.name != "*":
                self.check_name(node, alias.asname or alias.name)
        return node

    def _check_module(self, node: ast.stmt, module: str) -> bool:
        known = self._module_names(module) is not None
        if not known and not self._may_miss_imports:
            self.report(node, missing_module(module))
        return known

    def _check_imported_names(self, node: ast.ImportFrom, module: str) -> None:
        names = self._module_names(module) or frozenset()
        for alias in node.names:
            missing = alias.name not in names and alias.name != "*" and "*" not in names
            if missing and not self._may_miss_imports:
                self.report(node, missing_name(module, alias.name, names))


def _catches_import_error(handler: ast.ExceptHandler) -> bool:
    kind = handler.type
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(k is None or (isinstance(k, ast.Name) and k.id in _IMPORT_HANDLERS) for k in kinds)
