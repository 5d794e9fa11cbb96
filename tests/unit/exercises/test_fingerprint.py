"""A fingerprint as bytes: what is written is read, and nothing else is believed."""

from __future__ import annotations

import numpy as np
import pytest

from exercises.catalog.reading import COURSE, read_exercise
from exercises.exercise import CodeExercise
from exercises.likeness.code_shape import Shape, shape_of
from exercises.likeness.fingerprint import DamagedFingerprint, Fingerprint, fingerprint_of
from exercises.numerics.hidden_points import hidden_points


@pytest.fixture(scope="module")
def affine() -> CodeExercise:
    found = read_exercise(COURSE / "affine")
    assert isinstance(found, CodeExercise)
    return found


@pytest.fixture(scope="module")
def made(affine: CodeExercise) -> Fingerprint:
    values = 2 * hidden_points("affine", singly=False) + 1
    shape = shape_of("def f(z):\n    a = 1.37\n    return 2 * z + 1 + a - a\n")
    return fingerprint_of(affine, values, None, shape, "reference")


def test_what_is_written_is_read(made: Fingerprint) -> None:
    data = made.to_bytes()
    assert len(data) < 8_000
    read = Fingerprint.from_bytes(data)
    assert read.law is not None
    assert made.law is not None
    assert np.array_equal(read.law.vector, made.law.vector)
    assert read.law.noise == made.law.noise
    assert read.behaviour is not None
    assert made.behaviour is not None
    assert np.array_equal(read.behaviour, made.behaviour)
    assert read.thumbnail == made.thumbnail
    assert read.origin == "reference"
    assert np.array_equal(read.shape.grams, made.shape.grams)
    assert np.array_equal(read.shape.constants, made.shape.constants)
    assert read.to_bytes() == data


def test_it_is_looked_at_in_units_of_the_target(made: Fingerprint) -> None:
    # N(1, 4I) is the target: framed by it, the law is that of the standard Gaussian.
    assert made.law is not None
    spread = np.std(np.sinh(made.law.vector.astype(np.float64)))
    assert 0.9 < spread < 1.1
    assert abs(float(made.law.vector.astype(np.float64).mean())) < 0.02


def test_of_an_f_that_gave_no_numbers_the_shape_is_left(affine: CodeExercise) -> None:
    nowhere = np.full_like(hidden_points("affine", singly=True), np.nan)
    found = fingerprint_of(affine, nowhere, None, shape_of("x = z + 1"), "")
    assert found.law is None
    assert found.behaviour is None
    assert len(Fingerprint.from_bytes(found.to_bytes()).shape.grams)


def test_an_exercise_without_an_f_of_the_plane_keeps_the_shape_alone() -> None:
    score = read_exercise(COURSE / "score")
    assert isinstance(score, CodeExercise)
    found = fingerprint_of(score, None, None, shape_of("x = z + 1"), "")
    assert (found.law, found.behaviour, found.thumbnail) == (None, None, b"")


def _with(data: bytes, place: int, byte: int) -> bytes:
    return data[:place] + bytes([byte]) + data[place + 1 :]


def test_damaged_bytes_are_refused_and_never_crash(made: Fingerprint) -> None:
    data = made.to_bytes()
    rng = np.random.default_rng(0)
    for end in rng.integers(len(data), size=40).tolist():
        with pytest.raises(DamagedFingerprint):
            Fingerprint.from_bytes(data[:end])
    with pytest.raises(DamagedFingerprint):
        Fingerprint.from_bytes(data + b"x")
    for place in range(36):
        for byte in (0, 1, 127, 255):
            try:
                Fingerprint.from_bytes(_with(data, place, byte))
            except DamagedFingerprint:
                continue


@pytest.mark.parametrize(
    "bad",
    [
        Fingerprint(thumbnail=b"<svg onload=alert(1)>"),
        Fingerprint(thumbnail=b"\x89PNG\r\n\x1a\n" + bytes(5_000)),
        Fingerprint(origin="x" * 81),
        Fingerprint(origin="two\nlines"),
        Fingerprint(shape=Shape(np.arange(100_000, dtype=np.uint32))),
    ],
)
def test_parts_of_another_kind_are_refused(bad: Fingerprint) -> None:
    with pytest.raises(DamagedFingerprint):
        Fingerprint.from_bytes(bad.to_bytes())


def test_numbers_that_are_none_are_refused(made: Fingerprint) -> None:
    assert made.behaviour is not None
    broken = made.behaviour.copy()
    broken[0, 0, 0] = np.inf
    with pytest.raises(DamagedFingerprint):
        Fingerprint.from_bytes(Fingerprint(behaviour=broken).to_bytes())
