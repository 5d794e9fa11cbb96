"""Names of people as names of folders that every system takes."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping

#: What Windows lets no name hold; the slash nobody does.
_UNSAFE = frozenset('<>:"/\\|?*')
#: What Windows takes for a device, with whatever ending.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"}
)
#: What hides a folder, is an option to a command, or begins a formula in a table of folders.
_NOT_FIRST = "._ -=+@~"
#: In bytes: a path of Windows has 260 signs, and a name elsewhere 255 bytes.
_LONGEST = 60


def safe_name(text: str) -> str:
    """A text as the name of a folder; "" where nothing is left of it.

    Letters of all scripts stay. What can not be seen, and what turns the direction of writing,
    goes, so that no name looks like another one or like the ending of a file.
    """
    plain = "".join(_sign(sign) for sign in unicodedata.normalize("NFC", text))
    cut = "_".join(plain.split()).encode()[:_LONGEST].decode(errors="ignore")
    # Windows drops dots and spaces at the end.
    name = cut.rstrip("._ ").lstrip(_NOT_FIRST)
    return f"_{name}" if name.partition(".")[0].casefold() in _DEVICES else name


def distinct_names(names: Mapping[str, str]) -> dict[str, str]:
    """By id a name for a folder, no two of them the same on a system that knows no case.

    Args:
        names: by id as people are called.
    """
    safe = {id_: safe_name(name) for id_, name in names.items()}
    longer = {id_: f"{name}-{id_}" if name else id_ for id_, name in safe.items()}
    counts = Counter(_key(name) for name in (*safe.values(), *longer.values()))
    return {
        id_: name if name and counts[_key(name)] == 1 else longer[id_] for id_, name in safe.items()
    }


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _sign(sign: str) -> str:
    if sign in _UNSAFE:
        return "_"
    kind = unicodedata.category(sign)
    if kind in {"Zs", "Zl", "Zp", "Cc"}:
        return " "
    return "" if kind in {"Cf", "Cs", "Co", "Cn"} else sign
