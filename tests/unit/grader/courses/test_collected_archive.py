"""Archives that were made to do harm, or by odd programs: nothing leaves them, nothing grows."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from grader.collected import archive as reading
from grader.collected.archive import BadArchive, Unfit, read_archive
from grader.collected.folder import packed
from grader.collected.gathering import gather, wanted
from grader.collected.why import Aside, Why
from grader.exits import in_folders


def zipped(
    *entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        for name, content in entries:
            made.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "../f.py",
        "a/../../f.py",
        "/etc/f.py",
        "\\\\host\\f.py",
        "C:\\f.py",
        "..\\f.py",
        "a\nb.py",
        "a\x1b[2J.py",
        "\u202eyp.f",
        "x" * 301,
    ],
)
def test_a_name_that_leads_elsewhere_or_hides_something_is_passed_over(name: str) -> None:
    found = read_archive(zipped((name, b"x"), ("anna.py", b"y")))
    assert found.paths == ["anna.py"]
    (over,) = found.passed_over
    assert over.why is Aside.UNSAFE_NAME
    assert over.path.isprintable()
    assert len(over.path) <= reading.PATH_LIMIT


def test_what_systems_leave_behind_is_passed_over_and_told() -> None:
    found = read_archive(
        zipped(
            ("__MACOSX/._anna.py", b"x"),
            (".DS_Store", b"x"),
            ("anna/.f.py.swp", b"x"),
            ("anna/__pycache__/f.pyc", b"x"),
            ("Thumbs.db", b"x"),
            ("empty/", b""),
            ("full/", b""),
            ("full/f.py", b"x"),
        )
    )
    assert found.paths == ["full/f.py"]
    told = [(one.path, one.why) for one in found.passed_over]
    assert told[-1] == ("empty", Aside.EMPTY_FOLDER)
    assert {why for _, why in told[:-1]} == {Aside.SYSTEM_FILE}
    assert len(told) == 6


def test_a_link_is_passed_over() -> None:
    link = zipfile.ZipInfo("anna.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    found = read_archive(zipped((link, b"/etc/passwd")))
    assert found.paths == []
    assert [one.why for one in found.passed_over] == [Aside.LINK]


def test_no_more_is_unpacked_than_a_file_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    read, asked = zipfile.ZipExtFile.read, []

    def noted(file: zipfile.ZipExtFile, size: int | None = -1) -> bytes:
        asked.append(size)
        return read(file, size)

    monkeypatch.setattr(zipfile.ZipExtFile, "read", noted)
    found = read_archive(zipped(("anna.py", b"\0" * 50_000_000), ("jo.py", b"x" * 100)))
    with pytest.raises(Unfit) as error:
        found.read("anna.py", 100)
    assert error.value.why is Why.TOO_LONG
    assert found.read("jo.py", 100) == b"x" * 100
    assert asked == [101, 101]


def test_a_size_that_lies_is_found_out() -> None:
    content = bytearray(zipped(("anna.py", b"\0" * 200_000)))
    # The sizes in the directory and before the data say 10 bytes.
    for signature, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = content.index(signature) + at
        content[start : start + 4] = struct.pack("<I", 10)
    with pytest.raises(Unfit) as error:
        read_archive(bytes(content)).read("anna.py", 100)
    assert error.value.why in {Why.UNREADABLE, Why.TOO_LONG}


def test_too_many_entries_are_refused_before_they_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "ENTRIES_LIMIT", 20)
    content = zipped(*((f"{index}.txt", b"") for index in range(21)))
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(BadArchive, match="more than 20 entries"):
        read_archive(content)


def test_the_work_of_too_many_people_is_refused() -> None:
    found = read_archive(zipped(*((f"{index}.py", b"x") for index in range(4))))
    asked = wanted("affine", is_quiz=False, file_limit=100, files_limit=3)
    with pytest.raises(BadArchive, match="more than 3 people"):
        gather(found, asked, lambda _: False)


@pytest.mark.parametrize("content", [b"", b"PK", b"hello", b"\x1f\x8b" + b"x" * 50, b"PK\x05\x06"])
def test_what_is_no_archive_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(BadArchive, match="no zip archive"):
        read_archive(content)


def test_every_cut_of_an_archive_is_read_or_refused_and_nothing_else() -> None:
    whole = zipped(("anna.py", b"def f(z): return z\n" * 5), ("jo/f.py", b"x"))
    for end in range(len(whole)):
        try:
            found = read_archive(whole[:end])
        except BadArchive:
            continue
        for path in found.paths:
            with pytest.raises(Unfit):
                found.read(path, 1000)


def test_every_byte_that_is_wrong_is_survived() -> None:
    whole = zipped(("anna.py", b"def f(z): return z\n" * 5), ("jo/f.py", b"x"))
    for index in range(len(whole)):
        for flipped in (0x01, 0xFF):
            content = bytearray(whole)
            content[index] ^= flipped
            try:
                found = read_archive(bytes(content))
                for path in found.paths:
                    found.read(path, 1000)
            except (BadArchive, Unfit):
                pass


def test_methods_that_may_take_much_memory_and_encrypted_files_are_not_unpacked() -> None:
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with pytest.raises(Unfit):
            read_archive(zipped(("anna.py", b"x"), method=method)).read("anna.py", 10)
    content = bytearray(zipped(("anna.py", b"x")))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Unfit):
        read_archive(bytes(content)).read("anna.py", 10)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_entries_of_one_name_none_is_believed() -> None:
    found = read_archive(zipped(("anna.py", b"one"), ("anna.py", b"two")))
    with pytest.raises(Unfit) as error:
        found.read("anna.py", 10)
    assert error.value.why is Why.TWO_FILES


def test_names_are_read_as_their_programs_wrote_them() -> None:
    # Old ones of Windows: code page 437; those of macOS: UTF-8 without saying so, in two parts.
    windows = zipped(("Bj#rn.py", b"x")).replace(b"Bj#rn.py", "Björn.py".encode("cp437"))
    mac = zipped(("Bjo##rn.py", b"x")).replace(b"Bjo##rn.py", "Bjo\u0308rn.py".encode())
    for content in (windows, mac, zipped(("Björn.py", b"x"))):
        assert read_archive(content).paths == ["Björn.py"]


def test_parts_are_divided_by_either_slash() -> None:
    content = zipped(("anna#f.py", b"x")).replace(b"anna#f.py", b"anna\\f.py")
    assert read_archive(content).paths == ["anna/f.py"]


def test_a_folder_means_the_same_files_as_the_archive_that_is_made_of_it(tmp_path: Path) -> None:
    folder, outside = tmp_path / "class", tmp_path / "secret.py"
    outside.write_text("x")
    for name in ("ann.py", "bob/f.py", ".git/x.py", "bob/__pycache__/f.py", "__MACOSX/._ann.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    found = read_archive(packed(folder))
    assert (found.paths, found.passed_over) == (["ann.py", "bob/f.py"], [])
    meant = [Path(one).relative_to(folder).as_posix() for one in in_folders([str(folder)], ".py")]
    assert meant == found.paths
    assert packed(folder) == packed(folder)
    (folder / "link.py").symlink_to(outside)
    assert read_archive(packed(folder)).paths == found.paths
