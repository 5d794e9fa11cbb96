"""Why the embedded service does not start: one sentence for the person at the terminal."""

from __future__ import annotations


class StartFailure(Exception):
    """The service cannot start; the message says why and what to do."""
