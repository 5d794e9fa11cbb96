"""How what is taken away is written: JSON and CSV that people and programs read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from grader.store.submission.submissions import Submission

#: What is a file of its own, or says nothing outside the service.
_APART = frozenset({"source", "report", "receipt", "points", "policy", "lateness", "disclosure"})


def as_json(value: object) -> str:
    """A value as JSON with a line for each part of it; times in ISO 8601, in UTC."""
    return json.dumps(value, default=_plain, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def told(found: Submission) -> dict[str, Any]:
    """What there is to say of a submission beside its source and its report."""
    late = found.lateness
    said = {one.name: getattr(found, one.name) for one in fields(found) if one.name not in _APART}
    counts = None if late is None else {"days_late": late.days, "kept": late.kept}
    shown = {"shown": found.disclosure.extent, "hidden_criteria": found.disclosure.hidden}
    return {**said, "counted_score": found.counted_score, "late": counts, **shown}


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    raise TypeError(f"{type(value).__name__} is not written")
