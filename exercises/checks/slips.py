"""The usual mistakes about a value: what each does to it, and the sentence that names it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from exercises.misconceptions import Misconception
from exercises.oracle import Array

#: A slip is named when its correction mends at least this share of all values.
_MENDED = 0.99
#: Undoing a slip magnifies rounding a little.
_SLACK = 4.0
#: Fewer values than these tell no slip from chance.
LEAST = 16
#: A factor or an offset is said as a fraction, or with a name, when it is so near to it.
_EXACT = 1e-6
_LARGEST_PART = 12
_EXTRA_LOG = "It returns the logarithm of the right value: take np.exp of it."


@dataclass(frozen=True, slots=True)
class Slip:
    """A usual mistake that explains every difference, and what to do about it."""

    name: Misconception
    sentence: str


@dataclass(frozen=True, slots=True)
class _Guess:
    slip: Slip
    #: What the values would be without the slip.
    mended: Array


def slip_in_values(values: Array, right: Array, tolerance: float) -> Slip | None:
    """The first slip whose correction turns the values into the right ones, to the tolerance.

    Args:
        values: the submission's, shape (n, columns); may be NaN.
        right: the same shape, finite.
        tolerance: relative to 1 + the largest right entry of the row.
    """
    with np.errstate(all="ignore"):
        known = np.isfinite(values).all(axis=1)
        if known.sum() < max(LEAST, _MENDED * len(values)):
            return _slip_of_logarithm(values, right, tolerance)
        values, right = values[known], right[known]
        for guess in _guesses(values, right):
            if mended(guess.mended, right, tolerance):
                return guess.slip
        if (values == values[0]).all():
            return Slip(Misconception.CONSTANT, "It returns the same value at every point.")
    return None


def mended(values: Array, right: Array, tolerance: float) -> bool:
    """Whether values, shape (n, columns), are the right ones at nearly all points."""
    scale = 1 + np.abs(right).max(axis=1, keepdims=True)
    good = (np.abs(values - right) <= _SLACK * tolerance * scale).all(axis=1)
    return bool(good.mean() >= _MENDED)


def _guesses(values: Array, right: Array) -> Iterator[_Guess]:
    """The simplest first: a slip that explains all is named alone."""
    yield from _factors(values, right)
    yield from _offsets(values, right)
    yield from _orders(values)
    yield from _functions(values)
    yield from _lengths(values, right)


def _factors(values: Array, right: Array) -> Iterator[_Guess]:
    """A factor common to all entries, or one for each entry of a short answer."""
    heavy = np.abs(right) >= np.median(np.abs(right), axis=0)
    ratios = np.where(heavy & (right != 0), values / right, np.nan)
    if np.isnan(ratios).all(axis=0).any():
        return
    each = np.nanmedian(ratios, axis=0)
    if not (np.abs(each) > 1e-12).all():
        return
    common = float(np.median(each))
    yield _Guess(_factor_slip(common), values / common)
    if 1 < len(each) <= _LARGEST_PART:
        wrong = [j for j, factor in enumerate(each) if abs(factor - 1) > _EXACT]
        if len(wrong) == 1:
            at = wrong[0]
            sentence = f"Entry {at} of its answer {_of_factor(float(each[at]))}."
            opposite = abs(each[at] + 1) < _EXACT
            name = Misconception.SIGN if opposite else Misconception.FACTOR
            yield _Guess(Slip(name, sentence), values / each)


def _factor_slip(factor: float) -> Slip:
    if abs(factor + 1) < _EXACT:
        return Slip(
            Misconception.SIGN,
            "Every value has the opposite sign: a minus is missing, or one too many.",
        )
    for base in (10, 2):
        if abs(factor * math.log(base) - 1) < _EXACT:
            sentence = f"It is a logarithm to base {base}: use np.log, not np.log{base}."
            return Slip(Misconception.OTHER_BASE, sentence)
    return Slip(Misconception.FACTOR, f"Every value {_of_factor(factor)}.")


def _of_factor(factor: float) -> str:
    if abs(factor + 1) < _EXACT:
        return "has the opposite sign"
    named = {2.0: "is twice the right one", 0.5: "is half of the right one"}
    for value, text in named.items():
        if abs(factor - value) < _EXACT:
            return text
    return f"is {_fraction(factor)} times the right one"


def _offsets(values: Array, right: Array) -> Iterator[_Guess]:
    each = np.median(values - right, axis=0)
    if not np.isfinite(each).all():
        return
    off = [j for j, offset in enumerate(each) if abs(offset) > _EXACT]
    common = np.ptp(each) <= _EXACT * (1 + np.abs(each).max())
    if common:
        sentence = (
            f"Every value is too {_of_offset(float(each[0]))}: see which constant is missing."
        )
        yield _Guess(Slip(Misconception.OFFSET, sentence), values - each)
    elif len(off) <= 2:
        parts = " and ".join(f"entry {j} is too {_of_offset(float(each[j]))}" for j in off)
        yield _Guess(
            Slip(Misconception.OFFSET, f"Everywhere {parts}: see which constant is missing."),
            values - each,
        )


def _of_offset(offset: float) -> str:
    return f"{'large' if offset > 0 else 'small'} by {_constant(abs(offset))}"


def _constant(value: float) -> str:
    """A constant with the name that it has in the formulas of this field."""
    for unit, name in ((math.log(2 * math.pi), "log(2π)"), (math.log(2), "log 2")):
        times = Fraction(value / unit).limit_denominator(2)
        if times and abs(value - float(times) * unit) <= _EXACT * value:
            factor = {Fraction(1): "", Fraction(1, 2): "½ "}.get(times, f"{float(times):g} ")
            return f"{value:.4g}, which is {factor}{name}"
    return _fraction(value)


def _fraction(value: float) -> str:
    """A number as a simple fraction, where it is one, or with four digits."""
    near = Fraction(value).limit_denominator(_LARGEST_PART)
    if near and abs(value - float(near)) <= _EXACT * abs(value):
        return str(near)
    return f"{value:.4g}"


def _orders(values: Array) -> Iterator[_Guess]:
    columns = values.shape[1]
    if columns < 2:
        return
    if columns == 2:
        sentence = "The two numbers of its answer are the wrong way round: exchange them."
        yield _Guess(Slip(Misconception.SWAPPED_AXES, sentence), values[:, ::-1])
        return
    sentence = "Its answer is right but for the order, which runs backwards."
    yield _Guess(Slip(Misconception.REVERSED, sentence), values[:, ::-1])
    if columns % 2 == 0:
        sentence = "The two halves of its answer are the wrong way round: exchange them."
        yield _Guess(
            Slip(Misconception.SWAPPED_HALVES, sentence), np.roll(values, columns // 2, axis=1)
        )


def _functions(values: Array) -> Iterator[_Guess]:
    """A function too many or too few: the right values are the last column's of these."""
    for name, sentence, undo in (
        (Misconception.NO_LOG, "It returns exp of the right value: take np.log of it.", np.log),
        (Misconception.EXTRA_LOG, _EXTRA_LOG, np.exp),
        (
            Misconception.INVERTED,
            "It returns one minus the right value: the probability of the other class.",
            lambda v: 1 - v,
        ),
        (
            Misconception.LOGIT,
            "It returns a logit where a probability is asked for: return 1 / (1 + np.exp(-value)).",
            lambda v: 1 / (1 + np.exp(-v)),
        ),
        (
            Misconception.PROBABILITY,
            "It returns a probability where a logit is asked for: return np.log(p / (1 - p)).",
            lambda v: np.log(v) - np.log1p(-v),
        ),
        (Misconception.SQUARE, "It returns the square of the right value.", np.sqrt),
        (Misconception.ROOT, "It returns the square root of the right value.", np.square),
        (Misconception.RECIPROCAL, "It returns one over the right value.", np.reciprocal),
    ):
        yield _Guess(Slip(name, sentence), undo(values))


def _lengths(values: Array, right: Array) -> Iterator[_Guess]:
    """Vectors that point where they should, or the opposite way, at every point."""
    mine, theirs = (np.linalg.norm(x, axis=1, keepdims=True) for x in (values, right))
    if values.shape[1] < 2 or not (theirs > 0).all():
        return
    fitted = values * (theirs / mine)
    sense = np.median(np.sign((fitted * right).sum(axis=1)))
    low, high = np.quantile(mine / theirs, (0.05, 0.95))
    yield _Guess(
        Slip(
            Misconception.WRONG_LENGTH,
            f"Every answer points {'where it should' if sense > 0 else 'the opposite way'}, but "
            f"its length is {low:.2g} to {high:.2g} times the right one: a factor that depends on "
            "the arguments is missing or wrong.",
        ),
        sense * fitted,
    )


def _slip_of_logarithm(values: Array, right: Array, tolerance: float) -> Slip | None:
    """A logarithm of values some of which are negative or zero has no value there."""
    known = np.isfinite(values).all(axis=1)
    lost = (right <= 0).any(axis=1)
    if (
        (known == ~lost).all()
        and known.sum() >= LEAST
        and mended(np.exp(values[known]), right[known], tolerance)
    ):
        return Slip(Misconception.EXTRA_LOG, _EXTRA_LOG)
    return None
