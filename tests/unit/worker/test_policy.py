"""What the policy refuses, and how it says so."""

import contextlib

import pytest

from exercises.outcome import Outcome
from worker.sandbox import language


def refusal(source: str) -> language.Refusal:
    with pytest.raises(language.Refused) as caught:
        language.compile_submission(source)
    return caught.value.refusal


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("x = 1\nimport torch", 2, ["There is no torch here", "W @ z + b"]),
        ("import torch.nn as nn", 1, ["There is no torch.nn here"]),
        ("import os, sys", 1, ["There is no os here", "no files"]),
        ("import zzz", 1, ["There is no zzz here; numpy"]),
        (
            "from numpy import tahn",
            1,
            ["There is no tahn in numpy here: did you mean tan or tanh?"],
        ),
        ("from scipy.stats import nrom", 1, ["did you mean norm?"]),
        ("from .a import b", 1, ["one file"]),
        ("open('x')", 1, ["open is not available", "no files"]),
        ("n = eval('1')", 1, ["eval is not available", "write the expression"]),
        ("async def f(z): pass", 1, ["async def is not allowed", "ordinary def"]),
        ("try:\n    f()\nexcept* ValueError:\n    pass", 1, ["except* is not allowed", "except"]),
        ("x = 1\ny = x.__dict__", 2, ["__dict__", "by their names"]),
        ("class A:\n    def __getattr__(self, n): pass", 2, ["__getattr__", "__init__"]),
        ("def __call__(z): pass", 1, ["__call__", "leading underscore"]),
        ("__x = 1", 1, ["__x", "one leading underscore or none"]),
        ("_x_ = 1", 1, ["_x_", "leave the last underscore out"]),
        ("class A(metaclass=type): pass", 1, ["metaclass", "without it"]),
        ("class A(**{}): pass", 1, ["head of a class"]),
    ],
)
def test_refusal_names_line_construct_and_what_to_write(
    source: str, line: int, words: list[str]
) -> None:
    found = refusal(source)
    assert found.outcome is Outcome.REFUSED
    assert found.line == line
    for word in words:
        assert word in found.message


def test_all_problems_are_told_the_first_first() -> None:
    found = refusal("def f(z):\n    open('a')\n    return z.__dict__\nimport torch\n")
    assert found.line == 2
    first, second, third = (found.message.index(w) for w in ("open", "Line 3", "Line 4"))
    assert first < second < third
    assert found.excerpt == "    open('a')\n    ^"


def test_many_problems_are_counted() -> None:
    found = refusal("\n".join(["open(1)"] * 20))
    assert found.message.count("open is not") == 5
    assert found.message.endswith("And 15 more like these.")


@pytest.mark.parametrize(
    ("source", "line", "words", "excerpt"),
    [
        ("def f(z)\n    return z", 1, "expected ':'", "def f(z)\n        ^"),
        ("x = 1\nreturn x", 2, "'return' outside function", "return x\n^"),
        ("nonlocal x", 1, "nonlocal declaration", "nonlocal x\n^"),
        ("if True:\nx = 1", 2, "expected an indented block", "x = 1\n^"),
        ("%matplotlib inline", 1, "command of a notebook", "%matplotlib inline\n^"),
        ("!pip install x", 1, "command of a notebook", "!pip install x\n^"),
        ("θ = (1", 1, "'(' was never closed", "θ = (1\n    ^"),
        ("x = " + "9" * 5000, 1, "too many digits", None),
        ("print 'x'", 1, "Missing parentheses", "print 'x'\n^"),
    ],
)
def test_syntax_error_has_its_line_and_a_caret(
    source: str, line: int, words: str, excerpt: str | None
) -> None:
    found = refusal(source)
    assert found.outcome is Outcome.SYNTAX_ERROR
    assert found.line == line
    assert words in found.message
    assert found.message.startswith("This is not Python: ")
    if excerpt is not None:
        assert found.excerpt == excerpt


def test_excerpt_of_a_long_line_shows_the_place() -> None:
    found = refusal("x = [" + "1, " * 300 + "2 3" + ", 1" * 300 + "]")
    assert found.excerpt is not None
    text, caret = found.excerpt.split("\n")
    assert len(text) <= 100
    assert text[caret.index("^") :].startswith("2 3")


def test_excerpt_holds_no_control_characters() -> None:
    found = refusal("x = '\x1b[31m' +")
    assert found.excerpt is not None
    assert "\x1b" not in found.excerpt


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 5000 + ")" * 5000,
        "x = " + "[" * 150 + "]" * 150,
        "x = " + "-" * 60000 + "1",
        "x = " + "not " * 15000 + "1",
        "x = " + "1+" * 30000 + "1",
        "x = a" + ".b" * 30000,
        "x = f" + "()" * 30000,
        "x = " + "lambda: " * 8000 + "1",
        "x = " + "1 if 1 else " * 5000 + "1",
        "\n".join(" " * n + "if 1:" for n in range(300)) + "\n" + " " * 300 + "pass",
        "if 1:\n    pass\n" + "elif 1:\n    pass\n" * 3000,
        "x = " + "f'{" * 200 + "1" + "}'" * 200,
        "match 1:\n    case " + "[" * 5000 + "]" * 5000 + ":\n        pass",
        "@d\n" * 20000 + "def f(z): pass",
        "x = " + "a := (" * 1000 + "1" + ")" * 1000,
    ],
    ids=lambda source: source[:20].replace("\n", " "),
)
def test_compile_time_bomb_is_refused_or_compiled(source: str) -> None:
    """Neither a crash nor any other exception: what Python can tell is a value."""
    with contextlib.suppress(language.Refused):
        language.compile_submission(source)


@pytest.mark.parametrize("source", ["x = " + "(" * 5000, "x = " + "1+" * 30000 + "1"])
def test_what_is_nested_too_deeply_is_told(source: str) -> None:
    found = refusal(source)
    assert found.outcome is Outcome.SYNTAX_ERROR
    assert "nested too deeply" in found.message


def test_constant_folding_does_not_compute_giants() -> None:
    program = language.compile_submission(
        "def f(z):\n    return 9**9**9, 'a' * 10**12, (1,) * 10**9"
    )
    assert program.code.co_name == "<module>"


def test_source_has_a_limit_that_is_told() -> None:
    assert "64 KiB" in refusal("#" * (64 * 1024 + 1)).message
    assert "64 KiB" in refusal("#" + "θ" * (32 * 1024 + 1)).message
    language.compile_submission("#" * (64 * 1024))


def test_nul_and_lone_surrogates_are_no_program() -> None:
    found = refusal("x = 1\ny = '\0'")
    assert (found.outcome, found.line) == (Outcome.SYNTAX_ERROR, 2)
    assert refusal("x = '\ud800'").outcome is Outcome.SYNTAX_ERROR


def test_the_recursion_limit_is_put_back() -> None:
    import sys

    before = sys.getrecursionlimit()
    refusal("open(1)")
    refusal("x = " + "1+" * 30000 + "1")
    assert sys.getrecursionlimit() == before
