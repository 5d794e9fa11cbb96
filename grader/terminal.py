"""Reports in the terminal, with colour where there is one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from exercises.outcome import SPENDS_NO_ATTEMPT, Verdict
from exercises.quiz.answers import ONE, WHOLE
from exercises.report import Finding, Printed, Report, Status
from grader.findings import together

_VERDICT_STYLE = {
    Verdict.PASSED: "bold green",
    Verdict.PARTIAL: "bold yellow",
    Verdict.FAILED: "bold red",
    Verdict.NOT_GRADABLE: "bold magenta",
    Verdict.INTERNAL_ERROR: "bold white on red",
}
#: A sign as well as a colour, for those who do not see the one.
_STATUS_SIGN = {
    Status.PASSED: ("✓", "green"),
    Status.PARTIAL: ("~", "yellow"),
    Status.FAILED: ("✗", "red"),
    Status.INCONCLUSIVE: ("?", "yellow"),
    Status.INFORMATIVE: ("i", "cyan"),
    Status.SKIPPED: ("–", "dim"),
}
#: Lines of the student's code shown around the one that is meant.
_CONTEXT = 1
#: Lines of what the submission printed.
_PRINTED_LINES = 12


class Terminal:
    """Writes for people: reports to standard output, complaints to standard error."""

    def __init__(self) -> None:
        self._out = Console(highlight=False, soft_wrap=False)
        self._err = Console(stderr=True, highlight=False)

    def report(self, name: str, source: bytes, report: Report) -> None:
        """Print one report: verdict and score first, then each finding with its line of code."""
        self._out.print(_headline(name, report))
        lines = source.decode("utf-8-sig", "replace").splitlines()
        for finding in together(report.findings):
            if finding.check == ONE:
                self._question(finding)
            else:
                self._finding(finding, lines)
        self._printed(report.printed)
        for figure in report.figures:
            self._out.print(Padding(Text(figure.alt, style="dim"), (0, 0, 0, 2)))
        if report.findings and report.findings[0].check == WHOLE:
            self._out.print()
            return  # a quiz has nothing that a seed would repeat, and costs no time
        usage = report.usage
        self._out.print(
            Padding(
                Text(
                    f"seed {report.seed} · {usage.cpu_seconds:.2f} s of processor time", style="dim"
                ),
                (0, 0, 1, 2),
            )
        )

    def receipt(
        self, name: str, source: bytes, findings: Sequence[Finding], printed: Printed
    ) -> None:
        """Print what is shown of a report whose grade is not shown yet."""
        self._out.print(Text.assemble((_printable(name), "bold"), "  handed in, not shown yet"))
        lines = source.decode("utf-8-sig", "replace").splitlines()
        for finding in findings:
            self._finding(finding, lines)
        self._printed(printed)

    def layers(self, found: Mapping[str, str]) -> None:
        """Print a table of the sandbox's layers: "" where one holds, else why it does not."""
        table = Table("layer", "tried here", title="The sandbox", title_justify="left")
        for layer, why in found.items():
            sign = Text("✓ holds", "green")
            if why:
                sign = Text.assemble(("– drops out here", "yellow"), f" because {_printable(why)}")
            table.add_row(layer, sign)
        self._out.print(table)

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print a table; on a narrow terminal its cells are broken into lines."""
        table = Table(*heads, box=None, pad_edge=False, header_style="dim")
        for row in rows:
            table.add_row(*(Text(_printable(cell), overflow="fold") for cell in row))
        self._out.print(table)

    def say(self, sentence: str) -> None:
        """Print a sentence on standard output."""
        self._out.print(Text(_printable(sentence)), soft_wrap=True)

    def complain(self, sentence: str) -> None:
        """Print a sentence on standard error."""
        self._err.print(Text(_printable(sentence)))

    def _printed(self, printed: Printed) -> None:
        if not printed.text:
            return
        lines = printed.text.rstrip("\n").split("\n")
        cut = printed.truncated or len(lines) > _PRINTED_LINES
        more = f", the first {min(len(lines), _PRINTED_LINES)} lines" if cut else ""
        self._out.print(Padding(Text(f"printed{more}:", style="dim"), (0, 0, 0, 2)))
        text = "\n".join(_printable(line) for line in lines[:_PRINTED_LINES])
        self._out.print(Padding(Text(text), (0, 0, 0, 4)))

    def _finding(self, finding: Finding, lines: list[str]) -> None:
        sign, style = _STATUS_SIGN[finding.status]
        earns = finding.max_points and finding.status is not Status.SKIPPED
        points = f" [{finding.points:g}/{finding.max_points:g}]" if earns else ""
        row = Table.grid(padding=(0, 1))
        row.add_row(
            Text(sign, style),
            Text.assemble((f"{finding.check}{points}: ", "bold"), _printable(finding.message)),
        )
        if finding.hint:
            row.add_row("", Text.assemble(("hint: ", "bold"), finding.hint))
        self._out.print(Padding(row, (0, 0, 0, 2)))
        excerpt = finding.evidence.get("excerpt")
        if isinstance(excerpt, str) and excerpt:  # with a caret under the column
            self._out.print(Padding(_with_caret(excerpt, finding.line), (0, 0, 0, 6)))
        elif finding.line is not None and finding.line <= len(lines):
            self._out.print(Padding(_excerpt(lines, finding.line), (0, 0, 0, 6)))

    def _question(self, finding: Finding) -> None:
        """A question, what was answered, whether that is right, and where to read on."""
        sign, style = _STATUS_SIGN[finding.status]
        points = f" [{finding.points:.3g}/{finding.max_points:.3g}]" if finding.max_points else ""
        name, text = finding.evidence.get("question"), finding.evidence.get("text")
        given, source = finding.evidence.get("given"), finding.evidence.get("source")
        row = Table.grid(padding=(0, 1))
        row.add_row(
            Text(sign, style), Text.assemble((f"{name}{points}: ", "bold"), _one_line(text))
        )
        if isinstance(given, dict):
            answer = _one_line(given.get("text") or given.get("id"))
            row.add_row("", Text.assemble(("your answer: ", "dim"), answer))
        row.add_row("", Text(_one_line(finding.message)))
        if source:
            row.add_row("", Text(_one_line(source), style="dim"))
        self._out.print(Padding(row, (0, 0, 0, 2)))


def _headline(name: str, report: Report) -> Text:
    verdict = report.verdict.replace("_", " ")
    score = f"  {report.score:g}/{report.max_score:g} points" if report.max_score else ""
    if score and report.verdict in SPENDS_NO_ATTEMPT:
        score = "  no score"
    outcome = "" if report.outcome == "completed" else f"  ({report.outcome.replace('_', ' ')})"
    return Text.assemble(
        (_printable(name), "bold"),
        "  ",
        (verdict, _VERDICT_STYLE[report.verdict]),
        score,
        outcome,
        (f"  {report.exercise}", "dim"),
    )


def _with_caret(excerpt: str, number: int | None) -> Text:
    """The line that is meant, with its number, and the caret below it."""
    first, *below = excerpt.split("\n")
    head = "" if number is None else f"> {number:>4} | "
    rows = [head + first, *(" " * len(head) + row for row in below)]
    return Text("\n".join(_printable(row) for row in rows), style="bold")


def _excerpt(lines: list[str], number: int) -> Text:
    first = max(1, number - _CONTEXT)
    last = min(len(lines), number + _CONTEXT)
    text = Text()
    for n in range(first, last + 1):
        marker = ">" if n == number else " "
        style = "bold" if n == number else "dim"
        text.append(f"{marker} {n:>4} | {_printable(lines[n - 1])[:160]}\n", style=style)
    text.rstrip()
    return text


def _one_line(text: object) -> str:
    return _printable(" ".join(str(text).split()))


def _printable(text: str) -> str:
    """The text without what would speak to the terminal instead of the reader."""
    return "".join(c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
