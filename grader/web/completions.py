"""What the editor completes: the names that the sandbox has, with a line on what each does."""

from __future__ import annotations

import builtins
import importlib
import inspect
import json
import keyword
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from types import MappingProxyType
from typing import Any

from flask import Blueprint, Response

from grader.api.http.answers import conditional

#: Keywords that the policy refuses.
_REFUSED_KEYWORDS = frozenset({"async", "await"})
#: The longest line on a name.
_SUMMARY_LENGTH = 120
#: What the editor calls the types whose attributes it completes, and where they are.
_TYPES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "array": ("numpy", "ndarray"),
        "generator": ("numpy.random", "Generator"),
        "list": ("builtins", "list"),
        "dict": ("builtins", "dict"),
        "str": ("builtins", "str"),
    }
)

blueprint = Blueprint("completions", __name__)


@blueprint.get("/completions.json")
def show() -> Response:
    """The names, by where they stand: see `completions`."""
    response = Response(_written(), mimetype="application/json")
    response.headers["Cache-Control"] = "public, no-cache"
    return conditional(response)


def prepare() -> None:
    """Gather the names before somebody asks for them; what fails then is said to who asks."""
    with suppress(Exception):
        _written()


@cache
def completions() -> dict[str, Any]:
    """All names that a submission may use, each with one line that may be empty.

    Returns:
        "keywords", a list; "builtins"; "modules", by dotted name; "types", the attributes of an
        array, a generator, a list, a dict and a str.
    """
    # Imported when it is first asked for: scipy's distributions take a second.
    from worker.sandbox import builtin_names, modules, readable

    plain = {*builtin_names.NAMES, *builtin_names.GUARDED} - set(keyword.kwlist)
    return {
        "keywords": sorted({*keyword.kwlist} - _REFUSED_KEYWORDS),
        "builtins": _described(builtins, plain),
        "modules": {
            name: _described(_module(name), names)
            for name, names in sorted(modules.available().items())
        },
        "types": {
            kind: _described(real, readable.READABLE[real] & set(dir(real)))
            for kind, (module, name) in _TYPES.items()
            for real in [getattr(importlib.import_module(module), name)]
        },
    }


@cache
def _written() -> bytes:
    return json.dumps(completions(), ensure_ascii=False, separators=(",", ":")).encode()


def _described(owner: object, names: Iterable[str]) -> dict[str, str]:
    public = sorted((n for n in names if not n.startswith("_")), key=lambda n: (n.lower(), n))
    return {name: _summary(getattr(owner, name, None)) for name in public}


def _module(name: str) -> object:
    """The real module, for what its functions say of themselves; None: ours has another name."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


def _summary(value: object) -> str:
    """The first sentence of a docstring; what a number says of its type says nothing of it."""
    if not (callable(value) or inspect.ismodule(value) or inspect.isdatadescriptor(value)):
        return ""
    paragraphs = (inspect.getdoc(value) or "").split("\n\n")
    # numpy's begin with the signature: sin(x, /, out=None, …), a.sum(axis=None, …).
    signature = re.compile(rf"\s*([\w.]+\.)?{re.escape(getattr(value, '__name__', ''))}\(")
    told = (text for text in paragraphs if text.strip() and not signature.match(text))
    text = " ".join(next(told, "").split())
    text = re.sub(r":\w+:(?=`)|`", "", text)
    sentence, dot, _ = text.partition(". ")
    short = sentence + dot.strip()
    return short if len(short) <= _SUMMARY_LENGTH else short[: _SUMMARY_LENGTH - 1].rstrip() + "…"
