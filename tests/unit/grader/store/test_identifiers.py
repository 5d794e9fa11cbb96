from __future__ import annotations

import re

from grader.store.identifiers import LENGTH, new_id


def test_identifiers_are_in_the_order_of_time() -> None:
    times = [0, 1, 31, 32, 1023, 1_700_000_000_000, 1_700_000_000_001, 2**48 - 1]
    ids = [new_id(time) for time in times]
    assert ids == sorted(ids)


def test_identifiers_are_of_one_shape_and_never_the_same() -> None:
    ids = {new_id(5) for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"[0-9a-hjkmnp-tv-z]{26}", id) for id in ids)
    assert LENGTH == 26
    # The moment is in the first ten digits, chance in all the others.
    assert {id[:10] for id in ids} == {"0000000005"}
    assert all(len({id[n] for id in ids}) > 16 for n in range(10, 26))
