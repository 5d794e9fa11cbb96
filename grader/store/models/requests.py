"""The table of requests that carried a key: what was answered, for whoever asks again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.models.base import Id, Instant, Table


class RequestRow(Table):
    """One request under its key, written in the transaction of what it did."""

    __tablename__ = "requests"
    __table_args__ = (Index(None, "at"),)

    #: The id of the person, or of the access token, whose key it is.
    owner: Mapped[str] = mapped_column(Id, primary_key=True)
    #: The SHA-256 of the key: clients may write names into theirs.
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: The SHA-256 of what was asked: method, address and body.
    fingerprint: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    #: The answer.
    status: Mapped[int]
    #: A JSON object.
    headers: Mapped[str] = mapped_column(Text)
    #: None: it held a secret, of which nothing is kept.
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
