"""Whose the files of a class are: by the names that platforms and people give them."""

from __future__ import annotations

import io
import zipfile

import pytest

from grader.collected.archive import BadArchive, read_archive
from grader.collected.gathering import Gathered, gather, wanted
from grader.collected.members import Known, Members
from grader.collected.why import Aside, Why

ANNA = Known("p1", "Anna Bell", "anna", True, {"canvas_id": "4711", "email": "anna@x.edu"})
BJÖRN = Known("p2", "Björn van Dijk", "bjorn", True, {"sis_user_id": "S-17"})
JO = Known("p3", "Jo Kim", "jo.kim", True)
JO_TOO = Known("p4", "Jo Kim", "jkim2", True, {"idnumber": "88"})
TESS = Known("p5", "Tess Lane", "tess", False)
CLASS = (ANNA, BJÖRN, JO, JO_TOO, TESS)
F = "def f(z):\n    return z\n"


def packed(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def gathered(files: dict[str, str | bytes], *, is_quiz: bool = False) -> Gathered:
    asked = wanted("affine", is_quiz=is_quiz, file_limit=1000, files_limit=50)
    return gather(read_archive(packed(files)), asked, Members(CLASS).knows)


def whose(files: dict[str, str | bytes], *, is_quiz: bool = False) -> dict[str, str]:
    """By file the person's id, or why there is none."""
    members, found = Members(CLASS), {}
    for piece in gathered(files, is_quiz=is_quiz).pieces:
        match = None if piece.label is None else members.find(piece.label)
        if piece.why is not None or match is None:
            found[piece.path] = piece.why or "no label"
        else:
            found[piece.path] = match.why or (match.person.id if match.person else "nobody")
    return found


@pytest.mark.parametrize(
    ("file", "person"),
    [
        # Canvas: the name with its parts turned, without anything but letters.
        ("bellanna_4711_98765_f.py", "p1"),
        ("bellanna_LATE_4711_98765_f.py", "p1"),
        ("bellanna_4711_98765_f-2.py", "p1"),
        ("somebodyelse_4711_98765_f.py", "p1"),  # the id tells, whatever the name is by now
        ("vandijkbjörn_900_98765_homework_3_final.py", "p2"),
        ("vandijkbjorn_900_98765_f.py", "p2"),
        ("bellanna_900_98765_f.py", Why.NOBODY),  # Canvas knows our Anna Bell as 4711
        ("kimjo_12_98765_f.py", Why.SEVERAL_PEOPLE),
        ("lanetess_13_98765_f.py", Why.NOT_A_STUDENT),
        ("anon_55_98765_f.py", Why.NOBODY),
        # Moodle, with folders and without.
        ("Anna Bell_4500123_assignsubmission_file_/f.py", "p1"),
        ("Anna Bell_4500123_assignsubmission_file/f.py", "p1"),
        ("Björn van Dijk_4500124_assignsubmission_file_work.py", "p2"),
        ("Jo Kim_4500125_assignsubmission_file_/f.py", Why.SEVERAL_PEOPLE),
        ("Participant 77_4500126_assignsubmission_file_/f.py", Why.NOBODY),
        # By hand: a user name, any id, a name.
        ("anna.py", "p1"),
        ("Anna.PY", "p1"),
        ("anna/solution.py", "p1"),
        ("anna/src/f.py", "p1"),
        ("S-17.py", "p2"),
        ("88/f.py", "p4"),
        ("anna@x.edu.py", "p1"),
        ("jo.kim.py", "p3"),
        ("p3.py", "p3"),
        ("Bell, Anna.py", "p1"),
        ("Anna Bell/f.py", "p1"),
        ("ann.py", Why.NOBODY),  # no beginning of a name is enough
        ("tess.py", Why.NOT_A_STUDENT),
    ],
)
def test_a_name_says_whose_a_file_is(file: str, person: str) -> None:
    assert whose({file: F, "bjorn.py" if person != "p2" else "anna.py": F})[file] == person


METADATA = """---
submission_101:
  :submitters:
  - :name: Anna Bell
    :sid: ''
    :email: ANNA@x.edu
  - :name: 'Bjorn "B." van Dijk'
    :sid: S-17
    :email: b@elsewhere.edu
  :created_at: 2026-10-01 12:00:00.000000000 Z
  :score: 3.0
  :results:
    tests:
    - :name: Jo Kim
      output: |
submission_102:
  :submitters:
  - :name: "Nobody \\"N\\" Known"
    :sid:
    :email: n@x.edu
  :created_at: 2026-10-01 12:00:00.000000000 Z
"""


def test_gradescope_says_whose_a_folder_is_in_a_file_beside_it() -> None:
    folder = "assignment_7_export"
    found = gathered(
        {
            f"{folder}/submission_metadata.yml": METADATA,
            f"{folder}/submission_101/f.py": F,
            f"{folder}/submission_102/f.py": F,
            f"{folder}/submission_103/f.py": F,
        }
    )
    members = Members(CLASS)
    told = [
        (piece.path.split("/")[1], members.find(piece.label).person if piece.label else None)
        for piece in found.pieces
    ]
    # Two have handed in together: it is the work of each.
    assert told == [
        ("submission_101", ANNA),
        ("submission_101", BJÖRN),
        ("submission_102", None),
        ("submission_103", None),
    ]
    assert found.pieces[2].label is not None
    assert found.pieces[2].label.name == 'Nobody "N" Known'


def test_of_several_files_of_one_person_the_one_that_is_named_so_counts() -> None:
    found = gathered({"anna/f.py": F, "anna/helper.py": "", "anna/notes.txt": "", "jo.kim.py": F})
    assert [piece.path for piece in found.pieces] == ["anna/f.py", "jo.kim.py"]
    assert {(one.path, one.why) for one in found.passed_over} == {
        ("anna/helper.py", Aside.BESIDE),
        ("anna/notes.txt", Aside.OTHER_KIND),
    }
    assert whose({"anna/affine.py": F, "anna/helper.py": "", "jo.kim.py": F})["anna/affine.py"]
    unclear = {"anna/one.py": F, "anna/two.py": F, "jo.kim.py": F}
    assert whose(unclear)["anna/one.py"] is Why.SEVERAL_FILES
    canvas = {"bellanna_4711_1_f.py": F, "bellanna_4711_2_g.py": F, "jo.kim.py": F}
    assert whose(canvas)["bellanna_4711_1_f.py"] == "p1"


def test_who_sent_something_else_is_told_and_a_readme_is_not() -> None:
    found = gathered({"anna/f.ipynb": "{}", "vandijk_900_1_essay.pdf": "%PDF", "README.txt": "x"})
    assert [(piece.path, piece.why) for piece in found.pieces] == [
        ("anna/f.ipynb", Why.NO_FILE),
        ("vandijk_900_1_essay.pdf", Why.NO_FILE),
    ]
    assert [(one.path, one.why) for one in found.passed_over] == [("README.txt", Aside.OTHER_KIND)]


def test_a_folder_around_all_is_taken_off_unless_it_is_somebodys() -> None:
    assert whose({"week 3/group A/anna.py": F, "week 3/group A/jo.kim.py": F}) == {
        "week 3/group A/anna.py": "p1",
        "week 3/group A/jo.kim.py": "p3",
    }
    assert whose({"anna/f.py": F}) == {"anna/f.py": "p1"}


def test_a_list_in_the_archive_says_whose_a_file_is_before_its_name_does() -> None:
    rows = "\ufefffile,student\nx1.py,anna\nteam/,sis_user_id:S-17\nkimjo_12_98765_f.py,jkim2\n"
    files: dict[str, str | bytes] = {
        "names.csv": rows,
        "x1.py": F,
        "team/f.py": F,
        "kimjo_12_98765_f.py": F,
    }
    assert whose(files) == {"x1.py": "p1", "team/f.py": "p2", "kimjo_12_98765_f.py": "p4"}


@pytest.mark.parametrize(
    "rows",
    [
        "name,student\nx,anna\n",
        "file,student\nx\n",
        "file,student\nx,anna\nx,jo.kim\n",
        b"\xff\xfe",
    ],
)
def test_a_list_that_can_not_be_read_ends_it(rows: str | bytes) -> None:
    with pytest.raises(BadArchive, match=r"names\.csv"):
        gathered({"names.csv": rows, "x.py": F})


def test_answers_to_a_quiz_are_files_of_json() -> None:
    files: dict[str, str | bytes] = {"anna.json": "{}", "jo.kim/answers.json": "{}", "p2.py": F}
    assert whose(files, is_quiz=True) == {"anna.json": "p1", "jo.kim/answers.json": "p3"}


def test_an_id_that_is_one_persons_and_another_ones_is_nobodys_for_sure() -> None:
    twin = Known("p9", "Other", "4711", True)
    members = Members((*CLASS, twin))
    (piece,) = gathered({"4711.py": F}).pieces
    assert piece.label is not None
    found = members.find(piece.label)
    assert (found.person, found.why, found.detail) == (None, Why.SEVERAL_PEOPLE, "Anna Bell, Other")
