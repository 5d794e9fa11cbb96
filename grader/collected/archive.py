"""An archive of a class as it came: its entries are read one by one, and none is ever unpacked.

Nothing is written anywhere, so an entry's name can lead nowhere. What is read is bounded before it
is read: how many entries there are, and how many bytes of each; so a small archive can not become
large, whatever it claims of itself.
"""

from __future__ import annotations

import contextlib
import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from grader.collected.why import Aside, Why

#: Entries of any kind, folders and passed-over ones too.
ENTRIES_LIMIT = 10_000
#: Characters of a path.
PATH_LIMIT = 300

#: The signature with which each entry of a directory begins (APPNOTE.TXT, 4.3.12).
_DIRECTORY_ENTRY = b"PK\x01\x02"
_UTF8, _ENCRYPTED = 0x800, 0x1
#: The two methods that all platforms write; others may take gigabytes of memory to unpack.
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, OverflowError),
    *(NotImplementedError, RuntimeError, struct.error),
)
_SYSTEM_FILES = {"__macosx", "__pycache__", "thumbs.db", "desktop.ini"}


class BadArchive(ValueError):
    """It is no archive that is read here; the message says why, as a sentence."""


class Unfit(Exception):
    """An entry can't be read, for a reason that is told."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class PassedOver:
    """An entry that nobody's work is in."""

    path: str
    why: Aside


@dataclass(slots=True)
class Archive:
    """The files of an archive by their paths, with `/` between the parts."""

    packed: zipfile.ZipFile
    passed_over: list[PassedOver] = field(default_factory=list)
    #: Of one path there may be several: then nobody knows which one is meant.
    entries: dict[str, list[zipfile.ZipInfo]] = field(default_factory=dict)

    @property
    def paths(self) -> list[str]:
        """Where its files are, in the order of the archive."""
        return [*self.entries]

    def read(self, path: str, limit: int) -> bytes:
        """What is in a file.

        Args:
            path: one of `paths`.
            limit: how many bytes it may have; no more than one beyond is unpacked.

        Raises:
            Unfit: it can't be read, or is longer.
        """
        several = self.entries[path]
        if len(several) > 1:
            raise Unfit(Why.TWO_FILES)
        (entry,) = several
        if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
            raise Unfit(Why.UNREADABLE)
        try:
            with self.packed.open(entry) as file:
                content = file.read(limit + 1)
        except _DAMAGE as error:
            raise Unfit(Why.UNREADABLE) from error
        if len(content) > limit:
            raise Unfit(Why.TOO_LONG)
        return content


def read_archive(content: bytes) -> Archive:
    """The entries of a zip archive; what is in them is read when it is asked for.

    Raises:
        BadArchive: it is none, or has too many entries.
    """
    # Before anything is parsed: a directory of millions of entries takes gigabytes. Each of them
    # begins with the signature, so there are at most as many as that is found.
    if content.count(_DIRECTORY_ENTRY) > ENTRIES_LIMIT:
        raise BadArchive(f"The archive has more than {ENTRIES_LIMIT:,} entries.")
    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
    except _DAMAGE as error:
        raise BadArchive("This is no zip archive, or a damaged one.") from error
    found = Archive(packed)
    folders: list[str] = []
    for entry in packed.infolist():
        _sort_in(found, folders, entry)
    for folder in folders:
        if not any(path.startswith(f"{folder}/") for path in (*found.entries, *folders)):
            found.passed_over.append(PassedOver(folder, Aside.EMPTY_FOLDER))
    return found


def is_aside(path: str) -> bool:
    """Whether a path is one that people do not mean: hidden, compiled, or of the system."""
    parts = PurePosixPath(path).parts
    return any(part.startswith(".") or part.lower() in _SYSTEM_FILES for part in parts)


def _sort_in(found: Archive, folders: list[str], entry: zipfile.ZipInfo) -> None:
    """Put an entry where it belongs: to the files, the folders, or what is passed over."""
    name = _name_of(entry)
    path = _checked(name)
    if path is None:
        shown = "".join(
            char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name
        )
        found.passed_over.append(PassedOver(shown[:PATH_LIMIT], Aside.UNSAFE_NAME))
    elif is_aside(path):
        found.passed_over.append(PassedOver(path, Aside.SYSTEM_FILE))
    elif stat.S_ISLNK(entry.external_attr >> 16):
        found.passed_over.append(PassedOver(path, Aside.LINK))
    elif name.endswith(("/", "\\")):
        folders.append(path)
    else:
        found.entries.setdefault(path, []).append(entry)


def _name_of(entry: zipfile.ZipInfo) -> str:
    """An entry's name; without the flag of UTF-8 it may be UTF-8 all the same, or code page 437."""
    name = entry.filename
    if not entry.flag_bits & _UTF8:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    # macOS writes é as two characters.
    return unicodedata.normalize("NFC", name)


def _checked(name: str) -> str | None:
    """A path with its parts as they are meant; None where it leads elsewhere or is none."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in {"", "."}]
    leads_out = name.startswith(("/", "\\")) or ".." in parts or (parts and ":" in parts[0][:2])
    if leads_out or not parts or not name.isprintable() or len(name) > PATH_LIMIT:
        return None
    return "/".join(parts)
