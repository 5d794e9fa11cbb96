"""Runs within another platform's container: `python -m grader.platforms.run gradescope`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from grader.exits import OUR_FAILURE
from grader.exports.gradescope import NotGraded
from grader.local import examine
from grader.platforms import gradescope, prairielearn
from grader.platforms.place import BrokenPlace

#: By platform what grades, and where its container has its files.
_PLATFORMS: Mapping[str, tuple[Callable[[Path], None], str]] = MappingProxyType(
    {
        "gradescope": (gradescope.run, "/autograder"),
        "prairielearn": (prairielearn.run, "/grade"),
    }
)


def main(arguments: Sequence[str]) -> int:
    """Grade one submission; the exit code is not 0 where the grader failed.

    Args:
        arguments: a platform and, for trials, the folder in place of the container's; or `doctor`,
            which says what the sandbox can rely on here.
    """
    if list(arguments) == ["doctor"]:
        return examine()
    run, usual = _PLATFORMS[arguments[0]]
    root = Path(arguments[1] if len(arguments) > 1 else usual)
    try:
        run(root)
    except (NotGraded, BrokenPlace) as error:
        print(error, file=sys.stderr)
        return OUR_FAILURE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
