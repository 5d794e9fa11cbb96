"""The help page: what student code may use."""

from __future__ import annotations

from flask import Blueprint, render_template

from grader.student_code import sections

blueprint = Blueprint("help", __name__)


@blueprint.get("/help")
def help_page() -> str:
    """What may be written in an f."""
    return render_template("help.html", sections=sections())
