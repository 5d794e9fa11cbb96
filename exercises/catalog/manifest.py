"""Versions: the files of an exercise's folder by their digests, also of copies that lack some.

A copy for students lacks the reference and whatever else would tell the answer. Its manifest.json
lists the names and digests of all files of the original, so that its version is the original's,
and so is a grade by it. This module needs the standard library only, as the wheel's build uses it.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

MANIFEST = "manifest.json"
FORMAT = 1
#: Bytes of one file. Each version that anything was submitted to is kept, with all its files.
LARGEST = 16 * 2**20

#: What students may have beside pictures, gallery and data. Everything else stays with the course.
_PUBLIC = frozenset({"exercise.toml", "statement.md", "reading.md", "starter.py", "target.npz"})
#: By the ending of its name the media type of a picture.
PICTURES: Mapping[str, str] = {
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
#: What would tell the answer, whatever exercise.toml lists as data.
SECRET = frozenset({"reference.py", "questions.toml", "points.npz", "heldout.csv"})
_SECRET_FOLDERS = frozenset({"alternatives", "mistakes"})


class BrokenManifest(Exception):
    """The files are no exercise's, or no copy's; the message begins with the one that is meant."""


def is_copy(folder: Path) -> bool:
    """Whether the folder is a copy, which may lack what would tell the answer."""
    return (folder / MANIFEST).is_file()


def files(folder: Path) -> dict[str, Path]:
    """The files of an exercise by their names in the folder, sorted.

    Hidden files, byte code, the manifest and links that lead elsewhere are none of them.
    """
    found = {name: path for name, path in _there(folder) if not _is_elsewhere(path, folder)}
    return {name: found[name] for name in sorted(found) if found[name].is_file()}


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of the original: of a copy as its manifest lists them.

    Raises:
        BrokenManifest: a file can't be one of an exercise's, or the folder is a copy and does not
            fit its manifest.
        OSError: a file can't be read.
    """
    for name, path in sorted(_there(folder)):
        if _is_elsewhere(path, folder):
            raise BrokenManifest(f"{name}: a link that leads elsewhere: put the file itself there")
    own = {name: _sha256(path, name) for name, path in files(folder).items()}
    if not is_copy(folder):
        return own
    listed = _listed(folder / MANIFEST)
    # A file that is not listed is the student's own, an f.py put there for instance.
    changed = [name for name, digest in own.items() if listed.get(name, digest) != digest]
    if changed:
        raise BrokenManifest(f"{changed[0]}: not as it was in the copy: unpack the copy again")
    data = data_names(folder)
    missing = [name for name in listed if name not in own and is_public(name, data)]
    if missing:
        raise BrokenManifest(f"{missing[0]}: missing from the copy: unpack the copy again")
    return listed


def version_of(digests: Mapping[str, str]) -> str:
    """The version that these files make: 16 hexadecimal digits."""
    lines = (f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:16]


def written(digests: Mapping[str, str]) -> bytes:
    """The content of manifest.json."""
    manifest = {"format": FORMAT, "version": version_of(digests), "files": dict(digests)}
    return (json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode()


def is_public(name: str, data: frozenset[str]) -> bool:
    """Whether a file may reach students: what is not known to be harmless may not.

    Args:
        name: of the file in the folder, with slashes.
        data: the names that exercise.toml lists under `data`.
    """
    path = Path(name)
    if name in SECRET or path.parts[0] in _SECRET_FOLDERS:
        return False
    if name in _PUBLIC or name in data or path.suffix.lower() in PICTURES:
        return True
    return path.parts[0] == "gallery" and path.suffix == ".py"


def data_names(folder: Path) -> frozenset[str]:
    """What exercise.toml lists under `data`; nothing where it can't be read."""
    try:
        listed = tomllib.loads((folder / "exercise.toml").read_text(encoding="utf-8-sig")).get(
            "data"
        )
    except (OSError, ValueError):
        return frozenset()
    names = listed if isinstance(listed, list) else []
    return frozenset(name for name in names if isinstance(name, str))


def _listed(path: Path) -> dict[str, str]:
    try:
        listed = json.loads(path.read_bytes())["files"]
        if isinstance(listed, dict) and all(isinstance(value, str) for value in listed.values()):
            return listed
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise BrokenManifest(f"{MANIFEST}: not the manifest of a copy: unpack the copy again")


def _there(folder: Path) -> Iterator[tuple[str, Path]]:
    """What is in the folder, at any depth, but what is hidden, byte code and the manifest."""
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        hidden = any(part.startswith((".", "__pycache__")) for part in relative.parts)
        if not hidden and relative.as_posix() != MANIFEST:
            yield relative.as_posix(), path


def _is_elsewhere(path: Path, folder: Path) -> bool:
    """Whether it is a link to a folder, or to what is not in this one.

    Students would get what the folder does not hold, and a kept version would lack it.
    """
    if not path.is_symlink():
        return False
    return path.is_dir() or not path.resolve().is_relative_to(folder.resolve())


def _sha256(path: Path, name: str) -> str:
    size = path.stat().st_size
    if size > LARGEST:
        most = f"a file of an exercise has at most {LARGEST // 2**20} MB"
        raise BrokenManifest(f"{name}: too large: {most}")
    return hashlib.sha256(path.read_bytes()).hexdigest()
