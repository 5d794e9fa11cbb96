"""Streams of previews in a real Valkey: only the newest job counts, and nobody fills the queue."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest
from redis import Redis

from tests.patience import PATIENCE_SECONDS
from worker import live_streams
from worker.channel import connect, preview
from worker.live_streams import LiveJob, LiveState, LiveStreams, Put

JOB = LiveJob(
    id="",
    owner="",
    stream="editor-1",
    number=1,
    source="def f(z): return 'θ\0'",
    exercise="affine",
    exercise_version="v",
    seed=2**53 + 5,
)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take longer for what follows than a student would wait."""
    monkeypatch.setattr(live_streams, "_WAIT_SECONDS", 600)
    monkeypatch.setattr(live_streams, "_RUN_SECONDS", 600)


@pytest.fixture
def redis(broker: str) -> Iterator[Redis]:
    with connect(broker) as client:
        yield client


@pytest.fixture
def streams(redis: Redis) -> LiveStreams:
    return LiveStreams(redis)


@pytest.fixture
def owner() -> str:
    return secrets.token_hex(8)


def job(owner: str, number: int = 1, stream: str = "editor-1") -> LiveJob:
    return replace(JOB, id=secrets.token_urlsafe(8), owner=owner, number=number, stream=stream)


def state(streams: LiveStreams, one: LiveJob) -> LiveState | None:
    found = streams.look(one.id)
    return None if found is None else found.state


def test_a_job_goes_its_way(streams: LiveStreams, owner: str) -> None:
    one = job(owner)
    assert streams.put(one) is Put.SEND
    assert state(streams, one) is LiveState.WAITING
    assert streams.take(owner, one.stream) == one
    assert state(streams, one) is LiveState.RUNNING
    assert streams.is_wanted(one)
    streams.finish(one, '{"θ": 1}')
    found = streams.look(one.id)
    assert found is not None
    assert (found.state, found.result, found.number) == (LiveState.READY, '{"θ": 1}', 1)
    assert streams.take(owner, one.stream) is None, "it is run once"


def test_a_newer_one_supersedes_what_waits_and_what_runs(streams: LiveStreams, owner: str) -> None:
    first, second, third = (job(owner, number) for number in (1, 2, 3))
    assert streams.put(first) is Put.SEND
    assert streams.put(second) is Put.QUEUED, "one message of a stream is enough"
    assert state(streams, first) is LiveState.SUPERSEDED
    assert streams.take(owner, first.stream) == second, "whoever takes it gets the newest"
    assert streams.put(third) is Put.SEND
    assert not streams.is_wanted(second)
    streams.finish(second, "{}")
    assert state(streams, second) is LiveState.SUPERSEDED, "its result is of no use"
    assert streams.take(owner, first.stream) == third
    assert streams.is_wanted(third)


def test_an_older_one_that_comes_late_changes_nothing(streams: LiveStreams, owner: str) -> None:
    newest, late = job(owner, 10), job(owner, 9)
    streams.put(newest)
    assert streams.put(late) is Put.SUPERSEDED
    assert state(streams, late) is LiveState.SUPERSEDED
    assert streams.take(owner, newest.stream) == newest


def test_the_same_number_may_be_sent_again_as_after_a_lost_answer(
    streams: LiveStreams, owner: str
) -> None:
    first, again = job(owner, 4), job(owner, 4)
    streams.put(first)
    assert streams.put(again) is Put.QUEUED
    assert state(streams, first) is LiveState.SUPERSEDED
    assert streams.take(owner, first.stream) == again


def test_an_owner_has_two_streams_under_way_and_others_are_not_touched(
    streams: LiveStreams, owner: str
) -> None:
    names = ["tab-one-1", "tab-two-2", "tab-three"]
    one, two, three = (job(owner, stream=name) for name in names)
    assert streams.put(one) is Put.SEND
    assert streams.put(two) is Put.SEND
    assert streams.put(three) is Put.BUSY
    assert state(streams, three) is None, "what is refused leaves no trace"
    assert streams.put(job(owner, 2, names[0])) is Put.QUEUED, "an edit is never too many"
    assert streams.put(job(owner + "x", stream=names[2])) is Put.SEND
    taken = streams.take(owner, names[1])
    assert taken is not None
    streams.fail(taken, "It broke.")
    assert streams.put(three) is Put.SEND
    found = streams.look(two.id)
    assert found is not None
    assert (found.state, found.problem) == (LiveState.FAILED, "It broke.")


def test_what_a_superseded_one_does_last_does_not_free_its_streams_place(
    streams: LiveStreams, owner: str
) -> None:
    older, newer = job(owner, 1, "tab-one-1"), job(owner, 2, "tab-one-1")
    streams.put(older)
    streams.take(owner, older.stream)
    streams.put(newer)
    streams.put(job(owner, 1, "tab-two-2"))
    streams.finish(older, "{}")
    assert streams.put(job(owner, 1, "tab-three")) is Put.BUSY


def test_a_message_that_was_lost_is_sent_again(
    streams: LiveStreams, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert streams.put(job(owner, 1)) is Put.SEND
    monkeypatch.setattr(live_streams, "_WAIT_SECONDS", 0)
    assert streams.put(job(owner, 2)) is Put.SEND


def test_what_nobody_takes_or_finishes_has_failed_and_is_forgotten(
    streams: LiveStreams, redis: Redis, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = job(owner)
    streams.put(one)
    monkeypatch.setattr(live_streams, "_WAIT_SECONDS", -1)
    assert state(streams, one) is LiveState.FAILED
    assert streams.take(owner, one.stream) == one
    assert state(streams, one) is LiveState.RUNNING
    monkeypatch.setattr(live_streams, "_RUN_SECONDS", -1)
    found = streams.look(one.id)
    assert found is not None
    assert found.state is LiveState.FAILED
    assert "again" in found.problem
    assert 0 < redis.ttl(preview(one.id)) <= 60
    keys = list(redis.scan_iter(match=f"*{owner}*"))
    assert len(keys) == 2
    assert all(0 < redis.ttl(key) <= 60 for key in keys), "nothing stays"


def test_there_is_none_of_an_id_that_was_never_given(streams: LiveStreams) -> None:
    assert streams.look("nobody") is None


def test_whoever_listens_hears_that_a_preview_is_over(
    streams: LiveStreams, redis: Redis, owner: str
) -> None:
    one, newer = job(owner, 1), job(owner, 2)
    with redis.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(preview(one.id), preview(newer.id))
        for _ in range(2):  # that it listens, each time
            assert channel.get_message(timeout=PATIENCE_SECONDS) is None
        streams.put(one)
        streams.take(owner, one.stream)
        assert channel.get_message(timeout=0.05) is None
        streams.put(newer)
        heard = channel.get_message(timeout=PATIENCE_SECONDS)
        assert heard is not None
        assert heard["channel"].decode() == preview(one.id)
        streams.take(owner, one.stream)
        streams.finish(newer, "{}")
        heard = channel.get_message(timeout=PATIENCE_SECONDS)
        assert heard is not None
        assert heard["channel"].decode() == preview(newer.id)
