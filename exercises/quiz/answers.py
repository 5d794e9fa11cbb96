"""The answers to a quiz as they are sent: JSON, by question the chosen option."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

#: The names of the findings: one of the quiz as a whole, and one of each question.
WHOLE, ONE = "answers", "question"
#: The form of the answers, as it is told.
FORM = '{"answers": {"QUESTION": "OPTION", "STATEMENT": true}}'


class Answers(BaseModel):
    """What a student sends: the id of the chosen option, or true or false, by the question's id."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    answers: Mapping[str, bool | str] = Field(max_length=1000)


def written(answers: Mapping[str, bool | str]) -> str:
    """The text that stands for these answers as a submission."""
    return json.dumps({"answers": dict(answers)}, ensure_ascii=False)


def read_answers(text: str | bytes) -> Mapping[str, bool | str] | None:
    """The answers in a text of the form of Answers, or None where it is another text."""
    try:
        fields = json.loads(text, object_pairs_hook=_without_repeats)
        return Answers.model_validate(fields).answers
    except (ValueError, ValidationError, RecursionError):
        return None


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object's fields; JSON readers differ in which of two fields of one name they take."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a name is there twice")
    return fields
