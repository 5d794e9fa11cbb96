"""Code without comments: the same program, line for line, without what people wrote into it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.store.anonymity.bare_code import bare

HONEST = sorted((Path(__file__).parents[3] / "submissions" / "honest").glob("*.py"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# Mia\nx = 1  # Mia\n", "\nx = 1\n"),
        ('def f(z):\n    """Mia."""\n    return z\n', 'def f(z):\n    ""\n    return z\n'),
        ('"""\nMia\n"""; x = 1\n', '"""\n\n"""; x = 1\n'),
        ('def f(z): "Mia"\n', 'def f(z): ""\n'),
        ('x = 1\n("Mia"\n "Mia")\n', 'x = 1\n("""\n""")\n'),
        ('x = "# Mia"\n', 'x = "# Mia"\n'),
        ('é = "ü"; "Mía" # Mia\n', 'é = "ü"; ""\n'),
        ("x = (1,  # Mia\n     2)\n", "x = (1,\n     2)\n"),
        ("x = 1 # Mia\r\ny = 2\r\n", "x = 1\r\ny = 2\r\n"),
        ("\ufeff# Mia\nx = 1\n", "\ufeff\nx = 1\n"),
        ("if x:\n    # Mia\n    y()", "if x:\n\n    y()"),
        # What is no Python is cut more roughly.
        ('def f(z:  # Mia\n    """Mia\n    Mia"""\n', 'def f(z:  \n    """\n"""\n'),
        ("x = 1  # Mia\r", "x = 1\r"),
        # Answers to a quiz hold no comments.
        ('{"q": "# Mia"}', '{"q": "# Mia"}'),
    ],
)
def test_comments_and_loose_texts_go_and_lines_stay(before: str, after: str) -> None:
    assert bare(before.encode()).decode() == after


def test_what_is_not_even_text_is_cut_too() -> None:
    assert bare(b"\xff = 1 # Mia\n") == b"\xff = 1 \n"


def meaning(source: bytes) -> list[str]:
    """What a program says to Python, with the lines on which it does."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = ""
    lines = [f"{type(one).__name__} {getattr(one, 'lineno', '')}" for one in ast.walk(tree)]
    return [*lines, ast.dump(tree)]


@pytest.mark.parametrize("path", HONEST, ids=lambda path: path.stem)
def test_every_honest_program_does_the_same_without(path: Path) -> None:
    source = path.read_bytes()
    told = bare(source)
    assert told.count(b"\n") == source.count(b"\n")
    assert meaning(told) == meaning(source)
    for node in ast.walk(ast.parse(told)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            assert not ast.get_docstring(node)
