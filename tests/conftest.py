"""What every test may ask for, and the promise that none is skipped where that counts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from exercises.tables.building import build_tables
from worker.sandbox.sandbox import Sandbox


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--forbid-skips", action="store_true", help="Fail when a test is skipped or xfailed."
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[pytest.TestReport]:
    report = yield
    if report.skipped and item.config.getoption("--forbid-skips"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and nothing may be skipped here"
    return report


@pytest.fixture(scope="session")
def small_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exercises of tests/data/course, with all that is built from their files."""
    folder = tmp_path_factory.mktemp("small") / "course"
    shutil.copytree(Path(__file__).parent / "data" / "course", folder)
    for exercise in folder.iterdir():
        build_tables(exercise)
    return folder


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One real sandbox for all tests: each submission has processes of its own anyway."""
    with Sandbox() as shared:
        yield shared
