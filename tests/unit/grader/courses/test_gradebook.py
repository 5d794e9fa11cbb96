"""Grades for Canvas and Moodle: the tables, and theirs with our grades in them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from grader.exports.gradebook import (
    Gradebook,
    GradeColumn,
    GradeRow,
    as_percent,
    canvas_csv,
    moodle_csv,
)
from grader.exports.gradebook_fill import Kind, Unreadable, fill
from grader.store.assignment.assignments import Assignments, Rules
from grader.store.assignment.disclosure import Release
from tests.unit.grader.marking import finding, grade, report_of
from tests.unit.grader.town import Town, token_in

COLUMNS = (
    GradeColumn("A1", "affine", "Shear, then “shift”", 10.0),
    GradeColumn("A2", "score", "The score", 4.0),
)
BOOK = Gradebook(
    COLUMNS,
    (
        GradeRow('Ada "Countess" Lovelace, b. 1815', "ada", {"canvas_id": "17"}, (7.25, None)),
        GradeRow("=HYPERLINK(1)", None, {"sis_login_id": "@bo", "email": "bo@x.org"}, (0.0, 4.0)),
        GradeRow("Cy", "cy", {"idnumber": "-5", "section": "S, 1"}, (None, 1 / 3)),
    ),
)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_canvas_gets_the_table_that_it_writes_itself() -> None:
    assert canvas_csv(BOOK) == (
        "Student,ID,SIS User ID,SIS Login ID,Section,"
        '"Shear, then “shift”",The score\n'
        "    Points Possible,,,,,10,4\n"
        '"Ada ""Countess"" Lovelace, b. 1815",17,,,,7.25,\n'
        "'=HYPERLINK(1),,,'@bo,,0,4\n"
        'Cy,,,,"S, 1",,0.3333\n'
    )


def test_moodle_gets_those_alone_whom_it_can_find_by_one_column() -> None:
    # Where the column that tells the person is empty, Moodle's importer goes on with the student of
    # the row before: nobody without that id may be in its table, and no id with gaps.
    numbers = [{"idnumber": "-5"}, {"idnumber": "7", "email": "=1@x.org"}, {"email": "bo@x.org"}]
    people = zip(BOOK.rows, numbers, strict=True)
    book = Gradebook(COLUMNS, tuple(replace(row, ids=ids) for row, ids in people))
    assert rows(moodle_csv(book)) == [
        ["ID number", "Student", "Shear, then “shift”", "The score"],
        ["-5", 'Ada "Countess" Lovelace, b. 1815', "7.25", ""],
        ["7", "'=HYPERLINK(1)", "0", "4"],
    ]
    nobody = Gradebook(COLUMNS, tuple(replace(row, ids={}) for row in BOOK.rows))
    assert len(rows(moodle_csv(nobody))) == 1


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_name_begins_a_formula_and_none_breaks_a_row(begin: str) -> None:
    named = replace(BOOK.rows[0], name=f'{begin}1+1,"\nx')
    named = replace(named, ids={"idnumber": "1"})
    for written in (canvas_csv, moodle_csv):
        table = rows(written(Gradebook(COLUMNS, (named,))))
        assert {len(row) for row in table} == {len(table[0])}
        assert any(cell == f"'{named.name}" for cell in table[-1])


def test_columns_of_one_title_are_told_apart() -> None:
    twins = (COLUMNS[0], replace(COLUMNS[1], title=COLUMNS[0].title))
    header = rows(canvas_csv(Gradebook(twins, ())))[0]
    assert header[-2:] == ["Shear, then “shift” (affine)", "Shear, then “shift” (score)"]


def test_percent_is_of_what_each_column_has_to_earn() -> None:
    table = rows(canvas_csv(as_percent(BOOK)))
    assert table[1][-2:] == ["100", "100"]
    assert [row[-2:] for row in table[2:]] == [["72.5", ""], ["0", "100"], ["", "8.3333"]]


CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,"
    '"Shear, then “shift” (90210)",Essay (90211),The score (90212),Current Score\r\n'
    ",,,,,Manual Posting,,,(read only)\r\n"
    "    Points Possible,,,,,10.00,5.00,4.00,\r\n"
    '"Lovelace, Ada",17,,al,Red,3.00,EX,2.00,50\r\n'
    "Bo,18,,@BO,Red,,+1,,\r\n"
    "Zoe,19,,zo,Red,1.00,,,\r\n"
    '"Student, Test",99,,t,Red,,,,\r\n'
)


def test_a_table_of_canvas_comes_back_with_our_columns_filled_and_nothing_else_changed() -> None:
    found = fill(CANVAS, BOOK)
    before, after = rows(CANVAS), rows(found.text)
    assert found.text.startswith("\ufeffStudent,")
    assert found.text.count("\r\n") == len(before)
    wanted = [list(row) for row in before]
    wanted[3][5] = "7.25"  # no second grade: the cell stays as it was
    wanted[4][5], wanted[4][7] = "0", "4"
    assert after == wanted
    assert (found.kind, found.matched) == (Kind.CANVAS, 2)
    assert found.strangers == ("Zoe",)
    assert found.absent == ("Cy",)
    assert (found.filled, found.unfilled) == (("A1", "A2"), ())


def test_a_table_of_moodle_is_filled_by_id_or_else_by_the_only_one_of_a_name() -> None:
    table = (
        "First name,Last name,ID number,Email address,Assignment: The score (Real)\n"
        "Bo,Jackson,,BO@x.org,-\n"
        "Cyril,Burt,-5,,-\n"
        "Cy,,,,-\n"
    )
    found = fill(table, BOOK)
    assert [row[-1] for row in rows(found.text)[1:]] == ["4", "0.3333", "-"]
    assert found.strangers == ("Cy",), "nobody has two rows"
    assert found.unfilled == ("A1",)


def test_canvas_is_given_nothing_where_it_reads_nothing() -> None:
    # As its exporter writes it for a German course with names in two columns: semicolons, decimal
    # commas, somebody excused, somebody who was not given the work, a column for reading alone.
    table = (
        "LastName;FirstName;ID;SIS User ID;SIS Login ID;Section;Shear, then “shift” (1);The score\n"
        "    Points Possible;;;;;;10,00;(read only)\n"
        "Lovelace, b. 1815;Ada Countess;17;;;Red;EX;1,50\n"
        "x;Bo;18;;@bo;Red;N/A;\n"
        "y;Eve;19;;;Red;1,50;\n"
    )
    names = ("Ada", "Bo", "eve Y")
    people = tuple(
        replace(row, name=name, grades=(2.5, 3.0))
        for row, name in zip(BOOK.rows, names, strict=True)
    )
    found = fill(table, Gradebook(COLUMNS, people))
    assert found.kind is Kind.CANVAS
    assert found.text == table.replace("Eve;19;;;Red;1,50", "Eve;19;;;Red;2.5")
    assert (found.filled, found.unfilled, found.strangers) == (("A1",), ("A2",), ())


def test_moodle_is_given_numbers_in_columns_of_numbers_alone() -> None:
    table = (
        "Vorname,Nachname,ID-Nummer,Aufgabe: The score (Punkte),Aufgabe: The score (Prozentsatz),"
        "Aufgabe: The score (Feedback),Test: Shear (Bewertung)\n"
        'Cy,Burt,-5,"1,50","37,50 %",,A\n'
    )
    shear = replace(COLUMNS[0], title="Shear")
    book = Gradebook((shear, COLUMNS[1]), (replace(BOOK.rows[2], grades=(7.0, 3.0)),))
    found = fill(table, book)
    assert found.text == table.replace('"1,50"', "3")
    assert (found.filled, found.unfilled) == (("A2",), ("A1",))


def test_two_rows_of_one_name_are_nobodys() -> None:
    table = "Student,ID,The score\nBo,5,\nBo,6,\nCy,7,\n"
    book = Gradebook(COLUMNS, (replace(BOOK.rows[1], name="Bo"), BOOK.rows[2]))
    found = fill(table, book)
    assert found.text == table.replace("Cy,7,", "Cy,7,0.3333")
    assert found.strangers == ("Bo", "Bo")
    assert [dict(one.ids) for one in found.learnt] == [{"canvas_id": "7"}]


def test_ids_are_learnt_of_who_has_none_of_the_kind_where_nobody_else_has_them() -> None:
    table = (
        "Student,ID,SIS User ID,SIS Login ID,Section\n"
        "Ada,17,s1,ada@x.org,Red\n"  # her number is known: by that she is found
        "Bo,18,s2,shared,Red\n"
        "Cy,99,s3,shared,Red\n"  # 99 is somebody else's here
        "Zoe,19,s4,zo,Red\n"
    )
    ids = ({"canvas_id": "17"}, {"sis_user_id": "s1"}, dict[str, str](), {"canvas_id": "99"})
    book = Gradebook(
        (),
        tuple(
            GradeRow(name, None, known, (), id=name)
            for name, known in zip(("Ada", "Bo", "Cy", "Dee"), ids, strict=True)
        ),
    )
    found = fill(table, book)
    # By the number Cy's row is Dee's, and so nothing of it is Cy's.
    assert {one.person: dict(one.ids) for one in found.learnt} == {
        "Ada": {"sis_login_id": "ada@x.org", "section": "Red"},  # s1 is Bo's
        "Bo": {"canvas_id": "18", "section": "Red"},
        "Dee": {"sis_user_id": "s3", "section": "Red"},
    }


WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Last modified (grade),"
    "Feedback comments\n"
    'Participant 41,Bo,bo@x.org,Submitted for grading,,10.00,"Monday, 2 March 2026, 9:00 AM",ok\n'
)


def test_a_worksheet_is_filled_for_the_assignment_that_is_named() -> None:
    found = fill(WORKSHEET, BOOK, "A2")
    assert found.text == WORKSHEET.replace("grading,,10", "grading,4,10")
    with pytest.raises(Unreadable, match="say for which"):
        fill(WORKSHEET, BOOK)
    german = WORKSHEET
    for title, theirs in (
        ("Identifier,Full name,Email address", "ID,Vollständiger Name,E-Mail-Adresse"),
        (",Grade,Maximum Grade,", ",Bewertung,Bestwertung,"),
        ("Last modified (grade)", "Zuletzt geändert (Bewertung)"),
    ):
        german = german.replace(title, theirs)
    assert fill(german, BOOK, "A2").text == german.replace("grading,,10", "grading,4,10")


def test_two_of_one_name_are_nobody_and_two_columns_of_one_title_are_not_filled() -> None:
    twins = Gradebook(COLUMNS, tuple(replace(row, name="Cy", ids={}) for row in BOOK.rows))
    table = "Student;ID;The score;The score (1)\nCy;5;;\n"
    found = fill(table, twins)
    assert found.text == table
    assert found.strangers == ("Cy",)
    assert found.filled == ()


@pytest.mark.parametrize(
    "table", ["", "a,b\n1,2\n", "Student,ID\n", 'Student,ID\n"x,1\n', "Name,Total\nAda,1\n"]
)
def test_what_is_no_such_table_is_refused(table: str) -> None:
    with pytest.raises(Unreadable):
        fill(table, BOOK)


@pytest.fixture(scope="module")
def blue(town: Town) -> Town:
    """The town, in which Cas has 6 of 10 points."""
    criteria = (finding("law", 6.0, 6.0), finding("form", 0.0, 4.0))
    grade(town, town.work["cas"], report_of(*criteria))
    return town


def table(town: Town, query: str = "", platform: str = "canvas") -> list[list[str]]:
    answer = town.get("ivo", f"/api/v1/courses/blue/exports/{platform}.csv{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert f"blue-{platform}.csv" in answer.headers["Content-Disposition"]
    return rows(answer.get_data().decode("utf-8"))


def title(town: Town) -> str:
    return str(town.desk.catalog.exercises["inverse"].title)


def test_the_api_gives_the_grades_of_the_course_and_of_nobody_else(blue: Town) -> None:
    found = table(blue)
    place = found[0].index(title(blue))
    assert [row[0] for row in found[2:]] == ["Cas"]
    assert found[2][place] == "6"
    most = blue.desk.catalog.exercises["inverse"].max_score
    assert float(table(blue, "?unit=percent")[2][place]) == pytest.approx(600 / most, abs=1e-4)
    with_mark = blue.get("ivo", "/api/v1/courses/blue/exports/moodle.csv?bom=true").get_data()
    assert with_mark.startswith(b"\xef\xbb\xbfUsername,")


def test_what_students_are_not_shown_yet_can_be_left_out(blue: Town) -> None:
    id_, held = blue.opened["blue"].id, Assignments(blue.desk.engine)
    place = table(blue)[0].index(title(blue))
    assert table(blue, "?released=true")[2][place] == "6"
    held.change(id_, rules=Rules(release=Release.BY_HAND))
    assert table(blue, "?released=true")[2][place] == ""
    assert table(blue)[2][place] == "6"
    held.change(id_, rules=Rules())


def test_a_late_penalty_is_taken_off_unless_it_is_not_wanted(blue: Town) -> None:
    now, held = datetime.now(UTC), Assignments(blue.desk.engine)
    late = Rules(
        due_at=now - timedelta(hours=3), closes_at=now + timedelta(days=9), late_penalty=0.1
    )
    held.change(blue.opened["blue"].id, rules=late)
    place = table(blue)[0].index(title(blue))
    assert table(blue)[2][place] == "5.4"
    assert table(blue, "?penalty=before")[2][place] == "6"
    held.change(blue.opened["blue"].id, rules=Rules())


def test_who_lacks_an_id_is_told_before_and_not_once_there_is_one(blue: Town) -> None:
    told: Any = blue.get("ivo", "/api/v1/courses/blue/exports").get_json()
    assert (told["students"], told["canvas"], told["moodle"]) == (1, ["Cas"], ["Cas"])
    assert "1 student has no id by which Canvas" in blue.get("ivo", "/courses/blue/exports").text
    blue.desk.courses.roster.set_ids("blue", blue.people["cas"].id, {"canvas_id": "7"})
    told = blue.get("ivo", "/api/v1/courses/blue/exports").get_json()
    assert (told["canvas"], told["moodle"]) == ([], ["Cas"])
    assert table(blue)[2][1] == "7"


def test_each_export_is_in_the_log(blue: Town) -> None:
    table(blue)
    log: Any = blue.get("ivo", "/api/v1/courses/blue/audit?deed=exported").get_json()
    assert log["items"][0]["after"] == {"what": "canvas.csv"}
    assert log["items"][0]["person"] == blue.people["ivo"].id


def _send(town: Town, act: str, content: str, **fields: str) -> Any:
    """Send a table by the form of the page."""
    address = "/courses/blue/exports"
    upload = (io.BytesIO(content.encode("utf-8")), "grades.csv")
    token = token_in(town.get("ivo", address).text)
    sent = {"csrf_token": token, "act": act, "table": upload} | fields
    return town.client("ivo").post(address, data=sent)


def test_the_page_says_what_fits_and_gives_the_filled_table_back(blue: Town) -> None:
    theirs = f"Student,ID,{title(blue)} (4)\nCas,7,\nEve,8,\n"
    shown = _send(blue, "check", theirs)
    assert "1 student was found" in shown.text
    assert "Eve" in shown.text
    taken = _send(blue, "fill", theirs)
    assert taken.get_data(as_text=True) == theirs.replace("Cas,7,", "Cas,7,6")
    assert "attachment" in taken.headers["Content-Disposition"]
    wrong = _send(blue, "fill", "a,b\n1,2\n")
    assert wrong.status_code == 422
    assert "The header is neither" in wrong.text


def test_the_api_fills_a_table_too_and_says_what_is_wrong_with_one(blue: Town) -> None:
    address = "/api/v1/courses/blue/exports/filled"
    theirs = f"Student,ID,{title(blue)} (4)\nCas,7,\n"
    found: Any = blue.post("ivo", address, {"csv": theirs}).get_json()
    assert found["csv"] == theirs.replace("Cas,7,", "Cas,7,6")
    assert found["filled"] == [blue.opened["blue"].id]
    wrong = blue.post("ivo", address, {"csv": "x"})
    assert wrong.status_code == 422
    assert wrong.get_json()["errors"][0]["pointer"] == "#/csv"


def test_ids_of_a_table_are_kept_where_that_is_asked_for_and_in_the_log(blue: Town) -> None:
    roster, cas = blue.desk.courses.roster, blue.people["cas"].id
    roster.set_ids("blue", cas, {"canvas_id": "7"})
    address = "/api/v1/courses/blue/exports/filled"
    # The teacher has the number 5 in the course, and so nobody else gets it.
    roster.set_ids("blue", blue.people["ivo"].id, {"sis_user_id": "5"})
    table = (
        "Student,ID,SIS User ID,SIS Login ID,Section\nCas,7,5,cas@x.org,Blue\nEve,8,6,eve,Blue\n"
    )
    found: Any = blue.post("ivo", address, {"csv": table}).get_json()
    assert found["learnt"] == 1
    assert roster.ids_of("blue", [cas])[cas] == {"canvas_id": "7"}
    shown = _send(blue, "check", table, keep_ids="true")
    assert "Of 1 student the file has ids" in shown.text
    assert roster.ids_of("blue", [cas])[cas] == {"canvas_id": "7"}, "it was only looked at"
    found = blue.post("ivo", address, {"csv": table, "keep_ids": True}).get_json()
    assert found["learnt"] == 1
    kept = {"canvas_id": "7", "section": "Blue", "sis_login_id": "cas@x.org"}
    assert roster.ids_of("blue", [cas])[cas] == kept
    log: Any = blue.get("ivo", "/api/v1/courses/blue/audit?deed=ids_kept").get_json()
    assert [one["after"] for one in log["items"]] == [{"section": 1, "sis_login_id": 1}]
    assert blue.post("ivo", address, {"csv": table, "keep_ids": True}).get_json()["learnt"] == 0
    for ids in ({"canvas_id": "8"}, {"email": ""}, {"sis_user_id": "5"}):
        assert roster.add_ids("blue", {cas: ids}) == 0
    assert roster.add_ids("blue", {blue.people["ann"].id: {"email": "ann@x.org"}}) == 0


def test_the_form_keeps_ids_where_its_box_is_ticked(blue: Town) -> None:
    roster, cas = blue.desk.courses.roster, blue.people["cas"].id
    roster.set_ids("blue", cas, {})
    table = "Student,ID\nCas,7\n"
    assert _send(blue, "fill", table).status_code == 200
    assert roster.ids_of("blue", [cas])[cas] == {}
    assert _send(blue, "fill", table, keep_ids="true").status_code == 200
    assert roster.ids_of("blue", [cas])[cas] == {"canvas_id": "7"}
