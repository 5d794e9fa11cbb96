from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from exercises.catalog.reading import COURSE
from grader.settings import Settings
from worker.environment import PREFIX
from worker.sandbox.limits import Limits
from worker.settings import WorkerSettings

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")


def variables(kind: type) -> set[str]:
    return {PREFIX + field.name.upper() for field in fields(kind)}


def rows() -> dict[str, tuple[set[str], str]]:
    """Of each variable in the page's table of settings: who reads it, and its default."""
    section = PAGE.partition("## Settings\n")[2].partition("\n## ")[0]
    found = re.findall(r"^\| `(GRADER_\w+)` \| ([^|]+) \| ([^|]+) \| [^|]+ \|$", section, re.M)
    assert len({name for name, _, _ in found}) == len(found)
    return {name: (set(who.split(", ")), default) for name, who, default in found}


def service(name: str) -> str:
    """The lines of one service in the compose file."""
    services = COMPOSE.partition("\nservices:\n")[2].partition("\nnetworks:\n")[0]
    return re.split(r"^  (?=\w)", services.partition(f"  {name}:\n")[2], flags=re.M)[0]


def test_the_page_names_every_setting_and_who_reads_it() -> None:
    table = rows()
    assert set(table) == variables(Settings) | variables(WorkerSettings)
    assert {n for n, (who, _) in table.items() if "service" in who} == variables(Settings)
    assert {n for n, (who, _) in table.items() if "worker" in who} == variables(WorkerSettings)


@pytest.mark.parametrize("field", fields(Settings), ids=lambda field: field.name)
def test_the_page_gives_each_settings_default(field: object) -> None:
    name, default = field.name, field.default  # type: ignore[attr-defined]
    said = rows()[PREFIX + name.upper()][1]
    if default == COURSE:
        assert said == "the built-in course"
    else:
        assert said == (f"`{default}`" if default not in ("", (), None) else "none")


def test_the_page_gives_the_commands_that_compose_runs() -> None:
    commands = {
        "migrate": "grader migrate",
        "web": "gunicorn --config python:grader.embedded.gunicorn_config --bind ",
        "dispatch": "grader dispatch",
        "worker": "celery --quiet -A worker.app worker --loglevel ",
        "live": "celery --quiet -A worker.live worker --loglevel ",
    }
    for name, command in commands.items():
        assert command in service(name), name
        assert re.search(rf"^\| {name} \| `{re.escape(command)}", PAGE, re.M), name
    for option in ("--without-gossip", "--without-mingle", "--without-heartbeat"):
        assert option in service("worker")
        assert option in service("live")
        assert PAGE.count(option) == 3


def test_the_page_says_what_a_submission_may_use() -> None:
    limits = Limits()
    assert f"may use {limits.memory_bytes // 2**20} MB more" in PAGE
    assert f"may take {limits.cpu_seconds:g} seconds of processor time" in PAGE


def test_compose_sets_only_settings_that_exist() -> None:
    shared = COMPOSE.partition("x-service:")[2].partition("\nservices:\n")[0]
    of_service = set(re.findall(r"^  (GRADER_\w+):", shared, re.M))
    # What is left out has no meaning there: the folder, the slots and the demo of `grader serve`.
    slots = {"GRADER_SLOTS", "GRADER_LIVE_SLOTS"}
    left_out = {"GRADER_DATA_DIR", "GRADER_EXERCISES_DIR", "GRADER_DEMO", *slots}
    assert of_service == variables(Settings) - left_out
    for name, own in (("worker", "GRADER_SLOTS"), ("live", "GRADER_LIVE_SLOTS")):
        of_worker = set(re.findall(r"^      (GRADER_\w+):", service(name), re.M))
        assert of_worker == variables(WorkerSettings) - {"GRADER_EXERCISES_DIR"} - slots | {own}


@pytest.mark.parametrize("name", ["worker", "live"])
def test_a_worker_of_compose_knows_no_database_and_sees_only_the_queue(name: str) -> None:
    worker = service(name)
    assert not re.search("postgres|PGPASS|DATABASE", worker, re.I)
    assert "*service" not in worker
    assert re.findall(r"^    networks: \[(.*)\]$", worker, re.M) == ["work"]
    on_its_network = [
        name
        for name in re.findall(r"^  (\w+):$", COMPOSE.partition("\nservices:\n")[2], re.M)
        if re.search(r"^    networks: \[(.*\b)?work\b", service(name), re.M)
    ]
    assert sorted(on_its_network) == ["live", "redis", "worker"]
    assert "work: { internal: true }" in COMPOSE
