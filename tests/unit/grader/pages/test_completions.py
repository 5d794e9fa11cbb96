"""What the editor completes is what the sandbox has: all of it, and nothing else."""

from __future__ import annotations

import builtins
import keyword
from typing import Any

import pytest

from grader.web.completions import completions
from worker.sandbox import builtin_names, language, modules

FIRST_LINES = {
    ("numpy", "linspace"): "Return evenly spaced numbers over a specified interval.",
    ("numpy", "sin"): "Trigonometric sine, element-wise.",
    ("scipy.stats", "norm"): "A normal continuous random variable.",
    ("math", "hypot"): "Multidimensional Euclidean distance from the origin to a point.",
}


def run(source: str) -> dict[str, Any]:
    return language.run_module(
        language.compile_submission(source), seed=1, printed=language.Printed()
    )


@pytest.mark.parametrize("module", completions()["modules"])
def test_every_name_of_a_module_can_be_imported(module: str) -> None:
    names = completions()["modules"][module]
    run("".join(f"from {module} import {name}\n" for name in names) + f"import {module}\n")
    public = {name for name in modules.available()[module] if not name.startswith("_")}
    assert set(names) == public


def test_every_builtin_is_there_without_an_import() -> None:
    names = completions()["builtins"]
    assert run("".join(f"found_{name} = {name}\n" for name in names))
    assert set(names) | {*keyword.kwlist, "__debug__"} >= {
        *builtin_names.NAMES,
        *builtin_names.GUARDED,
    }
    assert not {"open", "eval", "exec", "compile", "globals", "input"} & set(names)
    assert set(names) <= set(dir(builtins))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("array", "np.eye(2)"),
        ("generator", "np.random.default_rng(1)"),
        ("list", "[1]"),
        ("dict", "{1: 2}"),
        ("str", "'text'"),
    ],
)
def test_every_attribute_of_a_value_can_be_read(kind: str, value: str) -> None:
    names = completions()["types"][kind]
    assert len(names) > 10
    run(f"import numpy as np\nv = {value}\n" + "".join(f"v.{name}\n" for name in names))


def test_keywords_are_pythons_without_those_that_the_policy_refuses() -> None:
    offered = set(completions()["keywords"])
    assert offered < set(keyword.kwlist)
    refused = {
        "async": "async def g():\n    return 1\n",
        "await": "async def g():\n    await h()\n",
    }
    assert set(keyword.kwlist) - offered == set(refused)
    for source in refused.values():
        with pytest.raises(Exception, match="not allowed"):
            language.compile_submission(source)


@pytest.mark.parametrize(("module", "name"), FIRST_LINES)
def test_a_name_says_what_it_does(module: str, name: str) -> None:
    assert completions()["modules"][module][name] == FIRST_LINES[module, name]


def test_the_lines_are_short_and_without_signatures_or_marks() -> None:
    tables = [*completions()["modules"].values(), *completions()["types"].values()]
    lines = [(name, line) for table in tables for name, line in table.items()]
    assert max(len(line) for _, line in lines) <= 120
    assert [name for name, line in lines if f"{name}(" in line.split(" ")[0]] == []
    assert [name for name, line in lines if "`" in line or "\n" in line] == []
    assert sum(bool(line) for _, line in lines) > 0.9 * len(lines)


def test_the_list_is_asked_for_once(service: Any) -> None:
    answer = service.client.get("/completions.json")
    assert answer.get_json() == completions()
    again = service.client.get(
        "/completions.json", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
