import pytest

from grader.api.http.prefer import WAIT_LIMIT_SECONDS, wait_seconds


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        ("wait=10", 10),
        ("WAIT=10", 10),
        ("respond-async, wait=10", 10),
        ("wait = 10", 10),
        ('wait="10"', 10),
        ("wait=10; foo=bar", 10),
        ("wait=007", 7),
        ("wait=3, wait=9", 3),
        ("handling=lenient,wait=5", 5),
        ("wait=31", WAIT_LIMIT_SECONDS),
        ("wait=" + "9" * 6000, WAIT_LIMIT_SECONDS),
    ],
)
def test_a_wait_is_read_and_capped(prefer: str, seconds: int) -> None:
    assert wait_seconds(prefer) == seconds


@pytest.mark.parametrize(
    "prefer",
    [None, "", "wait", "wait=", "wait=-1", "wait=1.5", "wait=٣", "wait=²", "wait=1e3", "waits=4",
     "return=minimal", ";;,,==", 'x="wait=5"', "wait=0"],
)  # fmt: skip
def test_what_is_malformed_is_ignored_as_rfc_7240_asks(prefer: str | None) -> None:
    assert wait_seconds(prefer) == 0
