"""The language of the pages: which there are, and which one a request gets."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import urlsplit

from flask import Flask, redirect, request, url_for
from flask_babel import Babel, get_locale
from markupsafe import Markup
from werkzeug.wrappers import Response

#: By its code the name of each language in itself. The sentences are in translations/CODE/.
LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "de": "Deutsch"})

_COOKIE = "language"
_YEAR_SECONDS = 365 * 24 * 3600


def speak(app: Flask) -> None:
    """Let the templates and views of `app` translate: `_("…")`, `{% trans %}`."""
    Babel(app, default_locale="en", locale_selector=_chosen)
    app.context_processor(
        lambda: {"languages": LANGUAGES, "language": language(), "english": _english()}
    )
    app.after_request(_vary)


def language() -> str:
    """The code of the request's language."""
    return str(get_locale() or "en")


def choose() -> Response:
    """The form below each page: keeps the choice in a cookie, and leads back."""
    answer = redirect(_back(), HTTPStatus.SEE_OTHER)
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        answer.set_cookie(
            _COOKIE,
            chosen,
            max_age=_YEAR_SECONDS,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
    return answer


def _english() -> Markup:
    """The attribute of an element whose text stays English: what exercises and the judge say."""
    return Markup("" if language() == "en" else ' lang="en"')


def _vary(answer: Response) -> Response:
    """Tell caches that a page depends on who asks for it, and in which language."""
    if answer.mimetype == "text/html":
        answer.vary.update(("Accept-Language", "Cookie"))
    return answer


def _chosen() -> str:
    """What was chosen; else the first that the browser asks for and that there is."""
    chosen = request.cookies.get(_COOKIE)
    if chosen is not None and chosen in LANGUAGES:
        return chosen
    best: str | None = request.accept_languages.best_match(LANGUAGES)
    return best or "en"


def _back() -> str:
    """The page that the form was on: only the Referer's path, so that it leads nowhere else."""
    page = urlsplit(request.referrer or "")
    if page.netloc != request.host or page.path.startswith(("//", "/\\")):
        return url_for("pages.home")
    return f"{page.path}?{page.query}" if page.query else page.path or "/"
