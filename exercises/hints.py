"""The hint for each named misconception: where to look, not what to write."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from exercises.misconceptions import Misconception
from exercises.report import Finding, Status

_SIGN_OF_LAW = (
    "A law that is not symmetric changes when a coordinate is mirrored: compare on which side of "
    "the peak your long tail and the target's lie."
)
_LOST_SIGN_OF_LAW = (
    "Look for a step that forgets a sign, such as abs, a square or an even power: what makes the "
    "other half of the target's mass?"
)

HINTS: Mapping[str, str] = MappingProxyType(
    {
        Misconception.SHIFT: "Try the middle: where does z = 0 go, and where should it?",
        Misconception.SCALE: (
            "A factor a multiplies the standard deviation by |a| and the variance by a²: which of "
            "the two does the exercise state?"
        ),
        Misconception.SHIFT_AND_SCALE: (
            "Take care of the spread first, then of the middle: a factor that is applied after a "
            "shift moves the middle too."
        ),
        Misconception.SWAPPED_AXES: (
            "Which entry is computed first, and which stands first in what you return?"
        ),
        Misconception.REVERSED: (
            "Compare the first entry that you return with the last one that is asked for."
        ),
        Misconception.SWAPPED_HALVES: "Check in which order the two halves are put together again.",
        Misconception.ROTATION: (
            "An angle is in radians, and turns counter-clockwise: check its unit, its sign, and "
            "whether you multiply by the matrix or by its transpose."
        ),
        Misconception.SIGN: (
            "Follow one sign through the formula: is a term added that should be subtracted, or is "
            "it the value for the inverse map?"
        ),
        Misconception.SIGN_OF_X1: _SIGN_OF_LAW,
        Misconception.SIGN_OF_X2: _SIGN_OF_LAW,
        Misconception.SIGN_OF_X1_AND_X2: _SIGN_OF_LAW,
        Misconception.LOST_SIGN: (
            "An even function of x cannot give back the sign of z: from which part of x can it "
            "still be read?"
        ),
        Misconception.LOST_SIGN_OF_X1: _LOST_SIGN_OF_LAW,
        Misconception.LOST_SIGN_OF_X2: _LOST_SIGN_OF_LAW,
        Misconception.LOST_SIGN_OF_X1_AND_X2: _LOST_SIGN_OF_LAW,
        Misconception.MISSING_MODE: (
            "Which part of the z goes to the peak that is missing? Each peak needs its share of "
            "the Gaussian's mass."
        ),
        Misconception.EXTRA_MODE: (
            "A peak appears where f is flat or where two parts of z land together: look for such a "
            "place."
        ),
        Misconception.MODE_SHARES: (
            "Which part of the z goes to which peak? A peak's share is the Gaussian's mass of that "
            "part: look at where you divide the z."
        ),
        Misconception.WRONG_TAIL: (
            "Look at large |z|: how fast does f grow there, and how fast should it?"
        ),
        Misconception.COLLAPSED_TO_A_LINE: (
            "Both entries of x follow from one number: let z₁ and z₂ each have a say of their own."
        ),
        Misconception.COLLAPSED_TO_A_POINT: "What you return does not depend on z.",
        Misconception.IDENTITY: "The function returns its argument: what should it change?",
        Misconception.SAME_AS_F: "To undo a chain of steps, undo each of them, the last one first.",
        Misconception.OTHER_PREIMAGE: (
            "Two inputs share this output, so no inverse can tell them apart: look at f itself "
            "first."
        ),
        Misconception.HALF: (
            "One branch is missing: the other sign of the coordinate needs a formula of its own."
        ),
        Misconception.PART: (
            "Take one point where it fails, go through f by hand, and undo it step by step."
        ),
        Misconception.INACCURATE: (
            "Let the iteration run longer, begin it closer, or solve for the value in closed form."
        ),
        Misconception.NO_LOG: "The logarithm of the value is asked for, not the value.",
        Misconception.EXTRA_LOG: "The value is asked for, not its logarithm.",
        Misconception.OTHER_BASE: "In this field log is the natural logarithm: np.log.",
        Misconception.NO_ABSOLUTE_VALUE: (
            "Where f reverses orientation det J is negative, and volumes change by its absolute "
            "value."
        ),
        Misconception.ZERO: (
            "0 would say that f changes no volume anywhere: which step stretches or squeezes?"
        ),
        Misconception.DIAGONAL_ONLY: (
            "The product of the diagonal is the determinant of a triangular matrix: is every entry "
            "above (or below) it zero here?"
        ),
        Misconception.NO_LOG_DET: (
            "Where f stretches space, mass is spread thinner: which term of the change of "
            "variables says so?"
        ),
        Misconception.LOG_DET_AT_X: (
            "J is the derivative of f, which takes z: find the z of this x first."
        ),
        Misconception.DET_WITHOUT_LOG: "log(p / |det J|) is a difference of two logarithms.",
        Misconception.BASE_AT_X: (
            "The Gaussian is the law of z: evaluate it at the z that f sends to x."
        ),
        Misconception.UNTRANSFORMED: (
            "This is the density before f: the change of variables has two steps, and neither is "
            "taken."
        ),
        Misconception.NO_HALF: "The exponent of the standard Gaussian is −|z|²/2.",
        Misconception.NO_CONSTANT: (
            "A density integrates to 1: which constant does the Gaussian need for that?"
        ),
        Misconception.CONSTANT_ONCE: (
            "The plane's Gaussian is a product of one Gaussian for each coordinate: count the "
            "constants."
        ),
        Misconception.INFINITE: "Look for a logarithm of 0 or a division by 0 at ordinary points.",
        Misconception.NOT_FINITE: (
            "Look for a logarithm of a negative number, a division by 0, or an exp of a large "
            "number in the scale."
        ),
        Misconception.NOTHING_PASSES: (
            "A coupling layer leaves one part as it is, so that its inverse can read it: which "
            "part is that here?"
        ),
        Misconception.PERMUTED: (
            "The layer itself keeps every coordinate in its place; exchange them in a step of its "
            "own."
        ),
        Misconception.CROSSED: "Scale and shift may depend only on the part that passes unchanged.",
        Misconception.NOT_AFFINE: (
            "Each changed coordinate is s times itself plus t: it may stand in no other place."
        ),
        Misconception.ZERO_SCALE: "A scale that is an exponential is positive and never 0.",
        Misconception.ADDITIVE: "Let the scale depend on the part that passes, as the shift does.",
        Misconception.NO_SHIFT: "Let the shift depend on the part that passes, as the scale does.",
        Misconception.UNCOUPLED: (
            "One part should steer the other: compute scale and shift from the part that passes."
        ),
        Misconception.CONSTANT: (
            "The answer is the same everywhere: where does it use its argument?"
        ),
        Misconception.OFFSET: (
            "Compare at one easy point, such as 0: the difference there is the missing constant."
        ),
        Misconception.FACTOR: "Compare at one easy point: the ratio there is the factor.",
        Misconception.WRONG_LENGTH: (
            "The direction is right: by what is each vector divided or multiplied?"
        ),
        Misconception.EXCHANGED_ARGUMENTS: (
            "Compare the order of your arguments with the one in the statement."
        ),
        Misconception.SQUARE: (
            "A variance where a standard deviation is meant, or a square root that is missing?"
        ),
        Misconception.ROOT: (
            "A standard deviation where a variance is meant, or a square root too many?"
        ),
        Misconception.RECIPROCAL: "Which of the two stands above the line of the fraction?",
        Misconception.INVERTED: "Of which class is the probability asked for?",
        Misconception.LOGIT: "A probability lies between 0 and 1: one step is missing at the end.",
        Misconception.PROBABILITY: "A logit can be any number: leave out the last step.",
        Misconception.ONE_CLASS: "Look at your values: do they ever cross the threshold?",
    }
)


def with_hint(finding: Finding) -> Finding:
    """The finding with the hint for the misconception that its evidence names, if it names one."""
    name = finding.evidence.get("mistake")
    if finding.status not in (Status.FAILED, Status.PARTIAL) or not isinstance(name, str):
        return finding
    return finding.model_copy(update={"hint": HINTS.get(name)})
