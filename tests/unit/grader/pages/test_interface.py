"""The pages of the interface say what the description says, and an example that works."""

from __future__ import annotations

import json
import re
import shlex
from html import unescape
from typing import Any

import pytest

from grader.api.described.sketch import sketch
from grader.web.interface import code_spans
from tests.unit.grader.town import NOBODY, Town


def text(town: Town, part: str = "", who: str = NOBODY) -> str:
    answer = town.get(who, f"/api?part={part}" if part else "/api")
    assert answer.status_code == 200, part
    assert answer.mimetype == "text/html"
    return answer.text


@pytest.fixture(scope="module")
def document(town: Town) -> dict[str, Any]:
    found: dict[str, Any] = town.get(NOBODY, "/api/v1/openapi.json").get_json()
    return found


def parts(page: str) -> list[str]:
    return re.findall(r'href="/api\?part=([^"#]+)"', page)


def test_each_operation_is_on_a_page_and_in_the_list_once(
    town: Town, document: dict[str, Any]
) -> None:
    listed = text(town)
    pages = "".join(text(town, unescape(part)) for part in dict.fromkeys(parts(listed)))
    count = 0
    for address, methods in document["paths"].items():
        for operation in methods.values():
            id_ = operation["operationId"]
            assert len(re.findall(rf'#{id_}"', listed)) == 1, id_
            assert pages.count(f'<article class="card operation" id="{id_}"') == 1, id_
            assert f"<code>{address}</code>" in pages
            count += 1
    assert count > 30


def test_no_link_of_a_page_leads_nowhere(town: Town) -> None:
    listed = text(town)
    shapes = set(re.findall(r'id="(shape-[^"]+)"', text(town, "shapes")))
    assert "shape-Submission" in shapes
    for part in dict.fromkeys(parts(listed)):
        page = text(town, unescape(part))
        assert set(re.findall(r'href="/api\?part=shapes#([^"]+)"', page)) <= shapes, part
        problems = set(re.findall(r'href="(/problems/[^"]+)"', page))
        for address in problems:
            assert town.get(NOBODY, address).status_code == 200, address


def test_a_part_that_is_none_is_not_found(town: Town) -> None:
    assert town.get(NOBODY, "/api?part=nix").status_code == 404


def test_the_example_of_a_submission_is_accepted(town: Town) -> None:
    page = text(town, "submissions", who="ann")
    article = page.partition('id="submissions_submit"')[2].partition("</article>")[0]
    example = re.search(r"<pre[^>]*>(curl .*?)</pre>", article, re.S)
    assert example is not None
    words = shlex.split(unescape(example[1]).replace("\\\n", " "))
    assert words[:2] == ["curl", "-s"]
    assert "Authorization: Bearer $TOKEN" in words, "who has signed in sends a token from there"
    assert words[4] == "http://localhost/api/v1/submissions"
    body = json.loads(words[words.index("-d") + 1])
    assert town.post("ann", "/api/v1/submissions", body).status_code == 202


def test_the_page_is_not_sent_again_while_nothing_has_changed(town: Town) -> None:
    first = town.get("ann", "/api?part=courses")
    again = town.get("ann", "/api?part=courses", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_text_of_the_description_is_never_markup() -> None:
    assert code_spans("`a < b` <script>") == "<code>a &lt; b</code> &lt;script&gt;"


@pytest.mark.parametrize(
    ("schema", "example"),
    [
        ({"type": "string"}, "…"),
        ({"type": "integer", "minimum": 3}, 3),
        ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, True),
        ({"type": "string", "examples": ["here"]}, "here"),
        ({"enum": ["first", "second"]}, "first"),
        ({"type": "integer", "default": 14}, 14),
        ({"type": "array", "items": {"const": 7}, "minItems": 1}, [7]),
        ({"$ref": "#/components/schemas/One"}, {"needed": "…"}),
        (
            {
                "properties": {"a": {"examples": [1]}, "b": {"examples": [2]}},
                "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
            },
            {"a": 1},
        ),
    ],
)
def test_a_sketch_fits_its_schema(schema: dict[str, Any], example: object) -> None:
    one = {
        "properties": {"needed": {"type": "string"}, "free": {"type": "string"}},
        "required": ["needed"],
    }
    assert sketch(schema, {"One": one}) == example
