"""The list of what student code may use is the sandbox's own, on the site and in the documents."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from grader.student_code import markdown, sections
from worker.sandbox.allowed import allowed

DOC = Path(__file__).parents[3] / "docs" / "student-code.md"


def test_the_document_is_what_the_command_prints() -> None:
    written, printed = (text.split("## Modules") for text in (DOC.read_text(), markdown()))
    assert written[0] == printed[0], "run: .venv/bin/grader allowed > docs/student-code.md"
    rest = [text[1].split("## Not available") for text in (written, printed)]
    assert rest[0][1] == rest[1][1]
    # The members of modules are those of Python 3.11, with which the document is made.
    modules = [re.findall(r"^- \*\*(.+?)\*\*", text[0], re.MULTILINE) for text in rest]
    assert modules[0] == modules[1]
    assert rest[0][0] == rest[1][0] or sys.version_info[:2] != (3, 11)


def test_every_row_of_the_sandbox_is_on_the_help_page(service: Any) -> None:
    answer = service.client.get("/help")
    assert answer.status_code == 200
    rows = [row for section in sections() for row in section.rows]
    assert rows == [(row.name, row.text) for row in allowed()]
    for name, _ in rows:
        assert name.split("<")[0].split('"')[0] in answer.text
