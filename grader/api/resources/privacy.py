"""The resources of privacy: what is erased, and what was."""

from __future__ import annotations

from pydantic import Field

from grader.api.resources.fields import Answer, Request, Text


class Erase(Request):
    """Who is to be erased, said once more."""

    confirm: Text = Field(max_length=200, description="The student's name.")


class Erased(Answer):
    """What was taken away."""

    submissions: int
    account: bool = Field(description="Whether the account is gone: no other course knew it.")
