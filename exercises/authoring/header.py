"""The header of a mistake: which verdict and which misconception its report must name."""

from __future__ import annotations

import difflib
import re
import tomllib

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from exercises.misconceptions import Misconception
from exercises.outcome import Verdict
from exercises.report import Finding, Report

_KEY = re.compile(r"# *[\w.-]+ *=")


class BrokenHeader(Exception):
    """A mistake does not say what is expected of it; the message says what to write."""


class Expectation(BaseModel):
    """What the report of a plausible wrong answer must say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: Verdict
    misconception: Misconception | None = Field(
        None, description="The name that a finding's evidence gives to the mistake."
    )
    finding: str | None = Field(None, description="The check that must find something wrong.")
    says: str | None = Field(None, description="Text that the finding's message must hold.")

    def unmet(self, report: Report) -> str | None:
        """What the report does not say and should, in a sentence; None where it says all."""
        if report.verdict is not self.verdict:
            return f"the verdict is {report.verdict}, not {self.verdict}{_score(report)}"
        found = [f for f in report.findings if self.finding in (None, f.check)]
        if not found:
            there = ", ".join(dict.fromkeys(finding.check for finding in report.findings))
            return f"there is no finding {self.finding}; there are {there}"
        if self.finding is not None and all(_content(finding) for finding in found):
            return f"{self.finding} finds nothing wrong"
        named = sorted({str(name) for f in found if (name := f.evidence.get("mistake"))})
        if self.misconception is not None and self.misconception not in named:
            what = ", ".join(named) or "nothing"
            return f"the misconception that is named is {what}, not {self.misconception}"
        messages = [finding.message for finding in found]
        if self.says is not None and not any(self.says in message for message in messages):
            return f'no message says "{self.says}"; there is: {" ".join(messages)}'
        return None


def read_header(source: str) -> Expectation:
    """Read the header: the comments `# key = value` at the top of a program, as TOML.

    Raises:
        BrokenHeader: there is none, or it does not fit.
    """
    lines = []
    for line in source.splitlines():
        if not _KEY.match(line):
            break
        lines.append(line.lstrip("# "))
    try:
        fields = tomllib.loads("\n".join(lines))
        if "verdict" not in fields:
            raise BrokenHeader('its first line must say the verdict, as # verdict = "failed" does')
        expected = Expectation.model_validate(fields)
    except tomllib.TOMLDecodeError as error:
        raise BrokenHeader(
            f'the comment at its top is not TOML, as # verdict = "failed" is: {error}'
        ) from error
    except ValidationError as error:
        detail = error.errors()[0]
        key = ".".join(str(part) for part in detail["loc"])
        raise BrokenHeader(f"{key}: {_complaint(key, detail)}") from error
    never = _never_named(expected)
    if never is not None:
        raise BrokenHeader(never)
    return expected


def _complaint(key: str, detail: ErrorDetails) -> str:
    """What is wrong with one key, and what to write."""
    if detail["type"] == "extra_forbidden":
        return f"there is no such key in a header: {', '.join(Expectation.model_fields)}"
    if key == "misconception":
        name = str(detail["input"])
        near = difflib.get_close_matches(name, list(Misconception), n=1, cutoff=0.6)
        meant = f"did you mean {near[0]}?" if near else "docs/authoring.md lists them"
        return f'there is no misconception "{name}"; {meant}'
    return detail["msg"].replace("Input should be", "it must be")


def _never_named(expected: Expectation) -> str | None:
    """Why no report can say what is expected, whatever the program does; None where one can."""
    named = expected.misconception
    if named is None or expected.finding is None or expected.finding in named.checks:
        return None
    by = " or ".join(named.checks)
    return f'misconception: "{named}" is a name that {by} gives, and {expected.finding} never does'


def _content(finding: Finding) -> bool:
    """Whether a finding found nothing to object to."""
    return finding.status in ("passed", "skipped")


def _score(report: Report) -> str:
    return f" (with {report.score:g} of {report.max_score:g} points)" if report.max_score else ""
