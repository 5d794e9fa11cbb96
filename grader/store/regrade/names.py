"""The names of trials in messages: a worker is told of a trial as it is of a submission."""

from __future__ import annotations

_MARK = "trial-"


def name_of(trial: str) -> str:
    """What a trial of this id is called in messages. No submission's id has a hyphen."""
    return _MARK + trial


def is_trial(name: str) -> bool:
    """Whether messages of this name are about a trial."""
    return name.startswith(_MARK)


def id_in(name: str) -> str:
    """The id of the trial that has this name."""
    return name.removeprefix(_MARK)
