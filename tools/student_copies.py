"""The build's hook: what is installed holds students' copies of the course, without the answers.

An installed package may be a student's, so references, mistakes, answers of quizzes and held-out
points stay in the source tree. Each exercise gets the manifest that keeps its version.
"""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COURSE = Path("exercises") / "course"


class StudentCopies(BuildHookInterface[Any]):
    """Puts the files that students may have into the build; pyproject.toml leaves the rest out."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add each exercise's public files and its manifest; an editable install has the tree."""
        self._manifests = Path(tempfile.mkdtemp(prefix="pushforward-manifests-"))
        if version != "editable":
            build_data["force_include"].update(self._files())

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the manifests, which are in the artifact now."""
        shutil.rmtree(self._manifests, ignore_errors=True)

    def _files(self) -> dict[str, str]:
        manifest = _manifest_module(Path(self.root))
        found = {}
        for toml in sorted((Path(self.root) / COURSE).glob("*/exercise.toml")):
            folder = toml.parent
            data = manifest.data_names(folder)
            for name, path in manifest.files(folder).items():
                if manifest.is_public(name, data):
                    found[str(path)] = str(COURSE / folder.name / name)
            written = self._manifests / f"{folder.name}.json"
            written.write_bytes(manifest.written(manifest.digests(folder)))
            found[str(written)] = str(COURSE / folder.name / manifest.MANIFEST)
        return found


def _manifest_module(root: Path) -> ModuleType:
    """exercises/catalog/manifest.py by itself: the build has none of the package's dependencies."""
    spec = importlib.util.spec_from_file_location(
        "_manifest", root / "exercises" / "catalog" / "manifest.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
