"""From source to code: parse, apply the policy, compile; and what to say where that fails."""

from __future__ import annotations

import ast
import builtins
import sys
import warnings
from dataclasses import dataclass
from types import CodeType
from typing import NoReturn

from exercises.outcome import Outcome
from worker.sandbox.guards import FILENAME
from worker.sandbox.modules import module_names
from worker.sandbox.policy import Policy
from worker.sandbox.policy_base import Problem
from worker.sandbox.policy_names import BoundNames
from worker.sandbox.policy_rules import SOURCE_BYTES

#: How deep the policy may recurse: three frames a level, and pure Python, so no stack is at risk.
_POLICY_DEPTH = 6000
#: How many problems one refusal tells.
_MOST_PROBLEMS = 5
#: How much of a line an excerpt shows, in characters.
_EXCERPT = 100

_TOO_DEEP = "This is nested too deeply: split long expressions into several statements."


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a submission was not run."""

    #: SYNTAX_ERROR or REFUSED.
    outcome: Outcome
    #: Sentences that a student understands; the first is about `line`.
    message: str
    line: int | None = None
    #: The text of the line, and under it a caret at the place.
    excerpt: str | None = None


class Refused(Exception):
    """Carries the Refusal: a value, raised only because compiling ends at many places."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Program:
    """A submission that the policy allows."""

    code: CodeType


def compile_submission(source: str) -> Program:
    """Compile a submission.

    Raises:
        Refused: it is too long, not Python, or not allowed; all problems at once.
    """
    _check_text(source)
    with warnings.catch_warnings():
        # Python warns of "\d" in text and of `x is 1`; nobody here reads warnings.
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(source, FILENAME)
            _apply_policy(tree, source)
            # dont_inherit: this module's own __future__ imports are not the student's.
            return Program(builtins.compile(tree, FILENAME, "exec", dont_inherit=True))
        except SyntaxError as error:
            _refuse_syntax(error, source)
        except (RecursionError, MemoryError):
            raise Refused(Refusal(Outcome.SYNTAX_ERROR, _TOO_DEEP)) from None
        except ValueError:
            message = "This is not Python text: it holds characters that no program can hold."
            raise Refused(Refusal(Outcome.SYNTAX_ERROR, message)) from None


def _check_text(source: str) -> None:
    size = len(source.encode(errors="replace"))
    if size > SOURCE_BYTES:
        message = (
            f"The program is too long: {size // 1024 + 1} KiB, where {SOURCE_BYTES // 1024} KiB "
            "are the most."
        )
        raise Refused(Refusal(Outcome.REFUSED, message))
    if "\0" in source:
        line = source.count("\n", 0, source.index("\0")) + 1
        message = f"Line {line} holds a NUL character: this is not the text of a program."
        raise Refused(Refusal(Outcome.SYNTAX_ERROR, message, line))


def _apply_policy(tree: ast.Module, source: str) -> None:
    policy = Policy(BoundNames(tree), module_names)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _POLICY_DEPTH))
    try:
        policy.visit(tree)
    finally:
        sys.setrecursionlimit(limit)
    if policy.problems:
        _refuse(policy.problems, source)


def _refuse(problems: list[Problem], source: str) -> NoReturn:
    ordered = sorted(set(problems), key=lambda p: (p.line, p.column, p.message))
    first, others = ordered[0], ordered[1:_MOST_PROBLEMS]
    sentences = [first.message, *(f"Line {p.line}: {p.message}" for p in others)]
    if len(ordered) > _MOST_PROBLEMS:
        sentences.append(f"And {len(ordered) - _MOST_PROBLEMS} more like these.")
    excerpt = _excerpt(source, first.line, first.column)
    raise Refused(Refusal(Outcome.REFUSED, " ".join(sentences), first.line, excerpt))


def _refuse_syntax(error: SyntaxError, source: str) -> NoReturn:
    line = error.lineno if error.lineno and error.lineno > 0 else None
    message = _clean(str(error.msg))
    text = _line(source, line) if line else ""
    if text.lstrip().startswith(("%", "!", "?")):
        message = "this is a command of a notebook, not of Python: leave the line out"
    elif "too many nested" in message or "too complex" in message:
        raise Refused(Refusal(Outcome.SYNTAX_ERROR, _TOO_DEEP, line)) from None
    elif "integer string conversion" in message:
        message = "this number has too many digits"
    excerpt = _excerpt(source, line, (error.offset or 1) - 1) if line else None
    sentence = f"This is not Python: {message}."
    raise Refused(Refusal(Outcome.SYNTAX_ERROR, sentence, line, excerpt)) from None


def _clean(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)[:300].rstrip(" .")


def _line(source: str, number: int) -> str:
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[number - 1] if number <= len(lines) else ""


def _excerpt(source: str, line: int, column: int) -> str | None:
    """The line's text and a caret under `column`; of a long line, the part around it."""
    text = "".join(char if char.isprintable() else " " for char in _line(source, line))
    if not text.strip():
        return None
    column = min(max(column, 0), len(text))
    start = max(0, column - _EXCERPT // 2)
    shown = text[start : start + _EXCERPT]
    return f"{shown}\n{' ' * (column - start)}^"
