"""What the resources are made of: labels, text that is Unicode, and their two kinds."""

from __future__ import annotations

from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

#: No control characters: PostgreSQL refuses NUL in text, and a label is one line.
_LABEL = r"^[^\x00-\x1f\x7f-\x9f]*$"

Label = Annotated[
    str,
    StringConstraints(max_length=200, pattern=_LABEL),
    Field(
        description="A label of the client's choosing, where nobody has signed in: it says who a "
        "submission claims to be from, not who it is from."
    ),
]


def _require_unicode(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise PydanticCustomError("string_unicode", "half of a surrogate pair") from None
    return text


def _require_kept(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("string_nul", "a NUL character")
    return text


def _require_option(value: object) -> object:
    if not isinstance(value, bool | str):
        raise PydanticCustomError("option_type", "neither text nor true or false")
    return value if isinstance(value, bool) else _require_unicode(value)


#: What is looked at and not kept as text, such as a program: any character may be in it.
Raw = Annotated[str, AfterValidator(_require_unicode)]
#: What people and programs write, and the database keeps: PostgreSQL refuses NUL in text.
Text = Annotated[Raw, AfterValidator(_require_kept)]
#: Checked by hand first: of a union, each member would have a complaint of its own.
Choice = Annotated[bool | Raw, BeforeValidator(_require_option)]


class Request(BaseModel):
    """What a client sends: nothing is guessed, and nothing is there that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Answer(BaseModel):
    """What the service answers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
