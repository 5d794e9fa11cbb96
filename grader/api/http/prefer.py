"""Reads the Prefer header (RFC 7240): how long a client is willing to wait for the answer."""

from __future__ import annotations

from werkzeug.http import parse_list_header, unquote_header_value

#: The longest wait that is granted, in seconds: a wait holds a thread of the web server.
WAIT_LIMIT_SECONDS = 30


def wait_seconds(prefer: str | None) -> int:
    """The seconds that a Prefer header asks to wait, at most WAIT_LIMIT_SECONDS; 0 for none.

    A preference that is unknown or malformed is ignored, as RFC 7240, section 2, asks; of several
    `wait` the first counts.
    """
    for preference in parse_list_header(prefer or ""):
        # Parameters of a preference come after a semicolon; `wait` has none.
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "wait":
            return _seconds(unquote_header_value(value.strip()))
    return 0


def _seconds(text: str) -> int:
    """Delay-seconds of RFC 9110: ASCII digits only, so that neither -1 nor ٣ is a number."""
    if not (text.isascii() and text.isdigit()):
        return 0
    # Nine digits are over the limit anyway, and int() refuses 5,000 of them.
    return min(int(text.lstrip("0")[:9] or "0"), WAIT_LIMIT_SECONDS)
