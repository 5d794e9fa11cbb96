"""Signatures and patience: what the standard for webhooks asks for, and the plan of the tries."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from grader.webhooks.patience import AGAIN_AFTER, GIVE_UP_AFTER, next_try
from grader.webhooks.signing import new_secret, signature, signed_headers

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def test_a_signature_is_that_of_the_standards_own_library() -> None:
    """A vector that standardwebhooks 1.0 for Python gives, which we do not use."""
    made = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def by_hand(secret: str, content: bytes) -> str:
    """HMAC by its definition, RFC 2104."""
    key = base64.b64decode(secret.partition("_")[2]).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + content).digest()
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).digest()
    return f"v1,{base64.b64encode(outer).decode()}"


def test_each_secret_that_holds_signs_id_time_and_body() -> None:
    new, old = new_secret(), new_secret()
    headers = dict(signed_headers((new, old), "01abc", 1_800_000_000, '{"ä":1}'.encode()))
    content = '01abc.1800000000.{"ä":1}'.encode()
    assert headers == {
        "webhook-id": "01abc",
        "webhook-timestamp": "1800000000",
        "webhook-signature": f"{by_hand(new, content)} {by_hand(old, content)}",
    }


def test_a_secret_is_fresh_and_as_long_as_the_standard_asks() -> None:
    one, other = new_secret(), new_secret()
    assert one != other
    assert one.startswith("whsec_")
    assert 24 <= len(base64.b64decode(one.removeprefix("whsec_"), validate=True)) <= 64


def test_the_tries_come_at_growing_distances_and_end_after_a_week() -> None:
    now, tries, pauses = NOW, 0, []
    while True:
        tries += 1
        again = next_try(tries, begun_at=NOW, now=now, chance=0.5)
        if again is None:
            break
        pauses.append(again - now)
        now = again
    assert tuple(pauses[: len(AGAIN_AFTER)]) == AGAIN_AFTER
    assert pauses == sorted(pauses)
    assert NOW + GIVE_UP_AFTER - timedelta(days=2) < now <= NOW + GIVE_UP_AFTER
    assert 10 < tries < 20


@pytest.mark.parametrize(("chance", "share"), [(0.0, 0.8), (0.5, 1.0), (0.999, 1.2)])
def test_chance_spreads_the_tries(chance: float, share: float) -> None:
    again = next_try(3, begun_at=NOW, now=NOW, chance=chance)
    assert again is not None
    assert (again - NOW) / AGAIN_AFTER[2] == pytest.approx(share, rel=1e-3)


def test_a_receiver_can_ask_for_a_longer_pause_of_a_day_at_most() -> None:
    def pause(asked: timedelta) -> timedelta:
        again = next_try(1, begun_at=NOW, now=NOW, chance=0.5, asked=asked)
        assert again is not None
        return again - NOW

    assert pause(timedelta(minutes=3)) == timedelta(minutes=3)
    assert pause(timedelta(seconds=1)) == AGAIN_AFTER[0]
    assert pause(timedelta(days=400)) == timedelta(days=1)
