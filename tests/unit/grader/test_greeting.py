"""What `grader serve` says once it serves."""

from __future__ import annotations

from grader.embedded.service import greeting

ADDRESS = "http://127.0.0.1:8000"


def test_it_says_how_to_send_an_f_from_here() -> None:
    said = greeting(ADDRESS, 1.25, demo=True)
    assert f"serves on {ADDRESS} (ready after 1.2 s" in said
    assert f"curl -s {ADDRESS}/api/v1/submissions" in said
    assert '{"source": "def f(z):\\n    return 2 * z + 1"}' in said
    assert "Content-Type: application/json' \\\n" in said


def test_where_everybody_signs_in_it_suggests_nothing_that_is_refused() -> None:
    said = greeting(ADDRESS, 1.25, demo=False)
    assert f"serves on {ADDRESS} " in said
    assert "curl" not in said
    assert "grader courses --help" in said
