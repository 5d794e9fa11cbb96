"""Pages of lists that are in memory already: what follows a cursor, and the next one's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from grader.desks.problems import BAD_CURSOR, Complaint, RequestError

Item = TypeVar("Item")


def page_of(
    items: Sequence[Item], limit: int, after: str | None, key: Callable[[Item], str]
) -> tuple[list[Item], str | None]:
    """Some items after the one whose key is the cursor, and the next page's cursor or None.

    Raises:
        RequestError: bad-cursor: there is no item of this key, any more.
    """
    start = 0
    if after is not None:
        place = next((place for place, item in enumerate(items) if key(item) == after), None)
        if place is None:
            complaint = Complaint("This must come from a “next” link.", parameter="after")
            raise RequestError(
                BAD_CURSOR, "The list has changed, or the cursor is not one of ours.", [complaint]
            )
        start = place + 1
    page = list(items[start : start + limit])
    more = start + limit < len(items)
    return page, key(page[-1]) if more else None
