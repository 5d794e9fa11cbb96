"""What a submission may use, as rows: the documentation and the help page show the same list."""

from __future__ import annotations

from dataclasses import dataclass

from worker.sandbox import builtin_names, modules, policy_rules


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    #: "language", "builtins", "special methods", "modules" or "not available".
    group: str
    #: The construct, the module, or what the names are for.
    name: str
    #: An example, the names, or what to write instead.
    text: str


def allowed() -> tuple[Row, ...]:
    """Everything that a submission may use, and what to write instead of the rest."""
    language = [Row("language", name, text) for name, text in policy_rules.ALLOWED_CONSTRUCTS]
    builtins = [name for name in builtin_names.NAMES if not name.startswith("_")]
    words = sorted((*builtins, *builtin_names.GUARDED), key=str.lower)
    methods = [
        Row("special methods", purpose, " ".join(names))
        for purpose, names in policy_rules.DEFINABLE_METHODS.items()
    ]
    libraries = [
        Row("modules", name, " ".join(sorted(n for n in names if not n.startswith("_"))))
        for name, names in sorted(modules.available().items())
    ]
    refused = {**policy_rules.REFUSED_BUILTINS, **policy_rules.MODULE_ADVICE}
    missing = [Row("not available", name, text) for name, text in sorted(refused.items())]
    return (*language, Row("builtins", "names", " ".join(words)), *methods, *libraries, *missing)
