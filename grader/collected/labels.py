"""Labels: what a file's path in an archive says of whose it is, in the forms of the platforms.

Canvas       bellanna_LATE_4711_98765_f.py         the name, the person's id, the file's id
Moodle       Anna Bell_4711_assignsubmission_file_/f.py        or without the folder
Gradescope   submission_123/f.py                   with submission_metadata.yml beside it
by hand      anna.py, or anna/f.py                 a user name, any id of the roster, or a name
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: What Gradescope puts beside its folders.
METADATA = "submission_metadata.yml"

_CANVAS = re.compile(r"(?P<name>.+?)(?:_LATE)?_(?P<user>\d{1,20})_\d{1,20}_(?P<file>.+)", re.ASCII)
#: A file that was handed in again has a number at the end of its name.
_CANVAS_AGAIN = re.compile(r"-\d{1,3}(?=\.[^.]*$)", re.ASCII)
_MOODLE_FOLDER = re.compile(r"(?P<name>.+)_(?P<number>\d{1,20})_assignsubmission_[a-z]+_?")
_MOODLE_FILE = re.compile(r"(?P<name>.+)_(?P<number>\d{1,20})_assignsubmission_[a-z]+_(?P<file>.+)")
_GRADESCOPE = re.compile(r"submission_\d{1,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Label:
    """Whose a file is, as far as is said."""

    #: Ids as (kind, value); the kind is None where any kind may be meant. One of them is enough.
    ids: tuple[tuple[str | None, str], ...]
    #: A name, which tells somebody apart only where nobody else is called so.
    name: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A file of the archive, and for whom it stands."""

    path: str
    #: What is the same for all files of one person.
    group: str
    #: The file's own name.
    file: str
    labels: tuple[Label, ...]
    #: Whether its name is one that only a person's file has, whatever kind of file it is.
    is_sure: bool = True


def placed(path: str, submitters: Mapping[str, Sequence[Label]]) -> Placed:
    """For whom a file of an archive stands.

    Args:
        path: from the folder in which the people's folders or files are.
        submitters: by folder what Gradescope says of it.
    """
    first, slash, rest = path.partition("/")
    file = path.rpartition("/")[2]
    if slash:
        moodle = _MOODLE_FOLDER.fullmatch(first)
        if moodle:
            return Placed(path, first, file, (_named(moodle["name"]),))
        if _GRADESCOPE.fullmatch(first):
            return Placed(path, first, file, tuple(submitters.get(first, ())))
        return Placed(path, first, rest.rpartition("/")[2], (by_hand(first),))
    moodle = _MOODLE_FILE.fullmatch(first)
    if moodle:
        group = f"{moodle['name']}_{moodle['number']}"
        return Placed(path, group, moodle["file"], (_named(moodle["name"]),))
    canvas = _CANVAS.fullmatch(first)
    if canvas:
        label = Label((("canvas_id", canvas["user"]),), canvas["name"])
        name = _CANVAS_AGAIN.sub("", canvas["file"])
        return Placed(path, f"{canvas['name']}_{canvas['user']}", name, (label,))
    stem = first.rpartition(".")[0] or first
    return Placed(path, first, file, (by_hand(stem),), is_sure=False)


def is_platforms(first: str) -> bool:
    """Whether a first part of a path is one that a platform gives."""
    forms = (_MOODLE_FOLDER, _MOODLE_FILE, _GRADESCOPE, _CANVAS)
    return any(form.fullmatch(first) for form in forms)


def by_hand(text: str) -> Label:
    """What somebody has written for a person: an id as `kind:value`, any id, or a name."""
    kind, colon, value = text.partition(":")
    ids: tuple[tuple[str | None, str], ...] = ((None, text),)
    return Label((*ids, (kind, value)) if colon else ids, text)


def read_submitters(text: str) -> dict[str, tuple[Label, ...]]:
    """By folder who handed in, from Gradescope's submission_metadata.yml.

    It is YAML as Ruby writes it, and of all that is in it only names and ids are looked at: line by
    line, so that nothing else in it is ever built.
    """
    found: dict[str, list[dict[str, str]]] = {}
    folder, within = "", False
    for line in text.splitlines():
        if line[:1] not in {"", " ", "-", "#"}:
            folder, within = line.strip().rstrip(":").strip("'\""), False
        elif re.match(r"  \S", line) and not line.startswith("  - "):
            within = line.strip() == ":submitters:"
        elif within and folder:
            _add_to(found.setdefault(folder, []), line)
    return {name: tuple(_submitter(one) for one in several) for name, several in found.items()}


_FIELD = re.compile(r"\s*(?P<new>-\s+)?:(?P<name>name|sid|email):(?:\s+(?P<value>.*))?")


def _add_to(several: list[dict[str, str]], line: str) -> None:
    held = _FIELD.fullmatch(line.rstrip())
    if held is None:
        return
    if held["new"] or not several:
        several.append({})
    several[-1][held["name"]] = _scalar((held["value"] or "").strip())


def _scalar(text: str) -> str:
    """A text of YAML on one line, as Ruby writes names: plain, or in quotes."""
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if len(text) > 1 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return "" if text in {"~", "null"} else text


def _submitter(fields: Mapping[str, str]) -> Label:
    ids: list[tuple[str | None, str]] = []
    if fields.get("email"):
        # An address is often the name that one signs in by.
        ids.append((None, fields["email"]))
    if fields.get("sid"):
        ids.append((None, fields["sid"]))
    return Label(tuple(ids), fields.get("name", ""))


def _named(name: str) -> Label:
    return Label((), name)
