"""Bare code: a program without its comments and docstrings, line for line and value for value."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from exercises.quiz.answers import read_answers

_BOM = "\ufeff"
#: A stretch of a text: from the first to the second line and column, all from 0.
_Stretch = tuple[tuple[int, int], tuple[int, int]]
#: The lines of a program as Python counts them, with their ends.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
#: Of what is no Python: a long text, and all behind a sign that may begin a comment.
_LONG_TEXT = re.compile(r"(\"\"\"|''')(.*?)(\1|\Z)", re.DOTALL)
_BEHIND = re.compile(r"#[^\r\n]*")


def bare(source: bytes) -> bytes:
    """A program that does the same and says nothing of who wrote it.

    Comments go, and strings that stand for themselves, docstrings among them, become empty. Each
    line keeps its number, so that reports stay right. What is in other strings and in names stays,
    for it may change what the program does. What is no Python is cut more roughly; answers to a
    quiz are left as they are.

    Args:
        source: as it was sent.
    """
    if not any(sign in source for sign in (b"#", b'"', b"'")) or read_answers(source) is not None:
        return source
    try:
        text = source.decode()
    except UnicodeDecodeError:
        return _cut(source.decode("latin-1")).encode("latin-1")
    mark, text = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    return (mark + _bare(text)).encode()


def _bare(text: str) -> str:
    try:
        lines = _LINE.findall(text)
        told = _without(lines, [*_comments(text), *_loose_texts(ast.parse(text), lines)])
        return told if _does_the_same(text, told) else _cut(text)
    except (SyntaxError, ValueError, IndexError, RecursionError, MemoryError, tokenize.TokenError):
        return _cut(text)


def _comments(text: str) -> Iterator[_Stretch]:
    for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
        if token.type == tokenize.COMMENT:
            (first, start), (last, end) = token.start, token.end
            yield (first - 1, start), (last - 1, end)


def _loose_texts(tree: ast.AST, lines: list[str]) -> Iterator[_Stretch]:
    """Strings that are statements by themselves: docstrings, and comments by other means."""
    for node in ast.walk(tree):
        if _is_loose(node):
            found = node.value  # type: ignore[attr-defined]
            first, last = found.lineno - 1, found.end_lineno - 1
            start = _column(lines[first], found.col_offset)
            yield (first, start), (last, _column(lines[last], found.end_col_offset))


def _is_loose(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _column(line: str, offset: int) -> int:
    """The column of a character, from its offset in UTF-8, as a syntax tree counts."""
    return len(line.encode()[:offset].decode())


def _without(lines: list[str], stretches: list[_Stretch]) -> str:
    """The text without these stretches: the last one first, so that columns before it stay."""
    for (first, start), (last, end) in sorted(stretches, reverse=True):
        if lines[first][start : start + 1] == "#":
            kept, ending = lines[first][:start].rstrip(), _ending(lines[first])
            lines[first] = kept + ending
        elif first == last:
            lines[first] = f'{lines[first][:start]}""{lines[first][end:]}'
        else:
            # As many lines as before, within one string, so that what follows it still may.
            after = lines[last][end:]
            lines[first] = f'{lines[first][:start]}"""{_ending(lines[first])}'
            for number in range(first + 1, last):
                lines[number] = _ending(lines[number])
            lines[last] = f'"""{after}'
    return "".join(lines)


def _ending(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _does_the_same(before: str, after: str) -> bool:
    """Whether two programs differ in their loose texts alone."""
    return _shape(before) == _shape(after) and before.count("\n") == after.count("\n")


def _shape(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if _is_loose(node):
            node.value.value = ""  # type: ignore[attr-defined]
            node.value.kind = None  # type: ignore[attr-defined]
    # With the lines, that a report names.
    return "\n".join(
        f"{type(node).__name__} {getattr(node, 'lineno', '')}" for node in ast.walk(tree)
    ) + ast.dump(tree)


def _cut(text: str) -> str:
    """What is no Python without what may be a comment or a long text, with as many lines."""

    def emptied(found: re.Match[str]) -> str:
        return found[1] + "".join(re.findall(r"\r\n|\r|\n", found[2])) + found[3]

    return _BEHIND.sub("", _LONG_TEXT.sub(emptied, text))
