"""The pages of handing in for a class, as somebody uses them who teaches it."""

from __future__ import annotations

import html
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import TestResponse

from grader.store.assignment.assignments import Rules
from grader.store.batch.handing_in import HandingIn
from tests.unit.grader.town import SOURCE, Town, token_in

NAMES = ("ann.py", "zoe.py", "kim/f.ipynb", ".DS_Store")


def text_of(page: str) -> str:
    """The words of a page, without its elements."""
    plain = re.sub(r"</?bdi>", "", page)
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", plain).split()))


def packed(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, f"{SOURCE}# {name}\n")
    return buffer.getvalue()


@pytest.fixture
def page(town: Town) -> str:
    """The page of an assignment of its own."""
    return f"/courses/red/assignments/{town.assign('red', 'affine').id}/batches"


def send(
    town: Town, page: str, content: bytes | None, who: str = "tess", **fields: str
) -> TestResponse:
    token = token_in(town.get("tess", page).text)
    data: dict[str, object] = {"csrf_token": token, **fields}
    if content is not None:
        data["archive"] = (io.BytesIO(content), "week 3.zip")
    return town.client(who).post(page, data=data, content_type="multipart/form-data")


def begun(town: Town, page: str, **fields: str) -> str:
    """The address of a batch that was sent and is not begun."""
    answer = send(town, page, packed(*NAMES), **fields)
    assert answer.status_code == 303, answer.text
    return answer.location


def act(town: Town, batch: str, act: str, **fields: str) -> TestResponse:
    sent = {"act": act, **fields}
    return town.form("tess", f"{batch}/begin", sent, page=batch)


def test_the_course_leads_to_it_and_students_are_kept_out(town: Town, page: str) -> None:
    assert f'href="{page}"' in town.get("tess", "/courses/red").text
    assert "Hand in for the class" not in town.get("ann", "/courses/red").text
    assert town.get("ann", page).status_code == 403


def test_an_archive_is_looked_at_first_changed_and_then_handed_in(town: Town, page: str) -> None:
    batch = begun(town, page)
    shown = text_of(town.get("tess", batch).text)
    assert "1 would be handed in 2 would be left out" in shown
    assert "nobody in the course is known by this name or id" in shown
    assert "no file of the right kind is there (f.ipynb)" in shown
    assert ".DS_Store: of the operating system, or hidden" in shown
    (select,) = re.findall(
        r'<select id="whose-\d+" name="(person-\d+)">(.*?)</select>', town.get("tess", batch).text
    )
    # Only those who have no file in it can be chosen.
    assert town.people["bob"].id in select[1]
    assert town.people["ann"].id not in select[1]
    kept = act(town, batch, "save", **{select[0]: town.people["bob"].id})
    assert kept.status_code == 303
    assert "2 would be handed in 1 would be left out" in text_of(town.get("tess", batch).text)
    assert act(town, batch, "begin").status_code == 303
    going_on = town.get("tess", batch).text
    assert "2 wait to be handed in. 0 of 0 are graded." in text_of(going_on)
    assert '<meta http-equiv="refresh"' in going_on
    part = town.get("tess", f"{batch}?part=progress").text
    assert 'data-stage="handing_in"' in part
    assert "<html" not in part
    id_ = batch.rpartition("/")[2]
    HandingIn(town.desk.engine).step(id_, datetime.now(UTC))
    done = town.get("tess", batch).text
    assert "0 of 2 are graded." in text_of(done)
    work = re.findall(r'href="(/submissions/[0-9a-z]+)"', done)
    assert len(work) == 2
    assert town.get("tess", work[0]).status_code == 200
    assert "week 3.zip" in town.get("tess", page).text


def test_one_file_can_be_left_out_and_all_of_it_thrown_away(town: Town, page: str) -> None:
    batch = begun(town, page)
    (place,) = re.findall(r'name="out" value="(\d+)"', town.get("tess", batch).text)
    act(town, batch, "save", out=place)
    assert "3 would be left out" in text_of(town.get("tess", batch).text)
    assert town.form("tess", f"{batch}/cancel", {}, page=batch).status_code == 303
    assert "cancelled" in text_of(town.get("tess", batch).text)
    # Whoever has the page open still, and presses the button, sees how far it is.
    late = town.form("tess", f"{batch}/begin", {"act": "begin"}, page=page)
    assert (late.status_code, late.location) == (303, batch)


def test_a_time_is_read_in_the_time_zone_of_the_course(town: Town) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    past = now - timedelta(days=2)
    assigned = town.assign("red", "affine", Rules(due_at=past, closes_at=past))
    page = f"/courses/red/assignments/{assigned.id}/batches"
    assert "the assignment was closed for this student" in text_of(
        town.get("tess", begun(town, page)).text
    )
    in_time = (past - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")
    shown = text_of(town.get("tess", begun(town, page, sent_at=in_time)).text)
    assert "would be handed in" in shown
    assert in_time.replace("T", " ") in shown
    tomorrow = (now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S")
    for wrong in (tomorrow, "soon"):
        assert send(town, page, packed("ann.py"), sent_at=wrong).status_code == 422


@pytest.mark.parametrize("content", [b"hello", None])
def test_what_is_no_archive_is_said_beside_the_field(
    town: Town, page: str, content: bytes | None
) -> None:
    answer = send(town, page, content)
    assert answer.status_code == 422
    assert "This is no zip archive" in text_of(answer.text)


def test_a_name_that_is_markup_is_text(town: Town, page: str) -> None:
    answer = send(town, page, packed("<script>alert(1)<.script>.py"))
    shown = town.get("tess", answer.location).text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)&lt;.script" in shown


def test_a_batch_of_another_course_is_not_there(town: Town, page: str) -> None:
    batch = begun(town, page)
    id_ = batch.rpartition("/")[2]
    for who in ("ivo", "op"):
        assert town.get(who, f"/courses/blue/batches/{id_}").status_code == 404
    assert (
        town.form("ann", f"{batch}/begin", {"act": "begin"}, page="/courses/red").status_code == 403
    )
