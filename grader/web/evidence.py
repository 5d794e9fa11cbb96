"""Shows the evidence of a finding: a witness as Python to paste, the rest as names and values."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pydantic import JsonValue


def witness_code(evidence: Mapping[str, JsonValue]) -> str | None:
    """Python that shows the witness of a fold when pasted below f, or None without a witness.

    The numbers are written as repr does, so that exactly these points are asked.
    """
    witness = evidence.get("witness")
    if not isinstance(witness, dict):
        return None
    first, second = _point(witness.get("z1")), _point(witness.get("z2"))
    if first is None or second is None:
        return None
    return (
        "import numpy as np\n\n"
        f"z1 = np.array({first})\n"
        f"z2 = np.array({second})\n"
        "print(f(z1))\n"
        "print(f(z2))  # two inputs, one output\n"
    )


def named_values(evidence: Mapping[str, JsonValue]) -> list[tuple[str, str]]:
    """Every entry of the evidence as a name in words and its value as JSON.

    The excerpt is left out: the page shows it below the sentence.
    """
    return [
        (name.replace("_", " "), value if isinstance(value, str) else _json(value))
        for name, value in evidence.items()
        if value is not None and name != "excerpt"
    ]


def _point(value: JsonValue) -> str | None:
    """A list of numbers as Python, or None where it is anything else."""
    if not isinstance(value, list) or not value:
        return None
    if not all(isinstance(part, int | float) and not isinstance(part, bool) for part in value):
        return None
    return repr([float(part) for part in value])  # type: ignore[arg-type]


def _json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)
