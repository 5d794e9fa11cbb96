"""The children that wait for a submission, for tests that count what a sandbox holds."""

from __future__ import annotations

from worker.sandbox.sandbox import Sandbox


def waiting(sandbox: Sandbox) -> list[int]:
    """Their pidfds, once the zygote has told of each that was ordered."""
    zygote = sandbox._zygote
    while any(child.number not in zygote._spawned for child in zygote._waiting):
        zygote._hear_more()
    return [zygote._spawned[child.number] for child in zygote._waiting]
