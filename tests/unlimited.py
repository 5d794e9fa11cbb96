"""Settings of a service that may be asked more in a minute than people ask."""

from __future__ import annotations

#: As fields of `Settings`.
UNLIMITED = {
    "rate_submissions": 0,
    "rate_platform_submissions": 0,
    "rate_previews": 0,
    "rate_requests": 0,
}
#: As variables of the environment.
UNLIMITED_VARIABLES = {f"GRADER_{name.upper()}": str(rate) for name, rate in UNLIMITED.items()}
