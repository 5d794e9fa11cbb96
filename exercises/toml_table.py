"""A table of an exercise's TOML files as a value: what all its models have in common."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class TomlTable(BaseModel):
    """A table of exercise.toml or questions.toml.

    It is strict: a number in quotes or a 1 for true is a slip of its author, who should hear of it.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, fields: Any) -> Any:
        """TOML has lists where the models have tuples, which strictness would refuse."""
        if not isinstance(fields, dict):
            return fields
        return {
            key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()
        }
