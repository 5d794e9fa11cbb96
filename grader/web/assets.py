"""The static files: under addresses that change with what they hold, kept for long, sent packed."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flask import Flask, Response, abort, request, url_for

STATIC = Path(__file__).parent / "static"
#: What tools/bundle_editor.py makes, if it could.
BUILT = "built"

#: Media types by suffix. Not the machine's own table, which may say text/plain for a script.
_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".css": "text/css",
        ".js": "text/javascript",
        ".json": "application/json",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".txt": "text/plain",
        ".woff2": "font/woff2",
    }
)
#: What holds compressed data already.
_PACKED = frozenset({".png", ".woff2"})
#: A year: the address of a file that changed is another one.
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "public, no-cache"


@dataclass(frozen=True)
class Asset:
    """One static file, read once."""

    content: bytes
    media_type: str
    packable: bool

    @cached_property
    def digest(self) -> str:
        """A short digest of the content."""
        return hashlib.sha256(self.content).hexdigest()[:16]

    @cached_property
    def packed(self) -> bytes | None:
        """The content with gzip, or None where that makes it no smaller."""
        made = gzip.compress(self.content, 9, mtime=0) if self.packable else self.content
        return made if len(made) < len(self.content) else None


class Assets:
    """All static files, and the modules of the bundled editor."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): _read(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in _TYPES
        }
        names = "\n".join(f"{name} {asset.digest}" for name, asset in self._files.items())
        #: One version for all: a module's relative imports then have its version too.
        self.version = hashlib.sha256(names.encode()).hexdigest()[:12]
        manifest = self._files.get(f"{BUILT}/manifest.json")
        self._modules: dict[str, Any] = json.loads(manifest.content)["modules"] if manifest else {}

    def get(self, name: str) -> Asset | None:
        """The file of this name, relative to the folder."""
        return self._files.get(name)

    def module(self, name: str) -> str | None:
        """The address of a bundled module, "editor" or "diff"; None where it was not built."""
        built = self._modules.get(name)
        return built and url_for("static", filename=f"{BUILT}/{built['file']}")

    def preloads(self, name: str) -> tuple[str, ...]:
        """The addresses of all files that a bundled module is made of, to be fetched at once."""
        built = self._modules.get(name)
        files = (built["file"], *built["imports"]) if built else ()
        return tuple(url_for("static", filename=f"{BUILT}/{file}") for file in files)


def serve_assets(app: Flask, folder: Path = STATIC) -> None:
    """Serve the files of `folder` as /static/v-VERSION/NAME, the endpoint "static".

    Templates get `bundled(NAME)`, the address of a module or None, and `preloads(NAME)`.
    """
    assets = Assets(folder)

    def static(filename: str, version: str | None = None) -> Response:
        found = assets.get(filename)
        if found is None:
            abort(HTTPStatus.NOT_FOUND)
        return _answer(found, lasting=version == assets.version)

    # A page that is older than the program asks for another version: it gets what there is.
    app.add_url_rule("/static/v-<version>/<path:filename>", "static", static)
    app.add_url_rule("/static/<path:filename>", "static", static)
    app.jinja_env.globals.update(bundled=assets.module, preloads=assets.preloads)

    @app.url_defaults
    def _add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("version", assets.version)


def _read(path: Path) -> Asset:
    suffix = path.suffix
    return Asset(path.read_bytes(), _TYPES[suffix], packable=suffix not in _PACKED)


def _answer(asset: Asset, *, lasting: bool) -> Response:
    packs = request.accept_encodings["gzip"] > 0
    packed = asset.packed if packs else None
    response = Response(packed or asset.content, mimetype=asset.media_type)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = _FOREVER if lasting else _ASK_AGAIN
    response.set_etag(f"{asset.digest}-gzip" if packed else asset.digest)
    response.make_conditional(request)
    return response
