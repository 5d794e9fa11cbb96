"""The criteria of a rubric: each names one check, what it is worth, and what the check needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from exercises.oracle import Signature
from exercises.toml_table import TomlTable

FunctionName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=64)]

#: Points to earn. More digits than the grade books of platforms take are a slip of the pen.
Worth = Annotated[float, Field(ge=0, le=10_000)]


class Criterion(TomlTable):
    """One line of the rubric."""

    check: str
    points: Worth = Field(0.0, description="0: the check only informs.")
    requires: tuple[str, ...] = Field(
        (), description="Checks of the same rubric that must have passed for this one to earn."
    )

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions of the submission that the check asks."""
        return ("f",)

    def misfit(self, signatures: Mapping[str, Signature]) -> str | None:
        """Why the check can not ask functions of these signatures, or None."""
        return None


class OfThePlane(Criterion):
    """A criterion of an f that takes a point of the plane and returns one."""

    def misfit(self, signatures: Mapping[str, Signature]) -> str | None:
        """See Criterion.misfit."""
        f = signatures["f"]
        if len(f.arguments) == 1 and f.inputs == f.outputs == 2:
            return None
        return "needs an f of the plane"


class Invertibility(OfThePlane):
    """f is one-to-one on a disc."""

    check: Literal["invertibility"] = "invertibility"
    radius: float = Field(4.0, gt=0, le=6, description="Judged on the disc |z| <= radius.")


class Law(OfThePlane):
    """x = f(z) follows the target: the law of the reference's f, or of heldout.csv."""

    check: Literal["law"] = "law"
    marginal: int | None = Field(
        None, ge=0, le=1, description="Compare the law of this coordinate alone, 0 or 1."
    )


class Fit(OfThePlane):
    """How near the law of x = f(z) comes to the target, on a scale from a baseline to it."""

    check: Literal["fit"] = "fit"
    baseline: float | None = Field(
        None, gt=0, lt=1, description="The distance that earns nothing. [default: that of z itself]"
    )
    full: float | None = Field(
        None, gt=0, lt=1, description="A distance that still earns all. [default: the tolerance]"
    )


class Inverse(Criterion):
    """Two functions undo each other: inverse(f(z)) = z and f(inverse(x)) = x."""

    check: Literal["inverse"] = "inverse"
    function: FunctionName = "f"
    inverse: FunctionName = "f_inv"

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions of the submission that the check asks."""
        return (self.function, self.inverse)

    def misfit(self, signatures: Mapping[str, Signature]) -> str | None:
        """See Criterion.misfit."""
        f, back = signatures[self.function], signatures[self.inverse]
        if not _square(f) or not _square(back) or f.inputs != back.inputs:
            return f"needs {f.name} and {back.name} to take and return points of one length"
        return None


class LogDet(Criterion):
    """log_det(z) is log |det J| of f at z."""

    check: Literal["log_det"] = "log_det"
    function: FunctionName = "f"
    log_det: FunctionName = "log_det"

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions of the submission that the check asks."""
        return (self.function, self.log_det)

    def misfit(self, signatures: Mapping[str, Signature]) -> str | None:
        """See Criterion.misfit."""
        f, log_det = signatures[self.function], signatures[self.log_det]
        if not _square(f):
            return f"needs {f.name} to return as many numbers as it takes"
        return None if _number_at(log_det, f.inputs) else _needs_number(log_det, f.inputs)


class LogProb(Criterion):
    """log_prob(x) is the log-density of x = f(z), by the change of variables."""

    check: Literal["log_prob"] = "log_prob"
    function: FunctionName = "f"
    log_prob: FunctionName = "log_prob"

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions of the submission that the check asks."""
        return (self.function, self.log_prob)

    def misfit(self, signatures: Mapping[str, Signature]) -> str | None:
        """See Criterion.misfit."""
        f, log_prob = signatures[self.function], signatures[self.log_prob]
        if not _square(f):
            return f"needs {f.name} to return as many numbers as it takes"
        return None if _number_at(log_prob, f.inputs) else _needs_number(log_prob, f.inputs)


class Normalization(Criterion):
    """exp(log_prob(x)) integrates to one over the plane."""

    check: Literal["normalization"] = "normalization"
    log_prob: FunctionName = "log_prob"

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions of the submission that the check asks."""
        return (self.log_prob,)

    def misfit(self, signatures: Mapping[str, Signature]) -> str | None:
        """See Criterion.misfit."""
        log_prob = signatures[self.log_prob]
        return None if _number_at(log_prob, 2) else _needs_number(log_prob, 2)


class Coupling(Criterion):
    """f is an affine coupling layer: one half stays, the other is scaled and shifted by it."""

    check: Literal["coupling"] = "coupling"
    function: FunctionName = "f"

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions of the submission that the check asks."""
        return (self.function,)

    def misfit(self, signatures: Mapping[str, Signature]) -> str | None:
        """See Criterion.misfit."""
        f = signatures[self.function]
        if _square(f) and f.inputs >= 2:
            return None
        return f"needs {f.name} to take and return points of one length, 2 or more"


class Values(Criterion):
    """The function's values are those of the reference, where a task has one right value."""

    check: Literal["values"] = "values"
    function: FunctionName
    tolerance: float = Field(
        1e-6, gt=0, le=0.1, description="Relative to the reference's size at the point, plus one."
    )

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions of the submission that the check asks."""
        return (self.function,)


class Accuracy(Criterion):
    """A classifier's share of right answers on held-out points, from chance to the reference's."""

    check: Literal["accuracy"] = "accuracy"
    function: FunctionName
    threshold: float = Field(
        0.5, description="A point is of class 1 where the function is above; 0 suits a logit."
    )

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions of the submission that the check asks."""
        return (self.function,)

    def misfit(self, signatures: Mapping[str, Signature]) -> str | None:
        """See Criterion.misfit."""
        function = signatures[self.function]
        if function.outputs == 0:
            return None
        return f"needs {function.name} to return a number: outputs = 0"


class Likelihood(Criterion):
    """The mean of log_prob on held-out points, on a scale from a baseline to the reference."""

    check: Literal["likelihood"] = "likelihood"
    log_prob: FunctionName = "log_prob"
    baseline: float | None = Field(
        None, description="The mean that earns nothing. [default: that of the best one Gaussian]"
    )
    full: float | None = Field(
        None, description="The mean that earns all. [default: that of the reference]"
    )

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions of the submission that the check asks."""
        return (self.log_prob,)

    def misfit(self, signatures: Mapping[str, Signature]) -> str | None:
        """See Criterion.misfit."""
        log_prob = signatures[self.log_prob]
        if log_prob.outputs:
            return f"needs {log_prob.name} to return a number: outputs = 0"
        if len(log_prob.arguments) > 1:
            return f"needs {log_prob.name} to take one point x"
        if self.baseline is not None and self.full is not None and self.baseline >= self.full:
            return f"needs a full above its baseline, not {self.full:g} and {self.baseline:g}"
        return None


def _square(function: Signature) -> bool:
    return len(function.arguments) == 1 and function.outputs == function.inputs


def _number_at(function: Signature, length: int) -> bool:
    """Whether it returns a number for a point of this length."""
    return tuple(size for _, size in function.arguments) == (length,) and function.outputs == 0


def _needs_number(function: Signature, length: int) -> str:
    return f"needs {function.name} to take a point of {length} numbers and return one: outputs = 0"


AnyCriterion = Annotated[
    Invertibility
    | Inverse
    | LogDet
    | LogProb
    | Normalization
    | Coupling
    | Values
    | Law
    | Fit
    | Accuracy
    | Likelihood,
    Field(discriminator="check"),
]

#: The order in which criteria are judged and reported; within one check, that of the file.
ORDER = (
    "invertibility",
    "coupling",
    "inverse",
    "log_det",
    "log_prob",
    "normalization",
    "values",
    "law",
    "fit",
    "accuracy",
    "likelihood",
)
