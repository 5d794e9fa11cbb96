"""Hostile submissions in a row leave nothing behind (see flood.py for a longer run by hand)."""

from __future__ import annotations

from exercises.outcome import Outcome
from tests.escapes.flood import Footprint, flood, footprint, is_honest
from worker.sandbox.layers import Layer
from worker.sandbox.sandbox import Sandbox

#: Each kind of flood.py four times.
COUNT = 92
#: What an allocator may keep: a leak of one small object a run is below, one of a page is not.
SLACK_BYTES = 512 * 1024
#: What is held by chance is held once; a leak is there each time.
TRIES = 3


def grown(before: Footprint, after: Footprint) -> int:
    """How many bytes more are held, by us or by the zygotes."""
    return max(after.our_bytes - before.our_bytes, after.zygote_bytes - before.zygote_bytes)


def test_a_flood_of_hostile_submissions_leaves_everything_as_it_was() -> None:
    with Sandbox() as guarded, Sandbox(without=frozenset({Layer.LANGUAGE})) as bare:
        flood(23, guarded, bare)  # what is allocated once
        zygotes = [guarded._zygote._process.pid, bare._zygote._process.pid]
        for _ in range(TRIES):
            before = footprint(guarded, bare)
            outcomes = flood(COUNT, guarded, bare)
            after = footprint(guarded, bare)
            if grown(before, after) < SLACK_BYTES:
                break
        assert is_honest(guarded, bare)
        assert [guarded._zygote._process.pid, bare._zygote._process.pid] == zygotes
    assert after.our_descriptors == before.our_descriptors
    assert after.zygote_descriptors == before.zygote_descriptors
    assert after.processes == before.processes
    assert after.temporary_files == before.temporary_files
    assert grown(before, after) < SLACK_BYTES
    wanted = {Outcome.CPU_LIMIT, Outcome.MEMORY_LIMIT, Outcome.WALL_LIMIT, Outcome.REFUSED}
    wanted |= {Outcome.POLICY_VIOLATION, Outcome.PROTOCOL_VIOLATION, Outcome.CRASH}
    assert wanted <= outcomes.keys()
