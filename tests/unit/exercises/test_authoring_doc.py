"""docs/authoring.md lists every key of an exercise's files with the default that the code has."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from exercises.authoring.header import Expectation
from exercises.catalog.complaints import CRITERIA, keys_of
from exercises.catalog.schemas import exercise_schema, questions_schema
from exercises.criteria import ORDER, Criterion
from exercises.exercise import CodeExercise, Function, Limits, QuizExercise, Sketch
from exercises.misconceptions import Misconception
from exercises.quiz.answers import ONE, WHOLE
from exercises.quiz.questions import Option, Question, Quiz
from grader.authoring.commands import exercises

DOCS = Path(__file__).parents[3] / "docs"
DOC = (DOCS / "authoring.md").read_text(encoding="utf-8")

MODELS: dict[str, type[BaseModel]] = {
    kind.__name__: kind
    for kind in (CodeExercise, Function, Limits, Sketch, Criterion, QuizExercise, Quiz, Question)
} | {"Option": Option, **CRITERIA}
#: Defaults that are shown in words.
IN_WORDS = {
    ("CodeExercise", "functions"): "f(z)",
    ("CodeExercise", "limits"): "below",
    ("QuizExercise", "quiz"): "below",
    ("Function", "arguments"): "{ z = 2 }",
}


def section(name: str) -> str:
    """What stands under the heading `### name`."""
    found = re.search(rf"^### {name}\n(.*?)(?=^##|\Z)", DOC, re.MULTILINE | re.DOTALL)
    assert found is not None, f"there is no section {name}"
    return found[1]


def rows(text: str) -> dict[str, str]:
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", text, re.MULTILINE))


def keys(name: str) -> list[str]:
    """The keys that the section of this model lists; what all criteria share has its own."""
    shared = set(Criterion.model_fields) if name in CRITERIA else set()
    return [key for key in keys_of(MODELS[name]) if key not in shared]


@pytest.mark.parametrize("name", MODELS)
def test_a_section_lists_the_keys_of_its_model_and_no_other(name: str) -> None:
    assert list(rows(section(name))) == keys(name)


@pytest.mark.parametrize(("name", "key"), [(name, key) for name in MODELS for key in keys(name)])
def test_a_key_is_listed_with_its_default(name: str, key: str) -> None:
    shown = rows(section(name))[key].replace("`", "")
    default = MODELS[name].model_fields[key].default
    if (name, key) in IN_WORDS:
        assert shown == IN_WORDS[name, key]
    elif default is PydanticUndefined:
        assert shown == "required"
    elif default is None or default == ():
        assert shown == "none"
    elif isinstance(default, bool | str):
        assert shown == json.dumps(default)
    else:
        assert float(shown) == default


def test_the_defaults_that_are_shown_in_words_are_those_of_the_code() -> None:
    (function,) = CodeExercise.model_fields["functions"].default
    assert function.signature.head == "def f(z):"
    assert Function().arguments == {"z": 2}
    assert CodeExercise.model_fields["limits"].default == Limits()


def test_the_order_of_the_checks_is_that_of_the_code() -> None:
    said = re.search(r"judged in the order ([a-z_,\s]+)\.", DOC)
    assert said is not None
    assert tuple(re.split(r",\s+", said[1])) == ORDER
    assert set(ORDER) == set(CRITERIA)


def test_the_glossary_lists_every_check() -> None:
    glossary = (DOCS / "glossary.md").read_text(encoding="utf-8")
    row = re.search(r"^\| check \| (.*) \|$", glossary, re.MULTILINE)
    assert row is not None
    listed = re.findall(r"[a-z_]+", row[1].partition("settles. ")[2])
    always = ("function", "shape", "finite", "purity")
    assert [name for name in listed if name in {*always, *ORDER, WHOLE, ONE}] == [
        *always,
        *ORDER,
        WHOLE,
        ONE,
    ]


def test_the_header_of_a_mistake_is_listed() -> None:
    table = DOC.partition("## The header of a mistake")[2].partition("\n## ")[0]
    found = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    assert found == set(Expectation.model_fields)


def test_every_misconception_is_listed_with_its_checks_and_its_meaning() -> None:
    table = DOC.partition("## Misconceptions")[2].partition("\n## ")[0].replace("\\|", "¦")
    listed = re.findall(r"^\| `([^|]+)` \| ([^|]+) \| ([^|]+) \|$", table, re.MULTILINE)
    assert [(name, checks, meaning.replace("¦", "|")) for name, checks, meaning in listed] == [
        (str(one), ", ".join(one.checks), one.meaning) for one in Misconception
    ]


def test_the_commands_that_the_page_names_exist() -> None:
    named = set(re.findall(r"grader exercises (\w+)", DOC))
    assert named == set(exercises.commands)


@pytest.mark.parametrize("name", ["exercise", "questions"])
def test_the_schemas_beside_the_page_are_those_of_the_code(name: str) -> None:
    kept = json.loads((DOCS / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    assert kept == (exercise_schema() if name == "exercise" else questions_schema())
    printed = CliRunner().invoke(exercises, ["schema", name])
    assert json.loads(printed.output) == kept
