"""What the store finds wrong with a value that was sent, as a problem."""

from __future__ import annotations

from grader.desks.problems import INVALID, Complaint, RequestError


def unfit(error: ValueError, pointer: str | None = None) -> RequestError:
    """The problem `invalid`, in the words of the error, which are written for people.

    Args:
        error: of the store's own checks.
        pointer: the field that is meant, as in `#/due_at`; None: the values as a whole.
    """
    said = str(error).rstrip(".")
    sentence = f"{said[:1].upper()}{said[1:]}."
    return RequestError(INVALID, sentence, [Complaint(sentence, pointer=pointer or "#")])
