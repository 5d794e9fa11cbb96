"""An exercise: what is asked, for how many points, within which limits."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from exercises.criteria import (
    AnyCriterion,
    FunctionName,
    Likelihood,
    LogProb,
    Normalization,
    Worth,
)
from exercises.oracle import Signature
from exercises.quiz.questions import Question, Quiz
from exercises.toml_table import TomlTable

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class Function(TomlTable):
    """A function that a submission must define."""

    name: FunctionName = "f"
    arguments: Mapping[str, Annotated[int, Field(ge=0, le=4096)]] = Field(
        {"z": 2}, min_length=1, max_length=4, description="Names and lengths; 0: a number."
    )
    outputs: int = Field(2, ge=0, le=4096, description="The answer's length; 0: a number.")
    asked_at: Literal["z", "x", "points"] = Field(
        "z",
        description="Where it is asked: at Gaussian z, at x = f(z) of the first function, or at "
        "the points that the reference draws (draw_NAME in reference.py).",
    )

    @property
    def inputs(self) -> int:
        """How many numbers one call takes in all."""
        return self.signature.inputs

    @property
    def signature(self) -> Signature:
        """How the function is called."""
        return Signature(self.name, tuple(self.arguments.items()), self.outputs)

    @property
    def of_the_plane(self) -> bool:
        """Whether it takes a point z of the plane and returns one."""
        return self.inputs == self.outputs == 2 and len(self.arguments) == 1

    @model_validator(mode="after")
    def _names(self) -> Self:
        if keyword.iskeyword(self.name):
            raise ValueError(f"name: {self.name!r} is a word of Python, and no name of a function")
        for name in self.arguments:
            if not _NAME.fullmatch(name) or keyword.iskeyword(name):
                raise ValueError(f"arguments: {name!r} is no name of an argument")
        return self


class Limits(TomlTable):
    """What one grading may cost; the defaults are in one place, here."""

    #: Processor time of the submission, over all its calls; the playground's net needs about 0.2.
    cpu_seconds: float = Field(20.0, gt=0, le=60)
    #: Time that the grader waits for the submission; sleeping and paging count.
    wall_seconds: float = Field(20.0, gt=0, le=120)
    #: Memory beyond what Python, numpy and scipy hold already.
    memory_bytes: int = Field(512 * 2**20, ge=2**24, le=4 * 2**30)


class Sketch(TomlTable):
    """One of the classic transformations that an editor offers to start from."""

    title: str = Field(min_length=1, max_length=80)
    file: str = Field(pattern=r"^[a-z0-9_-]+\.py$", description="In the folder gallery/.")


class Exercise(TomlTable):
    """What every exercise has, as its folder describes it (see docs/authoring.md)."""

    slug: Slug
    #: A digest of the folder's files: a report says which version graded it.
    version: str
    kind: str
    title: str = Field(min_length=1, max_length=120, pattern=r"^\S(.*\S)?$")
    part: str = Field("", max_length=80, description="The part of the course that it belongs to.")
    order: int = Field(1000, description="Exercises are listed by this, then by slug.")
    hints: tuple[str, ...] = Field((), description="Markdown; shown one by one, when asked for.")
    seed: int | None = Field(
        None, ge=0, lt=2**53, description="One seed for all gradings. [default: a fresh one each]"
    )
    #: Markdown with LaTeX mathematics.
    statement: str
    #: Further reading beside the statement, Markdown; "" where there is none.
    reading: str = ""
    #: Where the exercise's files are.
    folder: Path

    @property
    def max_score(self) -> float:
        """The most that can be earned; 0 for an ungraded exercise."""
        raise NotImplementedError

    @property
    def graded(self) -> bool:
        """Whether there is anything to earn."""
        return self.max_score > 0


class CodeExercise(Exercise):
    """An exercise that is answered by a program."""

    kind: Literal["code"] = "code"
    functions: tuple[Function, ...] = Field((Function(),), min_length=1, max_length=8)
    criteria: tuple[AnyCriterion, ...] = ()
    limits: Limits = Limits()
    #: Gaussian samples drawn for the figure.
    samples: int = Field(10_000, ge=100, le=100_000)
    gallery: tuple[Sketch, ...] = ()
    data: tuple[Annotated[str, Field(pattern=r"^[a-z0-9_-]+\.(csv|npz)$")], ...] = Field(
        (), description="Files of the folder that students may download."
    )
    redraw: bool = Field(
        False, description="Offer another number in the first default_rng(…) of the starter."
    )
    #: The code that the editor starts with.
    starter: str

    @property
    def max_score(self) -> float:
        """The sum of the points of all criteria; 0 for an ungraded exercise."""
        return sum(criterion.points for criterion in self.criteria)

    @property
    def function(self) -> Function:
        """The first function: the one whose density is drawn, if it is one of the plane."""
        return self.functions[0]

    def named(self, name: str) -> Function:
        """The function of this name.

        Raises:
            KeyError: the exercise asks for no such function.
        """
        return {function.name: function for function in self.functions}[name]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        names = [function.name for function in self.functions]
        if len(set(names)) < len(names):
            raise ValueError("functions: each needs a name of its own")
        if self.functions[0].asked_at == "x":
            raise ValueError('functions: the first can not be asked at its own x; use "z"')
        checks = [criterion.check for criterion in self.criteria]
        for criterion in self.criteria:
            for check in criterion.requires:
                if check == criterion.check or check not in checks:
                    raise ValueError(
                        f"criteria: {criterion.check} requires {check}, which is no other criterion"
                    )
            for name in criterion.functions:
                if name not in names:
                    raise ValueError(
                        f"criteria: {criterion.check} asks {name}, which functions does not list"
                    )
            misfit = criterion.misfit({f.name: f.signature for f in self.functions})
            if misfit:
                raise ValueError(f"criteria: {criterion.check} {misfit}")
            if isinstance(criterion, Likelihood):
                self._check_density_is_judged(criterion)
        return self

    def _check_density_is_judged(self, criterion: Likelihood) -> None:
        """A likelihood means something only of a density, so that has to be judged as well."""
        name = criterion.log_prob
        # Beyond the plane nobody integrates; there log_prob has to be the density of an f.
        in_the_plane = self.named(name).inputs == 2
        kinds = Normalization if in_the_plane else LogProb
        if any(isinstance(other, kinds) and other.log_prob == name for other in self.criteria):
            return
        needed = "normalization" if in_the_plane else "log_prob"
        raise ValueError(
            f"criteria: likelihood needs the check {needed} of {name} as well: "
            f"otherwise {name}(x) = 1000 would earn all of it"
        )


class QuizExercise(Exercise):
    """An exercise that is answered by choosing: multiple choice, true or false."""

    kind: Literal["quiz"] = "quiz"
    points: Worth = Field(0.0, description="For the quiz as a whole.")
    quiz: Quiz = Quiz()
    #: The whole bank, with its answers; a student sees a drawn part of it, without them.
    questions: tuple[Question, ...] = Field(min_length=1)

    @property
    def max_score(self) -> float:
        """The points of the quiz as a whole."""
        return self.points

    @model_validator(mode="after")
    def _fits(self) -> Self:
        ids = [question.id for question in self.questions]
        twice = {id_ for id_ in ids if ids.count(id_) > 1}
        if twice:
            raise ValueError(f"questions: {', '.join(sorted(twice))}: each needs an id of its own")
        if self.quiz.draw is not None and self.quiz.draw > len(ids):
            raise ValueError(f"quiz.draw: {self.quiz.draw} of {len(ids)} can not be drawn")
        return self


AnyExercise = CodeExercise | QuizExercise
