"""`grader check` and `grader plot` as a person at a terminal meets them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from exercises.catalog.reading import COURSE
from exercises.report import Report
from grader.cli import main
from tests.patience import PATIENCE_SECONDS

RIGHT = "import numpy as np\n\ndef f(z):\n    return 1 - 2 * z[::-1]\n"
NEAR = "def f(z):\n    return 1.5 * z + 1\n"
WRONG = "def f(z):\n    return 100 * z - 300\n"
LOOP = "def f(z):\n    while True:\n        pass\n"
GIANT = "import numpy as np\n\ndef f(z):\n    return np.ones(50 * 10**9 // 8)\n"
SYNTAX = "def f(z):\n    return (2 * z + 1\n"


def program(*arguments: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The command as a program of its own."""
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    return subprocess.run(
        command, input=stdin, capture_output=True, timeout=PATIENCE_SECONDS, check=False
    )


def grader(*arguments: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The same in this process, which has imported already what each program would import."""
    command = list(map(str, arguments))
    done = CliRunner().invoke(main, command, input=stdin)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(
        command, done.exit_code, done.stdout_bytes, done.stderr_bytes
    )


@pytest.fixture
def write(tmp_path: Path):
    def write(name: str, source: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(source if isinstance(source, bytes) else source.encode())
        return path

    return write


def test_all_passed_is_exit_code_0(write) -> None:
    done = program("check", write("right.py", RIGHT), "--exercise", "affine")
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode()
    assert "passed" in text
    assert "10/10" in text
    assert "seed" in text


@pytest.fixture
def impatient(tmp_path: Path) -> Path:
    """A folder of exercises with one that is affine, but soon at the end of its patience."""
    folder = Path(shutil.copytree(COURSE / "affine", tmp_path / "exercises" / "affine"))
    with (folder / "exercise.toml").open("a") as file:
        file.write("\n[limits]\ncpu_seconds = 2.0\n")
    return folder.parent


def test_some_not_passed_is_exit_code_1_and_json_has_one_report_a_line_in_order(
    write, impatient: Path
) -> None:
    sources = {"a": RIGHT, "b": WRONG, "c": GIANT, "d": SYNTAX, "e": NEAR, "f": LOOP}
    files = [write(f"{name}.py", source) for name, source in sources.items()]
    which = ("--exercise", "affine", "--exercises", impatient)
    done = program("check", *files, *which, "--json", "--seed", "11")
    assert done.returncode == 1
    reports = [Report.model_validate_json(line) for line in done.stdout.splitlines()]
    assert [(r.verdict.value, r.outcome.value) for r in reports] == [
        ("passed", "completed"),
        ("failed", "completed"),
        ("failed", "memory_limit"),
        ("not_gradable", "syntax_error"),
        ("partial", "completed"),
        ("failed", "cpu_limit"),
    ]
    assert {r.seed for r in reports} == {11}
    assert 0 < reports[4].score < 10
    assert any(finding.line == 2 for finding in reports[3].findings)


def test_a_file_that_cannot_be_read_is_exit_code_2_and_the_others_are_graded(write) -> None:
    done = grader("check", "/no/such/file.py", write("f.py", RIGHT), "--json")
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 1
    assert b"/no/such/file.py can't be read" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check"], "Missing argument"),
        (["check", "-", "--exercise", "nope"], "affine"),
        (["check", "-", "--seed", "-1"], "--seed"),
        (["check", "-", "-", "--plot", "x.png"], "one FILE"),
        (["check", "-", "--exercises", "/no/such/folder"], "does not exist"),
        (["check", "-", "--plot", "x.jpg"], "end in .png or .svg"),
        (["plot", "-"], "--output"),
        (["plot", "-", "-o", "x.pdf"], "end in .png or .svg"),
    ],
)
def test_wrong_usage_is_exit_code_2_and_says_what_to_do(arguments: list[str], words: str) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert words in done.stderr


UNGRADABLE = {
    "empty": (b"", "empty"),
    "blank": (b" \n\t\n", "empty"),
    "utf-16": (b"\xff\xfe\x00d", "UTF-8"),
    "latin-1": (b"x = 1\ny = '\xe9'\n", "line 2"),
    "nul": (b"x = 1\n\x00", "NUL"),
    "too-long": (b"x = 1  # " + b"a" * 70_000, "65,536"),
    "a-picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "UTF-8"),
    "no-f": (b"g = 1\n", "no function named f"),
}


def test_every_readable_file_yields_a_report_whatever_its_bytes(write) -> None:
    files = [write(f"{name}.py", content) for name, (content, _) in UNGRADABLE.items()]
    done = grader("check", *files, "--json")
    assert done.returncode == 1
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(reports) == len(UNGRADABLE)
    for report, (_, words) in zip(reports, UNGRADABLE.values(), strict=True):
        assert report["verdict"] == "not_gradable"
        assert words in " ".join(finding["message"] for finding in report["findings"])


def test_a_byte_order_mark_and_windows_line_ends_are_fine(write) -> None:
    done = grader("check", write("f.py", b"\xef\xbb\xbfdef f(z):\r\n    return z\r\n"))
    assert done.returncode == 0, done.stdout


def test_standard_input_and_the_plot(tmp_path: Path) -> None:
    for name, magic in (("out.png", b"\x89PNG"), ("out.svg", b"<svg")):
        done = program("check", "-", "--plot", tmp_path / name, stdin=RIGHT.encode())
        assert done.returncode == 0, done.stderr
        assert (tmp_path / name).read_bytes().startswith(magic)


def test_plot_draws_and_repeats_itself_with_a_seed(write, tmp_path: Path) -> None:
    file = write("f.py", RIGHT)
    for name in ("one.png", "two.png"):
        assert grader("plot", file, "-o", tmp_path / name, "--seed", "3").returncode == 0
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


def test_plot_tells_the_seed_that_draws_the_same_again(write, tmp_path: Path) -> None:
    file = write(
        "f.py", "import numpy as np\nW = np.random.randn(2, 2)\ndef f(z):\n    return W @ z\n"
    )
    told = grader("plot", file, "-o", tmp_path / "one.png").stdout.decode()
    (seed,) = re.findall(r"--seed (\d+)", told)
    grader("plot", file, "-o", tmp_path / "two.png", "--seed", seed)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


def test_plot_of_a_function_that_fails_prints_its_report(write, tmp_path: Path) -> None:
    done = grader("plot", write("f.py", SYNTAX), "-o", tmp_path / "x.png")
    assert done.returncode == 1
    assert b"never closed" in done.stdout
    assert not (tmp_path / "x.png").exists()


def test_a_grade_repeats_from_its_seed(write) -> None:
    file = write("f.py", NEAR)
    first = json.loads(grader("check", file, "--exercise", "affine", "--json").stdout)
    seed = str(first["seed"])
    again = json.loads(
        grader("check", file, "--exercise", "affine", "--json", "--seed", seed).stdout
    )
    for report in (first, again):
        del report["usage"]
    assert first == again


def test_what_is_not_gradable_has_no_score_and_its_line_has_number_and_caret(write) -> None:
    text = grader("check", write("f.py", SYNTAX), "--exercise", "affine").stdout.decode()
    assert "no score" in text
    assert "0/10" not in text
    rows = [row.rstrip() for row in text.splitlines()]
    (at,) = [n for n, row in enumerate(rows) if "return (2 * z + 1" in row]
    assert rows[at].lstrip().startswith(">    2 | ")
    assert rows[at + 1].index("^") == rows[at].index("(")
    # The checks that were skipped are one entry.
    assert text.count("Not checked") == 1
    assert "shape, finite, purity, invertibility, law:" in text


def test_hostile_text_does_not_speak_to_the_terminal(write) -> None:
    source = "print('\\x1b[31mred\\x07')\ndef f(z):\n    raise ValueError('\\x1b]0;title\\x07')\n"
    done = grader("check", write("f.py", source))
    assert done.returncode == 1
    assert b"\x1b" not in done.stdout
    assert b"\x07" not in done.stdout


def test_doctor_names_the_layers() -> None:
    done = program("doctor")
    assert done.returncode == 0
    for layer in (b"seccomp", b"rlimits", b"no_new_privs", b"language"):
        assert layer in done.stdout
