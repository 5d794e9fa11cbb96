"""`grader courses` and `grader people`: a server is set up from the command line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from exercises.catalog.reading import read_catalog
from grader.cli import main
from grader.store.assignment.assignments import Assignment, Assignments
from grader.store.assignment.disclosure import Release
from grader.store.assignment.releases import Releases
from grader.store.assignment.versions import Versions
from grader.store.course.courses import Courses
from grader.store.course.invitations import Invitations
from grader.store.course.memberships import Memberships
from grader.store.course.roles import Role
from grader.store.course.roster import Roster
from grader.store.database import migrate, open_database
from grader.store.identity.access_tokens import AccessTokens
from grader.store.identity.people import People
from grader.store.identity.scopes import Scope

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("GRADER_DATA_DIR", str(tmp_path))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)

    return run


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'grader.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def course(run: Run, engine: Engine) -> str:
    made = run("courses", "new", "flows", "--title", "Flows", "--time-zone", "Europe/Amsterdam")
    assert made.exit_code == 0, made.output
    return "flows"


def assigned(engine: Engine) -> Assignment:
    (one,) = Assignments(engine).of("flows")
    return one


def token_in(output: str) -> str:
    found = re.search(r"^https?://\S+/join/([\w-]{43})$", output, re.M)
    assert found is not None, output
    return found[1]


def test_a_new_server_gets_its_first_operator(run: Run, engine: Engine) -> None:
    made = run("people", "operator", "Ada@example.org", "--name", "Ada Lovelace")
    assert made.exit_code == 0, made.output
    token = token_in(made.output)
    ada = People(engine).by_username("ada@example.org")
    assert ada is not None
    assert (ada.name, ada.is_operator) == ("Ada Lovelace", True)
    assert Invitations(engine).choose_password(token, "hash") == ada.id
    assert "no operator any more" in run("people", "operator", "ada@example.org", "--undo").output
    assert People(engine).operators() == []
    assert "/join/" not in run("people", "operator", "ada@example.org").output
    assert [one.id for one in People(engine).operators()] == [ada.id]


def test_an_exercise_is_assigned_by_the_courses_clocks(
    run: Run, engine: Engine, course: str
) -> None:
    rules = ("--due", "2026-12-01", "--closes", "2026-12-05T18:00", "--late-penalty", "10%")
    limits = ("--attempts", "5", "--cooldown", "15m", "--opens", "2026-11-01T09:00Z")
    made = run("courses", "assign", course, "affine", *rules, *limits)
    assert made.exit_code == 0, made.output
    one = assigned(engine)
    version = read_catalog()["affine"].version
    assert (one.exercise, one.exercise_version) == ("affine", version)
    assert Versions(engine).archive("affine", version) is not None
    assert one.rules.due_at == datetime(2026, 12, 1, 22, 59, 59, tzinfo=UTC)
    assert one.rules.closes_at == datetime(2026, 12, 5, 17, 0, tzinfo=UTC)
    assert one.rules.opens_at == datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
    assert (one.rules.late_penalty, one.rules.attempts) == (0.1, 5)
    assert one.rules.cooldown_seconds == 900
    assert "due 2026-12-01 23:59:59 +0100" in made.output
    assert "5 attempts" in run("courses", "show", course).output


def test_rules_are_changed_one_by_one(run: Run, engine: Engine, course: str) -> None:
    run("courses", "assign", course, "affine", "--due", "2026-12-01", "--attempts", "5")
    changed = run("courses", "change", course, "affine", "--attempts", "none")
    assert changed.exit_code == 0, changed.output
    rules = assigned(engine).rules
    assert (rules.attempts, rules.due_at is None) == (None, False)
    assert run("courses", "change", course, "affine", "--due", "none").exit_code == 0
    assert assigned(engine).rules.due_at is None
    assert "does not ask for" in run("courses", "change", course, "inverse").output


def test_what_students_see_and_when_is_a_rule_too(run: Run, engine: Engine, course: str) -> None:
    hide = ("--hide", "law")
    made = run("courses", "assign", course, "affine", "--release", "by-hand", *hide)
    assert made.exit_code == 0, made.output
    assert assigned(engine).rules.release is Release.BY_HAND
    assert assigned(engine).rules.hidden_criteria == ("law",)
    words = "no deadline, grades are shown when staff release them, hidden: law"
    assert words in made.output
    assert words in run("courses", "show", course).output
    # What is left out stays; by the checks of pages, at the version that is asked.
    assert run("courses", "change", course, "affine", "--attempts", "3").exit_code == 0
    assert assigned(engine).rules.hidden_criteria == ("law",)
    assert "no criterion 'x'" in run("courses", "change", course, "affine", "--hide", "x").output
    shown = run("courses", "change", course, "affine", "--hide", "none", "--release", "at-once")
    assert shown.exit_code == 0, shown.output
    assert assigned(engine).rules.hidden_criteria == ()
    Releases(engine).release(assigned(engine).id)
    assert "grades were released 2" in run("courses", "show", course).output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("courses", "new", "Flows", "--title", "x"), "lower-case letters"),
        (("courses", "new", "flows", "--title", "x"), "There is a course flows already."),
        (("courses", "new", "x", "--title", "x", "--time-zone", "Mars"), "is no time zone"),
        (("courses", "assign", "art", "affine"), "There is no course 'art'; there are: flows."),
        (("courses", "assign", "flows", "art"), "There is no exercise 'art'; there are: "),
        (("courses", "assign", "flows", "affine", "--due", "soon"), "is no date and time"),
        (("courses", "assign", "flows", "affine", "--due", "2027-03-28T02:30"), "go forward"),
        (("courses", "assign", "flows", "affine", "--late-penalty", "110%"), "is no share"),
        (("courses", "assign", "flows", "affine", "--late-penalty", "nan"), "is no share"),
        (("courses", "assign", "flows", "affine", "--late-penalty", "5%"), "needs a deadline"),
        (("courses", "assign", "flows", "affine", "--cooldown", "1y"), "is no duration"),
        (("courses", "assign", "flows", "affine", "--cooldown", "8d"), "The cooldown is from 0"),
        (("courses", "assign", "flows", "affine", "--attempts", "0"), "is no number of attempts"),
        (("courses", "assign", "flows", "affine", "--release", "after-close"), "need a deadline"),
        (("courses", "assign", "flows", "affine", "--release", "never"), "'never' is not one of"),
        (("courses", "assign", "flows", "affine", "--hide", "art"), "has no criterion 'art'; it"),
        (("courses", "assign", "flows", "inverse", "--hide", "law"), "hide both, or neither"),
        (("courses", "invite", "art"), "There is no course 'art'"),
        (("people", "link", "bob"), "There is nobody with the user name 'bob'."),
        (("people", "disable", "bob"), "There is nobody with the user name 'bob'."),
        (("people", "operator", "-"), "A user name has 2 to 64 characters"),
    ],
)
def test_what_does_not_fit_is_said_and_changes_nothing(
    run: Run, engine: Engine, course: str, arguments: tuple[str, ...], said: str
) -> None:
    refused = run(*arguments)
    assert refused.exit_code in {1, 2}
    assert said in " ".join(refused.output.split())
    assert "Traceback" not in refused.output
    assert [one.id for one in Courses(engine).all()] == ["flows"]
    assert Assignments(engine).of("flows") == []
    assert People(engine).all() == []


def test_an_exercise_is_assigned_once(run: Run, engine: Engine, course: str) -> None:
    assert run("courses", "assign", course, "affine").exit_code == 0
    refused = run("courses", "assign", course, "affine", "--attempts", "1")
    assert refused.exit_code == 1
    assert "grader courses change" in refused.output
    assert assigned(engine).rules.attempts is None


def test_a_link_lets_people_join(run: Run, engine: Engine, course: str) -> None:
    address = ("--address", "https://grader.example.org/")
    made = run("courses", "invite", course, "--role", "assistant", "--uses", "3", *address)
    assert made.stdout.startswith("https://grader.example.org/join/")
    assert made.stderr == ""
    seen = Invitations(engine).look(token_in(made.output))
    assert seen is not None
    assert (seen.course, seen.role, seen.uses_left) == (course, Role.ASSISTANT, 3)
    assert abs(seen.expires_at - datetime.now(UTC) - timedelta(days=14)) < timedelta(hours=1)
    assert "is over" in run("courses", "archive", course).output
    assert run("courses", "invite", course).exit_code == 1
    assert "goes on" in run("courses", "archive", course, "--undo").output
    guessed = run("courses", "invite", course)
    assert guessed.stdout.startswith("http://127.0.0.1:8000/join/")
    assert guessed.stdout.count("\n") == 1, "a program reads one line"
    assert "GRADER_PUBLIC_URL" in guessed.stderr


def test_people_are_listed_shut_out_and_let_back_in(run: Run, engine: Engine, course: str) -> None:
    token = token_in(run("courses", "invite", course).output)
    kim = Invitations(engine).join(token, name="Kim", username="kim", password_hash="h")
    assert run("people", "list").output == "kim  Kim  student of flows\n"
    assert run("people", "list", "--course", course).output == run("people", "list").output
    assert run("people", "list", "--course", "other").output == ""
    link = token_in(run("people", "link", "KIM").output)
    assert "not sign in any more" in run("people", "disable", "kim").output
    assert "disabled" in run("people", "list").output
    assert Invitations(engine).look(link) is None
    assert run("people", "link", "kim").exit_code == 1
    run("people", "disable", "kim", "--undo")
    assert Invitations(engine).choose_password(link, "new") == kim.id


@pytest.mark.parametrize("command", [("courses", "list"), ("people", "list")])
def test_without_a_database_none_is_made(
    run: Run, tmp_path: Path, command: tuple[str, ...]
) -> None:
    refused = run(*command)
    assert refused.exit_code == 1
    assert "There is no database at" in refused.output
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_an_older_version_says_what_to_do(run: Run, tmp_path: Path) -> None:
    (tmp_path / "grader.db").touch()
    refused = run("courses", "list")
    assert refused.exit_code == 1
    assert "grader migrate" in refused.output


def test_a_server_that_does_not_answer_is_named_without_its_password(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_DATABASE_URL", "postgresql://grader:secret@127.0.0.1:1/grader")
    refused = run("courses", "list")
    assert refused.exit_code == 1
    assert "The database does not answer" in refused.output
    assert "secret" not in refused.output


def test_a_platform_gets_a_token_that_is_printed_once(
    run: Run, engine: Engine, course: str
) -> None:
    made = run("courses", "token", course, "--name", "Canvas", "--days", "10")
    assert made.exit_code == 0, made.output
    found = AccessTokens(engine).find(made.stdout.strip())
    assert found is not None
    token, person = found
    assert (person.name, token.scope, token.course) == ("Canvas", Scope.PLATFORM, course)
    assert token.created_by is None
    assert abs(token.expires_at - datetime.now(UTC) - timedelta(days=10)) < timedelta(minutes=5)
    assert People(engine).roles(person.id) == {course: Role.INSTRUCTOR}
    assert run("courses", "token", "nothing", "--name", "x").exit_code == 1


def test_a_class_comes_from_a_file_as_often_as_one_likes(
    run: Run, engine: Engine, course: str, tmp_path: Path
) -> None:
    file = tmp_path / "class.csv"
    # As a spreadsheet writes it: a mark at the beginning, quotes, an empty field.
    file.write_text('\ufeffname,canvas_id,section,role\n"Noor, Kim",1,Tue,\nBo,2,,Assistant\n')
    first = run("people", "import", course, str(file))
    assert (first.exit_code, first.output) == (0, "flows: 2 new, 0 known already.\n")
    assert run("people", "import", course, str(file)).output == "flows: 0 new, 2 known already.\n"
    members = Memberships(engine).of(course)
    assert {(one.person.name, one.role) for one in members} == {
        ("Noor, Kim", Role.STUDENT),
        ("Bo", Role.ASSISTANT),
    }
    kim = Roster(engine).find(course, "canvas_id", "1")
    assert kim is not None
    assert Roster(engine).ids_of(course, [kim]) == {kim: {"canvas_id": "1", "section": "Tue"}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,canvas_id\nLee,3\nMo,\n", "Line 3 of class.csv"),
        ("name,canvas_id,email\nLee,3,a@x\nMo,4,b@x\nWho,3,b@x\n", "different people"),
        ("name,canvas_id,role\nLee,3,boss\n", "Line 2: 'boss' is no role"),
        ("who,canvas_id\nLee,3\n", "no column “name”"),
        ("name,canvas_id\nLee,3,4\n", "Line 2 has more fields"),
        ("name,Canvas ID\nLee,3\n", "Line 2 of class.csv"),
        ("", "no column “name”"),
    ],
)
def test_a_file_with_a_mistake_changes_nothing(
    run: Run, engine: Engine, course: str, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "class.csv"
    file.write_text(text)
    refused = run("people", "import", course, str(file))
    assert refused.exit_code == 1
    assert said in refused.output
    assert Memberships(engine).of(course) == []
    assert People(engine).all() == []
