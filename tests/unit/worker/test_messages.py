from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.outcome import Outcome, Verdict
from exercises.report import Printed, Report
from worker.broker import celery_url
from worker.messages import (
    Began,
    Failed,
    Finished,
    GradingJob,
    MalformedNewsError,
    decode,
    encode,
)

GONE = Failed("s", 1, "w", "another version is here", unavailable=True)
PLAIN = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def report(printed: str) -> Report:
    return Report(
        exercise="affine",
        exercise_version="v",
        verdict=Verdict.PASSED,
        outcome=Outcome.COMPLETED,
        score=1,
        max_score=1,
        findings=[],
        printed=Printed(text=printed),
        seed=2**53 - 1,
        samples=0,
        layers=[],
    )


@given(PLAIN, PLAIN, st.binary(max_size=50))
def test_a_report_and_its_files_arrive_as_they_were_sent(
    printed: str, name: str, content: bytes
) -> None:
    news = Finished("s", 3, "w", report(printed), {name: content})
    assert decode(encode(news)) == news


def test_small_news_arrives_as_it_was_sent() -> None:
    for news in (
        Began("s", 1, "w"),
        Failed("s", 2, "w", "why"),
        Failed("s", 1, "w", "", True),
        GONE,
    ):
        assert decode(encode(news)) == news


def test_a_problem_of_any_text_can_be_stored() -> None:
    assert decode(encode(Failed("s", 1, "w", "a\0b \ud800"))).problem == "a\ufffdb ?"


@given(st.dictionaries(st.binary(max_size=12), st.binary(max_size=12)))
def test_what_is_no_news_is_refused(fields: dict[bytes, bytes]) -> None:
    with pytest.raises(MalformedNewsError):
        decode(fields)


@pytest.mark.parametrize(
    "change",
    [
        {b"kind": b"praise"},
        {b"attempt": b"first"},
        {b"report": b"{}"},
        {b"report": b'{"score": NaN}'},
        {b"submission": b"\xff"},
        {b"file:\xff": b""},
    ],
)
def test_news_with_a_broken_field_is_refused(change: dict[bytes, bytes]) -> None:
    with pytest.raises(MalformedNewsError):
        decode(encode(Finished("s", 1, "w", report(""))) | change)


def test_an_assignment_is_all_that_a_worker_needs() -> None:
    job = GradingJob("s", 1, "θ\0", "affine", "v", 7)
    assert GradingJob(**job.to_json()) == job


def test_celery_finds_the_socket_that_we_mean() -> None:
    assert celery_url("unix:///var/a%20b.sock?db=2") == (
        "redis+socket:///var/a%20b.sock?virtual_host=2"
    )
    assert celery_url("redis://queue:6379/1") == "redis://queue:6379/1"
