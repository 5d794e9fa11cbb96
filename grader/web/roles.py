"""The words for what somebody is in a course."""

from __future__ import annotations

from flask_babel import gettext as _

from grader.store.course.roles import Role
from grader.store.identity.scopes import Scope


def role_words(role: Role) -> str:
    """A role as a noun."""
    words: dict[Role, str] = {
        Role.STUDENT: _("Student"),
        Role.ASSISTANT: _("Teaching assistant"),
        Role.INSTRUCTOR: _("Teacher"),
    }
    return words[role]


def scope_words(scope: Scope) -> str:
    """What a token of a scope may do at most."""
    words: dict[Scope, str] = {
        Scope.STUDENT: _("As a student: read your work, submit"),
        Scope.TA: _("As an assistant: judge the work of others too"),
        Scope.PLATFORM: _("As a platform: run the course, submit for students"),
    }
    return words[scope]


def invited_words(role: Role) -> str:
    """What an invitation in this role says."""
    words: dict[Role, str] = {
        Role.STUDENT: _("You are invited to this course as a student."),
        Role.ASSISTANT: _("You are invited to this course as a teaching assistant."),
        Role.INSTRUCTOR: _("You are invited to this course as a teacher."),
    }
    return words[role]
