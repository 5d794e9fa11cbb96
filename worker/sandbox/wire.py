"""What crosses the wall: questions as trusted JSON, answers as raw float64 and one bounded record.

The child may be hostile after its first line of student code. So the grader reads from it only
what it can bound beforehand: a fixed header, float64 of the size that follows from the question,
and a record of fixed fields with three short texts. No parser of a rich format ever sees it.
"""

from __future__ import annotations

import json
import struct
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from exercises.oracle import FaultKind
from exercises.outcome import Outcome
from worker.sandbox.limits import Limits

#: Questions: length of the JSON, length of the points.
_QUESTION = struct.Struct("<IQ")
#: Answers: a mark, length of the float64, length of the record.
_ANSWER = struct.Struct("<IQI")
_MARK = 0x46505553
#: ending, fault kind, printed was truncated, line, fault index, faults, changed, first changed,
#: and the lengths of message, excerpt and printed text.
_RECORD = struct.Struct("<BBBiiIIiHHH")

#: The longest texts that a record carries, in bytes of UTF-8.
MESSAGE_BYTES, EXCERPT_BYTES, PRINTED_BYTES = 2_000, 400, 8_192
RECORD_BYTES = _RECORD.size + MESSAGE_BYTES + EXCERPT_BYTES + PRINTED_BYTES

#: The endings that a child can tell of itself; all others are the kernel's to tell.
_ENDINGS = (None, Outcome.SYNTAX_ERROR, Outcome.REFUSED, Outcome.RUNTIME_ERROR)
_FAULTS = (None, *FaultKind)


class Garbled(Exception):
    """The child sent what the protocol does not know."""


@dataclass(frozen=True, slots=True)
class Record:
    """The child's own account of a question: hostile text, read only to explain."""

    ending: Outcome | None = None
    fault: FaultKind | None = None
    message: str = ""
    excerpt: str = ""
    line: int | None = None
    fault_index: int | None = None
    faults: int = 0
    #: How many of the calls changed their input in place, and the first that did.
    changed: int = 0
    first_changed: int | None = None
    printed: str = ""
    printed_truncated: bool = False

    def pack(self) -> bytes:
        """The record as bytes, its texts cut to their limits."""
        message = _cut(self.message, MESSAGE_BYTES)
        excerpt = _cut(self.excerpt, EXCERPT_BYTES)
        printed = _cut(self.printed, PRINTED_BYTES)
        fixed = _RECORD.pack(
            _ENDINGS.index(self.ending),
            _FAULTS.index(self.fault),
            self.printed_truncated,
            _or_minus_one(self.line),
            _or_minus_one(self.fault_index),
            self.faults,
            self.changed,
            _or_minus_one(self.first_changed),
            len(message),
            len(excerpt),
            len(printed),
        )
        return fixed + message + excerpt + printed

    @classmethod
    def unpack(cls, data: bytes) -> Record:
        """Read a record and clean its texts.

        Raises:
            Garbled: the bytes are not a record.
        """
        if len(data) < _RECORD.size:
            raise Garbled("a record that is too short")
        ending, fault, truncated, line, index, faults, changed, first_changed, *lengths = (
            _RECORD.unpack_from(data)
        )
        if ending >= len(_ENDINGS) or fault >= len(_FAULTS):
            raise Garbled("an ending or a fault that there is not")
        if _RECORD.size + sum(lengths) != len(data):
            raise Garbled("texts of other lengths than announced")
        limits = (MESSAGE_BYTES, EXCERPT_BYTES, PRINTED_BYTES)
        if any(length > limit for length, limit in zip(lengths, limits, strict=True)):
            raise Garbled("a text that is too long")
        message, excerpt, printed = _split(data[_RECORD.size :], lengths)
        return cls(
            ending=_ENDINGS[ending],
            fault=_FAULTS[fault],
            message=" ".join(_clean(message).split()),
            excerpt=_clean(excerpt),
            line=line if line >= 1 else None,
            fault_index=index if index >= 0 else None,
            faults=faults,
            changed=changed,
            first_changed=first_changed if first_changed >= 0 else None,
            printed=_clean(printed),
            printed_truncated=bool(truncated),
        )


def pack_limits(limits: Limits) -> bytes:
    """What a child may use, as the first thing that it is told."""
    return pack_question(asdict(limits))


def read_limits(receive: Callable[[int], bytearray]) -> Limits:
    """Read the limits in the child; `receive(n)` returns exactly n bytes."""
    return Limits(**read_question(receive)[0])


def pack_question(question: dict[str, Any], points: bytes | memoryview = b"") -> bytes:
    """A question as it is sent: at once, as each piece would wake the child."""
    text = json.dumps(question).encode()
    return b"".join((_QUESTION.pack(len(text), len(points)), text, points))


def read_question(receive: Callable[[int], bytearray]) -> tuple[dict[str, Any], bytearray]:
    """Read one question in the child; `receive(n)` returns exactly n bytes."""
    text_length, points_length = _QUESTION.unpack(receive(_QUESTION.size))
    question: dict[str, Any] = json.loads(receive(text_length))
    return question, receive(points_length)


def pack_answer(record: Record, values: memoryview | bytes = b"") -> list[bytes | memoryview]:
    """An answer as the pieces to send, one after the other."""
    packed = record.pack()
    return [_ANSWER.pack(_MARK, len(values), len(packed)), values, packed]


def read_answer(
    receive: Callable[[int], bytearray], *, value_bytes: int, may_decline: bool = False
) -> tuple[bytearray, Record]:
    """Read one answer; `receive(n)` returns exactly n bytes.

    Args:
        receive: how to read from the child.
        value_bytes: the size of the values where the child answers.
        may_decline: whether it may answer with no values.

    Raises:
        Garbled: anything but an answer of that size came.
    """
    mark, values_length, record_length = _ANSWER.unpack(receive(_ANSWER.size))
    if mark != _MARK or values_length not in (0, value_bytes) or record_length > RECORD_BYTES:
        raise Garbled("a header that is not one")
    values = receive(values_length)
    record = Record.unpack(bytes(receive(record_length)))
    if record.ending is None and values_length != value_bytes and not may_decline:
        raise Garbled("neither values nor an ending")
    return values, record


def _split(data: bytes, lengths: list[int]) -> list[str]:
    texts, start = [], 0
    for length in lengths:
        texts.append(data[start : start + length].decode("utf-8", "replace"))
        start += length
    return texts


def _clean(text: str) -> str:
    """Take out what could speak to a terminal or a page's layout: controls and format characters.

    Cc are the control characters (escape among them), Cf turn the direction of text, Cs are
    halves of surrogates, Co and Cn have no meaning of their own.
    """
    kept = (
        character
        if character in "\n\t" or not unicodedata.category(character).startswith("C")
        else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )
    return "".join(kept)


def _cut(text: str, limit: int) -> bytes:
    data = text.encode("utf-8", "replace")
    if len(data) <= limit:
        return data
    return data[:limit].decode("utf-8", "ignore").encode()


def _or_minus_one(number: int | None) -> int:
    return -1 if number is None else min(number, 2**31 - 1)
