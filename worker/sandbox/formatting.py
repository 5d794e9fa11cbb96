"""Text from student code's own templates: str.format without the walk along attributes."""

from __future__ import annotations

import string
from _string import formatter_field_name_split  # type: ignore[import-not-found]
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Reader = Callable[[Any, str], Any]


class SafeFormatter(string.Formatter):
    """`"{0.real:.2f}".format(z)`, each attribute read through the guard (CVE-2023-41039)."""

    def __init__(self, read: Reader) -> None:
        self._read = read

    def get_field(
        self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Any, Any]:
        """The value of one replacement field."""
        first, rest = _split(field_name)
        value = self.get_value(first, args, kwargs)
        for is_attribute, key in rest:
            value = self._read(value, key) if is_attribute else value[key]
        return value, first

    def bound(self, template: str, name: str) -> Callable[..., str]:
        """What `template.format` or `template.format_map` is in student code."""

        def format(*args: Any, **kwargs: Any) -> str:
            return self.vformat(template, args, kwargs)

        def format_map(mapping: Any) -> str:
            return self.vformat(template, (), mapping)

        return format if name == "format" else format_map


def _split(field_name: str) -> tuple[Any, Any]:
    # The splitter that string.Formatter itself uses.
    return formatter_field_name_split(field_name)  # type: ignore[no-any-return]
