"""Archives that are sent while they are made: what reads them, and what is in memory meanwhile."""

from __future__ import annotations

import hashlib
import io
import random
import zipfile
from collections.abc import Iterator

import pytest

from grader.exports import zip_stream
from grader.exports.file_names import distinct_names, safe_name
from grader.exports.summed_folder import SUMS, packed
from grader.exports.zip_stream import ZipStream

TEXT = b"def f(z):\n    return z\n" * 50
NOISE = random.Random(1).randbytes(5_000)


def whole(files: dict[str, bytes]) -> bytes:
    with ZipStream() as made:
        sent = [made.add(name, content) for name, content in files.items()]
        return b"".join([*sent, *made.end()])


def opened(content: bytes) -> zipfile.ZipFile:
    found = zipfile.ZipFile(io.BytesIO(content))
    assert found.testzip() is None
    return found


def test_what_was_put_in_comes_out_and_text_is_packed() -> None:
    files = {"a/f.py": TEXT, "a/figure.png": NOISE, "a/leer": b"", "a/名前/ü.txt": b"x"}
    made = opened(whole(files))
    assert {name: made.read(name) for name in made.namelist()} == files
    by_name = {one.filename: one for one in made.infolist()}
    assert by_name["a/f.py"].compress_type == zipfile.ZIP_DEFLATED
    assert by_name["a/f.py"].compress_size < len(TEXT) / 10
    assert by_name["a/figure.png"].compress_type == zipfile.ZIP_STORED
    assert {one.external_attr >> 16 for one in made.infolist()} == {0o100644}


def test_each_file_can_be_unpacked_before_the_archive_ends() -> None:
    """Sizes stand before the content, so that no reader has to wait for the directory."""
    with ZipStream() as made:
        sent = made.add("f.py", TEXT)
    size = int.from_bytes(sent[18:22], "little")
    assert sent[6:8] == (0x800).to_bytes(2, "little"), "no data descriptor follows"
    assert len(sent) == 30 + len("f.py") + size


def test_the_same_files_are_the_same_archive() -> None:
    assert whole({"a": TEXT, "b": NOISE}) == whole({"a": TEXT, "b": NOISE})


def test_what_is_beyond_the_old_format_is_written_in_the_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of an archive of gigabytes everything but the numbers is as in this one of kilobytes."""
    files = {f"n{number}": NOISE for number in range(20)}
    assert b"PK\6\6" not in whole(files)
    monkeypatch.setattr(zip_stream, "_FAR_32", 50_000)
    monkeypatch.setattr(zip_stream, "_FAR_16", 10)
    sent = whole(files)
    read = opened(sent)
    assert {name: read.read(name) for name in read.namelist()} == files
    # Python reads the old fields where they are not full: so the new ones were read.
    assert sent.count(b"PK\6\6") == sent.count(b"PK\6\7") == 1
    full = b"\xff" * 4
    assert sent[-14:-10] == sent[-6:-2] == full
    far = [one for one in read.infolist() if one.header_offset >= 50_000]
    assert sent.count(full + b"n") == len(far) > 5


def test_a_hundred_thousand_files_are_not_too_many() -> None:
    sent = io.BytesIO()
    with ZipStream() as made:
        for number in range(70_000):
            sent.write(made.add(f"{number}", b"", pack=False))
        sent.write(b"".join(made.end()))
    assert len(zipfile.ZipFile(sent).namelist()) == 70_000


def test_a_folder_carries_the_sums_of_all_its_files() -> None:
    files: list[tuple[str, bytes | str]] = [
        ("README.txt", "all"),
        ("a b/ü.py", TEXT),
        ("figures/x.png", NOISE),
    ]
    made = opened(b"".join(packed("course", files)))
    assert made.namelist()[-1] == f"course/{SUMS}"
    lines = made.read(f"course/{SUMS}").decode().splitlines()
    assert lines == [
        f"{hashlib.sha256(made.read(f'course/{name}')).hexdigest()}  {name}" for name, _ in files
    ]
    assert made.read("course/README.txt") == b"all"


def test_nothing_is_read_before_what_comes_before_it_was_taken() -> None:
    read = []

    def files() -> Iterator[tuple[str, bytes]]:
        for number in range(1_000):
            read.append(number)
            yield f"{number}.png", NOISE * 20

    sent = packed("course", files())
    assert next(sent)
    assert read == [0]
    assert next(sent)
    assert read == [0, 1]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Kim Noor", "Kim_Noor"),
        ("Æsa Þórðar-Ωmega 名前", "Æsa_Þórðar-Ωmega_名前"),
        ("e\u0301", "é"),
        ("../../etc/passwd", "etc_passwd"),
        ("a/b\\c:d*e?f", "a_b_c_d_e_f"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("Com¹", "_Com¹"),
        ("Connie", "Connie"),
        ("Kim. ", "Kim"),
        ("-rf", "rf"),
        ("=1+1", "1+1"),
        (".ssh", "ssh"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("a\x00b\nc", "a_b_c"),
        (" \u200b ", ""),
        ("x" * 300, "x" * 60),
        ("名" * 100, "名" * 20),
    ],
)
def test_a_name_becomes_one_that_every_system_takes(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_two_of_one_name_have_two_folders_whatever_the_case() -> None:
    names = {
        "p1": "Kim",
        "p2": "KIM",
        "p3": "Bo",
        "p4": "…",
        "p5": "?/",
        "p6": "Ｋim",
        "p7": "Bo-p3",
    }
    made = distinct_names(names)
    assert [*made.values()] == ["Kim-p1", "KIM-p2", "Bo", "…", "p5", "Ｋim-p6", "Bo-p3-p7"]
