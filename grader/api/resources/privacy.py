"""The resources of privacy: who is erased, which course is anonymised, and what was done."""

from __future__ import annotations

from pydantic import Field

from grader.api.resources.fields import Answer, Request, Text


class Erase(Request):
    """Who is to be erased, said once more."""

    confirm: Text = Field(max_length=200, description="The student's name.")


class Anonymise(Request):
    """Which course is to be anonymised, said once more, and what is kept of what people wrote."""

    confirm: Text = Field(max_length=200, description="The course's title.")
    keep_words: bool = Field(
        False, description="Keep comments, reasons, and the texts of reviews: they may name people."
    )
    keep_code_comments: bool = Field(
        False, description="Keep comments and docstrings in programs, and what these printed."
    )


class Anonymised(Answer):
    """What was done."""

    students: int = Field(description="How many students have no name any more.")
    accounts: int = Field(description="How many of their accounts are gone: no course knew them.")


class Erased(Answer):
    """What was taken away."""

    submissions: int
    account: bool = Field(description="Whether the account is gone: no other course knew it.")
