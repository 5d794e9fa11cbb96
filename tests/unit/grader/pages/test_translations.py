"""The pages in their languages: every sentence can be translated, and in German every one is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from exercises.report import Figure
from grader.desks.problems import PROBLEM_TYPES
from grader.store.assignment.assignments import Rules
from grader.store.assignment.disclosure import Release
from grader.store.audit import Actor, Deed, Entry
from grader.store.batch.handing_in import HandingIn
from grader.web import refusals
from grader.web.deeds import deed_words
from grader.web.language import LANGUAGES
from grader.web.views.staff import webhooks
from tests.unit.grader.classroom import Classroom, Handed
from tests.unit.grader.courses.test_internal_errors import fail
from tests.unit.grader.courses.test_regrades import try_all
from tests.unit.grader.marking import finding, grade, report_of
from tests.unit.grader.page_text import read_by_people, untranslated
from tests.unit.grader.pages.test_batches import act, begun
from worker.source import SOURCE_BYTES

if TYPE_CHECKING:
    from tests.unit.grader.conftest import Service
    from tests.unit.grader.town import Town

ROOT = Path(__file__).parents[4]
WEB = ROOT / "grader" / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
TRANSLATED = sorted(set(LANGUAGES) - {"en"})
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
#: What is not there, and says so on a page.
GONE = ("/nowhere", "/submissions/nowhere", "/join/gone")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}|\$|<[^>]*>")


@cache
def catalog(code: str) -> Catalog:
    with (WEB / "translations" / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=code, abort_invalid=True)


def sentences(found: Catalog) -> dict[str, Message]:
    """The messages by their English, in the singular."""
    return {forms(message.id)[0]: message for message in found if message.id}


def forms(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What `make translations` finds in the templates and views."""
    (command,) = re.findall(r"pybabel (--quiet extract .*?) -o", makefile())
    path = tmp_path_factory.mktemp("sentences") / "sentences.pot"
    settings = command.replace("pyproject.toml", str(ROOT / "pyproject.toml")).split()
    CommandLineInterface().run(["pybabel", *settings, "-o", str(path), str(ROOT)])
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def makefile() -> str:
    return (ROOT / "Makefile").read_text().replace("\\\n\t", "")


def test_every_language_that_is_offered_has_its_sentences() -> None:
    there = {path.parents[1].name for path in WEB.glob("translations/*/*/messages.po")}
    assert there == set(TRANSLATED)
    assert "de" in there


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_translated_sentences_are_those_of_the_pages(code: str, extracted: Catalog) -> None:
    pages, ours = sentences(extracted), sentences(catalog(code))
    assert len(pages) > 200
    assert set(pages) - set(ours) == set(), "run `make translations`, and translate these"
    assert set(ours) - set(pages) == set(), "run `make translations`: no page says these"
    assert [one for one, message in pages.items() if message.id != ours[one].id] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_each_sentence_is_translated_with_what_is_put_into_it(code: str) -> None:
    plurals = catalog(code).num_plurals
    for english, message in sentences(catalog(code)).items():
        said = forms(message.string)
        assert all(said), f"not translated: {english}"
        assert not message.fuzzy, f"not looked at: {english}"
        assert len(said) == (plurals if message.pluralizable else 1)
        put_in = sorted(_PLACEHOLDER.findall(forms(message.id)[-1]))
        for text in said:
            if "%(num)s" not in text and message.pluralizable and text == said[0]:
                text += "%(num)s" * put_in.count("%(num)s")  # “one question”
            assert sorted(_PLACEHOLDER.findall(text)) == put_in, english


@pytest.mark.parametrize("code", TRANSLATED)
def test_what_is_compiled_is_what_is_written(code: str) -> None:
    path = WEB / "translations" / code / "LC_MESSAGES" / "messages.mo"
    again = BytesIO()
    write_mo(again, catalog(code))
    again.seek(0)
    assert said(read_mo(BytesIO(path.read_bytes()))) == said(read_mo(again))


def said(found: Catalog) -> dict[str, tuple[str, ...]]:
    return {english: forms(message.string) for english, message in sentences(found).items()}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_says_nothing_that_can_not_be_translated(path: Path) -> None:
    assert untranslated(path.read_text()) == []


@pytest.mark.parametrize(
    "template",
    [
        "<p>Hello</p>",
        '<p title="Hello">{{ x }}</p>',
        '<a aria-label="{% if x %}Hello{% endif %}"></a>',
        '{{ "point" if n == 1 else "points" }}',
        '{{ n ~ " points" }}',
        "{% for x in xs %}{{ _('Yes') }}{% else %}None{% endfor %}",
        "{% macro m() %}<p>Hello</p>{% endmacro %}",
        '{{ field("name", "Your name") }}',
        '<p{% if x %} hidden{% endif %}>Hello <span lang="en">you</span></p>',
    ],
)
def test_bare_words_in_a_template_are_found(template: str) -> None:
    assert untranslated(template) != []


def test_what_is_translated_or_says_that_it_is_english_is_no_bare_word() -> None:
    template = """
    <h1>{{ _("Hello %(name)s", name=name) }}</h1><p class="a b">{% trans %}Some words{% endtrans %}
    <span{{ english }}>{{ judged }} in English</span> {{ "–" if x }}</p><code>z1 = f(z2)</code>
    {{ field("name", _("Your name"), type="password") }}"""
    assert untranslated(template) == []


def test_every_sentence_that_a_script_says_is_on_the_page(service: Service) -> None:
    known = words_of(service.client.get("/exercises/affine").text)
    scripts = "".join(path.read_text() for path in (WEB / "static").glob("*.js"))
    asked = set(re.findall(r'\bwords\("([\w-]+)"', scripts))
    assert len(asked) > 10
    assert asked - set(known) == set()
    of_editor = "".join(path.read_text() for path in (WEB / "editor" / "src").glob("*.js"))
    phrases = set(re.findall(r'\.phrase\("([^"]+)"\)', of_editor))
    assert phrases <= set(known["editor"])
    assert "Tab leaves the editor now." in phrases


def words_of(page: str) -> dict[str, str]:
    (block,) = re.findall(r'<script type="application/json" id="words">(.*?)</script>', page)
    found: dict[str, str] = json.loads(block)
    return found


def test_the_scripts_and_the_editor_speak_german_with_the_page(service: Service) -> None:
    page = service.client.get("/exercises/affine", headers=GERMAN).text
    words = words_of(page)
    german = {
        english: forms(message.string)[0] for english, message in sentences(catalog("de")).items()
    }
    editor = words.pop("editor")
    assert editor == {english: german[english] for english in editor}
    assert set(words.values()) <= {text.replace("%%", "%") for text in german.values()}


@cache
def english_left() -> re.Pattern[str]:
    """Any sentence of ours that is another one in German, as a whole text."""
    bare = [
        re.sub(r"%\\\(\w+\\\)s", r"\\S+", re.escape(text))
        for message in sentences(catalog("de")).values()
        for text in forms(message.id)
        if text not in forms(message.string)
    ]
    return re.compile("|".join(bare))


def assert_german(page: str) -> None:
    texts = read_by_people(page)
    assert '<html lang="de">' in page
    left = [text for text in texts if english_left().fullmatch(text)]
    assert left == [], re.findall("<title>.*</title>", page)
    assert "Zum Inhalt springen" in texts
    assert 'aria-label="Website"' in page or "Anmelden" in texts


@pytest.mark.parametrize(
    "address",
    [
        *("/", "/exercises", "/exercises/affine", "/exercises/which-a", "/submissions"),
        *("/help", "/problems", "/problems/invalid", "/schemas", "/account", "/sign-in"),
        *("/courses", *GONE),
    ],
)
def test_no_english_is_left_on_a_german_page(service: Service, address: str) -> None:
    answer = service.client.get(address, headers=GERMAN | {"Accept": "text/html"})
    assert (answer.status_code == 404) == (address in GONE)
    assert_german(answer.text)
    assert {"Accept-Language", "Cookie"} <= set(answer.vary)


def test_a_report_is_german_around_what_the_judge_says(
    service: Service, drawn: dict[str, bytes]
) -> None:
    before = service.submit(exercise="affine")
    report = service.report(exercise="affine", score=6.25, max_score=10, samples=20_000)
    id_ = service.graded(report, drawn, exercise="affine", source="def f(z):\n    return -z\n")
    page = service.client.get(f"/submissions/{id_}", headers=GERMAN).text
    assert_german(page)
    texts = read_by_people(page)
    for said in ("Bestanden", "6,25 von 10 Punkten", "20.000", "0,12 s Rechenzeit", "64 MB"):
        assert any(said in text for text in texts), said
    judged = "f is not invertible: here are two inputs with one output."
    assert f'<span lang="en">{judged}</span>' in page
    assert re.search(r"\d\d?\. [A-Z]\w+\.? \d{4}, \d\d:\d\d UTC", page)
    assert_german(service.client.get(f"/submissions/{id_}/diff/{before}", headers=GERMAN).text)
    assert_german(service.client.get("/submissions", headers=GERMAN).text)


def test_the_marks_of_a_quiz_are_german(quizzes: Service) -> None:
    sent = {"exercise": "which", "answers": {}}
    id_ = quizzes.client.post("/api/v1/submissions", json=sent).get_json()["id"]
    assert_german(quizzes.client.get(f"/submissions/{id_}", headers=GERMAN).text)
    quizzes.marked(id_)
    page = quizzes.client.get(f"/submissions/{id_}", headers=GERMAN).text
    assert_german(page)
    assert "Deine Antworten sind ausgewertet." in page


def test_a_course_and_its_assignment_are_german(town: Town) -> None:
    assignment = f"/courses/red/assignments/{town.opened['red'].id}"
    for address in ("/courses", "/courses/red", assignment, f"/submissions/{town.work['ann']}"):
        assert_german(town.get("ann", address, headers=GERMAN).text)


@pytest.fixture(scope="module")
def busy(town: Town) -> Town:
    """A town whose red course has something to show on each page of its staff."""
    graded(town, town.work["ann"])
    hand_in_a_class(town)
    page, note = f"/submissions/{town.work['ann']}", {"text": "Why so?"}
    do(town, "tess", f"{page}/comments", note | {"line": "1"}, page)
    do(town, "tess", f"{page}/points", {"points": "9", "reason": "A sign only."}, page)
    do(town, "ann", f"{page}/reviews", note, page)
    soon = datetime.now(UTC) + timedelta(days=1)
    for release in (Release.BY_HAND, Release.AFTER_CLOSE):
        rules = Rules(due_at=soon, release=release, hidden_criteria=("law",))
        late = town.assign("red", "affine", rules)
        graded(town, town.hand_in("bob", late.id))
        extensions = f"/courses/red/assignments/{late.id}/extensions"
        more = {"person": town.people["bob"].id, "more_attempts": "1", "reason": "ill"}
        do(town, "tess", extensions, more, extensions)
    tries, hooks = "/courses/red/regrades", "/courses/red/webhooks"
    do(town, "tess", tries, {"assignment": town.opened["red"].id, "which": "all"}, tries)
    try_all(town, {})
    do(town, "tess", tries, {"assignment": town.opened["red"].id, "which": "all"}, tries)
    hook = {"url": "https://lms.example.org/hook", "events": "submission.graded"}
    made = re.search(rf'"({hooks}/\w+)/ping"', do(town, "op", hooks, hook, hooks))
    assert made is not None
    with pytest.MonkeyPatch.context() as hurried:
        hurried.setattr(webhooks, "PATIENCE_SECONDS", 0.0)
        do(town, "op", f"{made[1]}/ping", {}, hooks)
    do(town, "op", "/courses/red/access", {"token_name": "LMS", "days": "9"}, "/courses/red/access")
    do(town, "op", "/account/tokens", {"token_name": "laptop-7", "scope": "student", "days": "9"})
    fail(town, town.hand_in("bob", town.opened["red"].id))
    listed = town.get("op", "/courses/red").text
    begun(town, re.findall(r'href="(/courses/red/assignments/\w+/batches)"', listed)[0])
    return town


def graded(town: Town, id_: str) -> None:
    criteria = finding("law", 6, 10), finding("invertibility", 0, 2)
    grade(town, id_, report_of(*criteria, figures=[Figure(name="density", alt="One mode.")]))


def hand_in_a_class(town: Town) -> None:
    """Students who are right, who err alone, and two who share what nobody else has."""
    right = "def f(z):\n    return 2 * z + 1\n"
    own = "def f(z):\n    return {} * z - {}\n"
    rare = (
        "import numpy as np\n\n\ndef f(z):\n    first = np.sin(z[0]) * 1.37\n"
        "    second = z[1] * 0.77 + np.tanh(z[0])\n    return np.array([first, second])\n"
    )
    handed = [Handed(f"Right {n}", right, passed=True, origin="reference") for n in range(6)]
    handed += [Handed(f"Own {n}", own.format(1.3 + n / 7, n)) for n in range(4)]
    handed += [Handed(name, rare, mistake="shift") for name in ("Mia", "Noa")]
    Classroom(town.desk, town.opened["red"]).hand_in(handed)


def do(
    town: Town, who: str, address: str, fields: Mapping[str, str], page: str = "/account"
) -> str:
    """Send a form, as on a page in German; what comes back says so."""
    answer = town.form(who, address, fields, page=page, headers=GERMAN)
    assert answer.status_code in {200, 303}, answer.text
    if answer.status_code == 200:
        assert_german(answer.text)
    return answer.text


def followed(town: Town, who: str, start: str) -> dict[str, str]:
    """Each kind of page that one gets to from a page by links, by endpoint and parameters.

    Raises:
        AssertionError: one of these pages says something in English.
    """
    routes = town.app.url_map.bind("localhost")
    found: dict[str, str] = {}
    waiting = [start]
    while waiting:
        address = waiting.pop(0)
        path, query = urlsplit(address).path, parse_qs(urlsplit(address).query)
        endpoint, parts = routes.match(path)
        kind = "?".join((endpoint, *sorted(query)))
        elsewhere = parts.get("course", "red") != "red"  # where somebody is called “Demo student”
        if not endpoint.startswith("pages.") or kind in found or elsewhere:
            continue
        answer = town.get(who, address, headers=GERMAN | {"Accept": "text/html"})
        found[kind] = address
        if answer.status_code == 303:
            waiting.append(answer.headers["Location"])
            continue
        assert answer.status_code == 200, address
        assert_german(answer.text)
        links = re.findall(r'<a [^>]*href="(/[^"#]*)', answer.text)
        waiting += [link.replace("&amp;", "&") for link in links]
    return found


def test_every_page_of_staff_is_german(busy: Town) -> None:
    found = followed(busy, "op", "/courses/red")
    seen = {kind.partition("?")[0] for kind in found}
    rules = [one for one in busy.app.url_map.iter_rules() if "GET" in (one.methods or ())]
    of_staff = {one.endpoint for one in rules if re.match("/(courses|errors)", one.rule)}
    assert of_staff - seen == set()
    assert "pages.submission" in seen


def test_a_batch_is_german_at_each_of_its_stages(busy: Town) -> None:
    page = f"/courses/red/assignments/{busy.assign('red', 'affine').id}/batches"
    batch, said = begun(busy, page), []
    for step in ("planned", "begun", "handed in"):
        if step == "begun":
            act(busy, batch, "begin")
        elif step == "handed in":
            HandingIn(busy.desk.engine).step(batch.rpartition("/")[2], datetime.now(UTC))
        shown = busy.get("tess", batch, headers=GERMAN).text
        assert_german(shown)
        said.append(read_by_people(shown))
    assert "würde eingereicht" in said[0]
    assert "wird eingereicht" in said[1]
    assert "noch nicht bewertet" in said[2]
    assert_german(busy.get("tess", page, headers=GERMAN).text)


def test_what_staff_see_as_a_student_is_german(busy: Town) -> None:
    ann, headers = busy.people["ann"].id, GERMAN | {"Accept": "text/html"}
    work = f"/courses/red/assignments/{busy.opened['red'].id}", f"/submissions/{busy.work['ann']}"
    busy.form("tess", f"/courses/red/students/{ann}/see", {}, page="/help")
    shown = [busy.get("tess", one, headers=headers).text for one in ("/courses/red", *work)]
    refused = busy.get("tess", "/courses/red/overview", headers=headers)
    busy.form("tess", "/guise/end", {}, page="/help")
    for page in (*shown, refused.text):
        assert_german(page)
        assert "Du siehst diesen Kurs, wie Ann ihn sieht. Abschicken lässt sich nichts." in page
    assert refused.status_code == 403
    assert "<h1>Du siehst den Kurs wie eine Studentin oder ein Student</h1>" in refused.text


@pytest.mark.parametrize(
    ("who", "address", "fields", "said"),
    [
        ("ann", "/courses/red/overview", None, "Das ist nicht für dich"),
        ("tess", "/courses/blue/overview", None, "Unter dieser Adresse ist nichts"),
        ("op", "/courses/red/anonymise", {"confirm": "x"}, "Das ist nicht der Titel."),
        ("ann", "/submissions", {"exercise": "none"}, "Eine solche Aufgabe gibt es nicht"),
    ],
)
def test_what_is_refused_is_german(
    busy: Town, who: str, address: str, fields: dict[str, str] | None, said: str
) -> None:
    headers = GERMAN | {"Accept": "text/html"}
    if fields is None:
        answer = busy.get(who, address, headers=headers)
    else:
        answer = busy.form(who, address, fields, page="/account", headers=headers)
    assert answer.status_code >= 400
    assert_german(answer.text)
    assert said in read_by_people(answer.text)


def test_numbers_in_what_is_refused_are_german(service: Service) -> None:
    with service.client.application.test_request_context(headers=GERMAN):
        said = refusals.advice(PROBLEM_TYPES["source-too-long"])
    assert f"{SOURCE_BYTES:,}".replace(",", ".") in said


def test_what_is_done_to_several_students_at_once_is_one_sentence(service: Service) -> None:
    entry = Entry("1", datetime.now(UTC), "red", Actor("a"), Deed.COMMENTED, about="b")
    with service.client.application.test_request_context(headers=GERMAN):
        assert deed_words(entry, {"b": "Ann"}) == "hat die Arbeit von Ann kommentiert"
        assert deed_words(entry, {}, 3) == "hat die Arbeit von 3 Personen kommentiert"


def test_what_staff_say_and_hide_is_german_to_the_student(busy: Town) -> None:
    assert "pages.submission" in followed(busy, "bob", "/submissions")
    page = f"/submissions/{busy.work['ann']}"
    text = busy.get("ann", page, headers=GERMAN).text
    assert_german(text)
    assert "Vom Kursteam von 6 auf 9 geändert." in text


def test_a_page_in_english_says_nothing_of_languages(service: Service) -> None:
    page = service.client.get("/exercises/affine").text
    assert '<html lang="en">' in page
    assert re.findall(r'<(?!html|button)[^>]* lang="[^>]*>', page) == []


@pytest.mark.parametrize(
    ("asked", "cookie", "language"),
    [
        ("de", None, "de"),
        ("de-CH", None, "de"),
        ("fr,de;q=0.8", None, "de"),
        ("fr", None, "en"),
        ("", None, "en"),
        ("*", None, "en"),
        ("de", "en", "en"),
        ("en", "de", "de"),
        ("en", "fr", "en"),
        ("de", "<script>", "de"),
        ("en", "../de", "en"),
    ],
)
def test_what_was_chosen_goes_before_what_the_browser_asks_for(
    service: Service, asked: str, cookie: str | None, language: str
) -> None:
    if cookie is not None:
        service.client.set_cookie("language", cookie)
    page = service.client.get("/help", headers={"Accept-Language": asked}).text
    assert f'<html lang="{language}">' in page


def test_the_form_below_each_page_changes_the_language_and_leads_back(service: Service) -> None:
    client, back = service.client, "http://localhost/exercises?x=1"
    answer = client.post("/language", data={"language": "de"}, headers={"Referer": back})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/exercises?x=1")
    assert_german(client.get("/exercises").text)
    client.post("/language", data={"language": "xx"}, headers={"Referer": back})
    assert_german(client.get("/exercises").text)
    client.post("/language", data={"language": "en"}, headers={"Referer": back})
    assert '<html lang="en">' in client.get("/exercises").text


@pytest.mark.parametrize(
    "referer", ["http://evil.example/exercises", "http://localhost//evil.example", ""]
)
def test_the_form_leads_nowhere_else(service: Service, referer: str) -> None:
    answer = service.client.post("/language", data={"language": "de"}, headers={"Referer": referer})
    assert answer.headers["Location"] == "/"


def test_the_interface_speaks_english_to_every_program(service: Service) -> None:
    answer = service.client.get("/api/v1/submissions/nowhere", headers=GERMAN)
    assert answer.status_code == 404
    assert answer.get_json()["detail"] == "There is nothing at this address."
