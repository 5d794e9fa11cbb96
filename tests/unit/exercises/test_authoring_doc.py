"""docs/authoring.md lists every key of exercise.toml with the default that the code has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from exercises.exercise import Criterion, Exercise, Function, Limits

DOC = (Path(__file__).parents[3] / "docs" / "authoring.md").read_text()
ROWS = dict(re.findall(r"^\| `([a-z_.]+)` \| (.+?) \|", DOC, re.MULTILINE))
#: Fields that follow from the folder, and the groups whose own keys are listed.
DERIVED = {"slug", "version", "statement", "starter", "folder", "function", "limits"}
GROUPS: list[tuple[str, type[BaseModel]]] = [
    ("", Exercise),
    ("function.", Function),
    ("criteria.", Criterion),
    ("limits.", Limits),
]
KEYS = [
    (prefix + name, field.default)
    for prefix, model in GROUPS
    for name, field in model.model_fields.items()
    if prefix or name not in DERIVED
]


@pytest.mark.parametrize(("key", "default"), KEYS, ids=[key for key, _ in KEYS])
def test_a_key_is_listed_with_its_default(key: str, default: object) -> None:
    shown = ROWS[key].replace("`", "").replace('"', "")
    if default is PydanticUndefined:
        assert shown == "required"
    elif default == ():
        assert shown == "none"
    elif isinstance(default, float):
        assert float(shown) == default
    else:
        assert shown == str(default)


def test_no_key_is_listed_that_there_is_not() -> None:
    assert ROWS.keys() == {key for key, _ in KEYS}
