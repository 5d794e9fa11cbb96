"""The questions of a quiz, and which of them a student is asked, in which order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from exercises.toml_table import TomlTable

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]

#: The options of a statement that is true or false.
TRUE, FALSE = "true", "false"

#: A label that is a variant itself: of work whose student is not known any more.
_VARIANT = re.compile(r"variant-([0-9]{1,15})", re.ASCII)

_Numbered = TypeVar("_Numbered", "Option", "Question")


class Option(TomlTable):
    """One answer to choose."""

    id: Id
    text: str = Field("", description="Markdown with LaTeX mathematics.")
    code: str = Field("", description="A program that defines f, shown as code.")
    feedback: str = Field("", description="Said to who chose it: why it is right, or why not.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text.strip() and not self.code.strip():
            raise ValueError(f"{self.id}: an option needs a text or code")
        return self


class Question(TomlTable):
    """A question with its answer: the answer, feedback and explanation are never shown before."""

    id: Id
    text: str = Field(min_length=1, description="Markdown with LaTeX mathematics.")
    options: tuple[Option, ...] = Field(
        (), max_length=12, description="None: the text is a statement, true or false."
    )
    answer: bool | Id = Field(description="true or false, or the id of the right option.")
    explanation: str = Field(min_length=1, description="Markdown: why the answer is right.")
    source: str = Field("", description="Where it can be read up: a work of the literature.")
    plots: Id | None = Field(None, description="The option whose f the question's figure shows.")

    @property
    def right(self) -> str:
        """The id of the right option."""
        return str(self.answer).lower()

    @property
    def is_statement(self) -> bool:
        """Whether it is a statement that is true or false."""
        return not self.options

    @property
    def choices(self) -> tuple[Option, ...]:
        """The options as the author ordered them; true and false for a statement."""
        return self.options or (Option(id=TRUE, text="True"), Option(id=FALSE, text="False"))

    @model_validator(mode="after")
    def _fits(self) -> Self:
        ids = [option.id for option in self.choices]
        if len(ids) < 2:
            raise ValueError(f"{self.id}: options: one alone is no choice")
        if len(set(ids)) < len(ids):
            raise ValueError(f"{self.id}: two options have one id")
        if self.right not in ids:
            raise ValueError(f"{self.id}: answer: there is no option {self.right}")
        if self.plots is not None and not any(o.id == self.plots and o.code for o in self.options):
            raise ValueError(f"{self.id}: plots: there is no option {self.plots} with code")
        return self


class Quiz(TomlTable):
    """How a quiz is put together and scored."""

    draw: int | None = Field(None, ge=1, description="So many of the bank. [default: all]")
    shuffle: bool = Field(True, description="The questions in an order of one's own.")
    shuffle_options: bool = Field(True, description="And the options of each question.")
    scoring: Literal["each", "all"] = Field(
        "each", description="each: every right answer counts; all: all must be right."
    )


def label_of(variant: int) -> str:
    """A student's label that says which variant is meant, where nobody knows the student."""
    return f"variant-{variant}"


def variant(course: str, student: str, slug: str) -> int:
    """The number that decides what a student is asked: always the same one for the same student."""
    kept = _VARIANT.fullmatch(student)
    if kept is not None:
        return int(kept[1])
    text = "\0".join((course, student, slug)).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:6], "big")


def drawn(bank: tuple[Question, ...], quiz: Quiz, variant: int) -> tuple[Question, ...]:
    """The questions of one student, in their order, each with its options in theirs.

    Each id has a place of its own, by a digest and not by a generator's stream: so what is asked is
    the same in every process and version, and a question that is added to a bank moves no other.
    """
    chosen = _mixed(bank, variant)[: quiz.draw]
    ordered = chosen if quiz.shuffle else tuple(q for q in bank if q in chosen)
    if not quiz.shuffle_options:
        return ordered
    return tuple(
        question.model_copy(update={"options": _mixed(question.options, variant, question.id)})
        for question in ordered
    )


def _mixed(items: Sequence[_Numbered], variant: int, within: str = "") -> tuple[_Numbered, ...]:
    def place(item: _Numbered) -> bytes:
        return hashlib.sha256(f"{variant}/{within}/{item.id}".encode()).digest()

    return tuple(sorted(items, key=place))
