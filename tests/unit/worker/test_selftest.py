"""The self-test of the wall: it names what refused something, and says why the rest is out."""

from __future__ import annotations

import pytest

from worker.sandbox import examination, landlock, selftest
from worker.sandbox.layers import FROM_CHILDREN, NOT_REFUSED, REQUIRED, Layer
from worker.sandbox.sandbox import Sandbox
from worker.sandbox.zygote_client import SandboxBroken, ZygoteClient


def test_every_layer_holds_or_has_a_reason(sandbox: Sandbox) -> None:
    held, missing = set(sandbox.layers), sandbox.missing
    assert held | missing.keys() == {layer.value for layer in Layer}
    assert not held & missing.keys()
    assert all(missing.values())
    assert ("landlock" in held) == bool(landlock.version())


#: Every layer but PROCESS, in as few zygotes as the tries can be told apart in.
LEFT_OUT = (
    {Layer.LANGUAGE, Layer.UNPRIVILEGED_USER, Layer.PID_NAMESPACE, Layer.IPC_NAMESPACE},
    {Layer.RLIMITS, Layer.NETWORK_NAMESPACE, Layer.EMPTY_ROOT},
    {Layer.NO_NEW_PRIVS, Layer.SECCOMP, Layer.LANDLOCK},
)


@pytest.mark.parametrize("out", LEFT_OUT)
def test_a_layer_that_is_not_there_is_seen_to_be_missing(out: set[Layer]) -> None:
    """The tries have teeth: nobody tells the child's tries which layers were left out."""
    zygote = ZygoteClient(without=frozenset(out))
    try:
        found = examination.examine(zygote, without=frozenset())
    finally:
        zygote.close()
    assert out <= found.missing.keys()
    assert REQUIRED - out <= found.held


def test_all_layers_but_one_are_left_out_somewhere() -> None:
    assert set().union(*LEFT_OUT) == set(Layer) - {Layer.PROCESS}


@pytest.mark.parametrize(
    "layer", [Layer.PROCESS, Layer.PID_NAMESPACE, Layer.NETWORK_NAMESPACE, Layer.EMPTY_ROOT]
)
def test_a_try_outside_of_the_wall_is_not_refused(layer: Layer) -> None:
    """This process has descriptors, relations, a network and files."""
    assert selftest._try(layer) != ""


@pytest.mark.parametrize("layer", [Layer.NO_NEW_PRIVS, Layer.LANDLOCK, Layer.SECCOMP])
def test_a_try_of_what_this_process_still_may_is_not_refused(layer: Layer) -> None:
    assert selftest._try(layer) == NOT_REFUSED


def test_the_sandbox_does_not_serve_where_a_needed_layer_lets_something_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = examination._tried

    def leaky(zygote: ZygoteClient) -> dict[Layer, str]:
        return tried(zygote) | {Layer.SECCOMP: NOT_REFUSED}

    monkeypatch.setattr(examination, "_tried", leaky)
    with (
        Sandbox() as own,
        pytest.raises(SandboxBroken, match=r"seccomp \(it was tried, and nothing refused it\)"),
        own.open(b"def f(z): return z", seed=1),
    ):
        pass


def test_a_child_that_is_confined_by_less_never_sees_a_source() -> None:
    with Sandbox(without=frozenset({Layer.LANDLOCK})) as own:
        assert own.layers
        own._zygote.expected = FROM_CHILDREN
        with (
            pytest.raises(SandboxBroken, match="landlock is lost"),
            own.open(b"def f(z): return z", seed=1),
        ):
            pass
        # A new zygote is tested anew.
        with own.open(b"def f(z): return z", seed=1) as oracle:
            assert oracle.evaluations == 0
