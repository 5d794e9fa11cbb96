"""Throw-away exercises that are judged at held-out points, for tests."""

from __future__ import annotations

from pathlib import Path

from exercises.catalog.reading import read_exercise
from exercises.exercise import CodeExercise
from exercises.tables.building import build_tables

SCORE = """
title = "A score"
[[functions]]
name = "score"
arguments = { x = 2, t = 0 }
outputs = 2
asked_at = "points"
[[criteria]]
check = "values"
function = "score"
points = 10
"""
SCORE_REFERENCE = """
import numpy as np

def score(x, t):
    return np.array([-x[0] - 1, -2 * x[1]]) / (1 + t * t)

def draw_score(rng, n):
    return np.column_stack([rng.standard_normal((n, 2)), rng.uniform(0.1, 0.9, n)])
"""

DISCRIMINATOR = """
title = "A discriminator"
[[functions]]
name = "discriminator"
arguments = { x = 2 }
outputs = 0
asked_at = "points"
[[criteria]]
check = "accuracy"
function = "discriminator"
points = 10
"""
DISCRIMINATOR_REFERENCE = """
import numpy as np

def discriminator(x):
    return 1 / (1 + np.exp(-2 * x[0]))

def draw_discriminator(rng, n):
    labels = np.arange(n) % 2
    x = rng.standard_normal((n, 2))
    x[:, 0] += 2 * labels - 1
    return x, labels
"""

DENSITY = """
title = "A density"
[[functions]]
name = "log_prob"
arguments = { x = 2 }
outputs = 0
asked_at = "points"
[[criteria]]
check = "normalization"
[[criteria]]
check = "likelihood"
points = 10
"""
DENSITY_REFERENCE = """
import numpy as np

def log_prob(x):
    return -x[0] ** 2 / 2 - 2 * (x[1] - x[0] ** 2) ** 2 - np.log(np.pi)

def draw_log_prob(rng, n):
    z = rng.standard_normal((n, 2))
    return np.column_stack([z[:, 0], z[:, 0] ** 2 + z[:, 1] / 2])
"""


def folder_of(parent: Path, toml: str, reference: str | None, heldout: str | None = None) -> Path:
    """A folder with these files, and those that every exercise has."""
    folder = parent / "task"
    folder.mkdir()
    files = {
        "exercise.toml": toml,
        "statement.md": "Do it.\n",
        "starter.py": "def f(z):\n    return z\n",
        "reference.py": reference,
        "heldout.csv": heldout,
    }
    for name, text in files.items():
        if text is not None:
            (folder / name).write_text(text)
    return folder


def exercise_in(
    parent: Path, toml: str, reference: str | None, heldout: str | None = None
) -> CodeExercise:
    """The exercise of these files, with its tables built."""
    folder = folder_of(parent, toml, reference, heldout)
    build_tables(folder)
    exercise = read_exercise(folder)
    assert isinstance(exercise, CodeExercise)
    return exercise
