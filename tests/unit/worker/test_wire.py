"""What crosses the wall: whatever bytes a child sends are a record or Garbled."""

from __future__ import annotations

import struct
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.oracle import FaultKind, Signature
from exercises.outcome import Outcome
from worker.sandbox import wire
from worker.sandbox.oracle import SandboxOracle
from worker.sandbox.submission import Program


def reader(data: bytes) -> Callable[[int], bytearray]:
    """Reads exact pieces, as a socket that ends would."""
    position = 0

    def receive(count: int) -> bytearray:
        nonlocal position
        assert count <= 2**24, "the reader asked for more than any answer holds"
        piece = bytearray(data[position : position + count])
        if len(piece) < count:
            raise EOFError
        position += count
        return piece

    return receive


def oracle_that_hears(data: bytes, record: wire.Record) -> SandboxOracle:
    """An oracle whose process answers with this, whatever it is asked."""
    oracle = SandboxOracle.__new__(SandboxOracle)
    oracle._program = Program(b"def f(z):\n    return z\n", 0, (Signature(),))
    oracle._evaluations = 0
    oracle._process = SimpleNamespace(  # type: ignore[assignment]
        load=lambda: None,
        ask=lambda *_, **__: None,
        hear=lambda: (bytearray(data), record),
    )
    return oracle


FULL = wire.Record(
    ending=Outcome.REFUSED,
    fault=FaultKind.SHAPE,
    message="it returned θ",
    excerpt="x = (\n    ^",
    line=3,
    fault_index=7,
    faults=2,
    changed=1,
    first_changed=0,
    printed="a\n\tb\n",
    printed_truncated=True,
)


@pytest.mark.parametrize("record", [wire.Record(), FULL])
def test_a_record_comes_back_as_it_was_sent(record: wire.Record) -> None:
    assert wire.Record.unpack(record.pack()) == record


def test_texts_are_cut_to_their_limits_between_characters() -> None:
    record = wire.Record(message="θ" * 5000, excerpt="é" * 5000, printed="€" * 9000)
    back = wire.Record.unpack(record.pack())
    assert back.message == "θ" * (wire.MESSAGE_BYTES // 2)
    assert back.excerpt == "é" * (wire.EXCERPT_BYTES // 2)
    assert back.printed == "€" * (wire.PRINTED_BYTES // 3)


@pytest.mark.parametrize(
    "text", ["\x1b[31mred", "a\x00b", "\u202eright to left", "bell\x07", "\x9b2J", "\ufeffmark"]
)
def test_what_speaks_to_a_terminal_is_taken_out(text: str) -> None:
    back = wire.Record.unpack(wire.Record(message=text, printed=text, excerpt=text).pack())
    for cleaned in (back.message, back.printed, back.excerpt):
        assert all(c.isprintable() or c in "\n\t" for c in cleaned)
        assert "\N{REPLACEMENT CHARACTER}" in cleaned


def test_an_answer_carries_values_of_the_announced_size_only() -> None:
    values = struct.pack("4d", 1, 2, 3, 4)
    sent = b"".join(bytes(piece) for piece in wire.pack_answer(wire.Record(), values))
    data, record = wire.read_answer(reader(sent), value_bytes=32)
    assert (bytes(data), record) == (values, wire.Record())
    for other in (0, 16, 40):
        with pytest.raises(wire.Garbled):
            wire.read_answer(reader(sent), value_bytes=other)


def test_no_values_without_an_ending_is_no_answer() -> None:
    sent = b"".join(bytes(piece) for piece in wire.pack_answer(wire.Record()))
    with pytest.raises(wire.Garbled):
        wire.read_answer(reader(sent), value_bytes=32)


@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_a_record_or_garbled(data: bytes) -> None:
    try:
        record = wire.Record.unpack(data)
    except wire.Garbled:
        return
    assert isinstance(record, wire.Record)


@given(st.binary(max_size=200), st.integers(0, 64), st.data())
def test_a_mutated_answer_is_an_answer_garbled_or_short(
    noise: bytes, value_bytes: int, data: st.DataObject
) -> None:
    sent = bytearray(b"".join(bytes(p) for p in wire.pack_answer(FULL, bytes(value_bytes))))
    start = data.draw(st.integers(0, len(sent)))
    sent[start : start + len(noise)] = noise
    try:
        values, _ = wire.read_answer(reader(bytes(sent)), value_bytes=value_bytes)
    except (wire.Garbled, EOFError):
        return
    assert len(values) in (0, value_bytes)


_NUMBERS = st.one_of(st.integers(-1, 12), st.integers(0, 2**31 - 1))


@given(
    st.builds(
        wire.Record,
        fault=st.sampled_from([None, *FaultKind]),
        message=st.text(max_size=50),
        line=_NUMBERS,
        fault_index=_NUMBERS,
        faults=st.integers(0, 2**32 - 1),
        changed=st.integers(0, 2**32 - 1),
        first_changed=_NUMBERS,
    ),
    st.integers(0, 8),
    st.booleans(),
    st.data(),
)
def test_an_answer_keeps_its_promises_whatever_the_child_says(
    said: wire.Record, count: int, tolerant: bool, data: st.DataObject
) -> None:
    heard = wire.Record.unpack(said.pack())
    values = data.draw(st.binary(min_size=16 * count, max_size=16 * count))
    oracle = oracle_that_hears(values, heard)
    answer = oracle.evaluate(np.zeros((count, 2)), tolerant=tolerant)
    assert answer.values.shape == (count, 2)
    assert answer.changed <= count
    assert (answer.first_changed is None) == (not answer.changed)
    assert answer.first_changed is None or 0 <= answer.first_changed < count
    assert (answer.fault is None) == (answer.faults == 0)
    if answer.fault is not None:
        assert 0 <= answer.fault.index < count
        assert answer.fault.line is None or 1 <= answer.fault.line <= 3
        assert answer.faults <= (count if tolerant else 1)
        rest = answer.values[answer.fault.index :][: 1 if tolerant else None]
        assert np.isnan(rest).all()


@given(st.binary(max_size=120), st.integers(0, 3))
def test_bytes_after_a_true_header_are_an_answer_garbled_or_short(tail: bytes, kind: int) -> None:
    lengths = ((0, len(tail)), (32, max(len(tail) - 32, 0)), (32, 2**32 - 1), (2**63, 10))[kind]
    sent = struct.pack("<IQI", 0x46505553, *lengths) + tail
    try:
        values, record = wire.read_answer(reader(sent), value_bytes=32)
    except (wire.Garbled, EOFError):
        return
    assert len(values) == 32 or record.ending is not None
    assert len(record.message) <= wire.MESSAGE_BYTES
