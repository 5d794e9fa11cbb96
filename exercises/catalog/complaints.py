"""What is wrong in an exercise's files, in sentences: the file, the key, and what is expected."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from exercises.criteria import AnyCriterion, Criterion
from exercises.exercise import AnyExercise, Exercise, Function, Limits, Sketch
from exercises.quiz.questions import Option, Question, Quiz

#: Fields that follow from the folder: no keys of exercise.toml.
DERIVED = frozenset(
    {"slug", "version", "statement", "reading", "folder", "starter", "questions"}
)  # fmt: skip

#: The criteria by the names of their checks, as a rubric names them.
CRITERIA: Mapping[str, type[Criterion]] = MappingProxyType(
    {kind.model_fields["check"].default: kind for kind in get_args(get_args(AnyCriterion)[0])}
)

#: The tables inside a file, by where they stand.
_TABLES: Mapping[tuple[str, ...], type[BaseModel]] = {
    ("functions",): Function,
    ("limits",): Limits,
    ("gallery",): Sketch,
    ("quiz",): Quiz,
    ("questions",): Question,
    ("questions", "options"): Option,
    **{("criteria", check): kind for check, kind in CRITERIA.items()},
}
_LISTS_OF_TABLES = frozenset({"criteria", "functions", "gallery", "questions", "options"})

_HYPHENS = "must be of small letters and digits with hyphens between, such as plot-a"
#: What a text must look like, by its pattern.
_FORMS: Mapping[str, str] = MappingProxyType(
    {
        r"^[a-z0-9]+(-[a-z0-9]+)*$": _HYPHENS,
        r"^[A-Za-z][A-Za-z0-9_]*$": "must be the name of a function, such as log_prob",
        r"^\S(.*\S)?$": "must be one line, without spaces around it",
        r"^[a-z0-9_-]+\.py$": "must be the name of a file in gallery/, such as swirl.py",
        r"^[a-z0-9_-]+\.(csv|npz)$": "must be the name of a file, such as samples.csv",
    }
)

#: Sentences by pydantic's types of errors; {…} come from the error's context, {value} is the input.
_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "missing": "this key is missing",
        "string_type": 'must be text in quotes, "…", not {value}',
        "string_too_short": "must not be empty",
        "string_too_long": "must have at most {max_length} characters",
        "too_short": "must have at least one entry",
        "too_long": "must have at most {max_length} entries",
        "finite_number": "must be a finite number, not {value}",
        "greater_than": "must be more than {gt:.16g}, not {value}",
        "greater_than_equal": "must be at least {ge:.16g}, not {value}",
        "less_than": "must be less than {lt:.16g}, not {value}",
        "less_than_equal": "must be at most {le:.16g}, not {value}",
        "dict_type": "must be a table, such as {{ z = 2 }}, not {value}",
    }
    | dict.fromkeys(
        ("int_type", "int_parsing", "int_from_float", "int_parsing_size"),
        "must be a whole number, not {value}",
    )
    | dict.fromkeys(("float_type", "float_parsing"), "must be a number, not {value}")
    | dict.fromkeys(("bool_type", "bool_parsing"), "must be true or false, not {value}")
)


def complaints(
    slug: str, kind: type[AnyExercise], fields: Mapping[str, Any], error: ValidationError
) -> Iterator[str]:
    """A sentence for each thing that is wrong: `slug/file: key: what is expected`.

    Args:
        slug: the folder's name.
        kind: the model that the files were read into.
        fields: what stands in them.
        error: what the model said.
    """
    said = set()
    for detail in error.errors(include_url=False):
        if _follows(detail):
            continue
        parts = [part for part in detail["loc"] if part not in ("bool", "constrained-str")]
        sentence = _sentence(kind, [str(p) for p in parts if isinstance(p, str)], detail)
        place = ": ".join([*_joined(_place(parts, fields)), sentence])
        file = "questions.toml" if place.startswith("questions") else "exercise.toml"
        whole = f"{slug}/{file}: {place}"
        if whole not in said:
            said.add(whole)
            yield whole


def keys_of(kind: type[BaseModel]) -> list[str]:
    """The keys that a file may give a model."""
    derived = DERIVED if issubclass(kind, Exercise) else ()
    return [name for name in kind.model_fields if name not in derived]


def not_utf8(error: UnicodeDecodeError) -> str:
    """What to do about a text with bytes that are none."""
    line = error.object[: error.start].count(b"\n") + 1
    return f"line {line} is not UTF-8: save the file in this encoding"


def suggestion(name: str, known: list[str]) -> str:
    """What else may have been meant: the nearest of the names, or all of them."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"


def _follows(detail: ErrorDetails) -> bool:
    """Whether it only follows from another error: a list whose entries are all broken.

    Or says the same again, of the other kind of answer that a question may have.
    """
    if detail["loc"][-1:] == ("bool",):
        return True
    return detail["type"] == "too_short" and bool(detail["input"])


def _sentence(kind: type[AnyExercise], names: list[str], detail: ErrorDetails) -> str:
    context, value = detail.get("ctx", {}), _shown(detail["input"])
    if detail["loc"][-1:] == ("constrained-str",):
        return f"must be true or false, or the id of an option, not {value}"
    match detail["type"]:
        case "extra_forbidden":
            table = _TABLES.get(tuple(names[:-1]), kind)
            return f"there is no such key here; {suggestion(names[-1], keys_of(table))}"
        case "union_tag_invalid":
            tag = str(context["tag"])
            return f'check: there is no check "{tag}"; {suggestion(tag, list(CRITERIA))}'
        case "union_tag_not_found":
            return f"check: this key is missing; there are {', '.join(CRITERIA)}"
        case "tuple_type":
            return _list_wanted(names[-1], value)
        case "model_type" | "model_attributes_type" | "dict_type" if names[-1] != "arguments":
            return f"must be a table, not {value}"
        case "string_pattern_mismatch":
            return f"{_FORMS.get(str(context['pattern']), 'has another form')}, not {value}"
        case "value_error":
            said = detail["msg"].removeprefix("Value error, ")
            found = detail["input"].get("id") if isinstance(detail["input"], dict) else None
            return said.removeprefix(f"{found}: ")
        case "literal_error":
            expected = str(context["expected"]).replace("'", '"')
            return f"must be {expected}, not {value}"
    if detail["type"] in ("int_type", "float_type") and _is_number(detail["input"]):
        return f"must be a number: write {detail['input']} without quotes"
    sentence = _SENTENCES.get(detail["type"])
    return detail["msg"] if sentence is None else sentence.format(**{**context, "value": value})


def _is_number(value: object) -> bool:
    """Whether it is a text that holds a number."""
    if not isinstance(value, str):
        return False
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False


def _list_wanted(name: str, value: str) -> str:
    if name in _LISTS_OF_TABLES:
        return f"must be a list of tables, each under a line [[{name}]], not {value}"
    return f'must be a list, such as ["…"], not {value}'


def _place(parts: list[int | str], fields: Mapping[str, Any]) -> list[str]:
    """The path to a key: entries of lists are counted from 1, and named where they have an id."""
    place: list[str] = []
    found: Any = fields
    for part in parts:
        if isinstance(part, int):
            found = found[part] if isinstance(found, list | tuple) else None
            name = found.get("id") if isinstance(found, dict) else None
            place[-1] += f" {part + 1}" + (f" ({name})" if isinstance(name, str) else "")
        elif isinstance(found, dict) and found.get("check") == part and len(place) == 1:
            place[-1] += f" ({part})"
        else:
            found = found.get(part) if isinstance(found, dict) else None
            place.append(part)
    return place


def _joined(place: list[str]) -> list[str]:
    """Keys of tables by their dotted names; what follows an entry of a list is said of it."""
    joined: list[str] = []
    for part in place:
        if joined and not joined[-1].endswith((")", *"0123456789")):
            joined[-1] += f".{part}"
        else:
            joined.append(part)
    return joined


def _shown(value: object) -> str:
    """A value as TOML has it, short."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, float):
        # A whole number is shown as the file has it: what it should not have is the point.
        return f"{value:.1f}" if value.is_integer() and abs(value) < 1e6 else f"{value:g}"
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str | bool) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
