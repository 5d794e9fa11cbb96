"""What every test may ask for, and the promise that none is skipped where that counts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

# What takes long to import is imported where it is asked for: a test of one file starts at once.
if TYPE_CHECKING:
    from tests.whole_service import WholeService
    from worker.sandbox.sandbox import Sandbox


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--forbid-skips", action="store_true", help="Fail when a test is skipped or xfailed."
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    from tests.distribution import processes

    return processes()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """How `make test` distributes files; another --dist is pytest-xdist's own."""
    if config.getoption("dist") != "loadfile":
        return None
    from tests.distribution import Distribution

    return Distribution(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Let each process of pytest-xdist begin with other files when all of them are collected."""
    config = session.config
    if hasattr(config, "workerinput") and config.args == config.getini("testpaths"):
        from tests.distribution import from_another_place

        number = int(config.workerinput["workerid"].removeprefix("gw"))
        place = number / config.workerinput["workercount"]
        config.args = from_another_place(sorted(map(str, Path("tests").rglob("test_*.py"))), place)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path) -> None:
    """Before a module is read whose tests draw examples, let them draw the same ones each time.

    A fault that a rare draw finds is no reason to refuse what did not bring it: who looks for those
    sets FRESH_DRAWS. And what a busy machine takes for an example is no fault of it.
    """
    if "hypothesis" in module_path.read_text(encoding="utf-8"):
        from hypothesis import settings

        is_same = not os.environ.get("FRESH_DRAWS")
        settings.register_profile("ours", derandomize=is_same, deadline=None, database=None)
        settings.load_profile("ours")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):  # in a process of pytest-xdist
        from tests.distribution import turn

        items.sort(key=lambda item: turn(item.nodeid.partition("::")[0]))


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


@pytest.fixture(scope="session")
def course_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeService]:
    """The whole service on the course, started as a user starts it. Its demo student is shared."""
    from tests.whole_service import serving

    with serving(tmp_path_factory.mktemp("course")) as service:
        yield service


@pytest.fixture(scope="session")
def small_service(
    tmp_path_factory: pytest.TempPathFactory, small_course: Path
) -> Iterator[WholeService]:
    """The same with the exercises of tests/data/course."""
    from tests.whole_service import serving

    folder = tmp_path_factory.mktemp("small-service")
    with serving(folder, GRADER_EXERCISES_DIR=str(small_course)) as service:
        yield service


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
