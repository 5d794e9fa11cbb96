"""The thumbnail of a target's table: the same picture, the same way up, as that of samples."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from exercises.figures.thumbnail import is_thumbnail, thumbnail, thumbnail_of_table
from exercises.numerics.window import Window


def tones(content: bytes) -> np.ndarray:
    """How dark each pixel is, the top row first."""
    return 255 - np.asarray(Image.open(io.BytesIO(content)).convert("L"), np.float64)


def test_a_table_looks_like_samples_of_its_law() -> None:
    middle, spread = np.array([-1.5, 1.0]), np.array([0.6, 0.9])
    x = middle + spread * np.random.default_rng(3).normal(size=(40_000, 2))
    drawn = tones(thumbnail(x, Window((-4.0, -4.0), (4.0, 4.0))))
    at = np.linspace(-4, 4, 129)[:-1] + 4 / 128
    across, along = (
        np.exp(-(((at - m) / s) ** 2) / 2) for m, s in zip(middle, spread, strict=True)
    )
    content = thumbnail_of_table((along[:, None] * across[None, :]).astype(np.float32))
    assert is_thumbnail(content)
    told = tones(content)
    assert told.shape == drawn.shape == (64, 64)
    # Up is up, and left is left: the darkest pixels lie around the middle of the law.
    row, column = np.argwhere(told == told.max()).mean(axis=0)
    assert (row, column) == pytest.approx((64 * (4 - 1.0) / 8, 64 * (4 - 1.5) / 8), abs=1.5)
    assert np.corrcoef(told.ravel(), drawn.ravel())[0, 1] > 0.98


def test_a_table_of_nothing_is_white() -> None:
    assert not tones(thumbnail_of_table(np.zeros((128, 128), np.float32))).any()
