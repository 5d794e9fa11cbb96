"""`grader login` and `grader submit`, against the real application."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from click.testing import CliRunner, Result

from exercises.outcome import Outcome, Verdict
from grader.cli import main
from grader.remote.logins import BrokenLogins, Logins
from grader.store.batch.handing_in import HandingIn
from grader.store.identity.access_tokens import Wanted
from grader.store.identity.scopes import Scope
from tests.unit.grader.marking import finding, grade, report_of
from tests.unit.grader.programs.test_client import URL, Road
from tests.unit.grader.town import Town

if TYPE_CHECKING:
    from tests.unit.grader.conftest import Service

Run = Callable[..., Result]
SOURCE = "def f(z):\n    return 2 * z\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nobody has logged in, and the folder of this test is the present one."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("PUSHFORWARD_TOKEN", "PUSHFORWARD_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def grader(transport: httpx.BaseTransport, *arguments: str, **kept: Any) -> Result:
    return CliRunner().invoke(main, arguments, obj=transport, **kept)


class Worker(Road):
    """The road to a service in which what was sent is graded before it is asked after."""

    def __init__(self, service: Service, *verdicts: Verdict) -> None:
        super().__init__(service.app)
        self._service, self._verdicts = service, list(verdicts)
        self.graded: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        id_ = request.url.path.rpartition("/")[2]
        asked = request.method == "GET" and "/submissions/" in request.url.path
        if asked and id_ not in self.graded and self._verdicts:
            if not self.graded:
                self._service.hand_out()
            verdict = self._verdicts.pop(0)
            self._service.begin(id_)
            outcome = {Verdict.INTERNAL_ERROR: Outcome.INTERNAL_ERROR}
            report = self._service.report(
                verdict=verdict, outcome=outcome.get(verdict, Outcome.COMPLETED)
            )
            self._service.record(id_, report)
            self.graded.append(id_)
        return super().handle_request(request)


def token(town: Town, who: str, scope: Scope = Scope.STUDENT) -> str:
    return town.door.tokens.make(town.people[who].id, Wanted("mine", scope, None))[1]


def test_a_file_is_sent_and_its_report_printed_as_check_does(service: Service, home: Path) -> None:
    Path("f.py").write_text(SOURCE)
    road = Worker(service, Verdict.PASSED)
    done = grader(road, "submit", "f.py")
    assert done.exit_code == 0, done.output
    (id_,) = road.graded
    assert "f.py  passed  playground" in done.output
    assert "f is not invertible" in done.output
    assert "seed 424242" in done.output
    assert f"\n  {URL}/submissions/{id_}\n\n" in done.output
    assert service.stored(id_).source == SOURCE


def test_a_folder_is_sent_file_by_file_and_the_worst_counts(service: Service) -> None:
    for name in ("b.py", "a.py", "sub/c.py", ".hidden.py", "__pycache__/d.py", "notes.txt"):
        Path("work", name).parent.mkdir(parents=True, exist_ok=True)
        Path("work", name).write_text(f"# {name}\n{SOURCE}")
    road = Worker(service, Verdict.PASSED, Verdict.FAILED, Verdict.PASSED)
    done = grader(road, "submit", "work", "--exercise", "affine", "--json")
    assert done.exit_code == 1, done.output
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    sent = [service.stored(line["id"]) for line in lines]
    assert [one.source.splitlines()[0] for one in sent] == ["# a.py", "# b.py", "# sub/c.py"]
    assert {one.exercise for one in sent} == {"affine"}
    assert [line["report"]["verdict"] for line in lines] == ["passed", "failed", "passed"]


def test_standard_input_is_sent(service: Service) -> None:
    done = grader(Worker(service, Verdict.PASSED), "submit", "-", input=SOURCE)
    assert done.exit_code == 0, done.output


def test_our_failure_is_the_exit_code_three(service: Service) -> None:
    road = Worker(service, Verdict.INTERNAL_ERROR)
    assert grader(road, "submit", "-", input=SOURCE).exit_code == 3


def test_what_is_not_graded_in_time_says_so(service: Service) -> None:
    late = grader(Road(service.app), "submit", "-", "--wait", "0.01", input=SOURCE)
    assert (late.exit_code, "not graded yet" in late.output) == (3, True)
    only = grader(Road(service.app), "submit", "-", "--wait", "0", input=SOURCE)
    assert (only.exit_code, "not graded yet" in only.output) == (0, True)


def test_what_can_not_be_sent_is_said_and_the_rest_is_sent(service: Service) -> None:
    Path("bad.py").write_bytes(b"\xff\xfe")
    Path("long.py").write_text("#" * 70_000)
    Path("good.py").write_text(SOURCE)
    road = Worker(service, Verdict.PASSED)
    done = grader(road, "submit", "bad.py", "long.py", "none.py", "good.py")
    assert done.exit_code == 2
    assert len(road.graded) == 1
    said = done.output
    assert "bad.py is no UTF-8 text" in said
    assert "long.py was not accepted. The source is too long" in said
    assert "none.py can't be read" in said
    assert "good.py  passed" in said


def test_a_quiz_is_answered_by_a_file_of_answers(quizzes: Service) -> None:
    slug = next(one for one, kind in quizzes.desk.catalog.exercises.items() if kind.kind == "quiz")
    questions = quizzes.client.get(f"/api/v1/exercises/{slug}").get_json()["questions"]
    first = {one["id"]: one["options"][0]["id"] for one in questions}
    answers = {id_: {"true": True, "false": False}.get(one, one) for id_, one in first.items()}
    assert len(answers) > 1
    Path("a.json").write_text(json.dumps({"answers": answers}))
    Path("b.json").write_text("[1]")
    road = Worker(quizzes, Verdict.PASSED)
    done = grader(road, "submit", "a.json", "b.json", "--exercise", slug)
    assert done.exit_code == 2
    assert "b.json: To a quiz, a file holds answers" in done.output
    (id_,) = road.graded
    assert json.loads(quizzes.stored(id_).source) == {"answers": answers}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--exercise", "nix"], "nothing at this address"),
        (["--assignment", "nix"], "nothing at this address"),
        (["--assignment", "a", "--exercise", "affine"], "Give --assignment alone"),
        (["--course", "red"], "--course needs --exercise"),
        (["--to", "http://grader.test", "--token", "pf_x"], "everybody on the way"),
        (["--to", "nowhere"], "no address of a server"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_sent(
    service: Service, arguments: list[str], says: str
) -> None:
    road = Road(service.app)
    done = grader(road, "submit", "-", *arguments, input=SOURCE)
    assert (done.exit_code, says in done.output) == (2, True), done.output
    assert all(request.method == "GET" for request in road.requests)


def test_no_server_is_said_soon() -> None:
    def unplugged(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[Errno 111] Connection refused")

    done = grader(httpx.MockTransport(unplugged), "submit", "-", input=SOURCE)
    assert done.exit_code == 3
    assert f"{URL} does not answer: Connection refused" in done.output


def test_one_logs_in_once_and_nobody_else_reads_the_token(town: Town, home: Path) -> None:
    secret, road = token(town, "ann"), Road(town.app)
    done = grader(road, "login", URL, input=f"{secret}\n")
    assert done.exit_code == 0, done.output
    assert f"Logged in to {URL} as Ann; the token works until 20" in done.output
    assert secret not in done.output
    (file,) = (home / "config" / "pushforward").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700

    asked = town.opened["red"].id
    sent = grader(road, "submit", "-", "--assignment", asked, "--wait", "0", input=SOURCE)
    assert sent.exit_code == 0, sent.output
    named = grader(
        road, "submit", "-", "--course", "red", "--exercise", "affine", "--wait", "0", "--json",
        input=SOURCE,
    )  # fmt: skip
    assert json.loads(named.stdout)["assignment"] == asked
    assert json.loads(named.stdout)["student"] == town.people["ann"].id
    unknown = grader(road, "submit", "-", "--course", "red", "--exercise", "score", input=SOURCE)
    assert (unknown.exit_code, "red does not ask for score" in unknown.output) == (2, True)

    assert grader(road, "logout").exit_code == 0
    out = grader(road, "submit", "-", input=SOURCE)
    assert (out.exit_code, "grader login" in out.output) == (2, True)
    assert grader(road, "logout").exit_code == 2


def test_a_token_that_does_not_work_is_not_kept(town: Town, home: Path) -> None:
    done = grader(Road(town.app), "login", URL, "--token", "pf_" + "x" * 43)
    assert (done.exit_code, "The access token does not work" in done.output) == (2, True)
    assert Logins().last() is None


def test_the_variable_comes_before_what_is_kept(town: Town) -> None:
    Logins().save(URL, token(town, "bob"))
    variables = {"PUSHFORWARD_TOKEN": token(town, "ann")}
    done = grader(
        Road(town.app), "submit", "-", "--wait", "0", "--json", input=SOURCE, env=variables
    )
    assert json.loads(done.stdout)["student"] == town.people["ann"].id


def test_the_last_login_comes_first_and_a_broken_file_is_said_to_be_broken(home: Path) -> None:
    logins = Logins(home / "deep" / "servers.json")
    logins.save("https://a.test", "1")
    logins.save("https://b.test", "2")
    logins.save("https://a.test", "3")
    assert (logins.last(), logins.token("https://a.test")) == ("https://a.test", "3")
    assert logins.forget("https://a.test")
    assert not logins.forget("https://a.test")
    assert logins.last() == "https://b.test"
    logins.file.write_text("[")
    with pytest.raises(BrokenLogins, match="log in again"):
        logins.last()


def class_folder(home: Path) -> Path:
    folder = home / "week 3"
    (folder / "bob").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git" / "x.py").write_text("x")
    (folder / "ann.py").write_text(SOURCE)
    (folder / "bob" / "f.py").write_text(SOURCE)
    (folder / "zoe.py").write_text(SOURCE)
    return folder


def test_a_class_is_handed_in_from_a_folder_after_a_dry_run(town: Town, home: Path) -> None:
    folder, road = class_folder(home), Road(town.app)
    mine = ("--token", token(town, "tess", Scope.TA), "--to", URL)
    meant = ("submit", "--class", str(folder), "--course", "red", "--exercise", "affine")
    dry = grader(road, *meant, "--dry-run", *mine)
    assert dry.exit_code == 2, dry.output  # Zoe's would be left out
    assert "would be handed in" in dry.output
    assert "Nobody in the course" in " ".join(dry.output.split())
    page = town.desk.batches.page(town.principal("op"), town.opened["red"].id, limit=10)
    assert page == ([], None)
    sent = grader(
        road, *meant, "--sent-at", "2026-01-02T03:04:05+0100", "--wait", "0", "--json", *mine
    )
    assert sent.exit_code == 2, sent.output
    lines = [json.loads(line) for line in sent.stdout.splitlines()]
    assert [(one["file"], one["state"], one["name"]) for one in lines] == [
        ("ann.py", "waiting", "Ann"),
        ("bob/f.py", "waiting", "Bob"),
        ("zoe.py", "left_out", None),
    ]
    ((made,), _) = town.desk.batches.page(town.principal("op"), town.opened["red"].id, limit=10)
    assert made.name == "week 3"
    assert made.sent_at == datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC)


def test_the_grades_of_a_class_are_waited_for(town: Town, home: Path) -> None:
    (home / "ann.py").write_text(SOURCE + "# for the class\n")
    road, engine = Road(town.app), town.desk.engine

    class Runner(httpx.BaseTransport):
        """The road to a service in which a batch is handed in and graded when it is looked at."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.method == "GET" and "/batches/" in request.url.path:
                for id_ in HandingIn(engine).begun():
                    HandingIn(engine).step(id_, datetime.now(UTC))
                for one in town.desk.submissions.latest(assignment=assigned):
                    if one.state == "accepted":
                        grade(town, one.id, report_of(finding("law", 1.0, 2.0)))
            return road.handle_request(request)

    assigned = town.assign("red", "affine").id
    mine = ("--token", token(town, "tess", Scope.TA), "--to", URL)
    done = grader(Runner(), "submit", "--class", ".", "--assignment", assigned, *mine)
    assert done.exit_code == 1, done.output
    assert "partial 1/2" in done.output
    again = grader(Runner(), "submit", "--class", ".", "--assignment", assigned, *mine)
    assert (again.exit_code, "handed in before" in again.output) == (1, True)
    alone = grader(road, "submit", "ann.py", "--class", ".", "--assignment", assigned, *mine)
    assert (alone.exit_code, "--class goes alone" in alone.output) == (2, True)
    nowhere = grader(road, "submit", "--class", "gone.zip", "--assignment", assigned, *mine)
    assert (nowhere.exit_code, "gone.zip can't be read" in nowhere.output) == (2, True)
    student = ("--token", token(town, "ann"), "--to", URL)
    refused = grader(road, "submit", "--class", ".", "--assignment", assigned, *student)
    assert refused.exit_code == 2, refused.output
