"""Whose previews these are: what one owner may have under way at once is bounded."""

from __future__ import annotations

import hashlib

from flask import current_app, request

from grader.access.principal import principal


def owner() -> str:
    """Who asks, as a digest: the person who has signed in, else the address that it comes from."""
    # Without this extension nobody can be known.
    who = principal() if "identify" in current_app.extensions else None
    if who is not None and who.id is not None and not who.is_demo:
        name = f"person/{who.id}"
    else:
        name = f"address/{request.remote_addr}"
    return hashlib.sha256(name.encode()).hexdigest()[:32]
