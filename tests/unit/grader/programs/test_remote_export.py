"""`grader export`, against the real application: a file is there when it is whole."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from grader.cli import main
from grader.client.connection import Connection, Unreachable
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.identity.access_tokens import Wanted
from grader.store.identity.scopes import Scope
from tests.unit.grader.marking import finding, grade, report_of
from tests.unit.grader.programs.test_client import URL, Road, refused
from tests.unit.grader.town import Town


@pytest.fixture(scope="module")
def worked(town: Town) -> Town:
    grade(town, town.work["ann"], report_of(finding("law", 4.0, 7.0)), {"density.png": b"\x89PNG"})
    return town


@pytest.fixture
def secret(worked: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A platform's token for the red course; the folder of this test is the present one."""
    for name in ("PUSHFORWARD_TOKEN", "PUSHFORWARD_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    platform = worked.door.people.create("Canvas", None)
    Memberships(worked.desk.engine).put("red", platform.id, Role.INSTRUCTOR)
    wanted = Wanted("mine", Scope.PLATFORM, "red")
    return worked.door.tokens.make(platform.id, wanted)[1]


def names_in(archive: str) -> list[str]:
    with zipfile.ZipFile(archive) as opened:
        return opened.namelist()


def export(
    town: Town, secret: str, *arguments: str, road: httpx.BaseTransport | None = None
) -> Result:
    command = ["export", "red", "--token", secret, *arguments]
    return CliRunner().invoke(main, command, obj=road or Road(town.app))


def test_each_format_is_saved_under_a_name_of_its_own(worked: Town, secret: str) -> None:
    ann = worked.people["ann"].id
    for arguments, name in (
        (("canvas", "--unit", "percent"), "red-canvas.csv"),
        (("moodle",), "red-moodle.csv"),
        (("csv", "--bom"), "red-csv.csv"),
        (("results", "--assignment", "affine"), "red-affine-results.zip"),
        (("archive", "--which", "counting", "--no-figures"), "red-archive.zip"),
        (("student", "--student", ann), f"red-{ann}-student.zip"),
        (("report",), "red-report.json"),
    ):
        done = export(worked, secret, "--format", *arguments)
        assert done.exit_code == 0, done.output
        size = Path(name).stat().st_size
        assert done.output == f"Saved {name} ({size:,} bytes).\n"
    assert not list(Path().glob("*.part"))
    assert Path("red-csv.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    canvas = Path("red-canvas.csv").read_text("utf-8").splitlines()
    (row,) = [row for row in csv.reader(canvas) if row[0] == "Ann"]
    assert "40" in row
    assert json.loads(Path("red-report.json").read_text())
    names = names_in("red-archive.zip")
    assert any(worked.work["ann"] in name for name in names)
    assert not any("/figures/" in name or worked.work["bob"] in name for name in names)
    assert (
        "red-affine-results/Ann/results.json"
        in zipfile.ZipFile("red-affine-results.zip").namelist()
    )


def test_what_is_there_is_not_replaced_without_force(worked: Town, secret: str) -> None:
    Path("mine.csv").write_text("mine")
    road = Road(worked.app)
    refused = export(worked, secret, "--format", "csv", "-o", "mine.csv", road=road)
    assert refused.exit_code == 2
    assert "mine.csv is there already: --force replaces it." in refused.output
    assert Path("mine.csv").read_text() == "mine"
    assert road.requests == [], "it is said before anything is asked"
    done = export(worked, secret, "--format", "csv", "-o", "mine.csv", "--force")
    assert done.exit_code == 0, done.output
    assert "Ann" in Path("mine.csv").read_text()
    folder = export(worked, secret, "--format", "csv", "-o", ".")
    assert (folder.exit_code, "is a folder" in folder.output) == (2, True)
    nowhere = export(worked, secret, "--format", "csv", "-o", "no/such/x.csv")
    assert (nowhere.exit_code, "No such file or directory" in nowhere.output) == (2, True)


def test_it_goes_into_a_pipe(worked: Town, secret: str) -> None:
    done = export(worked, secret, "--format", "csv", "-o", "-")
    assert done.exit_code == 0
    assert done.stdout.startswith("Student,Username")
    assert not list(Path().glob("*.csv"))


class Broken(Road):
    """The road on which every archive ends too early."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        if not request.url.path.endswith(".zip"):
            return answer
        content = answer.read()

        def some() -> Iterator[bytes]:
            yield content[:100]
            raise httpx.RemoteProtocolError("peer closed connection")

        return httpx.Response(200, headers=answer.headers, stream=Half(some()))


class Half(httpx.SyncByteStream):
    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks


class Cut(Road):
    """The road through a proxy that ends an archive too early, and says nothing."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        if request.url.path.endswith(".zip"):
            return httpx.Response(200, content=answer.read()[:-30])
        return answer


def test_what_breaks_off_leaves_no_file(worked: Town, secret: str) -> None:
    broken = export(worked, secret, "--format", "archive", road=Broken(worked.app))
    assert broken.exit_code == 3
    assert "broke off before the end" in broken.output
    cut = export(worked, secret, "--format", "archive", road=Cut(worked.app))
    assert (cut.exit_code, "not a whole archive" in cut.output) == (2, True)
    assert not [path for path in Path().iterdir() if path.suffix in {".zip", ".part"}]


def test_options_that_say_nothing_are_refused(worked: Town, secret: str) -> None:
    for arguments, said in (
        (("csv", "--which", "all"), "--which says nothing with --format csv"),
        (("archive", "--bom"), "--bom says nothing with --format archive"),
        (("canvas", "--no-figures"), "--figures says nothing with --format canvas"),
        (("results",), "--format results needs --assignment"),
        (("results", "--assignment", "nix"), "red does not ask for nix"),
        (("student",), "--format student needs --student"),
    ):
        done = export(worked, secret, "--format", *arguments)
        assert (done.exit_code, said in done.output) == (2, True), done.output


def test_who_may_not_is_told_so(worked: Town, secret: str) -> None:
    _, students = worked.door.tokens.make(worked.people["ann"].id, Wanted("x", Scope.STUDENT, None))
    done = export(worked, students, "--format", "archive")
    assert done.exit_code == 2
    assert "not" in done.output
    assert not list(Path().glob("*.zip*"))


def test_a_server_that_has_no_turn_is_asked_again(worked: Town, secret: str) -> None:
    busy = refused(503, "too-many-archives", **{"Retry-After": "0"})
    road = Road(worked.app, lambda _: None, busy)
    done = export(worked, secret, "--format", "archive", road=road)
    assert done.exit_code == 0, done.output
    assert [one.url.path.rpartition("/")[2] for one in road.requests].count("archive.zip") == 2


def test_a_stream_is_not_in_memory_as_a_whole(tmp_path: Path) -> None:
    """Each chunk is in the file before the next one comes."""
    target, seen = tmp_path / "x", []

    def chunks() -> Iterator[bytes]:
        for _ in range(3):
            seen.append(target.stat().st_size)
            yield b"x" * 1_000
        raise httpx.ReadError("gone")

    answer = httpx.MockTransport(lambda _: httpx.Response(200, stream=Half(chunks())))
    with (
        Connection(URL, transport=answer) as road,
        target.open("wb", buffering=0) as file,
        pytest.raises(Unreachable, match="broke off"),
    ):
        road.fetch("x", file)
    assert seen == [0, 1_000, 2_000]
