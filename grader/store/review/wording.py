"""Wording: what people write to each other, as it is kept."""

from __future__ import annotations


def kept(text: str, limit: int) -> str:
    """The text without the space around it.

    Args:
        text: as it was written.
        limit: how many characters it may have.

    Raises:
        ValueError: there is none, or it can not be kept.
    """
    plain = text.strip()
    if not plain:
        raise ValueError("there is nothing in it")
    if "\0" in plain:
        raise ValueError("a text must not hold a NUL character")
    if len(plain) > limit:
        raise ValueError(f"a text has at most {limit:,} characters")
    return plain
