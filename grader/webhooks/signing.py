"""Signs deliveries as https://www.standardwebhooks.com has it, so that receivers can check them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

_PREFIX = "whsec_"
#: The standard asks for 24 to 64.
_SECRET_BYTES = 32


def new_secret() -> str:
    """A fresh secret, as it is shown: whsec_ and 32 random bytes in base64."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signature(secret: str, id_: str, timestamp: int, body: bytes) -> str:
    """The signature of one secret: v1, and HMAC-SHA256 of `id.timestamp.body` in base64.

    Args:
        secret: as `new_secret` gives it.
        id_: of the event; it holds no full stop.
        timestamp: of this try, in seconds of Unix time.
        body: the bytes that are sent.
    """
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    digest = hmac.digest(key, f"{id_}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def signed_headers(
    keys: Iterable[str], id_: str, timestamp: int, body: bytes
) -> list[tuple[str, str]]:
    """The three headers of a delivery, with a signature of each secret that holds now."""
    signatures = " ".join(signature(key, id_, timestamp, body) for key in keys)
    return [
        ("webhook-id", id_),
        ("webhook-timestamp", str(timestamp)),
        ("webhook-signature", signatures),
    ]
