"""The names of misconceptions: one for each usual mistake that a finding's evidence can name."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Misconception(StrEnum):
    """A usual mistake: its name, what it means, and the checks that can name it."""

    meaning: str
    #: In the order in which criteria are judged.
    checks: tuple[str, ...]

    def __new__(cls, name: str, meaning: str, *checks: str) -> Self:
        """A member whose value is its name."""
        member = str.__new__(cls, name)
        member._value_ = name
        member.meaning = meaning
        member.checks = checks
        return member

    # Place, size and order.
    SHIFT = (
        "shift",
        "all is off by the same vector, and right otherwise",
        "inverse",
        "law",
    )
    SCALE = (
        "scale",
        "all is too wide or too narrow, by one factor for each coordinate",
        "inverse",
        "law",
    )
    SHIFT_AND_SCALE = "shift and scale", "both, and the form is right", "law"
    SWAPPED_AXES = (
        "swapped axes",
        "the two coordinates, or the two numbers of an answer, are exchanged",
        "inverse",
        "values",
        "law",
    )
    REVERSED = (
        "reversed order",
        "more than two coordinates, or numbers of an answer, come in the reverse order",
        "inverse",
        "values",
    )
    SWAPPED_HALVES = "swapped halves", "the halves of a longer answer are exchanged", "values"
    ROTATION = "rotation", "the law is turned by an angle, about whatever point", "law"

    # Signs.
    SIGN = "sign", "every value has the opposite sign", "log_det", "log_prob", "values"
    SIGN_OF_X1 = "sign of x1", "the first coordinate is mirrored", "law"
    SIGN_OF_X2 = "sign of x2", "the second coordinate is mirrored", "law"
    SIGN_OF_X1_AND_X2 = "sign of x1 and x2", "both coordinates are mirrored", "law"
    LOST_SIGN = "lost sign", "only signs are wrong, as after an even function", "inverse"
    LOST_SIGN_OF_X1 = (
        "lost sign of x1",
        "the first coordinate keeps to one side of the target's middle, as by abs or a square",
        "law",
    )
    LOST_SIGN_OF_X2 = "lost sign of x2", "so does the second coordinate", "law"
    LOST_SIGN_OF_X1_AND_X2 = "lost sign of x1 and x2", "so do both coordinates", "law"

    # The form of a law.
    MISSING_MODE = "missing mode", "the density has fewer peaks than the target's", "law"
    EXTRA_MODE = "extra mode", "the density has more peaks than the target's", "law"
    MODE_SHARES = "mode shares", "the peaks are right, but not how much lies in each", "law"
    WRONG_TAIL = "wrong tail", "the middle half has the right form, the tails do not", "law"
    COLLAPSED_TO_A_LINE = "collapsed to a line", "all of x lies on one straight line", "law"
    COLLAPSED_TO_A_POINT = "collapsed to a point", "all of x is one point", "law"

    # Inverses.
    IDENTITY = (
        "identity",
        "the function returns what it is given",
        "coupling",
        "inverse",
    )
    SAME_AS_F = "same as f", "the inverse does what f does instead of undoing it", "inverse"
    OTHER_PREIMAGE = (
        "other preimage",
        "f is not one-to-one, and the inverse finds another input with the same output",
        "inverse",
    )
    HALF = (
        "half",
        "right where one coordinate of z has one sign, wrong on the other side",
        "inverse",
    )
    PART = "part", "right at some of the points; nothing simpler explains the others", "inverse"
    INACCURATE = (
        "inaccurate",
        "nearly right everywhere, as an iteration that stops early",
        "inverse",
    )

    # Log-determinants and log-densities.
    NO_LOG = (
        "no log",
        "the determinant or density itself, or exp of the right value: a logarithm is missing",
        "log_det",
        "log_prob",
        "values",
    )
    EXTRA_LOG = "extra log", "the logarithm of the right value", "values"
    OTHER_BASE = (
        "other base",
        "log10 or log2 where the natural logarithm is meant",
        "log_det",
        "log_prob",
        "values",
    )
    NO_ABSOLUTE_VALUE = (
        "no absolute value",
        "no value where det J is negative: log det J instead of log |det J|",
        "log_det",
        "log_prob",
    )
    ZERO = "zero", "log |det J| is said to be 0 everywhere", "log_det"
    DIAGONAL_ONLY = (
        "diagonal only",
        "the product of the diagonal of J where J is not triangular",
        "log_det",
    )
    NO_LOG_DET = "no log det", "the base density at z alone: log |det J| is left out", "log_prob"
    LOG_DET_AT_X = "log det at x", "log |det J| taken at x instead of z", "log_prob"
    DET_WITHOUT_LOG = (
        "det without log",
        "|det J| is subtracted instead of its logarithm",
        "log_prob",
    )
    BASE_AT_X = "base at x", "the base density taken at x instead of z", "log_prob"
    UNTRANSFORMED = "untransformed", "the base density itself, as if f did nothing", "log_prob"
    NO_HALF = "no half", "|z|² instead of |z|²/2", "log_prob"
    NO_CONSTANT = (
        "no constant",
        "the Gaussian's constant, −log(2π)/2 for each coordinate, is left out",
        "log_prob",
        "normalization",
    )
    CONSTANT_ONCE = (
        "constant once",
        "that constant is there once and not for each coordinate",
        "log_prob",
        "normalization",
    )
    INFINITE = "infinite", "the density is infinite at too many points", "normalization"

    # Coupling layers.
    NOT_FINITE = "not finite", "the layer has no finite value at too many points", "coupling"
    NOTHING_PASSES = "nothing passes", "every coordinate is changed", "coupling"
    PERMUTED = "permuted", "coordinates are moved to other places", "coupling"
    CROSSED = "crossed", "changed coordinates depend on others that change too", "coupling"
    NOT_AFFINE = (
        "not affine",
        "a coordinate's scale or shift depends on that coordinate itself",
        "coupling",
    )
    ZERO_SCALE = "zero scale", "a scale is 0 or takes both signs", "coupling"
    ADDITIVE = "additive", "the scale does not depend on the part that passes", "coupling"
    NO_SHIFT = "no shift", "the shift does not depend on the part that passes", "coupling"
    UNCOUPLED = "uncoupled", "neither scale nor shift depends on the part that passes", "coupling"

    # Values and classifiers.
    CONSTANT = "constant", "the same answer at every point", "values", "accuracy"
    OFFSET = (
        "offset",
        "every value is off by the same: a constant term is wrong",
        "log_det",
        "log_prob",
        "values",
    )
    FACTOR = (
        "factor",
        "every value, or one entry of each, is the same multiple of the right one",
        "log_det",
        "log_prob",
        "values",
    )
    WRONG_LENGTH = "wrong length", "the direction is right and the length is not", "values"
    EXCHANGED_ARGUMENTS = (
        "exchanged arguments",
        "two arguments, or the two numbers of one, are taken for each other",
        "values",
    )
    SQUARE = "square", "the square of the right value", "values"
    ROOT = "root", "the square root of the right value", "values"
    RECIPROCAL = "reciprocal", "one over the right value", "values"
    INVERTED = (
        "inverted",
        "high where it should be low: one minus the right probability",
        "values",
        "accuracy",
    )
    LOGIT = "logit", "a logit where a probability is asked for", "values", "accuracy"
    PROBABILITY = "probability", "a probability where a logit is asked for", "values"
    ONE_CLASS = "one class", "on one side of the threshold at every point", "accuracy"
