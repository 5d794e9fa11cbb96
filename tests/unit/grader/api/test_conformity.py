"""The API against its own description: schemathesis asks what it allows, and what it forbids."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings, strategies
from schemathesis import Case, GenerationMode, SerializationContext
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from grader.app import create_app
from grader.settings import Settings
from tests.unit.grader.town import Town
from worker.channel import LIVE_WORKERS, heartbeat

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
#: A page of ours asks; the test client unpacks nothing.
HEADERS = {"Sec-Fetch-Site": "same-origin", "Accept-Encoding": "identity"}
ALLOWED, FORBIDDEN = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
#: How often each address is asked for what the description allows, or forbids.
EXAMPLES = {ALLOWED: 5, FORBIDDEN: 2}
#: Most of what can go wrong lies behind the gate, so whoever may do everything asks most.
WHO = ("op", "op", "tess", "ann")


@pytest.fixture(scope="module")
def asked(module_settings: Settings) -> Iterator[Town]:
    """A town with a live worker for previews, and work of each kind."""
    town = Town(create_app(replace(module_settings, demo=False)))
    town.build()
    op, archive = town.principal("op"), packed("def f(z):\n    return z\n")
    planned = town.desk.batches.record(op, town.opened["red"].id, archive, hold=True)
    town.batches["red"] = planned.id
    broker = town.desk.broker
    broker.sadd(LIVE_WORKERS, "w")
    broker.set(heartbeat("w"), 1, ex=600)
    yield town
    broker.delete(LIVE_WORKERS, heartbeat("w"))
    town.desk.engine.dispose()
    broker.close()


def parts(town: Town, address: str) -> Mapping[str, str]:
    """Of what an address names, what there is: random ids alone would all be unknown."""
    of = {"submissions": town.work["ann"], "assignments": town.opened["red"].id}
    kind = address.split("/")[3]
    return {
        "course": "red",
        "person": town.people["bob"].id,
        "slug": "affine",
        "figure": "density.png",
        "batch": town.batches["red"],
        **({"id": of[kind]} if kind in of else {}),
    }


@pytest.fixture(scope="module")
def description(asked: Town) -> OpenApiSchema:
    loaded = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", asked.app)
    # Who asks is for us to say: random credentials are nobody's.
    loaded.config.generation.update(with_security_parameters=False)
    return loaded


def packed(text: str) -> bytes:
    """The archive of a class in which one student has sent a text."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("ann.py", text.encode("utf-8", "surrogatepass"))
    return buffer.getvalue()


@schemathesis.serializer("application/zip")
def as_archive(ctx: SerializationContext, value: Any) -> bytes:
    """What is to be sent as an archive: a text becomes a file in one, all else is none."""
    return packed(value) if isinstance(value, str) else repr(value).encode()


def test_the_description_is_a_valid_one(description: OpenApiSchema) -> None:
    description.validate()


@pytest.mark.parametrize("mode", EXAMPLES)
def test_every_answer_is_as_the_description_says(
    asked: Town, description: OpenApiSchema, mode: GenerationMode
) -> None:
    count = 0
    for result in description.get_all_operations():
        operation = result.ok()
        # Where there is neither, nothing can be wrong: any text is an address.
        if mode is ALLOWED or operation.body or operation.query:
            ask(asked, operation, mode)
            count += 1
    assert count > 10


def ask(town: Town, operation: APIOperation, mode: GenerationMode) -> None:
    known = parts(town, operation.path)

    @settings(
        max_examples=EXAMPLES[mode],
        derandomize=not os.environ.get("FRESH_DRAWS"),
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        operation.as_strategy(generation_mode=mode),
        strategies.sampled_from(WHO),
        strategies.integers(0, 3),
    )
    def once(case: Case, who: str, chance: int) -> None:
        if chance < 3:
            for name in case.path_parameters.keys() & known.keys():
                case.path_parameters[name] = known[name]
            # With it a browser is always refused.
            case.headers.pop("See-As", None)
        # Nobody grades here: whoever waits would wait in vain.
        case.headers.pop("Prefer", None)
        case.call_and_validate(headers=HEADERS, cookies=cookies(town, who), checks=CHECKS)

    once()


def cookies(town: Town, who: str) -> dict[str, str]:
    found = town.client(who).get_cookie("pushforward_session")
    assert found is not None
    return {"pushforward_session": found.value}
