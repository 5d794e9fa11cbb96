"""Settings from the environment: fills a frozen dataclass, and says clearly what does not fit."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

PREFIX = "GRADER_"
LOG_LEVELS = ("debug", "info", "warning", "error")

_Settings = TypeVar("_Settings")


class SettingError(Exception):
    """A setting that cannot be used; the message names the variable and says what it takes."""


def read_environment(kind: type[_Settings], environment: Mapping[str, str]) -> _Settings:
    """An instance of `kind`, each field from the variable of its name: `slots` from GRADER_SLOTS.

    An empty variable counts as absent.

    Raises:
        SettingError: a value has the wrong form, or a variable begins with GRADER_ and no field
            has its name.
    """
    types = get_type_hints(kind)
    names = {PREFIX + field.name.upper(): field.name for field in fields(kind)}  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for variable, text in environment.items():
        if not variable.startswith(PREFIX) or not text.strip():
            continue
        if variable not in names:
            raise SettingError(_unknown(variable, list(names)))
        name = names[variable]
        parse, form = _PARSERS[types[name]]
        try:
            values[name] = parse(text.strip())
        except ValueError as error:
            raise SettingError(f"{variable} takes {form}, not {text.strip()!r}") from error
    return kind(**values)


def require(holds: bool, field: str, message: str) -> None:
    """Raise SettingError with the name of the field's variable unless `holds`."""
    if not holds:
        raise SettingError(f"{PREFIX}{field.upper()} {message}")


def _unknown(variable: str, names: list[str]) -> str:
    close = difflib.get_close_matches(variable, names, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(sorted(names))}"
    return f"{variable} is not a setting: {hint}"


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _switch(text: str) -> bool:
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if text.lower() not in known:
        raise ValueError(text)
    return known[text.lower()]


_PARSERS: Mapping[Any, tuple[Callable[[str], Any], str]] = {
    str: (str, "text"),
    int: (int, "a whole number"),
    Path: (Path, "a path"),
    bool | None: (_switch, "true or false"),
    tuple[str, ...]: (_names, "names separated by commas"),
}
