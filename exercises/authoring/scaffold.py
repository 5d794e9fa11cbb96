"""The files of a new exercise, ready to be changed; as they are, they pass the author's check."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from exercises.authoring.templates import CODE, COMMON, QUIZ

#: The kinds of programs that a new exercise may ask for, with what each asks.
TEMPLATES: Mapping[str, str] = MappingProxyType(
    {
        "law": "write an f whose law is that of the reference",
        "inverse": "write f and its inverse",
        "log-prob": "write f and the log-density of its law",
        "values": "write a function with one right value at each point",
    }
)


def scaffold(slug: str, kind: str, template: str = "law") -> dict[str, str]:
    """The texts of a new exercise's files, by name.

    Args:
        slug: the exercise's name.
        kind: "code" or "quiz".
        template: one of TEMPLATES, for code.

    Raises:
        KeyError: there is no such kind or template.
    """
    files = {"quiz": QUIZ, "code": CODE[template]}[kind]
    title = slug.replace("-", " ").capitalize()
    texts = {name: text.lstrip("\n").replace("{TITLE}", title) for name, text in files.items()}
    texts["exercise.toml"] = COMMON.lstrip("\n").replace("{TITLE}", title) + texts["exercise.toml"]
    return texts


def write_files(folder: Path, texts: Mapping[str, str]) -> None:
    """Write a new folder.

    Raises:
        FileExistsError: there is something of this name; nothing is changed then.
    """
    folder.mkdir(parents=True, exist_ok=False)
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
