"""What the self-test of the wall showed: which layers hold here, and why the others do not."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass

from worker.sandbox import landlock, wire
from worker.sandbox.channel import Channel, Gone, Idle
from worker.sandbox.layers import NOT_REFUSED, Layer
from worker.sandbox.limits import Limits
from worker.sandbox.submission import Account
from worker.sandbox.zygote_client import SandboxBroken, ZygoteClient

#: What the child of the self-test may use: small, so that going over it is cheap.
_LIMITS = Limits(cpu_seconds=5.0, wall_seconds=10.0, memory_bytes=64 * 2**20)
#: How long the kernel may take to end the child.
_END_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Examination:
    """What the self-test showed."""

    #: The layers that hold: each refused what it forbids.
    held: frozenset[Layer]
    #: Why each of the others does not.
    missing: Mapping[Layer, str]


def examine(zygote: ZygoteClient, *, without: frozenset[Layer]) -> Examination:
    """Have a child try every layer.

    Args:
        zygote: forks it.
        without: layers that a test left out.

    Raises:
        SandboxBroken: the child could not be confined, or did not come to its end.
    """
    entered = zygote.wait_until_ready()
    # What the zygote could not enter it knows a reason for; what it did enter has to be shown.
    found = {**entered, **_tried(zygote), **{layer: why for layer, why in entered.items() if why}}
    absent = {layer: _absent(layer) for layer in Layer if layer not in found}
    absent |= dict.fromkeys(without, "a test left it out")
    missing = {layer: why for layer, why in found.items() if why} | absent
    return Examination(frozenset(Layer) - missing.keys(), missing)


def _tried(zygote: ZygoteClient) -> dict[Layer, str]:
    """What the child found of the layers that it tried, and what the kernel says of its end."""
    child = zygote.fork(_LIMITS, purpose="selftest")
    channel = Channel(child, Account(_LIMITS))
    try:
        with channel.waiting():
            _, record = wire.read_answer(channel.receive, value_bytes=0)
        ended = zygote.wait(child, _END_SECONDS)
    except (Gone, Idle, wire.Garbled) as error:
        child.kill()
        how = zygote.wait(child, _END_SECONDS)
        raise SandboxBroken(f"the child of the self-test could not be confined: {how}") from error
    finally:
        child.kill()
        child.close()
    found = {Layer(name): why for name, why in json.loads(record.message).items()}
    if Layer.SECCOMP in found and (ended is None or ended.status != signal.SIGSYS):
        found[Layer.SECCOMP] = NOT_REFUSED
    return found


def _absent(layer: Layer) -> str:
    if layer is Layer.LANDLOCK and not landlock.version():
        return "this kernel has no Landlock"
    if layer is Layer.UNPRIVILEGED_USER:
        if os.geteuid() != 0:
            return "only root can take another user, and the grader does not run as root"
        return "no other user can be taken here"
    return "it rests on a layer that does not hold"
