"""What an address asks of a page, read as the API reads it."""

from __future__ import annotations

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from grader.api.http.errors import refuse

Query = TypeVar("Query", bound=BaseModel)

#: What only a page understands.
_OF_PAGES = {"done"}


def read_query(kind: type[Query], **fixed: object) -> Query:
    """The parameters of a GET form: fields that were left empty are as good as left out.

    Args:
        kind: what they are read as.
        fixed: what the page itself says.

    Raises:
        RequestError: invalid.
    """
    sent = {name: value for name, value in request.args.items() if value and name not in _OF_PAGES}
    try:
        return kind.model_validate(sent | fixed)
    except ValidationError as error:
        refuse(error)
