"""The pages at the door: signing in and out, and going on as the demo student."""

from __future__ import annotations

from http import HTTPStatus

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from grader.access.door import TooManyTries, door
from grader.access.passwords import Busy
from grader.access.paths import local_path
from grader.access.principal import principal

#: What a page about somebody's account says of itself: no copy of it is kept.
UNKEPT = "private, no-store"
#: After so many seconds fewer people will be signing in.
BUSY_SECONDS = 5


def sign_in() -> Response:
    """The page to sign in; who has signed in already goes on."""
    who = principal()
    if who.is_known and not who.is_demo:
        return redirect(_goal(), HTTPStatus.SEE_OTHER)
    return _page()


def try_sign_in() -> Response:
    """Its form: begins a session, or says that something in it is wrong, not what."""
    username, password = request.form.get("username", ""), request.form.get("password", "")
    try:
        person = door().check(username, password)
    except TooManyTries as error:
        return wait_page(_page(too_many_words(error.seconds)), error.seconds)
    except Busy:
        return wait_page(_page(busy_words()), BUSY_SECONDS)
    if person is None:
        complaint = _("The user name or the password is wrong.")
        return _page(complaint, HTTPStatus.UNPROCESSABLE_ENTITY)
    answer = redirect(_goal(), HTTPStatus.SEE_OTHER)
    door().sign_in(answer, person.id)
    return answer


def enter_demo() -> Response:
    """Go on as the demo student, after leaving."""
    if not door().has_demo_here():
        return redirect(url_for("pages.sign_in"), HTTPStatus.SEE_OTHER)
    answer = redirect(_goal(), HTTPStatus.SEE_OTHER)
    door().return_to_demo(answer)
    return answer


def sign_out() -> Response:
    """End the session in this browser."""
    answer = redirect(url_for("pages.sign_in"), HTTPStatus.SEE_OTHER)
    door().sign_out(answer)
    # What this browser kept of the pages is the person's own, not the next one's.
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def too_many_words(seconds: int) -> str:
    """What is said to who has tried too often."""
    minutes = -(-seconds // 60)
    if minutes == 1:
        return str(_("Too many wrong passwords. Try again in a minute."))
    return str(_("Too many wrong passwords. Try again in %(count)s minutes.", count=minutes))


def busy_words() -> str:
    """What is said where many people sign in at once."""
    return str(_("Many people are signing in at this moment. Try again in a few seconds."))


def wait_page(answer: Response, seconds: int) -> Response:
    """A page that says to come again later."""
    answer.status_code = HTTPStatus.TOO_MANY_REQUESTS
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _page(complaint: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    page = render_template(
        "sign_in.html",
        complaint=complaint,
        username=request.form.get("username", ""),
        next=local_path(request.values.get("next")) or "",
        demo=door().has_demo_here(),
    )
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = UNKEPT
    return answer


def _goal() -> str:
    """Where to go on: the page that was asked for, if it is one of ours."""
    return local_path(request.values.get("next")) or url_for("pages.home")
