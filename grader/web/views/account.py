"""The page of one's own account: name, password, the browsers that are signed in, language."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.access import cookies
from grader.access.door import TooManyTries, door
from grader.access.passwords import SHORTEST, Busy
from grader.access.principal import principal
from grader.desks.desk import desk
from grader.desks.tokens import Fresh
from grader.store.course.courses import Courses
from grader.store.identity.access_tokens import LIFETIME, LONGEST
from grader.store.identity.people import Person
from grader.store.identity.scopes import Scope
from grader.web.forms import Complaints, about_name, about_password
from grader.web.views.sign_in import BUSY_SECONDS, UNKEPT, busy_words, too_many_words, wait_page


def account() -> Response:
    """The page."""
    return page()


def rename() -> Response:
    """Show oneself by another name."""
    name = request.form.get("name", "")
    wrong = about_name(name)
    if wrong:
        return page(wrong)
    door().people.rename(_person().id, name)
    return done("name")


def change_password() -> Response:
    """Choose another password; every other browser is signed out."""
    person, password = _person(), request.form.get("password", "")
    try:
        if not door().check(person.username or "", request.form.get("current", "")):
            return page({"current": _("This is not your password.")})
        wrong = about_password(password, username=person.username or "", name=person.name)
        if wrong:
            return page(wrong)
        door().people.set_password(person.id, door().passwords.hash(password))
    except TooManyTries as error:
        return wait_page(page({"current": too_many_words(error.seconds)}), error.seconds)
    except Busy:
        return wait_page(page({"current": busy_words()}), BUSY_SECONDS)
    answer = done("password")
    door().sign_in(answer, person.id)
    return answer


def sign_out_everywhere() -> Response:
    """End all sessions but the one of this browser."""
    door().sessions.end_all(_person().id, but=cookies.read(cookies.SESSION))
    return done("sessions")


def _person() -> Person:
    person = principal().person
    assert person is not None  # by the rules of these addresses
    return person


def done(what: str) -> Response:
    """Back to the page, which says what was done."""
    return redirect(url_for("pages.account", done=what), HTTPStatus.SEE_OTHER)


def page(complaints: Complaints | None = None, fresh: Fresh | None = None) -> Response:
    """The page, with what its forms got wrong, and with a token that was just made."""
    person, messages, who = _person(), _messages(), principal()
    courses = Courses(desk().engine).of(person.id)
    shown = render_template(
        "account.html",
        person=person,
        is_demo=who.is_demo,
        tokens=[] if who.is_demo else desk().tokens.own(who),
        titles={course.id: course.title for course, _role in courses},
        fresh=fresh,
        scopes=[Scope.STUDENT, *([Scope.TA] if who.staffed else [])],
        lasts=LIFETIME.days,
        longest=LONGEST.days,
        has_password=door().people.password_of(person.id) is not None,
        courses=courses,
        sessions=len(door().sessions.of(person.id)),
        done=messages.get(request.args.get("done", "")),
        complaints=complaints or {},
        shortest=SHORTEST,
        given=request.form if complaints else {},
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if complaints else HTTPStatus.OK
    answer = make_response(shown, status)
    answer.headers["Cache-Control"] = UNKEPT
    return answer


def _messages() -> dict[str, str]:
    return {
        "name": _("Your name is changed."),
        "password": _("Your password is changed, and all other browsers are signed out."),
        "sessions": _("All other browsers are signed out."),
        "revoked": _("The access token does not work any more."),
    }
