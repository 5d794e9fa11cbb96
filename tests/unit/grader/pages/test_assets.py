"""Static files: kept by browsers for as long as they stay the same, and sent packed."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from grader.web.assets import STATIC, Assets, serve_assets

MODULE = "import { x } from './other.js';\n" * 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {"style.css": "p { margin: 0 }\n" * 40, "page.js": MODULE, "tiny.js": "x", "a.py": "1"}
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    return tmp_path


def client_of(folder: Path) -> FlaskClient:
    app = Flask("test", static_folder=None)
    serve_assets(app, folder)
    app.add_url_rule(
        "/address/<path:name>", "address", lambda name: url_for("static", filename=name)
    )
    return app.test_client()


@pytest.fixture
def client(folder: Path) -> FlaskClient:
    return client_of(folder)


def address(client: FlaskClient, name: str) -> str:
    return client.get(f"/address/{name}").text


def test_a_file_is_kept_for_good_at_the_address_that_the_pages_give(client: FlaskClient) -> None:
    answer = client.get(address(client, "page.js"))
    assert answer.text == MODULE
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_changed_file_has_another_address(client: FlaskClient, folder: Path) -> None:
    before = address(client, "page.js")
    assert address(client_of(folder), "page.js") == before
    (folder / "style.css").write_text("p { margin: 1px }")
    assert address(client_of(folder), "page.js") != before


def test_what_a_module_imports_relatively_has_its_version(client: FlaskClient) -> None:
    page, style = address(client, "page.js"), address(client, "style.css")
    assert page.rpartition("/")[0] == style.rpartition("/")[0]


@pytest.mark.parametrize("prefix", ["/static/", "/static/v-0123456789ab/"])
def test_another_version_or_none_gets_the_file_and_asks_each_time(
    client: FlaskClient, prefix: str
) -> None:
    answer = client.get(f"{prefix}page.js")
    assert answer.text == MODULE
    assert answer.headers["Cache-Control"] == "public, no-cache"
    again = client.get(f"{prefix}page.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_files_are_packed_for_who_can_unpack_them(client: FlaskClient) -> None:
    plain = client.get("/static/page.js")
    packed = client.get("/static/page.js", headers={"Accept-Encoding": "br, gzip;q=0.5"})
    refused = client.get("/static/page.js", headers={"Accept-Encoding": "gzip;q=0"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data == MODULE.encode()
    assert len(packed.data) < len(plain.data) / 4
    assert "Content-Encoding" not in {**plain.headers, **refused.headers}
    assert refused.data == plain.data
    assert {answer.headers["Vary"] for answer in (plain, packed)} == {"Accept-Encoding"}
    assert plain.headers["ETag"] != packed.headers["ETag"]


def test_a_file_that_packing_makes_no_smaller_is_sent_as_it_is(client: FlaskClient) -> None:
    answer = client.get("/static/tiny.js", headers={"Accept-Encoding": "gzip"})
    assert answer.data == b"x"
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("name", ["nix.js", "a.py", "../assets.py", "v-abc/../../assets.py", ""])
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_without_a_bundle_there_is_no_module_to_load(folder: Path) -> None:
    assets = Assets(folder)
    assert assets.module("editor") is None
    assert assets.preloads("editor") == ()


@pytest.fixture
def request_context() -> Iterator[None]:
    app = Flask("test", static_folder=None)
    serve_assets(app)
    with app.test_request_context():
        yield


@pytest.mark.usefixtures("request_context")
def test_a_bundled_module_and_all_that_it_imports_have_addresses() -> None:
    assets = Assets(STATIC)
    module, loaded = assets.module("editor"), assets.preloads("editor")
    assert module is not None, "no bundle: run .venv/bin/python tools/bundle_editor.py"
    assert module == loaded[0]
    assert all(assets.get(file.split("/", 3)[3]) for file in loaded)


def test_the_real_files_are_found_in_a_copy_without_the_bundle(tmp_path: Path) -> None:
    shutil.copytree(STATIC, tmp_path / "static", ignore=shutil.ignore_patterns("built"))
    assets = Assets(tmp_path / "static")
    assert assets.get("style.css") is not None
    assert assets.module("editor") is None
