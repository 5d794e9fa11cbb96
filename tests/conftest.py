"""What every test may ask for, and the promise that none is skipped where that counts."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# What takes long to import is imported where it is asked for: a test of one file starts at once.
if TYPE_CHECKING:
    from worker.sandbox.sandbox import Sandbox


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--forbid-skips", action="store_true", help="Fail when a test is skipped or xfailed."
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and item.config.getoption("--forbid-skips"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and nothing may be skipped here"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself: none of its tests is there to be skipped."""
    report = yield
    if report.skipped and collector.config.getoption("--forbid-skips"):
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped, and nothing may be skipped here"
    return report


@pytest.fixture(scope="session")
def small_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exercises of tests/data/course, with all that is built from their files."""
    from exercises.tables.building import build_tables

    folder = tmp_path_factory.mktemp("small") / "course"
    shutil.copytree(Path(__file__).parent / "data" / "course", folder)
    for exercise in folder.iterdir():
        build_tables(exercise)
    return folder


@pytest.fixture(scope="session", autouse=True)
def patient_sandbox() -> Iterator[None]:
    """Tests choose short wall limits to be quick, and a busy machine is no failure of theirs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("worker.sandbox.channel._OVERLOAD", 10_000)
        yield


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One real sandbox for all tests: each submission has processes of its own anyway."""
    from worker.sandbox.sandbox import Sandbox

    with Sandbox() as shared:
        yield shared
