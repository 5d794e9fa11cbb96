"""The resources of previews, and of the target that they are compared with."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from exercises.preview import DensityView, PreviewResult
from grader.api.resources.fields import Answer, Raw, Request
from worker.live_streams import LiveState
from worker.source import SOURCE_BYTES

_STREAM = "[0-9A-Za-z_-]{8,64}"


def _require_stream(name: str) -> str:
    if not re.fullmatch(_STREAM, name):
        raise PydanticCustomError(
            "stream_form", "This must be 8 to 64 letters of ASCII, digits, hyphens or underscores"
        )
    return name


class NewPreview(Request):
    """What is sent to be run once, uncounted."""

    exercise: str = Field(
        "playground", max_length=64, description="The slug of an exercise, as in /exercises."
    )
    exercise_version: str = Field(
        "",
        max_length=64,
        description="The version that is being answered; if it is another by now, nothing is run.",
    )
    source: Raw = Field(
        description=f"Python as far as it is written; at most {SOURCE_BYTES:,} bytes of UTF-8.",
        examples=["def f(z):\n    return 2 * z + 1\n"],
    )
    stream: Annotated[str, AfterValidator(_require_stream)] = Field(
        json_schema_extra={"pattern": f"^{_STREAM}$"},
        description="The editor that it comes from: a random text of the client's. Of one stream "
        "only the newest preview counts; older ones are ended.",
        examples=["editor-2b8e51"],
    )
    number: int = Field(
        ge=0,
        lt=2**53,
        description="Rises with each edit, so that the newest is known.",
        examples=[1],
    )


class PreviewPath(Answer):
    """The path of one preview."""

    id: str = Field(description="The preview's id.")


class PreviewLinks(Answer):
    """Where else to look."""

    self: str


class Preview(Answer):
    """One preview: where it is, and what it found. It is forgotten after a minute."""

    id: str
    number: int = Field(description="As it was sent.")
    state: LiveState = Field(
        description="waiting, running, ready, superseded (by a newer one of its stream), or failed "
        "(our failure)."
    )
    problem: str | None = Field(description="What went wrong on our side, where it failed.")
    result: PreviewResult | None = Field(description="What was found, once it is ready.")
    links: PreviewLinks


class TargetDensity(Answer):
    """The density that x should have, as the report's comparison shows it."""

    density: DensityView
    alt: str = Field(description="The density in words.")
