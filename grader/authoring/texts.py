"""Whether an exercise's texts can be shown: formulas typeset, links and pictures lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it.token import Token

from exercises.catalog.manifest import data_names, is_public
from exercises.exercise import AnyExercise, QuizExercise
from grader.authoring.step import Step, note, ok, problem
from grader.web.formula import LONGEST, formula
from grader.web.statement import parse_statement

_OUTSIDE = frozenset({"http", "https"})


def check_texts(exercise: AnyExercise) -> Iterator[Step]:
    """Look at every text of an exercise that students read."""
    formulas = links = 0
    wrong: list[Step] = []
    for part, text in _texts(exercise):
        for token in _all(parse_statement(text)):
            if token.type == "mathematics":
                formulas += 1
                wrong.extend(_typeset(part, token))
            elif token.type == "text" and "$" in token.content:
                said = f'a $ with no formula: "{token.content.strip()[:60]}"'
                wrong.append(note(part, said))
            elif token.type in ("link_open", "image"):
                links += 1
                wrong.extend(_leads(part, token, exercise))
    yield from wrong
    if not wrong:
        yield ok("texts", f"{formulas} formulas can be typeset, {links} links lead somewhere")


def _texts(exercise: AnyExercise) -> Iterator[tuple[str, str]]:
    yield "statement.md", exercise.statement
    if exercise.reading:
        yield "reading.md", exercise.reading
    for number, hint in enumerate(exercise.hints, 1):
        yield f"exercise.toml: hints {number}", hint
    if not isinstance(exercise, QuizExercise):
        return
    for question in exercise.questions:
        where = f"questions.toml: {question.id}"
        for key in ("text", "explanation", "source"):
            yield f"{where}: {key}", getattr(question, key)
        for option in question.options:
            yield f"{where}: {option.id}", f"{option.text}\n\n{option.feedback}"


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])


def _typeset(part: str, token: Token) -> Iterator[Step]:
    if formula(token.content, display=token.markup == "$$") is None:
        why = (
            f"it has more than {LONGEST} characters" if len(token.content) > LONGEST else "not TeX"
        )
        yield problem(part, f"this formula can't be typeset ({why}): ${token.content[:80]}$")


def _leads(part: str, token: Token, exercise: AnyExercise) -> Iterator[Step]:
    address = str(token.attrGet("src" if token.type == "image" else "href") or "")
    if token.type == "image" and not token.content.strip():
        yield problem(part, f"the picture {address} has no words for who can't see it: ![…]")
    why = _wrong_address(address, exercise.folder)
    if why is not None:
        yield problem(part, f"{address or 'a link'} {why}")


def _wrong_address(address: str, folder: Path) -> str | None:
    """Why an address leads nowhere; None where it may lead somewhere."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "is no address"
    if parts.scheme in _OUTSIDE:
        return None if "." in parts.netloc else "is no address"
    if parts.scheme or parts.netloc:
        return "is neither a file of this folder nor a page of the web (https://…)"
    name = unquote(parts.path)
    if name.startswith("/exercises/"):
        there = (folder.parent / name.split("/")[2] / "exercise.toml").is_file()
        return None if there else "is no exercise of this course"
    if not name:
        return None if parts.fragment else "leads nowhere"
    if not (folder / name).is_file():
        return "is no file of this folder"
    if not is_public(name, data_names(folder)):
        return "is a file that students do not get"
    return None
