"""The sentences about modules and names that are not here, and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Set as AbstractSet

from worker.sandbox import policy_rules as rules


def missing_module(module: str) -> str:
    """The sentence for a module that is not here."""
    top = module.partition(".")[0]
    advice = rules.MODULE_ADVICE.get(top, "numpy and the standard mathematics modules are")
    joint = ": " if top in rules.MODULE_ADVICE else "; "
    return f"There is no {module} here{joint}{advice}."


def missing_name(module: str, name: str, names: AbstractSet[str]) -> str:
    """The sentence for a name that a module does not have here."""
    found = advice(module, name, names)
    return f"There is no {name} in {module} here{found}{'' if found.endswith('?') else '.'}"


def advice(module: str, name: str, names: AbstractSet[str]) -> str:
    """What to write instead of `module.name`, with the sign that joins it to the sentence."""
    if module == "numpy" and name in rules.NUMPY_ADVICE:
        return f": {rules.NUMPY_ADVICE[name]}"
    close = difflib.get_close_matches(name, sorted(names), n=2, cutoff=0.75)
    return f": did you mean {' or '.join(close)}?" if close else ""
