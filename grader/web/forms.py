"""What a form of a page got wrong, told beside its fields."""

from __future__ import annotations

from flask_babel import gettext as _

from grader.access.passwords import LONGEST, SHORTEST, BadPassword, require_good
from grader.store.identity.access_tokens import LONGEST as LONGEST_TOKEN
from grader.store.identity.people import NAME_LIMIT, checked_name, normal_username

#: By the name of a field the sentence that stands beside it.
Complaints = dict[str, str]


def about_name(name: str) -> Complaints:
    """What is wrong with a person's name; nothing where it can be one."""
    try:
        checked_name(name)
    except ValueError:
        return {"name": _("A name has 1 to %(count)s characters.", count=NAME_LIMIT)}
    return {}


def about_token(name: str, days: str) -> Complaints:
    """What is wrong with a token's name and with how long it is to work."""
    said = about_name(name)
    wrong = {"token_name": said["name"]} if said else {}
    if not days.isdecimal() or not 1 <= int(days[:9]) <= LONGEST_TOKEN.days:
        most = LONGEST_TOKEN.days
        wrong["days"] = _("A token works for 1 to %(count)s days.", count=most)
    return wrong


def about_username(username: str) -> Complaints:
    """What is wrong with a user name; nothing where it can be one."""
    try:
        normal_username(username)
    except ValueError:
        return {
            "username": _(
                "A user name has 2 to 64 characters: letters from a to z, digits and . _ @ + -, "
                "the first of them a letter or a digit."
            )
        }
    return {}


def about_password(password: str, *, username: str = "", name: str = "") -> Complaints:
    """What is wrong with a password; nothing where it may be chosen."""
    try:
        require_good(password, username=username, name=name)
    except BadPassword as error:
        sentences = {
            "short": _("A password has at least %(count)s characters.", count=SHORTEST),
            "long": _("A password has at most %(count)s characters.", count=LONGEST),
            "guessable": _("This one is too easy to guess. A few words in a row make a good one."),
        }
        return {"password": sentences[str(error)]}
    return {}
