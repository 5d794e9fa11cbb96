"""Paths to lead back to: of this service only, whatever a request names."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import request

#: One slash and no second one: // begins another host, and browsers take \ for /. No control
#: characters either, for browsers leave out tabs and line breaks before they read an address.
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]{0,2000}")


def local_path(text: str | None) -> str | None:
    """The text where it is a path of this service, with its query; None where it is not."""
    return text if text is not None and _LOCAL.fullmatch(text) else None


def this_page() -> str | None:
    """The path to come back to after signing in: this page, or the one whose form was sent."""
    if request.method in {"GET", "HEAD"}:
        return local_path(request.full_path.rstrip("?"))
    came = urlsplit(request.referrer or "")
    if came.netloc != request.host:
        return None
    return local_path(f"{came.path}?{came.query}" if came.query else came.path)
