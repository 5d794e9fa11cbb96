"""JSON Schemas of exercise.toml and questions.toml, for editors: what each key takes."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from exercises.catalog.complaints import DERIVED
from exercises.exercise import AnyExercise, CodeExercise, QuizExercise
from exercises.quiz.questions import Question

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def exercise_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of exercise.toml: of a program where `kind` does not say quiz."""
    code, quiz = _keys(CodeExercise), _keys(QuizExercise)
    definitions = code.pop("$defs", {}) | quiz.pop("$defs", {})
    is_quiz = {"properties": {"kind": {"const": "quiz"}}, "required": ["kind"]}
    return {
        "$schema": _DIALECT,
        "title": "exercise.toml",
        "type": "object",
        "if": is_quiz,
        "then": quiz,
        "else": code,
        "$defs": definitions,
    }


def questions_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of questions.toml."""
    listed = TypeAdapter(list[Question]).json_schema()
    definitions = listed.pop("$defs", {})
    return {
        "$schema": _DIALECT,
        "title": "questions.toml",
        "type": "object",
        "properties": {"questions": {"minItems": 1, **listed}},
        "required": ["questions"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def _keys(kind: type[AnyExercise]) -> dict[str, Any]:
    """The schema of a model, without what follows from the folder."""
    schema = kind.model_json_schema()
    schema.pop("description", None)
    for name in DERIVED:
        schema["properties"].pop(name, None)
    schema["required"] = [name for name in schema["required"] if name not in DERIVED]
    return schema
