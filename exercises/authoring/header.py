"""The header of a mistake: which verdict and which misconception its report must name."""

from __future__ import annotations

import re
import tomllib

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from exercises.outcome import Verdict
from exercises.report import Finding, Report

_KEY = re.compile(r"# *[\w.-]+ *=")


class BrokenHeader(Exception):
    """A mistake does not say what is expected of it; the message says what to write."""


class Expectation(BaseModel):
    """What the report of a plausible wrong answer must say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: Verdict
    misconception: str | None = Field(
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
            return f"there is no finding {self.finding}"
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
        return Expectation.model_validate(fields)
    except tomllib.TOMLDecodeError as error:
        raise BrokenHeader(f"the comment at its top is not TOML: {error}") from error
    except ValidationError as error:
        detail = error.errors()[0]
        key = ".".join(str(part) for part in detail["loc"])
        if detail["type"] == "extra_forbidden":
            known = ", ".join(Expectation.model_fields)
            raise BrokenHeader(f"{key}: there is no such key in a header: {known}") from error
        said = detail["msg"].replace("Input should be", "it must be")
        raise BrokenHeader(f"{key}: {said}") from error


def _content(finding: Finding) -> bool:
    """Whether a finding found nothing to object to."""
    return finding.status in ("passed", "skipped")


def _score(report: Report) -> str:
    return f" (with {report.score:g} of {report.max_score:g} points)" if report.max_score else ""
